package inbox

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/domain/actor"
	"luukku/domain/conversation"
	"luukku/web"
)

// callerCookie keeps, sealed, with which conversation a browser is about to book for whom, and until when: so no address says who it is.
const callerCookie = "caller"

// callerLife is how long that is good.
const callerLife = 15 * time.Minute

// puts are what can be put behind what is typed.
var puts = []string{"canned", "appointments", "link"}

// linesOf are the lines of an address that hold anything.
func linesOf(typed string) []string {
	var out []string
	for line := range strings.Lines(typed) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// fill puts a canned answer, the person's appointments or the way to book behind what is typed already; nothing is sent.
func (d *Door) fill(v *web.Visit, do string) error {
	w, err := d.Talks.Read(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v), false)
	if err != nil {
		return err
	}
	lang := conversation.LangOf(v.Org, w.Talk.Lang)
	text := ""
	switch {
	case do == "canned":
		list := v.Org.Inbox(w.Item.Inbox).Answers
		if n, err := strconv.Atoi(v.Form("canned")); err == nil && n >= 0 && n < len(list) {
			text = list[n].Text.In(lang)
		}
	case do == "link":
		text = d.Talks.LinkText(v.Org, lang, v.Site.BaseURL+web.Path(lang, v.OrgID()))
	case w.Talk.Person != "":
		if text, err = d.Talks.AppointmentsText(v.Ctx(), v.Org, lang, actor.Owner{Person: w.Talk.Person}, nil); err != nil {
			return err
		}
	}
	return d.whole(v, readFacts{Typed: typed{Text: strings.TrimSpace(v.Form("text") + "\n" + text)}})
}

// book leads to the desk with the conversation kept in the browser: number and name are there already.
func (d *Door) book(v *web.Visit) error {
	until := strconv.FormatInt(v.Now.Add(callerLife).Unix(), 10)
	v.KeepSealed(callerCookie, strings.Join([]string{string(v.Actor().Staff), string(v.OrgID()), string(itemOf(v)), until}, "/"))
	return v.SeeOther(web.Path(v.Lang, "", "staff", string(v.OrgID()), "desk", "book") + "?caller=yes")
}

// hasCodes reports whether anything is hidden in the texts.
func (f readFacts) hasCodes() bool {
	return slices.ContainsFunc(f.Whole.Messages, func(m conversation.Message) bool { return m.Codes })
}
