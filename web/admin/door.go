package admin

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/hours"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// Deps are what the pages of staff and administrators need.
type Deps struct {
	Identity *identity.Service
	Staff    *staff.Service
	Log      *audit.Reader
	Hours    *hours.Service
	Keys     OurKeys
	Drafts   blueprint.Drafts
	Texts    Texts
	Dossier  Dossier
	Erasures Erasures
	Letters  Letters
	Forms    Forms
	// Preview shows citizens' pages by a draft; nil where there are none.
	Preview Previewer
	// Specimen writes a notice as it would be sent by a configuration; nil where there are none.
	Specimen Specimen
	// Affected returns the offices at which booked appointments would be left without their place by another configuration; nil asks nobody.
	Affected func(ctx context.Context, before, after *catalog.Config) ([]AffectedAt, error)
}

// AffectedAt is how many booked appointments of an office a change would leave without their place.
type AffectedAt struct {
	Office ids.Office
	N      int
}

// Door is the door of staff who look after people, and of administrators.
type Door struct {
	Deps
	Site *web.Site
	*web.Mux
}

// New returns the door of staff who look after people, and of administrators.
func New(site *web.Site, deps Deps) *Door {
	d := &Door{Deps: deps, Site: site}
	d.Mux = web.NewMux(site, d.routes())
	return d
}

// routes is every page of this door.
func (d *Door) routes() []web.Route {
	const at = "/{lang}/staff/{org}/"
	people := []web.Route{
		web.GET(at+"people", actor.PersonSearch, d.people),
		web.POST(at+"people", actor.PersonSearch, d.peoplePost),
		web.GET(at+"person", actor.PersonSearch, d.person),
		web.POST(at+"person", actor.PersonSearch, d.personPost),
		web.POST(at+"person/close", actor.PersonSearch, d.personClose),
		web.GET(at+"person/guardianship", actor.GuardianshipRecord, d.guardianship),
		web.POST(at+"person/guardianship", actor.GuardianshipRecord, d.guardianshipPost),
		web.GET(at+"person/guardianship/{id}", actor.GuardianshipRecord, d.endGuardianship),
		web.POST(at+"person/guardianship/{id}", actor.GuardianshipRecord, d.endGuardianshipPost),
		web.GET(at+"person/mandate", actor.MandateRecord, d.mandate),
		web.POST(at+"person/mandate", actor.MandateRecord, d.mandatePost),
		web.GET(at+"person/mandate/{id}", actor.MandateRecord, d.endMandate),
		web.POST(at+"person/mandate/{id}", actor.MandateRecord, d.endMandatePost),
		web.GET(at+"person/death", actor.DeathRecord, d.death),
		web.POST(at+"person/death", actor.DeathRecord, d.deathPost),
		web.GET(at+"person/letters", actor.LetterConsent, d.letterConsent),
		web.POST(at+"person/letters", actor.LetterConsent, d.letterConsentPost),
		web.GET(at+"person/letters/document.pdf", actor.LetterConsent, d.letterConsentForm),
		web.GET(at+"glass", actor.PersonBreakGlass, d.glass),
		web.POST(at+"glass", actor.PersonBreakGlass, d.glassPost),
		web.GET(at+"erase", actor.MessagesErase, d.eraseTexts),
		web.POST(at+"erase", actor.MessagesErase, d.eraseTextsPost),
	}
	const org, all = "/{lang}/admin/{org}/", "/{lang}/admin/installation/"
	own := []web.Route{
		web.GET(org+"devices", actor.DeviceManage, d.devices),
		web.GET(org+"devices/new", actor.DeviceManage, d.deviceNew),
		web.POST(org+"devices/new", actor.DeviceManage, d.deviceNewPost),
		web.GET(org+"devices/made", actor.DeviceManage, d.once("devices")),
		web.POST(org+"devices/{id}/code", actor.DeviceManage, d.deviceCode),
		web.GET(org+"devices/{id}/kiosk", actor.DeviceManage, d.kioskSet),
		web.POST(org+"devices/{id}/kiosk", actor.DeviceManage, d.kioskSetPost),
		web.GET(org+"devices/{id}/display", actor.DeviceManage, d.displaySet),
		web.POST(org+"devices/{id}/display", actor.DeviceManage, d.displaySetPost),
		web.GET(org+"devices/{id}/revoke", actor.DeviceManage, d.deviceRevoke),
		web.POST(org+"devices/{id}/revoke", actor.DeviceManage, d.deviceRevokePost),
		web.GET(org+"clients", actor.ClientManage, d.clients),
		web.GET(org+"clients/new", actor.ClientManage, d.clientNew),
		web.POST(org+"clients/new", actor.ClientManage, d.clientNewPost),
		web.GET(org+"clients/made", actor.ClientManage, d.once("clients")),
		web.GET(org+"hooks", actor.ClientManage, d.hooks),
		web.GET(org+"hooks/new", actor.ClientManage, d.hookNew),
		web.POST(org+"hooks/new", actor.ClientManage, d.hookNewPost),
		web.GET(org+"hooks/made", actor.ClientManage, d.once("hooks")),
		web.POST(org+"hooks/{id}/test", actor.ClientManage, d.hookTest),
		web.POST(org+"hooks/{id}/enable", actor.ClientManage, d.hookEnable),
		web.GET(org+"hooks/{id}/remove", actor.ClientManage, d.hookRemove),
		web.POST(org+"hooks/{id}/remove", actor.ClientManage, d.hookRemovePost),
		web.GET(org+"clients/{id}/limits", actor.ClientManage, d.clientLimits),
		web.POST(org+"clients/{id}/limits", actor.ClientManage, d.clientLimitsPost),
		web.GET(org+"clients/{id}/rotate", actor.ClientManage, d.clientRotate),
		web.POST(org+"clients/{id}/rotate", actor.ClientManage, d.clientRotatePost),
		web.GET(org+"clients/{id}/revoke", actor.ClientManage, d.clientRevoke),
		web.POST(org+"clients/{id}/revoke", actor.ClientManage, d.clientRevokePost),
	}
	return slices.Concat(people, own, d.printRoutes(at), d.holdRoutes(at), d.holdFormRoutes(at), d.erasureRoutes(at), d.configRoutes(org), d.formRoutes(org), d.hoursRoutes(org), d.shared(org), d.shared(all), []web.Route{
		web.POST(all+"providers/keys", actor.ProviderManage, d.providersKeys),
		web.GET(all+"organisations", actor.ConfigEdit, d.organisations),
		web.GET(all+"organisations/new", actor.ConfigEdit, d.organisationNew),
		web.POST(all+"organisations/new", actor.ConfigEdit, d.organisationNewPost),
		web.GET(all+"settings", actor.ConfigEdit, d.settings),
		web.POST(all+"settings", actor.ConfigEdit, d.settingsPost),
		web.GET(all+"settings/{part}", actor.ConfigEdit, d.settings),
		web.POST(all+"settings/{part}", actor.ConfigEdit, d.settingsPost),
	})
}

// configRoutes is every page on which what an organisation has configured is changed.
func (d *Door) configRoutes(at string) []web.Route {
	const right = actor.ConfigEdit
	return []web.Route{
		web.GET(at+"config", right, d.config),
		web.GET(at+"config/organisation/{part}", right, d.edit),
		web.POST(at+"config/organisation/{part}", right, d.editPost),
		web.GET(at+"config/thing/{section}/{slug}", right, d.edit),
		web.POST(at+"config/thing/{section}/{slug}", right, d.editPost),
		web.GET(at+"config/unit/{office}/{unit}", right, d.edit),
		web.POST(at+"config/unit/{office}/{unit}", right, d.editPost),
		web.GET(at+"config/new/{section}", right, d.add),
		web.POST(at+"config/new/{section}", right, d.addPost),
		web.POST(at+"config/move", right, d.configMove),
		web.GET(at+"config/remove", right, d.configRemove),
		web.POST(at+"config/remove", right, d.configRemovePost),
		web.GET(at+"config/missing", right, d.configMissing),
		web.POST(at+"config/settle", right, d.configSettle),
		web.GET(at+"config/publish", right, d.publish),
		web.POST(at+"config/publish", right, d.publishPost),
		web.GET(at+"config/discard", right, d.discard),
		web.POST(at+"config/discard", right, d.discardPost),
		web.GET(at+"config/blueprint.toml", right, d.export),
		web.GET(at+"config/import", right, d.imports),
		web.POST(at+"config/import", right, d.importPost),
		web.GET(at+"rules", right, d.rules),
		web.POST(at+"rules", right, d.rulesPost),
		web.GET(at+"wordings", right, d.wordings),
		web.GET(at+"wordings/{notice}", right, d.wording),
		web.POST(at+"wordings/{notice}", right, d.wordingPost),
		web.GET(at+"look", right, d.look),
		web.POST(at+"look", right, d.lookPost),
		web.GET(at+"preview", right, d.preview),
		web.GET(at+"preview/{path...}", right, d.preview),
		web.POST(at+"preview/{path...}", right, d.previewPost),
	}
}

// shared is every page that an organisation and the installation both have.
func (d *Door) shared(at string) []web.Route {
	return []web.Route{
		web.GET(at+"members", actor.StaffManage, d.members),
		web.GET(at+"members/{id}", actor.StaffManage, d.member),
		web.POST(at+"members/{id}/give", actor.StaffManage, d.memberGive),
		web.POST(at+"members/{id}/take", actor.StaffManage, d.memberTake),
		web.POST(at+"members/{id}/state", actor.StaffManage, d.memberState),
		web.POST(at+"members/{id}/help", actor.StaffManage, d.memberHelp),
		web.GET(at+"invitations", actor.StaffManage, d.invitations),
		web.GET(at+"invitations/new", actor.StaffManage, d.invitationNew),
		web.POST(at+"invitations/new", actor.StaffManage, d.invitationNewPost),
		web.POST(at+"invitations/{id}/resend", actor.StaffManage, d.invitationResend),
		web.POST(at+"invitations/{id}/revoke", actor.StaffManage, d.invitationRevoke),
		web.GET(at+"providers", actor.ProviderManage, d.providers),
		web.GET(at+"providers/new", actor.ProviderManage, d.providerNew),
		web.POST(at+"providers/new", actor.ProviderManage, d.providerNewPost),
		web.GET(at+"providers/of/{id}", actor.ProviderManage, d.provider),
		web.POST(at+"providers/of/{id}", actor.ProviderManage, d.providerPost),
		web.POST(at+"providers/of/{id}/try", actor.ProviderManage, d.providerTry),
		web.GET(at+"providers/of/{id}/remove", actor.ProviderManage, d.providerRemove),
		web.POST(at+"providers/of/{id}/remove", actor.ProviderManage, d.providerRemovePost),
		web.GET(at+"texts", actor.ConfigEdit, d.texts),
		web.POST(at+"texts/go", actor.ConfigEdit, d.textsGo),
		web.GET(at+"texts/limits", actor.ConfigEdit, d.textsLimits),
		web.POST(at+"texts/limits", actor.ConfigEdit, d.textsLimitsPost),
		web.GET(at+"audit", actor.AuditRead, d.audit),
		web.GET(at+"audit.csv", actor.AuditRead, d.auditCSV),
	}
}

// hoursRoutes is every page about opening hours. Each asks again whether the reader may, at its office.
func (d *Door) hoursRoutes(org string) []web.Route {
	const office = "hours/{office}"
	return []web.Route{
		web.GET(org+"hours", actor.HoursEdit, d.hours),
		web.GET(org+office, actor.HoursEdit, d.hoursWeek),
		web.GET(org+office+"/month", actor.HoursEdit, d.hoursMonth),
		web.GET(org+office+"/history", actor.HoursEdit, d.hoursHistory),
		web.GET(org+office+"/new", actor.HoursEdit, d.hoursNew),
		web.POST(org+office+"/new", actor.HoursEdit, d.hoursNewPost),
		web.GET(org+office+"/series", actor.HoursEdit, d.hoursSeries),
		web.POST(org+office+"/series", actor.HoursEdit, d.hoursSeriesPost),
		web.GET(org+office+"/day", actor.HoursEdit, d.hoursDay),
		web.POST(org+office+"/day", actor.HoursEdit, d.hoursDayPost),
		web.GET(org+office+"/close", actor.HoursEdit, d.hoursClose),
		web.POST(org+office+"/close", actor.HoursEdit, d.hoursClosePost),
		web.POST(org+office+"/reopen", actor.HoursEdit, d.hoursReopen),
		web.POST(org+office+"/follow", actor.HoursEdit, d.hoursFollow),
		web.GET(org+office+"/unit", actor.HoursEdit, d.hoursUnit),
		web.POST(org+office+"/unit", actor.HoursEdit, d.hoursUnitPost),
		web.GET(org+office+"/change/{id}", actor.HoursEdit, d.hoursChange),
		web.POST(org+office+"/change/{id}", actor.HoursEdit, d.hoursChangePost),
	}
}

// desks are the pages below /{lang}/staff/{org}/ that are this door's; the rest of /{lang}/staff is for signing in.
var desks = []string{"people", "person", "glass", "erase", "erasures", "paper", "holds"}

// Serves reports whether an address is this door's: /{lang}/admin and what is below it, and the pages about people below /{lang}/staff/{org}.
func Serves(path string) bool {
	parts := strings.Split(strings.TrimPrefix(path, "/"), "/")
	switch {
	case len(parts) >= 2 && parts[1] == "admin":
		return true
	case len(parts) >= 4 && parts[1] == "staff":
		for _, d := range desks {
			if parts[3] == d {
				return true
			}
		}
	}
	return false
}

// menu are the pages that one may be led to, in their order, each with its right, the key of its name, and whether the installation has one, too.
var menu = []struct {
	door, page   string
	right        actor.Right
	title        string
	installation bool
}{
	{"staff", "desk", actor.BookingDesk, "desk.title", false},
	{"staff", "lobby", actor.QueueWork, "lobby.title", false},
	{"staff", "inbox", actor.InboxWork, "inbox.title", false},
	{"staff", "feedback", actor.InboxWork, "feedback.desk_title", false},
	{"staff", "courses", actor.CourseWork, "course.desk_title", false},
	{"staff", "letters", actor.LetterSend, "mailing.title", false},
	{"staff", "people", actor.PersonSearch, "people.title", false},
	{"staff", "glass", actor.PersonBreakGlass, "glass.title", false},
	{"staff", "erase", actor.MessagesErase, "erase.title", false},
	{"staff", "erasures", actor.ErasureDecide, "erasing.desk_title", false},
	{"staff", "paper", actor.LetterPrint, "paper.room.title", false},
	{"staff", "holds", actor.LetterHold, "hold.title", false},
	{"admin", "hours", actor.HoursEdit, "hours.title", false},
	{"admin", "config", actor.ConfigEdit, "config.title", false},
	{"admin", "forms", actor.ConfigEdit, "forms.build.title", false},
	{"admin", "organisations", actor.ConfigEdit, "organisations.title", true},
	{"admin", "settings", actor.ConfigEdit, "thing.installation.one", true},
	{"admin", "texts", actor.ConfigEdit, "text_stop.title", true},
	{"admin", "members", actor.StaffManage, "members.title", true},
	{"admin", "invitations", actor.StaffManage, "invitations.title", true},
	{"admin", "providers", actor.ProviderManage, "providers.title", true},
	{"admin", "devices", actor.DeviceManage, "devices.title", false},
	{"admin", "clients", actor.ClientManage, "clients.title", false},
	{"admin", "hooks", actor.ClientManage, "hooks.title", false},
	{"admin", "audit", actor.AuditRead, "audit_log.title", true},
}

// Links lists where somebody may go: the pages of each organisation where a role of theirs opens them, and then those of the installation. A page on which something waits to be
// seen to says so.
func (d *Door) Links(v *web.Visit, who actor.Actor, orgs []org.Organisation) ([]ui.Link, error) {
	b := v.Base("")
	var out []ui.Link
	at := func(o ids.Org, name string, notes map[string]string) {
		for _, l := range pagesOf(b, who, o) {
			l.Text, l.Note = b.T("admin.page_at", "page", l.Text, "org", name), notes[l.Href]
			out = append(out, l)
		}
	}
	for _, o := range orgs {
		if o.MailboxOnly && len(orgs) > manyOrgs { // their configuration is in the list of organisations
			continue
		}
		notes, err := d.notes(v, who, o.ID)
		if err != nil {
			return nil, err
		}
		at(o.ID, o.Name.In(b.Lang), notes)
	}
	at("", b.T("admin.installation"), nil)
	return out, nil
}

// notes are what somebody should see to at an organisation, by the address of the page: a webhook that was switched off, letters of which no printer says anything.
func (d *Door) notes(v *web.Visit, who actor.Actor, o ids.Org) (map[string]string, error) {
	out := map[string]string{}
	if d.Letters == nil {
		return out, nil
	}
	if who.May(actor.ClientManage, actor.Object{Org: o}) == nil {
		list, err := d.Letters.HooksOf(v.Ctx(), who, o)
		if err != nil && !fault.Is(err, fault.KindNotFound) { // there may be none at all
			return nil, err
		}
		if slices.ContainsFunc(list, func(h mailbox.Hook) bool { return h.DisabledAt > 0 }) {
			out[web.Path(v.Lang, "", "admin", string(o), "hooks")] = " – " + v.Base("").T("hooks.note_disabled")
		}
	}
	if who.May(actor.LetterPrint, actor.Object{Org: o}) == nil {
		late, err := d.Letters.LatePrint(v.Ctx(), o)
		if err != nil {
			return nil, err
		}
		if len(late) > 0 {
			out[web.Path(v.Lang, "", "staff", string(o), "paper")] = " – " + v.Base("").T("paper.room.note_late")
		}
	}
	return out, nil
}

// manyOrgs is from how many organisations on those that have nothing but letters are left out of one's links.
const manyOrgs = 12

// pagesOf lists the pages of an organisation, or of the installation, that somebody may see.
func pagesOf(b web.Base, who actor.Actor, o ids.Org) []ui.Link {
	var out []ui.Link
	for _, m := range menu {
		if o == "" && !m.installation || o != "" && slices.Contains(ofAll, m.page) || who.May(m.right, actor.Object{Org: o}) != nil {
			continue
		}
		at := string(o)
		if o == "" {
			at = installation
		}
		out = append(out, ui.Link{Href: web.Path(b.Lang, "", m.door, at, m.page), Text: b.T(m.title)})
	}
	return out
}

// hoursAt is the page of an office's opening hours; empty where this door has none.
func (d *Door) hoursAt(b web.Base, office ids.Office) string {
	const page = "/{lang}/admin/{org}/hours/{office}"
	if d == nil || d.Mux == nil || !slices.ContainsFunc(d.Routes(), func(r web.Route) bool { return r.Path == page }) {
		return ""
	}
	return adminAt(b, "hours", string(office))
}

// ofAll are pages that the installation alone has.
var ofAll = []string{"organisations", "settings"}

// Pages lists the pages of an organisation that somebody may see, for the doors beside this one.
func Pages(b web.Base, who actor.Actor) []ui.Link { return pagesOf(b, who, b.Org) }

// installation stands in an address in the place of an organisation.
const installation = "installation"

// at is an address below /{lang}/staff/{org}.
func at(b web.Base, parts ...string) string {
	return web.Path(b.Lang, "", append([]string{"staff", string(b.Org)}, parts...)...)
}

// adminAt is an address below /{lang}/admin/{org}, or of the installation.
func adminAt(b web.Base, parts ...string) string {
	o := string(b.Org)
	if o == "" {
		o = installation
	}
	return web.Path(b.Lang, "", append([]string{"admin", o}, parts...)...)
}

// baseOf is as much of a page as addresses need.
func baseOf(v *web.Visit) web.Base { return web.Base{Lang: v.Lang, Org: orgOf(v)} }

// leadTo redirects to an address below /{lang}/staff/{org}, with a query.
func leadTo(v *web.Visit, query string, parts ...string) error {
	return v.SeeOther(at(baseOf(v), parts...) + query)
}

// page begins a page of this door: compact, out of search engines, with the pages that the reader may see on top.
func page(v *web.Visit, title string) web.Base {
	b := dress(v.Base(title))
	b.Nav = nav(b, v.Actor())
	return b
}

// nav is what stands on top of a page of this door: the way back to the front page of staff, and the other pages there are.
func nav(b web.Base, who actor.Actor) []ui.Link {
	return append([]ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}}, pagesOf(b, who, b.Org)...)
}

func dress(b web.Base) web.Base {
	b.Compact, b.Wide, b.NoIndex, b.Help, b.NavLabel = true, true, true, ui.Help{}, b.T("admin.nav")
	return b
}

// show answers with a page; what is wrong with a form makes it 422.
func show(v *web.Visit, p DeskPage) error {
	status := http.StatusOK
	if len(p.Trouble) > 0 {
		status = http.StatusUnprocessableEntity
	}
	return v.Render(status, ShowDesk(p))
}

// DeskPage is a page of those who work here: a heading, what was just done or is wrong, and its parts in their order.
type DeskPage struct {
	web.Base
	// Back leads one page back; empty shows no link.
	Back string
	// Done says what was just done, Wrong what did not work.
	Done, Wrong string
	// Trouble are the lines of the error summary; nil for none.
	Trouble []ui.ErrorItem
	Lead    string
	Parts   []web.Component
}

// inOrder puts the lines of the summary in the order of the page's fields.
func inOrder(t web.Trouble, names []string) {
	at := func(i ui.ErrorItem) int { return slices.Index(names, strings.TrimPrefix(i.Href, "#")) }
	slices.SortStableFunc(t.Items, func(a, b ui.ErrorItem) int { return at(a) - at(b) })
}

// blame puts what is wrong with a form on the page.
func (p *DeskPage) blame(t web.Trouble) { p.Trouble, p.HasError = t.Items, len(t.Items) > 0 }
