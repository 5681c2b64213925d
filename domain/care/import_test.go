package care

import (
	"testing"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

func clinic(t *testing.T) *catalog.Config {
	t.Helper()
	name := i18n.Text{"en": "x"}
	c := &catalog.Config{
		Org:        org.Organisation{ID: "clinic", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"en"}},
		Categories: []catalog.Category{{ID: "teeth", Name: name}, {ID: "eyes", Name: name}},
		Services:   []catalog.Service{{ID: "filling", Category: "teeth", Name: name}, {ID: "braces", Category: "teeth", Name: name}, {ID: "glasses", Category: "eyes", Name: name}},
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	return c
}

// Each line of a file is read by the names of its columns; what is wrong with one is said of that one.
func TestImportNamesEachFaultByItsLine(t *testing.T) {
	t.Parallel()
	today := date(t, "2026-11-24")
	for row, want := range map[string]string{
		"140385-902F;teeth;filling+braces;24.12.2026;;": "",
		"140385-902F;teeth;filling, ;2026-12-24;;":      "import.need", // a comma is no sign between needs
		"140385-902F;teeth;;;;YES":                      "",
		";teeth;;;;":                                    "import.person",
		"140385-902F;ears;;;;":                          "import.agenda",
		"140385-902F;teeth;glasses;;;":                  "import.need",
		"140385-902F;teeth;;31.2.2027;;":                "import.date",
		"140385-902F;teeth;;;tomorrow;":                 "import.date",
		"140385-902F;teeth;;;;no":                       "import.end",
	} {
		in, err := ParseImport(clinic(t), "person;agenda;needs;until;from;end\n"+row, today)
		if err != nil || len(in.Lines) != 1 {
			t.Fatalf("%s: got %d lines, %v", row, len(in.Lines), err)
		}
		l := in.Lines[0]
		if l.Line != 2 || want == "" && l.Fault != nil || want != "" && !fault.IsKey(l.Fault, want) {
			t.Errorf("%s: line %d: got %v, want %q", row, l.Line, l.Fault, want)
		}
	}
	in, err := ParseImport(clinic(t), "person,agenda\na,teeth\nb,teeth\nA,teeth\na,eyes\n", today)
	if err != nil || !fault.IsKey(in.Lines[2].Fault, "import.same") || in.Lines[3].Fault != nil {
		t.Errorf("the same person twice under an agenda: got %+v, %v", in.Lines, err)
	}
	if _, err := ParseImport(clinic(t), "person,needs\na,b", today); !fault.IsKey(err, "import.no_column") {
		t.Errorf("without agendas: got %v", err)
	}
}

// A line that names no first day lets what is recorded go on; its last day may be past then, but not before the first.
func TestImportedDays(t *testing.T) {
	t.Parallel()
	today := date(t, "2026-11-24")
	for name, c := range map[string]struct {
		until org.Date
		want  bool
	}{"no end": {org.Date{}, true}, "today": {today, true}, "yesterday": {today.Add(-1), false}} {
		l := ImportLine{Request: Request{From: today, Until: c.until}}
		if got := l.days() == nil; got != c.want {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
}
