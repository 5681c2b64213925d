package texting

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// mostDays is how many days with free times are looked for.
const mostDays = 15

// services are those that can be booked by text message.
func (t *talk) services() []*catalog.Service {
	var out []*catalog.Service
	for i := range t.cfg.Services {
		if s := &t.cfg.Services[i]; len(t.offices(s.ID)) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// offices are those where a service can be booked by text message: by anybody, who need neither sign in nor be in contact first.
func (t *talk) offices(service ids.Service) []*org.Office {
	return slices.DeleteFunc(slices.Clone(t.cfg.OfficesOf(service)), func(o *org.Office) bool {
		p := t.cfg.Policy(service, o.ID)
		return !p.SMSBooking || p.SignIn > actor.LevelNone || p.NeedsAccess || p.ForCompany
	})
}

// book begins a booking.
func (t *talk) book(ctx context.Context, c Command) (reply, error) {
	list := t.services()
	if len(list) == 0 {
		return t.say(t.p().T("sms.no_services"), t.call("")), nil
	}
	d := &Dialogue{Verb: Book, Step: askService}
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = s.Name.In(t.speaks)
		d.Lines = append(d.Lines, Line{string(s.ID), names[i]})
	}
	if len(list) == 1 && len(c.Words) == 0 {
		return t.chosen(ctx, d, d.Lines[0].Value)
	}
	sorry := ""
	if len(c.Words) > 0 {
		if _, isNumber := number(c.Words); !isNumber {
			if i := choose(c.Words, names); i >= 0 {
				return t.chosen(ctx, d, d.Lines[i].Value)
			}
		}
		if sorry = t.p().T("sms.no_service"); slices.ContainsFunc(names, func(n string) bool { return choose(c.Words, []string{n}) == 0 }) {
			sorry = "" // more than one
			d.Lines = slices.DeleteFunc(d.Lines, func(l Line) bool { return choose(c.Words, []string{l.Text}) != 0 })
		}
	}
	return t.ask(d, sorry, t.list(d, t.question(d))), nil
}

// toOffice asks where, when there is a choice.
func (t *talk) toOffice(ctx context.Context, d *Dialogue) (reply, error) {
	list := t.offices(d.Service)
	switch len(list) {
	case 0:
		return t.say(t.p().T("sms.no_services"), t.call("")), nil
	case 1:
		d.Office = list[0].ID
		return t.toDay(ctx, d, "")
	}
	d.Step, d.Shown, d.Lines = askOffice, 0, nil
	for _, o := range list {
		d.Lines = append(d.Lines, Line{string(o.ID), o.Name.In(t.speaks)})
	}
	return t.ask(d, t.list(d, t.question(d))), nil
}

// schedule is the schedule of what the dialogue is about.
func (t *talk) schedule(ctx context.Context, d *Dialogue) (booking.Schedule, error) {
	sch, err := t.Booking.Schedule(ctx, t.in.Org, d.Service, d.Office)
	if err != nil || d.Verb != Move {
		return sch, err
	}
	a, err := t.Booking.Appointment(ctx, t.proven(d), t.in.Org, d.Appointment)
	return sch.ForMove(t.who, a), err
}

// proven is the actor who has proven the appointment that the dialogue is about.
func (t *talk) proven(d *Dialogue) actor.Actor {
	who := t.who
	if d.Appointment != "" {
		who.Proven = []actor.Appointment{{Org: t.in.Org, ID: d.Appointment}}
	}
	return who
}

// toDay asks for the day: those that have free times.
func (t *talk) toDay(ctx context.Context, d *Dialogue, sorry string) (reply, error) {
	sch, err := t.schedule(ctx, d)
	if err != nil {
		return reply{}, err
	}
	const chunk = 14
	d.Step, d.Shown, d.Lines, d.Day, d.Draft = askDay, 0, nil, "", ""
	for first := sch.Today(); !first.After(sch.LastDay()) && len(d.Lines) < mostDays; first = first.Add(chunk) {
		times, err := t.Booking.Between(ctx, sch, first, earlier(first.Add(chunk-1), sch.LastDay()), d.Appointment)
		if err != nil {
			return reply{}, err
		}
		for _, day := range times.Days {
			if at, ok := t.firstOf(day, d); ok && len(d.Lines) < mostDays {
				d.Lines = append(d.Lines, Line{day.Date.String(), t.day(at)})
			}
		}
	}
	if len(d.Lines) == 0 {
		return t.say(sorry, t.p().T("sms.no_times", "what", t.what(d.Service)), t.call(d.Office)), nil
	}
	return t.ask(d, sorry, t.list(d, t.question(d))), nil
}

func earlier(a, b org.Date) org.Date {
	if b.Before(a) {
		return b
	}
	return a
}

// firstOf is the first time of a day that is free, and is not the one that is to be moved.
func (t *talk) firstOf(day booking.DayTimes, d *Dialogue) (int64, bool) {
	for f := range day.Free.All() {
		if d.Verb != Move || f.Start != d.Start {
			return f.Start, true
		}
	}
	return 0, false
}

// toTime asks for the time of day.
func (t *talk) toTime(ctx context.Context, d *Dialogue, sorry string) (reply, error) {
	day, err := org.ParseDate(d.Day)
	if err != nil {
		return t.toDay(ctx, d, sorry)
	}
	sch, err := t.schedule(ctx, d)
	if err != nil {
		return reply{}, err
	}
	times, err := t.Booking.Between(ctx, sch, day, day, d.Appointment)
	if err != nil {
		return reply{}, err
	}
	d.Step, d.Shown, d.Lines = askTime, 0, nil
	for _, of := range times.Days {
		for f := range of.Free.All() {
			if d.Verb != Move || f.Start != d.Start {
				d.Lines = append(d.Lines, Line{strconv.FormatInt(f.Start, 10), t.clock(f.Start)})
			}
		}
	}
	if len(d.Lines) == 0 {
		if sorry == "" {
			sorry = t.p().T("sms.taken")
		}
		return t.toDay(ctx, d, sorry)
	}
	return t.ask(d, sorry, t.list(d, t.question(d))), nil
}

// pick takes the time, holds it as the policy says, and asks what is still to be known.
func (t *talk) pick(ctx context.Context, d *Dialogue, at int64) (reply, error) {
	draft, err := t.Booking.Pick(ctx, t.proven(d), booking.PickRequest{
		Org: t.in.Org, Service: d.Service, Office: d.Office, Start: at, Lang: t.speaks, Draft: d.Draft, Moves: d.Appointment,
	})
	switch {
	case fault.IsKey(err, "booking.taken"):
		return t.toTime(ctx, d, t.p().T("sms.taken"))
	case fault.Is(err, fault.KindInvalid) && d.Verb == Book:
		return t.toTime(ctx, d, t.why(err))
	case fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindNotFound), fault.Is(err, fault.KindSignInRequired):
		return t.say(t.why(err), t.call(d.Office)), nil
	case err != nil:
		return reply{}, err
	}
	d.Draft = draft.ID
	if d.Verb == Move {
		d.Step, d.Lines = askSure, []Line{{strconv.FormatInt(at, 10), ""}}
		return t.askSure(ctx, d)
	}
	d.Start, d.Lines = at, nil
	if d.Name != "" {
		return t.details(ctx, d, d.Name)
	}
	d.Step = askName
	return t.ask(d, t.p().T("sms.ask.name", "when", t.when(at))), nil
}

// name takes the name of who comes.
func (t *talk) name(ctx context.Context, c Command) (reply, error) {
	question := t.p().T("sms.ask.name", "when", t.when(t.d.Start))
	name, ok := i18n.CleanLine(strings.Join(strings.Fields(t.in.Body), " "))
	if !ok || c.Verb != None && len(c.Words) == 0 || !strings.ContainsFunc(name, unicode.IsLetter) || strings.ContainsFunc(name, unicode.IsDigit) {
		return t.wrong(question), nil
	}
	return t.details(ctx, t.d, name)
}

// details keeps who comes in the draft, and asks whether all is right.
func (t *talk) details(ctx context.Context, d *Dialogue, name string) (reply, error) {
	typed := booking.Details{Name: name, Phone: t.number, Lang: t.speaks}
	_, err := t.Booking.SaveDetails(ctx, t.who, t.in.Org, d.Draft, typed)
	if fault.Is(err, fault.KindNotFound) { // the draft has run out
		return t.toDay(ctx, d, "")
	}
	if fault.Is(err, fault.KindInvalid) {
		for _, f := range fault.Of(err).Fields {
			if f.Name == "phone" || f.Name == "lang" {
				return t.say(t.p().T("sms.bad_number"), t.call(d.Office)), nil
			}
		}
		d.Step = askName
		t.d = d
		return t.wrong(t.p().T("sms.ask.name", "when", t.when(d.Start))), nil
	}
	if err != nil {
		return reply{}, err
	}
	d.Name, d.Step = name, askSure
	return t.askSure(ctx, d)
}

// finish books what the draft says.
func (t *talk) finish(ctx context.Context) (reply, error) {
	d := t.d
	made, err := t.Booking.BookDraft(ctx, t.who, t.in.Org, d.Draft)
	switch {
	case fault.IsKey(err, "booking.taken"):
		d.Draft = ""
		return t.toTime(ctx, d, t.p().T("sms.taken"))
	case fault.Is(err, fault.KindNotFound):
		return t.toDay(ctx, d, t.p().T("sms.taken"))
	case fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindSignInRequired):
		return t.say(t.why(err), t.call(d.Office)), nil
	case err != nil:
		return reply{}, err
	}
	return t.receipt("sms.booked", made.Appointment)
}

// receipt tells of an appointment, with the code and the PIN.
func (t *talk) receipt(key string, a booking.Appointment) (reply, error) {
	code, err := t.Booking.Code(a.ID)
	if err != nil {
		return reply{}, err
	}
	pin := ""
	if a.PIN != "" {
		pin = t.p().T("sms.pin", "pin", ids.FormatPIN(a.PIN))
	}
	return t.say(
		t.p().T(key, "what", t.what(a.Service), "when", t.when(a.Start), "where", t.where(a.Office), "code", ids.FormatCode(code)),
		pin, t.p().T("sms.how_to_cancel"),
	), nil
}
