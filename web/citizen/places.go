package citizen

import (
	"net/http"
	"slices"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// PlacesPage is the choice of a place for a service.
type PlacesPage struct {
	web.Base
	Back  string
	Rows  []ui.SummaryRow
	Sorts []ui.Link
	// Any leads to the very first time anywhere; nil when no time is free or there is one place only.
	Any    *AnyPlace
	Groups []PlaceGroup
	// Full is true when no place has a free time.
	Full  bool
	Phone string
	Hours string // when the phone is answered
}

// AnyPlace is the first time of all places.
type AnyPlace struct {
	Text string
	Go   ui.Link
}

// PlaceGroup is places under one heading; Name is empty where they are sorted by their first time.
type PlaceGroup struct {
	ID     string
	Name   string
	Places []PlaceCard
}

// PlaceCard is one place.
type PlaceCard struct {
	Card   ui.CardData
	Access string
	// First is the first free time in words, or that there is none.
	First string
	// Choose leads to the place's times.
	Choose ui.Link
	Look   ui.Look
}

// places shows where a service can be booked.
func (d *Door) places(v *web.Visit) error {
	order := booking.ByFirst
	if v.Query("sort") == string(booking.ByName) {
		order = booking.ByName
	}
	visit := visitParam(v.Query("visit"))
	c, places, err := d.Booking.PlacesFor(v.Ctx(), v.OrgID(), ids.Service(v.R.PathValue("service")), order, visit)
	if err != nil {
		return err
	}
	s, err := c.Service(ids.Service(v.R.PathValue("service")))
	if err != nil {
		return err
	}
	f := placesFacts{Config: c, Service: s, Places: places, Order: order, Draft: draftParam(v.Query("draft")), Visit: visit}
	return v.Render(http.StatusOK, ShowPlaces(newPlacesPage(v.Base(""), f)))
}

// placesFacts is what the page of places shows, before it is put into words.
type placesFacts struct {
	Config  *catalog.Config
	Service *catalog.Service
	Places  []booking.Place
	Order   booking.PlaceOrder
	Draft   ids.Draft
	Visit   booking.Visit
}

func newPlacesPage(b web.Base, f placesFacts) PlacesPage {
	self := b.URL("services", string(f.Service.ID), "offices")
	page := PlacesPage{Base: b, Back: serviceURL(b, f.Service.ID, f.Draft), Phone: f.Config.Org.Phone, Hours: f.Config.Org.PhoneHours.In(b.Lang)}
	page.Title, page.Service = b.T("places.title"), f.Service.Name.In(b.Lang)
	page.NoIndex = f.Draft != ""
	page.Rows = []ui.SummaryRow{{
		Key: b.T("common.service"), ChangeHref: withDraft(b.URL("services"), f.Draft),
		Value: b.T("service.with_length", "service", f.Service.Name, "length", f.Config.Policy(f.Service.ID, "").Length),
	}}
	page.Rows = append(page.Rows, visitRows(b, f.Config, f.Visit, nil)...)
	if self = withVisit(withDraft(self, f.Draft), f.Visit); len(f.Places) > 1 {
		page.Sorts = []ui.Link{
			{Href: self, Text: b.T("places.by_first"), Current: f.Order == booking.ByFirst},
			{Href: withQuery(self, "sort", string(booking.ByName)), Text: b.T("places.by_place"), Current: f.Order == booking.ByName},
		}
	}
	page.Any = f.any(b)
	page.Full = !slices.ContainsFunc(f.Places, func(p booking.Place) bool { return p.Any })
	if f.Order == booking.ByName {
		page.Groups = f.grouped(b)
		return page
	}
	g := PlaceGroup{}
	for _, p := range f.Places {
		g.Places = append(g.Places, f.card(b, p, 2))
	}
	page.Groups = []PlaceGroup{g}
	return page
}

// any is the earliest time of all places.
func (f placesFacts) any(b web.Base) *AnyPlace {
	var best booking.Place
	for _, p := range f.Places {
		if p.Any && (!best.Any || p.First.Start < best.First.Start) {
			best = p
		}
	}
	if !best.Any || len(f.Places) < 2 {
		return nil
	}
	t := f.time(best.First.Start)
	return &AnyPlace{
		Text: b.T("places.any", "time", t, "place", best.Office.Name),
		Go:   ui.Link{Href: f.href(b, best), Text: b.T("places.any_go", "place", best.Office.Name)},
	}
}

// grouped puts the places under their groups, both by name.
func (f placesFacts) grouped(b web.Base) []PlaceGroup {
	order := i18n.Collator(b.Lang)
	places := slices.Clone(f.Places)
	group := func(p booking.Place) string {
		g, ok := f.Config.Group(p.Office.Group)
		if !ok {
			return ""
		}
		return g.Name.In(b.Lang)
	}
	slices.SortStableFunc(places, func(x, y booking.Place) int {
		if gx, gy := group(x), group(y); gx != gy {
			if gx == "" || gy == "" { // those of no group come last
				return len(gy) - len(gx)
			}
			return order.CompareString(gx, gy)
		}
		return order.CompareString(x.Office.Name.In(b.Lang), y.Office.Name.In(b.Lang))
	})
	var out []PlaceGroup
	for _, p := range places {
		name := group(p)
		if n := len(out); n == 0 || out[n-1].Name != name {
			out = append(out, PlaceGroup{ID: "group-" + p.Office.Group, Name: name})
		}
		level := 3
		if name == "" && len(out) == 1 {
			level = 2
		}
		out[len(out)-1].Places = append(out[len(out)-1].Places, f.card(b, p, level))
	}
	if n := len(out); n > 1 && out[n-1].Name == "" {
		out[n-1].ID, out[n-1].Name = "group-other", b.T("places.other_group")
	}
	return out
}

func (f placesFacts) card(b web.Base, p booking.Place, level int) PlaceCard {
	name := p.Office.Name.In(b.Lang)
	card := PlaceCard{
		Card:   ui.CardData{Title: name, Level: level, Text: parts.AddressLine(b, p.Office)},
		Access: p.Office.Access.In(b.Lang), First: b.T("places.no_times"), Look: ui.Secondary,
		Choose: ui.Link{Href: f.href(b, p), Text: b.T("places.choose", "place", name)},
	}
	if p.Any {
		card.First = b.T("places.first", "time", f.time(p.First.Start))
	} else {
		card.Look = ui.Tertiary
		card.Choose.Text = b.T("places.look_at", "place", name)
	}
	return card
}

// href leads to the times of a place.
func (f placesFacts) href(b web.Base, p booking.Place) string {
	return withVisit(withDraft(b.URL("book", string(f.Service.ID), string(p.Office.ID)), f.Draft), f.Visit)
}

func (f placesFacts) time(unix int64) time.Time { return time.Unix(unix, 0).In(f.Config.Zone()) }
