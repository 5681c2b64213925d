package jobs

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/base/ical"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/store"
	"luukku/web"
)

// facts are what a mail is written from.
type facts struct {
	subject
	code    string // in groups; empty where there is no appointment
	sender  string // the organisation's number that an offer comes from; empty for none
	pin     string // the kiosk's; empty for none
	token   string // of the link; empty for none
	baseURL string
	from    notify.Address
	now     int64
	links   []store.Link // that the message carries
}

// words are a text, and its language where that is not the mail's.
type words struct{ Text, Lang string }

// row is a fact with its name. Lines stand under each other.
type row struct {
	Key   string
	Lines []words
	Loud  bool // a code, to be copied or read aloud
}

// section is a heading with paragraphs, and perhaps a list and a link.
type section struct {
	Title string
	Text  []string
	List  []words
	Link  link
}

// link is an address to press, with the words to press.
type link struct{ Href, Text string }

// letter is a mail before it becomes text or HTML: both say the same.
type letter struct {
	Lang         string
	Subject      string
	Heading      string
	Lead         string // one paragraph or more, each a line
	Rows         []row
	Sections     []section
	Foot         []string
	Organisation string
}

// compose writes one mail. It names nobody: whoever looks over a shoulder learns no more than that somebody has a time.
func compose(ctx context.Context, p *i18n.Printer, f facts) (notify.Message, error) {
	l := newLetter(p, f)
	var html bytes.Buffer
	if err := Mail(l).Render(ctx, &html); err != nil {
		return notify.Message{}, fmt.Errorf("render: %w", err)
	}
	var event []byte
	var method ical.Method
	if inCalendar[f.notice.Event] {
		var err error
		if event, method, err = calendar(p, f); err != nil {
			return notify.Message{}, err
		}
	}
	return notify.Message{
		Org: f.notice.Org, ID: f.notice.Ref(), Event: f.notice.Event, Lang: p.Lang(), To: notify.Address{Email: f.appointment.Details.Email},
		From:    notify.Address{Name: cmp.Or(f.from.Name, f.config.Org.Name.In(p.Lang())), Email: f.from.Email},
		Subject: oneLine(l.Subject), Text: plain(p, l), HTML: html.String(), Calendar: event, CalendarMethod: string(method),
	}, nil
}

// inCalendar are the events that change what is in somebody's calendar.
var inCalendar = map[notify.Event]bool{
	notify.AppointmentBooked: true, notify.AppointmentChanged: true, notify.AppointmentMoved: true, notify.AppointmentCancelled: true,
}

// newLetter decides what a mail says.
func newLetter(p *i18n.Printer, f facts) letter {
	when := f.in(f.appointment.Start)
	key := "mail." + strings.ReplaceAll(strings.TrimPrefix(string(f.notice.Event), "appointment."), ".", "_")
	l := letter{
		Lang: string(p.Lang()), Subject: p.T(key+".subject", "when", when), Heading: p.T(key + ".title"), Organisation: f.config.Org.Name.In(p.Lang()),
	}
	w := writer{p, f}
	l.Rows = w.rows()
	switch f.notice.Event {
	case notify.AppointmentCancelled:
		l.Lead = p.T(key + ".lead_" + cmp.Or(f.appointment.CancelledBy, "client"))
		l.Sections = []section{w.again()}
	case notify.AppointmentLapsed, notify.OfferGone:
		l.Lead = p.T(key + ".lead")
		if f.notice.Event == notify.AppointmentLapsed {
			l.Sections = []section{w.again()}
		}
	case notify.AppointmentPending, notify.AppointmentProposed:
		l.Lead = p.T(key + ".lead")
		l.Sections = append([]section{w.confirm(key)}, w.bring()...)
	case notify.TimeOffered:
		l.Lead = p.T(key + ".lead")
		l.Sections = []section{{Title: p.T(key + ".take"), Text: []string{p.T(key+".until", "until", f.in(f.offer.ExpiresAt))}, Link: link{w.url("offer", f.token), p.T(key + ".open")}}}
	case notify.WaitingJoined:
		l.Lead = p.T(key + ".lead")
		l.Sections = []section{{Title: p.T(key + ".leave"), Text: []string{p.T(key + ".leave_text")}, Link: link{w.url("waiting", f.token), p.T(key + ".open")}}}
	default:
		l.Lead = p.T(key + ".lead")
		if f.notice.Event == notify.AppointmentMoved && f.notice.Args["by"] == "office" {
			l.Lead = p.T("mail.moved.lead_office")
		}
		l.Sections = append(w.bring(), w.manage())
	}
	w.reword(&l)
	l.Sections = append(l.Sections, w.questions()...)
	l.Foot = []string{p.T("mail.sent_by", "organisation", l.Organisation), p.T("mail.no_answer")}
	return l
}

// reword puts the organisation's own subject and opening in the place of the product's. What the mail says below them stays.
func (w writer) reword(l *letter) {
	if own, ok := w.own(notify.PartSubject); ok {
		l.Subject = cmp.Or(notify.FillLine(own, w.mailFacts()), l.Subject)
	}
	if own, ok := w.own(notify.PartOpening); ok {
		l.Lead = cmp.Or(strings.Join(notify.FillLines(own, w.mailFacts()), "\n"), l.Lead)
	}
}

// paragraphs are the lines of a lead.
func paragraphs(lead string) []string { return strings.Split(lead, "\n") }

// writer puts facts into the words of one language.
type writer struct {
	*i18n.Printer
	facts
}

// in is a moment in the organisation's time zone.
func (f facts) in(unix int64) time.Time { return time.Unix(unix, 0).In(f.config.Zone()) }

// url is the absolute address of one of the organisation's pages.
func (w writer) url(parts ...string) string {
	return strings.TrimSuffix(w.baseURL, "/") + web.Path(w.Lang(), w.config.Org.ID, parts...)
}

// say is a text of the organisation, with its language where it stands in for a missing one.
func (w writer) say(t i18n.Text) words {
	text, lang := t.InOK(w.Lang())
	if lang == w.Lang() {
		lang = ""
	}
	return words{text, string(lang)}
}

func (w writer) rows() []row {
	a := w.appointment
	moved := w.notice.Event == notify.AppointmentMoved
	var rows []row
	if w.notice.Event != notify.AppointmentCancelled && w.code != "" {
		rows = append(rows, row{Key: w.T("mail.code"), Lines: []words{{Text: w.code}}, Loud: true})
	}
	if !w.discreet() {
		rows = append(rows, row{Key: w.T("mail.service"), Lines: []words{w.say(serviceName(w.config, a.Service))}})
	}
	if a.Start == 0 { // somebody waits, and there is no time yet
		return rows
	}
	if moved {
		rows = append(rows, row{Key: w.T("mail.new_time"), Lines: []words{{Text: w.time(a.Start, a.End)}}})
		if from, err := strconv.ParseInt(w.notice.Args["from"], 10, 64); err == nil && from != a.Start {
			rows = append(rows, row{Key: w.T("mail.old_time"), Lines: []words{{Text: w.time(from, from)}}})
		}
	} else {
		rows = append(rows, row{Key: w.T("mail.time"), Lines: []words{{Text: w.time(a.Start, a.End)}}})
	}
	if !w.discreet() {
		rows = append(rows, w.where()...)
	}
	if tells := inCalendar[w.notice.Event] || w.notice.Event == notify.AppointmentReminder; w.pin != "" && tells && w.notice.Event != notify.AppointmentCancelled {
		p := w.config.PolicyAt(a.PolicyVersion, a.Service, a.Office)
		from, until := p.CheckinFrom(a.Start), p.CheckinUntil(a.Start)
		rows = append(rows, row{Key: w.T("mail.pin"), Lines: []words{{Text: ids.FormatPIN(w.pin)}}, Loud: true},
			row{Key: w.T("mail.checkin"), Lines: []words{{Text: w.ClockRange(w.in(from), w.in(until))}}})
	}
	return rows
}

// where is the place, the one before it where somebody moved, and what else the visit is made of.
func (w writer) where() []row {
	a := w.appointment
	rows := []row{{Key: w.T("mail.place"), Lines: w.place(a.Office, w.notice.Event != notify.AppointmentCancelled)}}
	if from := ids.Office(w.notice.Args["from_office"]); w.notice.Event == notify.AppointmentMoved && from != "" && from != a.Office {
		rows = append(rows, row{Key: w.T("mail.old_place"), Lines: w.place(from, false)})
	}
	return append(rows, w.visit()...)
}

// visit says what a visit of several services, or of several people, is made of: how many they are, and nobody's name.
func (w writer) visit() []row {
	v := w.appointment.Visit()
	var rows []row
	if len(v.Also) > 0 {
		var also []words
		for _, id := range v.Also {
			also = append(also, w.say(serviceName(w.config, id)))
		}
		rows = append(rows, row{Key: w.T("visit.also_row"), Lines: also})
	}
	if v.People > 1 {
		rows = append(rows, row{Key: w.T("visit.people_row"), Lines: []words{{Text: w.N("visit.n_people", v.People)}}})
	}
	return rows
}

// time is a day and its time: "Monday 23 November 2026, 9:20–9:40". An end that is the start leaves the end out.
func (w writer) time(start, end int64) string {
	clock := w.Clock(w.in(start))
	if end > start {
		clock = w.ClockRange(w.in(start), w.in(end))
	}
	return w.T("mail.day_time", "day", w.LongDate(w.in(start)), "time", clock)
}

// place is an office's name and address, and how to get in.
func (w writer) place(id ids.Office, access bool) []words {
	o, err := w.config.Office(id)
	if err != nil { // not served there any more: the slug is better than nothing
		return []words{{Text: string(id)}}
	}
	lines := []words{w.say(o.Name), w.say(o.Street), {Text: strings.TrimSpace(o.Postcode + " " + o.Town.In(w.Lang()))}}
	if access {
		lines = append(lines, w.say(o.Building), w.say(o.Floor))
		if door := o.Door.In(w.Lang()); door != "" {
			lines = append(lines, words{Text: w.T("contact.door_n", "door", door)})
		}
		lines = append(lines, w.say(o.Access))
	}
	return filled(lines)
}

func (w writer) bring() []section {
	s, err := w.config.Service(w.appointment.Service)
	if err != nil || w.discreet() {
		return nil
	}
	list, lang := s.Bring.InOK(w.Lang())
	if lang == w.Lang() {
		lang = ""
	}
	var items []words
	for _, item := range list {
		items = append(items, words{item, string(lang)})
	}
	if items = filled(items); len(items) == 0 {
		return nil
	}
	return []section{{Title: w.T("mail.bring"), List: items}}
}

// confirm is how to confirm the booking, and until when.
func (w writer) confirm(key string) section {
	return section{
		Title: w.T(key + ".confirm"), Text: []string{w.T(key+".until", "until", w.in(w.appointment.ExpiresAt)), w.T("mail.with_code", "url", w.url("appointment"))},
		Link: link{w.url("link", w.token), w.T(key + ".open")},
	}
}

// manage is how to see, change and cancel the booking.
func (w writer) manage() section {
	a := w.appointment
	p := w.config.PolicyAt(a.PolicyVersion, a.Service, a.Office)
	s := section{Title: w.T("mail.manage"), Link: link{w.url("link", w.token), w.T("mail.open")}}
	if booking.CheckMove(p, a, w.now) == nil {
		s.Text = append(s.Text, w.T("mail.change_until", "until", w.in(booking.ChangeUntil(p, a.Start))))
	}
	if booking.CheckCancel(p, a, w.now) == nil {
		s.Text = append(s.Text, w.T("mail.cancel_until", "until", w.in(booking.CancelUntil(p, a.Start))))
	}
	phone, hours := w.phone()
	switch {
	case len(s.Text) == 2 || phone == "" && len(s.Text) > 0:
	case phone == "":
		s.Text = append(s.Text, w.T("mail.not_online"))
	default:
		s.Text = append(s.Text, w.call("mail.by_phone", phone, hours))
	}
	s.Text = append(s.Text, w.T("mail.secret"), w.T("mail.with_code", "url", w.url("appointment")))
	return s
}

// again leads back to the service after its appointment was cancelled.
func (w writer) again() section {
	to := w.url()
	if _, err := w.config.Service(w.appointment.Service); err == nil && !w.discreet() {
		to = w.url("services", string(w.appointment.Service))
	}
	return section{Title: w.T("mail.again_title"), Link: link{to, w.T("mail.again")}}
}

func (w writer) questions() []section {
	phone, hours := w.phone()
	if phone == "" {
		return nil
	}
	return []section{{Title: w.T("mail.questions"), Text: []string{w.call("mail.call", phone, hours)}}}
}

// phone is the office's number and when it is answered, or the organisation's.
func (w writer) phone() (number, hours string) {
	if o, err := w.config.Office(w.appointment.Office); err == nil && o.Phone != "" {
		return o.Phone, o.PhoneHours.In(w.Lang())
	}
	return w.config.Org.Phone, w.config.Org.PhoneHours.In(w.Lang())
}

func (w writer) call(key, phone, hours string) string {
	if hours == "" {
		return w.T(key, "phone", phone)
	}
	return w.T(key+"_hours", "phone", phone, "hours", hours)
}

func serviceName(c *catalog.Config, id ids.Service) i18n.Text {
	if s, err := c.Service(id); err == nil {
		return s.Name
	}
	return i18n.Text{i18n.Default: string(id)}
}

// officeOf is the appointment's office; nil when it is not in the configuration any more.
func (f facts) officeOf() *org.Office {
	o, err := f.config.Office(f.appointment.Office)
	if err != nil {
		return nil
	}
	return o
}

// filled leaves out what is blank and puts the rest on one line each: what an office wrote ends no line of a mail.
func filled(in []words) []words {
	out := make([]words, 0, len(in))
	for _, w := range in {
		if w.Text = oneLine(w.Text); w.Text != "" {
			out = append(out, w)
		}
	}
	return out
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
