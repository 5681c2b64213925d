package booking

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// PickRequest asks for a time, to go on with.
type PickRequest struct {
	Org     ids.Org
	Service ids.Service
	Office  ids.Office
	Start   int64 // Unix seconds
	Lang    i18n.Lang
	// Draft is the draft to go on with after its time was lost or is to be another; empty begins a new one.
	Draft ids.Draft
	// Moves is the appointment whose time is to be another; the actor must have proven it.
	Moves ids.Appointment
	// Wish is at which units it may be.
	Wish Wish
	// Visit is who else comes and for what else; a move keeps that of its appointment.
	Visit Visit
}

// Pick chooses a time: it begins a draft, or gives the draft another time, and holds the time when the policy says so. Faults: NotFound for an unknown
// service, office, draft or appointment; Invalid for a time that the rules refuse; Conflict "booking.taken" when somebody has it.
func (s *Service) Pick(ctx context.Context, who actor.Actor, r PickRequest) (Draft, error) {
	sch, err := s.Schedule(ctx, r.Org, r.Service, r.Office)
	if err != nil {
		return Draft{}, err
	}
	if r.Moves == "" { // what was booked may be moved
		if err := s.checkAccess(ctx, who, sch.Config, r.Service, r.Office, r.Visit.Also...); err != nil {
			return Draft{}, err
		}
	}
	if len(who.Session) == 0 {
		return Draft{}, fault.Invalid("form.no_cookie", nil)
	}
	d := Draft{Org: r.Org, ID: s.Gen.Draft(), Details: Details{Lang: r.Lang}}
	if r.Draft != "" {
		switch earlier, err := s.Draft(ctx, who, r.Org, r.Draft); {
		case err == nil && earlier.Done == "" && earlier.Moves == r.Moves:
			d = earlier
		case err != nil && !fault.Is(err, fault.KindNotFound):
			return Draft{}, err
		}
	}
	if sch, err = sch.For(r.Visit); err != nil {
		return Draft{}, err
	}
	if max(d.Visit.People, 1) != max(r.Visit.People, 1) { // other names are to be asked
		d.Filled = false
	}
	d.Service, d.Office, d.Start, d.Length, d.Moves, d.Visit = r.Service, r.Office, r.Start, seconds(sch.Policy.Length), r.Moves, r.Visit
	if r.Moves != "" {
		a, err := s.mayMove(ctx, who, r)
		if err != nil {
			return Draft{}, err
		}
		sch = sch.ForMove(who, a)
		d.Length = a.End - a.Start
	}
	sch, d.Wish = sch.As(r.Wish), r.Wish
	if r.Wish.Language != "" {
		d.Details.Lang = r.Wish.Language
	}
	slot, err := s.checkSlot(sch, r.Start)
	if err != nil {
		return Draft{}, err
	}
	if err := s.reserve(ctx, who, sch, slot, &d); err != nil {
		return Draft{}, err
	}
	return d, s.putDraft(ctx, who, d)
}

func (s *Service) mayMove(ctx context.Context, who actor.Actor, r PickRequest) (Appointment, error) {
	a, err := s.Appointment(ctx, who, r.Org, r.Moves)
	if err != nil {
		return a, err
	}
	if a.Service != r.Service {
		return a, fault.NotFound("office.not_offered")
	}
	p, err := s.policyOf(ctx, a)
	if err != nil {
		return a, err
	}
	return a, CheckMove(policyFor(who, p), a, s.Now().Unix())
}

// checkSlot finds the time in the calendar and holds it against the rules.
func (s *Service) checkSlot(sch Schedule, start int64) (Slot, error) {
	if err := CheckStart(sch.Policy, start, sch.Now, sch.Zone()); err != nil {
		return Slot{}, err
	}
	slot, ok := s.slotAt(sch, start)
	if !ok {
		return Slot{}, fault.Invalid("booking.not_on_grid", nil)
	}
	return slot, nil
}

// slotAt is Schedule.At, from the calendar in memory where there is one.
func (s *Service) slotAt(sch Schedule, start int64) (Slot, bool) {
	if o := s.offer(sch); o != nil {
		return o.slotAt(start, sch.Now.Unix())
	}
	return sch.At(start)
}

// reserve holds a draft's time, or, where the policy holds nothing, only looks whether it is free. A new hold gives the earlier ones of the session
// back: one live hold per session. Who comes too late is told so without asking the database.
func (s *Service) reserve(ctx context.Context, who actor.Actor, sch Schedule, slot Slot, d *Draft) error {
	now := sch.Now.Unix()
	d.Hold, d.HoldUntil = "", 0
	if d.Moves == "" && s.Board.Gone(d.Org, slot, sch.Busy(), now, who.Session) {
		return taken(sch, slot.Start)
	}
	earlier, err := s.Store.HoldsOf(ctx, d.Org, who.Session)
	if err != nil {
		return err
	}
	c := Change{Org: d.Org, Now: now}
	for _, h := range earlier {
		c.Free = append(c.Free, Cells{h.Unit, string(h.ID), h.Start, h.BusyUntil})
		c.DropHolds = append(c.DropHolds, h.ID)
	}
	own := ownOf(c)
	if d.Moves != "" {
		moving, err := s.ownCells(ctx, d.Org, d.Moves)
		if err != nil {
			return err
		}
		own = append(own, moving...)
	}
	if sch.Policy.Hold == 0 {
		return s.justLook(ctx, sch, slot, own, c)
	}
	candidates, free, err := s.candidates(ctx, sch, slot, own, "")
	if err != nil {
		return err
	}
	h := Hold{
		Org: d.Org, ID: s.Gen.Hold(), Service: d.Service, Office: d.Office, Start: slot.Start, End: slot.End, BusyUntil: slot.Start + sch.Busy(),
		ExpiresAt: HoldUntil(sch.Policy, now), Session: who.Session, CreatedAt: now,
	}
	c.PutHold = &h
	c.Take = &Take{Units: candidates, Holder: string(h.ID), From: h.Start, To: h.BusyUntil, ExpiresAt: h.ExpiresAt}
	c.Audit = []audit.Entry{s.entry(d.Org, who, audit.HoldTaken, "hold", string(h.ID), nil)}
	c.Topics = []string{topic(d.Org, d.Office, sch, slot.Start)}
	out, err := s.commit(ctx, c)
	switch {
	case err != nil:
		return err
	case out.Verdict == Done:
		d.Hold, d.HoldUntil = h.ID, h.ExpiresAt
		return nil
	case d.Moves != "" && free > 0:
		// The new time lies over the old one, on the only unit that is free: those cells are the person's own already, and the move takes them in one step.
		return nil
	}
	return taken(sch, slot.Start)
}

// justLook gives earlier holds back and looks whether a time is free, without keeping it.
func (s *Service) justLook(ctx context.Context, sch Schedule, slot Slot, own []Own, giveBack Change) error {
	if len(giveBack.DropHolds) > 0 {
		if _, err := s.commit(ctx, giveBack); err != nil {
			return err
		}
	}
	_, free, err := s.candidates(ctx, sch, slot, own, "")
	if err == nil && free == 0 {
		err = taken(sch, slot.Start)
	}
	return err
}

// candidates are the units to try for a time, the free ones first and each booking starting at another, so that a crowd spreads; free counts those that
// were free a moment ago, what is the asker's own included. The database decides.
func (s *Service) candidates(ctx context.Context, sch Schedule, slot Slot, own []Own, first ids.Unit) (units []ids.Unit, free int, err error) {
	busy, err := s.occupied(ctx, sch, slot.Units, FirstCell(slot.Start), LastCell(slot.Start+sch.Busy()), own)
	if err != nil {
		return nil, 0, err
	}
	open := sch.freeUnits(slot, busy)
	free = len(open)
	// What was held is kept although its hours are others by now; not by a counter that has stopped serving the service.
	if slices.ContainsFunc(sch.Units, func(u *org.Unit) bool { return u.ID == first }) {
		units = append(units, first)
	} else {
		first = ""
	}
	turn := s.turn.Add(1)
	for i := range open {
		if u := open[(i+int(turn%uint64(free)))%free]; u != first {
			units = append(units, u)
		}
	}
	for _, u := range slot.Units {
		if u != first && !slices.Contains(open, u) {
			units = append(units, u)
		}
	}
	return units, free, nil
}

// Draft returns a draft of the actor's session with what became of it, or a NotFound fault when it is unknown, another's or too old.
func (s *Service) Draft(ctx context.Context, who actor.Actor, o ids.Org, id ids.Draft) (Draft, error) {
	d, err := s.openDraft(ctx, who, o, id)
	if err != nil {
		return Draft{}, err
	}
	if d.Hold != "" {
		switch h, err := s.Store.Hold(ctx, o, d.Hold); {
		case err == nil:
			d.HoldUntil = h.ExpiresAt
		case !fault.Is(err, fault.KindNotFound):
			return Draft{}, err
		}
	}
	result, done, err := s.Store.FormResult(ctx, o, ids.FormKey(id), s.Now().Unix())
	if err != nil {
		return Draft{}, err
	}
	if done {
		d.Done = ids.Appointment(result)
	}
	return d, nil
}

// openDraft is Draft without what became of it: whether its hold lives, and whether it was done.
func (s *Service) openDraft(ctx context.Context, who actor.Actor, o ids.Org, id ids.Draft) (Draft, error) {
	sealed, err := s.Store.Draft(ctx, o, id)
	if err != nil {
		return Draft{}, err
	}
	if err := who.May(actor.DraftUse, actor.Object{Org: o, Session: sealed.Session}); err != nil {
		return Draft{}, err
	}
	if s.Now().Unix() > sealed.ExpiresAt {
		return Draft{}, fault.NotFound("draft.not_found")
	}
	b, err := s.Seals.Open(sealed.Data, draftPlace(id))
	if err != nil {
		return Draft{}, fmt.Errorf("open draft %s: %w", id, err)
	}
	var d Draft
	if err := json.Unmarshal(b, &d); err != nil {
		return Draft{}, fmt.Errorf("read draft %s: %w", id, err)
	}
	d.Org, d.ID = o, id
	return d, nil
}

// SaveDetails checks what was typed and keeps it in the draft. The fault names the wrong fields.
func (s *Service) SaveDetails(ctx context.Context, who actor.Actor, o ids.Org, id ids.Draft, typed Details) (Draft, error) {
	d, err := s.Draft(ctx, who, o, id)
	if err != nil {
		return Draft{}, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Draft{}, err
	}
	if d.Details, err = CleanDetails(c, typed); err != nil {
		return d, err
	}
	if err := checkOthers(d.Visit, d.Details); err != nil {
		d.Details = typed
		return d, err
	}
	if err := checkReachable(c.Policy(d.Service, d.Office), who, d.Details); err != nil {
		d.Details = typed
		return d, err
	}
	d.Filled = true
	return d, s.putDraft(ctx, who, d)
}

// mostTyped bounds each text that KeepTyped keeps, in bytes: more than anybody types, less than what would fill a database.
const mostTyped = 4000

// KeepTyped keeps what was typed so far as it is, unchecked, so that nothing is lost when a person does something else first, such as asking for more
// time. The draft counts as unfilled until SaveDetails accepts its details.
func (s *Service) KeepTyped(ctx context.Context, who actor.Actor, o ids.Org, id ids.Draft, typed Details) (Draft, error) {
	d, err := s.Draft(ctx, who, o, id)
	if err != nil || d.Done != "" {
		return d, err
	}
	for _, text := range []*string{&typed.Name, &typed.Email, &typed.Phone, &typed.Note, &typed.Others} {
		*text = strings.ToValidUTF8((*text)[:min(len(*text), mostTyped)], "")
	}
	d.Details, d.Filled = typed, false
	return d, s.putDraft(ctx, who, d)
}

// Extend keeps the held time longer. When the hold has run out the time is taken again if it is still free; else Conflict "booking.taken".
func (s *Service) Extend(ctx context.Context, who actor.Actor, o ids.Org, id ids.Draft) (Draft, error) {
	d, err := s.Draft(ctx, who, o, id)
	if err != nil {
		return Draft{}, err
	}
	sch, err := s.Schedule(ctx, o, d.Service, d.Office)
	if err != nil {
		return Draft{}, err
	}
	if sch.Policy.Hold == 0 {
		return d, nil
	}
	if d.Hold != "" {
		h, err := s.Store.Hold(ctx, o, d.Hold)
		switch {
		case err == nil && h.Alive(sch.Now.Unix()):
			if h.Extended >= mostExtensions {
				return d, fault.Invalid("hold.too_often", nil)
			}
			until := HoldUntil(sch.Policy, sch.Now.Unix())
			out, err := s.commit(ctx, Change{Org: o, Now: sch.Now.Unix(), Prolong: &Prolong{Hold: h, ExpiresAt: until}})
			if err != nil {
				return Draft{}, err
			}
			if out.Verdict == Done {
				d.HoldUntil = until
				return d, nil
			}
		case err != nil && !fault.Is(err, fault.KindNotFound):
			return Draft{}, err
		}
	}
	return s.Pick(ctx, who, PickRequest{Org: o, Service: d.Service, Office: d.Office, Start: d.Start, Lang: d.Details.Lang, Draft: id, Moves: d.Moves, Wish: d.Wish, Visit: d.Visit})
}

func (s *Service) putDraft(ctx context.Context, who actor.Actor, d Draft) error {
	b, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write draft: %w", err)
	}
	sealed, err := s.Seals.Seal(b, draftPlace(d.ID))
	if err != nil {
		return fmt.Errorf("seal draft: %w", err)
	}
	return s.Store.PutDraft(ctx, SealedDraft{Org: d.Org, ID: d.ID, Session: who.Session, Data: sealed, ExpiresAt: s.Now().Add(DraftLife).Unix()})
}

func draftPlace(id ids.Draft) seal.Place {
	return seal.Place{Table: "draft", Column: "data", Row: string(id)}
}

func taken(sch Schedule, start int64) error {
	return fault.Conflict("booking.taken", fault.Args{"start": time.Unix(start, 0).In(sch.Zone())})
}

// topic names what changed for the change feed: one office on one local day.
func topic(o ids.Org, office ids.Office, sch Schedule, start int64) string {
	return fmt.Sprintf("booking/%s/%s/%s", o, office, dateAt(sch, start))
}

func dateAt(sch Schedule, start int64) org.Date {
	return org.DateOf(time.Unix(start, 0).In(sch.Zone()))
}

func (s *Service) entry(o ids.Org, who actor.Actor, what audit.Action, kind, subject string, detail map[string]string) audit.Entry {
	return audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, what, kind, subject, detail)
}

// policyOf is the policy that an appointment follows: of the version it was made under, and of what has been said since to touch it too.
func (s *Service) policyOf(ctx context.Context, a Appointment) (catalog.Policy, error) {
	c, err := s.Store.Config(ctx, a.Org)
	if err != nil {
		return catalog.Policy{}, err
	}
	return c.PolicyAt(a.PolicyVersion, a.Service, a.Office), nil
}
