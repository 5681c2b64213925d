package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"luukku/app"
	"luukku/base/config"
	"luukku/blueprints"
)

type migrateCmd struct{ settings }

func (m migrateCmd) Run(ctx context.Context) error {
	c, err := m.load("")
	if err != nil {
		return err
	}
	if err := app.Migrate(ctx, c, progress); err != nil {
		return err
	}
	fmt.Println("The schema is up to date.")
	return nil
}

type checkCmd struct{ settings }

func (k checkCmd) Run(ctx context.Context) error {
	c, err := k.load("")
	if err != nil {
		return err
	}
	found, err := app.Check(ctx, c, progress)
	if err != nil {
		return err
	}
	for _, f := range found {
		fmt.Println(f)
	}
	if len(found) > 0 {
		return fmt.Errorf("%s found", counted(len(found), "contradiction"))
	}
	fmt.Println("No contradictions found.")
	return nil
}

type blueprintCmd struct {
	Apply  applyCmd  `cmd:"" help:"Apply a blueprint to the running server."`
	Diff   diffCmd   `cmd:"" help:"Show what applying a blueprint would change."`
	Export exportCmd `cmd:"" help:"Write the running server's configuration as a blueprint."`
}

type running struct {
	Config string `help:"Settings file of the server." type:"path" placeholder:"FILE"`
	Data   string `help:"Data directory of the running server." type:"path" placeholder:"DIR"`
}

func (r running) dir() (string, error) {
	c, err := settings{Config: r.Config, Data: r.Data}.load("")
	return c.Data, err
}

// document reads a blueprint from a file, from standard input ("-"), or from those that come along, by name.
func document(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(os.Stdin)
	}
	b, err := os.ReadFile(name)
	if errors.Is(err, os.ErrNotExist) {
		if known, readErr := blueprints.Read(name); readErr == nil {
			return known, nil
		}
		return nil, fmt.Errorf("there is no file %s, and no blueprint of that name; those that come along are %s", name, strings.Join(blueprints.Names(), ", "))
	}
	return b, err
}

type applyCmd struct {
	running
	File     string `arg:"" help:"A file, - for standard input, or the name of a blueprint that comes along."`
	Existing bool   `help:"Let changed policies touch appointments that are already booked."`
}

func (c applyCmd) Run(ctx context.Context) error {
	path := "/blueprint/apply"
	if c.Existing {
		path += "?existing=yes"
	}
	return send(ctx, c.running, path, c.File, true)
}

type diffCmd struct {
	running
	File string `arg:"" help:"A file, - for standard input, or the name of a blueprint that comes along."`
}

func (c diffCmd) Run(ctx context.Context) error {
	return send(ctx, c.running, "/blueprint/plan", c.File, false)
}

func send(ctx context.Context, r running, path, file string, apply bool) error {
	dir, err := r.dir()
	if err != nil {
		return err
	}
	b, err := document(file)
	if err != nil {
		return err
	}
	reply, err := app.Control(ctx, dir, "POST", path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	for _, w := range reply.Warnings {
		fmt.Fprintln(os.Stderr, "warning:", w)
	}
	for _, p := range reply.Problems {
		fmt.Fprintln(os.Stderr, p)
	}
	if len(reply.Problems) > 0 {
		if apply {
			return fmt.Errorf("nothing was changed: %s", counted(len(reply.Problems), "problem"))
		}
		return fmt.Errorf("it could not be applied: %s", counted(len(reply.Problems), "problem"))
	}
	for _, l := range reply.Lines {
		fmt.Println(l)
	}
	switch {
	case len(reply.Lines) == 0:
		fmt.Println("Nothing differs.")
	case apply:
		fmt.Printf("Applied: %s.\n", counted(len(reply.Lines), "change"))
	}
	return nil
}

// counted writes a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

type exportCmd struct {
	running
	Org []string `arg:"" optional:"" help:"Organisations; all of them and the installation when none is named."`
}

func (c exportCmd) Run(ctx context.Context) error {
	dir, err := c.dir()
	if err != nil {
		return err
	}
	reply, err := app.Control(ctx, dir, "GET", "/blueprint/export?"+url.Values{"org": c.Org}.Encode(), nil)
	if err != nil {
		return err
	}
	_, err = os.Stdout.WriteString(reply.Document)
	return err
}

type configCmd struct {
	Describe describeCmd `cmd:"" help:"List every setting with its default."`
	Check    checkConfig `cmd:"" help:"Check a settings file."`
	Example  exampleCmd  `cmd:"" help:"Print a whole settings file to begin with."`
}

type describeCmd struct{}

func (describeCmd) Run() error {
	for _, s := range config.Describe() {
		fmt.Printf("%s (%s", s.Name, s.Type)
		if s.Default != "" {
			fmt.Printf(", default %s", s.Default)
		}
		fmt.Printf(")\n    %s\n", s.Doc)
	}
	return nil
}

type checkConfig struct {
	File string `arg:"" help:"Settings file." type:"path"`
}

func (c checkConfig) Run() error {
	problems := config.Check(c.File, os.Getenv)
	bad := 0
	for _, p := range problems {
		fmt.Println(p)
		if !p.Warning {
			bad++
		}
	}
	if bad > 0 {
		return errors.New(counted(bad, "problem"))
	}
	fmt.Println("The settings are good.")
	return nil
}

type exampleCmd struct{}

func (exampleCmd) Run() error {
	fmt.Print(config.Example())
	return nil
}

type versionCmd struct{}

func (versionCmd) Run() error {
	fmt.Println("luukku", version)
	return nil
}
