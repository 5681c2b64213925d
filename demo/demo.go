// Package demo opens a living installation: every blueprint built so far, with bookings in its calendars, the same every time it begins.
//
// It promises that nothing leaves the machine, that nobody real is in it (the customary specimen names, no addresses), and that a demo opened again goes
// on where it was. What can be done in it is the product's own; the demo only fills it.
package demo

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"strings"

	"luukku/app"
	"luukku/base/clock"
	"luukku/base/config"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/blueprints"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
)

// Options are what a caller decides of a demo.
type Options struct {
	Log      *slog.Logger
	Now      clock.Now    // nil is the machine's
	Progress func(string) // told of long steps; may be nil
	// Empty leaves the calendars empty.
	Empty bool
}

const filledSetting = "demo.filled"

// Open opens the demo on the data that the settings name, and fills it when it is new.
func Open(ctx context.Context, c config.Config, o Options) (_ *app.App, err error) {
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	a, err := app.Open(ctx, c, app.Options{Log: o.Log, Now: o.Now, Demo: true, Progress: o.Progress})
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	for _, name := range blueprints.Names() {
		if err := applyOnce(ctx, a, name, o.Progress); err != nil {
			return nil, err
		}
	}
	if o.Empty {
		return a, nil
	}
	switch _, err := a.Store.Setting(ctx, filledSetting); {
	case err == nil:
		return a, nil
	case !fault.Is(err, fault.KindNotFound):
		return nil, err
	}
	if err := fill(ctx, a, o.Progress); err != nil {
		return nil, fmt.Errorf("fill the demo: %w", err)
	}
	return a, a.Store.PutSetting(ctx, filledSetting, "yes")
}

// applyOnce applies a blueprint to a demo that has not seen it as it is now: what somebody has configured since stays.
func applyOnce(ctx context.Context, a *app.App, name string, progress func(string)) error {
	b, err := blueprints.Read(name)
	if err != nil {
		return err
	}
	setting, sum := "demo.blueprint."+name, fmt.Sprintf("%x", sha256.Sum256(b))
	kept, err := a.Store.Setting(ctx, setting)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	if kept == sum {
		return nil
	}
	if err := apply(ctx, a, name, b, progress); err != nil {
		return err
	}
	return a.Store.PutSetting(ctx, setting, sum)
}

func apply(ctx context.Context, a *app.App, name string, b []byte, progress func(string)) error {
	doc, problems := blueprint.Parse(b)
	for _, p := range problems {
		if !p.Warning {
			return fmt.Errorf("blueprint %s: %s", name, p)
		}
	}
	res, err := a.Blueprints.Apply(ctx, actor.System("demo"), doc, blueprint.Options{})
	if err != nil {
		return fmt.Errorf("apply blueprint %s: %w", name, err)
	}
	if len(res.Lines) > 0 {
		progress(fmt.Sprintf("blueprint %s: %d things configured", name, len(res.Lines)))
	}
	return nil
}

// specimens are the customary names of people who do not exist.
var specimens = [...]string{"Maija Meikäläinen", "Matti Meikäläinen", "Erika Exempel", "Jane Doe", "John Doe", "Jan Novák", "Jana Nováková"}

const (
	days      = 12  // how many days ahead the calendars have bookings
	mostFills = 450 // bookings of one organisation
)

// fill books times at every office: more at the first days, and everything at the smallest offices, so that full days can be seen.
func fill(ctx context.Context, a *app.App, progress func(string)) error {
	orgs, err := a.Store.Organisations(ctx)
	if err != nil {
		return err
	}
	for _, o := range orgs {
		booked := 0
		c, err := a.Store.Config(ctx, o.ID)
		if err != nil {
			return err
		}
		for i, office := range c.Offices {
			services := c.ServicesAt(office.ID)
			for j, s := range services {
				if (i+j)%3 != 0 || booked >= mostFills {
					continue
				}
				n, err := fillOne(ctx, a, o.ID, s.ID, office.ID, len(office.Units) < 2)
				if err != nil {
					return fmt.Errorf("%s at %s: %w", s.ID, office.ID, err)
				}
				booked += n
			}
		}
		if len(c.Offices) > 0 {
			progress(fmt.Sprintf("calendars of %s: %d times booked", o.ID, booked))
		}
	}
	if err := fillCourses(ctx, a, progress); err != nil {
		return err
	}
	if err := fillLetters(ctx, a, progress); err != nil {
		return err
	}
	if err := fillDrafts(ctx, a, progress); err != nil {
		return err
	}
	if err := fillAccess(ctx, a, progress); err != nil {
		return err
	}
	return fillSubmissions(ctx, a, progress)
}

func fillOne(ctx context.Context, a *app.App, o ids.Org, service ids.Service, office ids.Office, small bool) (int, error) {
	sch, err := a.Booking.Schedule(ctx, o, service, office)
	if err != nil {
		return 0, err
	}
	first := sch.Today().Add(1)
	last := first.Add(days)
	if last.After(sch.LastDay()) {
		last = sch.LastDay()
	}
	if last.Before(first) {
		return 0, nil
	}
	times, err := a.Booking.Between(ctx, sch, first, last, "")
	if err != nil {
		return 0, err
	}
	n := 0
	for i, d := range times.Days {
		k := -1
		for slot := range d.Free.All() {
			k++
			if chance(string(office), string(service), fmt.Sprint(i, k)) >= density(i, small) {
				continue
			}
			key := strings.Join([]string{"demo", string(office), string(service), fmt.Sprint(slot.Start)}, ":")
			_, err := a.Booking.Book(ctx, actor.System("demo"), booking.BookRequest{
				Org: o, Service: service, Office: office, Start: slot.Start, Key: ids.FormKey(key),
				Details: booking.Details{Name: specimens[(i+k)%len(specimens)], Lang: i18n.Default},
			})
			switch {
			case err == nil:
				n++
			case !fault.Is(err, fault.KindConflict) && !fault.Is(err, fault.KindInvalid):
				return n, err
			}
		}
	}
	return n, nil
}

// density is how many of a hundred times are booked on the i-th day.
func density(i int, small bool) uint32 {
	if small {
		return 100
	}
	return uint32(max(4, 22-2*i))
}

// chance is a number from 0 to 99 that is the same every time.
func chance(parts ...string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(strings.Join(parts, "|")))
	return h.Sum32() % 100
}
