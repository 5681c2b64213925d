package blueprint

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"luukku/base/ids"
	"luukku/blueprints"
)

// same compares documents by what they say; that nothing and an empty list say the same is the point.
func same(t *testing.T, want, got Document) {
	t.Helper()
	opts := cmp.Options{
		cmpopts.IgnoreUnexported(Document{}), cmpopts.EquateEmpty(), cmpopts.SortSlices(func(a, b ids.Service) bool { return a < b }),
	}
	if diff := cmp.Diff(want, got, opts); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestShippedBlueprintsSurviveExport(t *testing.T) {
	t.Parallel()
	for _, name := range blueprints.Names() {
		b, err := blueprints.Read(name)
		if err != nil {
			t.Fatal(err)
		}
		d, _ := Parse(b)
		out, err := Export(d)
		if err != nil {
			t.Fatal(err)
		}
		again, problems := Parse(out)
		for _, p := range problems {
			t.Errorf("%s: %s", name, p)
		}
		same(t, d, again)
		if lines := Diff(d, again); len(lines) > 0 {
			t.Errorf("%s: the export differs from its source:\n%s", name, Print(lines))
		}
	}
}
