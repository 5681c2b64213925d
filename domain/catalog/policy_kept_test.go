package catalog_test

import (
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// What is put together once is what is put together each time, at every level, for what is not there too, and from many sides at once.
func TestPolicyInForceIsThatOfItsVersion(t *testing.T) {
	t.Parallel()
	set := func(minutes string) catalog.Settings {
		s, faults := catalog.ParseSettings(map[string]any{"length": minutes})
		if len(faults) > 0 {
			t.Fatal(faults)
		}
		return s
	}
	c := &catalog.Config{
		Version: 7, Org: org.Organisation{ID: "town", Zone: "Europe/Helsinki"}, Offices: []org.Office{{ID: "a"}, {ID: "b"}},
		Services: []catalog.Service{{ID: "passport"}, {ID: "permit"}},
		Policies: []catalog.PolicyDoc{
			{Version: 1, Installation: true, Settings: set("10m")}, {Version: 2, Settings: set("20m")}, {Version: 3, Service: "passport", Settings: set("30m")},
			{Version: 4, Service: "passport", Office: "b", Settings: set("40m")}, {Version: 8, Service: "permit", Settings: set("95m")},
		},
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	want := map[[2]string]time.Duration{
		{"passport", "a"}: 30 * time.Minute, {"passport", "b"}: 40 * time.Minute, {"passport", ""}: 30 * time.Minute, {"permit", "a"}: 20 * time.Minute,
		{"", ""}: 20 * time.Minute, {"", "b"}: 20 * time.Minute, {"nothing", "a"}: 20 * time.Minute,
	}
	for range 2 {
		for at, length := range want {
			service, office := ids.Service(at[0]), ids.Office(at[1])
			if got := c.Policy(service, office).Length; got != length || got != c.PolicyAt(c.Version, service, office).Length {
				t.Errorf("%s at %s: got %s, want %s", service, office, got, length)
			}
		}
	}
}
