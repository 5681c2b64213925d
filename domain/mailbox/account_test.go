package mailbox

import (
	"testing"

	"luukku/domain/org"
)

// An age is reached on the birthday, not the day before; on 1 March by who was born on a 29 February, in a year without one.
func TestReaches(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		birth, want string
		years       int
	}{
		{"2008-11-23", "2026-11-23", 18}, {"2008-02-29", "2026-03-01", 18}, {"2008-02-29", "2024-02-29", 16}, {"2008-12-31", "2026-12-31", 18}, {"2008-01-01", "2008-01-01", 0},
	} {
		birth, err := org.ParseDate(c.birth)
		if err != nil {
			t.Fatal(err)
		}
		if got := Reaches(birth, c.years).String(); got != c.want {
			t.Errorf("born on %s, %d years: got %s, want %s", c.birth, c.years, got, c.want)
		}
	}
}
