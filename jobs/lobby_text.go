package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"luukku/base/i18n"
	"luukku/base/task"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/queue"
	"luukku/domain/texting"
)

// lobbyLife is how long a text message about a ticket is worth sending.
const lobbyLife = 15 * time.Minute

// lobbyTexts tells those by text message who are near in an office's line, or called. What was told is written down with the message: however often this is
// done, and by whom, each is told once.
func (s *sender) lobbyTexts(ctx context.Context, t task.Task) error {
	var args queue.TextsArgs
	if err := json.Unmarshal(t.Args, &args); err != nil {
		return task.Permanent(fmt.Errorf("read arguments: %w", err))
	}
	due, err := s.Queue.DueTexts(ctx, args.Org, args.Office)
	if err != nil || len(due) == 0 {
		return err
	}
	c, err := s.Store.Config(ctx, args.Org)
	if err != nil {
		return err
	}
	for _, d := range due {
		m, err := s.Texting.Seal(texting.Outgoing{
			Org: args.Org, Event: queue.EventText, To: d.Number, Lang: d.Ticket.Lang, About: queue.OfTicket + "/" + string(d.Ticket.ID), Body: lobbyText(s.Texts, c, d),
		})
		if err != nil {
			return err
		}
		told, err := s.Store.Lobby().PutTold(ctx, d, m[0], s.Queue.ToldLine(d))
		if err != nil {
			return err
		}
		if told {
			s.runner.Kick()
		}
	}
	return nil
}

// lobbyText is what somebody is told, in the language of the ticket and in one part: who sends it is named where there is room.
func lobbyText(texts *i18n.Catalog, c *catalog.Config, d queue.DueText) string {
	lang := d.Ticket.Lang
	if _, ok := i18n.Lookup(string(lang)); !ok {
		lang = i18n.Default
	}
	p, number := texts.Printer(lang), d.Ticket.Name()
	org := c.Org.Short.In(lang)
	if org == "" {
		org = c.Org.Name.In(lang)
	}
	short := p.T("tell.called_screen", "number", number)
	text := short
	switch counter := d.Counter.In(lang); {
	case d.Telling == queue.TellNear && d.Ahead == 0:
		text = p.T("tell.next", "number", number)
		short = text
	case d.Telling == queue.TellNear:
		text = p.T("tell.near", "number", number, "n", d.Ahead)
		short = text
	case counter != "":
		text = p.T("tell.called", "number", number, "counter", counter)
	}
	write := notify.Plain
	if d.Marks {
		write = func(s string) string { return s }
	}
	for _, whole := range []string{p.T("tell.from", "org", org, "text", text), text} {
		if whole = write(whole); notify.SizeOf(whole).Parts == 1 {
			return whole
		}
	}
	return write(short)
}
