package cuts

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"luukku/faults/report"
	"luukku/store/sqldb"
)

// texting is a server on SQLite in a process of its own, and the network that its text messages go to.
type texting struct {
	*node
	net  *network
	d    *sqldb.DB
	base atomic.Pointer[string] // where it answers, also while it is being killed

	book  []wanted
	asked atomic.Int64
	mu    sync.Mutex
	yes   []string // those whose booking was acknowledged
	wrote []string // the references of messages that were taken from people
}

func startTexting(t *testing.T) *texting {
	t.Helper()
	dir := t.TempDir()
	x := &texting{net: openNetwork(t)}
	secret := filepath.Join(dir, "secret")
	if err := os.WriteFile(secret, []byte("s3cret"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := "sqlite:" + filepath.Join(dir, "luukku.db")
	n := &node{number: 1, listen: "127.0.0.1:0", log: &record{}, env: os.Environ()}
	env := settings(filepath.Join(dir, "data"), file, openPost(t))
	maps.Copy(env, map[string]string{
		"LUUKKU_SMS_KIND": "kannel", "LUUKKU_SMS_URL": x.net.srv.URL + "/cgi-bin/sendsms", "LUUKKU_SMS_USERNAME": "luukku", "LUUKKU_SMS_PASSWORD_FILE": secret,
		"LUUKKU_SMS_RECEIVE_SECRET_FILE": secret, "LUUKKU_SMS_BURST": "1000000", "LUUKKU_SMS_PREFIXES": "+358",
	})
	for k, v := range env {
		n.env = append(n.env, k+"="+v)
	}
	n.start(t)
	t.Cleanup(n.end)
	x.node = n
	x.here()
	x.net.behave(func() { x.net.tell = x.net.deliver(func() string { return *x.base.Load() }) })
	x.d = openDirect(t, file)
	first := &town{base: n.base()}
	for _, p := range first.places(t, 20) {
		for _, s := range p.starts {
			if p.service == "quick" {
				x.book = append(x.book, wanted{p.service, p.office, s, ""})
			}
		}
	}
	return x
}

func (x *texting) here() {
	b := x.node.base()
	x.base.Store(&b)
}

// number is the n-th person's: far from those of others, so that nobody takes them for a script's.
func number(n int64) string { return fmt.Sprintf("+35840%07d", n*7919%10_000_000) }

// person books the next time with a mobile number, and writes a text message, each until it is settled.
func (x *texting) person(ctx context.Context) {
	i := x.asked.Add(1)
	w := x.book[int(i*37)%len(x.book)]
	w.email = fmt.Sprintf("p%d@example.org", i)
	f := program(http.MethodPost, "/appointments", fmt.Sprintf("form-of-text-%d", i), map[string]string{
		"service": w.service, "office": w.office, "start": w.start, "name": "Specimen Person", "email": w.email, "phone": number(i), "lang": "en",
	})
	for ctx.Err() == nil {
		a := newPerson(*x.base.Load()).send(ctx, f)
		if a.sure() == yes {
			x.mu.Lock()
			x.yes = append(x.yes, w.email)
			x.mu.Unlock()
		}
		if a.sure() == yes || a.sure() == no && a.status != http.StatusServiceUnavailable {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if ctx.Err() != nil {
		return
	}
	ref := fmt.Sprintf("m-%d", i)
	u := &url.URL{Scheme: "http", User: url.UserPassword("main", "s3cret"), Path: "/sms/main/in", RawQuery: url.Values{
		"from": {number(i + 5_000_000)}, "to": {"16400"}, "text": {"HELP"}, "id": {ref},
	}.Encode()}
	for range 2 { // gateways repeat themselves
		x.net.deliver(func() string { return *x.base.Load() })(u)
	}
	x.mu.Lock()
	x.wrote = append(x.wrote, ref)
	x.mu.Unlock()
}

// killedInText kills the server at the moment when the network has a message and has not yet answered, and starts it again.
func (x *texting) killedInText(t *testing.T) {
	t.Helper()
	got := make(chan struct{}, 1)
	var once sync.Once
	x.net.behave(func() {
		x.net.gate = func(string) {
			once.Do(func() {
				x.signal(t, syscall.SIGKILL)
				x.standStill()
				got <- struct{}{}
			})
		}
	})
	select {
	case <-got:
	case <-time.After(30 * time.Second):
		t.Fatalf("no text message for 30 s\n%s", lastLines(x.log))
	}
	x.net.behave(func() { x.net.gate = nil })
	x.kill(t)
	x.node.start(t)
	x.here()
}

// A gateway that is down, busy, garbled, takes a message and dies, refuses, and repeats its receipts out of order; and kill -9 of the server in the middle of
// sending, and at any time. Whoever was told that they have a time is told of it by one text message, or the desk sees why not; none comes twice; of what
// nobody can know the desk is told. What people write is kept once and answered once.
func TestTextsInTrouble(t *testing.T) {
	t.Parallel()
	x := startTexting(t)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var people sync.WaitGroup
	for range 4 {
		people.Go(func() {
			for ctx.Err() == nil {
				x.person(ctx)
				time.Sleep(30 * time.Millisecond)
			}
		})
	}
	kills := report.Size(4, 100)
	chance := rand.New(rand.NewPCG(9, 10)) //nolint:gosec // no secret
	for i := range kills {
		if i%2 == 0 {
			x.killedInText(t)
		} else {
			time.Sleep(time.Duration(100+chance.IntN(400)) * time.Millisecond)
			x.kill(t)
			x.node.start(t)
			x.here()
		}
	}
	stop()
	people.Wait()
	x.net.behave(func() { x.net.decent = true })
	x.settled(t)
	x.net.busy.Wait()
	x.hold(t, kills)
}

// settled waits until nothing is on its way but what waits to be tried again.
func (x *texting) settled(t *testing.T) {
	t.Helper()
	for end := time.Now().Add(45 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		open := 0
		for _, q := range []string{
			"SELECT count(*) FROM notice n WHERE n.state = 'waiting'", "SELECT count(*) FROM text_out WHERE state IN ('waiting', 'begun')", "SELECT count(*) FROM text_in WHERE state = 'new'",
		} {
			query(t, x.d, q, func(scan func(...any) error) error {
				n := 0
				err := scan(&n)
				open += n
				return err
			})
		}
		if open == 0 || time.Now().After(end) {
			return
		}
	}
}

// hold holds what people were told, and what the network has, against what the server says of it.
func (x *texting) hold(t *testing.T, kills int) {
	t.Helper()
	x.net.mu.Lock()
	defer x.net.mu.Unlock()
	lost, doubles := 0, 0
	notices := map[string]int{}
	query(t, x.d, "SELECT a.email FROM notice n JOIN appointment a ON a.org = n.org AND a.id = n.appointment WHERE n.channel = 'sms'", func(scan func(...any) error) error {
		email := ""
		err := scan(&email)
		notices[email]++
		return err
	})
	for _, email := range x.yes {
		if notices[email] != 1 {
			lost++
			t.Errorf("%s has a time and %d notices by text message, want 1", email, notices[email])
		}
	}
	for ref, n := range x.net.has {
		if n > 1 {
			doubles++
			t.Errorf("the network has %s %d times; its tries: %s", ref, n, tries(t, x.d, ref))
		}
	}
	states := map[string]int{}
	const messages = `SELECT id, state, fate FROM notice WHERE channel = 'sms' UNION ALL SELECT id, state, fate FROM text_out`
	query(t, x.d, messages, func(scan func(...any) error) error {
		var id, state, fate string
		if err := scan(&id, &state, &fate); err != nil {
			return err
		}
		states[state]++
		has, told := x.net.has[id], x.net.told[id]
		want := map[string]string{"": "", "1": "delivered", "2": "failed"}[told]
		switch {
		case fate != want:
			t.Errorf("%s: the network told %q, the server knows %q (%s)", id, want, fate, state)
		case state == "sent" && has != 1:
			t.Errorf("%s is sent, and the network has it %d times", id, has)
		case state == "failed" && told != "2" && !x.net.denied[id]:
			t.Errorf("%s has failed, and the network has said neither that it refuses it nor that it did not arrive", id)
		case state == "unknown" && told != "":
			t.Errorf("%s is unknown, and the network told %q", id, told)
		case state == "waiting" && has > 0 || state == "begun" || state == "dropped":
			t.Errorf("%s is %s, and the network has it %d times", id, state, has)
		}
		return nil
	})
	const forgotten = `SELECT n.id FROM notice n WHERE n.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM task k WHERE k.uniq = n.id AND k.dead_at IS NULL)
		UNION ALL SELECT i.id FROM text_in i WHERE i.state = 'new'
		UNION ALL SELECT o.id FROM text_out o WHERE o.state = 'waiting' AND NOT EXISTS (SELECT 1 FROM task k WHERE k.uniq = o.id AND k.dead_at IS NULL)`
	query(t, x.d, forgotten, func(scan func(...any) error) error {
		id := ""
		err := scan(&id)
		lost++
		t.Errorf("%s waits, and no task will see to it", id)
		return err
	})
	kept := map[string]int{}
	query(t, x.d, "SELECT ref FROM text_in", func(scan func(...any) error) error {
		ref := ""
		err := scan(&ref)
		kept[ref]++
		return err
	})
	for _, ref := range x.wrote {
		if kept[ref] != 1 {
			lost++
			t.Errorf("%s was taken, and is there %d times", ref, kept[ref])
		}
	}
	answers := 0
	query(t, x.d, "SELECT count(*) FROM text_out", func(scan func(...any) error) error { return scan(&answers) })
	if in := len(kept); answers != in {
		t.Errorf("%d texts from people have %d answers", in, answers)
	}
	if len(x.yes) == 0 || len(x.wrote) == 0 || x.net.tried[takesAndDies] == 0 {
		t.Errorf("too little happened: %d bookings, %d texts, %v", len(x.yes), len(x.wrote), x.net.tried)
	}
	report.Line(t, "text messages in trouble", report.Of(kills, "runs"), report.Of(len(x.yes)+len(x.wrote), "acknowledged"), report.Of(lost, "lost"), report.Of(doubles, "doubles"),
		report.Of(len(x.net.has), "texts"), report.Of(states["unknown"], "texts unknown"), report.Of(states["failed"], "texts failed"), report.Of(states["waiting"], "texts waiting"))
}

// While the gateway answers nobody, bookings are made as always, and each waits to be told of: the order of what happens says so, and no clock.
func TestBookingDoesNotWaitForAGatewayThatHangs(t *testing.T) {
	t.Parallel()
	x := startTexting(t)
	hang := make(chan struct{})
	x.net.behave(func() { x.net.hang, x.net.decent = hang, true })
	const most = 40
	for len(x.yes) < most {
		x.person(t.Context())
	}
	x.net.mu.Lock()
	stuck, has := x.net.stuck, len(x.net.has)
	x.net.mu.Unlock()
	if stuck == 0 || has != 0 {
		t.Fatalf("%d messages wait for the gateway and %d have its answer: it does not hang", stuck, has)
	}
	x.net.release()
	x.settled(t)
	x.net.busy.Wait()
	x.net.mu.Lock()
	defer x.net.mu.Unlock()
	for ref, n := range x.net.has {
		if n != 1 {
			t.Errorf("the network has %s %d times", ref, n)
		}
	}
	if len(x.net.has) < most {
		t.Errorf("the network has %d messages of %d bookings", len(x.net.has), most)
	}
}
