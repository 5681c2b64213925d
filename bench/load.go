package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Load is what the load process is to send to a server.
type Load struct {
	Addr  string        `json:"addr"`
	Conns int           `json:"conns"`
	Time  time.Duration `json:"time"`
	// PerSecond makes the loop an open one: requests are due at a steady rate, whether or not the earlier ones were answered, and latency counts from the
	// instant that a request was due. Zero sends the next request of a connection when the last one was answered.
	PerSecond float64 `json:"per_second,omitempty"`

	Method  string   `json:"method"`
	Headers []string `json:"headers,omitempty"` // "Name: value"
	Body    string   `json:"body,omitempty"`
	// Paths are the addresses to ask, in turn or, with Once, each a single time: then the load ends when there is none left. After a tab an address may have
	// a body of its own, and after another a header. PathsFile is a file of them, one a line.
	Paths     []string `json:"paths,omitempty"`
	PathsFile string   `json:"paths_file,omitempty"`
	Once      bool     `json:"once,omitempty"`
	// First is the first of the paths to ask.
	First int `json:"first,omitempty"`
}

// Loaded is what became of a load.
type Loaded struct {
	Done     int64         `json:"done"` // answers read to their end
	Asked    int64         `json:"asked"`
	Elapsed  time.Duration `json:"elapsed"`
	Statuses map[int]int64 `json:"statuses"`
	Bytes    int64         `json:"bytes"` // of bodies, as sent
	Errors   int64         `json:"errors"`
	Error    string        `json:"error,omitempty"` // the first one
	Latency  Histogram     `json:"latency"`
}

// Only is an error when some answer did not have the status, or did not come.
func (l Loaded) Only(status int) error {
	if l.Errors > 0 {
		return fmt.Errorf("%d requests of %d got no answer: %s", l.Errors, l.Asked, l.Error)
	}
	if l.Statuses[status] != l.Done {
		return fmt.Errorf("got answers by status %v, want %d alone", l.Statuses, status)
	}
	return nil
}

// loader is the load's process.
type loader struct{ files map[string][]request }

func openLoad(context.Context, json.RawMessage) (part, error) {
	return &loader{files: map[string][]request{}}, nil
}

func (l *loader) Close() error { return nil }

// Call runs a load.
func (l *loader) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	if do != "run" {
		return nil, fmt.Errorf("the load cannot %s", do)
	}
	var plan Load
	if err := json.Unmarshal(args, &plan); err != nil {
		return nil, err
	}
	requests, err := l.requests(plan)
	if err != nil {
		return nil, err
	}
	return runLoad(ctx, plan, requests)
}

// request is one as it is sent.
type request []byte

// requests builds what is sent. Those of a file are built once.
func (l *loader) requests(plan Load) ([]request, error) {
	if plan.PathsFile == "" {
		return build(plan, plan.Paths), nil
	}
	if known, ok := l.files[plan.PathsFile]; ok {
		return known, nil
	}
	b, err := os.ReadFile(plan.PathsFile)
	if err != nil {
		return nil, fmt.Errorf("read what is to be asked: %w", err)
	}
	l.files[plan.PathsFile] = build(plan, strings.Split(strings.TrimSpace(string(b)), "\n"))
	return l.files[plan.PathsFile], nil
}

func build(plan Load, paths []string) []request {
	out := make([]request, len(paths))
	for i, line := range paths {
		parts := strings.SplitN(line, "\t", 3)
		body, headers := plan.Body, plan.Headers
		if len(parts) > 1 {
			body = parts[1]
		}
		if len(parts) > 2 {
			headers = append(headers[:len(headers):len(headers)], parts[2])
		}
		out[i] = Request(plan.Method, plan.Addr, parts[0], headers, body)
	}
	return out
}

// Request builds a request for Conn.Do. A body is a form.
func Request(method, host, path string, headers []string, body string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	if method == "POST" {
		fmt.Fprintf(&b, "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return []byte(b.String())
}

// runLoad opens the connections first and then counts the time.
func runLoad(ctx context.Context, plan Load, requests []request) (Loaded, error) {
	if len(requests) == 0 {
		return Loaded{}, errors.New("there is nothing to ask")
	}
	conns := make([]*Conn, max(plan.Conns, 1))
	for i := range conns {
		var err error
		if conns[i], err = Dial(plan.Addr); err != nil {
			return Loaded{}, fmt.Errorf("connection %d of %d: %w", i+1, len(conns), err)
		}
		defer conns[i].Close()
	}
	begun := time.Now()
	pace := &pace{plan: plan, requests: requests, begun: begun, until: begun.Add(plan.Time)}
	each := make([]Loaded, len(conns))
	var all sync.WaitGroup
	for i, c := range conns {
		all.Go(func() { each[i] = drive(ctx, c, pace) })
	}
	all.Wait()
	return sum(each, time.Since(begun)), nil
}

// pace hands out requests to the connections.
type pace struct {
	plan         Load
	requests     []request
	next         atomic.Int64
	begun, until time.Time
}

// take returns the next request and when it is due; ok is false when the load is over.
func (p *pace) take() (r request, due time.Time, ok bool) {
	n := p.next.Add(1) - 1
	if p.plan.PerSecond > 0 {
		due = p.begun.Add(time.Duration(float64(n) / p.plan.PerSecond * float64(time.Second)))
	} else {
		due = time.Now()
	}
	at := int64(p.plan.First) + n
	if !due.Before(p.until) || p.plan.Once && at >= int64(len(p.requests)) {
		return nil, due, false
	}
	return p.requests[at%int64(len(p.requests))], due, true
}

func drive(ctx context.Context, c *Conn, p *pace) Loaded {
	out := Loaded{Statuses: map[int]int64{}}
	for ctx.Err() == nil {
		r, due, ok := p.take()
		if !ok {
			break
		}
		if wait := time.Until(due); p.plan.PerSecond > 0 && wait > 0 {
			time.Sleep(wait)
		}
		out.Asked++
		a, err := c.Do(r)
		if err != nil {
			if out.Errors++; out.Error == "" {
				out.Error = err.Error()
			}
			continue
		}
		out.Done++
		out.Statuses[a.Status]++
		out.Bytes += a.Bytes
		out.Latency.Record(time.Since(due))
	}
	return out
}

func sum(each []Loaded, took time.Duration) Loaded {
	all := Loaded{Statuses: map[int]int64{}, Elapsed: took}
	for _, l := range each {
		all.Done, all.Asked, all.Bytes, all.Errors = all.Done+l.Done, all.Asked+l.Asked, all.Bytes+l.Bytes, all.Errors+l.Errors
		for status, n := range l.Statuses {
			all.Statuses[status] += n
		}
		if all.Error == "" {
			all.Error = l.Error
		}
		all.Latency.Add(&l.Latency)
	}
	return all
}
