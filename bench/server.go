package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"
)

// hello is the peer of pages: a net/http server that does nothing but answer.
type hello struct {
	listener net.Listener
	server   *http.Server
}

// helloBody is about as long as the smallest answer that tells something.
const helloBody = "Hello. This is what net/http does when there is nothing to do.\n"

// listenHere opens a port that is free, on this machine alone.
func listenHere(ctx context.Context) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("open a port on 127.0.0.1 to measure at: %w", err)
	}
	return l, nil
}

func openHello(ctx context.Context, _ json.RawMessage) (part, error) {
	l, err := listenHere(ctx)
	if err != nil {
		return nil, err
	}
	h := &hello{listener: l, server: &http.Server{ReadHeaderTimeout: 5 * time.Second, Handler: http.HandlerFunc(sayHello)}}
	go func() { _ = h.server.Serve(l) }() // it ends when it is closed
	return h, nil
}

func sayHello(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, _ = w.Write([]byte(helloBody))
}

// Call tells the address.
func (h *hello) Call(_ context.Context, do string, _ json.RawMessage) (any, error) {
	if do == "address" {
		return h.listener.Addr().String(), nil
	}
	return nil, fmt.Errorf("the hello cannot %s", do)
}

func (h *hello) Close() error { return h.server.Close() }

// Server is a part that answers HTTP.
type Server struct {
	*Part
	Addr string
	env  *Env
	runs int
}

// Serve starts a part that answers HTTP and asks it for its address.
func (e *Env) Serve(ctx context.Context, kind string, spec any) (*Server, error) {
	p, err := e.Start(ctx, kind, spec)
	if err != nil {
		return nil, err
	}
	s := &Server{Part: p, env: e}
	return s, p.Call(ctx, "address", nil, &s.Addr)
}

// Loader starts the process that makes load.
func (e *Env) Loader(ctx context.Context) (*Part, error) { return e.Start(ctx, "load", nil) }

// Under puts the server under load and measures both. With a directory of profiles its CPU is profiled meanwhile.
func (s *Server) Under(ctx context.Context, load *Part, plan Load) (Loaded, Measure, error) {
	plan.Addr = s.Addr
	stop, err := s.profiled(ctx)
	if err != nil {
		return Loaded{}, Measure{}, err
	}
	before, err := s.Usage(ctx)
	if err != nil {
		return Loaded{}, Measure{}, err
	}
	var got Loaded
	if err := load.Call(ctx, "run", plan, &got); err != nil {
		return Loaded{}, Measure{}, errors.Join(err, stop())
	}
	after, err := s.Usage(ctx)
	m := Measure{Ops: got.Done, Elapsed: got.Elapsed, CPU: after.CPU - before.CPU, Latency: &got.Latency}
	return got, m, errors.Join(err, stop())
}

// profiled begins a profile of the server where one is asked for. Peers are not profiled.
func (s *Server) profiled(ctx context.Context) (stop func() error, err error) {
	if s.env.Profile == "" || s.Kind == "hello" || s.Kind == "writer" {
		return func() error { return nil }, nil
	}
	s.runs++
	file := filepath.Join(s.env.Profile, fmt.Sprintf("%s-%d.pprof", strings.ReplaceAll(s.env.row, "/", "-"), s.runs))
	if err := s.Call(ctx, "profile", file, nil); err != nil {
		return nil, err
	}
	return func() error { return s.Call(ctx, "profiled", nil, nil) }, nil
}

// throughput is a round of a server under a closed loop, in which every answer must have one status.
func (s *Server) throughput(load *Part, plan Load, status int) round {
	return func(ctx context.Context, d time.Duration) (Measure, error) {
		plan.Time = d
		got, m, err := s.Under(ctx, load, plan)
		if err != nil {
			return Measure{}, err
		}
		return s.judge(got, m, status)
	}
}

// judge counts the answers with the wanted status as operations. A 503 is an honest answer of a server that has too much to do, and is counted apart; any
// other status is an error, with what the server said.
func (s *Server) judge(got Loaded, m Measure, status int) (Measure, error) {
	m.Ops, m.Refused = got.Statuses[status], got.Statuses[http.StatusServiceUnavailable]
	if got.Errors > 0 || m.Ops+m.Refused != got.Done {
		return m, fmt.Errorf("%w; the server said: %s", got.Only(status), s.said)
	}
	return m, nil
}

// helloPlan asks the hello. Its request has what a browser sends, as those to the product have.
func helloPlan(conns int) Load {
	return Load{Conns: conns, Method: "GET", Headers: []string{"Accept-Encoding: gzip"}, Paths: []string{"/"}}
}

// pageConns is how many connections ask for pages at once.
const pageConns = 64

// runHello measures the measure: two equal servers.
func runHello(ctx context.Context, e *Env) (Result, error) {
	load, err := e.Loader(ctx)
	if err != nil {
		return Result{}, err
	}
	var two [2]round
	for i := range two {
		s, err := e.Serve(ctx, "hello", nil)
		if err != nil {
			return Result{}, err
		}
		two[i] = s.throughput(load, helloPlan(pageConns), http.StatusOK)
	}
	return alternate(ctx, e, two[0], two[1])
}
