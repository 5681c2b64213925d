package conversation

import (
	"context"
	"strings"
	"time"

	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/folder"
)

// LangOf is the language of what is written to who has chosen one, or to who has not.
func LangOf(c *catalog.Config, l i18n.Lang) i18n.Lang {
	if l == "" && len(c.Org.Languages) > 0 {
		return c.Org.Languages[0]
	}
	return l
}

// AppointmentsText says what appointments somebody has, in their language: those in their folder, and one that is in nobody's.
func (s *Service) AppointmentsText(ctx context.Context, c *catalog.Config, lang i18n.Lang, owner actor.Owner, own *folder.Entry) (string, error) {
	var list []folder.Entry
	if !owner.IsZero() && s.Folder != nil {
		var err error
		if list, err = s.Folder.FolderOf(ctx, owner); err != nil {
			return "", err
		}
	} else if own != nil {
		list = append(list, *own)
	}
	lang = LangOf(c, lang)
	p := s.Texts.Printer(lang)
	var times []string
	for _, e := range list {
		if e.Part != folder.Booked || e.Org != c.Org.ID || e.At <= s.Now().Unix() || e.State == string(booking.Cancelled) || e.State == string(booking.Lapsed) {
			continue
		}
		office := string(e.Office)
		if o, err := c.Office(e.Office); err == nil {
			office = o.Name.In(lang)
		}
		times = append(times, p.T("inbox.appointment_line", "at", p.At(time.Unix(e.At, 0).In(c.Zone())), "place", office))
	}
	if len(times) == 0 {
		return p.T("inbox.no_appointments"), nil
	}
	return p.T("inbox.appointments") + " " + strings.Join(times, "; ") + ".", nil
}

// LinkText leads to where times are booked.
func (s *Service) LinkText(c *catalog.Config, lang i18n.Lang, link string) string {
	return s.Texts.Printer(LangOf(c, lang)).T("inbox.booking_link", "link", link)
}
