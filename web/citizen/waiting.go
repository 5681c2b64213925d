package citizen

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// WaitPage asks which times would do for somebody who waits for one to become free.
type WaitPage struct {
	web.Base
	Back    string
	Lead    string
	Trouble *Trouble
	Rows    []ui.SummaryRow // the booking that would be given up, or the service
	Action  string
	Hidden  []ui.Hidden
	Wish    WishFields
	// Person are the questions about the person; nil where the booking says who it is.
	Person *DetailsFields
	// Refused says why the visitor would wait in vain; then nothing is asked.
	Refused string
	SignIn  ui.Link // without words there is nowhere to sign in
	Call    string
}

// WaitedPage says that somebody is on the list.
type WaitedPage struct {
	web.Base
	Text string
	// Texts says what is still to be answered by text message; empty for nothing.
	Texts string
	Next  ui.Link
}

// waitInput is what the page is made of.
type waitInput struct {
	Config  *catalog.Config
	Service *catalog.Service
	// Moves is the booking that would be given up; nil for none.
	Moves   *AppointmentFacts
	Typed   typedWish
	Details booking.Details
	Key     ids.FormKey
	Why     error
	// Refused is why they would wait in vain; SignIn where they can say who they are.
	Refused error
	SignIn  string
}

// waitingService is the service of the address, where it has a waiting list that the visitor may join.
func (d *Door) waitingService(v *web.Visit) (*catalog.Service, error) {
	s, err := v.Org.Service(ids.Service(v.R.PathValue("service")))
	if err != nil {
		return nil, err
	}
	if !booking.HasWaitingList(v.Org, s.ID, "") {
		return nil, fault.NotFound("waiting.none")
	}
	return s, booking.CheckKnown(v.Org.Policy(s.ID, ""), v.Actor())
}

// wait asks which times would do.
func (d *Door) wait(v *web.Visit) error {
	s, err := d.waitingService(v)
	if err != nil {
		return err
	}
	in := waitInput{Service: s, Details: booking.Details{Lang: serviceLang(v)}}
	if office := ids.Office(v.Query("place")); booking.HasWaitingList(v.Org, s.ID, office) {
		in.Typed.Offices = []ids.Office{office}
	}
	if who := v.Actor(); d.Known != nil && who.Kind == actor.KindCitizen {
		if in.Details, err = d.Known(v.Ctx(), who); err != nil {
			return err
		}
		if !slices.Contains(v.Org.Org.Languages, in.Details.Lang) {
			in.Details.Lang = serviceLang(v)
		}
	}
	account := v.Actor().Owner().Person
	if in.Refused, err = d.inVain(v, booking.Waiter{Service: s.ID, Account: account}); err != nil {
		return err
	}
	return d.showWait(v, http.StatusOK, in)
}

// inVain says why somebody would wait in vain: nil when they would not.
func (d *Door) inVain(v *web.Visit, e booking.Waiter) (why, err error) {
	why = d.Booking.CheckCare(v.Ctx(), v.Actor(), v.Org, e)
	if why != nil && !fault.Is(why, fault.KindInvalid) {
		return nil, why
	}
	return why, nil
}

// waitPost puts the visitor on the list.
func (d *Door) waitPost(v *web.Visit) error {
	s, err := d.waitingService(v)
	if err != nil {
		return err
	}
	in := waitInput{Service: s, Typed: typeWish(v), Details: typedDetails(v)}
	return d.joined(v, in, booking.WaitRequest{Org: v.OrgID(), Service: s.ID, Details: in.Details, Texts: in.Typed.Texts})
}

// earlier asks which earlier times would do for a booking.
func (d *Door) earlier(v *web.Visit, a booking.Appointment) error {
	if !waitsFor(v, a) {
		return v.SeeOther(v.URL("appointment"))
	}
	in, err := d.earlierInput(v, a)
	if err != nil {
		return err
	}
	in.Typed.Offices = []ids.Office{a.Office}
	if in.Refused, err = d.inVain(v, booking.Waiter{Service: a.Service, Account: a.Owner.Person}); err != nil {
		return err
	}
	return d.showWait(v, http.StatusOK, in)
}

func (d *Door) earlierPost(v *web.Visit, a booking.Appointment) error {
	in, err := d.earlierInput(v, a)
	if err != nil {
		return err
	}
	in.Typed = typeWish(v)
	return d.joined(v, in, booking.WaitRequest{Org: a.Org, Service: a.Service, Moves: a.ID, Texts: in.Typed.Texts})
}

func (d *Door) earlierInput(v *web.Visit, a booking.Appointment) (in waitInput, err error) {
	if in.Service, err = v.Org.Service(a.Service); err != nil {
		return in, err
	}
	facts := appointmentFacts(v.Base(""), v.Org, a, "", v.Now)
	in.Moves, in.Details = &facts, a.Details
	return in, nil
}

// waitsFor reports whether one can wait for an earlier time than that of a booking.
func waitsFor(v *web.Visit, a booking.Appointment) bool {
	return booking.CheckLive(a, v.Now.Unix()) == nil && canWait(v.Org, a)
}

func canWait(c *catalog.Config, a booking.Appointment) bool {
	p := c.PolicyAt(a.PolicyVersion, a.Service, a.Office)
	return a.Status != booking.Pending && booking.HasWaitingList(c, a.Service, "") && a.End-a.Start <= int64(p.Length/time.Second)
}

// joined sends what was typed to the room, and says that it is done, or what is to be mended.
func (d *Door) joined(v *web.Visit, in waitInput, r booking.WaitRequest) error {
	r.Key = ids.FormKey(v.Form("key"))
	var wrong []fault.Field
	r.Wish, wrong = in.Typed.read(v)
	e, err := booking.Waiter{}, error(nil)
	if len(wrong) > 0 {
		err = fault.Invalid("form.invalid", nil, append(wrong, d.wrongDetails(v, in)...)...)
	} else {
		e, err = d.Booking.Wait(v.Ctx(), v.ActorWithSession(), r)
	}
	if fault.Is(err, fault.KindInvalid) || fault.Is(err, fault.KindConflict) {
		if in.Why = err; fault.IsKey(err, careSignIn) || fault.IsKey(err, careNot) {
			in.Refused = err
		}
		return d.showWait(v, web.StatusOf(fault.Of(err).Kind), in)
	}
	if err != nil {
		return err
	}
	kept := string(e.ID)
	if r.Texts {
		kept += "/texts"
	}
	v.KeepSealed("waits", kept)
	return v.SeeOther(v.URL("services", string(e.Service), "waiting", "done"))
}

// wrongDetails are the faults of the person's details, so that all that is to be mended is said at once.
func (d *Door) wrongDetails(v *web.Visit, in waitInput) []fault.Field {
	if in.Moves != nil {
		return nil
	}
	_, err := booking.CleanDetails(v.Org, in.Details)
	var wrong []fault.Field
	if err != nil {
		wrong = fault.Of(err).Fields
	}
	if f := booking.CheckReach(v.Org, v.Actor(), booking.WaitRequest{Service: in.Service.ID, Details: in.Details, Texts: in.Typed.Texts}); f != nil && in.Details.Phone == "" {
		wrong = append(wrong, *f)
	}
	return wrong
}

func (d *Door) showWait(v *web.Visit, status int, in waitInput) error {
	in.Config, in.Key = v.Org, v.Site.Gen.FormKey()
	if in.Moves == nil && fault.IsKey(in.Refused, careSignIn) && d.Known != nil {
		in.SignIn = v.SignInURL(v.R.URL.RequestURI(), max(actor.LevelLow, v.Org.Policy(in.Service.ID, "").SignIn))
	}
	return v.Render(status, ShowWait(newWaitPage(v.Base(""), in)))
}

func newWaitPage(b web.Base, in waitInput) WaitPage {
	s := in.Service
	p := WaitPage{
		Base: b, Back: b.URL("services", string(s.ID)), Lead: b.T("waiting.lead"), Action: b.URL("services", string(s.ID), "waiting"),
		Hidden: []ui.Hidden{{Name: "key", Value: string(in.Key)}}, Rows: []ui.SummaryRow{{Key: b.T("common.service"), Value: s.Name.In(b.Lang)}},
	}
	p.Title, p.Service, p.NoIndex = b.T("waiting.title"), s.Name.In(b.Lang), true
	if in.Moves != nil {
		p.Back = b.URL("appointment")
	}
	if in.Refused != nil {
		return p.refuse(in)
	}
	var wrong []fault.Field
	if in.Why != nil {
		f := fault.Of(in.Why)
		wrong = f.Fields
		p.HasError = true
		p.Trouble = &Trouble{Title: b.T("error.summary_title"), Items: append(wishErrors(b.Printer, wrong), fieldErrors(b.Printer, wrong)...)}
		if len(wrong) == 0 {
			p.Trouble.Items = []ui.ErrorItem{{Text: b.Printer.TA(f.Key, f.Args)}}
		}
	}
	p.Wish = wishFields(b, in, wrong)
	if in.Moves != nil {
		p.Title, p.Lead, p.Rows = b.T("waiting.title_earlier"), b.T("waiting.lead_earlier", "email", in.Moves.Email), in.Moves.rows(b, true)
		p.Action = b.URL("appointment", "waiting")
		if in.Moves.Email == "" && p.Wish.Texts.Name != "" {
			p.Lead = b.T("waiting.lead_earlier_texts")
		} else if in.Moves.Email == "" {
			p.Lead = b.T("waiting.no_email")
		}
		return p
	}
	person := detailsFields(b, in.Config.Org, in.Details, 1, wrong)
	person.Email.Optional, person.Email.Hint = p.Wish.Texts.Name != "", b.T("waiting.email_hint")
	if p.Wish.Texts.Name != "" {
		person.Email.Hint = b.T("waiting.email_or_texts_hint")
	}
	p.Person = &person
	return p
}

// Why somebody is told not to wait.
const (
	careSignIn = "waiting.care_sign_in"
	careNot    = "waiting.not_in_care"
)

// refuse says that who is not in care would wait in vain, and what they can do.
func (p WaitPage) refuse(in waitInput) WaitPage {
	p.Refused, p.Call = p.T(fault.Of(in.Refused).Key), parts.CallOf(in.Config.Org, nil).Please(p.Base)
	if in.SignIn != "" {
		p.SignIn = ui.Link{Href: in.SignIn, Text: p.T("error.sign_in_link")}
	}
	return p
}

// waited says that the visitor is on the list: to whoever has just joined it.
func (d *Door) waited(v *web.Visit) error {
	s, err := v.Org.Service(ids.Service(v.R.PathValue("service")))
	if err != nil {
		return err
	}
	kept, ok := v.Sealed("waits")
	id, texts, _ := strings.Cut(kept, "/")
	if !ok {
		return v.SeeOther(v.URL("services", string(s.ID), "waiting"))
	}
	e, err := d.Booking.Waiter(v.Ctx(), actor.System("joined"), v.OrgID(), ids.Waiting(id))
	if fault.Is(err, fault.KindNotFound) || err == nil && e.Service != s.ID {
		return v.SeeOther(v.URL("services", string(s.ID), "waiting"))
	}
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowWaited(newWaitedPage(v.Base(""), v.Org, s, e, texts != "")))
}

func newWaitedPage(b web.Base, c *catalog.Config, s *catalog.Service, e booking.Waiter, texts bool) WaitedPage {
	p := WaitedPage{Base: b, Text: b.T("waiting.done_text", "email", notify.MaskEmail(e.Email))}
	if texts {
		p.Texts = b.T("waiting.done_texts", "number", notify.ShowPhone(e.Phone, c.Org.Country))
	}
	p.Next = ui.Link{Href: b.URL("services", string(s.ID)), Text: b.T("waiting.done_next")}
	if e.Moves != "" {
		p.Next = ui.Link{Href: b.URL("appointment"), Text: b.T("manage.title")}
	}
	p.Title, p.Service, p.NoIndex = b.T("waiting.done_title"), s.Name.In(b.Lang), true
	if e.Email == "" {
		p.Title, p.Text, p.Texts = b.T("waiting.asked_title"), b.T("waiting.asked_text", "number", notify.ShowPhone(e.Phone, c.Org.Country)), ""
	}
	return p
}
