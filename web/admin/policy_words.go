package admin

import (
	"time"

	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/web"
)

// meaning says in sentences what rules mean for whoever books. Each says one thing, and what makes no difference is not said.
func meaning(b web.Base, p catalog.Policy) []string {
	var out []string
	say := func(key string, args ...any) { out = append(out, b.T("means."+key, args...)) }
	words := func(d time.Duration) string { return b.Printer.Duration(d) }
	before := func(d time.Duration) string { return b.Printer.Deadline(d) }

	// booking ahead
	switch {
	case p.Notice > 0:
		say("book", "from", before(p.Notice), "until", words(p.Horizon))
	default:
		say("book_to_start", "until", words(p.Horizon))
	}
	if p.Opens != 0 {
		say("opens", "when", openingWords(b, p.Opens))
	}
	say("length", "length", words(p.Length))
	if p.Gap > 0 {
		say("gap", "gap", words(p.Gap))
	}
	if p.MaxPeople > 1 {
		out = append(out, b.N("means.people", p.MaxPeople))
	}
	if p.StaffShare > 0 {
		out = append(out, b.N("means.share", p.StaffShare))
		if p.StaffRelease > 0 {
			say("release", "before", before(p.StaffRelease))
		}
	}
	if p.SignIn > actor.LevelNone {
		say("sign_in", "level", b.T("rules.choice.sign_in."+p.SignIn.String()))
	} else {
		say("no_sign_in")
	}
	if p.NeedsAccess {
		say("needs_access")
	}
	if p.ForCompany {
		say("for_company")
	}
	if p.MaxLive > 0 {
		out = append(out, b.N("means.live", p.MaxLive))
	}
	if p.SMSBooking {
		say("sms_booking")
	}
	if p.Hold > 0 {
		say("hold", "hold", words(p.Hold))
	} else {
		say("no_hold")
	}
	if p.ConfirmWindow > 0 {
		say("confirm", "window", words(p.ConfirmWindow))
	}
	return append(out, meaningAfter(b, p)...)
}

// meaningAfter says what rules mean once something is booked.
func meaningAfter(b web.Base, p catalog.Policy) []string {
	var out []string
	say := func(key string, args ...any) { out = append(out, b.T("means."+key, args...)) }
	words := func(d time.Duration) string { return b.Printer.Duration(d) }
	before := func(d time.Duration) string { return b.Printer.Deadline(d) }
	limit := func(may bool, cutoff time.Duration, what string) {
		switch {
		case !may:
			say("no_" + what)
		case cutoff > 0:
			say(what, "before", before(cutoff))
		default:
			say(what + "_to_start")
		}
	}
	limit(p.OnlineChange, p.ChangeCutoff, "move")
	if p.OnlineChange && p.MaxMoves > 0 {
		out = append(out, b.N("means.moves", p.MaxMoves))
	}
	if p.OnlineChange && p.SameUnit {
		say("same_unit")
	}
	limit(p.OnlineCancel, p.CancelCutoff, "cancel")
	if p.PIN {
		say("pin", "before", words(p.CheckinBefore), "after", words(p.CheckinAfter))
	}
	switch {
	case !p.WalkIn:
		say("no_walk_in")
	case p.WalkInBound > 0:
		say("walk_in_bound", "bound", words(p.WalkInBound))
	}
	switch p.Waiting {
	case catalog.WaitingTurn:
		say("waiting_turn", "window", words(p.OfferWindow))
	case catalog.WaitingFirst:
		say("waiting_first", "n", p.OfferMost, "window", words(p.OfferWindow))
	}
	if p.Waiting != catalog.WaitingOff {
		switch p.WaitingCare {
		case catalog.CareIn:
			say("waiting_care")
		case catalog.CareNeed:
			say("waiting_need")
		}
	}
	if p.NoShowLimit > 0 {
		out = append(out, b.N("means.no_show", p.NoShowLimit, "days", words(p.NoShowDays)))
	}
	return out
}
