package api

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/queue"
	"luukku/web"
)

// cacheQueue has everybody ask each time: a queue is out of date within a second.
const cacheQueue = "no-cache"

// Queue is who waits at an office now.
type Queue struct {
	Services []QueueLine `json:"services" nullable:"false" doc:"The services for which anybody waits, or numbers are given."`
	Calls    []QueueCall `json:"calls" nullable:"false" doc:"Who was called and is not done, the newest call first."`
	Estimate struct {
		Told    int   `json:"told" doc:"How many of those called lately had been told how long they would wait."`
		OffHalf int64 `json:"median_error_seconds" doc:"For half of them the wait told was off by no more than this."`
	} `json:"estimate"`
	Messages []string `json:"messages" nullable:"false" doc:"What the office tells everybody who waits."`
}

// QueueLine is those who wait for one service.
type QueueLine struct {
	Service ids.Service `json:"service" example:"name-change"`
	Waiting int         `json:"waiting" doc:"How many wait."`
	Wait    *int64      `json:"wait_seconds,omitempty" doc:"How long somebody would wait who came now; left out when nobody can say."`
	Low     *int64      `json:"wait_low_seconds,omitempty" doc:"Eight of ten wait between this and the next."`
	High    *int64      `json:"wait_high_seconds,omitempty"`
	Open    bool        `json:"open" doc:"Whether numbers are given now."`
	Until   string      `json:"until,omitempty" format:"date-time" doc:"When the last number is given in the present opening hours."`
}

// QueueCall is a number that was called.
type QueueCall struct {
	Number  string   `json:"number" example:"A 017"`
	Counter ids.Unit `json:"counter" example:"hall-3"`
	Name    string   `json:"counter_name" example:"Counter 3"`
	At      string   `json:"called_at" format:"date-time"`
	Times   int      `json:"calls" doc:"How often it was called."`
	Serving bool     `json:"serving" doc:"Whether they are being served."`
}

func (d *Door) queue(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org    ids.Org    `path:"org" example:"town"`
	Office ids.Office `path:"office" example:"hall"`
},
) (*Listed[Queue], error) {
	q, _, err := d.queueNow(ctx, in.Org, in.Office, language(in.r))
	if err != nil {
		return nil, err
	}
	return listed(q, cacheQueue), nil
}

func (d *Door) queueNow(ctx context.Context, o ids.Org, office ids.Office, l i18n.Lang) (Queue, *catalog.Config, error) {
	c, err := d.organisation(ctx, o)
	if err != nil {
		return Queue{}, nil, err
	}
	if _, err := c.Office(office); err != nil {
		return Queue{}, nil, err
	}
	w, err := d.Queue.Waits(ctx, o, office)
	if err != nil {
		return Queue{}, nil, err
	}
	return queueOf(c, w, d.site.Now(), l), c, nil
}

func queueOf(c *catalog.Config, w *queue.Waits, now time.Time, l i18n.Lang) Queue {
	out := Queue{Services: []QueueLine{}, Calls: []QueueCall{}, Messages: []string{}}
	for _, x := range queue.Lines(c, w, now) {
		line := QueueLine{Service: x.Service.ID, Waiting: x.Waiting, Open: x.Open}
		if x.Wait.Known() {
			line.Wait, line.Low, line.High = &x.Wait.Seconds, &x.Wait.Low, &x.Wait.High
		}
		if !x.Until.IsZero() {
			line.Until = moment(x.Until.Unix(), c.Zone())
		}
		out.Services = append(out.Services, line)
	}
	for _, t := range w.Hall.Calls() {
		call := QueueCall{Number: t.Name(), Counter: t.Counter, At: moment(t.CalledAt, c.Zone()), Times: t.Calls, Serving: t.State == queue.Serving}
		if u, ok := c.UnitOf(w.Hall.Office, t.Counter); ok {
			call.Name = u.Name.In(l)
		}
		out.Calls = append(out.Calls, call)
	}
	out.Estimate.Told, out.Estimate.OffHalf = w.Quality.Told, w.Quality.Median
	for _, m := range w.Hall.Messages {
		out.Messages = append(out.Messages, m.Text.In(l))
	}
	return out
}

// queueStream tells of each change of it.
func (d *Door) queueStream(w http.ResponseWriter, r *http.Request) {
	o, office, l := ids.Org(r.PathValue("org")), ids.Office(r.PathValue("office")), language(r)
	_, c, err := d.queueNow(r.Context(), o, office, l)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	err = d.site.Streams.Serve(w, r, d.site, web.View{
		Key: "queue-api/" + string(o) + "/" + string(office) + "/" + string(l), Topics: []string{queue.Topic(o, office)},
		Clock: func() string { return moment(d.site.Now().Unix(), c.Zone()) },
		Make: func(ctx context.Context) ([]byte, error) {
			q, _, err := d.queueNow(ctx, o, office, l)
			if err != nil {
				return nil, err
			}
			b, err := json.Marshal(q)
			if err != nil {
				return nil, fault.Unavailable("error.unavailable", time.Second).Because(err)
			}
			return b, nil
		},
	})
	if err != nil {
		d.Fail(w, r, err)
	}
}
