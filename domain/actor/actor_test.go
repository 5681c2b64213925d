package actor

import (
	"testing"

	"luukku/base/fault"
)

func TestRightsOfEachKind(t *testing.T) {
	t.Parallel()
	public := []Right{ReadPublic, Book, HandleOwn}
	all := []Right{ReadPublic, Book, HandleOwn, HandleAny, Configure}
	for _, tc := range []struct {
		actor Actor
		want  []Right
	}{
		{Anonymous("s"), public},
		{Actor{Kind: KindCitizen, ID: "p"}, public},
		{Actor{Kind: KindStaff, ID: "u"}, public},
		{Actor{Kind: KindAPI, ID: "c"}, public},
		{System("reminders"), all},
		{Actor{}, nil},
		{Actor{Kind: "superuser"}, nil},
	} {
		for _, r := range append(all, "", "everything") {
			want := false
			for _, w := range tc.want {
				want = want || w == r
			}
			err := tc.actor.May(r)
			if got := err == nil; got != want {
				t.Errorf("%q may %q: got %v, want %v", tc.actor.Kind, r, got, want)
			}
			if err != nil && !fault.Is(err, fault.KindForbidden) {
				t.Errorf("%q may %q: got %v, want a Forbidden fault", tc.actor.Kind, r, err)
			}
		}
	}
}

func TestFromKeepsTheActor(t *testing.T) {
	t.Parallel()
	got, want := Anonymous("s").From("a"), Actor{Kind: KindAnonymous, Session: "s", Address: "a"}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
