package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"luukku/app"
	"luukku/base/ids"
)

// bareSpec is what the bare loop is to book: times of a file, one "office start" a line.
type bareSpec struct {
	Installation
	Org       ids.Org     `json:"org"`
	Service   ids.Service `json:"service"`
	TimesFile string      `json:"times_file"`
}

// bareRun is one round of the bare loop.
type bareRun struct {
	Batch int           `json:"batch"` // bookings in one transaction
	Most  int           `json:"most"`  // that are made ready for the round
	Time  time.Duration `json:"time"`
}

// bare is the peer of booking: the product's own statements for the same rows, and nothing else. What is to be written is made ready before a round.
type bare struct {
	spec  bareSpec
	app   *app.App
	pen   *scribe
	times []FixtureTime
}

func openBare(ctx context.Context, spec json.RawMessage) (part, error) {
	b := &bare{}
	if err := json.Unmarshal(spec, &b.spec); err != nil {
		return nil, err
	}
	var err error
	if b.times, err = readTimes(b.spec.TimesFile); err != nil {
		return nil, err
	}
	if b.app, err = b.spec.Open(ctx); err != nil {
		return nil, err
	}
	b.pen = newScribe(b.app, "bare", 5_000_000)
	debug.SetGCPercent(400) // what is made ready is alive through the round: collecting it again and again is no work of the peer's
	return b, nil
}

func readTimes(file string) ([]FixtureTime, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read which times to book: %w", err)
	}
	var out []FixtureTime
	for line := range strings.Lines(string(text)) {
		office, start, _ := strings.Cut(strings.TrimSpace(line), " ")
		unix, err := strconv.ParseInt(start, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("read which times to book: %w", err)
		}
		out = append(out, FixtureTime{Office: ids.Office(office), Start: unix})
	}
	return out, nil
}

// Call makes ready or runs a round.
func (b *bare) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	if do != "run" {
		return nil, fmt.Errorf("the bare loop cannot %s", do)
	}
	var r bareRun
	if err := json.Unmarshal(args, &r); err != nil {
		return nil, err
	}
	if err := b.ready(ctx, r.Most); err != nil {
		return nil, err
	}
	return b.run(ctx, r)
}

func (b *bare) ready(ctx context.Context, n int) error {
	for len(b.pen.changes) < n && len(b.times) > 0 {
		if err := b.pen.book(ctx, b.spec.Org, b.spec.Service, b.times[0]); err != nil {
			return fmt.Errorf("make a bare booking ready: %w", err)
		}
		b.times = b.times[1:]
	}
	if len(b.pen.changes) == 0 {
		return errors.New("the bare loop has no times left")
	}
	runtime.GC()
	return nil
}

// run writes until the time is over or nothing is left.
func (b *bare) run(ctx context.Context, r bareRun) (Measure, error) {
	m := Measure{Latency: &Histogram{}}
	before, begun := usage().CPU, time.Now()
	for len(b.pen.changes) > 0 && time.Since(begun) < r.Time {
		n := min(r.Batch, len(b.pen.changes))
		from := time.Now()
		if err := b.app.Store.CommitBare(ctx, b.pen.changes[:n]); err != nil {
			return Measure{}, err
		}
		m.Latency.Record(time.Since(from))
		b.pen.changes = b.pen.changes[n:]
		m.Ops += int64(n)
	}
	m.Elapsed, m.CPU = time.Since(begun), usage().CPU-before
	return m, nil
}

func (b *bare) Close() error { return b.app.Close() }
