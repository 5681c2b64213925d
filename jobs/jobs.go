// Package jobs is what runs in the background, and when: notices leave as mail, what has run out is swept away, and the audit log is sealed.
//
// It promises that a notice is decided when it is sent (whether it still makes sense, to which address, in which language), that it goes once, and that
// nothing confidential is in it: neither a name, nor what the person told, nor why something was cancelled. A mail of unknown outcome is never sent
// again. Durable running is left to base/task, how mail travels to the gateways, what people are told of to the rooms.
package jobs

import (
	"context"
	"log/slog"
	"time"

	"luukku/base/clock"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/access"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/consent"
	"luukku/domain/course"
	"luukku/domain/erasure"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/domain/texting"
	"luukku/domain/worklist"
	"luukku/store"
)

// Deps are what the jobs need. Mailer is nil where no mail server is configured: notices wait then.
type Deps struct {
	Store   *store.Store
	Booking *booking.Service
	Texts   *i18n.Catalog
	Mailer  notify.Mailer
	// Texter is nil where no way to send text messages is configured.
	Texter   notify.Texter
	Identity *identity.Service
	// Consent is what people agreed to be told.
	Consent *consent.Service
	// Texting is the room of text messages.
	Texting *texting.Service
	// From is the sender. Without a name the organisation's own stands there.
	From notify.Address
	Gen  *ids.Gen
	Now  clock.Now
	Log  *slog.Logger
	// Queue is the room of the lobby. Nil watches no devices, and tells nobody of their turn.
	Queue *queue.Service
	// Mailboxes is the room of letters.
	Mailboxes *mailbox.Service
	// Access knows to whom services are open.
	Access *access.Service
	// Submissions is the room of forms that were sent. May be nil.
	Submissions *eservice.Service
	// Work is the list of what lies before those who work here.
	Work *worklist.Service
	// Files is the attachment room.
	Files *file.Service
	// Courses is the room of courses and events.
	Courses *course.Service
	// Forms is the room of forms that people fill in.
	Forms *eservice.Service
	// Erasure erases who asked for it. May be nil.
	Erasure *erasure.Service
	// Invitations makes the links by which staff come in.
	Invitations Invitations
	// BaseURL is what links in mails begin with, without a slash at the end.
	BaseURL string
	// Audit signs the heads of the audit log.
	Audit audit.Signer
}

// TaskSweep is the kind of the task that takes away what has run out.
const TaskSweep = "housekeeping.sweep"

// schedule is what runs at intervals.
var schedule = []struct {
	kind  string
	every time.Duration
}{
	{TaskSweep, 10 * time.Minute},
	{TaskSeal, 5 * time.Second},
	{TaskPlanLists, time.Minute},
	{TaskPlanOverdue, overdueEvery},
	{TaskWatch, time.Minute},
	{TaskPlanHooks, 2 * time.Second},
	{TaskPrintWatch, time.Hour},
	{TaskErase, time.Minute},
}

// Register gives the runner its handlers and periodic tasks. Call it once, before Run.
func Register(runner *task.Runner, d Deps) {
	if d.Mailer == nil {
		d.Log.Warn("mail.not_configured", "what", "no mail is sent until smtp.host is set; what would be sent waits")
	}
	s := &sender{Deps: d, runner: runner}
	runner.Handlers[notify.TaskSend] = s.send
	runner.Handlers[identity.TaskVerify] = s.verify
	runner.Handlers[staff.TaskInvite] = s.invite
	runner.Handlers[texting.TaskIn] = s.textIn
	runner.Handlers[texting.TaskOut] = s.textOut
	runner.Handlers[queue.TaskTexts] = s.lobbyTexts
	runner.Handlers[mailbox.TaskTell] = s.arrival
	runner.Handlers[mailbox.TaskRemind] = s.remind
	runner.Handlers[eservice.TaskTell] = s.sentForm
	runner.Handlers[eservice.TaskTellEnd] = s.sentFormEnds
	runner.Handlers[mailbox.TaskLapse] = s.lapse
	runner.Handlers[access.TaskTell] = s.granted(false)
	runner.Handlers[access.TaskEnds] = s.granted(true)
	runner.Handlers[mailbox.TaskDeadline] = d.unserved
	runner.Handlers[eservice.TaskTellPart] = s.asked
	runner.Handlers[eservice.TaskTellDraft] = s.draftEnding
	runner.Handlers[eservice.TaskTellGone] = s.signatureGone
	runner.Handlers[mailbox.TaskMailing] = d.mailing
	runner.Handlers[file.TaskScan] = d.scan
	runner.Handlers[course.TaskTell] = s.enrolled
	runner.Handlers[course.TaskSettle] = d.settleCourse
	runner.Handlers[mailbox.TaskHook] = d.hook
	runner.Handlers[TaskPlanHooks] = d.planHooks
	runner.Handlers[TaskPrintWatch] = d.printWatch
	runner.Handlers[TaskPlanLists] = s.planLists
	runner.Handlers[TaskList] = s.mailList
	runner.Handlers[TaskPlanOverdue] = s.planOverdue
	runner.Handlers[TaskOverdue] = s.mailOverdue
	runner.Handlers[TaskSweep] = d.sweep
	runner.Handlers[TaskWatch] = d.watch
	runner.Handlers[booking.TaskLapse] = d.lapse
	runner.Handlers[booking.TaskOffer] = d.offer
	runner.Handlers[booking.TaskRemind] = d.remind
	runner.Handlers[TaskErase] = d.erase
	runner.Handlers[erasure.TaskTell] = s.erasure
	runner.Handlers[TaskSeal] = (&sequencer{store: d.Store, signer: d.Audit}).seal
	for _, p := range schedule {
		runner.Every(p.kind, p.every)
	}
}

// A sweep takes this many rows of a kind at a time, so many times over, and leaves the rest to the next one.
const (
	sweepRows  = 500
	sweepTurns = 10
)

func (d Deps) sweep(ctx context.Context, _ task.Task) error {
	var all store.Swept
	for range sweepTurns {
		n, err := d.Store.Sweep(ctx, d.Now().Unix(), sweepRows)
		all.Add(n)
		if err != nil {
			return err
		}
		if n.Most() < sweepRows {
			break
		}
	}
	if err := sweepAll(ctx, d.Store.KeyNames); err != nil {
		return err
	}
	if err := sweepAll(ctx, d.Booking.SealNames); err != nil {
		return err
	}
	if d.Submissions != nil {
		if err := sweepAll(ctx, d.Submissions.SweepSubmissions); err != nil {
			return err
		}
	}
	if d.Mailboxes != nil {
		if err := sweepAll(ctx, d.Mailboxes.Sweep); err != nil {
			return err
		}
		if err := sweepAll(ctx, d.Mailboxes.SweepDrafts); err != nil {
			return err
		}
		if err := sweepAll(ctx, d.Mailboxes.SweepMailings); err != nil {
			return err
		}
	}
	if d.Forms != nil {
		if err := sweepAll(ctx, d.Forms.WarnDrafts); err != nil {
			return err
		}
		if err := sweepAll(ctx, d.Forms.SweepDrafts); err != nil {
			return err
		}
	}
	if d.Files != nil {
		if err := sweepAll(ctx, d.Files.Sweep); err != nil {
			return err
		}
	}
	if all != (store.Swept{}) {
		d.Log.Info("housekeeping.swept", "holds", all.Holds, "drafts", all.Drafts, "form_keys", all.FormKeys, "secrets", all.Secrets, "feed", all.Feed,
			"sessions", all.Sessions, "sign_ins", all.SignIns, "tokens", all.Tokens, "codes", all.Codes, "pins", all.PINs, "texts", all.Texts, "dialogues", all.Dialogues, "offers", all.Offers, "tickets", all.Tickets)
	}
	return nil
}

// sweepAll does something to rows from before an update, such as writing by what names are found or sealing them. There are some in the first hours after it
// alone.
func sweepAll(ctx context.Context, some func(ctx context.Context, most int) (int, error)) error {
	for range sweepTurns {
		n, err := some(ctx, sweepRows)
		if err != nil || n < sweepRows {
			return err
		}
	}
	return nil
}
