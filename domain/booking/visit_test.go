package booking

import (
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
)

func TestVisitIsWhatItsPartsSay(t *testing.T) {
	t.Parallel()
	d := Details{Name: "Anna", Others: "Bertil\nCecilia"}
	for _, v := range []Visit{{}, {People: 1}, {People: 3}, {People: 3, Also: []ids.Service{"b"}}} {
		if v.People < 3 {
			d.Others = ""
		} else {
			d.Others = "Bertil\nCecilia"
		}
		parts := v.parts("a", d, "account")
		a := Appointment{Service: "a", Details: Details{Name: "Anna"}}.WithParts(parts)
		if got := a.Visit(); max(got.People, 1) != max(v.People, 1) || len(got.Also) != len(v.Also) {
			t.Errorf("%+v is stored as %+v and read as %+v", v, parts, got)
		}
		if a.Details.Others != d.Others {
			t.Errorf("%+v: the others are %q, want %q", v, a.Details.Others, d.Others)
		}
		if v.Plain() != (len(parts) == 0) {
			t.Errorf("%+v has %d parts", v, len(parts))
		}
	}
}

func TestNamesOfThoseWhoComeAlong(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		people int
		others string
		field  string
	}{
		{1, "", ""}, {2, "Bertil", ""}, {2, "", "other-1"}, {3, "Bertil", "other-2"}, {0, "", ""},
	} {
		err := checkOthers(Visit{People: row.people}, Details{Others: row.others})
		if row.field == "" && err != nil || row.field != "" && (!fault.IsKey(err, "form.invalid") || fault.Of(err).Fields[0].Name != row.field) {
			t.Errorf("%d people and %q: got %v, want %q to be asked", row.people, row.others, err, row.field)
		}
	}
	if err := checkOthers(Visit{People: 2}, Details{Others: "Bertil\nCecilia"}); !fault.IsKey(err, "visit.other_names") {
		t.Errorf("more names than people: got %v", err)
	}
}

// An offer is good in its last second, and over in the next; the cells are kept a little longer, for the turn after it.
func TestOfferIsGoodToItsLastSecond(t *testing.T) {
	t.Parallel()
	v := OfferView{
		Offer: Offer{State: Offered, Round: 2, ExpiresAt: 1000}, Freed: Freed{State: FreedOpen, Round: 2, ExpiresAt: 1000 + int64(keepFreed/time.Second)},
		Entry: Waiter{State: "waiting"},
	}
	for now, want := range map[int64]string{999: "", 1000: "", 1001: "offer.over", 1060: "offer.over"} {
		if err := CheckOffer(v, now); want == "" && err != nil || want != "" && !fault.IsKey(err, want) {
			t.Errorf("at %d: got %v, want %q", now, err, want)
		}
	}
	v.Freed.Round = 3 // somebody else's turn
	if err := CheckOffer(v, 999); !fault.IsKey(err, "offer.over") {
		t.Errorf("in another's turn: got %v", err)
	}
	v.Freed.State = FreedTaken
	if err := CheckOffer(v, 999); !fault.IsKey(err, "offer.gone") {
		t.Errorf("taken: got %v", err)
	}
}
