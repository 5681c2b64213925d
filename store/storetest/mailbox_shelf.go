package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
)

// fillBox puts letters into somebody's mailbox, as sending them does, many in one step. Subjects are numbered from 0 on; the i-th is as shape says.
func (h *House) fillBox(t testing.TB, s *mailbox.Service, p ids.Person, n int, shape func(i int, l *mailbox.Letter) []mailbox.What) []ids.Letter {
	t.Helper()
	wrapped, err := s.Store.PersonKey(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	key, err := h.Keys.Unwrap(string(p), wrapped)
	if err != nil {
		t.Fatal(err)
	}
	now := h.Clock.Now().Unix()
	out := make([]ids.Letter, n)
	err = s.Store.InTx(t.Context(), func(ctx context.Context, tx mailbox.Tx) error {
		for i := range n {
			l := mailbox.Letter{
				Org: "town", ID: s.Gen.Letter(), Owner: actor.Owner{Person: p}, Kind: mailbox.Notice, Mode: mailbox.Ordinary, Lang: i18n.Lang("fi"), CreatedAt: now, PublishAt: now,
				Channel: mailbox.Electronic, Content: mailbox.Content{Subject: fmt.Sprintf("Tiedote nro %d", i), Body: "Hyvä vastaanottaja!\n\nTämä on tiedote."},
			}
			l.Thread, out[i] = l.ID, l.ID
			events := append([]mailbox.What{mailbox.Accepted, mailbox.Published}, shape(i, &l)...)
			plain, err := json.Marshal(l.Content)
			if err != nil {
				return err
			}
			sum := sha256.Sum256(plain)
			l.Digest = sum[:]
			if l.Sealed, err = key.Seal(plain, seal.Place{Table: "letter", Column: "content", Row: "town/" + string(l.ID)}); err != nil {
				return err
			}
			if err := tx.PutLetter(ctx, l); err != nil {
				return err
			}
			for _, w := range events {
				if err := tx.PutEvent(ctx, mailbox.Event{Org: "town", Letter: l.ID, At: now, What: w, ActorKind: actor.KindSystem, Actor: "mailbox"}); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("fill a mailbox: %v", err)
	}
	return out
}

// mailboxOfMany has more letters than are read at once: each is found, by paging and by searching, and counted.
func mailboxOfMany(t *testing.T, e Engine) {
	h := Open(t, e, 1)
	s := h.mailboxes()
	p, other := h.withMailbox(t, s), h.withMailbox(t, s)
	const n = 620
	made := h.fillBox(t, s, p, n, func(i int, l *mailbox.Letter) []mailbox.What {
		switch {
		case i == 0:
			l.Body = "Tässä on NEULA heinäsuovassa."
		case i == 7:
			l.Mode, l.Body = mailbox.Verifiable, "Neula, jota ei ole vahvistettu."
		case i%10 == 1:
			return []mailbox.What{mailbox.Read}
		case i%10 == 2:
			return []mailbox.What{mailbox.Read, mailbox.Archived}
		case i%10 == 3:
			return []mailbox.What{mailbox.Read, mailbox.Archived, mailbox.Deleted}
		case i%10 == 4:
			return []mailbox.What{mailbox.Recalled}
		case i%10 == 5:
			l.ExpiresAt = l.PublishAt + 100
		}
		return nil
	})
	h.fillBox(t, s, other, 3, func(_ int, l *mailbox.Letter) []mailbox.What { l.Body = "Neula"; return nil })
	all := func(w mailbox.Wanted, most int) (list []ids.Letter) {
		t.Helper()
		for before := ids.Letter(""); ; {
			page, more, err := s.List(t.Context(), holder(p), w, before, most)
			if err != nil || more && len(page) != most {
				t.Fatalf("%+v: %d letters, more %t, %v", w, len(page), more, err)
			}
			for _, l := range page {
				list = append(list, l.ID)
			}
			if !more {
				return list
			}
			before = list[len(list)-1]
		}
	}
	counts := func(expired int) {
		t.Helper()
		// Of each ten letters five are new and in the inbox, one of which expires; the first one of those that would be read is.
		for f, want := range map[mailbox.Folder]int{mailbox.Inbox: 1 + n*7/10 - expired, mailbox.Archive: n / 10, mailbox.Bin: n / 10, mailbox.Outbox: 0} {
			list := all(mailbox.Wanted{Folder: f}, 25)
			if len(list) != want || !slices.IsSortedFunc(list, func(a, b ids.Letter) int { return -1 * cmpLetters(a, b) }) {
				t.Errorf("%s: %d letters, want %d, the newest first", f, len(list), want)
			}
		}
		fresh := 1 + n*6/10 - expired
		if list := all(mailbox.Wanted{Folder: mailbox.Inbox, Unread: true}, 50); len(list) != fresh {
			t.Errorf("%d new letters are listed, want %d", len(list), fresh)
		}
		if got, err := s.News(t.Context(), holder(p)); err != nil || got != fresh {
			t.Errorf("%d new letters, %v, want %d", got, err, fresh)
		}
	}
	counts(0)
	h.listedAsTheyAre(t, s, p)
	if got := all(mailbox.Wanted{Folder: mailbox.Inbox, Text: "neula"}, 25); !slices.Equal(got, made[:1]) {
		t.Errorf("found %v, want the oldest letter alone", got)
	}
	if got := all(mailbox.Wanted{Folder: mailbox.Inbox, Text: "TAMA hyva"}, 25); len(got) != n*7/10-2 {
		t.Errorf("found %d letters, want all of the inbox that say so", len(got))
	}
	if got := all(mailbox.Wanted{Folder: mailbox.Inbox, Org: "elsewhere"}, 25); len(got) != 0 {
		t.Errorf("found %v of an organisation that sent none", got)
	}
	now := h.Clock.Now().Unix()
	for w, want := range map[mailbox.Wanted]int{
		{Folder: mailbox.Archive, Org: "town", From: now, Until: now}: n / 10, {Folder: mailbox.Archive, From: now + 1}: 0, {Folder: mailbox.Archive, Until: now - 1}: 0,
		{Folder: mailbox.Archive, Text: "nro 512", Until: now}: 1,
	} {
		if got := all(w, 25); len(got) != want {
			t.Errorf("%+v: found %d, want %d", w, len(got), want)
		}
	}
	h.until(now + 100)
	counts(0)
	h.until(now + 101)
	counts(n / 10)
}

// listedAsTheyAre holds what lists say of letters against the letters and what happened to them.
func (h *House) listedAsTheyAre(t *testing.T, s *mailbox.Service, p ids.Person) {
	t.Helper()
	wrapped, err := s.Store.PersonKey(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	key, err := h.Keys.Unwrap(string(p), wrapped)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range mailbox.Folders {
		for _, text := range []string{"", "hyvä"} { // as it lies, and as a search finds it
			list, _, err := s.List(t.Context(), holder(p), mailbox.Wanted{Folder: f, Text: text}, "", 500)
			if err != nil {
				t.Fatalf("list %s: %v", f, err)
			}
			for _, l := range list {
				x, err := s.Store.Letter(t.Context(), actor.Owner{Person: p}, l.ID)
				if err != nil {
					t.Fatalf("read letter %s: %v", l.ID, err)
				}
				st := x.Stand()
				want := mailbox.Listed{
					Org: x.Org, ID: x.ID, Inward: x.Inward, Kind: x.Kind, PublishAt: x.PublishAt, Fresh: st.New() && !x.Inward, Waits: st.Sealed(x.Letter), Confirm: mailbox.MayConfirm(x.Letter, st) == nil,
				}
				if !want.Waits {
					plain, err := key.Open(x.Sealed, seal.Place{Table: "letter", Column: "content", Row: string(x.Org) + "/" + string(x.ID)})
					if err == nil {
						err = json.Unmarshal(plain, &x.Content)
					}
					if err != nil || x.Subject == "" {
						t.Fatalf("open letter %s: %q, %v", l.ID, x.Subject, err)
					}
					want.Subject = x.Subject
				}
				if !reflect.DeepEqual(l, want) {
					t.Errorf("%s lists %+v, want %+v", f, l, want)
				}
			}
		}
	}
}

func cmpLetters(a, b ids.Letter) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
