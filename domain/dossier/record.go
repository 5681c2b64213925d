package dossier

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
)

// Record is a row of the database that is somebody's, as it lies there.
type Record struct {
	Table   string
	Columns []string
	Values  []any
	// Given says of each column whether it is given to whose row it is, Sealed whether it is sealed, Closed whether it is sealed and opened by its room alone.
	Given, Sealed, Closed []bool
	// Key is whose key seals it; empty for the installation's.
	Key ids.Person
}

// placeBy are the columns of which the place of what is sealed in a table is made, where it is not the organisation and the id.
var placeBy = map[string]string{
	"appointment": "id", "appointment_part": "appointment position", "account": "person", "identifier": "kind lookup", "guardianship": "person id", "mandate": "person id",
	"care": "org person agenda version", "access_grant": "org service account company version", "submission_event": "org submission at what", "form_part": "org draft id",
	"conversation": "org item", "audit_reason": "org audit", "erasure_office": "org person erasure", "postal_address": "person source",
}

// value is a column of the record.
func (r Record) value(column string) any {
	for i, c := range r.Columns {
		if c == column {
			return r.Values[i]
		}
	}
	return nil
}

// Place is where a column of the record lies.
func (r Record) Place(column string) seal.Place {
	by := placeBy[r.Table]
	if by == "" {
		by = "org id"
	}
	var row []string
	for c := range strings.FieldsSeq(by) {
		switch v := r.value(c).(type) {
		case nil:
			row = append(row, "")
		case []byte:
			row = append(row, hex.EncodeToString(v))
		default:
			row = append(row, fmt.Sprint(v))
		}
	}
	return seal.Place{Table: r.Table, Column: column, Row: strings.Join(row, "/")}
}

// keys opens what is sealed in records, and remembers the keys: nil stands for who has none any more.
type keys struct {
	s    *Service
	open map[ids.Person]*seal.PersonKey
}

func (k keys) of(ctx context.Context, p ids.Person) (*seal.PersonKey, error) {
	if key, ok := k.open[p]; ok {
		return key, nil
	}
	wrapped, err := k.s.Store.PersonKey(ctx, p)
	if err != nil {
		return nil, err
	}
	var key *seal.PersonKey
	if len(wrapped) > 0 {
		got, err := k.s.Seals.Unwrap(string(p), wrapped)
		if err != nil {
			return nil, fmt.Errorf("unwrap key of person %s: %w", p, err)
		}
		key = &got
	}
	k.open[p] = key
	return key, nil
}

// erased stands for what cannot be read any more.
const erased = "erased"

// opened is a record as it is given: what is sealed is opened, and what is JSON stays it.
func (k keys) opened(ctx context.Context, r Record) (map[string]any, error) {
	out := map[string]any{}
	for i, c := range r.Columns {
		v := r.Values[i]
		if !r.Given[i] || r.Closed[i] || v == nil {
			continue
		}
		b, ok := v.([]byte)
		if !ok || !r.Sealed[i] || len(b) == 0 {
			if s, text := v.(string); text || !ok {
				out[c] = v
				if text {
					out[c] = said(s)
				}
			}
			continue
		}
		plain, err := k.s.Seals.Open, error(nil)
		if r.Key != "" {
			key, err := k.of(ctx, r.Key)
			if err != nil {
				return nil, err
			}
			if key == nil {
				out[c] = erased
				continue
			}
			plain = key.Open
		}
		text, err := plain(b, r.Place(c))
		if err != nil {
			return nil, fmt.Errorf("open %s of %s: %w", c, r.Table, err)
		}
		out[c] = said(string(text))
	}
	return out, nil
}

// said is a text as it is given: a document as it is, everything else as a text.
func said(s string) any {
	if len(s) > 1 && (s[0] == '{' || s[0] == '[') && json.Valid([]byte(s)) {
		return json.RawMessage(s)
	}
	if !utf8.ValidString(s) {
		return hex.EncodeToString([]byte(s))
	}
	return s
}

// recordsOf gives every row that is an owner's, opened: records/<table>.json, for each table that has any.
func (s *Service) recordsOf(ctx context.Context, of actor.Owner, w writing) error {
	k := keys{s, map[ids.Person]*seal.PersonKey{}}
	table, rows := "", []map[string]any{}
	put := func() error {
		if len(rows) == 0 {
			return nil
		}
		return w.put("records/"+table+".json", rows)
	}
	err := s.Store.RecordsOf(ctx, of, func(r Record) error {
		if r.Table != table {
			if err := put(); err != nil {
				return err
			}
			table, rows = r.Table, nil
		}
		row, err := k.opened(ctx, r)
		if err != nil {
			return err
		}
		rows = append(rows, row)
		return nil
	})
	if err != nil {
		return err
	}
	return put()
}
