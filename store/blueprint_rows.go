package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"luukku/domain/blueprint"
	"luukku/store/db"
)

// table is one of those in which an organisation's things are: how a row is put and dropped.
type table struct {
	name string
	put  func(ctx context.Context, q *db.Queries, org string, r row) error
	drop func(ctx context.Context, q *db.Queries, org string, r row) error
}

// row is one thing of an organisation as its table has it. Doc is compared and written as JSON.
type row struct {
	id, owner string // owner: the office of a unit or an offer
	position  int64
	doc       string
}

// tables come in the order in which rows are put; they are dropped in the opposite one, because of the references.
var tables = []table{
	{
		"office_group",
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.PutOfficeGroup(ctx, db.PutOfficeGroupParams{Org: o, ID: r.id, Position: r.position, Doc: r.doc})
		},
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.DropOfficeGroup(ctx, db.DropOfficeGroupParams{Org: o, ID: r.id})
		},
	},
	{
		"category",
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.PutCategory(ctx, db.PutCategoryParams{Org: o, ID: r.id, Position: r.position, Doc: r.doc})
		},
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.DropCategory(ctx, db.DropCategoryParams{Org: o, ID: r.id})
		},
	},
	{
		"service",
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.PutService(ctx, db.PutServiceParams{Org: o, ID: r.id, Position: r.position, Doc: r.doc})
		},
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.DropService(ctx, db.DropServiceParams{Org: o, ID: r.id})
		},
	},
	{
		"office",
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.PutOffice(ctx, db.PutOfficeParams{Org: o, ID: r.id, Position: r.position, Doc: r.doc})
		},
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.DropOffice(ctx, db.DropOfficeParams{Org: o, ID: r.id})
		},
	},
	{
		"inbox",
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.PutInbox(ctx, db.PutInboxParams{Org: o, ID: r.id, Position: r.position, Doc: r.doc})
		},
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.DropInbox(ctx, db.DropInboxParams{Org: o, ID: r.id})
		},
	},
	{
		"wording",
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.PutWording(ctx, db.PutWordingParams{Org: o, ID: r.id, Position: r.position, Doc: r.doc})
		},
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.DropWording(ctx, db.DropWordingParams{Org: o, ID: r.id})
		},
	},
	{
		"form_text",
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.PutFormText(ctx, db.PutFormTextParams{Org: o, ID: r.id, Position: r.position, Doc: r.doc})
		},
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.DropFormText(ctx, db.DropFormTextParams{Org: o, ID: r.id})
		},
	},
	{
		"form",
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.PutForm(ctx, db.PutFormParams{Org: o, ID: r.id, Position: r.position, Doc: r.doc})
		},
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.DropForm(ctx, db.DropFormParams{Org: o, ID: r.id})
		},
	},
	{
		"unit",
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.PutUnit(ctx, db.PutUnitParams{Org: o, ID: r.id, Office: r.owner, Position: r.position, Doc: r.doc})
		},
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.DropUnit(ctx, db.DropUnitParams{Org: o, ID: r.id})
		},
	},
	{
		"offer",
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.PutOffer(ctx, db.PutOfferParams{Org: o, Service: r.id, Office: r.owner})
		},
		func(ctx context.Context, q *db.Queries, o string, r row) error {
			return q.DropOffer(ctx, db.DropOfferParams{Org: o, Service: r.id, Office: r.owner})
		},
	},
}

// putThings writes the rows that differ, and drops those that are no longer.
func putThings(ctx context.Context, q *db.Queries, o string, have, want map[string][]row) error {
	for _, t := range slices.Backward(tables) {
		for _, r := range have[t.name] {
			if slices.ContainsFunc(want[t.name], r.same) {
				continue
			}
			if err := t.drop(ctx, q, o, r); err != nil {
				return fmt.Errorf("drop %s %s: %w", t.name, r.id, err)
			}
		}
	}
	for _, t := range tables {
		for _, r := range want[t.name] {
			if slices.Contains(have[t.name], r) {
				continue
			}
			if err := t.put(ctx, q, o, r); err != nil {
				return fmt.Errorf("put %s %s: %w", t.name, r.id, err)
			}
		}
	}
	return nil
}

// same reports whether two rows have one key.
func (r row) same(other row) bool { return r.id == other.id && r.owner == other.owner }

// thingsOf makes the rows of an organisation, by table.
func thingsOf(o blueprint.Organisation) (map[string][]row, error) {
	m := rowMaker{rows: map[string][]row{}}
	for _, g := range o.Groups {
		m.add("office_group", g.ID, "", g)
	}
	for _, c := range o.Categories {
		m.add("category", string(c.ID), "", c)
	}
	for _, s := range o.Services {
		m.add("service", string(s.ID), "", s.Service)
	}
	for _, b := range o.Inboxes {
		m.add("inbox", string(b.ID), "", b)
	}
	for _, w := range o.Wordings {
		m.add("wording", w.ID, "", w)
	}
	for _, t := range o.FormTexts {
		m.add("form_text", t.ID, "", t)
	}
	for _, f := range o.Forms {
		m.add("form", string(f.ID), "", f.Form) // what it asks lies in versions
	}
	for _, f := range o.Offices {
		units := f.Units
		f.Units = nil // they have a table of their own
		m.add("office", string(f.ID), "", f.Office)
		for _, u := range units {
			m.add("unit", string(u.ID), string(f.ID), u)
		}
		for _, s := range f.Services {
			m.rows["offer"] = append(m.rows["offer"], row{id: string(s), owner: string(f.ID)})
		}
	}
	return m.rows, m.err
}

type rowMaker struct {
	rows map[string][]row
	err  error
}

func (m *rowMaker) add(table, id, owner string, doc any) {
	b, err := json.Marshal(doc)
	if err != nil && m.err == nil {
		m.err = fmt.Errorf("%s %s: %w", table, id, err)
	}
	m.rows[table] = append(m.rows[table], row{id, owner, int64(len(m.rows[table])), string(b)})
}
