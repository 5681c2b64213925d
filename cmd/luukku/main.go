// Command luukku is the whole of Luukku: the server, the demo, and the commands that look after them.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // time zones come along, so that a bare machine knows them

	"github.com/alecthomas/kong"
)

// version is set when a release is built.
var version = "development"

type cli struct {
	Serve     serveCmd     `cmd:"" help:"Run the server. With nothing configured it uses SQLite in a data directory and asks for the rest in the browser."`
	Demo      demoCmd      `cmd:"" help:"Run the demo: every blueprint with made-up data, nothing is sent, the clock can be moved."`
	Migrate   migrateCmd   `cmd:"" help:"Bring the database's schema up to date. The server does it too when it starts."`
	Check     checkCmd     `cmd:"" help:"Check that the data does not contradict itself."`
	Audit     auditCmd     `cmd:"" help:"Verify the audit log, and print its newest head."`
	Backup    backupCmd    `cmd:"" help:"Write everything into one file, while the server runs."`
	Restore   restoreCmd   `cmd:"" help:"Fill an empty installation from a backup, and check it."`
	Blueprint blueprintCmd `cmd:"" help:"Apply, compare and export configuration, through the running server."`
	Form      formCmd      `cmd:"" help:"Check a form before it is published."`
	Staff     staffCmd     `cmd:"" help:"Let somebody in who is locked out, through the running server."`
	DKIM      dkimCmd      `cmd:"" name:"dkim" help:"Make, print and check the key that mail is signed with."`
	Bounce    bounceCmd    `cmd:"" help:"Take a mail that came back undelivered, from standard input."`
	Config    configCmd    `cmd:"" help:"Explain, check and begin the settings file."`
	Bench     benchCmd     `cmd:"" help:"Measure this machine with this program."`
	BenchPart benchPartCmd `cmd:"" hidden:""`
	Version   versionCmd   `cmd:"" help:"Say which version this is."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:]))
}

// run carries out one command and returns the exit status: 0 done, 1 failed, 2 the words were off; luukku bounce has those of sysexits.h.
func run(ctx context.Context, args []string) int {
	var c cli
	parser, err := kong.New(&c, kong.Name("luukku"),
		kong.Description("One counter for public services: appointments for a municipality, a register office or a health-care provider."),
		kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(os.Stderr, "luukku:", err)
		return 2
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "luukku: %v\n", err)
		if p, ok := errors.AsType[*kong.ParseError](err); ok {
			parser.Stdout = os.Stderr
			_ = p.Context.PrintUsage(true)
		}
		return 2
	}
	if err := parsed.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "luukku:", err)
		if e, ok := errors.AsType[exit](err); ok {
			return e.status
		}
		return 1
	}
	return 0
}
