package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"strings"

	"luukku/api"
	"luukku/base/fault"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/blueprint"
	"luukku/domain/hours"
	"luukku/domain/staff"
	"luukku/domain/worklist"
	"luukku/gateway/printer"
	"luukku/web/admin"
	coursepages "luukku/web/course"
	"luukku/web/desk"
	"luukku/web/display"
	feedbackpages "luukku/web/feedback"
	"luukku/web/inbox"
	"luukku/web/kiosk"
	"luukku/web/lobby"
	staffdoor "luukku/web/staff"
)

// openStaff puts together those who work here: the room.
func (a *App) openStaff(keys *seal.Keyring) error {
	var err error
	a.Staff, err = staff.NewService(staff.Deps{
		Store: a.Store.Workers(), Directory: a.Store, Sessions: a.Identity, Seals: keys, Gen: a.gen, Now: a.Now, Rand: rand.Reader, Log: a.Log,
		BaseURL: a.Config.BaseURL, Cores: max(1, runtime.GOMAXPROCS(0)/2), Committed: a.runner.Kick,
	})
	return err
}

// staffDoors opens the door of those who work here.
func (a *App) staffDoors() {
	a.staffDoor = staffdoor.New(a.Site, a.Staff, a.Identity)
	a.my.StaffSignedIn = a.Staff.StaffSignedIn
	a.setup.FirstAdministrator = a.Staff.FirstLink
	log := &audit.Reader{Log: a.Store, Gen: a.gen, Now: a.Now}
	a.admin = admin.New(a.Site, admin.Deps{Identity: a.Identity, Staff: a.Staff, Texts: a.Store.Gate(), Dossier: a.Dossier, Erasures: a.Erasure, Letters: a.Mailboxes, Forms: a.Eservices, Log: log, Hours: &hours.Service{
		Store: a.Store, Booking: a.Booking, Blueprints: a.Blueprints, Gen: a.gen, Now: a.Now,
	}, Keys: admin.OurKeys{
		ReturnTo: a.Config.BaseURL + eidReturn, KeysAt: a.Config.BaseURL + eidJWKS, LogoutAt: a.Config.BaseURL + eidLogout,
		Public: func() (string, error) {
			b, err := json.MarshalIndent(a.eidKeys.Public(), "", "  ")
			return string(b), err
		},
		Renew: a.renewEIDKeys,
	}, Drafts: blueprint.Drafts{Store: a.Store, Gen: a.gen, Now: a.Now}, Preview: a.previewer, Specimen: a.specimen, Affected: a.affected})
	a.staffDoor.Links = a.admin.Links
	a.desk = desk.New(a.Site, a.Booking, a.Identity)
	a.desk.Consent, a.desk.Letters = a.Consent, a.Mailboxes
	a.desk.Pages, a.desk.StaffName = admin.Pages, a.Staff.NameOf
	a.display = display.New(a.Site, a.Queue, a.Staff)
	a.inbox = inbox.New(a.Site, a.Talks, a.Mailboxes, a.Booking)
	a.feedback = feedbackpages.New(a.Site, a.said)
	a.feedback.Pages, a.feedback.StaffName = admin.Pages, a.Staff.NameOf
	a.inbox.Forms = a.Eservices
	a.courses = coursepages.New(a.Site, a.Courses)
	a.courses.Pages = admin.Pages
	a.desk.Talks = a.Talks
	a.Work.Colleagues = colleagues{a.Staff}
	a.kiosk = kiosk.New(a.Site, a.Queue, a.Staff, new(printer.Printers))
	a.inbox.Pages, a.inbox.StaffName, a.inbox.ProgramName = admin.Pages, a.Staff.NameOf, a.Staff.NameOfProgram
	a.lobby = lobby.New(a.Site, a.Queue, a.Booking)
	a.desk.Keys, a.inbox.Keys, a.lobby.Keys = a.Staff.KeysOf, a.Staff.KeysOf, a.Staff.KeysOf
	a.lobby.Pages, a.lobby.StaffName, a.lobby.DeviceName = admin.Pages, a.Staff.NameOf, a.Staff.DeviceName
	a.lobby.TicketPrinters, a.lobby.PrintAt = a.Staff.TicketPrinters, a.kiosk.PrintAt
	a.api.Programs = api.Programs{Clients: a.Staff, Identity: a.Identity, Log: log, Talks: a.Talks, Mailboxes: a.Mailboxes, Forms: a.Eservices, Access: a.Access}
}

// colleagues are those to whom work can be given.
type colleagues struct{ staff *staff.Service }

func (c colleagues) Holding(ctx context.Context, r actor.Right, on actor.Object) ([]worklist.Colleague, error) {
	list, err := c.staff.Holding(ctx, r, on)
	out := make([]worklist.Colleague, len(list))
	for i, m := range list {
		out[i] = worklist.Colleague{ID: m.ID, Name: m.Name}
	}
	return out, err
}

// AdministratorLink makes the link by which the first administrator comes in, good once and for a day, and makes the one before void. It is empty while
// nothing is set up, and when there is a system administrator.
func (a *App) AdministratorLink(ctx context.Context) (string, error) {
	_, err := a.Store.Installation(ctx)
	if fault.Is(err, fault.KindNotFound) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	token, err := a.Staff.FirstLink(ctx)
	if err != nil || token == "" {
		return "", err
	}
	return a.staffLink(token), nil
}

func (a *App) staffLink(token string) string { return a.Config.BaseURL + "/staff/invitation/" + token }

// inviteAdministrator makes the link by which whoever has an address becomes a system administrator: for whoever is locked out.
func (c *control) inviteAdministrator(r *http.Request) (ControlReply, error) {
	email := strings.TrimSpace(r.URL.Query().Get("email"))
	token, err := c.app.Staff.AdministratorLink(r.Context(), actor.System("command-line"), email)
	if fault.Is(err, fault.KindInvalid) {
		return ControlReply{}, fmt.Errorf("%s: this is no email address", email)
	}
	if err != nil {
		return ControlReply{}, err
	}
	return ControlReply{Lines: []string{c.app.staffLink(token)}}, nil
}
