package citizen

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/web"
)

// pickInput is what the page of free times needs to know. It serves a new booking and the move of one alike.
type pickInput struct {
	Schedule booking.Schedule
	// Whole is the schedule of all units, and Wish at which of them somebody wants to be served.
	Whole booking.Schedule
	Wish  booking.Wish
	// Week is the week asked for, as the address has it ("2026-W48"); empty opens the first week that has a time.
	Week string
	// Fault is why the time at Start (Unix seconds; 0 when it could not be read) was not taken; nil on an ordinary visit.
	Fault error
	Start int64
	// Draft goes with each form and link, so that what was typed survives; empty for none.
	Draft ids.Draft
	// Kept is true when the draft's details were accepted before: the page says that they are kept.
	Kept bool
	// Held is the time that the draft keeps now, and where to go on with it; nil for none.
	Held *heldTime
	// Moves is the appointment whose time is to be another, Old that time in words, and OldStart its start (Unix seconds); empty for a new booking.
	Moves    ids.Appointment
	Old      string
	OldStart int64
	// Same is with whom a move stays; empty for nobody in particular.
	Same string
	// CanWait is whether an earlier time can be waited for.
	CanWait bool
	// Action is the address of this page: forms are posted there and weeks shown there. Its query is kept.
	Action string
	Back   string
	// ServiceURL and PlaceURL are where service and place are changed; empty when they cannot be.
	ServiceURL string
	PlaceURL   string
	// PlaceHref is this page for another office.
	PlaceHref func(ids.Office) string
	// Step and Of say where in the task the page is; 0 says nothing.
	Step, Of int
	// Visit is who else comes and for what else, and VisitURL where that is changed; empty where it is not asked.
	Visit    booking.Visit
	VisitURL string
	// Key is the form key, for a page whose form writes at once; empty for none.
	Key ids.FormKey
}

// heldTime is a time that is kept while its owner looks at others.
type heldTime struct {
	Start, Until int64 // Unix seconds
	Go           string
}

// pickPage gathers the page of free times: those of the whole horizon, the week to show, and the places that have earlier ones. A week that is none is a
// NotFound fault. Show it with ShowPick, with the status of the fault if there was one (pickStatus).
func (d *Door) pickPage(v *web.Visit, in pickInput) (PickPage, error) {
	f := pickFacts{pickInput: in}
	sch := in.Schedule
	times, err := d.Booking.Between(v.Ctx(), sch, sch.Today(), sch.LastDay(), in.Moves)
	if err != nil {
		return PickPage{}, err
	}
	f.Days = wholeWeeks(sch, times.Days)
	f.leaveOutOld()
	if in.Visit.Plain() && in.Moves == "" {
		if f.Earlier, err = d.earlierPlaces(v, sch, times); err != nil {
			return PickPage{}, err
		}
	}
	if err := f.chooseWeek(); err != nil {
		return PickPage{}, err
	}
	return newPickPage(v.Base(""), f), nil
}

// wholeWeeks puts the days of the first week that are over and those of the last that are beyond the horizon around the days that can be booked.
func wholeWeeks(sch booking.Schedule, days []booking.DayTimes) []booking.DayTimes {
	var out []booking.DayTimes
	for d := sch.Today().ISOWeek().Monday(); d.Before(sch.Today()); d = d.Add(1) {
		out = append(out, sch.Day(d, nil))
	}
	out = append(out, days...)
	last := sch.LastDay()
	for d, end := last.Add(1), last.ISOWeek().Next().Monday(); d.Before(end); d = d.Add(1) {
		out = append(out, sch.Day(d, nil))
	}
	return out
}

// earlierPlaces are the other places whose first free time is before the first of this one, the earliest first. While the memory of free times is being
// filled there are none: asking the database for each place would take longer than the filling.
func (d *Door) earlierPlaces(v *web.Visit, sch booking.Schedule, here booking.Times) ([]booking.Place, error) {
	if len(sch.Config.OfficesOf(sch.Service.ID)) < 2 || d.Booking.Remembering(sch.Config.Org.ID) {
		return nil, nil
	}
	_, places, err := d.Booking.Places(v.Ctx(), sch.Config.Org.ID, sch.Service.ID, booking.ByFirst)
	if err != nil {
		return nil, err
	}
	first, any := here.First()
	return slices.DeleteFunc(places, func(p booking.Place) bool {
		return !p.Any || p.Office.ID == sch.Office.ID || any && p.First.Start >= first.Start
	}), nil
}

// pickStatus is the status of the page: that of the fault, if any.
func pickStatus(err error) int {
	if err == nil {
		return http.StatusOK
	}
	return web.StatusOf(fault.Of(err).Kind)
}

// parseStart reads the start of a time as the buttons say it: RFC 3339 with the offset that the office's clocks have then, and nothing else. A local time
// that a clock change skips is none.
func parseStart(s string, zone *time.Location) (int64, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil || t.In(zone).Format(time.RFC3339) != s {
		return 0, fault.Invalid("booking.bad_time", nil)
	}
	return t.Unix(), nil
}

func startValue(start int64, zone *time.Location) string {
	return time.Unix(start, 0).In(zone).Format(time.RFC3339)
}

// newPick is the page for a new booking of a service at an office.
func newPick(v *web.Visit, sch booking.Schedule, draft ids.Draft, visit booking.Visit) pickInput {
	office := func(id ids.Office) string {
		return withVisit(withDraft(v.URL("book", string(sch.Service.ID), string(id)), draft), visit)
	}
	in := pickInput{
		Schedule: sch, Draft: draft, Visit: visit, Action: office(sch.Office.ID), PlaceHref: office,
		Back:       withVisit(withDraft(v.URL("services", string(sch.Service.ID), "offices"), draft), visit),
		ServiceURL: withDraft(v.URL("services"), draft),
	}
	in.Step, in.Of = stepOf(sch.Config, sch.Service.ID, stepTime)
	if onePlace(sch.Config, sch.Service.ID) {
		in.Back = withDraft(v.URL("services", string(sch.Service.ID)), draft)
	}
	if asksVisit(sch.Config, sch.Service.ID) {
		in.VisitURL = withVisit(withDraft(v.URL("services", string(sch.Service.ID), "visit"), draft), visit)
		if onePlace(sch.Config, sch.Service.ID) {
			in.Back = in.VisitURL
		}
	}
	if onePlace(sch.Config, sch.Service.ID) {
		return in
	}
	in.PlaceURL = in.Back
	return in
}

// withDraft adds the draft to an address, so that what was typed goes along.
func withDraft(address string, draft ids.Draft) string {
	if draft == "" {
		return address
	}
	return withQuery(address, "draft", string(draft))
}

// draftParam reads the draft of an address or a form; what cannot be one is none.
func draftParam(s string) ids.Draft {
	if len(s) > 64 || !isPlain(s) {
		return ""
	}
	return ids.Draft(s)
}

// isPlain reports whether s is made of letters and digits as identifiers are.
func isPlain(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// pick shows the free times of a service at an office.
func (d *Door) pick(v *web.Visit) error {
	sch, visit, err := d.schedule(v, v.Query("visit"))
	if err != nil {
		return err
	}
	in := newPick(v, sch, draftParam(v.Query("draft")), visit).wishing(wishIn(sch, v.Query(wishLanguage), v.Query(wishUnit)))
	in.Week = v.Query("week")
	if err := d.recall(v, &in); err != nil {
		return err
	}
	page, err := d.pickPage(v, in)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowPick(page))
}

// recall looks up what the draft of a page keeps: details, and perhaps a time. A draft that is unknown, another's or done is none.
func (d *Door) recall(v *web.Visit, in *pickInput) error {
	if in.Draft == "" {
		return nil
	}
	draft, err := d.Booking.Draft(v.Ctx(), v.Actor(), v.OrgID(), in.Draft)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil || draft.Done != "" {
		return err
	}
	in.Kept = draft.Filled
	if draft.HoldUntil >= v.Now.Unix() {
		in.Held = &heldTime{draft.Start, draft.HoldUntil, draftURL(v, draft.ID, "details")}
	}
	return nil
}

// schedule is that of the address, for the visit that is asked for. A visit that cannot be had here is a plain one.
func (d *Door) schedule(v *web.Visit, visit string) (booking.Schedule, booking.Visit, error) {
	sch, err := d.Booking.Schedule(v.Ctx(), v.OrgID(), ids.Service(v.R.PathValue("service")), ids.Office(v.R.PathValue("office")))
	if err != nil {
		return sch, booking.Visit{}, err
	}
	asked := visitParam(visit)
	all, err := sch.For(asked)
	if err != nil {
		return sch, booking.Visit{}, nil //nolint:nilerr // the page says what the times are for
	}
	return all, asked, nil
}

// pickPost chooses a time.
func (d *Door) pickPost(v *web.Visit) error {
	sch, visit, err := d.schedule(v, v.Form("visit"))
	if err != nil {
		return err
	}
	in := newPick(v, sch, draftParam(v.Form("draft")), visit).wishing(wishIn(sch, v.Form(wishLanguage), v.Form(wishUnit)))
	start, err := parseStart(v.Form("slot"), sch.Zone())
	if err == nil && in.Draft == "" && in.Wish.IsZero() && visit.Plain() && d.Booking.Lost(sch, start, v.Actor().Session) != nil {
		if err := d.Site.Refused(v, "slot", d.followTimes(v), d.pickLost); !errors.Is(err, errFreed) {
			return err
		}
	}
	if failed := d.recall(v, &in); failed != nil {
		return failed
	}
	if err != nil {
		return d.pickAgain(v, in, 0, err)
	}
	who := v.ActorWithSession()
	draft, err := d.Booking.Pick(v.Ctx(), who, booking.PickRequest{
		Org: v.OrgID(), Service: sch.Service.ID, Office: sch.Office.ID, Start: start, Lang: serviceLang(v), Draft: in.Draft, Wish: in.Wish, Visit: visit,
	})
	switch {
	case fault.Is(err, fault.KindConflict), fault.Is(err, fault.KindInvalid):
		return d.pickAgain(v, in, start, err)
	case err != nil:
		return err
	case draft.Filled:
		return v.SeeOther(draftURL(v, draft.ID, "check"))
	}
	return v.SeeOther(draftURL(v, draft.ID, "details"))
}

// errFreed says that a time that was lost a moment ago can be had again.
var errFreed = errors.New("the time is free again")

// pickLost shows strangers that the time they picked is somebody else's, and the free times. It looks again: what is kept must be true under its stamp.
func (d *Door) pickLost(v *web.Visit) error {
	sch, _, err := d.schedule(v, "")
	if err != nil {
		return err
	}
	start, err := parseStart(v.Form("slot"), sch.Zone())
	if err != nil {
		return err
	}
	why := d.Booking.Lost(sch, start, nil)
	if why == nil {
		return errFreed
	}
	return d.pickAgain(v, newPick(v, sch, "", booking.Visit{}).wishing(booking.Wish{}), start, why)
}

// pickAgain shows the free times again, and why the one that was asked for cannot be had.
func (d *Door) pickAgain(v *web.Visit, in pickInput, start int64, why error) error {
	in.Fault, in.Start = why, start
	page, err := d.pickPage(v, in)
	if err != nil {
		return err
	}
	return v.Render(pickStatus(why), ShowPick(page))
}

func draftURL(v *web.Visit, id ids.Draft, page string) string {
	return v.URL("book", "draft", string(id), page)
}

// withQuery adds a value to an address's query.
func withQuery(address, name, value string) string {
	between := "?"
	if strings.Contains(address, "?") {
		between = "&"
	}
	return address + between + url.Values{name: {value}}.Encode()
}
