package i18n

import (
	"maps"
	"strings"
	"testing"
	"testing/fstest"
)

func TestEveryTextIsThereInEveryLanguage(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Keys()) < 50 {
		t.Fatalf("got %d keys, want at least the general words", len(c.Keys()))
	}
	for _, p := range c.Check() {
		t.Error(p)
	}
}

// house is a catalogue of one good stem, to spoil.
func house(extra map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for _, l := range Languages() {
		data, err := embedded.ReadFile("locales/" + string(l.Code) + "/locale.toml")
		if err == nil {
			fsys[string(l.Code)+"/locale.toml"] = &fstest.MapFile{Data: data}
		}
		fsys[string(l.Code)+"/a.toml"] = &fstest.MapFile{Data: []byte("x = \"X {{.who}}\"\n")}
	}
	for name, data := range extra {
		fsys[name] = &fstest.MapFile{Data: []byte(data)}
	}
	return fsys
}

func TestCheckFindsWhatIsWrongAndSaysWhere(t *testing.T) {
	t.Parallel()
	good := map[string]string{
		"fi/b.toml": `n = { one = "a", other = "b" }`, "sv/b.toml": `n = { one = "a", other = "b" }`,
		"en/b.toml": `n = { one = "a", other = "b {{.n}}" }`, "cs/b.toml": `n = { one = "a", few = "b", many = "b", other = "c" }`,
	}
	for name, c := range map[string]struct {
		file, data, want string
	}{
		"nothing":              {"", "", ""},
		"missing key":          {"sv/a.toml", "", "locales/sv/a.toml: a.x: missing in Svenska"},
		"missing in reference": {"en/a.toml", "", "locales/en/a.toml: a.x: missing in English"},
		"other placeholder":    {"cs/a.toml", `x = "X {{.kdo}}"`, "locales/cs/a.toml: a.x: got placeholders [kdo], want [who]"},
		"lost placeholder":     {"cs/a.toml", `x = "X"`, "locales/cs/a.toml: a.x: got placeholders [], want [who]"},
		"form missing":         {"cs/b.toml", `n = { one = "a", other = "b" }`, `locales/cs/b.toml: b.n: plural form "few" is missing`},
		"form too many":        {"fi/b.toml", `n = { one = "a", few = "b", other = "b" }`, `locales/fi/b.toml: b.n: this language has no plural form "few"`},
		"plain instead":        {"fi/b.toml", `n = "a"`, "locales/fi/b.toml: b.n: plural forms here"},
		"dots":                 {"fi/a.toml", `x = "X {{.who}}..."`, "locales/fi/a.toml: a.x: write … for three dots"},
		"trailing space":       {"fi/a.toml", `x = "X {{.who}} "`, "locales/fi/a.toml: a.x: space at"},
		"straight quotes":      {"fi/a.toml", `x = 'X "{{.who}}"'`, "locales/fi/a.toml: a.x: write the language's own"},
		"apostrophe":           {"en/a.toml", `x = "can't {{.who}}"`, "locales/en/a.toml: a.x: write ’"},
		"decomposed":           {"fi/a.toml", "x = \"a\u0308 {{.who}}\"", "locales/fi/a.toml: a.x: not in Unicode's"},
		"Finnish friend":       {"fi/a.toml", `x = "Näet sen, {{.who}}."`, `locales/fi/a.toml: a.x: speaks to one friend with "näet"`},
		"Finnish singular":     {"fi/a.toml", `x = "{{.who}} odottaa. Kirjoita kellonaika, esimerkiksi 9."`, "locales/fi/a.toml: a.x: a sentence asks in the singular"},
		"Finnish within":       {"fi/a.toml", `x = "Odottakaa, {{.who}}, ja yritä sitten uudelleen."`, "locales/fi/a.toml: a.x: a sentence asks in the singular"},
		"Finnish button":       {"fi/a.toml", `x = "Tallenna ja jatka: {{.who}}"`, ""},
		"Finnish plural":       {"fi/a.toml", `x = "Valitkaa {{.who}} ja kirjoittakaa nimi. Kutsu on lähetetty."`, ""},
		"Czech friend":         {"cs/a.toml", `x = "Můžeš začít, {{.who}}."`, `locales/cs/a.toml: a.x: speaks to one friend with "můžeš"`},
		"Czech imperative":     {"cs/a.toml", `x = "Potvrď {{.who}}."`, `locales/cs/a.toml: a.x: speaks to one friend with "potvrď"`},
		"Czech polite":         {"cs/a.toml", `x = "Potvrďte ty, kdo čekají: {{.who}}."`, ""},
		"markup":               {"fi/a.toml", "x = '<b>{{.who}}</b>'", "locales/fi/a.toml: a.x: no markup"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := maps.Clone(good)
			if c.file != "" {
				files[c.file] = c.data
			}
			cat, err := load(house(files))
			if err != nil {
				t.Fatal(err)
			}
			got := cat.Check()
			if c.want == "" {
				if len(got) != 0 {
					t.Errorf("got %v, want nothing", got)
				}
				return
			}
			if len(got) != 1 || !strings.HasPrefix(got[0].String(), c.want) {
				t.Errorf("got %v, want one problem that begins %q", got, c.want)
			}
		})
	}
}

func TestLoadRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ file, data, want string }{
		"TOML":             {"fi/b.toml", "x = \"a\"\ny = ", "locales/fi/b.toml: line 2"},
		"placeholder":      {"fi/b.toml", `x = "{{ .a | html }}"`, "must look like {{.name}}"},
		"open placeholder": {"fi/b.toml", `x = "{{.a"`, "must look like {{.name}}"},
		"stray braces":     {"fi/b.toml", `x = "a}}"`, "stray }}"},
		"number":           {"fi/b.toml", `x = 3`, `key "b.x": want a text`},
		"dotted name":      {"fi/b.toml", `"x.y" = "a"`, "only letters"},
		"unknown language": {"xx/b.toml", `x = "a"`, "locales/xx: no such language"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := load(house(map[string]string{c.file: c.data}))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
	fsys := house(nil)
	delete(fsys, "sv/a.toml")
	delete(fsys, "sv/locale.toml")
	if _, err := load(fsys); err == nil {
		t.Error("a row without a folder: got no error")
	}
}
