package access

import "testing"

// What a list of a state has is what the state is said to be, to the second: each grant is in the list of its own state, in no other, and in that of all; what ends soon is open, has an end, and
// ends by the last second of those days.
func TestAListHasWhatIsInItsState(t *testing.T) {
	t.Parallel()
	const now, soon = int64(1_000_000), int64(1_000_000 + EndingDays*24*60*60)
	for _, from := range []int64{1, now - 1, now, now + 1} {
		for _, until := range []int64{0, now - 1, now, now + 1, soon, soon + 1} {
			for _, off := range []bool{false, true} {
				g := Grant{Version: 1, From: from, Until: until, Off: off}
				if until != 0 && until < from {
					continue // nobody can record it
				}
				state := g.StateAt(now)
				for _, view := range Views {
					want := view == "" || view == state || view == Ending && state == Open && until != 0 && until <= soon
					if got := (Filter{View: view}).At(now).Fits(g); got != want {
						t.Errorf("%+v is %s: in the list %q %v, want %v", g, state, view, got, want)
					}
				}
			}
		}
	}
}
