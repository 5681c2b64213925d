package audit

import (
	"encoding/binary"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Row is a line of the log as it lies in the database: its detail is the very text that is there.
type Row struct {
	Org, ID                                                string
	AtMicros                                               int64
	ActorKind, Actor, Action, SubjectKind, Subject, Detail string
}

// Bytes are what is sealed of a row: each column behind its length, so that no two rows have the same.
func (r Row) Bytes() []byte {
	return parts("luukku audit line 1", r.Org, r.ID, strconv.FormatInt(r.AtMicros, 10), r.ActorKind, r.Actor, r.Action, r.SubjectKind, r.Subject, r.Detail)
}

// Hash is the row's leaf in the tree.
func (r Row) Hash() tlog.Hash { return tlog.RecordHash(r.Bytes()) }

// HasReason reports whether a reason stands beside the row.
func (r Row) HasReason() bool { return strings.Contains(r.Detail, `"`+reasonDetail+`":"`) }

// BoundTo reports whether a reason is the one that belongs to the row.
func (r Row) BoundTo(reason Reason) bool {
	return strings.Contains(r.Detail, `"`+reasonDetail+`":"`+reason.Digest()+`"`)
}

// parts joins texts, each behind its length.
func parts(texts ...string) []byte {
	n := 0
	for _, t := range texts {
		n += len(t) + 8
	}
	b := make([]byte, 0, n)
	for _, t := range texts {
		b = binary.BigEndian.AppendUint64(b, uint64(len(t)))
		b = append(b, t...)
	}
	return b
}
