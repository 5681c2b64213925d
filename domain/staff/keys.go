package staff

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Deed is something at a desk that a function key does.
type Deed string

// The deeds. What stands before the dot is the desk; on one desk no two deeds have the same key.
const (
	CallNext   Deed = "call.next"
	CallAgain  Deed = "call.again"
	CallFinish Deed = "call.finish"
	CallMissed Deed = "call.missed"
	DeskMain   Deed = "bookings.main"
	DeskFind   Deed = "bookings.find"
	DeskMissed Deed = "bookings.missed"
)

// Deeds are all of them, in their order.
var Deeds = []Deed{CallNext, CallAgain, CallFinish, CallMissed, DeskMain, DeskFind, DeskMissed}

// firstKeys are the keys before anybody chose another.
var firstKeys = map[Deed]string{
	CallNext: "F2", CallAgain: "F4", CallFinish: "F8", CallMissed: "F9", DeskMain: "F2", DeskFind: "F4", DeskMissed: "F9",
}

// Desk is the desk of a deed.
func (d Deed) Desk() string {
	desk, _, _ := strings.Cut(string(d), ".")
	return desk
}

// Field is the name of a deed in a form.
func (d Deed) Field() string { return strings.ReplaceAll(string(d), ".", "-") }

// KeyChoices are the function keys that can be chosen. Those that browsers do not give away (help, search, reload, full screen, tools) are not among them.
var KeyChoices = []string{"F2", "F4", "F6", "F7", "F8", "F9", "F10"}

// Keys are a member's own function keys: what was chosen. An empty one is turned off, one that is missing is as it was at first.
type Keys map[Deed]string

// Of is the key of a deed; empty when it was turned off.
func (k Keys) Of(d Deed) string {
	if chosen, ok := k[d]; ok {
		return chosen
	}
	return firstKeys[d]
}

// KeysOff has all keys turned off.
func KeysOff() Keys {
	out := Keys{}
	for _, d := range Deeds {
		out[d] = ""
	}
	return out
}

// Check says what is wrong with keys, by the field of the deed: a key that cannot be chosen, or one that another deed of the same desk has.
func (k Keys) Check() error {
	var wrong []fault.Field
	taken := map[string]Deed{}
	for _, d := range Deeds {
		key := k.Of(d)
		at := d.Desk() + " " + key
		other, used := taken[at]
		switch {
		case key == "":
		case !slices.Contains(KeyChoices, key):
			wrong = append(wrong, fault.Field{Name: d.Field(), Key: "error.field.choose"})
		case used:
			wrong = append(wrong, fault.Field{Name: d.Field(), Key: "staff_keys.taken", Args: fault.Args{"key": key, "other": string(other)}})
		default:
			taken[at] = d
		}
	}
	if len(wrong) > 0 {
		return fault.Invalid("form.invalid", nil, wrong...)
	}
	return nil
}

// stored is what is kept of keys: what is not as it was at first; empty for nothing.
func (k Keys) stored() (string, error) {
	changed := maps.Clone(k)
	maps.DeleteFunc(changed, func(d Deed, key string) bool { return key == firstKeys[d] })
	if len(changed) == 0 {
		return "", nil
	}
	text, err := json.Marshal(changed)
	return string(text), err
}

// Keys are the member's function keys. What cannot be read, or is no longer good, is as if nothing had been chosen.
func (m Member) Keys() Keys {
	var k Keys
	if m.FunctionKeys == "" || json.Unmarshal([]byte(m.FunctionKeys), &k) != nil || k.Check() != nil {
		return nil
	}
	return k
}

// KeysOf returns the function keys of one of the staff, those of the beginning where they cannot be read.
func (s *Service) KeysOf(ctx context.Context, id ids.Staff) Keys {
	m, err := s.Store.Member(ctx, id)
	if err != nil {
		if !fault.Left(ctx) {
			s.Log.Warn("function keys unreadable", "error", err.Error())
		}
		return nil
	}
	return m.Keys()
}

// MyKeys returns the function keys of the actor.
func (s *Service) MyKeys(ctx context.Context, who actor.Actor) (Keys, error) {
	if err := who.May(actor.StaffSelf, actor.Object{Staff: who.Staff}); err != nil {
		return nil, err
	}
	m, err := s.Store.Member(ctx, who.Staff)
	return m.Keys(), err
}

// SetKeys keeps the function keys of the actor, on every computer they work at.
func (s *Service) SetKeys(ctx context.Context, who actor.Actor, k Keys) error {
	if err := who.May(actor.StaffSelf, actor.Object{Staff: who.Staff}); err != nil {
		return err
	}
	if err := k.Check(); err != nil {
		return err
	}
	text, err := k.stored()
	if err != nil {
		return err
	}
	what := "own"
	if text == "" {
		what = "first"
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.SetFunctionKeys(ctx, who.Staff, text); err != nil {
			return err
		}
		return tx.Audit(ctx, s.about(who, audit.StaffChanged, who.Staff, map[string]string{"keys": what}))
	})
}
