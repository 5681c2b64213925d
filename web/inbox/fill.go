package inbox

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/conversation"
	"luukku/domain/folder"
	"luukku/web"
)

// callerCookie keeps, sealed, with which conversation a browser is about to book for whom, and until when: so no address says who it is.
const callerCookie = "caller"

// callerLife is how long that is good.
const callerLife = 15 * time.Minute

// fill puts a canned answer, or the person's appointments, behind what is typed already; nothing is sent.
func (d *Door) fill(v *web.Visit, do string) error {
	w, err := d.Talks.Read(v.Ctx(), v.Actor(), v.OrgID(), itemOf(v), false)
	if err != nil {
		return err
	}
	lang := w.Talk.Lang
	if lang == "" {
		lang = v.Org.Org.Languages[0]
	}
	text := ""
	if do == "canned" {
		list := v.Org.Inbox(w.Item.Inbox).Answers
		if n, err := strconv.Atoi(v.Form("canned")); err == nil && n >= 0 && n < len(list) {
			text = list[n].Text.In(lang)
		}
	} else if w.Talk.Person != "" && d.Booking != nil {
		entries, err := d.Booking.FolderOf(v.Ctx(), actor.Owner{Person: w.Talk.Person})
		if err != nil {
			return err
		}
		p := v.Site.Texts.Printer(lang)
		var times []string
		for _, e := range entries {
			if e.Part == folder.Booked && e.Org == v.OrgID() && e.At > v.Now.Unix() && e.State != string(booking.Cancelled) {
				office := string(e.Office)
				if o, err := v.Org.Office(e.Office); err == nil {
					office = o.Name.In(lang)
				}
				times = append(times, p.T("inbox.appointment_line", "at", p.At(time.Unix(e.At, 0).In(v.Org.Zone())), "place", office))
			}
		}
		if text = p.T("inbox.no_appointments"); len(times) > 0 {
			text = p.T("inbox.appointments") + " " + strings.Join(times, "; ") + "."
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
