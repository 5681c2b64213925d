package bench

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

const megabytes = 1 << 20

// memoryRows are what the server takes: memory and the time to start. Their figures stand for themselves.
var memoryRows = []Row{
	{
		Name: "memory/full", About: "memory of the server (RSS) with a million live bookings at 400 offices, after all their pages were shown",
		Target: Target{AtMost: true, Value: 200, Unit: "MB"},
		Run:    func(ctx context.Context, e *Env) (Result, error) { return measureMemory(ctx, e, e.bookFixture()) },
	},
	{
		Name: "memory/idle", About: "memory of the server (RSS) with one office and no bookings, after its page was shown",
		Target: Target{AtMost: true, Value: 60, Unit: "MB"},
		Run:    func(ctx context.Context, e *Env) (Result, error) { return measureMemory(ctx, e, emptyFixture()) },
	},
	{
		Name: "start/empty", About: "from starting the program to the first page of free times, with one office and no bookings",
		Target: Target{AtMost: true, Value: 150, Unit: "ms"},
		Run:    func(ctx context.Context, e *Env) (Result, error) { return measureStart(ctx, e, emptyFixture()) },
	},
	{
		Name: "start/full", About: "the same with a million bookings at 400 offices", Target: Target{AtMost: true, Value: 2000, Unit: "ms"},
		Run: func(ctx context.Context, e *Env) (Result, error) { return measureStart(ctx, e, e.bookFixture()) },
	},
}

// emptyFixture is an installation where nothing has happened yet.
func emptyFixture() FixtureSpec {
	s := standardFixture(0)
	s.Offices, s.Units = 1, 1
	return s
}

// quickly says what a quick run has less of.
func (s FixtureSpec) quickly(e *Env) string {
	if !e.Quick || s.Live == 0 {
		return ""
	}
	return fmt.Sprintf("quick: %d bookings instead of a million, so the target says little", s.Live)
}

// measureMemory starts the server several times, each time shows every office's page twice, and looks what it takes then. Nothing is collected for the
// occasion.
func measureMemory(ctx context.Context, e *Env, spec FixtureSpec) (Result, error) {
	in, err := e.Filled(ctx, spec)
	if err != nil {
		return Result{}, err
	}
	var resident, live []float64
	var all Measure
	for range e.Rounds() {
		u, collected, m, err := memoryOnce(ctx, e, in)
		if err != nil {
			return Result{}, err
		}
		resident, live = append(resident, float64(u.RSS)/megabytes), append(live, float64(collected.Heap)/megabytes)
		all.add(m)
	}
	return Result{
		Ratio: median(resident), IQR: iqr(resident), CPU: all.perOp(), N: all.Ops,
		Figures: map[string]float64{"heap_mb": median(live)}, Note: spec.quickly(e),
	}, nil
}

func memoryOnce(ctx context.Context, e *Env, in Installation) (now, collected Usage, m Measure, err error) {
	load, err := e.Loader(ctx)
	if err != nil {
		return now, collected, m, err
	}
	s, err := e.Product(ctx, in)
	if err != nil {
		return now, collected, m, err
	}
	p := &pages{in: in, load: load, s: s}
	weeks := p.weeks()
	got, m, err := s.Under(ctx, load, Load{
		Conns: 2, Time: time.Minute, Method: "GET", Headers: browser, Paths: append(weeks, weeks...), Once: true,
	})
	if err != nil {
		return now, collected, m, err
	}
	if m, err = s.judge(got, m, http.StatusOK); err != nil {
		return now, collected, m, err
	}
	if now, err = s.Usage(ctx); err != nil {
		return now, collected, m, err
	}
	if err := s.Call(ctx, "collected", nil, &collected); err != nil {
		return now, collected, m, err
	}
	return now, collected, m, s.Stop()
}

// measureStart starts the server several times. The data was opened before, so the schema is there.
func measureStart(ctx context.Context, e *Env, spec FixtureSpec) (Result, error) {
	in, err := e.Filled(ctx, spec)
	if err != nil {
		return Result{}, err
	}
	var took []float64
	var cpu time.Duration
	for i := range e.Rounds() + 1 {
		ms, u, err := startOnce(ctx, e, in)
		if err != nil {
			return Result{}, err
		}
		if i > 0 { // the first reads the files into the system's memory
			took, cpu = append(took, ms), cpu+u.CPU
		}
	}
	return Result{
		Ratio: median(took), IQR: iqr(took), CPU: micros(cpu) / float64(len(took)), N: int64(len(took)), Note: spec.quickly(e),
	}, nil
}

func startOnce(ctx context.Context, e *Env, in Installation) (ms float64, u Usage, err error) {
	begun := time.Now()
	s, err := e.startProduct(ctx, in)
	if err != nil {
		return 0, u, err
	}
	p := &pages{in: in, s: s}
	if _, err := p.look(p.weeks()[0]); err != nil {
		return 0, u, err
	}
	ms = micros(time.Since(begun)) / 1000
	if u, err = s.Usage(ctx); err != nil {
		return 0, u, err
	}
	return ms, u, s.Stop()
}
