package blueprint

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Drafts is how administrators change what an organisation has configured: in a draft that they share, which is looked at and then published as a whole.
//
// Nobody overwrites anybody. A form says what it saw of the thing that it changes (Seen), and is refused with Conflict "draft_config.changed" when that has
// changed since. What was published meanwhile by other ways, such as the command line, is carried into the draft (Rebase); what both changed must be settled
// before the draft is published.
type Drafts struct {
	Store Store
	Gen   *ids.Gen
	Now   func() time.Time
}

// Work is what an administrator works on: the draft, or what is published where there is none.
type Work struct {
	Draft, Published Organisation
	Installation     Installation
	// Clashes are what both the draft and others have changed.
	Clashes []Clash
	// Begun says that there is a draft; the rest is about it.
	Begun                bool
	Version              int64
	CreatedAt, ChangedAt int64
	ChangedBy            string

	base    Organisation
	settled bool // a clash was
}

// Lines are what publishing the draft changes.
func (w Work) Lines() []Line {
	return compare(Document{Organisations: []Organisation{w.Published}}, Document{Organisations: []Organisation{w.Draft}})
}

// Seen stands for what a form shows of the named fields of a thing: it changes when they do. Without names it is all of the thing.
func (w Work) Seen(ref Ref, fields ...string) string {
	rec, ok := w.Draft.Record(ref)
	if !ok {
		return "none"
	}
	if len(fields) > 0 {
		maps.DeleteFunc(rec, func(name string, _ any) bool { return !slices.Contains(fields, name) })
	}
	return digest(render(tableOf(rec)))
}

// SeenPolicy is Seen for the settings of a level.
func (w Work) SeenPolicy(service ids.Service, office ids.Office) string {
	return digest(render(sayPolicy(w.Draft.PolicyOf(service, office))))
}

// SeenAll stands for all of the draft and of what is published.
func (w Work) SeenAll() (string, error) {
	var all strings.Builder
	for _, o := range []Organisation{w.Draft, w.Published} {
		b, err := Export(Document{Organisations: []Organisation{o}})
		if err != nil {
			return "", err
		}
		all.Write(b)
	}
	return digest(all.String()), nil
}

// tableOf is a record in the order of its keys.
func tableOf(r Record) table {
	var t table
	for key, v := range r {
		switch v := v.(type) {
		case Record:
			t = append(t, pair{key, tableOf(v)})
		case []Record:
			for i, e := range v {
				t = append(t, pair{key + strconv.Itoa(i), tableOf(e)})
			}
		default:
			t = append(t, pair{key, v})
		}
	}
	slices.SortFunc(t, func(a, b pair) int { return strings.Compare(a.key, b.key) })
	return t
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}

// Outdated is the fault of a form whose thing was changed by somebody else since it was shown.
func Outdated() error { return fault.Conflict("draft_config.changed", nil) }

// mayEdit asks whether somebody may change what an organisation has configured.
func mayEdit(who actor.Actor, o ids.Org) error {
	return who.May(actor.ConfigEdit, actor.Object{Org: o})
}

// Open returns what an administrator works on.
func (d Drafts) Open(ctx context.Context, who actor.Actor, o ids.Org) (Work, error) {
	if err := mayEdit(who, o); err != nil {
		return Work{}, err
	}
	var w Work
	err := d.Store.View(ctx, func(ctx context.Context, v View) error {
		var err error
		w, err = openWork(ctx, v, o)
		return err
	})
	if err != nil {
		return Work{}, fmt.Errorf("open the draft of %s: %w", o, err)
	}
	return w, nil
}

func openWork(ctx context.Context, v View, o ids.Org) (Work, error) {
	stored, err := v.Stored(ctx, []ids.Org{o})
	if err != nil {
		return Work{}, err
	}
	w := Work{}
	var ok bool
	if w.Published, ok = stored.Organisation(o); !ok {
		return Work{}, fault.NotFound("org.unknown")
	}
	if stored.Installation != nil {
		w.Installation = *stored.Installation
	}
	w.Draft, w.base = copyOf(w.Published), copyOf(w.Published)
	row, ok, err := v.Draft(ctx, o)
	if err != nil || !ok {
		return w, err
	}
	base, err := parseDraft(row.Base, o)
	if err != nil {
		return Work{}, err
	}
	mine, err := parseDraft(row.Doc, o)
	if err != nil {
		return Work{}, err
	}
	w.Draft, w.base, w.Clashes = Rebase(base, mine, w.Published)
	w.Begun, w.Version, w.CreatedAt, w.ChangedAt, w.ChangedBy = true, row.Version, row.CreatedAt, row.ChangedAt, row.ChangedBy
	return w, nil
}

// parseDraft reads what Export wrote. What is wrong with it as a configuration is said where it is shown, not here.
func parseDraft(text string, o ids.Org) (Organisation, error) {
	doc, problems := Parse([]byte(text))
	out, ok := doc.Organisation(o)
	if !ok {
		return out, fmt.Errorf("the draft of %s cannot be read: %v", o, problems)
	}
	return out, nil
}

// Edit changes the draft, and begins one where there is none. What change returns as an error is returned as it is, and nothing has changed. A draft that
// says nothing new any more is dropped. What is named for the audit log.
func (d Drafts) Edit(ctx context.Context, who actor.Actor, o ids.Org, what string, change func(w *Work) error) error {
	if err := mayEdit(who, o); err != nil {
		return err
	}
	return d.Store.Configure(ctx, func(ctx context.Context, v View) (*Change, error) {
		w, err := openWork(ctx, v, o)
		if err != nil {
			return nil, err
		}
		before, err := w.SeenAll()
		if err != nil {
			return nil, err
		}
		if err := change(&w); err != nil {
			return nil, err
		}
		after, err := w.SeenAll()
		if err != nil || before == after && !w.settled {
			return nil, err
		}
		return d.keep(w, who, what)
	})
}

// keep is the change that stores a draft.
func (d Drafts) keep(w Work, who actor.Actor, what string) (*Change, error) {
	now := d.Now()
	o := w.Published.ID
	c := &Change{Now: now.Unix(), Drafts: []DraftChange{{Org: o}}}
	detail := map[string]string{"what": plainWord(what)}
	c.Audit = append(c.Audit, audit.New(o, d.Gen.Audit(), now.UnixMicro(), who, audit.ConfigDrafted, "organisation", string(o), detail))
	if len(w.Lines()) == 0 && len(w.Clashes) == 0 {
		return c, nil
	}
	base, err := Export(Document{Organisations: []Organisation{w.base}})
	if err != nil {
		return nil, err
	}
	doc, err := Export(Document{Organisations: []Organisation{w.Draft}})
	if err != nil {
		return nil, err
	}
	row := DraftRow{Org: o, Base: string(base), Doc: string(doc), Version: w.Version + 1, CreatedAt: w.CreatedAt, ChangedAt: c.Now, ChangedBy: who.ID()}
	if !w.Begun {
		row.CreatedAt = c.Now
	}
	c.Drafts[0].Put = &row
	return c, nil
}

// Save writes values into a thing of the draft. Conflict "draft_config.changed" says that these fields of the thing are not
// as the form showed them. The problems are those of
// the thing: what cannot be read, and what must not be; then nothing was saved.
//
// more changes what else the form says; nil for nothing.
func (d Drafts) Save(
	ctx context.Context, who actor.Actor, o ids.Org, ref Ref, seen string, values Record, more func(*Organisation),
) (problems []Problem, err error) {
	err = d.Edit(ctx, who, o, ref.Name(), func(w *Work) error {
		problems = nil // the function may run twice
		if !w.Draft.Has(ref) {
			return fault.NotFound("error.not_found")
		}
		if w.Seen(ref, slices.Collect(maps.Keys(values))...) != seen {
			return Outdated()
		}
		if problems = w.put(ref, values); len(problems) > 0 {
			return &Refused{problems}
		}
		if more != nil {
			more(&w.Draft)
		}
		return nil
	})
	if len(problems) > 0 {
		return problems, nil
	}
	return nil, err
}

// put writes values into a thing and returns what is wrong with it then.
func (w *Work) put(ref Ref, values Record) []Problem {
	unread := w.Draft.Set(ref, values)
	own := Faults(Check(w.Draft))
	own = slices.DeleteFunc(own, func(p Problem) bool { return !ref.owns(p.Path) || follows(p, unread) })
	return append(unread, own...)
}

// owns reports whether a path is that of the thing, and not of things within it.
func (r Ref) owns(path string) bool {
	rest, ok := strings.CutPrefix(path, r.Path())
	if !ok {
		return false
	}
	switch r.Section {
	case "":
		first, _, _ := strings.Cut(rest, ".")
		return !slices.Contains(sectionNames(), first)
	case "offices":
		return !strings.HasPrefix(rest, "units.")
	}
	return true
}

// Add puts a new thing into the draft and writes values into it. Invalid with the field "slug" says that its name in addresses is none, or is taken.
func (d Drafts) Add(ctx context.Context, who actor.Actor, o ids.Org, ref Ref, values Record) (problems []Problem, err error) {
	err = d.Edit(ctx, who, o, ref.Name(), func(w *Work) error {
		problems = nil
		if w.Draft.Has(ref) {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "slug", Key: "thing.slug_taken"})
		}
		if !w.Draft.Add(ref) {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: "slug", Key: "setup.slug_invalid"})
		}
		if problems = w.put(ref, values); len(problems) > 0 {
			return &Refused{problems}
		}
		return nil
	})
	if len(problems) > 0 {
		return problems, nil
	}
	return nil, err
}

// Discard drops the draft, unless somebody has changed it since it was seen (Conflict "draft_config.changed").
func (d Drafts) Discard(ctx context.Context, who actor.Actor, o ids.Org, version int64) error {
	if err := mayEdit(who, o); err != nil {
		return err
	}
	return d.Store.Configure(ctx, func(ctx context.Context, v View) (*Change, error) {
		row, ok, err := v.Draft(ctx, o)
		if err != nil || !ok {
			return nil, err
		}
		if row.Version != version {
			return nil, Outdated()
		}
		now := d.Now()
		return &Change{Now: now.Unix(), Drafts: []DraftChange{{Org: o}}, Audit: []audit.Entry{
			audit.New(o, d.Gen.Audit(), now.UnixMicro(), who, audit.ConfigDiscarded, "organisation", string(o), nil),
		}}, nil
	})
}

// Publish makes the draft what is configured, in one transaction with dropping it. Seen is the SeenAll of what was shown before; Conflict
// "draft_config.changed" says that the draft, or what it would replace, is no longer that. *Refused says what must be mended first.
func (d Drafts) Publish(ctx context.Context, who actor.Actor, o ids.Org, seen string, opts Options) (Result, error) {
	if err := mayEdit(who, o); err != nil {
		return Result{}, err
	}
	var out Result
	err := d.Store.Configure(ctx, func(ctx context.Context, v View) (*Change, error) {
		out = Result{}
		w, err := openWork(ctx, v, o)
		if err != nil {
			return nil, err
		}
		now, err := w.SeenAll()
		if err != nil {
			return nil, err
		}
		if now != seen || len(w.Clashes) > 0 {
			return nil, Outdated()
		}
		c, result, err := d.published(ctx, v, who, Document{Organisations: []Organisation{w.Draft}}, opts)
		if err != nil {
			return nil, err
		}
		out = result
		if c == nil {
			c = &Change{Now: d.Now().Unix()}
		}
		c.Drafts = append(c.Drafts, DraftChange{Org: o})
		return c, nil
	})
	if err != nil {
		return Result{}, err
	}
	return out, nil
}

// Plan returns what publishing would change, and what stands against it.
func (d Drafts) Plan(ctx context.Context, who actor.Actor, w Work) (lines []Line, problems []Problem, err error) {
	if err := mayEdit(who, w.Published.ID); err != nil {
		return nil, nil, err
	}
	var p plan
	err = d.Store.View(ctx, func(ctx context.Context, v View) error {
		var err error
		p, err = makePlan(ctx, v, Document{Organisations: []Organisation{w.Draft}}, d.Now().Unix())
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	prefix := "organisations." + string(w.Published.ID) + "."
	c := &checker{}
	c.unoffered(w.Draft)
	problems = slices.Concat(p.problems, c.problems)
	for i := range problems {
		problems[i].Path = strings.TrimPrefix(problems[i].Path, prefix)
	}
	return p.lines, problems, nil
}

// Settle ends a clash of the draft.
func (d Drafts) Settle(ctx context.Context, who actor.Actor, o ids.Org, path string, mine bool) error {
	return d.Edit(ctx, who, o, path, func(w *Work) error {
		Settle(&w.Draft, &w.base, w.Published, path, mine)
		w.Clashes = slices.DeleteFunc(w.Clashes, func(c Clash) bool { return c.Path == path })
		w.settled = true
		return nil
	})
}

// Take puts an organisation of a file into the draft, as applying the file would. It fails with *Refused when the file is wrong.
func (d Drafts) Take(ctx context.Context, who actor.Actor, o ids.Org, doc Document) error {
	if wrong := Faults(doc.problems); len(wrong) > 0 {
		return &Refused{wrong}
	}
	return d.Edit(ctx, who, o, "import", func(w *Work) error {
		w.Draft = takeOver(w.Draft, doc)
		return nil
	})
}

// Over returns what the draft would be with an organisation of a file put into it, and what differs.
func (w Work) Over(doc Document) (Organisation, []Line) {
	after := takeOver(w.Draft, doc)
	return after, compare(Document{Organisations: []Organisation{w.Draft}}, Document{Organisations: []Organisation{after}})
}

// takeOver merges the first organisation of a file over one, whatever its slug there: a town takes over the configuration of another.
func takeOver(have Organisation, doc Document) Organisation {
	if len(doc.Organisations) == 0 {
		return have
	}
	want := doc.Organisations[0]
	n := doc.root.child("organisations").child(string(want.ID))
	want.ID = have.ID
	merged := mergeOrganisation(have, want, n)
	merged.Hosts = have.Hosts
	return merged
}

// plainWord makes a value that the audit log takes.
func plainWord(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == ' ' {
			return ':'
		}
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_.,:;/=-", r) {
			return r
		}
		return -1
	}, s)
	return s[:min(len(s), 200)]
}

// summary names what was changed, as far as there is room in a line of the audit log.
func summary(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		w := plainWord(l.What)
		if b.Len()+len(w)+4 > 190 {
			b.WriteString(",...")
			break
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(w)
	}
	return b.String()
}
