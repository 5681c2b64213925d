package storetest

import (
	"context"
	"slices"
	"testing"

	"luukku/base/ids"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
)

// upwards reads what was sent from the oldest on, page by page: of all forms, of one, and within a period whose ends are exact.
func (h *House) upwards(t *testing.T, sent []ids.Submission) {
	t.Helper()
	first, err := h.Store.Submission(t.Context(), "town", sent[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		form        ids.Form
		from, until int64
		want        []ids.Submission
	}{
		{"", 0, 1 << 40, sent}, {"permit", 0, 1 << 40, sent}, {"other", 0, 1 << 40, nil}, {"", 0, first.SentAt, nil}, {"permit", first.SentAt, first.SentAt + 1, nil},
	} {
		if c.until == first.SentAt+1 { // those of that second
			for _, id := range sent {
				if x, err := h.Store.Submission(t.Context(), "town", id); err != nil {
					t.Fatal(err)
				} else if x.SentAt == first.SentAt {
					c.want = append(c.want, id)
				}
			}
		}
		var got []ids.Submission
		for after := (eservice.Submission{}); ; {
			list, err := h.Store.SubmissionsSentUp(t.Context(), "town", c.form, c.from, c.until, after, 2)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				break
			}
			for _, x := range list {
				got, after = append(got, x.ID), x.Submission
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("of %q from %d until %d upwards there are %v, want %v", c.form, c.from, c.until, got, c.want)
		}
	}
}

// heldUntil holds something until its last second: then it is deleted as others are. It is told of once, long enough before.
func heldUntil(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s, def, v := h.eservices(t, 2)
	p := h.withMailbox(t, s.Letters)
	x := h.submitted(t, s, def, v, p)
	if err := s.Withdraw(t.Context(), holder(p), x.ID); err != nil {
		t.Fatal(err)
	}
	x, err := h.Store.Submission(t.Context(), "town", x.ID)
	if err != nil {
		t.Fatal(err)
	}
	until := x.DeleteAt + 1000
	put := func(h2 eservice.Hold) (ok bool) {
		err := h.Store.InSubmissionTx(t.Context(), func(ctx context.Context, tx eservice.SubmissionTx) (err error) {
			ok, err = tx.PutSubmissionHold(ctx, h2)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return ok
	}
	hold := eservice.Hold{Org: "town", Submission: x.ID, Why: mailbox.HoldAppeal, Ref: "17", By: "records", At: 1, Until: until}
	if !put(hold) || put(hold) {
		t.Error("it is held never, or twice")
	}
	list, err := h.Store.SubmissionHolds(t.Context(), "town", 10)
	if err != nil || len(list) != 1 || list[0].Hold != hold || list[0].Number != x.Number || list[0].State != eservice.Withdrawn {
		t.Errorf("held are %+v, %v", list, err)
	}
	if other, err := h.Store.SubmissionHolds(t.Context(), "other", 10); err != nil || len(other) != 0 {
		t.Errorf("elsewhere are held %+v, %v", other, err)
	}
	for _, c := range []struct {
		at   int64
		want int
	}{{x.DeleteAt, 0}, {until, 0}, {until + 1, 1}} {
		h.until(c.at)
		if n, err := s.SweepSubmissions(t.Context(), 10); err != nil || n != c.want {
			t.Errorf("%d seconds after it would have been: %d deleted, %v, want %d", c.at-x.DeleteAt, n, err, c.want)
		}
	}
	if list, err := h.Store.SubmissionHolds(t.Context(), "town", 10); err != nil || len(list) != 0 {
		t.Errorf("what is deleted is held: %+v, %v", list, err)
	}
}
