package staff

import (
	"testing"

	"luukku/base/fault"
)

// No two deeds of one desk have the same key; the same key on two desks is no trouble, and neither are two that are turned off.
func TestKeysAreNotShared(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		keys  Keys
		wrong string // the field that is
	}{
		"as at first":            {nil, ""},
		"all off":                {KeysOff(), ""},
		"another":                {Keys{CallNext: "F7"}, ""},
		"exchanged":              {Keys{CallNext: "F4", CallAgain: "F2"}, ""},
		"that of the other desk": {Keys{CallNext: "F6", DeskMain: "F6"}, ""},
		"given up by another":    {Keys{CallNext: "F8", CallFinish: ""}, ""},
		"one that is another's":  {Keys{CallAgain: "F2"}, "call-again"},
		"the same for two":       {Keys{DeskMain: "F7", DeskMissed: "F7"}, "bookings-missed"},
		"the browser's own":      {Keys{DeskFind: "F5"}, "bookings-find"},
		"no key":                 {Keys{DeskFind: "x"}, "bookings-find"},
	} {
		err := c.keys.Check()
		if c.wrong == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if f := fault.Of(err); err == nil || len(f.Fields) != 1 || f.Fields[0].Name != c.wrong {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What is kept is read as it was chosen; what is broken counts for nothing.
func TestKeysAreKeptAsTheyWereChosen(t *testing.T) {
	t.Parallel()
	for _, k := range []Keys{nil, KeysOff(), {CallNext: "F7", DeskFind: ""}, {CallNext: "F2"}} {
		text, err := k.stored()
		if err != nil {
			t.Fatal(err)
		}
		got := Member{FunctionKeys: text}.Keys()
		for _, d := range Deeds {
			if got.Of(d) != k.Of(d) {
				t.Errorf("%v: %s is %q", k, d, got.Of(d))
			}
		}
	}
	for _, text := range []string{"x", `{"call.next":"F4"}`, `{"call.next":"F5"}`} {
		if got := (Member{FunctionKeys: text}).Keys().Of(CallNext); got != "F2" {
			t.Errorf("%s: %q", text, got)
		}
	}
}
