package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"

	"luukku/app"
	"luukku/base/config"
	"luukku/demo"
)

// settings are the flags of every command that opens the data.
type settings struct {
	Config string `help:"Settings file (TOML); see 'luukku config describe'." type:"path" placeholder:"FILE"`
	Data   string `help:"Data directory; wins over the settings file." type:"path" placeholder:"DIR"`
	DB     string `help:"Database, sqlite:PATH or postgres://...; wins over the settings file." placeholder:"DSN"`
}

func (s settings) load(listen string) (config.Config, error) {
	getenv := func(name string) string {
		switch {
		case name == "LUUKKU_LISTEN" && listen != "":
			return listen
		case name == "LUUKKU_DATA" && s.Data != "":
			return s.Data
		case name == "LUUKKU_DATABASE" && s.DB != "":
			return s.DB
		}
		return os.Getenv(name)
	}
	return config.Load(s.Config, getenv)
}

func logger(c config.Config) *slog.Logger {
	o := &slog.HandlerOptions{Level: c.Log.SlogLevel()}
	if c.Log.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, o))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, o))
}

func progress(step string) { fmt.Fprintln(os.Stderr, " ", step) }

type serveCmd struct {
	settings
	Listen string `help:"Address and port to listen on; wins over the settings file." placeholder:"HOST:PORT"`
}

func (s serveCmd) Run(ctx context.Context) error {
	c, err := s.load(s.Listen)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Options{Log: logger(c), Progress: progress})
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen: %w", err), a.Close())
	}
	if link, err := a.SetupLink(ctx); err != nil {
		return errors.Join(err, a.Close())
	} else if link != "" {
		fmt.Printf("Nothing is set up yet. Open this link once, in a browser, to begin:\n  %s\n", link)
	}
	fmt.Printf("Luukku answers at %s (listening on %s)\n", c.BaseURL, l.Addr())
	return errors.Join(a.Serve(ctx, l), a.Close())
}

type demoCmd struct {
	Listen string `help:"Address and port to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Data   string `help:"Data directory; without it the demo lives in a temporary one and is gone when it stops." type:"path" placeholder:"DIR"`
	DB     string `help:"Database, sqlite:PATH or postgres://...; without it SQLite in the data directory." placeholder:"DSN"`
}

func (d demoCmd) Run(ctx context.Context) (err error) {
	data := d.Data
	if data == "" {
		if data, err = os.MkdirTemp("", "luukku-demo-"); err != nil {
			return fmt.Errorf("make a temporary directory: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	}
	l, err := net.Listen("tcp", d.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w (another program may be using the port; choose one with --listen)", err)
	}
	c, err := settings{Data: data, DB: d.DB}.load(l.Addr().String())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	c.Limits.RequestsPerSecond = 1000 // a demo is also what tests drive
	c.Log.Level = "warn"
	a, err := demo.Open(ctx, c, demo.Options{Log: logger(c), Progress: progress})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	fmt.Printf("The demo is at %s\n", strings.TrimSuffix(c.BaseURL, "/")+"/")
	fmt.Printf("Its outbox, with every mail:  %s/dev/outbox\nIts clock:  %s/dev/clock\n", c.BaseURL, c.BaseURL)
	return errors.Join(a.Serve(ctx, l), a.Close())
}
