package eservice_test

import (
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/eservice"
)

func TestAnInvitationStandsToTheSecond(t *testing.T) {
	t.Parallel()
	const asked = 1_000_000
	end := eservice.AskExpiry(asked)
	if end != asked+30*86400+1 {
		t.Fatalf("the first second after it is %d", end)
	}
	p := eservice.Part{State: eservice.PartAsked, AskedAt: asked, ExpiresAt: end}
	signed, declined := p, p
	signed.State, signed.Signed = eservice.PartSigned, "a"
	declined.State = eservice.PartDeclined
	for _, c := range []struct {
		part   eservice.Part
		now    int64
		digest string
		want   eservice.PartState
		opens  bool
	}{
		{p, end - 1, "a", eservice.PartAsked, true},
		{p, end, "a", eservice.PartLapsed, false},
		{signed, end - 1, "a", eservice.PartSigned, true},
		{signed, end, "a", eservice.PartSigned, true},
		{signed, end - 1, "b", eservice.PartVoid, true},
		{declined, asked, "a", eservice.PartDeclined, false},
	} {
		if got := c.part.Standing(c.now, c.digest); got != c.want || c.part.Opens(c.now) != c.opens {
			t.Errorf("%s at %d: got %s, opens %v; want %s, %v", c.part.State, c.now, got, c.part.Opens(c.now), c.want, c.opens)
		}
	}
}

func TestAFormIsSentWhenAllHaveSigned(t *testing.T) {
	t.Parallel()
	part := func(p ids.Person, s eservice.PartState, digest string) eservice.Part {
		return eservice.Part{Person: p, State: s, Signed: digest, ExpiresAt: 200}
	}
	for name, c := range map[string]struct {
		signers string
		must    []ids.Person
		parts   []eservice.Part
		now     int64
		ok      bool
	}{
		"nobody asked":                     {"any", nil, nil, 100, true},
		"asked and not signed":             {"any", nil, []eservice.Part{part("m", eservice.PartAsked, "")}, 199, false},
		"the same, too late to answer":     {"any", nil, []eservice.Part{part("m", eservice.PartAsked, "")}, 200, true},
		"signed":                           {"any", nil, []eservice.Part{part("m", eservice.PartSigned, "d")}, 100, true},
		"signed, and changed since":        {"any", nil, []eservice.Part{part("m", eservice.PartSigned, "old")}, 100, false},
		"declined":                         {"any", nil, []eservice.Part{part("m", eservice.PartDeclined, "")}, 100, true},
		"the other guardian was not asked": {"guardian", []ids.Person{"m"}, nil, 100, false},
		"the other guardian declined":      {"guardian", []ids.Person{"m"}, []eservice.Part{part("m", eservice.PartDeclined, "")}, 100, false},
		"the other guardian signed":        {"guardian", []ids.Person{"m"}, []eservice.Part{part("m", eservice.PartSigned, "d")}, 100, true},
		"there is no other guardian":       {"guardian", nil, nil, 100, true},
		"no colleague signed":              {"colleague", nil, []eservice.Part{part("m", eservice.PartWithdrawn, "")}, 100, false},
		"a colleague signed":               {"colleague", nil, []eservice.Part{part("m", eservice.PartSigned, "d")}, 100, true},
	} {
		err := eservice.CheckSigned(c.signers, c.must, c.parts, c.now, "d")
		if (err == nil) != c.ok || err != nil && !fault.IsKey(err, "eform.unsigned") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestADraftIsToldOfAndDeletedToTheSecond(t *testing.T) {
	t.Parallel()
	const changed, day = 1_000_000, 86400
	if got := eservice.DraftExpiry(nil, changed); got != changed+90*day+1 {
		t.Errorf("a draft is deleted at %d", got)
	}
	short := eservice.DraftExpiry(&catalog.Form{DraftDays: 4}, changed)
	if short != changed+4*day+1 {
		t.Errorf("a draft of four days is deleted at %d", short)
	}
	for _, c := range []struct{ expires, want int64 }{{changed + 90*day + 1, changed + 83*day + 1}, {short, short - 2*day}} {
		if got := eservice.WarnAt(eservice.Draft{ChangedAt: changed, ExpiresAt: c.expires}); got != c.want {
			t.Errorf("of one until %d people are told at %d, want %d", c.expires, got, c.want)
		}
	}
}
