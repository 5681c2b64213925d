// Package bench measures this program on the machine it runs on: what "luukku bench" does, so that whoever buys a machine can size it.
//
// An absolute time says little about a machine that others use too, so every figure is a ratio: the subject (the server, as "luukku serve" runs it)
// against a peer (what the engine or the machine does at its barest), in alternating rounds of the same run. The ratio is the median of the rounds'
// ratios, the inter-quartile range says how far to trust it, and the server's own CPU time for each operation is the second witness. Server, peer and
// load are processes of their own. A fast wrong answer fails: what was acknowledged is counted in the database, and contradictions are looked for.
//
// The rows are a table (rows); each brings its peer along. What the rows mean is told in docs/benchmarks.md.
package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Row is one line of the table: what is measured against what.
type Row struct {
	Name  string
	About string // what the subject does
	Peer  string // what it is held against; empty when the target is absolute
	// Postgres says that the row needs PostgreSQL: the named database, or a cluster that the bench starts for itself.
	Postgres bool
	Target   Target
	Run      func(ctx context.Context, e *Env) (Result, error)
}

// Target is what a row must reach.
type Target struct {
	AtMost bool // the ratio must not be above Value; otherwise not below it
	Value  float64
	Unit   string // of ratio and target when they are no ratio: "ms", "MB"; empty for a ratio
}

// atLeast and atMost are targets of ratios.
func atLeast(v float64) Target { return Target{Value: v} }
func atMost(v float64) Target  { return Target{Value: v, AtMost: true} }

// Reached reports whether a value reaches the target.
func (t Target) Reached(v float64) bool {
	if t.AtMost {
		return v <= t.Value
	}
	return v >= t.Value
}

func (t Target) String() string {
	sign := ">="
	if t.AtMost {
		sign = "<="
	}
	return strings.TrimSpace(fmt.Sprintf("%s %g %s", sign, t.Value, t.Unit))
}

// Result is what a row measured.
type Result struct {
	Ratio float64 // the median of the rounds, or a value in the target's unit
	IQR   float64 // inter-quartile range of the rounds
	CPU   float64 // the server's CPU time for each operation, in microseconds; 0 when there is no such operation
	N     int64   // operations of the subject, all rounds together
	// Figures are further measures by name, such as "get_p99_ms".
	Figures map[string]float64
	Note    string // what a reader must know: how much it was shortened
	// Wrong are answers that must not be: each fails the row, whatever the ratio.
	Wrong []string
}

// ErrSkipped is what a row returns that cannot run on this machine, wrapped with why. A skipped row is told loudly and fails nothing.
var ErrSkipped = errors.New("skipped")

// rows returns every row, in the order they run and print.
func rows() []Row {
	return slices.Concat(selfRows, bookRows, auditRows, peopleRows, deskRows, pageRows, freeRows, catalogueRows, formRows, memoryRows, growthRows, crowdRows, courseRows, textRows, lobbyRows, mailRows, submissionRows)
}

// selfRows measure the measure.
var selfRows = []Row{{
	Name: "hello", About: "a net/http server that answers a small body, against another one", Peer: "the same: how far two equal things differ here",
	Target: atLeast(0.5), Run: runHello,
}}

// Rows returns the rows of some names, in the table's order; all of them when there are no names. "book" names every row that begins with "book/". A name
// that is none is an error with what there is.
func Rows(names []string) ([]Row, error) {
	all := rows()
	if len(names) == 0 {
		return all, nil
	}
	called := func(name string) func(Row) bool {
		return func(r Row) bool { return r.Name == name || strings.HasPrefix(r.Name, name+"/") }
	}
	for _, name := range names {
		if !slices.ContainsFunc(all, called(name)) {
			return nil, fmt.Errorf("there is no row %q; the rows are %s", name, rowNames(all))
		}
	}
	return slices.DeleteFunc(all, func(r Row) bool {
		return !slices.ContainsFunc(names, func(name string) bool { return called(name)(r) })
	}), nil
}

func rowNames(all []Row) string {
	names := make([]string, len(all))
	for i, r := range all {
		names[i] = r.Name
	}
	return strings.Join(names, ", ")
}

// Measure is one round of a subject or a peer.
type Measure struct {
	Ops     int64
	Elapsed time.Duration
	CPU     time.Duration // of the measured process
	// Refused are requests that an overloaded server sent away with 503, which are no operations.
	Refused int64
	// Latency is set by rounds that compare times instead of throughput.
	Latency *Histogram
}

// Rate is operations per second.
func (m Measure) Rate() float64 {
	if m.Elapsed <= 0 {
		return 0
	}
	return float64(m.Ops) / m.Elapsed.Seconds()
}

// round measures for some time.
type round func(ctx context.Context, d time.Duration) (Measure, error)

// alternate runs subject and peer by turns, after a short warm-up of each, and compares their rates.
func alternate(ctx context.Context, e *Env, subject, peer round) (Result, error) {
	return alternateBy(ctx, e, subject, peer, func(s, p Measure) float64 { return s.Rate() / p.Rate() })
}

// alternateBy is alternate with another comparison of a subject's round with the peer's. Which of the two begins changes from round to round, so that
// neither always runs on a machine that the other has just warmed or tired.
func alternateBy(ctx context.Context, e *Env, subject, peer round, compare func(subject, peer Measure) float64) (Result, error) {
	return alternateFor(ctx, e, e.Rounds(), subject, peer, compare)
}

// alternateFor is alternateBy for so many rounds.
func alternateFor(ctx context.Context, e *Env, rounds int, subject, peer round, compare func(subject, peer Measure) float64) (Result, error) {
	both := [2]round{subject, peer}
	for _, r := range both {
		if _, err := r(ctx, e.RoundTime()/4); err != nil {
			return Result{}, err
		}
	}
	var ratios, subjects, peers []float64
	var all, allPeer Measure
	for i := range rounds {
		var m [2]Measure
		for turn := range 2 {
			which := (i + turn) % 2
			var err error
			if m[which], err = both[which](ctx, e.RoundTime()); err != nil {
				return Result{}, err
			}
			if m[which].Ops == 0 {
				return Result{}, fmt.Errorf("a round of the %s ended without a single operation", [2]string{"subject", "peer"}[which])
			}
		}
		all.add(m[0])
		allPeer.add(m[1])
		ratios, subjects, peers = append(ratios, compare(m[0], m[1])), append(subjects, m[0].Rate()), append(peers, m[1].Rate())
	}
	return Result{
		Ratio: median(ratios), IQR: iqr(ratios), CPU: all.perOp(), N: all.Ops,
		Figures: map[string]float64{"per_second": median(subjects), "peer_per_second": median(peers), "peer_cpu_us_per_op": allPeer.perOp(),
			"refused": float64(all.Refused)},
	}, nil
}

func (m *Measure) add(o Measure) {
	m.Ops, m.CPU, m.Refused = m.Ops+o.Ops, m.CPU+o.CPU, m.Refused+o.Refused
}

// perOp is the CPU time of an operation in microseconds.
func (m Measure) perOp() float64 { return micros(m.CPU) / float64(max(m.Ops, 1)) }

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

// Explain tells in a sentence what the row means.
func (r Row) Explain() string {
	if r.Peer == "" {
		return fmt.Sprintf("%s; target %s", r.About, r.Target)
	}
	return fmt.Sprintf("%s; against %s; target %s", r.About, r.Peer, r.Target)
}
