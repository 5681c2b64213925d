package sheet

import (
	"strings"
	"testing"

	"luukku/base/fault"
)

func TestReadsWhatPeopleSave(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"commas":       "name,day\nAnna,1.12.\n",
		"semicolons":   "Name;Day\r\nAnna;1.12.\r\n",
		"a mark first": "\ufeffname,day\nAnna , 1.12.\n\n",
		"other order":  "day,other,name\n1.12.,,Anna",
	} {
		list, err := Read(text, 2, "name", "day")
		if err != nil || len(list) != 1 {
			t.Errorf("%s: got %d lines, %v", name, len(list), err)
			continue
		}
		if l := list[0]; l.N != 2 || l.Value("name") != "Anna" || l.Value("day") != "1.12." || l.Value("none") != "" {
			t.Errorf("%s: got %d %q %q %q", name, l.N, l.Value("name"), l.Value("day"), l.Value("none"))
		}
	}
}

func TestSaysWhatIsWrongWithTheWhole(t *testing.T) {
	t.Parallel()
	for key, text := range map[string]string{
		"import.empty": "  \n", "import.no_column": "name,x\na,b", "import.too_long": "name,day\na,b\nc,d\ne,f", "import.not_text": "name,day\n\xff,b",
	} {
		if _, err := Read(text, 2, "name", "day"); !fault.IsKey(err, key) {
			t.Errorf("%q: got %v, want %s", text, err, key)
		}
	}
	if _, err := Read("name,day\n", 2, "name"); !fault.IsKey(err, "import.empty") {
		t.Errorf("a head alone: got %v", err)
	}
}

func TestLinesAreToldByTheirNumbers(t *testing.T) {
	t.Parallel()
	list, err := Read("name\n\"two\nlines\"\nlast\n", 9, "name")
	if err != nil || len(list) != 2 || list[0].N != 2 || list[1].N != 4 {
		t.Fatalf("got %v, %v", list, err)
	}
	if got := Quoted(strings.Repeat("å", 50)); len([]rune(got)) != 41 {
		t.Errorf("got %d letters", len([]rune(got)))
	}
}
