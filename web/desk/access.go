package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/web"
)

// accessCookie keeps, sealed, whose access a browser looks at, for whom, and until when: so no address says who it is.
const accessCookie = "access"

// accessSought is what was typed to find whose access it is about, or to make them known.
type accessSought struct {
	Identifier, Family, Phone, Number, Name string
	// NewPerson and NewCompany say that nobody has the identifier or the number yet: their name is asked for.
	NewPerson, NewCompany bool
	// Found are those of a name, to choose from; Looked that somebody was looked for by one.
	Found  []identity.Account
	Looked bool
}

// findAccess asks whose access it is about.
func (d *Door) findAccess(v *web.Visit) error {
	return d.show(v, newFindAccessPage(d.page(v, ""), v.Org, accessSought{}, nil))
}

// findAccessPost opens the access of whom was found.
func (d *Door) findAccessPost(v *web.Visit) error {
	if p := ids.Person(v.Form("person")); p != "" { // one of those who were found
		return d.openAccess(v, actor.Owner{Person: p})
	}
	if c := ids.Company(v.Form("company")); c != "" { // from the list of a service
		return d.openAccess(v, actor.Owner{Company: c})
	}
	typed := accessSought{
		Identifier: strings.TrimSpace(v.Form("identifier")), Family: strings.TrimSpace(v.Form("family")), Phone: strings.TrimSpace(v.Form("phone")), Number: strings.TrimSpace(v.Form("number")), Name: v.Form("name"),
	}
	owner, err := d.accessOwner(v, &typed)
	if err == nil && owner.IsZero() {
		return d.show(v, newFindAccessPage(d.page(v, ""), v.Org, typed, nil))
	}
	if web.Mendable(err) {
		return d.show(v, newFindAccessPage(d.page(v, ""), v.Org, typed, atIdentifier(err)))
	}
	if err != nil {
		return err
	}
	return d.openAccess(v, owner)
}

// accessOwner finds by an identity code, by the number of a company, by a phone number, or by a name; of a number or a name all are shown. With a name to go by, who is new here is made known.
func (d *Door) accessOwner(v *web.Visit, typed *accessSought) (actor.Owner, error) {
	switch {
	case typed.Number != "":
		typed.NewCompany = v.Form("do") == "company"
		c, err := d.People.CompanyByNumber(v.Ctx(), v.Actor(), v.OrgID(), typed.Number, typed.Name, identity.CompanyKind(v.Form("kind")))
		if f := fault.Of(err); err != nil && slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == "name" }) {
			if typed.NewCompany = true; v.Form("do") != "company" {
				err = fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "access.new_company"})
			}
		}
		return actor.Owner{Company: c.ID}, err
	case typed.Identifier != "":
		sought := careSought{Identifier: typed.Identifier, Name: typed.Name}
		p, err := d.carePerson(v, &sought)
		typed.NewPerson = sought.New
		return actor.Owner{Person: p}, err
	case typed.Phone != "", typed.Family != "":
		found, err := d.People.FindPeople(v.Ctx(), v.Actor(), identity.Find{Org: v.OrgID(), Family: typed.Family, Phone: typed.Phone})
		typed.Found, typed.Looked = found, err == nil
		return actor.Owner{}, err
	}
	return actor.Owner{}, fault.Invalid("form.invalid", nil, fault.Field{Name: "identifier", Key: "access.nobody"})
}

func (d *Door) openAccess(v *web.Visit, of actor.Owner) error {
	until := strconv.FormatInt(v.Now.Add(careLife).Unix(), 10)
	v.KeepSealed(accessCookie, strings.Join([]string{string(v.Actor().Staff), string(v.OrgID()), string(of.Person), string(of.Company), until}, "/"))
	return v.SeeOther(at(baseOf(v), "access", "of"))
}

// withAccess hands whose access is open in the reader's browser to a page. Without anybody, the reader looks for somebody first.
func (d *Door) withAccess(do func(v *web.Visit, of actor.Owner, name string) error) web.Handler {
	return func(v *web.Visit) error {
		kept, ok := v.Sealed(accessCookie)
		parts := strings.Split(kept, "/")
		if !ok || len(parts) != 5 || ids.Staff(parts[0]) != v.Actor().Staff || ids.Org(parts[1]) != v.OrgID() {
			return v.SeeOther(at(baseOf(v), "access"))
		}
		until, err := strconv.ParseInt(parts[4], 10, 64)
		if err != nil || v.Now.Unix() > until {
			return v.SeeOther(at(baseOf(v), "access"))
		}
		of := actor.Owner{Person: ids.Person(parts[2]), Company: ids.Company(parts[3])}
		name, err := d.nameOf(v, of)
		if fault.IsKey(err, "form.invalid") { // whose data has been protected since
			return v.SeeOther(at(baseOf(v), "access"))
		}
		if err != nil {
			return err
		}
		return do(v, of, name)
	}
}

func (d *Door) nameOf(v *web.Visit, of actor.Owner) (string, error) {
	if of.Company == "" {
		return d.People.NameOf(v.Ctx(), v.Actor(), v.OrgID(), of.Person)
	}
	c, err := d.People.CompanyFor(v.Ctx(), v.Actor(), v.OrgID(), of.Company)
	return c.Name, err
}

// accessTyped is what was typed of an access.
type accessTyped struct {
	From, Until, Why string
}

// accessFacts is what the page of somebody's access is made of.
type accessFacts struct {
	Config  *catalog.Config
	Name    string
	Company bool
	Grants  []access.Grant // all of them, by service, the newest first
	// By are the names of who granted, by kind and id.
	By      map[string]string
	Service ids.Service
	Typed   accessTyped
	Seen    int64
	Now     int64
	Why     error
}

// now is what holds of a service.
func (f accessFacts) now(service ids.Service) access.Grant {
	i := slices.IndexFunc(f.Grants, func(g access.Grant) bool { return g.Service == service })
	if i < 0 {
		return access.Grant{}
	}
	return f.Grants[i]
}

// accessPage shows to which services somebody has access.
func (d *Door) accessPage(v *web.Visit, of actor.Owner, name string) error {
	f, err := d.accessFacts(v, of, name, ids.Service(v.Query("service")))
	if err != nil {
		return err
	}
	f.Typed.From = typedDay(v.Org.Today(v.Now))
	if g := f.now(f.Service); g.StateAt(f.Now) == access.Open || g.StateAt(f.Now) == access.Later {
		f.Typed.From, f.Typed.Until = f.day(g.From), f.day(g.Until)
	}
	page := newAccessPage(d.page(v, ""), f)
	if done := v.Query("done"); slices.Contains([]string{"granted", "withdrawn"}, done) {
		page.Done = page.T("access.done_" + done)
	}
	return d.show(v, page)
}

// day is the day of a second, as it is typed; empty for none.
func (f accessFacts) day(at int64) string {
	if at == 0 {
		return ""
	}
	return typedDay(dayOf(f.Config, at))
}

func (d *Door) accessFacts(v *web.Visit, of actor.Owner, name string, service ids.Service) (accessFacts, error) {
	f := accessFacts{Config: v.Org, Name: name, Company: of.Company != "", Service: service, Now: v.Now.Unix(), By: map[string]string{}}
	list, err := d.Access.Of(v.Ctx(), v.Actor(), v.OrgID(), of)
	if err != nil {
		return f, err
	}
	f.Grants = list
	open := access.Services(v.Org)
	if !slices.ContainsFunc(open, func(s *catalog.Service) bool { return s.ID == service }) {
		if f.Service = ""; len(open) > 0 {
			f.Service = open[0].ID
		}
	}
	f.Seen = f.now(f.Service).Version
	for _, g := range list {
		if g.ByKind == actor.KindStaff && d.StaffName != nil && f.By[g.By] == "" {
			f.By[g.By] = d.StaffName(v.Ctx(), ids.Staff(g.By))
		}
	}
	return f, nil
}

// accessPost grants somebody access, prolongs it or withdraws it.
func (d *Door) accessPost(v *web.Visit, of actor.Owner, name string) error {
	typed := accessTyped{From: v.Form("first"), Until: v.Form("until"), Why: v.Form("why")}
	r := access.Request{Org: v.OrgID(), Service: ids.Service(v.Form("service")), Owner: of, Why: typed.Why}
	r.Seen, _ = strconv.ParseInt(v.Form("seen"), 10, 64)
	done := "granted"
	var err error
	if v.Form("do") == "withdraw" {
		r.Off, done = true, "withdrawn"
	} else {
		r.From, r.Until, err = d.accessSeconds(v, r, typed)
	}
	if err == nil {
		_, _, err = d.Access.Record(v.Ctx(), v.Actor(), r)
	}
	if web.Mendable(err) {
		f, again := d.accessFacts(v, of, name, r.Service)
		if again != nil {
			return again
		}
		f.Typed, f.Why = typed, err
		page := newAccessPage(d.page(v, ""), f)
		if fault.Is(err, fault.KindConflict) {
			page.Trouble, page.Wrong, page.HasError = nil, page.T("access.changed"), true
		}
		return d.show(v, page)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(at(baseOf(v), "access", "of") + "?service=" + string(r.Service) + "&done=" + done)
}

// accessSeconds are the first and the last second of the days that were typed: from now on for today, and to the end of the last day. What goes on keeps its beginning.
func (d *Door) accessSeconds(v *web.Visit, r access.Request, typed accessTyped) (from, until int64, err error) {
	first, last, err := careTyped{From: typed.From, Until: typed.Until}.days(v)
	if err != nil {
		return 0, 0, err
	}
	if today := v.Org.Today(v.Now); today.Before(first) {
		from = first.At(0, v.Org.Zone()).Unix()
	}
	if !last.IsZero() {
		until = last.Add(1).At(0, v.Org.Zone()).Unix() - 1
	}
	return from, until, nil
}

// Companies finds those for which services are opened; it is a part of People.
type Companies interface {
	CompanyByNumber(ctx context.Context, who actor.Actor, o ids.Org, number, name string, kind identity.CompanyKind) (identity.Company, error)
	CompanyFor(ctx context.Context, who actor.Actor, o ids.Org, c ids.Company) (identity.Company, error)
}

// usesAccess reports whether any service opens after a contact.
func usesAccess(c *catalog.Config) bool { return len(access.Services(c)) > 0 }

func dayOf(c *catalog.Config, at int64) org.Date { return org.DateOf(dateOfStart(c, at)) }
