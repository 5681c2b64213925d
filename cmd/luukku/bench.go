package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"luukku/bench"
)

// benchCmd measures.
type benchCmd struct {
	Rows     []string `arg:"" optional:"" name:"name" help:"Rows to measure; all of them when none is named."`
	List     bool     `help:"List the rows and what they mean, and measure nothing."`
	JSON     bool     `name:"json" help:"Print one JSON object a row."`
	Machine  bool     `help:"With --json: print an object with the machine card first."`
	Quick    bool     `help:"Shorter rounds over less data: at most 40 seconds a row. The figures are rougher."`
	Database string   `help:"An empty PostgreSQL database to measure in; without it the rows about PostgreSQL start a server of their own." placeholder:"postgres://..."`
	Dir      string   `help:"Directory on the disk to be measured; what is put there is removed again." type:"existingdir" placeholder:"DIR"`
	Profile  string   `help:"Directory for CPU profiles of the server, one file a round." type:"path" placeholder:"DIR"`
}

// Help is shown below the flags.
func (benchCmd) Help() string {
	return "Measures this machine with this program, so that it can be sized. Each row holds the server against a peer (a bare database loop, a server " +
		"that only says hello) in alternating rounds, and prints the ratio, the target, whether it was reached, how far the rounds spread, the server's " +
		"CPU time an operation, and how many operations there were. Data is made up, in a temporary directory or in an empty PostgreSQL database. " +
		"The exit status is 1 when a row misses its target or gave a wrong answer. docs/benchmarks.md tells what each row means."
}

func (b benchCmd) Run(ctx context.Context) error {
	rows, err := bench.Rows(b.Rows)
	if err != nil {
		return err
	}
	if b.List {
		for _, r := range rows {
			fmt.Printf("%-18s %s\n", r.Name, r.Explain())
		}
		return nil
	}
	o := bench.Options{Quick: b.Quick, Database: b.Database, Dir: b.Dir, Profile: b.Profile, Self: bench.Self("bench-part"), Progress: progress}
	if err := b.card(ctx, o); err != nil {
		return err
	}
	var missed []string
	err = bench.Run(ctx, rows, o, func(r bench.Report) {
		b.print(r)
		if !r.Pass && r.Skipped == "" {
			missed = append(missed, r.Name)
		}
	})
	if err == nil && len(missed) > 0 {
		err = fmt.Errorf("%s missed: %s", counted(len(missed), "target"), strings.Join(missed, ", "))
	}
	return err
}

// card prints what machine this is, where it is wanted.
func (b benchCmd) card(ctx context.Context, o bench.Options) error {
	if b.JSON && !b.Machine {
		return nil
	}
	m, err := bench.Card(ctx, o)
	if err != nil {
		return err
	}
	if b.JSON {
		fmt.Println(m.JSON())
		return nil
	}
	fmt.Println(m.Text())
	fmt.Println(bench.Head())
	return nil
}

func (b benchCmd) print(r bench.Report) {
	if b.JSON {
		fmt.Println(r.JSON())
		return
	}
	fmt.Println(r.Text())
}

// benchPartCmd is how the bench starts its servers, peers and load in processes of their own.
type benchPartCmd struct {
	Kind string `arg:""`
}

func (p benchPartCmd) Run(ctx context.Context) error {
	err := bench.Process(ctx, p.Kind, os.Stdin, os.Stdout)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
