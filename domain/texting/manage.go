package texting

import (
	"context"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
)

// manage begins to cancel or to move: the code says what.
func (t *talk) manage(ctx context.Context, c Command) (reply, error) {
	t.d = &Dialogue{Verb: c.Verb, Step: askCode, Lang: t.speaks}
	if len(c.Words) == 0 {
		return t.ask(t.d, t.p().T("sms.ask.code")), nil
	}
	return t.code(ctx, c)
}

// code takes the code of a booking: whole, or, for the only booking of the number, its end. The number alone opens nothing.
func (t *talk) code(ctx context.Context, c Command) (reply, error) {
	typed := strings.Join(c.Words, "")
	if c.Verb != None && c.Verb != t.d.Verb { // a word that is a command may be the end of a code as well
		typed = strings.Join(Words(t.in.Body), "")
	}
	var a booking.Appointment
	var err error
	if c.Code != "" {
		a, err = t.Booking.Find(ctx, t.who, t.in.Org, c.Code)
	} else {
		a, err = t.Booking.FindOfNumber(ctx, t.who, t.in.Org, t.number, typed)
	}
	switch {
	case fault.Is(err, fault.KindTooMany):
		return t.say(t.why(err), t.call("")), nil
	case fault.Is(err, fault.KindInvalid), fault.Is(err, fault.KindNotFound):
		return t.wrong(t.p().T("sms.ask.code")), nil
	case err != nil:
		return reply{}, err
	}
	return t.opened(ctx, a)
}

// opened goes on with an appointment that was proven.
func (t *talk) opened(ctx context.Context, a booking.Appointment) (reply, error) {
	d := t.d
	d.Appointment, d.Service, d.Office, d.Start, d.Sequence = a.ID, a.Service, a.Office, a.Start, a.Sequence
	st, err := t.Booking.StandingFor(ctx, t.who, a)
	if err != nil {
		return reply{}, err
	}
	may := st.Cancel
	if d.Verb == Move {
		may = st.Move
	}
	if may != nil {
		return t.say(t.why(may), t.call(a.Office)), nil
	}
	if d.Verb == Move {
		return t.toDay(ctx, d, "")
	}
	d.Step = askSure
	return t.askSure(ctx, d)
}

// askSure asks for yes or no.
func (t *talk) askSure(ctx context.Context, d *Dialogue) (reply, error) {
	t.d = d
	question, err := t.sureQuestion(ctx)
	if err != nil {
		return reply{}, err
	}
	return t.ask(d, question), nil
}

func (t *talk) sureQuestion(context.Context) (string, error) {
	d := t.d
	switch d.Verb {
	case Cancel:
		return t.p().T("sms.ask.cancel", "what", t.what(d.Service), "when", t.when(d.Start)), nil
	case Move:
		at, err := strconv.ParseInt(d.Lines[0].Value, 10, 64)
		return t.p().T("sms.ask.move", "what", t.what(d.Service), "old", t.when(d.Start), "new", t.when(at)), err
	}
	return t.p().T("sms.ask.book", "what", t.what(d.Service), "when", t.when(d.Start), "where", t.where(d.Office), "name", d.Name), nil
}

// sure does what was asked about.
func (t *talk) sure(ctx context.Context) (reply, error) {
	d := t.d
	switch d.Verb {
	case Book:
		return t.finish(ctx)
	case Move:
		a, err := t.Booking.MoveDraft(ctx, t.proven(d), t.in.Org, d.Draft)
		switch {
		case fault.IsKey(err, "booking.taken"):
			d.Draft = ""
			return t.toTime(ctx, d, t.p().T("sms.taken"))
		case refused(err):
			return t.say(t.why(err), t.call(d.Office)), nil
		case err != nil:
			return reply{}, err
		}
		return t.receipt("sms.moved", a)
	}
	seen := d.Sequence
	a, err := t.Booking.Cancel(ctx, t.proven(d), booking.CancelRequest{
		Org: t.in.Org, ID: d.Appointment, Key: ids.FormKey("text/" + string(t.in.ID)), Seen: &seen,
	})
	switch {
	case fault.IsKey(err, "manage.cancelled_already"):
	case refused(err):
		return t.say(t.why(err), t.call(d.Office)), nil
	case err != nil:
		return reply{}, err
	}
	return t.say(t.p().T("sms.cancelled", "what", t.what(d.Service), "when", t.when(a.Start))), nil
}

// refused reports whether the person can be told why something was not done.
func refused(err error) bool {
	return fault.Is(err, fault.KindInvalid) || fault.Is(err, fault.KindConflict) || fault.Is(err, fault.KindNotFound) || fault.Is(err, fault.KindSignInRequired)
}
