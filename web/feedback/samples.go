package feedback

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/feedback"
	"luukku/domain/worklist"
	"luukku/web"
	"luukku/web/ui"
)

// Samples returns every page of this door in every state.
func Samples() []web.Sample {
	one := func(page, state string, show func(b web.Base) Page) web.Sample {
		return web.Sample{Page: "feedback/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
			b.Org = "vuorela"
			return ShowFeedback(show(b))
		}}
	}
	form := func(change func(a *asked)) func(b web.Base) Page {
		return func(b web.Base) Page {
			a := asked{About: "services/passport", Path: b.URL("services", "passport"), Name: "Vuorela", Token: "sealed"}
			change(&a)
			return newFormPage(b, b.URL("feedback"), a)
		}
	}
	desk := func(show func(b web.Base) Page) func(b web.Base) Page {
		return func(b web.Base) Page {
			b.Compact, b.Wide, b.Help, b.NavLabel = true, true, ui.Help{}, b.T("admin.nav")
			b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}, {Href: deskAt(b), Text: b.T("feedback.desk_title")}}
			return show(b)
		}
	}
	read := func(change func(f *readFacts)) func(b web.Base) Page {
		return desk(func(b web.Base) Page {
			f := readFacts{Said: sampleSaid()[0], Zone: time.UTC, Name: func(ids.Staff) string { return "Kaisa Neuvoja" }}
			change(&f)
			return newReadPage(b, f)
		})
	}
	wrong := func(name, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key})
	}
	return []web.Sample{
		one("form", "", form(func(*asked) {})),
		one("form", "thanks", form(func(a *asked) { a.Done = true })),
		one("form", "wrong", form(func(a *asked) {
			a.Typed, a.Why = feedback.Given{Useful: feedback.No, Body: "…", Wish: feedback.ByEmail, Email: "maija"}, wrong("email", "field.email")
		})),
		one("form", "nothing", form(func(a *asked) { a.Why = wrong("useful", "feedback.nothing") })),
		one("form", "soon", form(func(a *asked) { a.Why = fault.Invalid("form.too_soon", nil) })),
		one("list", "", desk(func(b web.Base) Page { return newListPage(b, listFacts{Said: sampleSaid(), Zone: time.UTC}) })),
		one("list", "none", desk(func(b web.Base) Page { return newListPage(b, listFacts{Closed: true, Zone: time.UTC}) })),
		one("one", "", read(func(*readFacts) {})),
		one("one", "closed", read(func(f *readFacts) {
			f.Said.State = worklist.Closed
			f.History = []worklist.Entry{{What: worklist.Noted, At: sampleAt + 60, Actor: "kaisa", Text: "Soitettu."}, {What: feedback.Answered, At: sampleAt + 90, Actor: "kaisa"}}
		})),
		one("one", "changed", read(func(f *readFacts) { f.Why = fault.Conflict("work.changed", nil) })),
		one("figures", "", desk(func(b web.Base) Page {
			return newFiguresPage(b, nil, []feedback.Count{{Page: "services/passport", Month: "2026-11", Yes: 41, No: 9, Written: 3}, {Page: "help", Month: "2026-11", Yes: 3, No: 1}, {Page: "mailbox/terms", Month: "2026-10", Written: 1}})
		})),
		one("figures", "none", desk(func(b web.Base) Page { return newFiguresPage(b, nil, nil) })),
	}
}

// sampleAt is when the samples were said: Friday 20 November 2026 at 12:02 UTC.
const sampleAt = 1795176120

func sampleSaid() []feedback.Said {
	item := func(id string) worklist.Item {
		return worklist.Item{Org: "vuorela", ID: ids.Work(id), Kind: feedback.Kind, Inbox: feedback.Inbox, State: worklist.Open, Since: sampleAt, CreatedAt: sampleAt, Version: 1}
	}
	return []feedback.Said{
		{Item: item("06A1B2C3D1"), Page: "services/passport", Lang: "fi", Useful: feedback.No, Body: "Sivulta puuttuu, mitä passi maksaa lapselta.\nVoisitteko lisätä sen?", Email: "maija@example.org"},
		{Item: item("06A1B2C3D2"), Page: "mailbox/terms", Lang: "sv", Useful: feedback.Yes, Body: "Tydligt skrivet, tack!"},
	}
}
