package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/identity"
	"luukku/domain/notify"
)

// verificationSent is what a message with a code tells of.
const verificationSent notify.Event = "verification.sent"

// verify makes the code of a verification at the moment it is sent, and hands it over. A try that failed makes another code: the newest is the one that counts.
func (s *sender) verify(ctx context.Context, t task.Task) error {
	var args identity.VerifyArgs
	if err := json.Unmarshal([]byte(t.Args), &args); err != nil {
		return fmt.Errorf("arguments of %s: %w", t.Kind, err)
	}
	code, address, channel, lang, err := s.Identity.MakeCode(ctx, args.Person, args.ID)
	if fault.Is(err, fault.KindNotFound) {
		return nil // over, or begun anew meanwhile
	}
	if err != nil {
		return err
	}
	in, err := s.Store.Installation(ctx)
	if err != nil {
		return err
	}
	p := s.Texts.Printer(lang)
	minutes := int(identity.VerifyLife.Minutes())
	if channel == identity.BySMS {
		if s.Texter == nil {
			return errors.New("no way to send text messages")
		}
		_, err := s.Texter.SendText(ctx, notify.Text{
			ID: ids.Notice(args.ID), Event: verificationSent, Lang: lang, To: address, Text: p.T("verify.sms_text", "code", code, "minutes", minutes),
		})
		return err
	}
	if s.Mailer == nil {
		return errors.New("no way to send mail")
	}
	_, err = s.Mailer.Send(ctx, notify.Message{
		ID: ids.Notice(args.ID), Event: verificationSent, Lang: lang, To: notify.Address{Email: address},
		From:    notify.Address{Name: cmp.Or(s.From.Name, in.Name.In(lang), "Luukku"), Email: s.From.Email},
		Subject: oneLine(p.T("verify.mail_subject", "code", code)), Text: p.T("verify.mail_text", "code", code, "minutes", minutes) + "\n",
	})
	return err
}
