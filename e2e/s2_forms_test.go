package e2e

import (
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"luukku/domain/actor"
)

const formsAt = "/en/admin/vuorela/forms"

// A newcomer builds a form in the browser by docs/forms.md: two steps, a choice, a question that hangs on it and a declaration; tries it out; and publishes it from a second on: in the second
// before there is none, in that second it holds. Two who edit the same state: the second is told, and what was typed is kept. A definition that cannot be asked is refused with words.
func TestS2_4_NewcomerBuildsAFormInTheBrowser(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		h.stopAt(time.Date(2026, time.November, 23, 8, 0, 0, 0, time.UTC))
		admin := h.administrator(t, "admin")
		admin.Get(formsAt).Form(en("forms.build.begin")).Set("name", "Sauna shift").Submit(en("forms.build.begin")).MustStatus(http.StatusOK)
		const at = formsAt + "/sauna-shift"
		add := func(label, kind, in string) string {
			f := admin.Get(at).Form(en("forms.build.add_button")).Set("label", label).Set("kind", kind).Set("in", in)
			f.Submit(en("forms.build.add_button")).MustStatus(http.StatusOK).MustText(label)
			return label
		}
		add("Which day?", "choice", "0")
		f := admin.Get(at+"/item?at=0/0").Form(en("forms.build.keep")).Set("choices", "Friday\nSaturday").Check("required")
		f.Submit(en("forms.build.keep")).MustText(en("forms.build.done.kept"))
		add("Why not Friday?", "lines", "0")
		f = admin.Get(at+"/item?at=0/1").Form(en("forms.build.keep")).Set("when", "#/properties/which_day").Set("test", "is").Set("value", "Saturday").Check("required")
		f.Submit(en("forms.build.keep")).MustText(en("forms.build.done.kept"), en("forms.build.conditional"))
		admin.Get(at).Form(en("forms.build.add_step")).Set("step", "Send").Submit(en("forms.build.add_step")).MustText(en("forms.build.wrong"))
		add("It is true", "tick", "1")
		admin.Get(at+"/item?at=1/0").Form(en("forms.build.keep")).Set("tick", "declare").Submit(en("forms.build.keep")).MustText(en("forms.build.done.kept"))

		// Tried out: the second question comes with the answer on which it hangs, and nothing is sent.
		p := admin.Get(at+"/try").Form(en("common.continue")).Set("/which_day", "saturday").Submit(en("common.continue"))
		p.MustStatus(http.StatusUnprocessableEntity).MustText("Why not Friday?", en("answers.required"))
		p = p.Form(en("common.continue")).Set("/why_not_friday", "Work").Submit(en("common.continue")).MustStatus(http.StatusOK)
		p.Form(en("common.continue")).Check("/it_is_true").Submit(en("common.continue")).MustText(en("forms.build.try_good"), "Work")

		// Two editors.
		other := h.administrator(t, "other")
		first, second := admin.Get(at+"/item?at=0/0").Form(en("forms.build.keep")), other.Get(at+"/item?at=0/0").Form(en("forms.build.keep"))
		first.Set("label.en", "Which evening?").Submit(en("forms.build.keep")).MustStatus(http.StatusOK)
		p = second.Set("help.en", "Fridays are full.").Submit(en("forms.build.keep")).MustStatus(http.StatusConflict).MustText(en("forms.edited_kept"))
		if got := p.Form(en("forms.build.keep")).Value("help.en"); got != "Fridays are full." {
			t.Errorf("what was typed is lost: %q", got)
		}

		// What cannot be asked is refused in words: a loop, a reference outside, ten thousand fields.
		var many strings.Builder
		for i := range 10_000 {
			if i > 0 {
				many.WriteByte(',')
			}
			many.WriteString(`"f` + strconv.Itoa(i) + `":{"type":"string"}`)
		}
		for document, want := range map[string]string{
			`{"schema":{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{"$ref":"#/$defs/a"}}},"ui":{},"texts":{}}`: "depend on each other in a circle",
			`{"schema":{"type":"object","properties":{"a":{"$ref":"https://example.org/a"}}},"ui":{},"texts":{}}`:                        "https://example.org/a",
			`{"schema":{"type":"object","properties":{` + many.String() + `}},"ui":{},"texts":{}}`:                                       "too many fields",
		} {
			admin.Get(at+"/document").Form(en("forms.build.keep")).Set("text", document).Submit(en("forms.build.keep")).MustStatus(http.StatusUnprocessableEntity).MustText(want)
		}

		// From a second on, in the organisation's zone: 10:05:00 in Helsinki is 8:05:00 UTC.
		publish := admin.Get(at+"/publish").Form(en("forms.build.publish")).Set("date", "23.11.2026").Set("clock", "10:05:00").Set("note", "First")
		publish.Submit(en("forms.build.publish")).MustStatus(http.StatusOK).MustText(en("forms.build.done.published"))
		h.stopAt(time.Date(2026, time.November, 23, 8, 4, 59, 0, time.UTC))
		admin.Get(at + "/versions").MustText("1 (" + en("forms.build.to_come") + ")")
		h.stopAt(time.Date(2026, time.November, 23, 8, 5, 0, 0, time.UTC))
		admin.Get(at + "/versions").MustText("1 (" + en("forms.build.in_force") + ")")

		// Another version at once, with the difference in words; the first one can be built on again.
		admin.Get(at+"/item?at=0/0").Form(en("forms.build.keep")).Set("label.en", "On which evening?").Submit(en("forms.build.keep")).MustStatus(http.StatusOK)
		admin.Get(at + "/publish").MustText(en("forms.change.changed", "name", "On which evening?"))
		h.stopAt(time.Date(2026, time.November, 23, 8, 6, 0, 0, time.UTC))
		admin.Get(at + "/publish").Form(en("forms.build.publish")).Submit(en("forms.build.publish")).MustText(en("forms.build.done.published"))
		admin.Get(at + "/versions").MustText("2 (" + en("forms.build.in_force") + ")")
		h.clerk(t, "clerk", actor.Grant{Role: actor.RoleClerk, Org: vuorela}).Get(at).MustStatus(http.StatusNotFound)
	})
}
