package lobby

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/domain/queue"
	"luukku/web"
)

// The tabs of the queue.
const (
	tabWaiting = "waiting"
	tabComing  = "coming"
	tabDone    = "done"
)

// client is who has an appointment, as far as the reader may see it.
type client struct {
	Name, Note string
	Hidden     bool // whose data is protected
}

// deskFacts is what the desk for calling is made of.
type deskFacts struct {
	Config *catalog.Config
	Office *org.Office
	Hall   *queue.Hall
	// Live is where the page hears of changes; empty for a page that stays as it is.
	Live string
	// Mine is the counter the reader sits at; its zero value for none.
	Mine queue.Counter
	// Next is who is called next to it; its zero value for nobody.
	Next queue.Ticket
	// Here is who is called to or served at it, Client whose appointment that is.
	Here   queue.Ticket
	Client client
	Coming []booking.DeskRow
	// MaySee says that the reader may see who comes today.
	MaySee  bool
	Tab     string
	Staff   map[ids.Staff]string
	Devices map[ids.Device]string
	Now     time.Time
	Key     ids.FormKey
	// Done is what was just done, and About the ticket.
	Done  string
	About queue.Ticket
	Wrong string
	// Chosen is what was chosen for a counter and not done; nil for nothing.
	Chosen *choice
}

// bound is how long a walk-in waits before booked clients no longer go first, in seconds.
func (f deskFacts) bound(s ids.Service) int64 {
	return int64(f.Config.Policy(s, f.Office.ID).WalkInBound / time.Second)
}

// waiting are those who wait, in their order.
func (f deskFacts) waiting() []queue.Ticket {
	return queue.Order(f.Hall.Tickets, f.Now.Unix(), f.bound)
}

// desk shows the desk for calling.
func (d *Door) desk(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	f, err := d.facts(v, o, v.Query("tab"))
	if err != nil {
		return err
	}
	f.Done = v.Query("done")
	if t, ok := f.Hall.Ticket(ids.Ticket(v.Query("about"))); ok {
		f.About = t
	}
	return d.show(v, newDeskPage(d.page(v), f))
}

// refused shows the desk as it is now, with why what was asked for was not done.
func (d *Door) refused(v *web.Visit, o *org.Office, why error) error {
	f, err := d.facts(v, o, v.Form("tab"))
	if err != nil {
		return err
	}
	b := d.page(v)
	if fault.IsKey(why, "form.key_reused") { // another button of a page that is not as it was
		why = fault.Conflict("queue.changed", nil)
	}
	f.Wrong = d.worded(v, b, o.ID, why)
	return d.show(v, newDeskPage(b, f))
}

func (d *Door) facts(v *web.Visit, o *org.Office, tab string) (deskFacts, error) {
	h, err := d.Queue.Hall(v.Ctx(), v.OrgID(), o.ID)
	if err != nil {
		return deskFacts{}, err
	}
	me := v.Actor().Staff
	f := deskFacts{
		Live:   at(v.Base(""), string(o.ID), "live"),
		Config: v.Org, Office: o, Hall: h, Tab: tabWaiting, Now: v.Now, Key: v.Site.Gen.FormKey(), MaySee: v.May(actor.BookingDesk, actor.Object{Office: o.ID}) == nil,
		Staff: map[ids.Staff]string{}, Devices: map[ids.Device]string{},
	}
	if tab == tabComing && f.MaySee || tab == tabDone {
		f.Tab = tab
	}
	for _, k := range h.Counters {
		if k.Staff == me {
			f.Mine = k
		}
		d.called(v.Ctx(), f.Staff, k.Staff)
	}
	for _, a := range h.Alerts {
		if a.Device != "" && d.DeviceName != nil {
			f.Devices[a.Device] = d.DeviceName(v.Ctx(), v.OrgID(), a.Device)
		}
	}
	if f.Mine.Unit != "" {
		f.Here, _ = h.Ticket(f.Mine.Ticket)
		f.Next, _ = queue.Next(h.Tickets, queue.DeskAt(v.Org, f.Mine), v.Now.Unix(), f.bound)
	}
	if f.Here.Appointment != "" {
		if f.Client, err = d.client(v, f.Here); err != nil {
			return f, err
		}
	}
	if f.MaySee {
		f.Coming, err = d.coming(v, f)
	}
	return f, err
}

// called adds what one of the staff is called.
func (d *Door) called(ctx context.Context, names map[ids.Staff]string, id ids.Staff) {
	if _, known := names[id]; id == "" || known || d.StaffName == nil {
		return
	}
	names[id] = d.StaffName(ctx, id)
}

// client is whose appointment a ticket is. That it was seen is written down.
func (d *Door) client(v *web.Visit, t queue.Ticket) (client, error) {
	a, err := d.Booking.Appointment(v.Ctx(), v.Actor(), v.OrgID(), t.Appointment)
	switch {
	case fault.Is(err, fault.KindNotFound), fault.Is(err, fault.KindForbidden):
		return client{Hidden: true}, nil
	case err != nil:
		return client{}, err
	}
	if d.once(fmt.Sprintf("%s/%s/%s", v.Actor().Staff, v.OrgID(), a.ID), v.Now.Unix()) {
		if err := d.Booking.NoteFound(v.Ctx(), v.Actor(), v.OrgID(), a.ID); err != nil {
			return client{}, err
		}
	}
	return client{Name: a.Details.Name, Note: a.Details.Note}, nil
}

// coming are those who are still to come today. The list is shown, and that it was read written down, where its tab is open; otherwise it is counted.
func (d *Door) coming(v *web.Visit, f deskFacts) ([]booking.DeskRow, error) {
	today := v.Org.Today(v.Now)
	if f.Tab == tabComing && d.once(fmt.Sprintf("%s/%s/%s/%s", v.Actor().Staff, v.OrgID(), f.Office.ID, today), v.Now.Unix()) {
		if err := d.Booking.NoteDay(v.Ctx(), v.Actor(), v.OrgID(), f.Office.ID, today); err != nil {
			return nil, err
		}
	}
	list, err := d.Booking.DayNoted(v.Ctx(), v.Actor(), v.OrgID(), f.Office.ID, today)
	if err != nil {
		return nil, err
	}
	return notIn(list, f.Hall, v.Now.Unix()), nil
}

// notIn leaves those who have no ticket yet and have not been dealt with otherwise.
func notIn(list []booking.DeskRow, h *queue.Hall, now int64) []booking.DeskRow {
	in := map[ids.Appointment]bool{}
	for _, t := range slices.Concat(h.Tickets, h.Gone) {
		if t.Appointment != "" {
			in[t.Appointment] = true
		}
	}
	return slices.DeleteFunc(list, func(r booking.DeskRow) bool {
		return r.StatusAt(now) != booking.Booked || r.Outcome != booking.OutcomeNone || r.ID != "" && in[r.ID]
	})
}

// live says to an open desk that something has changed: a mark, and nothing of what it is. The desk then reads its page anew.
func (d *Door) live(v *web.Visit) error {
	o, err := d.office(v)
	if err != nil {
		return err
	}
	id, office := v.OrgID(), o.ID
	return v.Stream(web.View{
		Key: "lobby-desk/" + string(id) + "/" + string(office), Topics: []string{queue.Topic(id, office)},
		Make: func(ctx context.Context) ([]byte, error) {
			h, err := d.Queue.Hall(ctx, id, office)
			if err != nil {
				return nil, err
			}
			return []byte(mark(h)), nil
		},
		Clock:   func() string { return strconv.FormatInt(d.Site.Now().Unix(), 10) },
		Allowed: func(context.Context) error { return v.May(actor.QueueWork, actor.Object{Office: office}) },
	})
}

// mark is another one whenever a desk would look different: something happened, or a minute is over.
func mark(h *queue.Hall) string {
	sum := sha256.New()
	fmt.Fprint(sum, h.Day, h.At/60)
	for _, t := range slices.Concat(h.Tickets, h.Gone) {
		fmt.Fprint(sum, "|", t.ID, t.Rev)
	}
	for _, k := range h.Counters {
		fmt.Fprint(sum, "|", k.Unit, k.Rev)
	}
	for _, a := range h.Alerts {
		fmt.Fprint(sum, "|", a.ID)
	}
	for _, m := range h.Messages {
		fmt.Fprint(sum, "|", m.ID)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}
