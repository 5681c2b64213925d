package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/eservice"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
)

// What people are told of forms that are being filled in: never of which, nor about what.
const (
	formAsked  notify.Event = "filling.asked"
	formEnding notify.Event = "filling.ending"
	formGone   notify.Event = "filling.signer_gone"
)

var (
	signAsked  = saying{event: formAsked, subject: "eform.told.ask_subject", mail: "eform.told.ask_mail", sms: "eform.told.ask_sms"}
	draftEnds  = saying{event: formEnding, subject: "eform.told.end_subject", mail: "eform.told.end_mail", sms: "eform.told.end_sms"}
	signerGone = saying{event: formGone, subject: "eform.told.gone_subject", mail: "eform.told.gone_mail", sms: "eform.told.gone_sms"}
)

// asked tells somebody that they are asked to fill in a form together with somebody, and to sign it.
func (s *sender) asked(ctx context.Context, t task.Task) error {
	var args eservice.TellDraftArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	list, err := s.Forms.Askings(ctx, args)
	if err != nil {
		return err
	}
	return s.tellDraft(ctx, t, ids.Notice("ask."+string(args.Draft)+"."+args.Part), list, signAsked)
}

// draftEnding tells somebody that a draft of theirs is deleted before long.
func (s *sender) draftEnding(ctx context.Context, t task.Task) error {
	var args eservice.TellDraftArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	list, err := s.Forms.Endings(ctx, args)
	if err != nil {
		return err
	}
	return s.tellDraft(ctx, t, ids.Notice(fmt.Sprintf("ending.%s.%d", args.Draft, args.At)), list, draftEnds)
}

// signatureGone tells whose a draft is that a signature is not there any more.
func (s *sender) signatureGone(ctx context.Context, t task.Task) error {
	var args eservice.TellDraftArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	list, err := s.Forms.Gone(ctx, args)
	if err != nil {
		return err
	}
	return s.tellDraft(ctx, t, ids.Notice("gone."+string(args.Draft)+"."+args.Part), list, signerGone)
}

func (s *sender) tellDraft(ctx context.Context, t task.Task, id ids.Notice, list []eservice.DraftTelling, say saying) error {
	return s.tellDraftAt(ctx, t, id, list, say, "my/forms")
}

// tellDraftAt is tellDraft with a link to a page, whose path below the language it is.
func (s *sender) tellDraftAt(ctx context.Context, t task.Task, id ids.Notice, list []eservice.DraftTelling, say saying, page string) error {
	in, err := s.Store.Installation(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, to := range list {
		page := page
		if to.Secret != "" {
			page += "/invitation/" + to.Secret
		}
		errs, err := s.tellAt(ctx, t, in, id, mailbox.Telling{Person: to.Person, Lang: to.Lang, Email: to.Email, Phone: to.Phone}, say, page)
		if err != nil {
			return err
		}
		failed = append(failed, errs...)
	}
	if slices.Contains(failed, nil) {
		return nil
	}
	err = errors.Join(failed...)
	if err != nil && !slices.ContainsFunc(failed, func(err error) bool { return !s.over(t, err) }) {
		return task.Permanent(err) // the list of drafts says it, too
	}
	return err
}
