package citizen

import (
	"net/url"
	"slices"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// How addresses and forms say at which units somebody wants to be served.
const (
	wishLanguage = "speak"
	wishUnit     = "with"
)

// wishIn reads at which units somebody wants to be served. What is no choice here counts as none, and so does a language that the person who is asked for does
// not speak.
func wishIn(sch booking.Schedule, language, unit string) booking.Wish {
	w := booking.Wish{Language: i18n.Lang(language), Unit: ids.Unit(unit)}
	if !slices.Contains(sch.Spoken(), w.Language) {
		w.Language = ""
	}
	if !slices.ContainsFunc(sch.Professionals(), func(u *org.Unit) bool { return u.ID == w.Unit }) {
		w.Unit = ""
	}
	if len(sch.As(w).Units) == 0 {
		w.Language = ""
	}
	return w
}

// wishing is the page of free times as somebody wishes to be served.
func (in pickInput) wishing(w booking.Wish) pickInput {
	in.Whole, in.Wish = in.Schedule, w
	in.Schedule = in.Schedule.As(w)
	in.Action = withWish(in.Action, w)
	return in
}

// withWish adds a wish to an address, over the one that it has.
func withWish(address string, w booking.Wish) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	q := u.Query()
	for name, value := range map[string]string{wishLanguage: string(w.Language), wishUnit: string(w.Unit)} {
		q.Del(name)
		if value != "" {
			q.Set(name, value)
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// wishRows let choose in which language, and by whom, where that makes a difference.
func (f pickFacts) wishRows(b web.Base) []ui.SummaryRow {
	if f.Moves != "" || f.Whole.Config == nil {
		return nil
	}
	var rows []ui.SummaryRow
	row := func(key, any string, chosen bool, each func(add func(name string, w booking.Wish, on bool))) {
		parts := []web.Component{}
		add := func(name string, w booking.Wish, on bool) {
			parts = append(parts, ui.A(ui.Link{Href: withWish(f.Action, w), Text: name, Current: on}))
		}
		none := f.Wish
		if key == "pick.language" {
			none.Language = ""
		} else {
			none.Unit = ""
		}
		add(b.T(any), none, !chosen)
		each(add)
		rows = append(rows, ui.SummaryRow{Key: b.T(key), Content: ui.RowActions(parts)})
	}
	if spoken := f.Whole.Spoken(); len(spoken) > 0 {
		row("pick.language", "pick.any_language", f.Wish.Language != "", func(add func(string, booking.Wish, bool)) {
			for _, l := range spoken {
				w := booking.Wish{Language: l, Unit: f.Wish.Unit}
				if len(f.Whole.As(w).Units) == 0 {
					w.Unit = ""
				}
				add(capital(b.T("common.languages."+string(l))), w, l == f.Wish.Language)
			}
		})
	}
	if people := f.Whole.Professionals(); len(people) > 0 {
		row("pick.with", "pick.anybody", f.Wish.Unit != "", func(add func(string, booking.Wish, bool)) {
			for _, u := range people {
				w := booking.Wish{Language: f.Wish.Language, Unit: u.ID}
				if !u.Speaks(w.Language) {
					w.Language = ""
				}
				add(u.Name.In(b.Lang), w, u.ID == f.Wish.Unit)
			}
		})
	}
	return rows
}

// servedBy is the name of the professional who serves somebody; empty where it is a counter.
func servedBy(b web.Base, units []org.Unit, id ids.Unit) string {
	i := slices.IndexFunc(units, func(u org.Unit) bool { return u.ID == id && u.Kind == org.Professional })
	if i < 0 {
		return ""
	}
	return units[i].Name.In(b.Lang)
}
