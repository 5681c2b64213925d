package eservice

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/form"
	"luukku/domain/mailbox"
)

// MostExported is how many forms are taken out at once.
const MostExported = 2000

// Exported is a form that was sent with what it says, as it is taken out.
type Exported struct {
	Listed
	Def *form.Definition
	// Present are the answers that hold now: those that were sent, with what was answered anew in their places. Attached is all that was attached at any time.
	Present  form.Answers
	Attached []mailbox.Attachment
	// Hidden says that it is of somebody whose data is protected: nothing of it is there.
	Hidden bool
}

// Export is what is taken out, in its order, with the form whose questions are its columns.
type Export struct {
	Config *catalog.Config
	Form   *catalog.Form
	List   []Exported
	// Cut says that there were more than are taken out at once.
	Cut bool
}

// Export opens what is wanted of one form. It needs a right of its own, beside that for the inboxes, and is written down as a whole and at each person whose data it has, before anything is given out. Faults:
// NotFound; Invalid at "form" without one.
func (s *Service) Export(ctx context.Context, who actor.Actor, o ids.Org, w Sought, kind string) (out Export, err error) {
	if err := who.May(actor.SubmissionExport, actor.Object{Org: o}); err != nil {
		return out, err
	}
	if out.Config, err = s.Store.Config(ctx, o); err != nil {
		return out, err
	}
	if out.Form, err = out.Config.Form(w.Form); err != nil {
		return out, fault.Invalid("form.invalid", nil, fault.Field{Name: "form", Key: "inbox.forms.export_form"})
	}
	w.After, w.Before = nil, Submission{}
	if w = w.Clean(); w.Order == ByWork { // by time, so that none is left out
		w.Order = Newest
	}
	var list []Listed
	for !out.Cut {
		page, err := s.search(ctx, who, o, w)
		if err != nil {
			return out, err
		}
		if list = append(list, page.List...); page.Next == nil {
			break
		}
		w.Before, out.Cut = *page.Next, len(list) >= MostExported
	}
	lines := []audit.Entry{audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.SubmissionExported, "submission", "all", map[string]string{
		"form": string(w.Form), "count": strconv.Itoa(len(list)), "as": kind,
	})}
	told := map[ids.Person]bool{}
	for _, x := range list {
		e := Exported{Listed: x, Hidden: x.Protected}
		if !e.Hidden {
			if _, _, e.Def, err = s.FormAt(ctx, o, x.Form, x.Version); err != nil {
				return out, err
			}
			whole, err := s.Store.Submission(ctx, o, x.ID)
			if fault.Is(err, fault.KindNotFound) { // deleted a moment ago
				continue
			}
			if err != nil {
				return out, err
			}
			now := Whole{Submission: whole, Config: out.Config, Form: out.Form, Def: e.Def}
			if now.Events, err = s.Store.SubmissionEvents(ctx, o, x.ID); err != nil {
				return out, err
			}
			if err = s.openSubmission(ctx, &now.Submission, now.Events); err != nil {
				return out, err
			}
			e.Submission, e.Present, e.Attached = now.Submission, now.Present(), now.allFiles()
			if p := x.Owner.Person; p != "" && !told[p] {
				told[p] = true
				lines = append(lines, s.Letters.WorkLine(o, who, audit.SubmissionExported, p))
			}
		}
		out.List = append(out.List, e)
	}
	return out, s.Store.InSubmissionTx(ctx, func(ctx context.Context, tx SubmissionTx) error { return tx.Letters().Audit(ctx, lines...) })
}

// column is one question of a form, of whichever version has it.
type column struct{ at, head string }

// columns are the questions of all versions that are there, those of the newest first, in their order.
func (e Export) columns(p *i18n.Printer) []column {
	byVersion := slices.Clone(e.List)
	slices.SortStableFunc(byVersion, func(a, b Exported) int { return int(b.Version - a.Version) })
	var out []column
	seen := map[string]bool{}
	last := int64(0)
	for _, x := range byVersion {
		if x.Def == nil || x.Version == last {
			continue
		}
		last = x.Version
		for _, f := range x.Def.Fields {
			if f.Kind == form.Repeated || seen[f.At] {
				continue
			}
			seen[f.At] = true
			label, _ := x.Def.Word(p.Lang(), f.Key+".label", f.Label)
			if f.Rows != nil {
				group, _ := x.Def.Word(p.Lang(), f.Rows.Key+".label", f.Rows.Label)
				label = strings.TrimSpace(group + ": " + label)
			}
			out = append(out, column{f.At, strings.TrimSpace(label + " [" + strings.TrimPrefix(f.At, "/") + "]")})
		}
	}
	return out
}

// moment is a moment as tables have it.
func (e Export) moment(unix int64) string {
	if unix == 0 {
		return ""
	}
	return time.Unix(unix, 0).In(e.Config.Zone()).Format(time.RFC3339)
}

// Table is what is taken out as rows: first what each is, then its answers in words as they hold now, a column for each question of all versions that are there; the rows of a group stand in one cell with "; " between.
func (e Export) Table(p *i18n.Printer) [][]string {
	cols := e.columns(p)
	head := []string{"number", "sent_at", "state", "ended_at", "due_at", "inbox", "version", "from", "name"}
	for _, c := range cols {
		head = append(head, c.head)
	}
	out := [][]string{head}
	for _, x := range e.List {
		row := []string{x.Number, e.moment(x.SentAt), string(x.State), e.moment(x.EndedAt), e.moment(x.Work.Due), string(x.Work.Inbox), strconv.FormatInt(x.Version, 10), x.from(), x.Name}
		said := x.said(p, e.Config.Zone())
		for _, c := range cols {
			row = append(row, said[c.at])
		}
		out = append(out, row)
	}
	return out
}

// from says whose it is: "person", "company", "office" for what was filled in for somebody, "protected", or "unknown".
func (x Exported) from() string {
	switch {
	case x.Hidden:
		return "protected"
	case x.By != "":
		return "office"
	case x.Owner.Company != "":
		return "company"
	case x.Owner.Person != "":
		return "person"
	}
	return "unknown"
}

// said are the answers in words, by the place of their question.
func (x Exported) said(p *i18n.Printer, zone *time.Location) map[string]string {
	out := map[string]string{}
	if x.Hidden || x.Def == nil {
		return out
	}
	o := x.Def.Evaluate(x.Present, time.Unix(x.SentAt, 0).In(zone))
	for _, f := range x.Def.Fields {
		if f.Kind == form.Repeated {
			continue
		}
		rows := []int{-1}
		if f.Rows != nil {
			rows = nil
			for i := range o.Rows(f.Rows) {
				rows = append(rows, i)
			}
		}
		var words []string
		for _, row := range rows {
			if o.Hidden(f, max(row, 0)) {
				continue
			}
			text := ""
			if v := o.Value(f, row); f.Kind == form.Files {
				text = strings.Join(x.fileNames(v), ", ")
			} else {
				text = x.Def.Said(p, f, v)
			}
			if text != "" || f.Rows != nil {
				words = append(words, text)
			}
		}
		out[f.At] = strings.Join(words, "; ")
	}
	return out
}

func (x Exported) fileNames(v any) []string {
	var out []string
	for _, id := range fileIDs(v) {
		if i := slices.IndexFunc(x.Attached, func(a mailbox.Attachment) bool { return a.ID == id }); i >= 0 {
			out = append(out, x.Attached[i].Name)
		}
	}
	return out
}

// JSON is what is taken out with its answers as they were sent, and as they hold now where something was answered anew.
func (e Export) JSON() ([]byte, error) {
	type one struct {
		Number  string               `json:"number"`
		Form    ids.Form             `json:"form"`
		Version int64                `json:"version"`
		State   State                `json:"state"`
		SentAt  string               `json:"sent_at"`
		EndedAt string               `json:"ended_at,omitempty"`
		DueAt   string               `json:"due_at,omitempty"`
		Inbox   ids.Inbox            `json:"inbox"`
		From    string               `json:"from"`
		Name    string               `json:"name,omitempty"`
		Digest  string               `json:"sha256"`
		Answers form.Answers         `json:"answers,omitempty"`
		Now     form.Answers         `json:"answers_now,omitempty"`
		Files   []mailbox.Attachment `json:"files,omitempty"`
	}
	list := []one{}
	for _, x := range e.List {
		y := one{
			x.Number, x.Form, x.Version, x.State, e.moment(x.SentAt), e.moment(x.EndedAt), e.moment(x.Work.Due), x.Work.Inbox, x.from(), x.Name, x.AnswersDigest, x.Answers, nil, x.Attached,
		}
		if !reflect.DeepEqual(x.Answers, x.Present) {
			y.Now = x.Present
		}
		list = append(list, y)
	}
	return json.MarshalIndent(struct {
		Form  ids.Form `json:"form"`
		Cut   bool     `json:"cut"`
		Forms []one    `json:"submissions"`
	}{e.Form.ID, e.Cut, list}, "", "  ")
}
