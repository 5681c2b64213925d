package jobs

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/erasure"
	"luukku/domain/notify"
	"luukku/web"
)

// TaskErase is the kind of the task that erases people whose time to change their mind is over.
const TaskErase = "erasure.run"

// erasuresAtOnce is how many people are erased in one go; the next go comes within a minute.
const erasuresAtOnce = 20

func (d Deps) erase(ctx context.Context, _ task.Task) error {
	if d.Erasure == nil {
		return nil
	}
	n, err := d.Erasure.Run(ctx, erasuresAtOnce)
	if n > 0 {
		d.Log.Info("erasure.ran", "requests", n)
	}
	return err
}

// personErased is what a message about somebody's erasure tells of.
const personErased notify.Event = "person_data.erasure"

// erasure tells somebody what became of their request to be erased. Neither a name nor what an authority wrote is in it.
func (s *sender) erasure(ctx context.Context, t task.Task) error {
	var args erasure.TellArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	to, r, still, err := s.Erasure.Telling(ctx, args)
	if err != nil || !still {
		return err
	}
	in, err := s.Store.Installation(ctx)
	if err != nil {
		return err
	}
	lang := r.Lang
	if lang == "" {
		lang = in.Default
	}
	p, name := s.Texts.Printer(lang), in.Name.In(lang)
	if args.Org != "" {
		cfg, err := s.Store.Config(ctx, args.Org)
		if err != nil {
			return err
		}
		name = cfg.Org.Name.In(lang)
	}
	words := []any{"name", cmp.Or(name, "Luukku"), "until", p.LongDate(time.Unix(r.DueAt, 0)), "link", strings.TrimSuffix(s.BaseURL, "/") + web.Path(lang, "", "my", "data", "erase")}
	key, id := "erasing.tell."+string(args.What), ids.Notice(string(args.ID)+"."+string(args.What)+string(args.Org))
	if to.Email != "" {
		if s.Mailer == nil {
			return fault.Unavailable("error.unavailable", noMailServer).Because(errNoMailServer)
		}
		_, err = s.Mailer.Send(ctx, notify.Message{
			ID: id, Event: personErased, Lang: lang, To: notify.Address{Email: to.Email}, From: notify.Address{Name: cmp.Or(s.From.Name, in.Name.In(lang), "Luukku"), Email: s.From.Email},
			Subject: oneLine(p.T(key+"_subject", words...)), Text: p.T(key+"_mail", words...) + "\n\n--\n" + p.T("mail.no_answer") + "\n",
		})
	} else if s.Texter != nil && notify.IsMobile(to.Phone) {
		_, err = s.Texter.SendText(ctx, notify.Text{ID: id, Event: personErased, Lang: lang, To: to.Phone, Text: p.T(key+"_sms", words...)})
	}
	if err != nil && !notify.IsPermanent(err) && !notify.IsUnknown(err) {
		return err
	}
	if err := s.Erasure.Heard(ctx, args); err != nil {
		return err
	}
	if err != nil {
		return task.Permanent(err)
	}
	return nil
}
