package blueprint

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Service compares, applies and exports blueprints. Only the system may: nobody who signs in can yet.
type Service struct {
	Store Store
	Gen   *ids.Gen
	Now   func() time.Time
}

// Options say how a blueprint is applied.
type Options struct {
	// TouchesExisting makes changed policies hold for appointments that were made before, too.
	TouchesExisting bool
}

// Result says what applying a blueprint did.
type Result struct {
	Lines    []Line
	Warnings []Problem
	Version  int64 // of what was written; 0 when nothing differed
}

// Refused says that a blueprint was not applied, and all that must be mended first.
type Refused struct{ Problems []Problem }

// Error returns the problems, one on each line.
func (r *Refused) Error() string {
	lines := make([]string, len(r.Problems))
	for i, p := range r.Problems {
		lines[i] = p.String()
	}
	return "the blueprint was not applied:\n" + strings.Join(lines, "\n")
}

func may(who actor.Actor) error {
	if who.Kind != actor.KindSystem {
		return fault.Forbidden("error.forbidden")
	}
	return nil
}

// Plan returns what applying a document would change, and what stands against it. It fails when the actor may not, or the store cannot be read.
func (s Service) Plan(ctx context.Context, who actor.Actor, doc Document) ([]Line, []Problem, error) {
	if err := may(who); err != nil {
		return nil, nil, err
	}
	var p plan
	err := s.Store.View(ctx, func(ctx context.Context, v View) error {
		var err error
		p, err = makePlan(ctx, v, doc, s.Now().Unix())
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("plan a blueprint: %w", err)
	}
	return p.lines, p.problems, nil
}

// Apply makes a document's configuration the stored one, in one transaction. It fails with *Refused when something must be mended first; then nothing
// has changed. A document that changes nothing makes no new version.
func (s Service) Apply(ctx context.Context, who actor.Actor, doc Document, opts Options) (Result, error) {
	if err := may(who); err != nil {
		return Result{}, err
	}
	var out Result
	err := s.Store.Configure(ctx, func(ctx context.Context, v View) (c *Change, err error) {
		c, out, err = s.change(ctx, v, who, doc, opts)
		return c, err
	})
	if err != nil {
		return Result{}, fmt.Errorf("apply a blueprint: %w", err)
	}
	return out, nil
}

// change decides what applying a document writes; nil when nothing differs.
func (s Service) change(ctx context.Context, v View, who actor.Actor, doc Document, opts Options) (*Change, Result, error) {
	now := s.Now()
	p, err := makePlan(ctx, v, doc, now.Unix())
	if err != nil {
		return nil, Result{}, err
	}
	if len(Faults(p.problems)) > 0 {
		return nil, Result{}, &Refused{p.problems}
	}
	out := Result{Lines: p.lines, Warnings: p.problems}
	if len(p.lines) == 0 {
		return nil, out, nil
	}
	c := p.change(now, opts)
	out.Version = c.Version
	s.audit(c, p.lines, who, now, opts)
	s.history(c, p.lines, who, now)
	return c, out, nil
}

// Export writes organisations as a file; without any named, everything there is, the installation included. An unknown organisation is NotFound
// "org.unknown".
func (s Service) Export(ctx context.Context, orgs ...ids.Org) ([]byte, error) {
	var d Document
	err := s.Store.View(ctx, func(ctx context.Context, v View) error {
		stored, err := v.Stored(ctx, orgs)
		d = stored.Document
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("export a blueprint: %w", err)
	}
	if len(orgs) > 0 {
		d.Installation = nil
	}
	for _, o := range orgs {
		if _, ok := d.Organisation(o); !ok {
			return nil, fault.NotFound("org.unknown")
		}
	}
	return Export(d)
}

// audit records what was applied, for each organisation and for the installation: how many differences, never what they say.
func (s Service) audit(c *Change, lines []Line, who actor.Actor, now time.Time, opts Options) {
	counts := map[ids.Org]map[Op]int{}
	var orgs []ids.Org
	for _, l := range lines {
		if counts[l.Org] == nil {
			counts[l.Org] = map[Op]int{}
			orgs = append(orgs, l.Org)
		}
		counts[l.Org][l.Op]++
	}
	for _, o := range orgs {
		kind, subject := "organisation", string(o)
		if o == "" {
			kind, subject = "installation", "installation"
		}
		n := counts[o]
		detail := map[string]string{
			"version": strconv.FormatInt(c.Version, 10), "touches_existing": strconv.FormatBool(opts.TouchesExisting),
			"added": strconv.Itoa(n[Added]), "changed": strconv.Itoa(n[Changed]), "removed": strconv.Itoa(n[Removed]),
		}
		c.Audit = append(c.Audit, audit.New(o, s.Gen.Audit(), now.UnixMicro(), who, audit.BlueprintApplied, kind, subject, detail))
	}
}
