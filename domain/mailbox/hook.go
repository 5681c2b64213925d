package mailbox

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Hook is a program's address that is told what happens to an organisation's letters, or to the forms that people send it: the events of a feed, each at least once, in their order, with numbers and
// without a word of what one says or whose it is. It is a cursor over the feed: whatever fails, here or there, it goes on after the last event that was taken.
type Hook struct {
	Org ids.Org
	ID  ids.Hook
	URL string
	// Tells is what it is told of.
	Tells HookTells
	// Client is the program that it belongs to: of forms it is told what that one may see, for as long as it may. Empty for letters.
	Client ids.Client
	// Sealed is the secret that its messages are signed with.
	Sealed []byte
	MadeBy ids.Staff
	MadeAt int64
	// After is the last event that was taken.
	After int64
	// DeliveredAt is when something was taken last, FailingSince since when nothing is, in so many Tries; NextAt is the first second of the next one. 0 for none.
	DeliveredAt, FailingSince, Tries, NextAt int64
	// Trouble is what was wrong at the last try: "status 503", or a word of HookTroubles.
	Trouble string
	// DisabledAt is since when nothing is sent any more: it failed for too long, or the address said that it is gone.
	DisabledAt int64
	Version    int64
}

// HookTells is what a hook is told of.
type HookTells string

// What hooks are told of.
const (
	HookLetters HookTells = "letters"
	HookForms   HookTells = "forms"
)

// The troubles of a delivery besides a status.
const (
	HookTimeout    = "timeout"
	HookRefused    = "refused"   // nobody answers there
	HookForbidden  = "forbidden" // an address inside of our own network
	HookTLS        = "tls"
	HookUnresolved = "unresolved" // no such name
	HookKeyless    = "keyless"    // the program's key is good no more, or for no forms
)

// HookTroubles are they.
var HookTroubles = []string{HookTimeout, HookRefused, HookForbidden, HookTLS, HookUnresolved, HookKeyless}

// Limits of hooks.
const (
	MostHooks   = 10
	mostHookURL = 500
	// HookPage is how many events one message has at most.
	HookPage = 100
	// HookGiveUp is for how many seconds deliveries may fail before a hook is disabled.
	HookGiveUp = 5 * 24 * 60 * 60
	// hookTurns is how many messages one task sends at most before others have their turn.
	hookTurns = 20
)

// HookPause is for how many seconds nothing is sent after so many failed tries: twice as long each time, at most an hour.
func HookPause(tries int64) int64 {
	return min(int64(5)<<min(max(tries-1, 0), 20), 60*60)
}

// TaskHook is the kind of the task that tells a hook what happened, HookArgs its arguments.
const TaskHook = "outward.hook"

// HookArgs name a hook.
type HookArgs struct {
	Org  ids.Org  `json:"org"`
	Hook ids.Hook `json:"hook"`
}

// HookMessage is one request to a hook. Its id, time and signature are in headers as the Standard Webhooks specification 1.0.0 has them.
type HookMessage struct {
	URL    string
	ID     string
	At     int64
	Body   []byte
	Secret []byte
}

// HookSender sends messages to hooks. Status is what was answered; trouble is a word of HookTroubles when nothing was.
type HookSender interface {
	Send(ctx context.Context, m HookMessage) (status int, trouble string)
	// MayHTTP reports whether an address may be plain HTTP: in the demo, on this machine.
	MayHTTP(host string) bool
}

// hookBody is what a message says.
type hookBody struct {
	Type string   `json:"type"`
	At   string   `json:"timestamp"`
	Data hookData `json:"data"`
}

type hookData struct {
	Org    ids.Org     `json:"organisation"`
	Events []HookEvent `json:"events"`
}

// HookEvent is one event that a hook is told of: of a letter, or of a form that was sent.
type HookEvent struct {
	Seq        int64          `json:"seq"`
	Letter     ids.Letter     `json:"letter,omitempty"`
	Submission ids.Submission `json:"submission,omitempty"`
	Number     string         `json:"number,omitempty"`
	Form       ids.Form       `json:"form,omitempty"`
	Inbox      ids.Inbox      `json:"inbox,omitempty"`
	What       string         `json:"what"`
	At         string         `json:"at"`
	// Unix is when it happened; At is the same in the organisation's zone, when it is told.
	Unix int64 `json:"-"`
}

// HookFeed is another room that hooks are told of.
type HookFeed interface {
	// HookEvents are the events of an organisation after a number that a program may hear of, of the first so many, and the number up to which there are no others. NotFound for who may hear of none.
	HookEvents(ctx context.Context, who actor.Actor, o ids.Org, after int64, most int) (list []HookEvent, last int64, err error)
}

// NewHook is an address to be told.
type NewHook struct {
	URL    string
	Tells  HookTells
	Client ids.Client
}

// HookSecretPrefix begins a hook's secret, as the specification has it.
const HookSecretPrefix = "whsec_"

func hookPlace(o ids.Org, id ids.Hook) seal.Place {
	return seal.Place{Table: "letter_hook", Column: "secret", Row: string(o) + "/" + string(id)}
}

func (s *Service) checkHookURL(typed string) error {
	wrong := func(key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "url", Key: key, Args: fault.Args{"max": mostHookURL}})
	}
	u, err := url.Parse(typed)
	switch {
	case typed == "":
		return wrong("field.required")
	case len(typed) > mostHookURL:
		return wrong("field.too_long")
	case err != nil, u.Host == "", u.Hostname() == "", u.User != nil, u.Fragment != "", strings.ContainsAny(typed, " \t\r\n"):
		return wrong("hooks.url_form")
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && s.Hooks.MayHTTP(u.Hostname()):
		return nil
	}
	return wrong("hooks.url_https")
}

// checkHook says what is wrong with an address to be told, each at its field.
func (s *Service) checkHook(ctx context.Context, o ids.Org, r *NewHook) error {
	r.URL = strings.TrimSpace(r.URL)
	var wrong []fault.Field
	if err := s.checkHookURL(r.URL); err != nil {
		wrong = fault.Of(err).Fields
	}
	switch r.Tells {
	case HookLetters:
		r.Client = ""
	case HookForms:
		_, err := s.listener(ctx, o, r.Client)
		if fault.Is(err, fault.KindNotFound) {
			wrong, err = append(wrong, fault.Field{Name: "tells", Key: "error.field.choose"}), nil
		}
		if err != nil {
			return err
		}
	default:
		wrong = append(wrong, fault.Field{Name: "tells", Key: "error.field.choose"})
	}
	if len(wrong) > 0 {
		return fault.Invalid("form.invalid", nil, wrong...)
	}
	return nil
}

// listener is the program that a hook for forms belongs to. NotFound when its key is good no more, or for no forms.
func (s *Service) listener(ctx context.Context, o ids.Org, id ids.Client) (actor.Actor, error) {
	if s.Program == nil || s.HookForms == nil || id == "" {
		return actor.Actor{}, fault.NotFound("error.not_found")
	}
	who, err := s.Program(ctx, o, id)
	if err == nil {
		err = who.MaySomewhere(actor.SubmissionWork, o)
	}
	return who, err
}

// MakeHook makes a hook, which is told what happens from now on. The secret is shown this once. Faults: NotFound; Invalid at "url" and "tells".
func (s *Service) MakeHook(ctx context.Context, who actor.Actor, o ids.Org, r NewHook) (h Hook, secret string, err error) {
	if err := s.mayHook(who, o); err != nil {
		return h, "", err
	}
	if err := s.checkHook(ctx, o, &r); err != nil {
		return h, "", err
	}
	list, err := s.Store.Hooks(ctx, o)
	if err != nil {
		return h, "", err
	}
	if len(list) >= MostHooks {
		return h, "", fault.Invalid("form.invalid", nil, fault.Field{Name: "url", Key: "hooks.too_many", Args: fault.Args{"max": MostHooks}})
	}
	h = Hook{Org: o, ID: s.Gen.Hook(), URL: r.URL, Tells: r.Tells, Client: r.Client, MadeBy: who.Staff, MadeAt: s.Now().Unix(), Version: 1}
	key := s.Gen.HookKey()
	if h.Sealed, err = s.Seals.Seal(key, hookPlace(o, h.ID)); err != nil {
		return h, "", fmt.Errorf("seal hook: %w", err)
	}
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		var err error
		if h.After, err = tx.LastSeq(ctx, o, h.Tells); err != nil {
			return err
		}
		if err := tx.PutHook(ctx, h); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, audit.HookMade, "hook", string(h.ID), nil))
	})
	return h, HookSecretPrefix + base64.StdEncoding.EncodeToString(key), err
}

func (s *Service) mayHook(who actor.Actor, o ids.Org) error {
	if s.Hooks == nil {
		return fault.NotFound("error.not_found")
	}
	return who.May(actor.ClientManage, actor.Object{Org: o})
}

// HooksOf returns an organisation's hooks.
func (s *Service) HooksOf(ctx context.Context, who actor.Actor, o ids.Org) ([]Hook, error) {
	if err := s.mayHook(who, o); err != nil {
		return nil, err
	}
	return s.Store.Hooks(ctx, o)
}

// RemoveHook takes a hook away. NotFound when it is not there.
func (s *Service) RemoveHook(ctx context.Context, who actor.Actor, o ids.Org, id ids.Hook) error {
	if err := s.mayHook(who, o); err != nil {
		return err
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		if ok, err := tx.DropHook(ctx, o, id); err != nil || !ok {
			return orNotFound(err)
		}
		return tx.Audit(ctx, s.entry(o, who, audit.HookRemoved, "hook", string(id), nil))
	})
}

// EnableHook has a hook that was disabled, or that waits for its next try, told at once what it has missed.
func (s *Service) EnableHook(ctx context.Context, who actor.Actor, o ids.Org, id ids.Hook) error {
	if err := s.mayHook(who, o); err != nil {
		return err
	}
	err := s.changeHook(ctx, o, id, func(tx Tx, h *Hook) error {
		h.DisabledAt, h.FailingSince, h.Tries, h.NextAt, h.Trouble = 0, 0, 0, 0, ""
		if err := tx.PutHookTask(ctx, HookArgs{o, id}, s.Now().Unix()); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, audit.HookEnabled, "hook", string(id), nil))
	})
	if err == nil {
		s.committed()
	}
	return err
}

// changeHook reads a hook and writes it changed; it begins anew when somebody else was faster.
func (s *Service) changeHook(ctx context.Context, o ids.Org, id ids.Hook, change func(tx Tx, h *Hook) error) error {
	for range mostTries {
		h, err := s.Store.Hook(ctx, o, id)
		if err != nil {
			return err
		}
		err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
			h := h // the function may run twice
			if err := change(tx, &h); err != nil {
				return err
			}
			ok, err := tx.SetHook(ctx, h)
			if err == nil && !ok {
				err = errAgain
			}
			return err
		})
		if !isAgain(err) {
			return err
		}
	}
	return errAgain
}

// TestHook sends a message without events to a hook and says what was answered: a status, or a trouble. It changes nothing.
func (s *Service) TestHook(ctx context.Context, who actor.Actor, o ids.Org, id ids.Hook) (status int, trouble string, err error) {
	if err := s.mayHook(who, o); err != nil {
		return 0, "", err
	}
	h, err := s.Store.Hook(ctx, o, id)
	if err != nil {
		return 0, "", err
	}
	now := s.Now()
	status, trouble, err = s.tellHook(ctx, h, "test."+string(id)+"."+strconv.FormatInt(now.Unix(), 10), "test", nil)
	return status, trouble, err
}

// PlanHooks has each hook told that has something to be told.
func (s *Service) PlanHooks(ctx context.Context) error {
	if s.Hooks == nil {
		return nil
	}
	now := s.Now().Unix()
	due, err := s.Store.DueHooks(ctx, now, 500)
	if err != nil || len(due) == 0 {
		return err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		for _, a := range due {
			if err := tx.PutHookTask(ctx, a, now); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		s.committed()
	}
	return err
}

// TellHook tells a hook what happened since, in order: it goes on after the last event that was taken, and stops at the first message that is not. disabled says that it was given up by that.
func (s *Service) TellHook(ctx context.Context, a HookArgs) (disabled bool, err error) {
	for range hookTurns {
		h, err := s.Store.Hook(ctx, a.Org, a.Hook)
		if fault.Is(err, fault.KindNotFound) {
			return false, nil
		}
		now := s.Now().Unix()
		if err != nil || h.DisabledAt > 0 || h.NextAt > now {
			return false, err
		}
		page, last, err := s.heard(ctx, h)
		status, trouble := 200, ""
		switch {
		case fault.Is(err, fault.KindNotFound): // it belongs to nobody who may hear it
			status, trouble = 0, HookKeyless
		case err != nil || last == h.After:
			return false, err
		case len(page) > 0:
			id := fmt.Sprintf("%s.%d-%d", h.ID, page[0].Seq, page[len(page)-1].Seq)
			if status, trouble, err = s.tellHook(ctx, h, id, hookTypes[h.Tells], page); err != nil {
				return false, err
			}
		}
		if ok, gone, err := s.told(ctx, h, last, status, trouble); err != nil || !ok {
			return gone, err
		}
	}
	return false, nil // there is more: the next plan goes on
}

// hookTypes are the types of messages with events.
var hookTypes = map[HookTells]string{HookLetters: "letters.events", HookForms: "submissions.events"}

// heard are the next events that a hook is told of, and the number up to which there are no others: its own when nothing happened since.
func (s *Service) heard(ctx context.Context, h Hook) (list []HookEvent, last int64, err error) {
	if h.Tells == HookForms {
		who, err := s.listener(ctx, h.Org, h.Client)
		if err != nil {
			return nil, h.After, err
		}
		return s.HookForms.HookEvents(ctx, who, h.Org, h.After, HookPage)
	}
	page, err := s.Store.Feed(ctx, h.Org, h.After, HookPage)
	last = h.After
	for _, e := range page {
		last = e.Seq
		if e.What.Fed() && !e.Inward && slices.Contains(Sent, e.Kind) {
			list = append(list, HookEvent{Seq: e.Seq, Letter: e.Letter, What: string(e.What), Unix: e.At})
		}
	}
	return list, last, err
}

// tellHook sends one message.
func (s *Service) tellHook(ctx context.Context, h Hook, id, kind string, events []HookEvent) (status int, trouble string, err error) {
	key, err := s.Seals.Open(h.Sealed, hookPlace(h.Org, h.ID))
	if err != nil {
		return 0, "", fmt.Errorf("open hook %s: %w", h.ID, err)
	}
	c, err := s.Store.Config(ctx, h.Org)
	if err != nil {
		return 0, "", err
	}
	at := func(unix int64) string { return time.Unix(unix, 0).In(c.Zone()).Format(time.RFC3339) }
	now := s.Now().Unix()
	body := hookBody{Type: kind, At: at(now), Data: hookData{Org: h.Org, Events: []HookEvent{}}}
	for _, e := range events {
		e.At = at(e.Unix)
		body.Data.Events = append(body.Data.Events, e)
	}
	b, err := json.Marshal(body)
	if err != nil {
		return 0, "", err
	}
	status, trouble = s.Hooks.Send(ctx, HookMessage{URL: h.URL, ID: id, At: now, Body: b, Secret: key})
	return status, trouble, nil
}

// told writes down how a message was taken. ok is false when it was not; gone says that the hook was given up.
func (s *Service) told(ctx context.Context, h Hook, last int64, status int, trouble string) (ok, gone bool, err error) {
	ok = trouble == "" && status >= 200 && status < 300
	now := s.Now().Unix()
	err = s.changeHook(ctx, h.Org, h.ID, func(tx Tx, h *Hook) error {
		gone = false
		if ok {
			h.After, h.DeliveredAt, h.FailingSince, h.Tries, h.NextAt, h.Trouble = max(h.After, last), now, 0, 0, 0, ""
			return nil
		}
		h.FailedOnce(now, status, trouble)
		if gone = h.DisabledAt > 0; !gone {
			return nil
		}
		return tx.Audit(ctx, s.entry(h.Org, actor.System("mailbox"), audit.HookDisabled, "hook", string(h.ID), nil))
	})
	if fault.Is(err, fault.KindNotFound) { // taken away meanwhile
		return false, false, nil
	}
	return ok, gone, err
}

// FailedOnce is a hook after one more message that was not taken: it waits for longer each time, and is given up when that goes on for too long, when the address says that it is gone (410), or when it
// belongs to no program that may hear it.
func (h *Hook) FailedOnce(now int64, status int, trouble string) {
	h.Tries++
	if h.FailingSince == 0 {
		h.FailingSince = now
	}
	h.Trouble, h.NextAt = trouble, now+HookPause(h.Tries)
	if trouble == "" {
		h.Trouble = "status " + strconv.Itoa(status)
	}
	if status == 410 || trouble == HookKeyless || now-h.FailingSince > HookGiveUp {
		h.DisabledAt = now
	}
}
