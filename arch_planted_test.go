package luukku

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// What a test of the house's order is worth is what it finds: each line is a small module with one thing wrong in it, and what must be said of it.
var planted = []struct {
	name  string
	files map[string]string
	check func(*module) []string
	want  string // "" when nothing is wrong
}{
	{
		"two rooms of one floor", map[string]string{"domain/blueprint/x.go": `package blueprint; import _ "luukku/domain/booking"`}, floorsOf,
		"luukku/domain/blueprint (floor 2) imports luukku/domain/booking (floor 2)",
	},
	{
		"a room that knows the store", map[string]string{"domain/booking/x.go": `package booking; import _ "luukku/store"`}, floorsOf,
		"luukku/domain/booking (floor 2) imports luukku/store (floor 4)",
	},
	{
		"an earlier room of floor 1", map[string]string{"domain/org/x.go": `package org; import _ "luukku/domain/catalog"`}, floorsOf,
		"luukku/domain/org (floor 1) imports luukku/domain/catalog (floor 1)",
	},
	{
		"a later room of floor 1", map[string]string{"domain/catalog/x.go": `package catalog; import _ "luukku/domain/org"`}, floorsOf, "",
	},
	{
		"a package on no floor", map[string]string{"util/x.go": `package util`}, floorsOf, "luukku/util is on no floor: give it one in arch_test.go",
	},
	{
		"a package of tests on no floor", map[string]string{"helpers/x_test.go": `package helpers`}, floorsOf, "luukku/helpers is on no floor: give it one in arch_test.go",
	},
	{
		"a new gateway", map[string]string{"gateway/kannel/x.go": `package kannel; import _ "luukku/domain/notify"`}, floorsOf, "",
	},
	{
		"tests import what they like", map[string]string{"domain/booking/x_test.go": `package booking; import _ "luukku/app"`}, floorsOf, "",
	},
	{
		"a test's package at work", map[string]string{"app/x.go": `package app; import _ "luukku/store/pgtest"`}, floorsOf,
		"luukku/app imports luukku/store/pgtest, which is for tests",
	},
	{
		"SQL in a room", map[string]string{"domain/booking/x.go": `package booking; import _ "database/sql"`}, checkGuarded,
		"luukku/domain/booking imports database/sql: all SQL is the store's",
	},
	{
		"a driver in the store", map[string]string{"store/x.go": `package store; import _ "github.com/jackc/pgx/v5/stdlib"`}, checkGuarded,
		"luukku/store imports github.com/jackc/pgx/v5/stdlib: engines are known to store/sqldb alone",
	},
	{
		"HTTP in a component", map[string]string{"web/ui/x.go": `package ui; import _ "net/http"`}, checkGuarded,
		"luukku/web/ui imports net/http: rooms, jobs and the store know no HTTP",
	},
	{"HTTP at a door", map[string]string{"web/citizen/x.go": `package citizen; import _ "net/http"`}, checkGuarded, ""},
	{
		"chance in a room", map[string]string{"domain/booking/x.go": `package booking; import _ "math/rand/v2"`}, checkGuarded,
		"luukku/domain/booking imports math/rand/v2: chance is given by app, not taken",
	},
	{
		"the clock in a door", map[string]string{"web/x.go": "package web\nimport \"time\"\nvar _ = time.Now()"}, checkGuarded,
		"luukku/web takes time.Now (web/x.go:3): time is given by app, not taken",
	},
	{
		"the clock by another name, handed on", map[string]string{"jobs/x.go": "package jobs\nimport t \"time\"\nvar now = t.Now"}, checkGuarded,
		"luukku/jobs takes time.Now (jobs/x.go:3): time is given by app, not taken",
	},
	{
		"the environment in the settings", map[string]string{"base/config/x.go": "package config\nimport \"os\"\nvar _ = os.Getenv(\"HOME\")"}, checkGuarded,
		"luukku/base/config takes os.Getenv (base/config/x.go:3): the environment is read by the commands alone",
	},
	{"what only sounds like the clock", map[string]string{"web/x.go": "package web\nimport \"time\"\nvar _ = clock.Now()\nvar _ time.Time"}, checkGuarded, ""},
	{
		"another module", map[string]string{"tools/go.mod": "module x", "tools/x.go": "package x\nimport \"time\"\nvar _ = time.Now()"}, checkGuarded, "",
	},
	{
		"a class in a page", map[string]string{"web/citizen/x.templ": "templ X() {\n\t<p class=\"lead\">{ p.Text }</p>\n}"}, checkClasses,
		"web/citizen/x.templ:2 has a class name: they belong to web/ui",
	},
	{
		"a class in a handler", map[string]string{"web/citizen/x.go": "package citizen\nvar x = \"ds-button\""}, checkClasses,
		"web/citizen/x.go:2 has a class name: they belong to web/ui",
	},
	{
		"a style in a component", map[string]string{"web/ui/x.templ": "<p style=\"color: red\">"}, checkClasses,
		"web/ui/x.templ:1 has a style attribute, which the content security policy refuses",
	},
	{"a style in a mail", map[string]string{"jobs/x.templ": "<p style=\"color: red\">"}, checkClasses, ""},
	{
		"SQL in a job", map[string]string{"jobs/x.go": "package jobs\nconst q = `\n\tDELETE FROM hold`"}, checkSQL,
		"jobs/x.go:2 has SQL in it: it belongs to store",
	},
	{"prose that is no SQL", map[string]string{"jobs/x.go": "package jobs\nconst q = \"select a time from those that are free\""}, checkSQL, ""},
	{
		"a sentence in a page", map[string]string{"web/citizen/x_templ.go": templGo(`t.WriteString(b, 1, "<p>Book a time</p>")`)}, checkSentences,
		`web/citizen/x.templ: X says "Book a time": sentences are texts, by key`,
	},
	{
		"a word between two expressions", map[string]string{"web/citizen/x_templ.go": templGo(`t.WriteString(b, 1, "<p>"); t.WriteString(b, 2, " at "); t.WriteString(b, 3, "</p>")`)},
		checkSentences, `web/citizen/x.templ: X says "0 at 0": sentences are texts, by key`,
	},
	{
		"a label that is read aloud", map[string]string{"web/citizen/x_templ.go": templGo(`t.WriteString(b, 1, "<nav aria-label=\"Weeks\">")`)}, checkSentences,
		`web/citizen/x.templ: X says "Weeks": sentences are texts, by key`,
	},
	{
		"a sentence for a component", map[string]string{"web/citizen/x_templ.go": templGo(`ui.H1("", "Your booking")`)}, checkSentences,
		`web/citizen/x.templ: X says "Your booking": sentences are texts, by key`,
	},
	{"a page of expressions", map[string]string{"web/citizen/x_templ.go": templGo(`ui.H2("first-free", p.T("pick.first")); t.WriteString(b, 1, "<br>")`)}, checkSentences, ""},
	{
		"a text that is not there", map[string]string{"web/x.go": "package web\nvar _ = p.T(\"pick.frist\")\nvar _ = p.T(\"pick.first\")\nvar _ = \"pick.days.\""}, keysOf,
		"web/x.go:2 asks for the text pick.frist, which is in no file of base/i18n/locales",
	},
	{
		"a fault without words", map[string]string{"web/x.go": "package web\nvar _ = fault.NotFound(\"nowhere.to_be_found\")\nvar _ = p.T(\"pick.first\")\nvar _ = \"pick.days.\""}, keysOf,
		"web/x.go:2 asks for the text nowhere.to_be_found, which is in no file of base/i18n/locales",
	},
	{"a text that nobody asks for", map[string]string{"web/x.go": "package web\nvar _ = \"pick.days.\""}, keysOf, "the text pick.first is used nowhere"},
	{"a key that is put together", map[string]string{"web/x.go": "package web\nvar _ = p.T(\"pick.days.\" + day)"}, keysOf, "the text pick.first is used nowhere"},
	{
		"a beginning that nothing begins with", map[string]string{"web/x.go": "package web\nvar _ = p.T(\"pick.nights_\" + n)\nvar _ = p.T(\"pick.first\")\nvar _ = \"pick.days.mon\""}, keysOf,
		"web/x.go:2 asks for the text pick.nights_, which is in no file of base/i18n/locales",
	},
	{"all texts", map[string]string{"web/x.go": "package web\nvar _ = p.T(\"pick.first\")\nvar _ = \"pick.days.\""}, keysOf, ""},
	{
		"a list that lags behind", map[string]string{"web/x.go": "package web\nvar _ = p.T(\"pick.first\")"},
		func(m *module) []string {
			return checkKeys(m, []string{"pick.first"}, map[string]string{"pick.": "nobody"})
		},
		"the list of texts put together names pick., which stands for nothing",
	},
}

func floorsOf(m *module) []string { return checkFloors(m, false) }

func keysOf(m *module) []string { return checkKeys(m, []string{"pick.days.mon", "pick.first"}, nil) }

func templGo(body string) string { return "package citizen\nfunc X() { " + body + " }" }

func TestPlantedFaultsAreFound(t *testing.T) {
	t.Parallel()
	for _, p := range planted {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{}
			for name, text := range p.files {
				fsys[name] = &fstest.MapFile{Data: []byte(text)}
			}
			m, err := readModule(fsys)
			if err != nil {
				t.Fatal(err)
			}
			got := p.check(m)
			var want []string
			if p.want != "" {
				want = []string{p.want}
			}
			if !slices.Equal(got, want) {
				t.Errorf("got %s, want %s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}
