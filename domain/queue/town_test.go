package queue

import (
	"crypto/rand"
	"path/filepath"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// The office of the tests: four services under two agendas, and counters that differ in what they can do.
const (
	testOrg    = ids.Org("town")
	testOffice = ids.Office("hall")
)

var testServices = []ids.Service{"passport", "card", "permit", "quick"}

var testUnits = []ids.Unit{"k1", "k2", "k3", "k4", "k5", "doctor"}

// settings are policy fields as a blueprint writes them.
type settings map[ids.Service]map[string]any

func testConfig(t testing.TB, by settings) *catalog.Config {
	t.Helper()
	day := org.Weekly{Days: org.OnDays(time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday), From: 0, To: org.EndOfDay}
	c := &catalog.Config{
		Version: 1, Org: org.Organisation{ID: testOrg, Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"}},
		Categories: []catalog.Category{{ID: "papers"}, {ID: "other"}},
		Services: []catalog.Service{
			{ID: "passport", Category: "papers"}, {ID: "card", Category: "papers"}, {ID: "permit", Category: "other", Skills: []org.Skill{"permits"}},
			{ID: "quick", Category: "other"},
		},
		Offices: []org.Office{{ID: testOffice, Hours: []org.Weekly{day}, Units: []org.Unit{
			{ID: "k1"}, {ID: "k2", Skills: []org.Skill{"permits"}}, {ID: "k3", Languages: []i18n.Lang{"fi", "sv"}}, {ID: "k4", Services: []ids.Service{"quick", "card"}},
			{ID: "k5", Skills: []org.Skill{"permits"}, Languages: []i18n.Lang{"fi"}}, {ID: "doctor", Kind: org.Professional, Services: []ids.Service{"permit"}, Skills: []org.Skill{"permits"}},
		}}},
	}
	lengths := map[ids.Service]string{"passport": "15m", "card": "10m", "permit": "30m", "quick": "5m"}
	for _, s := range testServices {
		c.Offers = append(c.Offers, catalog.Offer{Service: s, Office: testOffice})
		raw := map[string]any{"length": lengths[s]}
		for _, at := range []ids.Service{"", s} {
			for k, v := range by[at] {
				raw[k] = v
			}
		}
		set, faults := catalog.ParseSettings(raw)
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		c.Policies = append(c.Policies, catalog.PolicyDoc{Version: 1, Service: s, Settings: set})
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	return c
}

// town is the room over a memory, with a clock of its own.
type town struct {
	*Service
	memory *memory
	clock  int64
}

var testKeys *seal.Keyring

func newTown(t testing.TB, by settings) *town {
	t.Helper()
	if testKeys == nil {
		k, err := seal.Create(filepath.Join(t.TempDir(), "keys"), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		testKeys = k
	}
	w := &town{memory: newMemory(testConfig(t, by))}
	now := func() time.Time { return time.Unix(w.clock, 0) }
	w.Service = &Service{
		Store: w.memory, Appointments: w.memory, Coming: w.memory, Seals: testKeys, Gen: &ids.Gen{Now: now, Rand: rand.Reader}, Now: now,
	}
	return w
}

// clerk works at the office, with a name of their own at each counter.
func clerk(u ids.Unit) actor.Actor {
	return actor.Actor{Kind: actor.KindStaff, Staff: ids.Staff("at " + u), Grants: []actor.Grant{{Org: testOrg, Role: actor.RoleClerk}}}
}

func kioskOf(name ids.Device) actor.Actor {
	return actor.Actor{Kind: actor.KindDevice, Device: name, DeviceKind: actor.Kiosk, Org: testOrg, Office: testOffice}
}

func at8(t testing.TB, day string) int64 {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Helsinki")
	if err != nil {
		t.Fatal(err)
	}
	x, err := time.ParseInLocation("2006-01-02 15:04", day+" 08:00", zone)
	if err != nil {
		t.Fatal(err)
	}
	return x.Unix()
}
