package booking

import (
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

// Wish is at which units of an office somebody wants to be served. The zero Wish is at any.
type Wish struct {
	// Language is that of the service; Unit is a professional who was asked for. Empty is any.
	Language i18n.Lang `json:"language,omitempty"`
	Unit     ids.Unit  `json:"unit,omitempty"`
}

// IsZero reports whether any unit will do.
func (w Wish) IsZero() bool { return w == Wish{} }

// Wants reports whether a unit is as wished.
func (w Wish) Wants(u *org.Unit) bool {
	return (w.Language == "" || u.Speaks(w.Language)) && (w.Unit == "" || u.ID == w.Unit && u.Kind == org.Professional)
}

// As returns the schedule as somebody wishes it.
func (s Schedule) As(w Wish) Schedule {
	if w.IsZero() {
		return s
	}
	return s.Only(w.Wants)
}

// Spoken lists the organisation's languages in which some unit of the schedule serves. It is empty where that makes no difference: where all units serve in all.
func (s Schedule) Spoken() []i18n.Lang {
	var out []i18n.Lang
	differs := false
	for _, l := range s.Config.Org.Languages {
		n := 0
		for _, u := range s.Units {
			if u.Speaks(l) {
				n++
			}
		}
		differs = differs || n < len(s.Units)
		if n > 0 {
			out = append(out, l)
		}
	}
	if !differs {
		return nil
	}
	return out
}

// Professionals lists the units of the schedule who can be asked for, in the office's order. It is empty where there is no choice.
func (s Schedule) Professionals() []*org.Unit {
	if len(s.Units) < 2 {
		return nil
	}
	var out []*org.Unit
	for _, u := range s.Units {
		if u.Kind == org.Professional {
			out = append(out, u)
		}
	}
	return out
}
