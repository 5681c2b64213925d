package admin

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// How many lines of the log are on a page, and at most in a file; and how many are read at once for it.
const (
	logPage  = 50
	logMost  = 20_000
	logChunk = 500
)

// actorKinds are the kinds of actors that the log can be narrowed down to.
var actorKinds = []actor.Kind{
	actor.KindStaff, actor.KindCitizen, actor.KindVisitor, actor.KindClient, actor.KindAPI, actor.KindDevice, actor.KindSystem,
}

// actions are what the log can be narrowed down to.
var actions = []audit.Action{
	audit.PersonSearched, audit.PersonRead, audit.GlassBroken, audit.CareRecorded, audit.CareEnded, audit.CareRead, audit.CareChecked, audit.TicketArrived, audit.TicketTaken, audit.TicketEntered, audit.TicketChanged, audit.CounterChanged,
	audit.LobbyAlerted, audit.LobbySeen, audit.LobbyTold, audit.LobbyClosed, audit.MailingChecked, audit.MailingStarted, audit.WorkListed, audit.WorkRead, audit.WorkChanged,
	audit.ConversationOpened, audit.TextReceived, audit.TextAnswered, audit.TextByItself, audit.CodeShown, audit.PersonConfirmed, audit.GuardianshipRecorded, audit.GuardianshipRevoked, audit.MandateRecorded,
	audit.MandateRevoked, audit.AppointmentBooked, audit.AppointmentChanged, audit.AppointmentMoved, audit.AppointmentCancelled, audit.AppointmentsListed, audit.AppointmentFound, audit.AppointmentRestored, audit.WaitingListed,
	audit.AppointmentProposed, audit.AppointmentConfirmed, audit.AppointmentResent, audit.AppointmentLapsed, audit.VisitRecorded, audit.WaitingJoined,
	audit.WaitingLeft, audit.TimeOffered, audit.OfferAccepted, audit.OfferDeclined,
	audit.StaffInvited, audit.InvitationEnded, audit.StaffJoined, audit.StaffChanged, audit.StaffSignInFailed, audit.RoleGiven, audit.RoleTaken,
	audit.ProviderChanged, audit.ProviderRemoved, audit.KeysRenewed, audit.DeviceMade, audit.DeviceEnrolled, audit.DeviceSet, audit.DeviceRevoked, audit.ClientMade,
	audit.ClientRotated, audit.ClientLimited, audit.ClientRevoked, audit.AuditWasRead, audit.BlueprintApplied, audit.ConfigDrafted, audit.ConfigDiscarded,
	audit.ConfigPublished, audit.HoursChanged, audit.MessagesStopped, audit.TextsLetGo, audit.TextLimitsChanged, audit.SignedIn, audit.SignedOut,
}

// logFilter is what the address asks of the log. Nothing in it is personal.
type logFilter struct {
	Day          string // YYYY-MM-DD
	Kind, Action string
	Before       ids.Audit
}

func logFilterIn(v *web.Visit) logFilter {
	return logFilter{strings.TrimSpace(v.Query("day")), v.Query("kind"), v.Query("action"), ids.Audit(v.Query("before"))}
}

// query is the filter as an address has it, from an entry on.
func (f logFilter) query(before ids.Audit) string {
	q := url.Values{}
	for name, value := range map[string]string{"day": f.Day, "kind": f.Kind, "action": f.Action, "before": string(before)} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}

// filter is what is read; Invalid at the field "day" for what is no date. A kind or an action that is none here narrows nothing down.
func (f logFilter) filter(zone *time.Location) (audit.Filter, error) {
	out := audit.Filter{}
	if slices.Contains(actorKinds, actor.Kind(f.Kind)) {
		out.ActorKind = actor.Kind(f.Kind)
	}
	if slices.Contains(actions, audit.Action(f.Action)) {
		out.Action = audit.Action(f.Action)
	}
	if f.Day == "" {
		return out, nil
	}
	day, err := org.ParseDate(f.Day)
	if err != nil {
		return out, fault.Invalid("form.invalid", nil, fault.Field{Name: "day", Key: "audit_log.day_wrong"})
	}
	out.FromMicros, out.UntilMicros = day.At(0, zone).UnixMicro(), day.Add(1).At(0, zone).UnixMicro()
	return out, nil
}

// audit shows the log, a page at a time.
func (d *Door) audit(v *web.Visit) error {
	typed := logFilterIn(v)
	f, wrong := typed.filter(v.Zone())
	var list []audit.Entry
	if wrong == nil {
		var err error
		if list, err = d.Log.Read(v.Ctx(), v.Actor(), orgOf(v), f, typed.Before, logPage+1); err != nil {
			return err
		}
	}
	names := map[string]string{}
	for _, e := range list {
		if e.ActorKind == actor.KindStaff && names[e.Actor] == "" {
			names[e.Actor] = d.Staff.NameOf(v.Ctx(), ids.Staff(e.Actor))
		}
	}
	return show(v, newLogPage(page(v, ""), typed, list, names, whereOf(v), wrong))
}

func newLogPage(b web.Base, typed logFilter, list []audit.Entry, names map[string]string, w where, why error) DeskPage {
	b.Title = b.T("audit_log.title")
	p := DeskPage{Base: b, Lead: b.T("audit_log.lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	more := len(list) > logPage
	list = list[:min(len(list), logPage)]
	table := ui.TableData{Caption: b.Title, HideCaption: true, Head: []string{
		b.T("audit_log.when"), b.T("audit_log.who"), b.T("audit_log.what"), b.T("audit_log.subject"), b.T("audit_log.detail"),
	}}
	for _, e := range list {
		who := kindText(b, e.ActorKind)
		if name := names[e.Actor]; name != "" {
			who = name
		} else if e.Actor != "" {
			who = b.T("audit_log.who_id", "kind", who, "id", e.Actor)
		}
		table.Rows = append(table.Rows, []ui.Cell{
			{Text: stamp(b, time.UnixMicro(e.AtMicros).In(w.zone))}, {Text: who}, {Text: actionText(b, e.Action)},
			{Text: strings.TrimSpace(e.SubjectKind + " " + e.Subject)}, {Text: details(e)},
		})
	}
	p.Parts = []web.Component{
		form(ui.FormData{Action: adminAt(b, "audit"), Get: true}, ui.Button{Text: b.T("audit_log.show")}, ui.Link{}, logFields(b, typed, t)...),
		listOf(b.T("audit_log.list"), table, b.T("audit_log.none")),
	}
	var links []ui.Link
	if typed.Before != "" {
		links = append(links, ui.Link{Href: adminAt(b, "audit") + typed.query(""), Text: b.T("audit_log.newest")})
	}
	if more {
		links = append(links, ui.Link{Href: adminAt(b, "audit") + typed.query(list[logPage-1].ID), Text: b.T("audit_log.older"), Rel: "next"})
	}
	if len(list) > 0 {
		links = append(links, ui.Link{Href: adminAt(b, "audit.csv") + typed.query(""), Text: b.T("audit_log.csv"), Download: true})
	}
	if len(links) > 0 {
		p.Parts = append(p.Parts, ui.LinkList(links))
	}
	return p
}

func logFields(b web.Base, typed logFilter, t web.Trouble) []web.Component {
	all := []ui.Option{{Text: b.T("audit_log.all")}}
	kind := ui.SelectField{Name: "kind", Label: b.T("audit_log.who"), Value: typed.Kind, Options: slices.Clone(all)}
	for _, k := range actorKinds {
		kind.Options = append(kind.Options, ui.Option{Value: string(k), Text: kindText(b, k)})
	}
	action := ui.SelectField{Name: "action", Label: b.T("audit_log.what"), Value: typed.Action, Options: slices.Clone(all)}
	for _, a := range actions {
		action.Options = append(action.Options, ui.Option{Value: string(a), Text: actionText(b, a)})
	}
	return []web.Component{
		ui.TextField(b.Printer, ui.Field{
			Name: "day", Label: b.T("audit_log.day"), Hint: b.T("audit_log.day_hint"), Value: typed.Day, Error: t.At("day"), Short: true, Optional: true,
			Autocomplete: "off", NoSpelling: true,
		}),
		ui.Select(b.Printer, kind), ui.Select(b.Printer, action),
	}
}

func kindText(b web.Base, k actor.Kind) string { return b.T("audit_log.kind_" + string(k)) }

// actionText is an action in words where there are some; the log outlives the words for it.
func actionText(b web.Base, a audit.Action) string {
	key := "audit_log.action." + strings.ReplaceAll(string(a), ".", "_")
	if b.Printer.Has(key) {
		return b.T(key)
	}
	return string(a)
}

// details are a line's details without the digest that binds its reason.
func details(e audit.Entry) string {
	var out []string
	for name, value := range e.Detail {
		if name != "reason" && value != "" {
			out = append(out, name+"="+value)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// auditCSV is the log as a file: identifiers and no names. It reads in pieces, so that a long log is not held in memory twice.
func (d *Door) auditCSV(v *web.Visit) error {
	typed := logFilterIn(v)
	f, err := typed.filter(v.Zone())
	if err != nil {
		return err
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"time", "actor_kind", "actor", "action", "subject_kind", "subject", "detail"}) // a Builder takes everything
	before := ids.Audit("")
	for n := 0; n < logMost; n += logChunk {
		list, err := d.piece(v, f, before)
		if err != nil {
			return err
		}
		for _, e := range list {
			at := time.UnixMicro(e.AtMicros).UTC().Format(time.RFC3339)
			_ = w.Write([]string{at, string(e.ActorKind), e.Actor, string(e.Action), e.SubjectKind, e.Subject, details(e)})
		}
		if len(list) < logChunk {
			break
		}
		before = list[len(list)-1].ID
	}
	w.Flush()
	v.W.Header().Set("Content-Type", "text/csv; charset=utf-8")
	v.W.Header().Set("Content-Disposition", `attachment; filename="audit.csv"`)
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write([]byte(b.String())) // the reader has gone: nobody is left to tell
	return nil
}

// piece reads a part of the log. That it is read is written down once, with the first.
func (d *Door) piece(v *web.Visit, f audit.Filter, before ids.Audit) ([]audit.Entry, error) {
	if before == "" {
		return d.Log.Read(v.Ctx(), v.Actor(), orgOf(v), f, before, logChunk)
	}
	return d.Log.Log.AuditOf(v.Ctx(), orgOf(v), f, before, logChunk)
}
