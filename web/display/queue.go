package display

import (
	"bytes"
	"context"
	"net/http"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/queue"
	"luukku/web"
	"luukku/web/ui"
)

// QueuePage is an office's queue for everybody: how many wait, how long, and who is called.
type QueuePage struct {
	web.Base
	Heading, Back, Refresh string
	Live                   ui.LiveBox
	State                  queueState
}

// queueState is what changes on it.
type queueState struct {
	p *i18n.Printer
	// Services are a table; empty for an office where nobody waits and no numbers are given.
	Services ui.TableData
	Now      ui.TableData
	Quality  string
	Notices  []i18n.Text
}

// queue shows an office's queue.
func (d *Door) queue(v *web.Visit) error {
	office, err := v.Org.Office(ids.Office(v.R.PathValue("office")))
	if err != nil {
		return err
	}
	f, err := d.facts(v.Ctx(), v.OrgID(), office.ID)
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowQueue(newQueuePage(v.Base(""), f)))
}

func newQueuePage(b web.Base, f facts) QueuePage {
	name := i18n.Text{}
	if o, err := f.Office(f.office); err == nil {
		name = o.Name
	}
	at := b.URL("queue", string(f.office))
	p := QueuePage{Base: b, Heading: b.T("line.title", "office", name.In(b.Lang)), Back: b.URL("offices", string(f.office)), Refresh: at, State: newQueueState(b.Printer, f)}
	p.Title, p.Service = p.Heading, b.T("contact.title")
	p.Live = ui.LiveBox{ID: "queue", Src: at + "/stream", Clock: b.Printer.Clock(f.now), Stale: b.T("line.stale", "time", "{time}")}
	return p
}

func newQueueState(p *i18n.Printer, f facts) queueState {
	out := queueState{p: p}
	out.Services = ui.TableData{Caption: p.T("line.services"), Head: []string{p.T("line.service"), p.T("line.waiting"), p.T("line.wait")}}
	for _, l := range f.lines() {
		wait := minutes(p, l.Wait)
		switch {
		case !l.Open && l.Waiting == 0:
			wait = p.T("line.closed")
		case wait == "":
			wait = p.T("line.unknown")
		default:
			wait = p.T("line.about", "wait", wait)
		}
		out.Services.Rows = append(out.Services.Rows, []ui.Cell{{Text: l.Service.Name.In(p.Lang())}, {Text: p.Number(l.Waiting), Number: true}, {Text: wait}})
	}
	out.Now = ui.TableData{Caption: p.T("line.now"), Head: []string{p.T("line.number"), p.T("line.where")}}
	for _, t := range f.calls(all) {
		out.Now.Rows = append(out.Now.Rows, []ui.Cell{{Text: t.Name()}, {Text: f.place(t.Counter).In(p.Lang())}})
	}
	if q := f.waits.Quality; q.Told >= fewest {
		out.Quality = p.T("line.quality", "n", p.Number(q.Told), "off", p.Minutes(int(q.Median+59)/60))
	}
	for _, m := range f.waits.Hall.Messages {
		out.Notices = append(out.Notices, m.Text)
	}
	return out
}

// fewest is from how many on it is said how good the waits told were.
const fewest = 5

func all(queue.Ticket) bool { return true }

// queueStream tells of its changes.
func (d *Door) queueStream(v *web.Visit) error {
	office, err := v.Org.Office(ids.Office(v.R.PathValue("office")))
	if err != nil {
		return err
	}
	o, id, p := v.OrgID(), office.ID, v.P
	return v.Stream(web.View{
		Key: "queue-page/" + string(o) + "/" + string(id) + "/" + string(v.Lang), Topics: []string{queue.Topic(o, id)}, Clock: d.clock(v),
		Make: func(ctx context.Context) ([]byte, error) {
			f, err := d.facts(ctx, o, id)
			if err != nil {
				return nil, err
			}
			return rendered(ctx, queueParts(newQueueState(p, f)))
		},
	})
}

// clock says what time it is at the office of a visit's organisation.
func (d *Door) clock(v *web.Visit) func() string {
	p, zone, now := v.P, v.Zone(), d.Site.Now
	return func() string { return p.Clock(now().In(zone)) }
}

func rendered(ctx context.Context, part web.Component) ([]byte, error) {
	var b bytes.Buffer
	err := part.Render(ctx, &b)
	return b.Bytes(), err
}
