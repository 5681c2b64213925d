package blueprint

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/form"
	"luukku/domain/org"
)

// plan is what a document would do to what is stored.
type plan struct {
	stored   Stored
	want     Document // whole
	lines    []Line
	problems []Problem
}

func makePlan(ctx context.Context, v View, doc Document, now int64) (plan, error) {
	if len(Faults(doc.problems)) > 0 {
		return plan{problems: doc.problems}, nil
	}
	var p plan
	var err error
	if p.stored, err = v.Stored(ctx, doc.orgs()); err != nil {
		return plan{}, err
	}
	p.want = Merge(p.stored.Document, doc)
	p.lines = compare(p.stored.Document, p.want)
	c := &checker{root: doc.root}
	if doc.Installation != nil {
		c.installation(*p.want.Installation)
	}
	if p.want.Installation != nil {
		c.shared = p.want.Installation.Policy
	}
	for _, o := range p.want.Organisations {
		have, _ := p.stored.Organisation(o.ID)
		c.organisation(o)
		c.matters(o, p.want.Installation)
		c.takenHosts(o, p.want, p.stored)
		c.movedUnits(have, o)
		if err := c.live(ctx, v, have, o, now); err != nil {
			return plan{}, err
		}
	}
	// Warnings about what the file does not speak of are not its own.
	c.problems = slices.DeleteFunc(c.problems, func(p Problem) bool { return p.Warning && !doc.names(p.Path) })
	p.problems = inOrder(append(c.problems, doc.problems...))
	return p, nil
}

func (d Document) orgs() []ids.Org {
	out := make([]ids.Org, len(d.Organisations))
	for i, o := range d.Organisations {
		out[i] = o.ID
	}
	return out
}

// names reports whether the file has what a path leads to, or says all there is.
func (d Document) names(path string) bool {
	if d.root == nil {
		return true
	}
	_, all := d.root.walk(path)
	return all
}

// matters refuses what an organisation says it sends letters about when the installation has no such matter.
func (c *checker) matters(o Organisation, in *Installation) {
	for i, m := range o.Sends {
		if in == nil || !slices.ContainsFunc(in.Matters, func(x org.Matter) bool { return x.ID == m }) {
			c.add("organisations."+string(o.ID)+"."+elem("sends", i), "the installation has no matter %.60q", m)
		}
	}
}

// takenHosts refuses host names of other organisations.
func (c *checker) takenHosts(o Organisation, want Document, stored Stored) {
	for i, h := range o.Hosts {
		owner, taken := stored.Hosts[h]
		if other, ok := want.Organisation(owner); ok && !slices.Contains(other.Hosts, h) {
			continue // the same file takes it from there
		}
		if taken && owner != o.ID {
			c.add(elem("organisations."+string(o.ID)+".hosts", i), "%s belongs to the organisation %s", h, owner)
		}
	}
}

// movedUnits refuses a unit whose ID was another office's: its appointments would come along.
func (c *checker) movedUnits(have, want Organisation) {
	was := map[ids.Unit]ids.Office{}
	for u := range have.units() {
		was[u.id] = u.office
	}
	for u := range want.units() {
		if office, ok := was[u.id]; ok && office != u.office {
			c.add(u.path(want.ID), "the name is too like that of %s at %s; choose another", unitName(office, u.id), office)
		}
	}
}

// unitRef is a unit with its office.
type unitRef struct {
	office ids.Office
	id     ids.Unit
}

func (u unitRef) path(o ids.Org) string {
	return "organisations." + string(o) + ".offices." + string(u.office) + ".units." + unitName(u.office, u.id)
}

func (o Organisation) units() func(yield func(unitRef) bool) {
	return func(yield func(unitRef) bool) {
		for i := range o.Offices {
			for j := range o.Offices[i].Units {
				if !yield(unitRef{o.Offices[i].ID, o.Offices[i].Units[j].ID}) {
					return
				}
			}
		}
	}
}

// live refuses to remove what people have appointments at.
func (c *checker) live(ctx context.Context, v View, have, want Organisation, now int64) error {
	units := map[ids.Unit]bool{}
	for u := range want.units() {
		units[u.id] = true
	}
	counts := map[string]int{}
	for i := range have.Offices {
		f := &have.Offices[i]
		base := "offices." + string(f.ID)
		gone := !slices.ContainsFunc(want.Offices, func(w Office) bool { return w.ID == f.ID })
		if !gone && !loses(*f, units) && !dropsService(have, want) {
			continue
		}
		rows, err := v.Live(ctx, have.ID, f.ID, now)
		if err != nil {
			return err
		}
		for _, r := range rows {
			switch {
			case gone:
				counts[base] += r.N
			case !units[r.Unit]:
				counts[base+".units."+unitName(f.ID, r.Unit)] += r.N
			}
			if have.hasService(r.Service) && !want.hasService(r.Service) {
				counts["services."+string(r.Service)] += r.N
			}
		}
	}
	c.prefix = "organisations." + string(want.ID) + "."
	defer func() { c.prefix = "" }()
	for _, path := range slices.Sorted(maps.Keys(counts)) {
		c.add(path, "cannot be removed: %d appointments are still to come here; move or cancel them first", counts[path])
	}
	return nil
}

// loses reports whether an office has a unit that will not be.
func loses(f Office, units map[ids.Unit]bool) bool {
	for i := range f.Units {
		if !units[f.Units[i].ID] {
			return true
		}
	}
	return false
}

func dropsService(have, want Organisation) bool {
	return slices.ContainsFunc(have.Services, func(s ServiceEntry) bool { return !want.hasService(s.ID) })
}

// change makes what is written from what differs.
func (p plan) change(now time.Time, opts Options) *Change {
	c := &Change{Version: max(p.stored.Version+1, now.UnixMilli()), Now: now.Unix()}
	touched := map[ids.Org]bool{}
	for _, l := range p.lines {
		touched[l.Org] = true
	}
	if touched[""] {
		c.Installation = p.want.Installation
		var have Installation
		if p.stored.Installation != nil {
			have = *p.stored.Installation
		}
		c.policy("", catalog.PolicyDoc{Installation: true}, have.Policy, c.Installation.Policy, opts)
		// Everybody's configuration holds the installation's.
		for _, o := range p.stored.Orgs {
			touched[o] = true
		}
	}
	delete(touched, "")
	for _, o := range slices.Sorted(maps.Keys(touched)) {
		c.Topics = append(c.Topics, "config/"+string(o))
		want, ok := p.want.Organisation(o)
		have, _ := p.stored.Organisation(o)
		if !ok || !slices.ContainsFunc(p.lines, func(l Line) bool { return l.Org == o }) {
			continue
		}
		c.Orgs = append(c.Orgs, OrgChange{have, want})
		c.forms(have, want)
		before, after := have.policies(), want.policies()
		for _, at := range slices.SortedFunc(maps.Keys(union(before, after)), levelOrder) {
			c.policy(o, catalog.PolicyDoc{Service: at.service, Office: at.office}, before[at], after[at], opts)
		}
	}
	return c
}

// forms appends a version of each form whose document differs from the one in force.
func (c *Change) forms(have, want Organisation) {
	for _, f := range want.Forms {
		i := slices.IndexFunc(have.Forms, func(h FormEntry) bool { return h.ID == f.ID })
		if f.Document == "" || (i >= 0 && have.Forms[i].Document == f.Document) {
			continue
		}
		def, mistakes := form.Read([]byte(f.Document))
		if len(mistakes) > 0 {
			continue // checkForms refuses it
		}
		c.Forms = append(c.Forms, FormVersion{Org: want.ID, Form: f.ID, Digest: def.Digest, From: c.Now, Document: def.Document.JSON()})
	}
}

// policy appends the settings of a level when they differ from the newest.
func (c *Change) policy(o ids.Org, doc catalog.PolicyDoc, have, want catalog.Settings, opts Options) {
	if maps.Equal(have, want) {
		return
	}
	doc.Version, doc.Settings, doc.TouchesExisting = c.Version, want, opts.TouchesExisting
	c.Policies = append(c.Policies, PolicyRow{o, doc})
}

// level is where a policy is set within an organisation.
type level struct {
	service ids.Service
	office  ids.Office
}

func levelOrder(a, b level) int {
	if n := strings.Compare(string(a.service), string(b.service)); n != 0 {
		return n
	}
	return strings.Compare(string(a.office), string(b.office))
}

func union(a, b map[level]catalog.Settings) map[level]catalog.Settings {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}

// policies are the settings of all levels. A level that goes with its service or office is thereby set to nothing: what comes back under the name
// later begins afresh.
func (o Organisation) policies() map[level]catalog.Settings {
	out := map[level]catalog.Settings{{}: o.Policy}
	for _, s := range o.Services {
		out[level{service: s.ID}] = s.Policy
	}
	for _, f := range o.Offices {
		for s, p := range f.Policy {
			out[level{s, f.ID}] = p
		}
	}
	return out
}
