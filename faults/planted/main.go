// Command planted proves that each harness finds the bug that is planted for it: "make planted". Names as arguments choose bugs; none is all.
//
// For each row of planted.Bugs it runs the test with the bug, which must fail because it found something (a failed test by name, no panic, no build that
// broke, no time that ran out), and without it, which must pass; that one is quick, since the tests' own run shows it at length. Each package's test
// program is built once, and two tests run at a time: they wait more than they work.
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"text/tabwriter"
	"time"

	"luukku/base/planted"
	"luukku/faults/report"
)

// variable names the bug to plant; base/planted reads it.
const variable = "LUUKKU_PLANTED"

// patience is how long one test may take with or without its bug, on a machine that has other things to do: some build the program first.
const patience = 5 * time.Minute

// atOnce is how many tests run at a time.
const atOnce = 2

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "planted:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, only []string) error {
	names := slices.Sorted(maps.Keys(planted.Bugs))
	if len(only) > 0 {
		names = nil
	}
	for _, name := range only {
		if _, ok := planted.Bugs[planted.Name(name)]; !ok {
			return fmt.Errorf("there is no bug %q", name)
		}
		names = append(names, planted.Name(name))
	}
	dir, err := os.MkdirTemp("", "luukku-planted-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	p := programs{dir: dir, built: map[string]built{}}
	for _, name := range names {
		p.build(ctx, planted.Bugs[name].Package)
	}
	checks := make([]check, len(names))
	var all sync.WaitGroup
	turns := make(chan struct{}, atOnce)
	for i, name := range names {
		turns <- struct{}{}
		all.Go(func() {
			checks[i] = p.check(ctx, name, planted.Bugs[name])
			<-turns
		})
	}
	all.Wait()
	return errors.Join(print(os.Stdout, names, checks), ctx.Err())
}

// print prints the table; bugs that are not proven to be caught are an error, and their stories follow.
func print(w io.Writer, names []planted.Name, checks []check) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "BUG\tTEST\tWITH\tWITHOUT\tVERDICT")
	missed := 0
	for i, c := range checks {
		bug := planted.Bugs[names[i]]
		fmt.Fprintf(table, "%s\t%s %s\t%s\t%s\t%s\n", names[i], bug.Package, bug.Test, c.with, c.without, c.verdict())
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i, c := range checks {
		if !c.caught || !c.clean {
			missed++
			fmt.Fprintf(w, "\n--- %s: %s\n%s\n", names[i], planted.Bugs[names[i]].Wrong, c.story)
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d of %d planted bugs are not proven to be caught", missed, len(checks))
	}
	return nil
}

func (c check) verdict() string {
	switch {
	case c.caught && c.clean:
		return "caught"
	case c.caught:
		return "FAILS WITHOUT IT"
	}
	return "NOT CAUGHT"
}

// programs are the test programs of packages, with the tag.
type programs struct {
	dir   string
	built map[string]built
}

// built is a test program, or why it was not built.
type built struct {
	path string
	err  error
}

// build builds a package's test program, once.
func (p programs) build(ctx context.Context, pkg string) {
	if _, ok := p.built[pkg]; ok {
		return
	}
	b := built{path: filepath.Join(p.dir, strings.ReplaceAll(strings.TrimPrefix(pkg, "./"), "/", "-")+".test")}
	out, err := exec.CommandContext(ctx, "go", "test", "-c", "-tags", "planted", "-o", b.path, pkg).CombinedOutput()
	if err != nil {
		b.err = fmt.Errorf("build the tests of %s: %w\n%s", pkg, err, out)
	}
	p.built[pkg] = b
}

// check is what a harness did with its bug and without.
type check struct {
	caught, clean bool
	with, without string // in words
	story         string // the end of what it said, when it was not as it should be
}

func (p programs) check(ctx context.Context, name planted.Name, bug planted.Catch) (c check) {
	program := p.built[bug.Package]
	if program.err != nil {
		return check{with: "does not build", story: program.err.Error()}
	}
	out, took, failed := test(ctx, program.path, bug, variable+"="+string(name))
	switch {
	case failed && found(out, bug.Test):
		c.caught, c.with = true, fmt.Sprintf("fails (%.1f s)", took.Seconds())
	case failed:
		c.with, c.story = "breaks", tail(out)
	case !passed(out, bug.Test):
		c.with, c.story = "was not run", tail(out)
	default:
		c.with, c.story = "PASSES", tail(out)
	}
	out, took, failed = test(ctx, program.path, bug, variable+"=", report.Quick+"=1")
	switch {
	case failed:
		c.without, c.story = "FAILS", c.story+tail(out)
	case !passed(out, bug.Test):
		c.without = "was not run"
	default:
		c.clean, c.without = true, fmt.Sprintf("passes (%.1f s)", took.Seconds())
	}
	return c
}

// test runs one test with what is added to the environment.
func test(ctx context.Context, program string, bug planted.Catch, environment ...string) (out []byte, took time.Duration, failed bool) {
	ctx, cancel := context.WithTimeout(ctx, patience+10*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "-test.run", pattern(bug.Test), "-test.v", "-test.timeout", patience.String())
	cmd.Dir = strings.TrimPrefix(bug.Package, "./") // as go test does
	cmd.Env = append(os.Environ(), environment...)
	begun := time.Now()
	out, err := cmd.CombinedOutput()
	return out, time.Since(begun), err != nil
}

// pattern is what chooses a test, and of several only that one.
func pattern(name string) string {
	parts := strings.Split(name, "/")
	for i := range parts {
		parts[i] = "^" + parts[i] + "$"
	}
	return strings.Join(parts, "/")
}

// found says whether a test failed because of what it found: by its name, and neither by a panic nor for want of time.
func found(out []byte, name string) bool {
	top, _, _ := strings.Cut(name, "/")
	return bytes.Contains(out, []byte("--- FAIL: "+top)) && !bytes.Contains(out, []byte("\npanic: ")) && !bytes.Contains(out, []byte("test timed out after"))
}

// passed says whether a test passed, rather than being skipped or not there.
func passed(out []byte, name string) bool {
	return bytes.Contains(out, []byte("--- PASS: "+name+" ")) && !bytes.Contains(out, []byte("--- SKIP: "+name))
}

// tail is the end of an output.
func tail(out []byte) string { return string(out[max(0, len(out)-3000):]) }
