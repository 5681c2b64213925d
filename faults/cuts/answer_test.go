package cuts

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/faults/report"
	"luukku/store/pgtest"
)

// loss is a way to lose an answer after the request has been delivered.
type loss int

// The ways.
const (
	hungUp  loss = iota // the connection ends at once
	reset               // it is torn down at once
	begun               // after the first byte of the answer
	halfway             // somewhere in the answer
	losses
)

// lose sends a form and never learns the answer.
func (p *person) lose(ctx context.Context, f form, how loss, bytes int64) error {
	r, err := p.request(ctx, f)
	if err != nil {
		return err
	}
	for _, k := range p.http.Jar.Cookies(r.URL) {
		r.AddCookie(k)
	}
	c, err := new(net.Dialer).DialContext(ctx, "tcp", r.URL.Host)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := r.Write(c); err != nil {
		return err
	}
	switch how {
	case hungUp:
		return nil
	case reset:
		return c.(*net.TCPConn).SetLinger(0)
	case begun:
		bytes = 1
	}
	if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		return err
	}
	_, err = io.CopyN(io.Discard, bufio.NewReader(c), bytes)
	if err == io.EOF { // the whole answer was shorter
		return nil
	}
	return err
}

// Answers are lost after the request was delivered, and the same form is sent again, or twice at once, and again from the confirmation: one booking each,
// and the same answer.
func TestLostAnswers(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(*testing.T) string{
		"SQLite":     func(*testing.T) string { return "sqlite::memory:" },
		"PostgreSQL": func(t *testing.T) string { return pgtest.DSN(t, migrate) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			loseAnswers(t, name, dsn(t))
		})
	}
}

func loseAnswers(t *testing.T, name, dsn string) {
	mail := openPost(t)
	h := open(t, dsn, mail)
	n := report.Size(500, 5000)
	c := &crowd{ledger: newLedger(), places: h.places(t, report.Size(4, 30)), bases: []string{h.base}}
	var lost [clients]int
	for i := range clients {
		c.all.Go(func() {
			chance := rand.New(rand.NewPCG(uint64(i), 4)) //nolint:gosec // no secret
			for k := 0; lost[i] < (n+clients-1)/clients; k++ {
				v := &visit{crowd: c, chance: chance, here: newPerson(h.base), name: fmt.Sprintf("loser-%d-%d@town.example", i, k)}
				v.there = v.here
				lost[i] += v.forgetful(t.Context())
				v.here.http.CloseIdleConnections()
			}
		})
	}
	c.all.Wait()
	states := quiet(t, h.data, mail, 10*time.Second)
	f := c.ledger.compare(t, h.data)
	f.report(t)
	all := 0
	for _, one := range lost {
		all += one
	}
	report.Line(t, "lost answers on "+name, report.Of(all, "runs"), report.Of(c.ledger.acknowledged(), "acknowledged"), report.Of(f.lost, "lost"),
		report.Of(f.doubles, "doubles"), report.Of(states["sent"], "mails sent"))
}

// forgetful books, and mostly moves and cancels, and loses each answer at first; it returns how many were lost.
func (v *visit) forgetful(ctx context.Context) (lost int) {
	w := v.pick()
	last, ok := byProgram(w, v.key("book")), true
	var stopped answer
	if v.likely(50) {
		last, stopped, ok = v.here.byPages(ctx, w)
	}
	if !ok {
		v.crowd.ledger.told(v.name, nil, stopped)
		return 0
	}
	a := v.again(ctx, last)
	lost++
	if a.sure() != yes {
		v.crowd.ledger.told(v.name, nil, a)
		return lost
	}
	k := &kept{code: v.codeOf(ctx, a), start: w.start}
	v.crowd.ledger.told(v.name, k, a)
	if to := v.otherTime(w); to != w.start && v.likely(30) {
		lost++
		if v.again(ctx, moving(k.code, to, v.key("move"))).sure() == yes {
			k.start, k.moves = to, k.moves+1
		}
	}
	if v.likely(60) {
		lost++
		k.cancelled = v.again(ctx, cancelling(k.code, v.key("cancel"))).sure() == yes
	}
	return lost
}

// again loses the answer to a form, sends it again, half of the time twice at once, and once more afterwards, as from the page before. Whoever was told yes
// is told the same yes ever after. A no may become a yes: a refused form leaves its key free, and somebody else may have given the time up meanwhile.
func (v *visit) again(ctx context.Context, f form) (last answer) {
	var all sync.WaitGroup
	answers := make([]answer, 1+v.chance.IntN(2))
	how, part := loss(v.chance.IntN(int(losses))), 1+v.chance.Int64N(400)
	all.Go(func() {
		if err := v.here.lose(ctx, f, how, part); err != nil {
			v.crowd.ledger.complain("%s: lose an answer: %v", v.name, err)
		}
	})
	if len(answers) == 1 {
		all.Wait() // the answer is lost before the form is sent again
	}
	for i := range answers {
		all.Go(func() { answers[i] = v.here.send(ctx, f) })
	}
	all.Wait()
	last = v.here.send(ctx, f)
	for _, a := range append(answers, last) {
		if a.sure() == unknown || a.sure() == broken || a.sure() == yes && (last.sure() != yes || told(a) != told(last)) {
			v.crowd.ledger.complain("%s: the same form was answered %s and then %s", v.name, a, last)
		}
	}
	return last
}

// told is what an answer says of the booking, and no repeat may say otherwise.
func told(a answer) string {
	if a.sure() != yes {
		return ""
	}
	if a.status == http.StatusSeeOther {
		to, _, _ := strings.Cut(a.header.Get("Location"), "?")
		return to
	}
	return a.code()
}
