package bench

import (
	"bytes"
	"compress/gzip"
	"container/heap"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Crowd is people who all want a time, as the load process plays them: an open loop, in which everybody comes at their own instant and goes on at their
// own pace, whether or not the server keeps up.
type Crowd struct {
	Addr   string `json:"addr"`
	People int    `json:"people"`
	Conns  int    `json:"conns"`
	// Over is in which time they come. Think is how long each takes from one request to the next.
	Over  time.Duration `json:"over"`
	Think time.Duration `json:"think"`
	// Until, if it is not 0, is when everybody leaves, wherever they are.
	Until   time.Duration `json:"until,omitempty"`
	Path    string        `json:"path"` // of the organisation: "/fi/register-office"
	Service string        `json:"service"`
	Offices []string      `json:"offices"`
	Weeks   []string      `json:"weeks"` // that have times: "2026-W48"
	Seed    uint64        `json:"seed"`
	// Patience is how often a person lets themselves be sent away before they give up.
	Patience int `json:"patience"`
}

// Crowded is what became of a crowd.
type Crowded struct {
	Booked   int64                `json:"booked"`  // saw the confirmation of their booking
	Lost     int64                `json:"lost"`    // were told, each time, that what they wanted is taken or that there is nothing
	GaveUp   int64                `json:"gave_up"` // were told to come back later, once too often
	Left     int64                `json:"left"`    // were on their way when everybody left
	Requests int64                `json:"requests"`
	Served   int64                `json:"served"` // answered with what was asked for, or that it is taken
	Statuses map[int]int64        `json:"statuses"`
	Steps    map[string]Histogram `json:"steps"` // by what was asked
	Get      Histogram            `json:"get"`
	Post     Histogram            `json:"post"`
	Refused  Histogram            `json:"refused"` // until a 503 was there
	Elapsed  time.Duration        `json:"elapsed"`
	Errors   int64                `json:"errors"` // no answer, or one that should not be
	Wrong    []string             `json:"wrong,omitempty"`
}

// The steps of a person, in their order.
const (
	stepLanding = iota
	stepWeek
	stepWeekAgain // with the ETag of before
	stepPick
	stepDetails
	stepSave
	stepConfirm
	stepDone
)

var stepNames = [...]string{"landing", "week", "week_again", "pick", "details", "save", "confirm", "done"}

// enough is how many requests a person makes before they stop looking for a time. Whoever holds one goes on to the end.
const enough = 8

// person is one of the crowd.
type person struct {
	id       int
	step     int
	made     int // requests
	refused  int
	due      time.Time
	chance   chance
	office   int
	week     int
	cookies  []string
	etag     string
	slots    []string // values of the buttons that were seen last
	draft    string   // address, without its last part
	finished bool
}

// crowd is a running crowd.
type crowd struct {
	plan  Crowd
	until time.Time
	ready chan *person

	mu      sync.Mutex
	waiting byDue
	left    int // people who are not done
	wake    chan struct{}

	known sync.Map // ETag and address -> []string, the times of a page that was read before
}

// runCrowd plays a crowd to its end.
func runCrowd(ctx context.Context, plan Crowd) (Crowded, error) {
	conns := make([]*Conn, plan.Conns)
	for i := range conns {
		var err error
		if conns[i], err = Dial(plan.Addr); err != nil {
			return Crowded{}, fmt.Errorf("connection %d of %d: %w", i+1, len(conns), err)
		}
		conns[i].KeepBody = true
		defer conns[i].Close()
	}
	begun := time.Now()
	c := &crowd{plan: plan, ready: make(chan *person, plan.People), left: plan.People, wake: make(chan struct{}, 1)}
	if plan.Until > 0 {
		c.until = begun.Add(plan.Until)
	}
	for i := range plan.People {
		p := &person{id: i, chance: chance{state: plan.Seed + uint64(i)*0x9e3779b97f4a7c15}}
		p.due = begun.Add(time.Duration(float64(plan.Over) * float64(i) / float64(plan.People)))
		p.office, p.week = p.chance.below(len(plan.Offices)), p.chance.below(len(plan.Weeks))
		c.waiting = append(c.waiting, p) // in order, so a heap already
	}
	go c.dispatch(ctx)
	each := make([]Crowded, len(conns))
	var all sync.WaitGroup
	for i, conn := range conns {
		all.Go(func() { each[i] = c.serve(conn) })
	}
	all.Wait()
	return sumCrowds(each, time.Since(begun)), ctx.Err()
}

// dispatch hands people out as they are due, until all are done.
func (c *crowd) dispatch(ctx context.Context) {
	defer close(c.ready)
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		next, over := c.handOut(ctx.Err() != nil)
		if over {
			return
		}
		timer.Reset(next)
		select {
		case <-timer.C:
		case <-c.wake:
		case <-ctx.Done():
		}
	}
}

// handOut hands out who is due, and returns how long it is until the next one. When the crowd is called off, nobody comes any more.
func (c *crowd) handOut(off bool) (next time.Duration, over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if off {
		c.left -= len(c.waiting)
		c.waiting = nil
	}
	for len(c.waiting) > 0 && !c.waiting[0].due.After(now) {
		c.ready <- heap.Pop(&c.waiting).(*person)
	}
	if c.left == 0 {
		return 0, true
	}
	if len(c.waiting) == 0 {
		return time.Minute, false
	}
	return time.Until(c.waiting[0].due), false
}

// goOn puts a person among the waiting again, or lets them go.
func (c *crowd) goOn(p *person) {
	c.mu.Lock()
	var news bool // for whoever hands out
	if p.finished {
		c.left--
		news = c.left == 0
	} else {
		heap.Push(&c.waiting, p)
		news = c.waiting[0] == p
	}
	c.mu.Unlock()
	if news {
		select {
		case c.wake <- struct{}{}:
		default:
		}
	}
}

// serve is one connection's work.
func (c *crowd) serve(conn *Conn) Crowded {
	out := Crowded{Statuses: map[int]int64{}, Steps: map[string]Histogram{}}
	t := &teller{crowd: c, out: &out}
	fixed, buf := "Host: "+c.plan.Addr+"\r\n"+strings.Join(browser, "\r\n")+"\r\n", []byte(nil)
	steps := [len(stepNames)]Histogram{}
	for p := range c.ready {
		if !c.until.IsZero() && time.Now().After(c.until) {
			out.Left++
			p.finished = true
			c.goOn(p)
			continue
		}
		asked, due := p.step, p.due
		buf = p.request(buf[:0], c.plan, fixed)
		a, err := conn.Do(buf)
		took := time.Since(due)
		out.Requests++
		p.made++
		if err != nil {
			t.wrong(p, "%s: no answer: %v", stepNames[asked], err)
			p.finished = true
			c.goOn(p)
			continue
		}
		out.Statuses[a.Status]++
		if a.Status == 503 {
			out.Refused.Record(took)
		} else {
			steps[asked].Record(took)
		}
		t.answered(p, a)
		if p.due == due { // a refusal has said when
			p.due = later(due.Add(c.plan.Think), time.Now())
		}
		c.goOn(p)
	}
	for step, h := range steps {
		if h.N == 0 {
			continue
		}
		out.Steps[stepNames[step]] = h
		if step == stepPick || step == stepSave || step == stepConfirm {
			out.Post.Add(&h)
		} else {
			out.Get.Add(&h)
		}
	}
	return out
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// request appends what a person asks next to buf. Fixed are the lines of the head that every request has.
func (p *person) request(buf []byte, plan Crowd, fixed string) []byte {
	method, path, body, more := "GET", "", "", ""
	switch p.step {
	case stepLanding:
		path = plan.Path + "/"
		if p.id%2 == 1 {
			path = plan.Path + "/services/" + plan.Service
		}
	case stepWeek:
		path = p.weekPath(plan)
	case stepWeekAgain:
		path = p.weekPath(plan)
		if p.etag != "" {
			more = "If-None-Match: " + p.etag + "\r\n"
		}
	case stepPick:
		slot := p.slots[p.chance.below(len(p.slots))]
		method, path, body = "POST", p.bookPath(plan), "slot="+inForm.Replace(slot)
	case stepDetails:
		path = p.draft + "details"
	case stepSave:
		method, path = "POST", p.draft+"details"
		body = fmt.Sprintf("name=Visitor+%07d&email=crowd.%07d%%40people.example&phone=%%2B35850%07d&lang=fi&note=", p.id, p.id, p.id)
	case stepConfirm:
		method, path = "POST", p.draft+"check"
	case stepDone:
		path = plan.Path + "/booked"
	}
	buf = append(append(append(append(append(append(buf, method...), ' '), path...), " HTTP/1.1\r\n"...), fixed...), more...)
	if len(p.cookies) > 0 {
		buf = append(append(append(buf, "Cookie: "...), strings.Join(p.cookies, "; ")...), "\r\n"...)
	}
	if method == "POST" {
		buf = append(append(append(buf, "Origin: http://"...), plan.Addr...), "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "...)
		buf = append(strconv.AppendInt(buf, int64(len(body)), 10), "\r\n"...)
	}
	return append(append(buf, "\r\n"...), body...)
}

// inForm writes a time as a form has it.
var inForm = strings.NewReplacer("+", "%2B", ":", "%3A")

func (p *person) bookPath(plan Crowd) string {
	return plan.Path + "/book/" + plan.Service + "/" + plan.Offices[p.office]
}

func (p *person) weekPath(plan Crowd) string { return p.bookPath(plan) + "?week=" + plan.Weeks[p.week] }

// keep takes in the cookies of an answer.
func (p *person) keep(cookies []string) {
	for _, c := range cookies {
		name, _, _ := strings.Cut(c, "=")
		at := len(p.cookies)
		for i, have := range p.cookies {
			if strings.HasPrefix(have, name+"=") {
				at = i
			}
		}
		if at == len(p.cookies) {
			p.cookies = append(p.cookies, "")
		}
		p.cookies[at] = c
	}
}

// teller decides what a person makes of an answer.
type teller struct {
	crowd *crowd
	out   *Crowded
	unzip *gzip.Reader
	page  bytes.Buffer
}

// mostWrong bounds how many wrong answers are told in words.
const mostWrong = 5

// wrong notes an answer that should not be, and ends a person's visit.
func (t *teller) wrong(p *person, format string, args ...any) {
	t.out.Errors++
	if len(t.out.Wrong) < mostWrong {
		t.out.Wrong = append(t.out.Wrong, fmt.Sprintf("person %d: ", p.id)+fmt.Sprintf(format, args...))
	}
	p.finished = true
}

// answered moves a person on.
func (t *teller) answered(p *person, a Answer) {
	if a.Status == 503 {
		t.refused(p, a)
		return
	}
	t.out.Served++
	p.keep(a.Cookies)
	switch step := p.step; {
	case step == stepLanding && a.Status == 200:
		p.step = stepWeek
	case step == stepWeek && a.Status == 200:
		t.read(p, a)
		p.step = stepWeekAgain
	case step == stepWeekAgain && (a.Status == 200 || a.Status == 304):
		if a.Status == 200 {
			t.read(p, a)
		}
		t.choose(p)
	case step == stepPick && a.Status == 303 && strings.HasSuffix(a.Location, "/details"):
		p.draft = strings.TrimSuffix(a.Location, "details")
		p.step = stepDetails
	case step == stepPick && a.Status == 409:
		p.etag = ""
		t.read(p, a)
		t.choose(p)
	case step == stepDetails && a.Status == 200:
		p.step = stepSave
	case step == stepSave && a.Status == 303 && strings.HasSuffix(a.Location, "/check"):
		p.step = stepConfirm
	case step == stepConfirm && a.Status == 303 && strings.HasSuffix(a.Location, "/booked"):
		p.step = stepDone
	case step == stepDone && a.Status == 200:
		t.out.Booked++
		p.finished = true
	default:
		t.out.Served--
		t.wrong(p, "%s: got %d, to %q", stepNames[step], a.Status, a.Location)
	}
}

// choose goes on with the times that were seen: to one of them, or to another office where there is none. After enough requests a person stops: they have
// been told each time.
func (t *teller) choose(p *person) {
	switch {
	case p.made >= enough:
		t.out.Lost++
		p.finished = true
	case len(p.slots) > 0:
		p.step = stepPick
	default:
		plan := t.crowd.plan
		p.office, p.week, p.etag = p.chance.below(len(plan.Offices)), p.chance.below(len(plan.Weeks)), ""
		p.step = stepWeek
	}
}

// refused sends a person away for as long as they were told, or home when it was too often.
func (t *teller) refused(p *person, a Answer) {
	switch p.refused++; {
	case a.RetryAfter <= 0:
		t.wrong(p, "%s: got 503 without a time to come back", stepNames[p.step])
	case p.refused > t.crowd.plan.Patience:
		t.out.GaveUp++
		p.finished = true
	default:
		p.due = time.Now().Add(a.RetryAfter)
	}
}

// read finds the times that a page offers. Pages with the same ETag are read once.
func (t *teller) read(p *person, a Answer) {
	p.etag = a.ETag
	key := a.ETag + " " + p.weekPath(t.crowd.plan)
	if have, ok := t.crowd.known.Load(key); ok && a.ETag != "" {
		p.slots = have.([]string)
		return
	}
	page, err := t.plain(a.Body)
	if err != nil {
		t.wrong(p, "%s: the page cannot be read: %v", stepNames[p.step], err)
		return
	}
	if !bytes.Contains(page, []byte("</html>")) {
		t.wrong(p, "%s: the page has no end", stepNames[p.step])
		return
	}
	p.slots = slotsOf(page)
	if a.ETag != "" {
		t.crowd.known.Store(key, p.slots)
	}
}

// plain is a body without its compression.
func (t *teller) plain(body []byte) ([]byte, error) {
	if !bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return body, nil
	}
	var err error
	if t.unzip == nil {
		t.unzip, err = gzip.NewReader(bytes.NewReader(body))
	} else {
		err = t.unzip.Reset(bytes.NewReader(body))
	}
	if err != nil {
		return nil, err
	}
	t.page.Reset()
	_, err = t.page.ReadFrom(t.unzip)
	return t.page.Bytes(), err
}

// slotsOf are the values of the buttons of a page's free times.
func slotsOf(page []byte) []string {
	mark := []byte(`name="slot" value="`)
	var out []string
	for {
		_, rest, ok := bytes.Cut(page, mark)
		if !ok {
			return out
		}
		value, after, ok := bytes.Cut(rest, []byte(`"`))
		if !ok {
			return out
		}
		out, page = append(out, strings.ReplaceAll(string(value), "&#43;", "+")), after
	}
}

// sumCrowds adds up what the connections saw.
func sumCrowds(each []Crowded, took time.Duration) Crowded {
	all := Crowded{Statuses: map[int]int64{}, Steps: map[string]Histogram{}, Elapsed: took}
	for i := range each {
		x := &each[i]
		all.Booked, all.Lost, all.GaveUp, all.Left = all.Booked+x.Booked, all.Lost+x.Lost, all.GaveUp+x.GaveUp, all.Left+x.Left
		all.Requests, all.Served, all.Errors = all.Requests+x.Requests, all.Served+x.Served, all.Errors+x.Errors
		all.Wrong = append(all.Wrong, x.Wrong[:min(len(x.Wrong), mostWrong-len(all.Wrong))]...)
		for status, n := range x.Statuses {
			all.Statuses[status] += n
		}
		for step, h := range x.Steps {
			sum := all.Steps[step]
			sum.Add(&h)
			all.Steps[step] = sum
		}
		all.Get.Add(&x.Get)
		all.Post.Add(&x.Post)
		all.Refused.Add(&x.Refused)
	}
	return all
}

// byDue is a heap of people, the next one first.
type byDue []*person

func (h byDue) Len() int           { return len(h) }
func (h byDue) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h byDue) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *byDue) Push(x any)        { *h = append(*h, x.(*person)) }
func (h *byDue) Pop() any {
	old := *h
	p := old[len(old)-1]
	*h = old[:len(old)-1]
	return p
}

// people is the process that plays crowds.
type people struct{}

func openPeople(context.Context, json.RawMessage) (part, error) { return people{}, nil }

// Call plays a crowd.
func (people) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	if do == "enrol" {
		var plan Enrolling
		if err := json.Unmarshal(args, &plan); err != nil {
			return nil, err
		}
		return runEnrolling(ctx, plan)
	}
	if do != "crowd" {
		return nil, fmt.Errorf("people cannot %s", do)
	}
	var plan Crowd
	if err := json.Unmarshal(args, &plan); err != nil {
		return nil, err
	}
	if plan.People < 1 || plan.Conns < 1 || len(plan.Offices) == 0 || len(plan.Weeks) == 0 {
		return nil, errors.New("a crowd needs people, connections, offices and weeks")
	}
	return runCrowd(ctx, plan)
}

func (people) Close() error { return nil }
