package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"

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
	return config.Load(s.Config, s.over(listen, os.Getenv))
}

// over lets the flags win over the environment.
func (s settings) over(listen string, getenv func(string) string) func(string) string {
	return func(name string) string {
		switch {
		case name == "LUUKKU_LISTEN" && listen != "":
			return listen
		case name == "LUUKKU_DATA" && s.Data != "":
			return s.Data
		case name == "LUUKKU_DATABASE" && s.DB != "":
			return s.DB
		case name == "LUUKKU_DATABASE_FILE" && s.DB != "":
			return ""
		}
		return getenv(name)
	}
}

// checkListen says what is wrong with an address to listen on. Port 0 is any free one.
func checkListen(listen string) error {
	_, port, err := net.SplitHostPort(listen)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("--listen %s: this must be an address and a port, such as 127.0.0.1:8080", listen)
	}
	return nil
}

// listen opens the port before anything else is touched.
func listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("another program is listening on %s: choose another port with --listen", address)
	}
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	return l, nil
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

// Validate is called when the words are read.
func (s serveCmd) Validate() error {
	if s.Listen == "" {
		return nil
	}
	return checkListen(s.Listen)
}

func (s serveCmd) Run(ctx context.Context) error {
	c, err := s.load(s.Listen)
	if err != nil {
		return err
	}
	l, err := listen(ctx, c.Listen)
	if err != nil {
		return err
	}
	a, err := app.Open(ctx, c, app.Options{Log: logger(c), Progress: progress})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	link, err := a.SetupLink(ctx)
	if err != nil {
		return errors.Join(err, l.Close(), a.Close())
	}
	if link != "" {
		fmt.Printf("Nothing is set up yet. Open this link once, in a browser, to begin:\n  %s\n", link)
	}
	first, err := a.AdministratorLink(ctx)
	if err != nil {
		return errors.Join(err, l.Close(), a.Close())
	}
	if first != "" {
		fmt.Printf("There is no administrator yet. Open this link once, within a day, to become the first:\n  %s\n", first)
	}
	fmt.Printf("Luukku answers at %s (listening on %s)\n", c.BaseURL, l.Addr())
	return serve(ctx, a, l)
}

// serve runs until it is told to stop.
func serve(ctx context.Context, a *app.App, l net.Listener) error {
	defer context.AfterFunc(ctx, func() { progress("stopping: what is under way is finished first") })()
	return errors.Join(a.Serve(ctx, l), a.Close())
}

type demoCmd struct {
	Listen string `help:"Address and port to listen on." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Data   string `help:"Data directory; without it the demo lives in a temporary one and is gone when it stops." type:"path" placeholder:"DIR"`
	DB     string `help:"Database, sqlite:PATH or postgres://...; without it SQLite in the data directory." placeholder:"DSN"`
}

// Validate is called when the words are read.
func (d demoCmd) Validate() error { return checkListen(d.Listen) }

// real are the settings that name a server's data. A demo takes its own from its flags alone.
var real = []string{"LUUKKU_DATA", "LUUKKU_DATABASE", "LUUKKU_DATABASE_FILE", "LUUKKU_KEY_FILE"}

func (d demoCmd) load(data string, l net.Listener) (config.Config, error) {
	getenv := func(name string) string {
		if slices.Contains(real, name) {
			return ""
		}
		return os.Getenv(name)
	}
	c, err := config.Load("", settings{Data: data, DB: d.DB}.over(l.Addr().String(), getenv))
	// A passkey belongs to a name, not to a number.
	c.BaseURL = strings.Replace(c.BaseURL, "://127.0.0.1:", "://localhost:", 1)
	c.Limits.RequestsPerSecond, c.Limits.Wait = 1000, 0 // a demo is also what tests drive, on slow machines too
	c.Log.Level = "warn"
	return c, err
}

func (d demoCmd) Run(ctx context.Context) (err error) {
	data := d.Data
	if data == "" {
		if data, err = os.MkdirTemp("", "luukku-demo-"); err != nil {
			return fmt.Errorf("make a temporary directory: %w", err)
		}
		defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	}
	l, err := listen(ctx, d.Listen)
	if err != nil {
		return err
	}
	c, err := d.load(data, l)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	a, err := demo.Open(ctx, c, demo.Options{Log: logger(c), Progress: progress})
	if err != nil {
		return errors.Join(err, l.Close())
	}
	fmt.Printf("The demo is at %s\n", strings.TrimSuffix(c.BaseURL, "/")+"/")
	fmt.Printf("Its outbox, with every mail:  %s/dev/outbox\nIts clock:  %s/dev/clock\n", c.BaseURL, c.BaseURL)
	return serve(ctx, a, l)
}
