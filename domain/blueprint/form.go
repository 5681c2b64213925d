package blueprint

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/form"
)

// FormPublishing is a form that was built and shall hold.
type FormPublishing struct {
	FormEntry
	// From is the first second in which what it asks holds, in Unix seconds; what is past is now. What is settled about it holds at once.
	From  int64
	Note  string
	Built FormBuilt
}

// PublishForm makes what was built of a form a version of it. What is wrong is Refused with paths from the organisation on, or Invalid "forms.unsound". It fails with Conflict "forms.edited" or
// "forms.published" when somebody else was faster.
func (d Drafts) PublishForm(ctx context.Context, who actor.Actor, p FormPublishing) error {
	o := p.Built.Org
	if err := mayEdit(who, o); err != nil {
		return err
	}
	def, mistakes := form.Read([]byte(p.Document))
	if len(mistakes) > 0 {
		return fault.Invalid("forms.unsound", nil)
	}
	err := d.Store.Configure(ctx, func(ctx context.Context, v View) (*Change, error) {
		now := d.Now()
		stored, err := v.Stored(ctx, []ids.Org{o})
		if err != nil {
			return nil, err
		}
		have, ok := stored.Organisation(o)
		if !ok {
			return nil, fault.NotFound("org.unknown")
		}
		want := copyOf(have)
		if i := slices.IndexFunc(want.Forms, func(f FormEntry) bool { return f.ID == p.ID }); i < 0 {
			want.Forms = append(want.Forms, p.FormEntry)
		} else {
			want.Forms[i] = p.FormEntry
		}
		c := &checker{}
		checkForms(c, &want)
		others := func(x Problem) bool { return !strings.HasPrefix(x.Path, "forms."+string(p.ID)+".") }
		if found := slices.DeleteFunc(Faults(c.problems), others); len(found) > 0 {
			return nil, &Refused{found}
		}
		from := max(p.From, now.Unix())
		change := &Change{
			Version: max(stored.Version+1, now.UnixMilli()), Now: now.Unix(), Orgs: []OrgChange{{have, want}}, Built: p.Built, Topics: []string{"config/" + string(o)},
			Forms: []FormVersion{{Org: o, Form: p.ID, Digest: def.Digest, From: from, Document: def.Document.JSON(), Note: p.Note, By: who.Staff}},
		}
		lines := compare(Document{Organisations: []Organisation{have}}, Document{Organisations: []Organisation{want}})
		Service{Gen: d.Gen}.history(change, lines, who, now)
		change.Audit = []audit.Entry{audit.New(o, d.Gen.Audit(), now.UnixMicro(), who, audit.FormPublished, "form", string(p.ID), map[string]string{
			"from": strconv.FormatInt(from, 10), "version": def.Digest[:12],
		})}
		return change, nil
	})
	if err != nil {
		return fmt.Errorf("publish form %s: %w", p.ID, err)
	}
	return nil
}
