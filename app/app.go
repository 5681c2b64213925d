// Package app puts the house together: settings -> store -> rooms -> doors -> jobs. It is the composition root: the one place that knows which door
// hangs where, which gateway sends, and what time it is.
//
// It promises that one process started by Open and Serve answers within moments, says when it is not ready, and stops without losing a request. What the
// commands print is left to cmd/luukku.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"luukku/api"
	"luukku/base/clock"
	"luukku/base/config"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/limit"
	"luukku/base/live"
	"luukku/base/seal"
	"luukku/base/task"
	"luukku/domain/access"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/domain/care"
	"luukku/domain/consent"
	"luukku/domain/conversation"
	"luukku/domain/course"
	"luukku/domain/dossier"
	"luukku/domain/erasure"
	"luukku/domain/eservice"
	"luukku/domain/feedback"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/domain/texting"
	"luukku/domain/worklist"
	"luukku/gateway/bounce"
	"luukku/gateway/sms"
	"luukku/jobs"
	"luukku/store"
	"luukku/store/sqldb"
	"luukku/web"
	"luukku/web/admin"
	"luukku/web/citizen"
	coursepages "luukku/web/course"
	"luukku/web/demoeid"
	"luukku/web/desk"
	"luukku/web/dev"
	"luukku/web/display"
	eservicepages "luukku/web/eservice"
	feedbackpages "luukku/web/feedback"
	"luukku/web/gallery"
	"luukku/web/inbox"
	"luukku/web/kiosk"
	"luukku/web/lobby"
	mailboxpages "luukku/web/mailbox"
	"luukku/web/my"
	"luukku/web/portal"
	"luukku/web/sent"
	staffdoor "luukku/web/staff"
	"luukku/web/ui"
)

// App is one running Luukku.
type App struct {
	Config     config.Config
	Log        *slog.Logger
	Store      *store.Store
	Booking    *booking.Service
	Queue      *queue.Service
	Mailboxes  *mailbox.Service
	Files      *file.Service
	Care       *care.Service
	Access     *access.Service
	Identity   *identity.Service
	Staff      *staff.Service
	Blueprints *blueprint.Service
	Texting    *texting.Service
	Consent    *consent.Service
	Dossier    *dossier.Service
	Erasure    *erasure.Service
	Talks      *conversation.Service
	Eservices  *eservice.Service
	Work       *worklist.Service
	Courses    *course.Service
	Site       *web.Site
	Now        clock.Now

	db        *sqldb.DB
	hub       *live.Hub
	locks     locks
	runner    *task.Runner
	noJobs    bool
	secure    *transport // how TLS is spoken; nil where a proxy does
	gen       *ids.Gen
	eidKeys   eidKeys
	citizen   *citizen.Door
	portal    *portal.Door
	feedback  *feedbackpages.Door
	said      *feedback.Service
	courses   *coursepages.Door
	my        *my.Door
	mail      *mailboxpages.Door
	sent      *sent.Door
	openSent  *sent.Door
	forms     *eservicepages.Door
	deskForms *eservicepages.Door
	openForms *eservicepages.Door
	demoEID   *demoeid.Door
	staffDoor *staffdoor.Door
	setup     *admin.Setup
	sms       *sms.Door
	bounces   *bounce.Intake // nil where mail comes back to nobody
	admin     *admin.Door
	desk      *desk.Door
	inbox     *inbox.Door
	kiosk     *kiosk.Door
	lobby     *lobby.Door
	display   *display.Door
	dev       *dev.Door
	gallery   http.Handler
	api       *api.Door
	limits    *limit.Limiter[netip.Addr]

	unfollow func() // stops what keeps the free times in memory true
}

// Options are what a command decides beside the settings.
type Options struct {
	Log *slog.Logger
	// Demo opens the demo: nothing is sent, mail is kept in the outbox, and the clock can be moved forward.
	Demo bool
	// Now replaces the machine's clock in tests. The demo's clock runs ahead of it.
	Now clock.Now
	// Progress is told of long steps. May be nil.
	Progress func(string)
	// NoJobs leaves the background jobs out, so that what is measured is requests alone.
	NoJobs bool
	// Lease is how long a job is this process's own before another takes it over; zero is the product's. Tests shorten it.
	Lease time.Duration
}

// Open opens the data that the settings name, making and migrating what is not there, and puts the house together. Close it when done.
func Open(ctx context.Context, c config.Config, o Options) (_ *App, err error) {
	if o.Now == nil {
		o.Now = clock.Real()
	}
	if o.Progress == nil {
		o.Progress = func(string) {}
	}
	a := &App{Config: c, Log: o.Log, Now: o.Now, noJobs: o.NoJobs}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close())
		}
	}()
	if a.secure, err = openTLS(c, o.Log); err != nil {
		return nil, err
	}
	if err := a.openData(ctx, o); err != nil {
		return nil, err
	}
	before := store.New(a.db, store.Options{Now: o.Now}) // what is read before it is known what time it is
	keys, err := openKeys(ctx, before, c.KeyFile)
	if err != nil {
		return nil, err
	}
	now, movable, err := a.clock(ctx, before, o)
	if err != nil {
		return nil, err
	}
	a.Now = now
	gen := &ids.Gen{Now: a.Now, Rand: rand.Reader, Node: c.Node}
	hub := &live.Hub{}
	a.hub = hub
	board := &booking.Board{}
	a.Store = store.New(a.db, store.Options{Now: a.Now, Node: c.Node, Gen: gen, Live: hub, Board: board, ConfigAge: time.Second})
	last, err := a.Store.LastAppointment(ctx)
	if err != nil {
		return nil, err
	}
	if last != "" {
		if err := gen.Resume(last); err != nil {
			return nil, fmt.Errorf("go on after the last appointment: %w", err)
		}
	}
	a.gen = gen
	a.rooms(gen, keys, board, hub)
	if err := a.people(ctx, keys, o); err != nil {
		return nil, err
	}
	if err := a.openStaff(keys); err != nil {
		return nil, err
	}
	a.runner.Lease = o.Lease
	mailer, err := a.mailer(keys, o)
	if err != nil {
		return nil, err
	}
	if err := a.doors(gen, keys, mailer, movable); err != nil {
		return nil, err
	}
	if err := a.peopleDoors(o); err != nil {
		return nil, err
	}
	a.staffDoors()
	if o.Demo {
		err = a.demoProviders(ctx)
	} else {
		err = a.refuseDemo(ctx)
	}
	if err != nil {
		return nil, err
	}
	a.follow()
	return a, nil
}

// follow keeps the free times in memory true until Close. Until they are filled, the database is asked.
func (a *App) follow() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.Store.Follow(ctx, func(err error) { a.Log.Warn("free times in memory", "error", err.Error()) })
	}()
	a.unfollow = func() {
		cancel()
		<-done
	}
}

func (a *App) rooms(gen *ids.Gen, keys *seal.Keyring, board *booking.Board, hub *live.Hub) {
	a.runner = &task.Runner{
		Store: a.Store.Tasks(), Now: a.Now, Log: a.Log, Rand: rand.Reader, NewID: gen.Task, Handlers: map[string]task.Handler{}, Node: a.Config.Node,
		Poll: time.Second, Workers: notify.Workers,
	}
	a.Care = &care.Service{Store: a.Store, Seals: keys, Gen: gen, Now: a.Now}
	a.Access = &access.Service{Store: a.Store, Seals: keys, Gen: gen, Now: a.Now, Committed: a.runner.Kick}
	a.Booking = &booking.Service{
		Store: a.Store, Gen: gen, Care: a.Care, Access: a.Access, Codes: keys.CodeKeys(), Seals: keys, Guard: limit.NewCodeGuard(limit.CodeLimits{}), Now: a.Now, Board: board, Committed: a.runner.Kick,
	}
	lobby := lobbied{a.Store, a.Booking}
	a.Queue = &queue.Service{Store: a.Store.Lobby(), Appointments: lobby, Coming: lobby, Seals: keys, Gen: gen, Now: a.Now, Live: hub}
	a.Blueprints = &blueprint.Service{Store: a.Store, Gen: gen, Now: a.Now}
}

func (a *App) doors(gen *ids.Gen, keys *seal.Keyring, mailer notify.Mailer, movable *clock.Movable) error {
	texts, err := i18n.Load()
	if err != nil {
		return fmt.Errorf("load texts: %w", err)
	}
	assets, err := ui.OpenAssets()
	if err != nil {
		return err
	}
	a.Site = &web.Site{
		Texts: texts, Assets: assets, Directory: a.Store, Seals: keys, Gen: gen, Now: a.Now, Log: a.Log, BaseURL: a.Config.BaseURL,
		Trusted: a.Config.Proxies(), Refuse: a.fail, Hot: web.NewHot(web.HotRoom), Desk: web.NewHot(web.DeskRoom), Own: web.NewHot(web.OwnRoom),
		Streams: web.NewStreams(a.hub, clock.Real(), a.Config.Limits.Streams, a.Config.Limits.StreamsPerAddress),
	}
	a.citizen = citizen.New(a.Site, a.Booking)
	a.portal = portal.New(a.Site, a.Store.ConfigVersion)
	a.portal.Consent = portal.ConsentAt
	a.setup = admin.NewSetup(a.Site, a.Store, a.Blueprints)
	a.api = api.New(a.Site, a.Booking)
	a.api.Queue = a.Queue
	n := a.Config.Limits.RequestsPerSecond
	a.limits = limit.New[netip.Addr](limit.Rate{N: n, Per: time.Second, Burst: 10 * n}, a.Now)
	a.Consent = &consent.Service{Store: a.Store, Seals: keys, Gen: gen, Now: a.Now}
	a.Dossier = &dossier.Service{Store: a.Store, Consents: a.Consent, Accounts: a.Identity, Seals: keys, Gen: gen, Now: a.Now}
	a.Texting = &texting.Service{Store: a.Store.Texting(), Seals: keys, Gen: gen, Now: a.Now, Committed: a.runner.Kick, Booking: a.Booking, Texts: texts, Consent: a.Consent}
	a.citizen.Consent = a.Consent
	a.Booking.Reaches = a.reaches
	from := notify.Address{Name: a.Config.SMTP.FromName, Email: a.Config.SMTP.From}
	if box, ok := mailer.(dev.Outbox); ok && movable != nil {
		from = demoSender
		a.Site.Demo = &web.Demo{OutboxPath: "/dev/outbox", ClockPath: "/dev/clock"}
		a.gallery = gallery.New(a.Site)
		a.dev = dev.New(a.Site, a.Store, box, a.Texting, func(ctx context.Context, d time.Duration) error {
			return a.Store.PutSetting(ctx, demoSetting, movable.Forward(d).String())
		}, a.runner.Kick)
		a.dev.Lobbies = lobbyTools{a}
	}
	texter, err := a.texter(keys, mailer)
	if err != nil {
		return err
	}
	a.Identity.SMS = texter != nil
	a.Work = &worklist.Service{Store: a.Store, Seals: keys, Gen: gen, Now: a.Now}
	a.Courses = &course.Service{Store: a.Store.CourseRoom(), People: enrolling{a.Identity}, Seals: keys, Gen: gen, Now: a.Now, Access: a.Access, Committed: a.runner.Kick}
	a.api.Courses, a.citizen.Courses = a.Courses, a.Courses
	a.Talks = &conversation.Service{
		Store: a.Store, Work: a.Work, Texting: a.Texting, People: a.Identity, Seals: keys, Gen: gen,
		Now: a.Now, Texts: texts, TestCodes: a.Identity.TestIdentifiers, Committed: a.runner.Kick, Refusals: a.Consent, Folder: a.Booking,
	}
	a.Texting.Room = a.Talks
	a.sms.Receiver = a.Texting
	if texter != nil {
		a.Queue.Texts, a.Queue.Refused = a.Store.Lobby(), a.Consent.RefusedAt
	}
	if err := a.openFiles(a.Site.Demo != nil); err != nil {
		return err
	}
	a.Mailboxes = a.mailboxes(movable != nil)
	a.Eservices = a.eservices()
	a.Mailboxes.HookForms = a.Eservices
	a.Files.Scanned = func(ctx context.Context, h file.Holder) error {
		if err := a.Mailboxes.Settle(ctx, h); err != nil {
			return err
		}
		return a.Eservices.Scanned(ctx, h)
	}
	a.said = &feedback.Service{Store: a.Store, Work: a.Work, Seals: keys, Now: a.Now}
	a.Dossier.Access, a.Dossier.Forms, a.Dossier.Courses, a.Dossier.Letters, a.Dossier.Feedback = a.Access, a.Eservices, a.Courses, a.Mailboxes, a.said
	a.citizen.Forms, a.api.Forms = a.Eservices, a.Eservices
	a.Erasure = a.erasures(gen, keys)
	jobs.Register(a.runner, jobs.Deps{
		Store: a.Store, Booking: a.Booking, Identity: a.Identity, Texter: texter, Texting: a.Texting, Consent: a.Consent, Texts: texts, Mailer: mailer, From: from, Gen: gen, Now: a.Now, Log: a.Log, BaseURL: a.Config.BaseURL,
		Audit: keys, Invitations: a.Staff, Queue: a.Queue, Mailboxes: a.Mailboxes, Files: a.Files, Access: a.Access, Courses: a.Courses, Submissions: a.Eservices, Forms: a.Eservices, Work: a.Work,
		Erasure: a.Erasure,
	})
	return nil
}

// erasures is the room in which people ask to be erased. What the rooms have is erased by each of them, in this order: messages are found by the number of the account, which goes last.
func (a *App) erasures(gen *ids.Gen, keys *seal.Keyring) *erasure.Service {
	return &erasure.Service{
		Store: a.Store.Erasures(), Accounts: a.Identity, Ahead: a.Courses.Ahead, Seals: keys, Gen: gen, Now: a.Now, Committed: a.runner.Kick,
		Days: func(ctx context.Context) (int, error) {
			in, err := a.Store.Installation(ctx)
			return in.ErasureDays, err
		},
		Parts: []erasure.Part{a.Dossier.EraseOf, a.Courses.EraseOf, a.Eservices.EraseOf, a.Mailboxes.EraseOf},
	}
}

// reaches reports whether somebody who waits wants to hear of a time by mail, or by text message.
func (a *App) reaches(ctx context.Context, e booking.Waiter) (bool, error) {
	if e.Email != "" {
		if may, err := a.Consent.MayBy(ctx, e.Org, notify.Email, e.Email, consent.Offers); may || err != nil {
			return may, err
		}
	}
	if !notify.IsMobile(e.Phone) {
		return false, nil
	}
	return a.Consent.May(ctx, e.Org, e.Phone, consent.Offers)
}

// Close gives everything back.
func (a *App) Close() error {
	if a.unfollow != nil {
		a.unfollow()
	}
	var err error
	if a.db != nil {
		err = a.db.Close()
	}
	return errors.Join(err, a.locks.release())
}
