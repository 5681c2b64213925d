package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// stopTime is how long requests may go on when the server stops.
const stopTime = 25 * time.Second

// Serve answers on a listener and runs the jobs, until the context ends; then it lets what is under way finish. It speaks TLS when the settings say so, and then
// leads on to it from the address for plain HTTP, if there is one.
func (a *App) Serve(ctx context.Context, l net.Listener) error {
	beside, err := a.openBeside(ctx, a.secure)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	defer beside.close()
	keeper, err := a.openKeeper(ctx, a.behind())
	if err != nil {
		return errors.Join(err, l.Close())
	}
	control, err := a.openControl()
	if err != nil {
		return errors.Join(err, keeper.Close(), l.Close())
	}
	returns, err := a.openReturns(ctx)
	if err != nil {
		return errors.Join(err, control.l.Close(), keeper.Close(), l.Close())
	}
	visitors := a.openCrowd(l)
	srv := a.server(a.first(keeper))
	srv.ConnState = visitors.note
	srv.RegisterOnShutdown(a.Site.Streams.Close)
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var all sync.WaitGroup
	if !a.noJobs {
		all.Go(func() {
			if err := a.runner.Run(ctx); err != nil {
				stop(fmt.Errorf("background jobs: %w", err))
			}
		})
	}
	all.Go(func() { control.serve(ctx) })
	if returns != nil {
		all.Go(func() {
			if err := a.bounces.Serve(ctx, returns, a.Config.Bounces.Protocol != "smtp", a.Config.SMTP.HELO); err != nil {
				stop(fmt.Errorf("bounces.listen: %w", err))
			}
		})
	}
	all.Go(func() { keeper.watch(ctx, visitors) })
	failed := make(chan error, 2)
	go func() { failed <- a.answer(srv, visitors) }()
	if beside != nil {
		go func() { failed <- beside.server.Serve(beside.visitors) }()
	}
	select {
	case err = <-failed:
		stop(err)
		err = errors.Join(err, finish(ctx, srv))
	case <-ctx.Done():
		if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
			err = cause
		}
		err = errors.Join(err, finish(ctx, srv))
	}
	all.Wait()
	return errors.Join(err, keeper.Close())
}

// answer serves visitors, over TLS or in the clear.
func (a *App) answer(srv *http.Server, visitors *crowd) error {
	if a.secure == nil {
		return srv.Serve(visitors)
	}
	visitors.answer = nil // in the clear, nobody would understand it
	srv.TLSConfig = a.secure.tls
	srv.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 100}
	return srv.ServeTLS(visitors, "", "")
}

// finish lets the requests of a server end, and cuts off those that go on for too long.
func finish(ctx context.Context, srv *http.Server) error {
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTime)
	defer cancel()
	if err := srv.Shutdown(last); err != nil {
		return errors.Join(fmt.Errorf("let running requests finish: %w", err), srv.Close())
	}
	return nil
}

// server is the HTTP server with its limits of time and size: whoever sends slowly, or nothing, does not keep a connection for long.
func (a *App) server(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(unaddressed{a.Log.Handler()}, slog.LevelDebug),
	}
}

// unaddressed keeps visitors' addresses out of the log: net/http names them in what it says of their connections.
type unaddressed struct{ slog.Handler }

var addressRE = regexp.MustCompile(`\[[0-9A-Fa-f:.%a-z]+\]:\d+|\d+\.\d+\.\d+\.\d+(:\d+)?`)

// Handle logs a line without the addresses in it.
func (h unaddressed) Handle(ctx context.Context, r slog.Record) error {
	clean := slog.NewRecord(r.Time, r.Level, addressRE.ReplaceAllString(r.Message, "(address)"), r.PC)
	return h.Handler.Handle(ctx, clean)
}
