package crash

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"strings"
	"time"
	_ "time/tzdata"

	"luukku/app"
	"luukku/base/config"
	"luukku/base/fault"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/store/sqldb"
)

// childVariable is what makes this test program the process that is ended: "book" lets clients book inside of it, "answer" lets people text and staff answer,
// "letters" sends to many and prints, "serve" is the server.
const childVariable = "LUUKKU_CRASH_CHILD"

// clients is how many book at once.
const clients = 16

// child is the product in a process of its own. What it acknowledges it writes to file descriptor 3, a line each, at the moment of the answer.
type child struct {
	app *app.App
	out *os.File
}

func runChild(mode string) error {
	ctx := context.Background()
	c := &child{out: os.NewFile(3, "acknowledgements")}
	settings, err := config.Load("", os.Getenv)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	if c.app, err = app.Open(ctx, settings, app.Options{Log: log}); err != nil {
		return fmt.Errorf("open: %w", err)
	}
	if err := build(ctx, c.app); err != nil {
		return fmt.Errorf("build the town: %w", err)
	}
	switch mode {
	case "serve":
		return c.serve(ctx)
	case "letters":
		return c.post(ctx, settings.Data)
	}
	work := c.client
	if mode == "answer" {
		if err := c.again(ctx, settings.Data); err != nil {
			return err
		}
		work = c.writer
	}
	c.say("ready")
	for n := range clients {
		go work(ctx, n)
	}
	return c.obey(ctx)
}

// say writes a line in one piece, as pipes take it.
func (c *child) say(format string, args ...any) {
	if _, err := fmt.Fprintf(c.out, format+"\n", args...); err != nil {
		os.Exit(3) // nobody listens any more
	}
}

func (c *child) serve(ctx context.Context) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	c.say("ready %s", l.Addr())
	go func() {
		_ = c.obey(ctx)
		os.Exit(0)
	}()
	return c.app.Serve(ctx, l)
}

// obey does what standard input says, and ends with it: whoever started this process is gone then.
func (c *child) obey(ctx context.Context) error {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var pages int64
		if _, err := fmt.Sscanf(in.Text(), "pages %d", &pages); err == nil {
			if err := c.limitPages(ctx, pages); err != nil {
				return err
			}
			c.say("limited")
		}
	}
	return in.Err()
}

// limitPages bounds the SQLite file: to so many pages more than it has, or not at all when negative. The limit is one of the writing connection.
func (c *child) limitPages(ctx context.Context, more int64) error {
	return c.app.Store.DB().InTx(ctx, func(ctx context.Context, tx *sqldb.Tx) error {
		limit := int64(1) << 30
		if more >= 0 {
			if err := tx.QueryRowContext(ctx, "PRAGMA page_count").Scan(&limit); err != nil {
				return err
			}
			limit += more
		}
		var got int64
		return tx.QueryRowContext(ctx, fmt.Sprintf("PRAGMA max_page_count = %d", limit)).Scan(&got)
	})
}

// client books, holds, moves and cancels, one thing after the other. A line says what was answered; before the fate of something acknowledged is put
// at stake, a line says so.
func (c *child) client(ctx context.Context, n int) {
	chance := rand.New(rand.NewPCG(rand.Uint64(), uint64(n)))
	var mine []booking.Appointment
	for i := 0; ; i++ {
		name := fmt.Sprintf("client %d-%d-%d", os.Getpid(), n, i)
		var err error
		switch kind := chance.IntN(10); {
		case kind < 2:
			err = c.hold(ctx, chance, name, &mine)
		case kind < 4 && len(mine) > 0:
			err = c.move(ctx, chance, &mine[chance.IntN(len(mine))])
		case kind < 5 && len(mine) > 0:
			last := len(mine) - 1
			err = c.cancel(ctx, mine[last])
			mine = mine[:last]
		default:
			err = c.book(ctx, chance, name, &mine)
		}
		if err != nil {
			c.tell(err)
		}
	}
}

// tell says what else was answered. Refusals are part of the traffic; a fault of ours is not.
func (c *child) tell(err error) {
	switch f := fault.Of(err); f.Kind {
	case fault.KindConflict:
		return
	case fault.KindUnavailable:
		c.say("unavailable %s", f.Key)
	default:
		c.say("error %s", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	time.Sleep(5 * time.Millisecond) // what is broken is not asked in a loop
}

func visitor(name string) actor.Actor { return actor.Visitor([]byte("session of "+name), "192.0.2.1") }

func details(name string) booking.Details {
	return booking.Details{Name: name, Lang: "en", Email: strings.ReplaceAll(name, " ", ".") + "@example.org"}
}

func (c *child) book(ctx context.Context, chance *rand.Rand, name string, mine *[]booking.Appointment) error {
	p := anywhere(chance, "stamp")
	if chance.IntN(10) == 0 {
		p = crowded(chance)
	}
	b, err := c.app.Booking.Book(ctx, visitor(name), booking.BookRequest{
		Org: town, Service: "stamp", Office: p.office, Start: p.start, Details: details(name), Key: c.app.Booking.Gen.FormKey(),
	})
	if err != nil {
		return err
	}
	c.sayAppointment(b.Appointment)
	*mine = append(*mine, b.Appointment)
	return nil
}

func (c *child) sayAppointment(a booking.Appointment) {
	c.say("appointment %s %s %d %d %d %s", a.ID, a.Unit, a.Start, a.BusyUntil, a.Sequence, a.Status)
}

func (c *child) hold(ctx context.Context, chance *rand.Rand, name string, mine *[]booking.Appointment) error {
	p := anywhere(chance, "permit")
	who := visitor(name)
	d, err := c.app.Booking.Pick(ctx, who, booking.PickRequest{Org: town, Service: "permit", Office: p.office, Start: p.start, Lang: "en"})
	if err != nil {
		return err
	}
	c.say("hold %s %s %d", d.Hold, d.ID, d.HoldUntil)
	if chance.IntN(2) == 0 {
		return nil // walks away
	}
	if _, err := c.app.Booking.SaveDetails(ctx, who, town, d.ID, details(name)); err != nil {
		return err
	}
	c.say("stake %s", d.Hold)
	b, err := c.app.Booking.BookDraft(ctx, who, town, d.ID)
	if err != nil {
		return err
	}
	c.sayAppointment(b.Appointment)
	*mine = append(*mine, b.Appointment)
	return nil
}

func (c *child) move(ctx context.Context, chance *rand.Rand, a *booking.Appointment) error {
	p := anywhere(chance, a.Service)
	if p.office == a.Office && p.start == a.Start {
		return nil // it is there already
	}
	c.say("stake %s", a.ID)
	moved, err := c.app.Booking.Move(ctx, proven(*a), booking.MoveRequest{
		Org: town, ID: a.ID, Office: p.office, Start: p.start, Key: c.app.Booking.Gen.FormKey(),
	})
	if err != nil {
		return err
	}
	*a = moved
	c.sayAppointment(moved)
	return nil
}

func (c *child) cancel(ctx context.Context, a booking.Appointment) error {
	c.say("stake %s", a.ID)
	cancelled, err := c.app.Booking.Cancel(ctx, proven(a), booking.CancelRequest{Org: town, ID: a.ID, Key: c.app.Booking.Gen.FormKey()})
	if err != nil {
		return err
	}
	c.sayAppointment(cancelled)
	return nil
}

func proven(a booking.Appointment) actor.Actor {
	return actor.Visitor(nil, "192.0.2.1", actor.Appointment{Org: a.Org, ID: a.ID})
}
