package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// pageRows are the pages that everybody asks for, and the answer to who comes too late.
var pageRows = []Row{
	{
		Name: "lose", About: "a post that picks a time which is taken, and is refused without SQL", Peer: "a net/http hello", Target: atLeast(0.45),
		Run: loseTimes,
	},
	{
		Name: "page/week", About: "the page of a week's free times of one service, at random among 400 offices, as it is sent (gzip)", Peer: "a net/http hello",
		Target: atLeast(0.40), Run: weekPages,
	},
	{
		Name: "page/304", About: "the same page asked for again by who has it, unchanged", Peer: "a net/http hello", Target: atLeast(0.95), Run: unchangedPages,
	},
}

// pages is a server with the load and the hello that its pages are held against.
type pages struct {
	in    Installation
	load  *Part
	s     *Server
	hello *Server
}

func (e *Env) pages(ctx context.Context) (*pages, error) {
	in, err := e.Filled(ctx, e.bookFixture())
	if err != nil {
		return nil, err
	}
	p := &pages{in: in}
	if p.load, err = e.Loader(ctx); err != nil {
		return nil, err
	}
	if p.s, err = e.Product(ctx, in); err != nil {
		return nil, err
	}
	p.hello, err = e.Serve(ctx, "hello", nil)
	return p, err
}

// against compares what is asked of the server with as many hellos, both with a browser's headers.
func (p *pages) against(ctx context.Context, e *Env, plan Load, status int) (Result, error) {
	if err := p.warm(ctx, plan, status); err != nil {
		return Result{}, err
	}
	hi := helloPlan(pageConns)
	hi.Headers = browser
	plan.Conns = pageConns
	res, err := alternate(ctx, e, p.s.throughput(p.load, plan, status), p.hello.throughput(p.load, hi, http.StatusOK))
	if err == nil && e.Quick && p.in.Fixture.Spec.Live > 0 {
		res.Note = fmt.Sprintf("quick: %d bookings there instead of a million", p.in.Fixture.Spec.Live)
	}
	return res, err
}

// warm asks for everything once, by few, as a server is asked in the minutes after its start: what is measured is the time after that.
func (p *pages) warm(ctx context.Context, plan Load, status int) error {
	plan.Conns, plan.Once, plan.Time = 2, true, time.Minute
	got, m, err := p.s.Under(ctx, p.load, plan)
	if err == nil {
		_, err = p.s.judge(got, m, status)
	}
	return err
}

// weeks are the addresses of the offices' pages in an order by chance.
func (p *pages) weeks() []string {
	f := p.in.Fixture
	paths := make([]string, len(f.Offices))
	c := &chance{state: 1}
	for i, o := range f.Offices {
		paths[i] = timesPath(f, FixtureTime{Office: o})
		j := c.below(i + 1)
		paths[i], paths[j] = paths[j], paths[i]
	}
	return paths
}

// timesPath is the address of an office's free times, and where one of them is picked.
func timesPath(f *Fixture, t FixtureTime) string {
	return fmt.Sprintf("/fi/%s/book/%s/%s", f.Org, f.Service, t.Office)
}

// errNoTimes says that a page came fast and had nothing on it.
var errNoTimes = errors.New("the page of free times has no times on it")

// look fetches a page for inspection.
func (p *pages) look(path string, headers ...string) (Answer, error) {
	c, err := Dial(p.s.Addr)
	if err != nil {
		return Answer{}, err
	}
	defer c.Close()
	c.KeepBody = true
	a, err := c.Do(Request("GET", p.s.Addr, path, headers, ""))
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("%s: got status %d", path, a.Status)
	}
	return a, err
}

func weekPages(ctx context.Context, e *Env) (Result, error) {
	p, err := e.pages(ctx)
	if err != nil {
		return Result{}, err
	}
	weeks := p.weeks()
	plain, err := p.look(weeks[0])
	if err != nil {
		return Result{}, err
	}
	if !bytes.Contains(plain.Body, []byte(`name="slot"`)) {
		return Result{}, errNoTimes
	}
	packed, err := p.look(weeks[0], browser...)
	if err != nil {
		return Result{}, err
	}
	res, err := p.against(ctx, e, Load{Method: "GET", Headers: browser, Paths: weeks}, http.StatusOK)
	if err == nil {
		res.Figures["page_bytes"], res.Figures["sent_bytes"] = float64(plain.Bytes), float64(packed.Bytes)
	}
	return res, err
}

func unchangedPages(ctx context.Context, e *Env) (Result, error) {
	p, err := e.pages(ctx)
	if err != nil {
		return Result{}, err
	}
	weeks := p.weeks()
	for i, path := range weeks {
		a, err := p.look(path, browser...)
		if err != nil {
			return Result{}, err
		}
		if a.ETag == "" {
			return Result{}, errors.New("the page has no ETag, so nobody can ask whether it has changed")
		}
		weeks[i] += "\t\tIf-None-Match: " + a.ETag
	}
	return p.against(ctx, e, Load{Method: "GET", Headers: browser, Paths: weeks}, http.StatusNotModified)
}

// fixtureZone is where the fixture's offices are; a time is picked as their clocks show it.
const fixtureZone = "Europe/Helsinki"

// takenTimes is how many times are picked in vain.
const takenTimes = 1000

func loseTimes(ctx context.Context, e *Env) (Result, error) {
	p, err := e.pages(ctx)
	if err != nil {
		return Result{}, err
	}
	f := p.in.Fixture
	times, err := f.TakenTimes(takenTimes)
	if err != nil {
		return Result{}, err
	}
	zone, err := time.LoadLocation(fixtureZone)
	if err != nil {
		return Result{}, err
	}
	paths := make([]string, len(times))
	for i, t := range times {
		paths[i] = timesPath(f, t) + "\t" + url.Values{"slot": {time.Unix(t.Start, 0).In(zone).Format(time.RFC3339)}}.Encode()
	}
	idle, err := p.idleStatements(ctx)
	if err != nil {
		return Result{}, err
	}
	plan := Load{Method: "POST", Headers: append([]string{"Origin: http://" + p.s.Addr}, browser...), Paths: paths}
	begun, before, err := p.statements(ctx)
	if err != nil {
		return Result{}, err
	}
	res, err := p.against(ctx, e, plan, http.StatusConflict)
	if err != nil {
		return Result{}, err
	}
	ended, after, err := p.statements(ctx)
	if err != nil {
		return Result{}, err
	}
	p.judgeSQL(&res, after-before, idle, ended.Sub(begun))
	return res, nil
}

func (p *pages) statements(ctx context.Context) (time.Time, int64, error) {
	st, err := p.s.Statements(ctx)
	return time.Now(), st.Reads + st.Commits, err
}

// idleStatements is how many statements a second the server runs while nobody asks anything: it follows the feed of other servers.
func (p *pages) idleStatements(ctx context.Context) (float64, error) {
	begun, before, err := p.statements(ctx)
	if err != nil {
		return 0, err
	}
	select {
	case <-ctx.Done():
		return 0, ctx.Err()
	case <-time.After(time.Second):
	}
	ended, after, err := p.statements(ctx)
	return float64(after-before) / ended.Sub(begun).Seconds(), err
}

// judgeSQL says it when refusals ran SQL, beyond what an idle server runs, the look at the configuration's version each second, and each page's first making.
func (p *pages) judgeSQL(res *Result, ran int64, idle float64, took time.Duration) {
	allowed := int64((2*idle+4)*took.Seconds()) + 2*takenTimes
	res.Figures["statements"], res.Figures["statements_idle"] = float64(ran), idle*took.Seconds()
	if ran > allowed {
		res.Wrong = append(res.Wrong, fmt.Sprintf("%d SQL statements were run for %d refusals; an idle server runs %.0f in that time", ran, res.N, idle*took.Seconds()))
	}
}
