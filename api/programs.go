package api

import (
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/conversation"
	"luukku/domain/eservice"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/org"
	"luukku/web"
)

// Programs is what the API needs for programs with a key of their own. Without it no key opens anything.
type Programs struct {
	// Clients finds the program of a key. The fault is SignInRequired "staff.key_invalid".
	Clients interface {
		Client(ctx context.Context, key string) (actor.Actor, error)
	}
	Identity *identity.Service
	Log      *audit.Reader
	// Talks are the conversations by text message. Nil has none.
	Talks *conversation.Service
	// Access is who may use services that open after a contact. Nil has none.
	Access *access.Service
	// Mailboxes are the letters. Nil has none.
	Mailboxes *mailbox.Service
	// Forms are the forms that people send. Nil has none.
	Forms *eservice.Service
}

// tagPrograms groups what needs an API key.
const tagPrograms = "Programs with a key"

var (
	keyed         = []map[string][]string{{"apiKey": {}}}
	readWithKey   = steps{tag: tagPrograms, status: http.StatusOK, security: keyed, errors: []int{401, 404, 422, 429, 500, 503}}
	recordWithKey = steps{tag: tagPrograms, status: http.StatusCreated, security: keyed, errors: []int{400, 401, 404, 413, 415, 422, 429, 500, 503}}
	revokeWithKey = steps{tag: tagPrograms, status: http.StatusNoContent, security: keyed, errors: []int{400, 401, 404, 413, 415, 422, 429, 500, 503}}
)

// programRoutes are the addresses for programs with a key of their own.
func (d *Door) programRoutes(api huma.API) {
	const org = "/organisations/{org}"
	add(d, api, step("list-appointments", http.MethodGet, org+"/appointments", "An office's appointments of a day", readWithKey), d.appointments)
	d.deskRoutes(api)
	d.accessRoutes(api)
	d.lobbyRoutes(api)
	d.conversationRoutes(api)
	d.letterRoutes(api)
	d.fileRoutes(api)
	d.matterRoutes(api)
	d.submissionRoutes(api)
	d.printRoutes(api)
	d.documentRoutes(api)
	add(d, api, step("record-guardianship", http.MethodPost, org+"/guardianships", "Record that somebody may act for a dependant", recordWithKey), d.recordGuardianship)
	add(d, api, step("revoke-guardianship", http.MethodDelete, org+"/guardianships", "End that somebody may act for a dependant", revokeWithKey), d.revokeGuardianship)
	add(d, api, step("record-death", http.MethodPost, org+"/deaths", "Record that somebody has died", revokeWithKey), d.recordDeath)
	add(d, api, step("take-back-death", http.MethodDelete, org+"/deaths", "Take back that somebody has died", revokeWithKey), d.takeBackDeath)
	add(d, api, step("read-audit", http.MethodGet, org+"/audit", "The audit log, the newest line first", readWithKey), d.audit)
}

// Credentials are the header of a program with a key.
type Credentials struct {
	Caller
	Org           ids.Org `path:"org" example:"town"`
	Authorization string  `header:"Authorization" hidden:"true"`
}

// program is who a key stands for, at an organisation that is there. What the key does not open is not there.
func (d *Door) program(ctx context.Context, in *Credentials) (actor.Actor, error) {
	scheme, key, _ := strings.Cut(in.Authorization, " ")
	if d.Programs.Clients == nil || !strings.EqualFold(scheme, "Bearer") {
		return actor.Actor{}, fault.SignInRequired("staff.key_invalid")
	}
	who, err := d.Programs.Clients.Client(ctx, strings.TrimSpace(key))
	if err != nil {
		return actor.Actor{}, err
	}
	if _, err := d.organisation(ctx, in.Org); err != nil {
		return actor.Actor{}, err
	}
	who.Address = web.AddressOf(in.r, d.site.Trusted)
	return who, nil
}

// ListedAppointment is an appointment in an office's list, without whose it is.
type ListedAppointment struct {
	ID      ids.Appointment `json:"id"`
	Service ids.Service     `json:"service"`
	Office  ids.Office      `json:"office"`
	Unit    ids.Unit        `json:"unit" doc:"The counter or the professional."`
	Start   string          `json:"start" format:"date-time"`
	End     string          `json:"end" format:"date-time"`
	Status  booking.Status  `json:"status" enum:"booked,cancelled"`
}

// AppointmentList is an office's list of a day.
type AppointmentList struct {
	Appointments []ListedAppointment `json:"appointments" nullable:"false"`
}

func (d *Door) appointments(ctx context.Context, in *struct {
	Credentials
	Office ids.Office `query:"office" required:"true" maxLength:"60" example:"hall"`
	Date   string     `query:"date" required:"true" format:"date" example:"2026-11-23"`
},
) (*struct{ Body AppointmentList }, error) {
	who, err := d.program(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	date, err := org.ParseDate(in.Date)
	if err != nil {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "date", Key: "api.field_date"})
	}
	list, err := d.booking.List(ctx, who, in.Org, in.Office, date)
	if err != nil {
		return nil, err
	}
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	at := func(unix int64) string { return time.Unix(unix, 0).In(c.Zone()).Format(time.RFC3339) }
	out := AppointmentList{Appointments: make([]ListedAppointment, len(list))}
	for i, a := range list {
		out.Appointments[i] = ListedAppointment{a.ID, a.Service, a.Office, a.Unit, at(a.Start), at(a.End), a.Status}
	}
	return &struct{ Body AppointmentList }{out}, nil
}

// NamedPerson is a person by a national identifier, which is never in an address.
type NamedPerson struct {
	Kind       string `json:"kind" enum:"FI-HETU,SE-PNR,SE-CN,CZ-RC,CZ-BSI,EIDAS-PID" doc:"What sort of identifier it is."`
	Identifier string `json:"identifier" minLength:"1" maxLength:"300"`
}

func (p NamedPerson) known() identity.Known {
	return identity.Known{Kind: natid.Kind(p.Kind), Identifier: natid.Secret(p.Identifier)}
}

// GuardianshipRequest asks for a record that somebody may act for a dependant.
type GuardianshipRequest struct {
	Guardian  NamedPerson `json:"guardian"`
	Dependant NamedPerson `json:"dependant"`
	From      string      `json:"from" format:"date" doc:"The first day."`
	Until     string      `json:"until,omitempty" format:"date" doc:"The last day; left out for no end."`
	Evidence  string      `json:"evidence" minLength:"1" maxLength:"500" doc:"What was shown, such as the name and date of a paper. It is kept encrypted."`
}

// RecordedGuardianship names a record.
type RecordedGuardianship struct {
	ID ids.Guardianship `json:"id"`
}

func (d *Door) recordGuardianship(ctx context.Context, in *struct {
	Credentials
	Body GuardianshipRequest
},
) (*struct{ Body RecordedGuardianship }, error) {
	who, err := d.program(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	r := identity.RecordRequest{Org: in.Org, From: in.Body.From, Until: in.Body.Until, Evidence: in.Body.Evidence}
	id, err := d.Programs.Identity.RecordGuardianshipOf(ctx, who, r, in.Body.Guardian.known(), in.Body.Dependant.known())
	if err != nil {
		return nil, err
	}
	return &struct{ Body RecordedGuardianship }{RecordedGuardianship{id}}, nil
}

// RevokeGuardianshipRequest names a record that ends.
type RevokeGuardianshipRequest struct {
	ID       ids.Guardianship `json:"id" minLength:"1" maxLength:"40"`
	Guardian NamedPerson      `json:"guardian"`
}

func (d *Door) revokeGuardianship(ctx context.Context, in *struct {
	Credentials
	Body RevokeGuardianshipRequest
},
) (*struct{}, error) {
	who, err := d.program(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	return nil, d.Programs.Identity.RevokeGuardianshipOf(ctx, who, in.Org, in.Body.Guardian.known(), in.Body.ID)
}

// DeathRequest says that somebody has died.
type DeathRequest struct {
	Person NamedPerson `json:"person"`
	On     string      `json:"on" format:"date" doc:"The day. Letters to them go on paper from now on, and nobody signs in as them any more."`
}

func (d *Door) recordDeath(ctx context.Context, in *struct {
	Credentials
	Body DeathRequest
},
) (*struct{}, error) {
	who, err := d.program(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	return nil, d.Programs.Identity.RecordDeathOf(ctx, who, in.Org, in.Body.Person.known(), in.Body.On)
}

// DeathTakenBack names somebody who has not died.
type DeathTakenBack struct {
	Person NamedPerson `json:"person"`
}

func (d *Door) takeBackDeath(ctx context.Context, in *struct {
	Credentials
	Body DeathTakenBack
},
) (*struct{}, error) {
	who, err := d.program(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	return nil, d.Programs.Identity.RecordDeathOf(ctx, who, in.Org, in.Body.Person.known(), "")
}

// AuditLine is one line of the audit log. Nothing in it is personal but identifiers of ours.
type AuditLine struct {
	ID          ids.Audit         `json:"id"`
	Time        string            `json:"time" format:"date-time"`
	ActorKind   actor.Kind        `json:"actor_kind"`
	Actor       string            `json:"actor"`
	Action      audit.Action      `json:"action"`
	SubjectKind string            `json:"subject_kind"`
	Subject     string            `json:"subject"`
	Detail      map[string]string `json:"detail"`
}

// AuditLines are lines of the log, and where the next ones are.
type AuditLines struct {
	Lines []AuditLine `json:"lines" nullable:"false"`
	Next  ids.Audit   `json:"next,omitempty" doc:"Ask again with this as before for older lines; left out when there are none."`
}

func (d *Door) audit(ctx context.Context, in *struct {
	Credentials
	Date   string `query:"date" format:"date" doc:"Lines of one day alone, in the organisation's zone."`
	Kind   string `query:"actor_kind" enum:"visitor,citizen,staff,device,client,api,system"`
	Action string `query:"action" maxLength:"60" example:"person.read"`
	Before string `query:"before" maxLength:"40" doc:"Lines older than this one."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
},
) (*struct{ Body AuditLines }, error) {
	who, err := d.program(ctx, &in.Credentials)
	if err != nil {
		return nil, err
	}
	f := audit.Filter{ActorKind: actor.Kind(in.Kind), Action: audit.Action(in.Action)}
	if in.Date != "" {
		date, err := org.ParseDate(in.Date)
		if err != nil {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "date", Key: "api.field_date"})
		}
		c, err := d.organisation(ctx, in.Org)
		if err != nil {
			return nil, err
		}
		f.FromMicros, f.UntilMicros = date.At(0, c.Zone()).UnixMicro(), date.Add(1).At(0, c.Zone()).UnixMicro()
	}
	list, err := d.Programs.Log.Read(ctx, who, in.Org, f, ids.Audit(in.Before), in.Limit)
	if err != nil {
		return nil, err
	}
	out := AuditLines{Lines: make([]AuditLine, len(list))}
	for i, e := range list {
		out.Lines[i] = AuditLine{
			e.ID, time.UnixMicro(e.AtMicros).UTC().Format(time.RFC3339Nano), e.ActorKind, e.Actor, e.Action, e.SubjectKind, e.Subject, e.Detail,
		}
	}
	if len(list) == in.Limit {
		out.Next = list[len(list)-1].ID
	}
	return &struct{ Body AuditLines }{out}, nil
}
