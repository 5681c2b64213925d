package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/notify"
	"luukku/domain/staff"
	"luukku/web"
)

// staffInvited is what the mail of an invitation tells of.
const staffInvited notify.Event = "staff.invited"

// Invitations makes the link of an invitation at the moment its mail is sent. NotFound says that nothing is to be sent any more. It is staff.Service.
type Invitations interface {
	InvitationMail(ctx context.Context, o ids.Org, id string) (i staff.Invitation, token, by string, err error)
}

// invite mails an invitation. A try that failed makes another link, and the one before is void; a mail of unknown outcome is not sent again: whoever invited
// can do that.
func (s *sender) invite(ctx context.Context, t task.Task) error {
	var args staff.InviteArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("arguments of %s: %w", t.Kind, err))
	}
	if s.Mailer == nil {
		return fault.Unavailable("error.unavailable", noMailServer).Because(errNoMailServer)
	}
	i, token, by, err := s.Invitations.InvitationMail(ctx, args.Org, args.ID)
	if fault.Is(err, fault.KindNotFound) {
		return nil // accepted, revoked or over
	}
	if err != nil {
		return err
	}
	m, err := s.invitation(ctx, i, token, by)
	if err != nil {
		return err
	}
	_, err = s.Mailer.Send(ctx, m)
	switch {
	case notify.IsUnknown(err):
		s.Log.Error("invitation.unknown", "invitation", i.ID, "error", err.Error())
		return nil
	case notify.IsPermanent(err):
		return task.Permanent(err)
	}
	return err
}

// invitation writes the mail.
func (s *sender) invitation(ctx context.Context, i staff.Invitation, token, by string) (notify.Message, error) {
	in, err := s.Store.Installation(ctx)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return notify.Message{}, err
	}
	name := cmp.Or(in.Name.In(i.Lang), "Luukku")
	zone := time.UTC
	if i.Org != "" {
		c, err := s.Store.Config(ctx, i.Org)
		if err != nil {
			return notify.Message{}, fmt.Errorf("configuration of %s: %w", i.Org, err)
		}
		name, zone = c.Org.Name.In(i.Lang), c.Zone()
	}
	p := s.Texts.Printer(i.Lang)
	subject, text := p.T("invite.keys_subject", "org", name), p.T("invite.keys_text")
	if i.Role != "" {
		subject = p.T("invite.subject", "org", name)
		text = p.T("invite.text", "org", name, "role", p.T("role."+string(i.Role)+".name"))
	}
	lines := []string{text}
	if by != "" {
		lines = append(lines, p.T("invite.by", "name", by))
	}
	lines = append(lines, p.T("invite.open")+"\n"+strings.TrimSuffix(s.BaseURL, "/")+web.Path(i.Lang, "", "staff", "invitation", token),
		p.T("invite.until", "until", p.At(time.Unix(i.ExpiresAt, 0).In(zone))), p.T("invite.unknown"), "--\n"+p.T("mail.no_answer"))
	m := notify.Message{
		Org: i.Org, ID: ids.Notice(s.Gen.New()), Event: staffInvited, Lang: i.Lang, To: notify.Address{Email: i.Email},
		From:    notify.Address{Name: cmp.Or(s.From.Name, name), Email: s.From.Email},
		Subject: oneLine(subject), Text: strings.Join(lines, "\n\n") + "\n",
	}
	if m.To.IsZero() {
		return m, task.Permanent(errors.New("an invitation without an address"))
	}
	return m, nil
}
