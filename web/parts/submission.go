package parts

import (
	"strings"

	"luukku/base/ids"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/ui"
)

// StateKinds are the colours of states; the words say it, too.
var StateKinds = map[eservice.State]ui.Kind{
	eservice.Received: ui.Info, eservice.InProgress: ui.Info, eservice.MoreAsked: ui.Warning, eservice.Decided: ui.Success, eservice.Withdrawn: ui.Neutral, eservice.Closed: ui.Neutral,
}

// AnswerList are the answers of one section.
func AnswerList(s eservice.Section) web.Component {
	var rows []ui.DefinitionRow
	for _, l := range s.Lines {
		rows = append(rows, ui.DefinitionRow{Key: l.Label, Value: l.Value})
	}
	return ui.DefinitionList(rows)
}

// Additions is what was added with an event, as one text.
func Additions(b web.Base, w eservice.Whole, e eservice.Event) string {
	var s strings.Builder
	s.WriteString(e.Text)
	for _, part := range w.Additions(b.Printer, e) {
		if s.Len() > 0 {
			s.WriteString("\n\n")
		}
		s.WriteString(part.Title)
		for _, l := range part.Lines {
			s.WriteString("\n" + l.Label + ": " + l.Value)
		}
	}
	if s.Len() == 0 {
		return b.T("submission.added_files")
	}
	return s.String()
}

// AnsweredAnew are the answers that hold now and were sent otherwise, with both; nothing where none was answered anew.
func AnsweredAnew(b web.Base, w eservice.Whole) []web.Component {
	if !w.AnsweredAnew() {
		return nil
	}
	title := b.T("submission.anew_title")
	t := ui.TableData{Caption: title, HideCaption: true, Head: []string{b.T("submission.anew_question"), b.T("submission.anew_sent"), b.T("submission.anew_now")}}
	for _, c := range w.ChangesSinceSent(b.Printer) {
		t.Rows = append(t.Rows, []ui.Cell{{Text: c.Label}, {Text: c.Was}, {Text: c.Now}})
	}
	if len(t.Rows) == 0 {
		return nil
	}
	return []web.Component{Section(title, ui.Table(t))}
}

// UncleanText says of which attachment it was found that nobody can open it.
func UncleanText(b web.Base, w eservice.Whole, e eservice.Event) string {
	for _, a := range w.Attached {
		if string(a.ID) == e.Detail {
			return b.T("submission.file_refused", "name", a.Name)
		}
	}
	return b.T("submission.event.file_refused")
}

// Attached are links to files of what was sent; those that cannot be opened have none.
func Attached(b web.Base, w eservice.Whole, list []mailbox.Attachment, href func(ids.File) string) []ui.Link {
	var out []ui.Link
	for _, x := range list {
		l := ui.Link{Text: x.Name}
		for _, a := range w.Attached {
			if a.ID == x.ID {
				l.Note = " " + FileNote(b, a)
				if a.State == file.Clean {
					l.Href = href(a.ID)
				}
			}
		}
		if l.Note == "" {
			l.Note = " " + b.T("submission.file_gone")
		}
		out = append(out, l)
	}
	return out
}
