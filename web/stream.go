package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/limit"
)

// Stream answers with a view's states as they come (server-sent events): "state" with the whole state, at once and after each change, and "beat" every five
// seconds, which says that the state still holds, with the clock. It ends with the reader, with the reader's right and with the server. Who does not ask
// for a stream is given the state once.
//
// A stream holds no place of the house, and is under none of the times that a request has: it has limits of its own.
func (v *Visit) Stream(view View) error { return v.Site.Streams.Serve(v.W, v.R, v.Site, view) }

// Serve is Stream for doors without visits.
func (s *Streams) Serve(w http.ResponseWriter, r *http.Request, site *Site, view View) error {
	if s == nil { // a preview, which nobody changes
		return fault.NotFound("error.not_found")
	}
	if view.Allowed != nil {
		if err := view.Allowed(r.Context()); err != nil {
			return err
		}
	}
	from := limit.Network(SenderOf(r, site.Trusted))
	if err := s.enter(from); err != nil {
		return err
	}
	defer s.leave(from)
	f := s.join(view)
	defer s.part(f)
	first, err := f.first(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no") // a proxy in between passes on what it gets
	reader := &reader{
		w: w, clock: s.clock, control: http.NewResponseController(w), left: asked(w, r).Context(), major: r.ProtoMajor, minor: r.ProtoMinor, done: s.done,
		allowed: view.Allowed, every: s.allowedEvery,
	}
	if !wantsStream(r) || r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		_, err := w.Write(first.state)
		return gone(err)
	}
	return gone(reader.follow(f, first))
}

// wantsStream reports whether the reader asks for events as they come, as every browser's EventSource does.
func wantsStream(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}

// first waits for something to say; an error says that nothing is known now.
func (f *feed) first(ctx context.Context) (*said, error) {
	for {
		now := f.last()
		switch {
		case now.err != nil:
			return nil, now.err
		case now.state != nil:
			return now, nil
		}
		select {
		case <-now.next:
		case <-ctx.Done():
			return nil, fault.Unavailable("error.unavailable", reconnect).Because(ctx.Err())
		}
	}
}

// reader is one open stream.
type reader struct {
	w       http.ResponseWriter
	control *http.ResponseController
	left    context.Context //nolint:containedctx // of the connection, and not of the one call
	major   int             // of the version of HTTP
	minor   int
	clock   clock.Now
	done    <-chan struct{}
	allowed func(context.Context) error
	every   time.Duration // after which it is asked again
}

// follow writes what a feed says until the reader leaves, may no longer read, takes nothing any more, or the server stops.
func (r *reader) follow(f *feed, now *said) error {
	// The request was read: what the server allows for reading it would end the stream.
	if err := r.control.SetReadDeadline(time.Time{}); err != nil {
		return fmt.Errorf("keep a stream open: %w", err)
	}
	r.w.WriteHeader(http.StatusOK)
	if err := r.write(fmt.Appendf(nil, "retry: %d\n\n", reconnect.Milliseconds())); err != nil {
		return err
	}
	var again <-chan time.Time
	if r.allowed != nil {
		ticker := time.NewTicker(r.every)
		defer ticker.Stop()
		again = ticker.C
	}
	if err := r.write(now.state); err != nil {
		return err
	}
	if d := r.directly(now.number); d != nil {
		return r.attend(f, d, again)
	}
	for written := now.number; ; {
		select {
		case <-now.next:
			now = f.last()
		case <-r.left.Done():
			return nil
		case <-r.done:
			return nil
		case <-again:
			if err := r.allowed(r.left); err != nil {
				return err
			}
			continue
		}
		what := now.beat
		if now.number != written && now.err == nil {
			what, written = now.state, now.number
		}
		if err := r.write(what); err != nil {
			return err
		}
	}
}

// attend waits until a stream ends that the feed writes to by itself.
func (r *reader) attend(f *feed, d *direct, again <-chan time.Time) error {
	f.admit(d)
	defer d.close()
	defer f.dismiss(d)
	for {
		select {
		case <-d.ended:
			return nil
		case <-r.done:
			return nil
		case <-again:
			if err := r.allowed(context.WithoutCancel(r.left)); err != nil {
				return err
			}
		}
	}
}

// write sends something, if there is anything, and has it leave at once.
func (r *reader) write(what []byte) error {
	if len(what) == 0 {
		return nil
	}
	if err := r.control.SetWriteDeadline(r.clock().Add(writeTime)); err != nil {
		return err
	}
	if _, err := r.w.Write(what); err != nil {
		return err
	}
	return r.control.Flush()
}

// asked is the request as it came to the guard: a stream is not under the time that a request has.
func asked(w http.ResponseWriter, r *http.Request) *http.Request {
	for {
		switch inner := w.(type) {
		case *answer:
			return inner.asked
		case interface{ Unwrap() http.ResponseWriter }:
			w = inner.Unwrap()
		default:
			return r
		}
	}
}
