package actor

import (
	"testing"

	"luukku/base/fault"
)

func TestAppointmentIsForThoseWhoShowedItsCode(t *testing.T) {
	a := Appointment{"town", "0000000001"}
	if err := Visitor(nil, "", a).MayAppointment("town", "0000000001"); err != nil {
		t.Errorf("proven: got %v, want no fault", err)
	}
	for name, who := range map[string]Actor{
		"nothing shown":      Visitor(nil, ""),
		"another one shown":  Visitor(nil, "", Appointment{"town", "0000000002"}),
		"another town's one": Visitor(nil, "", Appointment{"city", "0000000001"}),
	} {
		if err := who.MayAppointment("town", "0000000001"); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: got %v, want not found", name, err)
		}
	}
}

func TestDraftIsForItsOwnSessionOnly(t *testing.T) {
	mine := []byte{1, 2, 3}
	if err := Visitor(mine, "").MayDraft(mine); err != nil {
		t.Errorf("got %v, want no fault", err)
	}
	for name, session := range map[string][]byte{"none": nil, "another": {1, 2, 4}} {
		if err := Visitor(session, "").MayDraft(mine); !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: got %v, want not found", name, err)
		}
	}
	if err := Visitor(nil, "").MayDraft(nil); err == nil {
		t.Error("no session opened a draft without a session")
	}
}
