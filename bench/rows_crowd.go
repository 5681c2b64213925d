package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"luukku/app"
	"luukku/base/ids"
)

// crowdRows are people who all want the same times: the morning on which the times of a new season open.
var crowdRows = []Row{
	{
		Name: "crowd/60s", About: "100,000 people with 8 requests each come in 60 s for 10,000 times: the worst of p99 by its limit, pages 25 ms, posts 50 ms",
		Target: atMost(1), Run: runCrowd60,
	},
	{
		Name: "crowd/overload", About: "people come at three times the rate that the server can serve: requests served",
		Peer: "requests served of the same people as fast as it can", Target: atLeast(0.8), Run: runOverload,
	},
}

// The crowd of the full run. A quick one is shortened in people, times and seconds alike, so that as many come in a second.
const (
	crowdPeople = 100_000
	crowdTimes  = 10_000
	crowdTime   = 60 * time.Second
	crowdThink  = time.Second
	crowdConns  = 512
	patience    = 3 // how often a person lets themselves be sent away before they give up
)

// Limits of the crowd's 99th percentiles, from the instant that a request was due.
const (
	crowdGet  = 25 * time.Millisecond
	crowdPost = 50 * time.Millisecond
	// refusalTime is how soon whoever is turned away must know it.
	refusalTime = 100 * time.Millisecond
)

// crowdFixture is an installation in which exactly so many times are free: at 40 offices, within two weeks, from the day after tomorrow on, none of which
// passes by while it is measured.
func crowdFixture(free int) FixtureSpec {
	const offices, perDay, days = 40, 10, 7
	return FixtureSpec{
		Offices: offices, Units: free/(offices*perDay*days) + 1, Days: days + 1, Hold: 15 * time.Minute, Notice: 24 * time.Hour, Hours: "mon-sun 09:00-12:20",
		Always: true, Full: 2, Free: free,
	}
}

// crowdRow is an installation under a crowd.
type crowdRow struct {
	in     Installation
	server *Server
	people *Part
	last   ids.Appointment
}

// openCrowd makes an installation with free times and starts the server over it.
func (e *Env) openCrowd(ctx context.Context, free int) (*crowdRow, error) {
	in, err := e.Copied(ctx, crowdFixture(free))
	if err != nil {
		return nil, err
	}
	c := &crowdRow{in: in}
	err = in.With(ctx, func(a *app.App) (err error) {
		c.last, err = a.Store.LastAppointment(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	if c.server, err = e.Product(ctx, in); err != nil {
		return nil, err
	}
	c.people, err = e.Start(ctx, "people", nil)
	return c, err
}

// plan is a crowd for the installation.
func (c *crowdRow) plan(people int, over time.Duration) Crowd {
	f := c.in.Fixture
	plan := Crowd{
		Addr: c.server.Addr, People: people, Conns: min(crowdConns, people), Over: over, Path: "/fi/" + string(f.Org), Service: string(f.Service), Seed: 1,
		Patience: patience,
	}
	for _, o := range f.Offices {
		plan.Offices = append(plan.Offices, string(o))
	}
	for _, d := range f.Days[min(len(f.Days), 2):] { // the first ones are full
		if w := d.Date.ISOWeek().String(); !slices.Contains(plan.Weeks, w) {
			plan.Weeks = append(plan.Weeks, w)
		}
	}
	return plan
}

// come lets a crowd come.
func (c *crowdRow) come(ctx context.Context, plan Crowd) (Crowded, Measure, error) {
	stop, err := c.server.profiled(ctx)
	if err != nil {
		return Crowded{}, Measure{}, err
	}
	before, err := c.server.Usage(ctx)
	if err != nil {
		return Crowded{}, Measure{}, err
	}
	var got Crowded
	if err := c.people.Call(ctx, "crowd", plan, &got); err != nil {
		return Crowded{}, Measure{}, errors.Join(err, stop())
	}
	after, err := c.server.Usage(ctx)
	return got, Measure{Ops: got.Requests, Elapsed: got.Elapsed, CPU: after.CPU - before.CPU}, errors.Join(err, stop())
}

// settle stops the server and holds what people saw against what the database has. Sold says that every free time must be booked.
func (c *crowdRow) settle(ctx context.Context, got Crowded, sold bool) (wrong []string, err error) {
	if err := c.server.Stop(); err != nil {
		return nil, err
	}
	free := int64(c.in.Fixture.Spec.Free)
	err = c.in.With(ctx, func(a *app.App) error {
		there, forms, err := a.Store.BookedAfter(ctx, c.in.Fixture.Org, c.last)
		if err != nil {
			return err
		}
		switch {
		case sold && (there != free || forms != free):
			wrong = append(wrong, fmt.Sprintf("%d appointments and %d form keys are in the database, want %d of each", there, forms, free))
		case there < got.Booked || there > free || there != forms:
			wrong = append(wrong, fmt.Sprintf("%d people saw their confirmation; there are %d appointments and %d form keys, for %d times", got.Booked, there, forms, free))
		}
		found, err := a.Store.Check(ctx)
		wrong = append(wrong, found...)
		return err
	})
	return wrong, err
}

// runCrowd60 lets the whole crowd come. Its value is the worst of the two 99th percentiles, each by its limit.
func runCrowd60(ctx context.Context, e *Env) (Result, error) {
	c, err := e.openCrowd(ctx, e.Scale(crowdTimes))
	if err != nil {
		return Result{}, err
	}
	over := time.Duration(e.Scale(int(crowdTime)))
	think := time.Duration(e.Scale(int(crowdThink)))
	plan := c.plan(e.Scale(crowdPeople), over-enough*think)
	plan.Think = think
	e.Say("%d people come for %d times within %s", plan.People, c.in.Fixture.Spec.Free, over)
	got, m, err := c.come(ctx, plan)
	if err != nil {
		return Result{}, err
	}
	res := crowdResult(got, m)
	res.Wrong = crowdWrong(got, plan.People, c.in.Fixture.Spec.Free)
	if e.Quick {
		res.Note = fmt.Sprintf("quick: %d people in %s for %d times; as many in a second", plan.People, over, c.in.Fixture.Spec.Free)
	}
	found, err := c.settle(ctx, got, true)
	res.Wrong = append(res.Wrong, found...)
	return res, err
}

func crowdResult(got Crowded, m Measure) Result {
	get, post := got.Get.Quantile(0.99), got.Post.Quantile(0.99)
	res := Result{
		Ratio: max(float64(get)/float64(crowdGet), float64(post)/float64(crowdPost)), CPU: micros(m.CPU) / float64(max(m.Ops, 1)), N: m.Ops,
		Figures: map[string]float64{
			"get_p99_ms": millis(get), "post_p99_ms": millis(post), "get_p50_ms": millis(got.Get.Quantile(0.5)), "post_p50_ms": millis(got.Post.Quantile(0.5)),
			"booked": float64(got.Booked), "lost": float64(got.Lost), "per_second": m.Rate(),
			"unchanged": float64(got.Statuses[304]), "refused": float64(got.Refused.N),
		},
	}
	for step, h := range got.Steps {
		res.Figures[step+"_p99_ms"] = millis(h.Quantile(0.99))
	}
	return res
}

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// crowdWrong says what a crowd saw that must not be.
func crowdWrong(got Crowded, people, times int) (wrong []string) {
	if got.Booked != int64(times) {
		wrong = append(wrong, fmt.Sprintf("%d people saw the confirmation of their booking, want %d", got.Booked, times))
	}
	if told := got.Booked + got.Lost; told != int64(people) {
		wrong = append(wrong, fmt.Sprintf("%d of %d people were told what became of them", told, people))
	}
	for status, n := range got.Statuses {
		if status >= 500 {
			wrong = append(wrong, fmt.Sprintf("%d answers were a %d", n, status))
		}
	}
	if got.Errors > 0 {
		wrong = append(wrong, fmt.Sprintf("%d answers were not what they should be", got.Errors))
	}
	return append(wrong, got.Wrong...)
}

// Overload: how many times as many come as can be served, for how long, and how many ask at once while the server's capacity is measured.
const (
	overloadTimes = 3
	overloadTime  = 20 * time.Second
	capacityConns = 64
)

// runOverload measures what the server can serve of a crowd that waits for its answers, and then lets three times as many come.
func runOverload(ctx context.Context, e *Env) (Result, error) {
	d := overloadTime
	if e.Quick {
		d /= 4
	}
	calm, rate, err := e.capacity(ctx, d)
	if err != nil {
		return Result{}, err
	}
	c, err := e.openCrowd(ctx, e.Scale(crowdTimes))
	if err != nil {
		return Result{}, err
	}
	plan := c.plan(int(overloadTimes*rate*d.Seconds()/enough), d)
	plan.Until, plan.Think = d, crowdThink/10
	e.Say("%.0f requests a second are served; %d people come within %s", rate, plan.People, d)
	got, m, err := c.come(ctx, plan)
	if err != nil {
		return Result{}, err
	}
	goodput := float64(got.Served) / got.Elapsed.Seconds()
	res := crowdResult(got, m)
	res.Ratio = goodput / rate
	res.Figures["capacity_per_second"], res.Figures["served_per_second"] = rate, goodput
	res.Figures["refused_p99_ms"] = millis(got.Refused.Quantile(0.99))
	if at := got.Refused.Quantile(0.99); at > refusalTime {
		res.Wrong = append(res.Wrong, fmt.Sprintf("1 %% of those turned away waited longer than %s for it, want %s at most", at.Round(time.Millisecond), refusalTime))
	}
	if got.Errors > 0 {
		res.Wrong = append(res.Wrong, fmt.Sprintf("%d answers were not what they should be", got.Errors))
	}
	res.Wrong = append(res.Wrong, got.Wrong...)
	found, err := c.settle(ctx, got, false)
	res.Wrong = append(append(res.Wrong, calm...), found...)
	return res, err
}

// capacity is how many requests of a crowd the server serves in a second when everybody waits for their answer and asks on at once.
func (e *Env) capacity(ctx context.Context, d time.Duration) (wrong []string, perSecond float64, err error) {
	c, err := e.openCrowd(ctx, e.Scale(crowdTimes))
	if err != nil {
		return nil, 0, err
	}
	plan := c.plan(e.Scale(crowdPeople), 0)
	plan.Until, plan.Conns = d, capacityConns
	got, _, err := c.come(ctx, plan)
	if err != nil {
		return nil, 0, err
	}
	wrong, err = c.settle(ctx, got, false)
	return append(wrong, got.Wrong...), float64(got.Served) / got.Elapsed.Seconds(), err
}
