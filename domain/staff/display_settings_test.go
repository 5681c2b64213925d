package staff

import (
	"slices"
	"testing"

	"luukku/base/fault"
	"luukku/base/i18n"
)

func TestDisplaySettingsAreChecked(t *testing.T) {
	of := []i18n.Lang{"fi", "sv", "en"}
	for _, good := range [][]i18n.Lang{{"fi"}, {"en", "fi"}} {
		if err := CheckDisplay(DisplaySettings{Languages: good}, of); err != nil {
			t.Errorf("%v: got %v", good, err)
		}
	}
	for _, bad := range []struct {
		langs []i18n.Lang
		field string
	}{{nil, "first"}, {[]i18n.Lang{"cs"}, "first"}, {[]i18n.Lang{"", "fi"}, "first"}, {[]i18n.Lang{"fi", "cs"}, "second"}, {[]i18n.Lang{"fi", "fi"}, "second"}} {
		f := fault.Of(CheckDisplay(DisplaySettings{Languages: bad.langs}, of))
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != bad.field {
			t.Errorf("%v: got %v, want a fault at %s alone", bad.langs, f, bad.field)
		}
	}
}

func TestADisplayOfWhichNothingIsSetHasTheFirstTwoLanguages(t *testing.T) {
	of := []i18n.Lang{"fi", "sv", "en"}
	for _, c := range []struct{ set, of, want []i18n.Lang }{
		{nil, of, of[:2]}, {nil, of[:1], of[:1]}, {nil, nil, nil}, {[]i18n.Lang{"en"}, of, []i18n.Lang{"en"}},
	} {
		if got := (DisplaySettings{Languages: c.set}).In(c.of); !slices.Equal(got, c.want) {
			t.Errorf("%v of %v: got %v", c.set, c.of, got)
		}
	}
}
