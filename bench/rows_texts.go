package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"time"

	"luukku/app"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/consent"
	"luukku/domain/notify"
	"luukku/domain/waiting"
)

// textRows are about text messages, against a gateway that takes 5 ms.
var textRows = []Row{
	{
		Name: "remind/100k", About: "100,000 reminders that are due at once, from then until the gateway took the last one; none lost, none twice",
		Peer: "a loop that only posts as many, as many at once", Target: atLeast(0.7), Run: runRemind,
	},
	{
		Name: "text/offer", About: "from a cancellation until the gateway took the text message that offers the time, while times are booked over 64 connections, p99",
		Target: Target{Value: 1000, AtMost: true, Unit: "ms"}, Run: runOfferText,
	},
	{
		Name: "text/answer", About: "from a text message that comes in until the gateway took the answer, 50 a second, p99",
		Target: Target{Value: 200, AtMost: true, Unit: "ms"}, Run: runAnswerText,
	},
}

// How many reminders there are, how many times are freed and offered, and how many messages come in, a second and in all.
const (
	remindPeople    = 100_000
	offersMade      = 400
	offersPerSecond = 20
	textsAsked      = 1000
	textsPerSecond  = 50
)

// textFixture is an installation whose people are reached by text message, with so many appointments or a few more.
func (e *Env) textFixture(live int) FixtureSpec {
	s := standardFixture(live)
	if e.tiny {
		s.Offices, s.Live = 8, 1000
	}
	s.Texts = true
	return s
}

// texter is the product with its jobs and a gateway, of which the bench can ask what starts a message.
type texter struct{ *product }

func openTexter(ctx context.Context, spec json.RawMessage) (part, error) {
	p, _, err := openBooked(ctx, spec, nil)
	if err != nil {
		return nil, err
	}
	return texter{p}, nil
}

// dueSpec is which appointments are reminded of, and when.
type dueSpec struct {
	After ids.Appointment `json:"after"`
	N     int             `json:"n"`
	At    int64           `json:"at"` // Unix seconds
}

// freeing is the appointment that is cancelled.
type freeing struct {
	Appointment ids.Appointment `json:"appointment"`
}

// Call does what begins a message, beside what the product does.
func (x texter) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	switch do {
	case "due":
		var d dueSpec
		if err := json.Unmarshal(args, &d); err != nil {
			return nil, err
		}
		return x.due(ctx, d)
	case "free":
		var f freeing
		if err := json.Unmarshal(args, &f); err != nil {
			return nil, err
		}
		begun := time.Now()
		_, err := x.app.Booking.Cancel(ctx, actor.System("bench"), booking.CancelRequest{Org: fixtureOrg, ID: f.Appointment, Key: ids.FormKey("free/" + string(f.Appointment))})
		return begun.UnixNano(), err
	}
	return x.product.Call(ctx, do, args)
}

// due makes reminders of some appointments due at a moment, and returns the last of them.
func (x texter) due(ctx context.Context, d dueSpec) (ids.Appointment, error) {
	last := d.After
	for left := d.N; left > 0; {
		list, err := x.app.Store.AppointmentsAfter(ctx, fixtureOrg, last, min(left, 2000))
		if err != nil {
			return "", err
		}
		if len(list) == 0 {
			return "", fmt.Errorf("%d appointments too few to be reminded of", left)
		}
		c := booking.Change{Org: fixtureOrg, Now: d.At}
		for _, a := range list {
			args, err := json.Marshal(booking.RemindArgs{Org: fixtureOrg, Appointment: a.ID, Start: a.Start, Before: int64(remindBefore / time.Second)})
			if err != nil {
				return "", err
			}
			c.Tasks = append(c.Tasks, booking.Job{Kind: booking.TaskRemind, Uniq: string(a.ID), Args: string(args), RunAt: d.At})
			last = a.ID
		}
		if _, err := x.app.Store.Commit(ctx, c); err != nil {
			return "", err
		}
		left -= len(list)
	}
	return last, nil
}

// texts is a row that sends text messages.
type texts struct {
	in      Installation
	server  *Server
	gateway *Server
	e       *Env
}

// texting starts a server whose text messages go to a gateway of the bench. Prepare, which may be nil, is done before it starts.
func (e *Env) texting(ctx context.Context, spec FixtureSpec, prepare func(context.Context, Installation) error) (*texts, error) {
	in, err := e.Copied(ctx, spec)
	if err != nil {
		return nil, err
	}
	x := &texts{e: e}
	if x.gateway, err = e.Serve(ctx, "gateway", nil); err != nil {
		return nil, err
	}
	in.Gateway = x.gateway.Addr
	if err := os.WriteFile(filepath.Join(in.Dir, gatewaySecretFile), []byte(gatewaySecret), 0o600); err != nil {
		return nil, err
	}
	if prepare != nil {
		if err := prepare(ctx, in); err != nil {
			return nil, err
		}
	}
	x.in = in
	if x.server, err = e.Serve(ctx, "texter", in); err != nil {
		return nil, err
	}
	return x, x.server.filled(ctx)
}

// count is how many messages the gateway took.
func (x *texts) count(ctx context.Context) (n int64, err error) {
	err = x.gateway.Call(ctx, "count", nil, &n)
	return n, err
}

// until waits until the gateway has taken so many messages, or no more come for a while.
func (x *texts) until(ctx context.Context, want int64) (n int64, err error) {
	const enough = 20 * time.Second
	for seen, since := int64(-1), time.Now(); ; time.Sleep(5 * time.Millisecond) {
		if n, err = x.count(ctx); err != nil || n >= want {
			return n, err
		}
		if n != seen {
			seen, since = n, time.Now()
		}
		if time.Since(since) > enough || ctx.Err() != nil {
			return n, ctx.Err()
		}
	}
}

// taken is when the gateway took what, by number.
func (x *texts) taken(ctx context.Context) (at map[string][]int64, err error) {
	err = x.gateway.Call(ctx, "taken", nil, &at)
	return at, err
}

// remindBefore is the reminder of the fixture's policy.
const remindBefore = 24 * time.Hour

// runRemind has reminders due in as many batches as there are rounds.
func runRemind(ctx context.Context, e *Env) (Result, error) {
	all := e.Scale(remindPeople)
	each := max(1, all/e.Rounds())
	spec := e.textFixture(all + each)
	spec.Silent = true
	x, err := e.texting(ctx, spec, nil)
	if err != nil {
		return Result{}, err
	}
	peer, err := e.Start(ctx, "poster", nil)
	if err != nil {
		return Result{}, err
	}
	sent, twice, rest := int64(0), 0, map[string]bool{}
	last := ids.Appointment("")
	subject := func(ctx context.Context, d time.Duration) (Measure, error) {
		n := each
		if d < e.RoundTime() {
			n = max(1, each/10)
		}
		m, at, err := x.remind(ctx, n, &last)
		sent += m.Ops
		for number, times := range at {
			if len(times) > 1 || rest[number] {
				twice++
			}
			rest[number] = true
		}
		return m, err
	}
	posts := func(ctx context.Context, d time.Duration) (Measure, error) {
		n := each
		if d < e.RoundTime() {
			n = max(1, each/10)
		}
		var m Measure
		err := peer.Call(ctx, "post", posting{Addr: x.gateway.Addr, Conns: notify.Workers[notify.LaneTextLater], N: n, Text: remindText}, &m)
		return m, errors.Join(err, x.gateway.Call(ctx, "forget", nil, nil))
	}
	res, err := alternate(ctx, e, subject, posts)
	if err != nil {
		return Result{}, err
	}
	if twice > 0 {
		res.Wrong = append(res.Wrong, fmt.Sprintf("%d people were reminded twice", twice))
	}
	if e.Quick {
		res.Note = fmt.Sprintf("quick: %d reminders instead of a hundred thousand", all)
	}
	return res, x.server.Stop()
}

// remindText is what the peer posts: as long as a reminder.
const remindText = "Register office: muistutus ajasta ma 23.11. klo 9.20, Office 123. Varauskoodi ABCD-EFGH-JK. http://127.0.0.1:8080/l/aaaaaaaaaaaaaaaaaaaaaa"

// remind makes so many reminders due a little from now and waits until the gateway has had them all.
func (x *texts) remind(ctx context.Context, n int, last *ids.Appointment) (Measure, map[string][]int64, error) {
	if err := x.gateway.Call(ctx, "forget", nil, nil); err != nil {
		return Measure{}, nil, err
	}
	due := time.Now().Add(time.Second + time.Duration(n/20)*time.Millisecond).Truncate(time.Second).Add(time.Second)
	if err := x.server.Call(ctx, "due", dueSpec{After: *last, N: n, At: due.Unix()}, last); err != nil {
		return Measure{}, nil, err
	}
	if late := time.Since(due); late > 0 {
		return Measure{}, nil, fmt.Errorf("the reminders were written %s too late", late)
	}
	time.Sleep(time.Until(due))
	stop, err := x.server.profiled(ctx)
	if err != nil {
		return Measure{}, nil, err
	}
	before, err := x.server.Usage(ctx)
	if err != nil {
		return Measure{}, nil, err
	}
	got, err := x.until(ctx, int64(n))
	elapsed := time.Since(due)
	after, usageErr := x.server.Usage(ctx)
	if err := errors.Join(err, usageErr, stop()); err != nil {
		return Measure{}, nil, err
	}
	if got != int64(n) {
		return Measure{}, nil, fmt.Errorf("%d of %d reminders reached the gateway; the server said: %s", got, n, x.server.said)
	}
	at, err := x.taken(ctx)
	return Measure{Ops: got, Elapsed: elapsed, CPU: after.CPU - before.CPU}, at, err
}

// slowest is a result that is a time: the 99th percentile.
func slowest(h *Histogram) Result {
	return Result{
		Ratio: millis(h.Quantile(0.99)), N: h.N,
		Figures: map[string]float64{"p50_ms": millis(h.Quantile(0.5)), "p99_ms": millis(h.Quantile(0.99)), "most_ms": millis(h.Most)},
	}
}

// runAnswerText lets messages come in at a steady rate, each from a number of its own.
func runAnswerText(ctx context.Context, e *Env) (Result, error) {
	n := min(textsAsked, e.Scale(4*textsAsked))
	x, err := e.texting(ctx, e.textFixture(e.Scale(remindPeople)), nil)
	if err != nil {
		return Result{}, err
	}
	stop, err := x.server.profiled(ctx)
	if err != nil {
		return Result{}, err
	}
	before, err := x.server.Usage(ctx)
	if err != nil {
		return Result{}, err
	}
	sent := make([]int64, n)
	faults := make([]error, n)
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: textsPerSecond}}
	var all sync.WaitGroup
	begun := time.Now()
	for i := range n {
		due := begun.Add(time.Duration(i) * time.Second / textsPerSecond)
		time.Sleep(time.Until(due))
		sent[i] = due.UnixNano()
		all.Go(func() { faults[i] = textIn(ctx, client, x.server.Addr, i, "VARAA") })
	}
	all.Wait()
	if err := errors.Join(faults...); err != nil {
		return Result{}, err
	}
	if _, err := x.until(ctx, int64(n)); err != nil {
		return Result{}, err
	}
	after, err := x.server.Usage(ctx)
	if err := errors.Join(err, stop()); err != nil {
		return Result{}, err
	}
	at, err := x.taken(ctx)
	if err != nil {
		return Result{}, err
	}
	var h Histogram
	wrong := 0
	for i := range n {
		times := at[fixturePhone(i)]
		if len(times) != 1 {
			wrong++
			continue
		}
		h.Record(time.Duration(times[0] - sent[i]))
	}
	res := slowest(&h)
	res.CPU = micros(after.CPU-before.CPU) / float64(n)
	if wrong > 0 {
		res.Wrong = append(res.Wrong, fmt.Sprintf("%d of %d messages were not answered once", wrong, n))
	}
	return res, x.server.Stop()
}

// textIn delivers a message as Kannel does.
func textIn(ctx context.Context, client *http.Client, addr string, i int, text string) error {
	q := url.Values{"from": {fixturePhone(i)}, "to": {"16400"}, "id": {"bench-" + strconv.Itoa(i)}, "text": {text}, "charset": {"UTF-8"}}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/sms/main/in?"+q.Encode(), nil)
	if err != nil {
		return err
	}
	r.SetBasicAuth("main", gatewaySecret)
	a, err := client.Do(r)
	if err != nil {
		return err
	}
	if err := a.Body.Close(); err != nil {
		return err
	}
	if a.StatusCode != http.StatusOK {
		return fmt.Errorf("a message was answered with %d", a.StatusCode)
	}
	return nil
}

// offers is a row of times that are freed and offered.
type offers struct {
	*texts
	b     *bookingRow
	freed []ids.Appointment // one of each office
	begun []int64           // when each was cancelled, Unix nanoseconds
}

// runOfferText frees a time at each office in turn, for each of which one person waits, while others book.
func runOfferText(ctx context.Context, e *Env) (Result, error) {
	o := &offers{}
	n := min(offersMade, e.Scale(4*offersMade))
	lasts := time.Duration(n) * time.Second / offersPerSecond
	spec := e.textFixture(e.Scale(remindPeople))
	spec.Silent = true
	var err error
	o.texts, err = e.texting(ctx, spec, func(ctx context.Context, in Installation) (err error) {
		times, err := in.Fixture.FreeTimes(int(2000 * lasts.Seconds()))
		if err != nil {
			return err
		}
		if o.b, err = e.prepareDrafts(ctx, in, times); err != nil {
			return err
		}
		return in.With(ctx, func(a *app.App) error { return o.wait(ctx, a, in, n) })
	})
	if err != nil {
		return Result{}, err
	}
	load, err := e.Loader(ctx)
	if err != nil {
		return Result{}, err
	}
	// That they are on the list, they are told first.
	if _, err := o.until(ctx, int64(len(o.freed))); err != nil {
		return Result{}, err
	}
	if err := o.gateway.Call(ctx, "forget", nil, nil); err != nil {
		return Result{}, err
	}
	before, err := o.server.Usage(ctx)
	if err != nil {
		return Result{}, err
	}
	type loaded struct {
		m   Measure
		err error
	}
	crowd := make(chan loaded, 1)
	book := o.b.posts(o.server, load, pageConns)
	go func() {
		m, err := book(ctx, lasts)
		crowd <- loaded{m, err}
	}()
	err = o.free(ctx)
	c := <-crowd
	if err := errors.Join(err, c.err); err != nil {
		return Result{}, err
	}
	res, err := o.measured(ctx)
	if err != nil {
		return Result{}, err
	}
	after, err := o.server.Usage(ctx)
	if err != nil {
		return Result{}, err
	}
	res.CPU = micros(after.CPU-before.CPU) / float64(max(c.m.Ops, 1))
	res.Figures["booked_per_second"] = c.m.Rate()
	if e.Quick {
		res.Note = fmt.Sprintf("quick: %d offers", n)
	}
	return res, o.server.Stop()
}

// wait puts one person on the waiting list of each of n offices, and finds an appointment there that will be cancelled.
func (o *offers) wait(ctx context.Context, a *app.App, in Installation, n int) error {
	offices := in.Fixture.Offices[:min(n, len(in.Fixture.Offices))]
	at := map[ids.Office]ids.Appointment{}
	for last := ids.Appointment(""); len(at) < len(offices); {
		list, err := a.Store.AppointmentsAfter(ctx, fixtureOrg, last, 2000)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("%d offices have an appointment, want %d", len(at), len(offices))
		}
		for _, x := range list {
			if last = x.ID; x.Start >= in.Fixture.tomorrow && slices.Contains(offices, x.Office) && at[x.Office] == "" {
				at[x.Office] = x.ID
			}
		}
	}
	for i, office := range offices {
		o.freed = append(o.freed, at[office])
		_, err := a.Booking.Wait(ctx, actor.Actor{Kind: actor.KindStaff, Staff: "bench", Grants: []actor.Grant{{Role: actor.RoleClerk, Org: fixtureOrg}}}, booking.WaitRequest{
			Org: fixtureOrg, Service: fixtureService, Key: ids.FormKey(fmt.Sprintf("bench-wait-%d", i)), Wish: waiting.Wish{Offices: []ids.Office{office}},
			Details: booking.Details{Name: fmt.Sprintf("Waiting %d", i), Phone: waiterPhone(i), Lang: "fi"}, Texts: true,
		})
		if err != nil {
			return fmt.Errorf("put somebody on the waiting list: %w", err)
		}
		if err := a.Consent.Agree(ctx, fixtureOrg, waiterPhone(i), consent.Offers, consent.AtDesk); err != nil {
			return fmt.Errorf("agree to offers: %w", err)
		}
	}
	return nil
}

// free cancels the appointments at a steady rate.
func (o *offers) free(ctx context.Context) error {
	o.begun = make([]int64, len(o.freed))
	begun := time.Now()
	for i, id := range o.freed {
		time.Sleep(time.Until(begun.Add(time.Duration(i) * time.Second / offersPerSecond)))
		if err := o.server.Call(ctx, "free", freeing{id}, &o.begun[i]); err != nil {
			return err
		}
	}
	return nil
}

// measured waits until everybody has their offer, and says how long each took.
func (o *offers) measured(ctx context.Context) (Result, error) {
	var h Histogram
	missing := 0
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		at, err := o.taken(ctx)
		if err != nil {
			return Result{}, err
		}
		h, missing = Histogram{}, 0
		for i := range o.freed {
			offered := at[waiterPhone(i)]
			if len(offered) == 0 {
				missing++
				continue
			}
			h.Record(time.Duration(offered[0] - o.begun[i]))
		}
		if missing == 0 || time.Now().After(end) || ctx.Err() != nil {
			break
		}
	}
	res := slowest(&h)
	if missing > 0 {
		res.Wrong = append(res.Wrong, fmt.Sprintf("%d of %d people were offered nothing", missing, len(o.freed)))
	}
	return res, nil
}
