package parts

import (
	"strings"
	"time"

	"luukku/domain/course"
	"luukku/web"
	"luukku/web/ui"
)

// CourseCard is a course in a list of some: its name, when it takes place, where, and how many places there are.
func CourseCard(b web.Base, zone *time.Location, c course.Listed, now int64) ui.CardData {
	title, in := c.Title.InOK(b.Lang)
	card := ui.CardData{Title: title, Level: 3, Href: b.URL("courses", string(c.ID)), Text: CourseWhen(b, zone, c.Details)}
	if in != b.Lang {
		card.Lang = string(in)
	}
	card.Meta = CoursePlaces(b, c.Course, c.Taken, now)
	if c.Place != "" {
		card.Meta = strings.Join([]string{c.Place, card.Meta}, " · ")
	}
	return card
}

// CourseWhen is when a course takes place, in words.
func CourseWhen(b web.Base, zone *time.Location, d course.Details) string {
	if len(d.Sessions) == 0 {
		return ""
	}
	first := d.Sessions[0]
	for _, s := range d.Sessions {
		if s.Start < first.Start {
			first = s
		}
	}
	start, end := time.Unix(first.Start, 0).In(zone), time.Unix(first.End, 0).In(zone)
	text := b.Printer.LongDate(start) + ", " + OnOneLine(b.Printer.ClockRange(start, end))
	if len(d.Sessions) > 1 {
		text += ", " + b.N("course.times", len(d.Sessions))
	}
	return text
}

// OnOneLine keeps a range such as 18:00–20:00 from being broken at its dash on a narrow page, by word joiners.
func OnOneLine(s string) string { return strings.ReplaceAll(s, "–", "\u2060–\u2060") }

// CoursePlaces is how many places there are, in words.
func CoursePlaces(b web.Base, c course.Course, t course.Taken, now int64) string {
	switch c.StageAt(now) {
	case course.Over:
		return b.T("course.stage.over")
	case course.Stopped:
		return b.T("course.stage.off")
	case course.Shut:
		return b.T("course.stage.shut")
	}
	free := c.Free(t, now)
	if free == 0 {
		if c.Waiting {
			return b.T("course.full_waiting")
		}
		return b.T("course.full_none")
	}
	return b.N("course.left", free, "of", c.Places)
}
