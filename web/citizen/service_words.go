package citizen

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/parts"
)

// serviceAndLength is "Passport or identity card, 20 minutes".
func serviceAndLength(b web.Base, sch booking.Schedule) string {
	return b.T("service.with_length", "service", sch.Service.Name, "length", sch.Policy.Length)
}

// placeLine is "Kallio service point, Toinen linja 7".
func placeLine(b web.Base, o *org.Office) string {
	return parts.Join(", ", o.Name.In(b.Lang), o.Street.In(b.Lang))
}

// insideLine is "Town hall, rear part of the building, ground floor, door 183": the way once one has come to the address.
func insideLine(b web.Base, o *org.Office) string {
	return parts.Join(", ", o.Building.In(b.Lang), lowered(o.Building, o.Floor.In(b.Lang)), doorText(b, o))
}

// lowered begins a part of a line with a small letter when something stands before it.
func lowered(before i18n.Text, s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 || len(before) == 0 {
		return s
	}
	return string(unicode.ToLower(r)) + s[n:]
}

func doorText(b web.Base, o *org.Office) string {
	door := o.Door.In(b.Lang)
	if door == "" {
		return ""
	}
	return b.T("contact.door_n", "door", door)
}

// placesText names the offices, or says how many they are.
func placesText(b web.Base, offices []*org.Office) string {
	if len(offices) > parts.FewPlaces {
		return b.N("service.places_n", len(offices))
	}
	var names []string
	for _, o := range offices {
		names = append(names, o.Name.In(b.Lang))
	}
	return strings.Join(names, "\n")
}

// serviceLang is the language to begin a booking in: the page's, when the organisation serves in it.
func serviceLang(v *web.Visit) i18n.Lang {
	langs := v.Org.Org.Languages
	if slices.Contains(langs, v.Lang) || len(langs) == 0 {
		return v.Lang
	}
	return langs[0]
}

// bookingRules says in words how far ahead a service can be booked, and until when a booking can be changed and cancelled.
func bookingRules(b web.Base, p catalog.Policy, call parts.Calling) []string {
	rules := []string{b.T("service.horizon", "time", b.Printer.Deadline(p.Horizon))}
	if p.SignIn > actor.LevelNone {
		rules = append(rules, b.T("service.sign_in"))
	}
	if p.Notice > 0 {
		rules = append(rules, b.T("service.notice", "time", b.Printer.Deadline(p.Notice)))
	}
	if p.ConfirmWindow > 0 && p.SignIn == actor.LevelNone {
		rules = append(rules, b.T("service.confirm", "time", b.Printer.Deadline(p.ConfirmWindow)))
	}
	switch {
	case !p.OnlineChange && !p.OnlineCancel:
		rules = append(rules, b.T("service.not_online")+" "+call.Please(b))
	case !p.OnlineChange:
		rules = append(rules, b.T("service.no_move")+" "+call.Please(b), until(b, "service.cancel", p.CancelCutoff))
	case !p.OnlineCancel:
		rules = append(rules, until(b, "service.change", p.ChangeCutoff), b.T("service.no_cancel")+" "+call.Please(b))
	case p.ChangeCutoff == p.CancelCutoff:
		rules = append(rules, until(b, "service.change_and_cancel", p.ChangeCutoff))
	default:
		rules = append(rules, until(b, "service.change", p.ChangeCutoff), until(b, "service.cancel", p.CancelCutoff))
	}
	if p.Hold == 0 {
		rules = append(rules, b.T("service.no_hold"))
	}
	return rules
}
