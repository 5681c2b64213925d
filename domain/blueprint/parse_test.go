package blueprint

import (
	"testing"

	"luukku/blueprints"
)

func TestShippedBlueprintsHaveNoProblems(t *testing.T) {
	t.Parallel()
	for _, name := range blueprints.Names() {
		b, err := blueprints.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		d, problems := Parse(b)
		for _, p := range problems {
			t.Errorf("%s: %s", name, p)
		}
		if len(d.Organisations) != 1 {
			t.Errorf("%s: got %d organisations, want 1", name, len(d.Organisations))
		}
	}
}
