// Command nightly runs the harnesses for as long as at night, and prints what they did as a table: "make nightly". Names as arguments choose packages of
// harnesses or, with a slash, tests in them: "crash", "crash/TestPowerCut"; none is all.
//
// The table is made of the lines that package report logs, and of each test's own verdict. A harness that was skipped is said to be.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"luukku/faults/report"
)

// suite is one package of harnesses.
type suite struct {
	pkg   string
	tests string // which of its tests are harnesses; empty is all
}

// suites are the harnesses by the name that chooses them.
var suites = map[string]suite{
	"backup":     {pkg: "./faults/backup"},
	"crash":      {pkg: "./faults/crash"},
	"cuts":       {pkg: "./faults/cuts"},
	"model":      {pkg: "./faults/model"},
	"clocks":     {pkg: "./domain/booking", tests: "ClockChange"},
	"contention": {pkg: "./e2e", tests: "FiftyPeople|FiveHundred|OverlappingTimes|Overload"},
	"store":      {pkg: "./store/..."},
}

// limit is how long one package may take.
const limit = "12h"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "nightly:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, names []string) error {
	if len(names) == 0 {
		names = slices.Sorted(maps.Keys(suites))
	}
	var all results
	begun := time.Now()
	for _, name := range names {
		family, tests, _ := strings.Cut(name, "/")
		s, ok := suites[family]
		if !ok {
			return fmt.Errorf("there are no harnesses %q; there are %s", family, strings.Join(slices.Sorted(maps.Keys(suites)), ", "))
		}
		if tests != "" {
			s.tests = tests
		}
		fmt.Fprintf(os.Stderr, "%s: %s %s\n", time.Now().Format("15:04:05"), s.pkg, s.tests)
		if err := s.run(ctx, &all); err != nil {
			return errors.Join(err, all.print(os.Stdout, time.Since(begun))) // what was done so far is worth knowing
		}
	}
	if err := all.print(os.Stdout, time.Since(begun)); err != nil {
		return err
	}
	if len(all.failed) > 0 {
		return fmt.Errorf("%d tests failed: %s", len(all.failed), strings.Join(all.failed, ", "))
	}
	return ctx.Err()
}

// run runs a package's harnesses with go test and adds what they did.
func (s suite) run(ctx context.Context, all *results) error {
	args := []string{"test", "-json", "-count=1", "-timeout", limit}
	if s.tests != "" {
		args = append(args, "-run", s.tests)
	}
	cmd := exec.CommandContext(ctx, "go", append(args, s.pkg)...)
	cmd.Env = append(os.Environ(), report.Variable+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	before := len(all.failed)
	if err := all.read(out); err != nil {
		return fmt.Errorf("read what the tests say: %w", err)
	}
	if err := cmd.Wait(); err != nil && len(all.failed) == before {
		all.failed = append(all.failed, s.pkg) // it did not build, or ended before its tests did
	}
	return nil
}

// row is one line of a harness.
type row struct {
	test, name string
	counts     []report.Count
	took       time.Duration
	verdict    string
}

// results are the rows so far, and which tests failed.
type results struct {
	rows   []row
	failed []string
}

// event is what go test -json says.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64 // seconds
}

// read reads the events of a test run. What a failed test said is passed on.
func (r *results) read(from io.Reader) error {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 16<<20)
	said := map[string][]string{}
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil { // a line of the build, such as an error
			fmt.Fprintln(os.Stderr, lines.Text())
			continue
		}
		test := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			if name, counts, ok := report.Parse(e.Output); ok {
				r.rows = append(r.rows, row{test: test, name: name, counts: counts})
			}
			said[test] = append(said[test], e.Output)
		case "build-output":
			fmt.Fprint(os.Stderr, e.Output)
		case "pass", "fail", "skip":
			r.settle(e, test, said[test])
			delete(said, test)
		}
	}
	return lines.Err()
}

// settle notes how a test ended.
func (r *results) settle(e event, test string, said []string) {
	if e.Test == "" {
		return // the package's own end
	}
	for i := range r.rows {
		if r.rows[i].test == test {
			r.rows[i].verdict, r.rows[i].took = e.Action, time.Duration(e.Elapsed*float64(time.Second))
		}
	}
	switch e.Action {
	case "fail":
		r.failed = append(r.failed, e.Test)
		fmt.Fprint(os.Stderr, strings.Join(said, ""))
	case "skip":
		r.rows = append(r.rows, row{test: test, name: e.Test, verdict: "SKIPPED"})
	}
}

// columns are the counts that have one of their own.
var columns = []string{"runs", "acknowledged", "lost", "doubles"}

// print prints the table.
func (r *results) print(w io.Writer, took time.Duration) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "harness\truns\tacknowledged\tlost\tdoubles\tseconds\tverdict\tbesides\t")
	for _, row := range r.rows {
		fmt.Fprint(table, row.name)
		for _, c := range columns {
			fmt.Fprint(table, "\t", row.count(c))
		}
		fmt.Fprintf(table, "\t%.0f\t%s\t%s\t\n", row.took.Seconds(), row.verdict, row.besides())
	}
	fmt.Fprintf(table, "in all\t\t\t\t\t%.0f\t\t\t\n", took.Seconds())
	return table.Flush()
}

func (r row) count(what string) string {
	for _, c := range r.counts {
		if c.What == what {
			return fmt.Sprint(c.N)
		}
	}
	return "-"
}

func (r row) besides() string {
	var words []string
	for _, c := range r.counts {
		if !slices.Contains(columns, c.What) {
			words = append(words, fmt.Sprintf("%d %s", c.N, c.What))
		}
	}
	return strings.Join(words, ", ")
}
