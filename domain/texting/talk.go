package texting

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
)

// talk is one message that is being answered.
type talk struct {
	*Service
	in     In
	key    []byte
	number string // E.164; empty when it is none
	now    time.Time
	cfg    *catalog.Config
	who    actor.Actor
	speaks i18n.Lang
	d      *Dialogue // nil for none
}

// mostWrong is after how many answers in a row that are not understood a dialogue ends: two machines may be talking.
const mostWrong = 3

// answer decides what follows from a message.
func (t *talk) answer(ctx context.Context, c Command) (reply, error) {
	if c.Lang != "" && slices.Contains(t.cfg.Org.Languages, c.Lang) && (t.d == nil || c.Verb == Book || c.Verb == Cancel || c.Verb == Move) {
		t.speaks = c.Lang
	}
	if c.Several {
		return t.keep(t.p().T("sms.ask.which")), nil
	}
	switch c.Verb {
	case Stop, Start:
		return t.agree(ctx, c)
	case Help:
		return t.keep(t.help()), nil
	case Book:
		return t.book(ctx, c)
	case Cancel, Move:
		return t.manage(ctx, c)
	case Yes, No:
		if len(c.Words) == 1 && OfferCode(c.Words[0]) != "" {
			return t.answerOffer(ctx, c.Verb, OfferCode(c.Words[0]))
		}
		if len(c.Words) == 0 {
			if r, done, err := t.toOwn(ctx, c.Verb); done || err != nil {
				return r, err
			}
		}
		if len(c.Words) == 1 && strings.ContainsAny(c.Words[0], "0123456789") { // meant as a code
			return t.keep(t.p().T("sms.offer_unknown")), nil
		}
	case None, Back:
		if len(c.Words) == 1 && OfferCode(c.Words[0]) != "" && (t.d == nil || t.d.Step != askCode) {
			return t.bareOffer(ctx, OfferCode(c.Words[0]))
		}
	}
	if t.d != nil {
		return t.goOn(ctx, c)
	}
	if c.Verb == Yes && len(c.Words) == 0 {
		return t.yesToNothing(ctx)
	}
	return reply{room: true}, nil
}

func (t *talk) p() *i18n.Printer { return t.Texts.Printer(t.speaks) }

// say ends the dialogue with an answer, keep lets it go on as it is.
func (t *talk) say(parts ...string) reply {
	return reply{text: join(parts), lang: t.speaks}
}

func (t *talk) keep(parts ...string) reply {
	r := t.say(parts...)
	r.next = t.d
	return r
}

// ask goes on with a dialogue.
func (t *talk) ask(d *Dialogue, parts ...string) reply {
	d.Wrong, d.Lang = 0, t.speaks
	return reply{text: join(parts), lang: t.speaks, next: d}
}

func join(parts []string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(parts), func(s string) bool { return s == "" }), " ")
}

// agree takes STOP and START.
func (t *talk) agree(ctx context.Context, c Command) (reply, error) {
	if len(c.Words) > 1 {
		return t.keep(t.p().T("sms.ask.stop")), nil
	}
	if err := t.consent(ctx, c.Verb); err != nil {
		return reply{}, err
	}
	if c.Verb == Stop {
		return t.say(t.p().T("sms.stopped", "org", t.org())), nil
	}
	return t.keep(t.p().T("sms.started", "org", t.org())), nil
}

func (t *talk) help() string {
	parts := []string{t.p().T("sms.help", "org", t.org())}
	if len(t.services()) > 0 {
		parts = append(parts, t.p().T("sms.help_book"))
	}
	return join(append(parts, t.call("")))
}

// org is what the organisation is called.
func (t *talk) org() string {
	if short := t.cfg.Org.Short.In(t.speaks); short != "" {
		return short
	}
	return t.cfg.Org.Name.In(t.speaks)
}

// call is whom to call, where there is a number.
func (t *talk) call(office ids.Office) string {
	phone := t.cfg.Org.Phone
	if o, err := t.cfg.Office(office); err == nil && o.Phone != "" {
		phone = o.Phone
	}
	if phone == "" {
		return ""
	}
	return t.p().T("sms.call", "phone", phone)
}

// why puts a fault into the words that the pages have for it.
func (t *talk) why(err error) string {
	f := fault.Of(err)
	args := maps.Clone(f.Args)
	for name, v := range args {
		if d, ok := v.(time.Duration); ok {
			args[name] = t.p().Deadline(d)
		}
	}
	if f.Kind == fault.KindTooMany {
		return t.p().T("code.too_many", "wait", max(time.Minute, f.RetryAfter.Round(time.Minute)))
	}
	return t.p().TA(f.Key, args)
}

// day and when are a date and a time, as short as they can be said.
func (t *talk) day(at int64) string {
	d := time.Unix(at, 0).In(t.cfg.Zone())
	return t.p().T("sms.day", "weekday", t.p().WeekdayShort(d), "day", strconv.Itoa(d.Day()), "month", strconv.Itoa(int(d.Month())))
}

func (t *talk) clock(at int64) string { return t.p().Clock(time.Unix(at, 0).In(t.cfg.Zone())) }

func (t *talk) when(at int64) string {
	return t.p().T("sms.when", "day", t.day(at), "clock", t.clock(at))
}

// what and where are the names of a service and of an office.
func (t *talk) what(id ids.Service) string {
	s, err := t.cfg.Service(id)
	if err != nil {
		return string(id)
	}
	return s.Name.In(t.speaks)
}

func (t *talk) where(id ids.Office) string {
	o, err := t.cfg.Office(id)
	if err != nil {
		return string(id)
	}
	return o.Name.In(t.speaks)
}

// list writes the lines of a dialogue that are shown now, with their numbers.
func (t *talk) list(d *Dialogue, question string) string {
	var b strings.Builder
	b.WriteString(question)
	end := min(d.Shown+pageOf[d.Step], len(d.Lines))
	for i := d.Shown; i < end; i++ {
		b.WriteString("\n" + t.p().T("sms.line", "n", strconv.Itoa(i+1), "text", d.Lines[i].Text))
	}
	if len(d.Lines) > pageOf[d.Step] {
		b.WriteString("\n" + t.p().T("sms.more"))
	}
	return b.String()
}

// pageOf is how many lines a message shows, so that it is short.
var pageOf = map[Step]int{askService: 6, askOffice: 6, askDay: 5, askTime: 8}

// wrong asks once more, and gives up when it was asked often enough.
func (t *talk) wrong(question string) reply {
	t.d.Wrong++
	if t.d.Wrong >= mostWrong {
		return t.say(t.p().T("sms.given_up"), t.call(t.d.Office))
	}
	return reply{text: join([]string{t.p().T("sms.not_understood"), question}), lang: t.speaks, next: t.d}
}

// goOn takes the answer to what was asked.
func (t *talk) goOn(ctx context.Context, c Command) (reply, error) {
	d := t.d
	words := Words(t.in.Body)
	whole := len(c.Words) == 0
	switch {
	case c.Verb == No && whole && d.Step != askSure:
		return t.say(t.p().T("sms.ended." + string(d.Verb))), nil
	case c.Verb == Back && whole:
		return t.back(ctx)
	}
	switch d.Step {
	case askService, askOffice, askDay, askTime:
		if n, ok := number(words); ok && n == 0 && len(d.Lines) > pageOf[d.Step] {
			if d.Shown += pageOf[d.Step]; d.Shown >= len(d.Lines) {
				d.Shown = 0
			}
			return t.ask(d, t.list(d, t.question(d))), nil
		}
		lines := make([]string, len(d.Lines))
		for i, l := range d.Lines {
			lines[i] = l.Text
		}
		i := choose(words, lines)
		if i < 0 {
			return t.wrong(t.list(d, t.question(d))), nil
		}
		return t.chosen(ctx, d, d.Lines[i].Value)
	case askName:
		return t.name(ctx, c)
	case askCode:
		return t.code(ctx, c)
	case askSure:
		switch {
		case c.Verb == Yes && whole:
			return t.sure(ctx)
		case c.Verb == No && whole:
			return t.say(t.p().T("sms.ended." + string(d.Verb))), nil
		}
		question, err := t.sureQuestion(ctx)
		if err != nil {
			return reply{}, err
		}
		return t.wrong(question), nil
	}
	return reply{room: true}, nil
}

// question is what a list is asked with.
func (t *talk) question(d *Dialogue) string {
	switch d.Step {
	case askDay:
		return t.p().T("sms.ask.day", "what", t.what(d.Service))
	case askTime:
		at, _ := strconv.ParseInt(d.Lines[0].Value, 10, 64)
		return t.p().T("sms.ask.time", "day", t.day(at))
	case askOffice:
		return t.p().T("sms.ask.office")
	}
	return t.p().T("sms.ask.service")
}

// chosen goes on with the line that was chosen.
func (t *talk) chosen(ctx context.Context, d *Dialogue, value string) (reply, error) {
	switch d.Step {
	case askService:
		d.Service = ids.Service(value)
		return t.toOffice(ctx, d)
	case askOffice:
		d.Office = ids.Office(value)
		return t.toDay(ctx, d, "")
	case askDay:
		d.Day = value
		return t.toTime(ctx, d, "")
	}
	at, err := strconv.ParseInt(value, 10, 64)
	if err != nil {
		return reply{}, err
	}
	return t.pick(ctx, d, at)
}

// back asks what was asked before.
func (t *talk) back(ctx context.Context) (reply, error) {
	d := t.d
	switch {
	case d.Step == askTime:
		return t.toDay(ctx, d, "")
	case d.Step == askName, d.Step == askSure && d.Day != "":
		return t.toTime(ctx, d, "")
	case d.Verb == Book:
		return t.book(ctx, Command{Verb: Book})
	}
	return t.say(t.p().T("sms.ended." + string(d.Verb))), nil
}
