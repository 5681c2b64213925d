package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"luukku/app"
	"luukku/base/config"
)

// Installation is where a server of the bench has its data.
type Installation struct {
	Dir      string `json:"dir"`
	Database string `json:"database,omitempty"` // empty: SQLite in Dir
	Node     int    `json:"node,omitempty"`
	// Gateway is the address of the bench's gateway of text messages; with it the background jobs run, and nothing holds messages back.
	Gateway string   `json:"gateway,omitempty"`
	Fixture *Fixture `json:"-"`
}

// unlimited is more requests a second than anybody sends: the load comes from one address, and is no attack.
const unlimited = 100_000_000

// config is as a server has it that nobody has configured, without its limit for one address.
func (i Installation) config() (config.Config, error) {
	set := map[string]string{"LUUKKU_DATA": i.Dir, "LUUKKU_DATABASE": i.Database, "LUUKKU_LOG_LEVEL": "error", "LUUKKU_NODE": strconv.Itoa(i.Node)}
	if i.Gateway != "" {
		secret := filepath.Join(i.Dir, gatewaySecretFile)
		maps.Copy(set, map[string]string{
			"LUUKKU_SMS_KIND": "kannel", "LUUKKU_SMS_URL": sendsms(i.Gateway), "LUUKKU_SMS_USERNAME": gatewayUser, "LUUKKU_SMS_PASSWORD_FILE": secret,
			"LUUKKU_SMS_RECEIVE_SECRET_FILE": secret, "LUUKKU_SMS_BURST": strconv.Itoa(unlimited), "LUUKKU_BASE_URL": "http://127.0.0.1",
		})
	}
	c, err := config.Load("", func(name string) string { return set[name] })
	c.Limits.RequestsPerSecond = unlimited
	return c, err
}

// gatewaySecretFile holds the secret of the bench's gateway, in the installation's directory.
const gatewaySecretFile = "gateway-secret"

// Open puts the house together over the installation's data. Its background jobs run where it has a gateway alone: otherwise nothing is sent.
func (i Installation) Open(ctx context.Context) (*app.App, error) {
	c, err := i.config()
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	return app.Open(ctx, c, app.Options{Log: log, NoJobs: i.Gateway == ""})
}

// With opens the house, does something in it and closes it again.
func (i Installation) With(ctx context.Context, do func(a *app.App) error) error {
	a, err := i.Open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(a), a.Close())
}

// Filled returns an installation on SQLite with a fixture, for reading: rows of one run share it. Whoever writes takes Copied.
func (e *Env) Filled(ctx context.Context, spec FixtureSpec) (Installation, error) {
	if known, ok := e.shared.filled[spec]; ok {
		return known, nil
	}
	dir, err := os.MkdirTemp(e.dir, "filled-") // goes with the whole run's directory
	if err != nil {
		return Installation{}, fmt.Errorf("make a directory for the data: %w", err)
	}
	in, err := e.fill(ctx, Installation{Dir: dir}, spec)
	if err == nil {
		e.shared.filled[spec] = in
	}
	return in, err
}

func (e *Env) fill(ctx context.Context, in Installation, spec FixtureSpec) (Installation, error) {
	err := in.With(ctx, func(a *app.App) (err error) {
		in.Fixture, err = spec.Fill(ctx, a, e.Say)
		return err
	})
	if err != nil {
		return Installation{}, fmt.Errorf("fill the data: %w", err)
	}
	return in, nil
}

// Copied returns a copy of an installation with a fixture on SQLite, for a row of its own.
func (e *Env) Copied(ctx context.Context, spec FixtureSpec) (Installation, error) {
	from, err := e.Filled(ctx, spec)
	if err != nil {
		return Installation{}, err
	}
	return e.copyOf(from)
}

func (e *Env) copyOf(from Installation) (Installation, error) {
	dir, err := e.TempDir()
	if err != nil {
		return Installation{}, err
	}
	entries, err := os.ReadDir(from.Dir)
	if err != nil {
		return Installation{}, err
	}
	for _, f := range entries {
		if !f.Type().IsRegular() {
			continue
		}
		if err := copyFile(filepath.Join(from.Dir, f.Name()), filepath.Join(dir, f.Name())); err != nil {
			return Installation{}, fmt.Errorf("copy the data: %w", err)
		}
	}
	return Installation{Dir: dir, Fixture: from.Fixture}, nil
}

// copyFile copies and sees that it is on the disk, so that writing it back does not fall into what is measured.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

// product is the server itself, in a process of its own.
type product struct {
	app      *app.App
	listener net.Listener
	stop     context.CancelFunc
	served   chan error
}

func openProduct(ctx context.Context, spec json.RawMessage) (part, error) {
	p, _, err := openBooked(ctx, spec, nil)
	if err != nil {
		return nil, err
	}
	return p, nil
}

// openBooked opens the server with something changed before it serves; change may be nil.
func openBooked(ctx context.Context, spec json.RawMessage, change func(*app.App)) (*product, Installation, error) {
	var in Installation
	if err := json.Unmarshal(spec, &in); err != nil {
		return nil, in, err
	}
	l, err := listenHere(ctx)
	if err != nil {
		return nil, in, err
	}
	a, err := in.Open(ctx)
	if err != nil {
		return nil, in, errors.Join(err, l.Close())
	}
	if change != nil {
		change(a)
	}
	ctx, stop := context.WithCancel(ctx)
	p := &product{app: a, listener: l, stop: stop, served: make(chan error, 1)}
	go func() { p.served <- a.Serve(ctx, l) }()
	return p, in, nil
}

// Statements are what a server has asked of its database since it began.
type Statements struct {
	Reads   int64 `json:"reads"`
	Commits int64 `json:"commits"` // functions of writing transactions; several may share one commit to disk
}

// Call tells the address and what the database was asked.
func (p *product) Call(_ context.Context, do string, _ json.RawMessage) (any, error) {
	switch do {
	case "address":
		return p.listener.Addr().String(), nil
	case "filled": // whether free times are in memory
		return p.app.Booking.Board.Ready(fixtureOrg), nil
	case "statements":
		d := p.app.Store.DB()
		return Statements{Reads: d.Reads(), Commits: d.Stats().Commits}, nil
	}
	return nil, fmt.Errorf("the server cannot %s", do)
}

func (p *product) Close() error {
	p.stop()
	return errors.Join(<-p.served, p.app.Close())
}

// Product starts the server over an installation and waits until it has the free times in memory.
func (e *Env) Product(ctx context.Context, in Installation) (*Server, error) {
	s, err := e.startProduct(ctx, in)
	if err != nil || in.Fixture == nil {
		return s, err
	}
	return s, s.filled(ctx)
}

// filled waits until a product has the free times in memory.
func (s *Server) filled(ctx context.Context) error {
	filled := false
	for begun := time.Now(); !filled; time.Sleep(10 * time.Millisecond) {
		if err := s.Call(ctx, "filled", nil, &filled); err != nil {
			return err
		}
		if time.Since(begun) > 5*time.Minute {
			return errors.New("the server has no free times in memory after five minutes")
		}
	}
	return nil
}

// startProduct starts the server and waits for nothing.
func (e *Env) startProduct(ctx context.Context, in Installation) (*Server, error) {
	return e.Serve(ctx, "product", in)
}

// Statements asks a product what its database was asked.
func (s *Server) Statements(ctx context.Context) (Statements, error) {
	var st Statements
	err := s.Call(ctx, "statements", nil, &st)
	return st, err
}

// browser is what a browser sends with each request.
var browser = []string{
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "Accept-Language: fi,en;q=0.5", "Accept-Encoding: gzip, deflate",
	"Sec-Fetch-Dest: document", "Sec-Fetch-Mode: navigate", "Sec-Fetch-Site: same-origin",
}

// writeLines writes a file of lines for the load or a peer to read.
func writeLines(file string, lines []string) error {
	return os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600)
}
