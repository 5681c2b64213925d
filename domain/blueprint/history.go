package blueprint

import (
	"slices"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/org"
)

// AreaHours is the area of what was changed about opening hours.
const AreaHours = "hours"

// HistoryRow is one thing that was configured to be otherwise.
type HistoryRow struct {
	Org      ids.Org
	ID       ids.Audit  // in the order of time
	Office   ids.Office // empty for what is no office's
	Area     string     // AreaHours or empty
	AtMicros int64
	Kind     actor.Kind
	Actor    string
	Op       Op
	What     string // as Line has it
	// Was and Became are empty for what comes or goes, and of what said or will say nothing. What an office or a unit has several of, such as opening hours, is a
	// line each.
	Was, Became string
}

// hoursKeys are the keys of offices and units that are opening hours.
var hoursKeys = []string{"hours", "exceptions", "closures"}

// history records what a change of the configuration changes in organisations that were there before it.
func (s Service) history(c *Change, lines []Line, who actor.Actor, now time.Time) {
	for _, l := range lines {
		i := slices.IndexFunc(c.Orgs, func(o OrgChange) bool { return o.Want.ID == l.Org })
		if i < 0 || c.Orgs[i].Have.ID == "" {
			continue
		}
		r := HistoryRow{
			Org: l.Org, ID: s.Gen.Audit(), AtMicros: now.UnixMicro(), Kind: who.Kind, Actor: who.ID(), Op: l.Op, What: l.What, Was: l.Old, Became: l.New,
		}
		if seg := strings.Split(l.What, "."); len(seg) >= 3 && seg[0] == "offices" {
			r.Office = ids.Office(seg[1])
			key := seg[len(seg)-1]
			if slices.Contains(hoursKeys, key) || len(seg) == 5 && seg[2] == "units" && (key == "from" || key == "until") {
				r.Area = AreaHours
			}
			if key == "closures" {
				r.Was, r.Became = closuresOf(c.Orgs[i].Have, r.Office), closuresOf(c.Orgs[i].Want, r.Office)
			}
			if r.Area == AreaHours {
				r.Was, r.Became = strings.ReplaceAll(r.Was, "; ", "\n"), strings.ReplaceAll(r.Became, "; ", "\n")
			}
		}
		c.History = append(c.History, r)
	}
}

// closuresOf writes the closures of an office, a line each, without their reasons.
func closuresOf(o Organisation, id ids.Office) string {
	i := slices.IndexFunc(o.Offices, func(f Office) bool { return f.ID == id })
	if i < 0 {
		return ""
	}
	return ClosureLines(o.Offices[i].Closures)
}

// ClosureLines writes closures, a line each.
func ClosureLines(list []org.Closure) string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.String()
	}
	return strings.Join(out, "\n")
}
