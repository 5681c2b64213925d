package bench

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Enrolling is people who all want a place on one course, as the load process plays them: so many at a time, each from the page of the course to the receipt, and then the next.
type Enrolling struct {
	Addr   string `json:"addr"`
	People int    `json:"people"`
	Conns  int    `json:"conns"`
	Path   string `json:"path"` // of the course
}

// Enrolled is what became of them.
type Enrolled struct {
	Places   int64         `json:"places"` // were told that they have a place
	Waits    int64         `json:"waits"`  // were told that they wait
	Requests int64         `json:"requests"`
	Refused  int64         `json:"refused"` // answers that said to come later
	Elapsed  time.Duration `json:"elapsed"`
	Get      Histogram     `json:"get"`
	Post     Histogram     `json:"post"`
	// LastAsked is when the last of those with a place had asked for it, FirstRefused when the first without one had been told that there is none for them, since the beginning. Whoever was told must
	// not have been told before somebody who had not even asked got a place.
	LastAsked    time.Duration `json:"last_asked"`
	FirstRefused time.Duration `json:"first_refused"`
	Errors       int64         `json:"errors"`
	Wrong        []string      `json:"wrong,omitempty"`
}

// wrongs is what people saw that must not be.
func (x Enrolled) wrongs(places int) []string {
	wrong := x.Wrong
	if x.Places != int64(places) {
		wrong = append(wrong, fmt.Sprintf("%d people were told that they have a place, want %d", x.Places, places))
	}
	if x.Waits > 0 && x.FirstRefused < x.LastAsked {
		wrong = append(wrong, fmt.Sprintf("somebody was told that there is no place %s before somebody else asked and got one", (x.LastAsked-x.FirstRefused).Round(time.Microsecond)))
	}
	if x.Errors > 0 {
		wrong = append(wrong, fmt.Sprintf("%d people got an answer that should not be", x.Errors))
	}
	return wrong
}

// errNoPlace is that a form did not lead on.
var errNoPlace = errors.New("the form did not lead on")

// enrolling are people on their way.
type enrolling struct {
	plan  Enrolling
	begun time.Time
	next  atomic.Int64
	fixed string

	mu  sync.Mutex
	all Enrolled
}

// runEnrolling has everybody enrol.
func runEnrolling(ctx context.Context, plan Enrolling) (Enrolled, error) {
	if plan.People < 1 || plan.Conns < 1 || plan.Path == "" {
		return Enrolled{}, errors.New("enrolling needs people, connections and a course")
	}
	c := &enrolling{plan: plan, begun: time.Now(), fixed: " HTTP/1.1\r\nHost: " + plan.Addr + "\r\n" + strings.Join(browser, "\r\n") + "\r\n"}
	c.all.FirstRefused = time.Duration(1<<63 - 1)
	errs := make([]error, plan.Conns)
	var all sync.WaitGroup
	for i := range plan.Conns {
		all.Go(func() { errs[i] = c.serve(ctx) })
	}
	all.Wait()
	c.all.Elapsed = time.Since(c.begun)
	return c.all, errors.Join(append(errs, ctx.Err())...)
}

// serve is one connection's people.
func (c *enrolling) serve(ctx context.Context) error {
	conn, err := Dial(c.plan.Addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.KeepBody = true
	v := &enroller{c: c, conn: conn}
	for ctx.Err() == nil {
		id := c.next.Add(1)
		if id > int64(c.plan.People) {
			break
		}
		if err := v.enrol(int(id)); err != nil {
			v.Errors++
			if len(v.Wrong) < mostWrong {
				v.Wrong = append(v.Wrong, fmt.Sprintf("person %d: %v", id, err))
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	a, x := &c.all, &v.Enrolled
	a.Places, a.Waits, a.Requests, a.Refused, a.Errors = a.Places+x.Places, a.Waits+x.Waits, a.Requests+x.Requests, a.Refused+x.Refused, a.Errors+x.Errors
	a.Get.Add(&x.Get)
	a.Post.Add(&x.Post)
	a.LastAsked = max(a.LastAsked, x.LastAsked)
	if x.Waits > 0 {
		a.FirstRefused = min(a.FirstRefused, x.FirstRefused)
	}
	a.Wrong = append(a.Wrong, x.Wrong[:min(len(x.Wrong), mostWrong-min(len(a.Wrong), mostWrong))]...)
	return nil
}

// enroller is one connection.
type enroller struct {
	Enrolled
	c       *enrolling
	conn    *Conn
	cookies []string
	unzip   *gzip.Reader
	page    bytes.Buffer
}

// ask sends a request, and again as long as the answer is to come later.
func (v *enroller) ask(path, body string) (Answer, error) {
	for try := 0; ; try++ {
		method, to := "GET", &v.Get
		if body != "" {
			method, to = "POST", &v.Post
		}
		buf := append([]byte(method+" "+path), v.c.fixed...)
		if len(v.cookies) > 0 {
			buf = append(buf, "Cookie: "+strings.Join(v.cookies, "; ")+"\r\n"...)
		}
		if body != "" {
			buf = append(buf, "Origin: http://"+v.c.plan.Addr+"\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "+strconv.Itoa(len(body))+"\r\n"...)
		}
		begun := time.Now()
		a, err := v.conn.Do(append(append(buf, "\r\n"...), body...))
		v.Requests++
		if err != nil {
			return a, err
		}
		if a.Status == 503 && try < 20 && a.RetryAfter > 0 {
			v.Refused++
			time.Sleep(a.RetryAfter)
			continue
		}
		to.Record(time.Since(begun))
		p := person{cookies: v.cookies}
		p.keep(a.Cookies)
		v.cookies = p.cookies
		return a, nil
	}
}

// text is a page as it is read.
func (v *enroller) text(a Answer, err error, status int) (string, error) {
	if err != nil {
		return "", err
	}
	if a.Status != status {
		return "", fmt.Errorf("got %d, want %d", a.Status, status)
	}
	if !bytes.HasPrefix(a.Body, []byte{0x1f, 0x8b}) {
		return string(a.Body), nil
	}
	if v.unzip == nil {
		v.unzip, err = gzip.NewReader(bytes.NewReader(a.Body))
	} else {
		err = v.unzip.Reset(bytes.NewReader(a.Body))
	}
	if err != nil {
		return "", err
	}
	v.page.Reset()
	_, err = io.Copy(&v.page, v.unzip)
	return v.page.String(), err
}

// enrol is one person, from the page of the course to the receipt.
func (v *enroller) enrol(id int) error {
	v.cookies = nil
	path := v.c.plan.Path
	a, err := v.ask(path, "")
	if _, err := v.text(a, err, 200); err != nil {
		return fmt.Errorf("the course: %w", err)
	}
	a, err = v.ask(path+"/enrol", "")
	page, err := v.text(a, err, 200)
	if err != nil {
		return fmt.Errorf("who comes: %w", err)
	}
	_, after, _ := strings.Cut(page, `name="form" value="`)
	form, _, ok := strings.Cut(after, `"`)
	if !ok {
		return errors.New("who comes: the page has no form")
	}
	asked := time.Since(v.c.begun)
	a, err = v.ask(path+"/enrol", fmt.Sprintf("form=%s&rows=1&name-1=Osallistuja+%d", form, id))
	told := time.Since(v.c.begun)
	if err != nil || a.Status != 303 {
		return fmt.Errorf("a place: got %d: %w", a.Status, errors.Join(errNoPlace, err))
	}
	at := a.Location
	a, err = v.ask(at, "")
	if page, err = v.text(a, err, 200); err != nil {
		return fmt.Errorf("the form: %w", err)
	}
	held := strings.Contains(page, "longer=yes") // more time can be asked for a place that is held alone
	a, err = v.ask(at, fmt.Sprintf("email=person.%d%%40people.example&phone=&note=&wait=yes", id))
	if err != nil || a.Status != 303 {
		return fmt.Errorf("sending: got %d: %w", a.Status, errors.Join(errNoPlace, err))
	}
	a, err = v.ask(a.Location, "")
	if _, err = v.text(a, err, 200); err != nil {
		return fmt.Errorf("the receipt: %w", err)
	}
	if held {
		v.Places++
		v.LastAsked = max(v.LastAsked, asked)
		return nil
	}
	if v.Waits++; v.Waits == 1 || told < v.FirstRefused {
		v.FirstRefused = told
	}
	return nil
}
