package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
)

// The control socket is how the command line reaches the running server: configuration changes go through the server, never beside it. Who may open
// the data directory may use it; it is not on the network.

// ErrNotRunning is returned when no server runs on a data directory.
var ErrNotRunning = errors.New(`no server is running on this data directory: start it with "luukku serve" and try again`)

const controlName = "control.sock"

// maxSocket is the longest path of a socket, in bytes. Kernels know no longer ones.
const maxSocket = 103

// ControlReply is what the server answers to a blueprint command.
type ControlReply struct {
	Lines    []string `json:"lines,omitempty"`    // what would change, or has changed
	Problems []string `json:"problems,omitempty"` // what stands in the way
	Warnings []string `json:"warnings,omitempty"`
	Applied  bool     `json:"applied,omitempty"`
	Document string   `json:"document,omitempty"`
	Error    string   `json:"error,omitempty"`
}

type control struct {
	app *App
	l   net.Listener
}

func (a *App) openControl() (*control, error) {
	path := filepath.Join(a.Config.Data, controlName)
	if len(path) > maxSocket {
		return nil, fmt.Errorf("the path of the data directory is too long for the control socket in it: %s has %d characters, at most %d are possible", path, len(path), maxSocket)
	}
	// Whoever made a socket that is there already is gone: the data directory's lock is ours.
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("open the control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("guard the control socket: %w", err), l.Close())
	}
	return &control{app: a, l: l}, nil
}

func (c *control) serve(ctx context.Context) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /blueprint/plan", c.answer(c.plan))
	mux.HandleFunc("POST /blueprint/apply", c.answer(c.apply))
	mux.HandleFunc("GET /blueprint/export", c.answer(c.export))
	mux.HandleFunc("POST /mail/returned", c.answer(c.returned))
	mux.HandleFunc("POST /staff/invite", c.answer(c.inviteAdministrator))
	srv := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(c.l) }()
	select {
	case err := <-failed:
		c.app.Log.Error("control socket closed", "error", err.Error())
	case <-ctx.Done(): // a blueprint that is being applied is applied to its end
		if err := finish(ctx, srv); err != nil {
			c.app.Log.Error("control socket cut", "error", err.Error())
		}
	}
}

func (c *control) answer(do func(*http.Request) (ControlReply, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		reply, err := do(r)
		if err != nil {
			reply.Error = err.Error()
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(reply)
	}
}

// maxDocument is the largest blueprint, in bytes.
const maxDocument = 16 << 20

func (c *control) read(r *http.Request) (blueprint.Document, ControlReply, error) {
	b, err := io.ReadAll(io.LimitReader(r.Body, maxDocument+1))
	if err != nil {
		return blueprint.Document{}, ControlReply{}, err
	}
	if len(b) > maxDocument {
		return blueprint.Document{}, ControlReply{}, fmt.Errorf("the blueprint is larger than %d MB: apply it in parts", maxDocument>>20)
	}
	doc, problems := blueprint.Parse(b)
	var reply ControlReply
	reply.add(problems)
	return doc, reply, nil
}

func (r *ControlReply) add(problems []blueprint.Problem) {
	for _, p := range problems {
		if p.Warning {
			r.Warnings = append(r.Warnings, p.String())
		} else {
			r.Problems = append(r.Problems, p.String())
		}
	}
}

func (c *control) plan(r *http.Request) (ControlReply, error) {
	doc, reply, err := c.read(r)
	if err != nil || len(reply.Problems) > 0 {
		return reply, err
	}
	lines, problems, err := c.app.Blueprints.Plan(r.Context(), actor.System("command-line"), doc)
	reply.add(problems)
	for _, l := range lines {
		reply.Lines = append(reply.Lines, l.String())
	}
	return reply, err
}

func (c *control) apply(r *http.Request) (ControlReply, error) {
	doc, reply, err := c.read(r)
	if err != nil || len(reply.Problems) > 0 {
		return reply, err
	}
	res, err := c.app.Blueprints.Apply(r.Context(), actor.System("command-line"), doc, blueprint.Options{
		TouchesExisting: r.URL.Query().Get("existing") == "yes",
	})
	if refused, ok := errors.AsType[*blueprint.Refused](err); ok {
		reply.add(refused.Problems)
		return reply, nil
	}
	for _, l := range res.Lines {
		reply.Lines = append(reply.Lines, l.String())
	}
	reply.Applied = err == nil
	return reply, err
}

func (c *control) export(r *http.Request) (ControlReply, error) {
	var orgs []ids.Org
	for _, o := range r.URL.Query()["org"] {
		orgs = append(orgs, ids.Org(o))
	}
	b, err := c.app.Blueprints.Export(r.Context(), orgs...)
	return ControlReply{Document: string(b)}, err
}

// Control asks the server that runs on a data directory. ErrNotRunning when there is none.
func Control(ctx context.Context, data, method, path string, body io.Reader) (ControlReply, error) {
	client := http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		conn, err := d.DialContext(ctx, "unix", filepath.Join(data, controlName))
		if errors.Is(err, fs.ErrPermission) {
			return nil, fmt.Errorf("the server on %s belongs to another user: run this command as that user", data)
		}
		if err != nil {
			return nil, ErrNotRunning
		}
		return conn, nil
	}}}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, method, "http://control"+path, body)
	if err != nil {
		return ControlReply{}, err
	}
	res, err := client.Do(req)
	if failed, ok := errors.AsType[*url.Error](err); ok { // its own words are those of HTTP, which nobody here has heard of
		err = failed.Err
	}
	if errors.Is(err, ErrNotRunning) {
		err = fmt.Errorf("%s: %w", data, ErrNotRunning)
	}
	if err != nil {
		return ControlReply{}, err
	}
	defer res.Body.Close()
	var reply ControlReply
	if err := json.NewDecoder(res.Body).Decode(&reply); err != nil {
		return ControlReply{}, fmt.Errorf("read the server's answer: %w", err)
	}
	if reply.Error != "" {
		return reply, errors.New(reply.Error)
	}
	return reply, nil
}
