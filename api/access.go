package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/org"
)

// accessRoutes are services that open after a contact, for programs with a key.
func (d *Door) accessRoutes(api huma.API) {
	const one = "/organisations/{org}/services/{service}/access"
	add(d, api, step("list-access", http.MethodGet, one, "Who has access to a service, the soonest end first", readWithKey), d.listAccess)
	add(d, api, step("get-access", http.MethodPost, one+"/read", "How somebody's access to a service stands, and what was recorded of it", deedWithKey), d.getAccess)
	add(d, api, step("grant-access", http.MethodPut, one, "Open a service to somebody, or prolong it", deedWithKey), d.grantAccess)
	add(d, api, step("withdraw-access", http.MethodPost, one+"/withdraw", "Withdraw somebody's access to a service", deedWithKey), d.withdrawAccess)
}

// AccessOwner is to whom a service is opened: what identifies them is as send-letter takes it, and never in an address.
type AccessOwner struct {
	Kind       string `json:"kind" enum:"FI-HETU,SE-PNR,SE-CN,CZ-RC,CZ-BSI,EIDAS-PID,COMPANY" doc:"What sort of identifier it is. COMPANY: the public number of a company or an association."`
	Identifier string `json:"identifier" minLength:"1" maxLength:"300"`
}

// AccessRecord is what was recorded of somebody's access.
type AccessRecord struct {
	Version int64  `json:"version" doc:"Counts what was recorded of somebody and a service; the highest holds."`
	Granted bool   `json:"granted" doc:"Whether it was granted or prolonged; false for withdrawn."`
	From    string `json:"from" format:"date-time" doc:"The first second."`
	Until   string `json:"until,omitempty" format:"date-time" doc:"The last second; left out for no end."`
	Why     string `json:"why" doc:"In the words of who recorded it; empty where it was erased."`
	At      string `json:"recorded_at" format:"date-time"`
	By      string `json:"recorded_by" enum:"staff,client" doc:"Whether one of the staff recorded it, or a program."`
}

// AccessStanding is how somebody's access to a service stands now.
type AccessStanding struct {
	State   access.State   `json:"state" enum:"none,later,open,over,withdrawn" doc:"none: nothing was recorded. later: it has not begun. over: its time is over."`
	Version int64          `json:"version" doc:"Of what holds: to be given as seen with the next change; 0 where nothing was recorded."`
	History []AccessRecord `json:"history" nullable:"false" doc:"What was recorded, the newest first."`
}

// AccessHolder is somebody in a list of those who have access.
type AccessHolder struct {
	Account ids.Person   `json:"account,omitempty" doc:"Our own identifier of a person; left out for a company."`
	Number  string       `json:"company_number,omitempty" doc:"The public number of a company or an association."`
	Name    string       `json:"name,omitempty" doc:"Left out for a person whose data is protected."`
	State   access.State `json:"state" enum:"later,open,over,withdrawn"`
	Version int64        `json:"version"`
	From    string       `json:"from" format:"date-time"`
	Until   string       `json:"until,omitempty" format:"date-time" doc:"Left out for no end."`
}

// AccessHolders is a list of them.
type AccessHolders struct {
	Holders []AccessHolder `json:"holders" nullable:"false" doc:"The soonest end first, at most 500."`
	More    bool           `json:"more" doc:"Whether there may be more than these: ask for one state at a time."`
}

// OneAccess is a request about somebody's access.
type OneAccess struct {
	Credentials
	Service ids.Service `path:"service" maxLength:"60" example:"family-work"`
}

// accessOwner is who asks, and whom it is about.
func (d *Door) accessOwner(ctx context.Context, in *OneAccess, of AccessOwner) (who actor.Actor, c *catalog.Config, owner actor.Owner, err error) {
	if who, c, err = d.accessDesk(ctx, in); err != nil {
		return who, c, owner, err
	}
	if of.Kind == "COMPANY" {
		company, err := d.Programs.Identity.CompanyByNumber(ctx, who, in.Org, of.Identifier, "", "")
		if err != nil { // one that nobody here has is made known at the desk, with its name
			err = fault.Invalid("form.invalid", nil, fault.Field{Name: "identifier", Key: "people.unknown"})
		}
		return who, c, actor.Owner{Company: company.ID}, err
	}
	p, err := d.Programs.Identity.PersonToOpen(ctx, who, in.Org, identity.Known{Kind: natid.Kind(of.Kind), Identifier: natid.Secret(of.Identifier)})
	return who, c, actor.Owner{Person: p}, err
}

func (d *Door) accessDesk(ctx context.Context, in *OneAccess) (actor.Actor, *catalog.Config, error) {
	who, err := d.program(ctx, &in.Credentials)
	if err != nil {
		return who, nil, err
	}
	if err := who.May(actor.AccessGrant, actor.Object{Org: in.Org}); err != nil {
		return who, nil, err
	}
	c, err := d.organisation(ctx, in.Org)
	if err != nil {
		return who, nil, err
	}
	if _, err := c.Service(in.Service); err != nil || d.Programs.Access == nil {
		return who, nil, fault.NotFound("service.unknown")
	}
	return who, c, nil
}

func (d *Door) listAccess(ctx context.Context, in *struct {
	OneAccess
	State string `query:"state" enum:"open,ending,later,over,withdrawn" doc:"Only those; ending: open, with an end within 30 days. Left out for all."`
},
) (*struct{ Body AccessHolders }, error) {
	who, c, err := d.accessDesk(ctx, &in.OneAccess)
	if err != nil {
		return nil, err
	}
	list, err := d.Programs.Access.List(ctx, who, in.Org, in.Service, access.Filter{View: access.State(in.State)})
	if err != nil {
		return nil, err
	}
	now := d.Programs.Access.Now().Unix()
	out := AccessHolders{Holders: make([]AccessHolder, len(list)), More: len(list) == access.MostListed}
	for i, h := range list {
		out.Holders[i] = AccessHolder{
			Account: h.Owner.Person, Number: h.Number, Name: h.Name, State: h.StateAt(now), Version: h.Version, From: moment(h.From, c.Zone()), Until: momentOrNone(c, h.Until),
		}
	}
	return &struct{ Body AccessHolders }{out}, nil
}

func (d *Door) getAccess(ctx context.Context, in *struct {
	OneAccess
	Body AccessOwner
},
) (*struct{ Body AccessStanding }, error) {
	who, c, owner, err := d.accessOwner(ctx, &in.OneAccess, in.Body)
	if err != nil {
		return nil, err
	}
	return d.standing(ctx, who, c, in.Service, owner)
}

// standing is how somebody's access to a service stands after what was done.
func (d *Door) standing(ctx context.Context, who actor.Actor, c *catalog.Config, service ids.Service, of actor.Owner) (*struct{ Body AccessStanding }, error) {
	list, err := d.Programs.Access.Of(ctx, who, c.Org.ID, of)
	if err != nil {
		return nil, err
	}
	out := AccessStanding{State: access.None, History: []AccessRecord{}}
	for _, g := range list {
		if g.Service != service {
			continue
		}
		if len(out.History) == 0 {
			out.State, out.Version = g.StateAt(d.Programs.Access.Now().Unix()), g.Version
		}
		out.History = append(out.History, AccessRecord{
			Version: g.Version, Granted: !g.Off, From: moment(g.From, c.Zone()), Until: momentOrNone(c, g.Until), Why: g.Why, At: moment(g.At, c.Zone()), By: string(g.ByKind),
		})
	}
	return &struct{ Body AccessStanding }{out}, nil
}

// GrantRequest opens a service to somebody, or prolongs it.
type GrantRequest struct {
	AccessOwner
	From  string `json:"from,omitempty" format:"date" doc:"The first day; left out for from now on, or where it is open already, from when it has been."`
	Until string `json:"until,omitempty" format:"date" doc:"The last day; left out for no end."`
	Why   string `json:"why" minLength:"1" maxLength:"1000" doc:"What the contact was and what was agreed. It is kept encrypted, and is part of the person's data."`
	Seen  int64  `json:"seen" minimum:"0" doc:"The version that holds, as it was read; 0 for none. When somebody has recorded another since, nothing is done and the answer is 409."`
}

func (d *Door) grantAccess(ctx context.Context, in *struct {
	OneAccess
	Body GrantRequest
},
) (*struct{ Body AccessStanding }, error) {
	who, c, owner, err := d.accessOwner(ctx, &in.OneAccess, in.Body.AccessOwner)
	if err != nil {
		return nil, err
	}
	r := access.Request{Org: in.Org, Service: in.Service, Owner: owner, Why: in.Body.Why, Seen: in.Body.Seen}
	if r.From, err = daySecond(c, "from", in.Body.From, false); err == nil {
		r.Until, err = daySecond(c, "until", in.Body.Until, true)
	}
	if err != nil {
		return nil, err
	}
	if _, _, err := d.Programs.Access.Record(ctx, who, r); err != nil {
		return nil, err
	}
	return d.standing(ctx, who, c, in.Service, owner)
}

// daySecond is the first or the last second of a day as it is written in a body; 0 for none.
func daySecond(c *catalog.Config, field, day string, last bool) (int64, error) {
	if day == "" {
		return 0, nil
	}
	d, err := org.ParseDate(day)
	if err != nil {
		return 0, fault.Invalid("form.invalid", nil, fault.Field{Name: field, Key: "api.field_date"})
	}
	if last {
		return d.Add(1).At(0, c.Zone()).Unix() - 1, nil
	}
	return d.At(0, c.Zone()).Unix(), nil
}

// WithdrawRequest withdraws somebody's access.
type WithdrawRequest struct {
	AccessOwner
	Why  string `json:"why" minLength:"1" maxLength:"1000" doc:"As with grant-access."`
	Seen int64  `json:"seen" minimum:"0" doc:"As with grant-access."`
}

func (d *Door) withdrawAccess(ctx context.Context, in *struct {
	OneAccess
	Body WithdrawRequest
},
) (*struct{ Body AccessStanding }, error) {
	who, c, owner, err := d.accessOwner(ctx, &in.OneAccess, in.Body.AccessOwner)
	if err != nil {
		return nil, err
	}
	r := access.Request{Org: in.Org, Service: in.Service, Owner: owner, Off: true, Why: in.Body.Why, Seen: in.Body.Seen}
	if _, _, err := d.Programs.Access.Record(ctx, who, r); err != nil {
		return nil, err
	}
	return d.standing(ctx, who, c, in.Service, owner)
}
