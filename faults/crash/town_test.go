package crash

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"luukku/app"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
)

// The town: offices that are open long, every day, so that the calendar is never full. "stamp" takes five minutes and is not held, "permit" takes ten
// and is.
const (
	town    = "town"
	offices = 10
	desks   = 20
	opens   = 6 * time.Hour
	closes  = 22 * time.Hour
	horizon = 60
)

func townBlueprint() string {
	var b strings.Builder
	fmt.Fprintf(&b, `format = 1
[installation]
name = { en = "Crash" }
languages = ["en"]
default = "en"
phone_countries = ["FI"]
[organisations.%s]
name = { en = "Town" }
short = { en = "Town" }
country = "FI"
zone = "Europe/Helsinki"
languages = ["en"]
policy = { max_live = 0, horizon = "%dd" }
[organisations.%[1]s.categories.all]
name = { en = "All" }
[organisations.%[1]s.services.stamp]
category = "all"
name = { en = "Stamp" }
policy = { length = "5m", hold = "0m" }
[organisations.%[1]s.services.permit]
category = "all"
name = { en = "Permit" }
policy = { length = "10m", hold = "15m" }
`, town, horizon)
	for i := range offices {
		var units []string
		for j := range desks {
			units = append(units, fmt.Sprintf(`"desk-%d"`, j))
		}
		fmt.Fprintf(&b, `[organisations.%s.offices.office-%d]
name = { en = "Office %[2]d" }
hours = ["mon-sun 06:00-22:00"]
services = ["stamp", "permit"]
units = [%[3]s]
`, town, i, strings.Join(units, ", "))
	}
	return b.String()
}

// build configures the town where it is not there yet.
func build(ctx context.Context, a *app.App) error {
	_, err := a.Store.Config(ctx, town)
	if !fault.Is(err, fault.KindNotFound) {
		return err
	}
	doc, problems := blueprint.Parse([]byte(townBlueprint()))
	if faults := blueprint.Faults(problems); len(faults) > 0 {
		return fmt.Errorf("the town's blueprint: %v", faults)
	}
	if _, err := a.Blueprints.Apply(ctx, actor.System("test"), doc, blueprint.Options{}); err != nil {
		return err
	}
	for range 100 { // it is there at once, unless the bug is planted that answers before the commit
		if _, err = a.Store.Config(ctx, town); !fault.Is(err, fault.KindNotFound) {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return err
}

// place is a time at an office.
type place struct {
	office ids.Office
	start  int64
}

// anywhere is any time from the day after tomorrow on, at any office.
func anywhere(chance *rand.Rand, service ids.Service) place {
	step := 5 * time.Minute
	if service == "permit" {
		step = 10 * time.Minute
	}
	return at(chance.IntN(offices), 2+chance.IntN(horizon-5), chance.IntN(int((closes-opens)/step)), step)
}

// crowded is one of few times, which many want.
func crowded(chance *rand.Rand) place { return at(0, 2, chance.IntN(12), 5*time.Minute) }

func at(office, day, n int, step time.Duration) place {
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		panic(err) // the zones come along with the tests
	}
	y, m, d := time.Now().In(zone).Date()
	opening := time.Date(y, m, d+day, int(opens.Hours()), 0, 0, 0, zone)
	return place{ids.Office(fmt.Sprintf("office-%d", office)), opening.Add(time.Duration(n) * step).Unix()}
}
