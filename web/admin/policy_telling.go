package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// nth is the name of the field of a reminder; the first has the rule's own, so that what is wrong is found there.
func nth(name string, i int) string {
	if i == 0 {
		return name
	}
	return name + "-" + strconv.Itoa(i+1)
}

// typeTimes writes reminders as they are typed: each a number and a unit.
func typeTimes(out url.Values, name string, r catalog.Reminders) {
	for i, d := range r.Before() {
		unit := units[len(units)-1]
		for _, u := range units {
			if s := int64(d / time.Second); s%u.seconds == 0 {
				unit = u
				break
			}
		}
		out.Set(nth(name, i), strconv.FormatInt(int64(d/time.Second)/unit.seconds, 10))
		out.Set(nth(name, i)+"-unit", unit.name)
	}
}

// readTimes reads reminders: what is left empty is none.
func readTimes(form url.Values, name string) (v int64, key string, args fault.Args) {
	var list []time.Duration
	for i := range catalog.MostReminders {
		n := nth(name, i)
		typed := strings.TrimSpace(form.Get(n))
		if typed == "" || typed == "0" {
			continue
		}
		k, err := strconv.ParseInt(typed, 10, 32)
		if err != nil {
			return 0, "rules.number_wrong", nil
		}
		for _, u := range units {
			if u.name == form.Get(n+"-unit") {
				k *= u.seconds
			}
		}
		if d := time.Duration(k) * time.Second; d < time.Minute || d > catalog.LongestReminds {
			return 0, "rules.range_wrong", fault.Args{"min": time.Minute, "max": catalog.LongestReminds}
		}
		list = append(list, time.Duration(k)*time.Second)
	}
	r, err := catalog.RemindersOf(list...)
	if err != nil {
		return 0, "rules.number_wrong", nil
	}
	return int64(r), "", nil
}

// askTimes asks for reminders, each as a number and a unit.
func (a ruleAsker) askTimes(name, wrong string) []web.Component {
	var options []ui.Option
	for _, u := range units {
		options = append(options, ui.Option{Value: u.name, Text: a.T("rules.unit." + u.name)})
	}
	var out []web.Component
	for i := range catalog.MostReminders {
		n := nth(name, i)
		out = append(out,
			ui.TextField(a.Printer, ui.Field{
				Name: n, Label: a.T("rules.reminder_n", "n", i+1), Value: a.typed.Get(n), Error: wrong, Short: true, InputMode: "numeric", NoSpelling: true,
				Autocomplete: "off",
			}),
			ui.Select(a.Printer, ui.SelectField{Name: n + "-unit", Label: a.T("rules.reminder_unit_n", "n", i+1), Value: a.typed.Get(n + "-unit"), Options: options, HideLabel: true}),
		)
		wrong = ""
	}
	return out
}

// timesWords writes reminders as people say them.
func timesWords(b web.Base, r catalog.Reminders) string {
	var words []string
	for _, d := range r.Before() {
		words = append(words, b.Printer.Duration(d))
	}
	if len(words) == 0 {
		return b.T("rules.no_reminders")
	}
	return b.T("rules.reminders", "before", b.Printer.List(words))
}

// typeQuiet writes quiet hours as they are typed.
func typeQuiet(out url.Values, name string, q catalog.Quiet) {
	if q != 0 {
		out.Set(name, q.From().String())
		out.Set(name+"-until", q.Until().String())
	}
}

// readQuiet reads quiet hours: both left empty are none.
func readQuiet(form url.Values, name string) (v int64, key string, args fault.Args) {
	typed := []string{strings.TrimSpace(form.Get(name)), strings.TrimSpace(form.Get(name + "-until"))}
	if !slices.ContainsFunc(typed, func(s string) bool { return s != "" }) {
		return 0, "", nil
	}
	from, ok := readClock(typed[0])
	until, ok2 := readClock(typed[1])
	if !ok || !ok2 {
		return 0, "thing.clock_wrong", nil
	}
	return int64(catalog.QuietOf(from%org.EndOfDay, until%org.EndOfDay)), "", nil
}

// askQuiet asks for quiet hours.
func (a ruleAsker) askQuiet(name, wrong string) []web.Component {
	field := func(n, label, wrong string) web.Component {
		return ui.TextField(a.Printer, ui.Field{
			Name: n, Label: label, Value: a.typed.Get(n), Error: wrong, Short: true, NoSpelling: true, Autocomplete: "off",
		})
	}
	return []web.Component{field(name, a.T("rules.quiet_from"), wrong), field(name+"-until", a.T("rules.quiet_until"), "")}
}

// quietWords writes quiet hours as people say them.
func quietWords(b web.Base, q catalog.Quiet) string {
	if q == 0 {
		return b.T("rules.no_quiet")
	}
	at := func(m org.Minute) time.Time { return time.Date(2026, 11, 23, int(m)/60, int(m)%60, 0, 0, time.UTC) }
	return b.Printer.ClockRange(at(q.From()), at(q.Until()))
}
