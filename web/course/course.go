// Package course is the door of courses and events: finding one, enrolling, answering an offer and giving a place back, and the desk of those who run them.
//
// It promises that every page works without JavaScript, that nothing typed is lost, that an address says nothing about a person, and that who cannot come is told why in words. Who may come,
// and who gets a place, is domain/course's to say; class names are web/ui's.
package course

import (
	"net/http"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/course"
	"luukku/web"
	"luukku/web/ui"
)

// Door is the door.
type Door struct {
	Site *web.Site
	Room *course.Service
	// Pages are set where those who work here have other pages.
	Pages        func(b web.Base, who actor.Actor) []ui.Link
	public, desk *web.Mux
}

// New returns the door. Its other fields are set before it is used.
func New(site *web.Site, room *course.Service) *Door {
	d := &Door{Site: site, Room: room}
	d.public, d.desk = web.NewMux(site, d.routes()), web.NewMux(site, d.deskRoutes())
	return d
}

// Routes are every page of this door.
func (d *Door) Routes() []web.Route { return slices.Concat(d.public.Routes(), d.desk.Routes()) }

// ServeHTTP answers: the desk has a list of routes of its own, since its addresses have the same form as those of an organisation.
func (d *Door) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p := strings.SplitN(strings.TrimPrefix(r.URL.Path, "/"), "/", 3); len(p) > 1 && p[1] == "staff" {
		d.desk.ServeHTTP(w, r)
		return
	}
	d.public.ServeHTTP(w, r)
}

// routes is every page of the people served.
func (d *Door) routes() []web.Route {
	const public, one = "/{lang}/{org}/courses", "/{lang}/{org}/courses/{course}"
	return []web.Route{
		web.GET(public, actor.Public, d.list),
		web.GET(one, actor.Public, d.course),
		web.GET(one+"/calendar.ics", actor.Public, d.calendar),
		web.GET(one+"/enrol", actor.Public, d.who),
		web.POST(one+"/enrol", actor.Public, d.whoPost),
		web.GET(one+"/enrol/{batch}", actor.DraftUse, d.form),
		web.POST(one+"/enrol/{batch}", actor.DraftUse, d.formPost),
		web.GET(one+"/enrol/{batch}/done", actor.DraftUse, d.done),

		web.GET("/{lang}/{org}/enrolment/{token}", actor.Public, d.linked),
		web.POST("/{lang}/{org}/enrolment/{token}", actor.Public, d.linkedPost),
		web.GET("/{lang}/my/enrolments/{org}/{id}", actor.FolderRead, d.mine),
		web.POST("/{lang}/my/enrolments/{org}/{id}", actor.FolderRead, d.minePost),
	}
}

// deskRoutes is every page of those who work here.
func (d *Door) deskRoutes() []web.Route {
	const desk = "/{lang}/staff/{org}/courses"
	return []web.Route{
		web.GET(desk, actor.CourseWork, d.all),
		web.GET(desk+"/new", actor.CourseWork, d.fresh),
		web.POST(desk+"/new", actor.CourseWork, d.freshPost),
		web.GET(desk+"/{course}", actor.CourseWork, d.roll),
		web.POST(desk+"/{course}", actor.CourseWork, d.rollPost),
		web.GET(desk+"/{course}/list.csv", actor.CourseWork, d.rollCSV),
		web.GET(desk+"/{course}/list.pdf", actor.CourseWork, d.rollPDF),
		web.GET(desk+"/{course}/edit", actor.CourseWork, d.edit),
		web.POST(desk+"/{course}/edit", actor.CourseWork, d.editPost),
		web.GET(desk+"/{course}/add", actor.CourseWork, d.add),
		web.POST(desk+"/{course}/add", actor.CourseWork, d.addPost),
		web.GET(desk+"/{course}/erase/{enrolment}", actor.CourseWork, d.erase),
		web.POST(desk+"/{course}/erase/{enrolment}", actor.CourseWork, d.erasePost),
		web.GET(desk+"/{course}/message", actor.CourseWork, d.message),
		web.POST(desk+"/{course}/message", actor.CourseWork, d.messagePost),
	}
}

// Serves reports whether an address is this door's.
func Serves(path string) bool {
	p := strings.Split(strings.Trim(path, "/"), "/")
	switch {
	case len(p) >= 4 && p[1] == "staff":
		return p[3] == "courses"
	case len(p) == 5 && p[1] == "my":
		return p[2] == "enrolments"
	case len(p) == 4 && p[2] == "enrolment":
		return !ids.ReservedOrg(p[1])
	}
	return len(p) >= 3 && p[2] == "courses" && !ids.ReservedOrg(p[1])
}

// Page is a page: a heading, what was just done or is wrong, and its parts in their order.
type Page struct {
	web.Base
	Back, Done, Wrong, Lead string
	Trouble                 []ui.ErrorItem
	Parts                   []web.Component
}

func (p *Page) add(list ...web.Component) { p.Parts = append(p.Parts, list...) }

// wrongs are what is wrong with a form, by field.
type wrongs map[string]string

// blame puts what is wrong on the page: at its fields, or on top.
func (p *Page) blame(err error) wrongs {
	said := wrongs{}
	if err == nil {
		return said
	}
	p.HasError = true
	f := fault.Of(err)
	for _, x := range f.Fields {
		if said[x.Name] != "" {
			said[x.Name] += " "
		}
		text := p.Printer.TA(x.Key, x.Args)
		said[x.Name] += text
		p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#" + x.Name, Text: text})
	}
	if len(f.Fields) == 0 {
		if f.Kind == fault.KindConflict {
			p.Wrong = p.Printer.TA(f.Key, f.Args)
		} else {
			p.Trouble = append(p.Trouble, ui.ErrorItem{Text: p.Printer.TA(f.Key, f.Args)})
		}
	}
	return said
}

func show(v *web.Visit, p Page) error {
	status := http.StatusOK
	switch {
	case len(p.Trouble) > 0:
		status = http.StatusUnprocessableEntity
	case p.Wrong != "":
		status = http.StatusConflict
	}
	return v.Render(status, ShowCourse(p))
}

// whoMay is who may come, in words; a line each.
func whoMay(b web.Base, d course.Details) (out []string) {
	switch {
	case d.MinAge > 0 && d.MaxAge > 0:
		out = append(out, b.T("course.ages", "from", d.MinAge, "to", d.MaxAge))
	case d.MinAge > 0:
		out = append(out, b.T("course.age_from", "from", d.MinAge))
	case d.MaxAge > 0:
		out = append(out, b.T("course.age_to", "to", d.MaxAge))
	}
	if len(d.Codes) > 0 {
		out = append(out, b.T("course.codes", "codes", strings.Join(d.Codes, ", ")))
	}
	if len(out) == 0 {
		out = append(out, b.T("course.everybody"))
	}
	for _, q := range d.Quotas {
		out = append(out, b.N("course.quota", q.Places, "name", q.Name.In(b.Lang)))
	}
	return out
}

// at is an address of a course's pages.
func at(b web.Base, id ids.Course, more ...string) string {
	return b.URL(append([]string{"courses", string(id)}, more...)...)
}

// deskAt is an address of the pages of those who work here.
func deskAt(b web.Base, more ...string) string {
	return web.Path(b.Lang, "", append([]string{"staff", string(b.Org), "courses"}, more...)...)
}
