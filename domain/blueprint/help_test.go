package blueprint

import (
	"testing"

	"luukku/base/i18n"
	"luukku/domain/org"
)

func TestWhatChangesTheHelpPage(t *testing.T) {
	hours := func(line string) []org.Weekly {
		w, err := org.ParseWeekly(line)
		if err != nil {
			t.Fatal(err)
		}
		return []org.Weekly{w}
	}
	base := func() Organisation {
		return Organisation{
			Organisation: org.Organisation{ID: "town", Phone: "1", HelpDesk: "hall"}, Help: i18n.Text{"fi": "Ohje"},
			Offices: []Office{{Office: org.Office{ID: "hall", Hours: hours("mon-fri 08:00-18:00")}}, {Office: org.Office{ID: "other"}}},
		}
	}
	for name, c := range map[string]struct {
		do   func(o *Organisation)
		want bool
	}{
		"nothing":            {func(*Organisation) {}, false},
		"nothing, otherwise": {func(o *Organisation) { o.Offices[0].Exceptions = []org.Exception{} }, false},
		"its words":          {func(o *Organisation) { o.Help = i18n.Text{"fi": "Uusi"} }, true},
		"its phone":          {func(o *Organisation) { o.Phone = "2" }, true},
		"phone hours":        {func(o *Organisation) { o.PhoneHours = i18n.Text{"fi": "8"} }, true},
		"its address":        {func(o *Organisation) { o.Email = "a@b.example" }, true},
		"the desk's hours":   {func(o *Organisation) { o.Offices[0].Hours = nil }, true},
		"an exception":       {func(o *Organisation) { o.Offices[0].Exceptions = []org.Exception{{Closed: true, Kind: org.AnyKind}} }, true},
		"a closure":          {func(o *Organisation) { o.Offices[0].Closures = []org.Closure{{}} }, true},
		"another desk":       {func(o *Organisation) { o.HelpDesk = "other" }, true},
		"no desk":            {func(o *Organisation) { o.HelpDesk = "" }, true},
		"another office":     {func(o *Organisation) { o.Offices[1].Hours = hours("tue 09:00-10:00") }, false},
		"another page":       {func(o *Organisation) { o.Front = i18n.Text{"fi": "Etusivu"} }, false},
	} {
		want := base()
		c.do(&want)
		if got := (OrgChange{base(), want}).HelpChanged(); got != c.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
	if !(OrgChange{Want: base()}).HelpChanged() {
		t.Error("a new organisation's help page is as old as it is")
	}
}
