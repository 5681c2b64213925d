package mailbox

import (
	"archive/zip"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"time"

	"luukku/base/ids"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/parts"
	"luukku/web/ui"
)

// archive is a mailbox as a ZIP file that is written letter by letter: an index that works without us, each letter as a page and as JSON with its attachments beside it, exchanges, and
// what was said about letters. In memory are one letter, and of all of them what the index says; an attachment is written as it is read.
type archive struct {
	clock
	ctx   context.Context
	zip   *zip.Writer
	b     web.Base
	mine  mailbox.Mine
	names names
	whose string
	rows  []archived
	of    map[ids.Letter]int // how many letters of an exchange were written
}

// archived is a letter as the index has it.
type archived struct {
	id, thread            ids.Letter
	folder                mailbox.Folder
	at                    int64
	who, subject, kind    string
	waits, fresh, written bool
}

// file is the name of a letter's page, seen from the index.
func (x archived) file() string { return "letters/" + string(x.id) + ".html" }

// jsonLetter is a letter in JSON.
type jsonLetter struct {
	ID        ids.Letter   `json:"id"`
	Thread    ids.Letter   `json:"thread"`
	Org       ids.Org      `json:"organisation"`
	OrgName   string       `json:"organisation_name"`
	Written   bool         `json:"written_by_me"`
	Folder    string       `json:"folder"`
	Kind      mailbox.Kind `json:"kind"`
	Service   mailbox.Mode `json:"service"`
	Lang      string       `json:"lang"`
	Ref       string       `json:"ref,omitempty"`
	Published string       `json:"published_at"`
	Expires   string       `json:"expires_at,omitempty"`
	ConfirmBy string       `json:"confirm_by,omitempty"`
	Waits     bool         `json:"waits_to_be_confirmed"`
	Subject   string       `json:"subject,omitempty"`
	Body      string       `json:"body,omitempty"`
	SHA256    string       `json:"sha256,omitempty"`
	Served    *jsonServed  `json:"served,omitempty"`
	Files     []jsonFile   `json:"attachments,omitempty"`
	Events    []jsonEvent  `json:"events"`
}

// jsonFile is an attachment in JSON: where it lies in the archive, or why it is not in it.
type jsonFile struct {
	Name    string          `json:"name"`
	Type    file.Type       `json:"type"`
	Size    int64           `json:"size"`
	SHA256  string          `json:"sha256"`
	Path    string          `json:"path,omitempty"`
	Missing mailbox.Missing `json:"missing,omitempty"`
}

type jsonServed struct {
	On       string `json:"on,omitempty"`
	Certain  bool   `json:"certain"`
	Presumed bool   `json:"presumed"`
	Source   string `json:"source"`
}

type jsonEvent struct {
	What mailbox.What `json:"what"`
	At   string       `json:"at"`
	// By is "me", "organisation" or "system".
	By string `json:"by"`
}

func (a *archive) stamp(unix int64) string {
	if unix == 0 {
		return ""
	}
	return time.Unix(unix, 0).In(a.zone).Format(time.RFC3339)
}

// by says who did something, without naming anybody: the reader, the organisation, or the system by itself.
func by(l mailbox.Letter, e mailbox.Event) string {
	switch {
	case e.ActorKind == "citizen":
		return "me"
	case e.ActorKind == "system":
		return "system"
	}
	return "organisation"
}

// create begins a file of the archive.
func (a *archive) create(name string, at int64) (io.Writer, error) {
	return a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Unix(at, 0).In(a.zone)})
}

func (a *archive) page(name, title string, at int64, list ...web.Component) error {
	w, err := a.create(name, at)
	if err != nil {
		return err
	}
	return offline(string(a.b.Lang), title, list...).Render(a.ctx, w)
}

func (a *archive) json(name string, at int64, v any) error {
	w, err := a.create(name, at)
	if err != nil {
		return err
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

// letter writes one letter.
func (a *archive) letter(x mailbox.Exported) error {
	sender, b := a.names.in(a.b.Lang, x.Org), a.b
	row := archived{
		id: x.ID, thread: x.Thread, folder: mailbox.FolderOf(x.Letter, x.Standing), at: x.PublishAt, who: sender, subject: subject(b, x.Stored, sender), kind: b.T("mailbox.kind." + string(x.Kind)),
		waits: x.Standing.Sealed(x.Letter), fresh: x.Standing.New() && !x.Inward, written: x.Inward,
	}
	a.rows = append(a.rows, row)
	a.of[row.thread]++
	f := letterFacts{clock: a.clock, Mine: a.mine, Names: a.names, Shown: mailbox.Shown{Stored: x.Stored, Standing: x.Standing, Served: x.Served}}
	files, err := a.files(x)
	if err != nil {
		return err
	}
	list := []web.Component{ui.DefinitionList(f.facts(b, sender))}
	if row.waits {
		list = append(list, ui.P(b.T("mailbox.export.waits")))
	} else {
		list = append(list, ui.LetterText(langOf(b, x.Letter), x.Body))
	}
	if len(files) > 0 {
		list = append(list, a.attachments(files))
	}
	list = append(list, a.events(x), ui.LinkList(a.links(x)))
	if err := a.page(row.file(), row.subject, x.PublishAt, list...); err != nil {
		return err
	}
	return a.json("letters/"+string(x.ID)+".json", x.PublishAt, a.asJSON(x, row, sender, files))
}

// files writes what is attached to a letter into a folder beside its page, each as it is read, and says where it lies or why it is not there.
func (a *archive) files(x mailbox.Exported) (list []jsonFile, err error) {
	var taken []string
	for _, f := range x.Attached {
		row := jsonFile{Name: f.Name, Type: f.Type, Size: f.Size, SHA256: f.Digest}
		var in *file.Content
		if in, row.Missing, err = f.Open(); err != nil {
			return nil, err
		}
		if row.Missing == "" {
			name := file.UniqueName(cmp.Or(file.CleanName(f.Name), string(f.ID)), taken)
			taken, row.Path = append(taken, name), "letters/"+string(x.ID)+"/"+name
			if err := a.copy(row.Path, x.PublishAt, in); err != nil {
				return nil, fmt.Errorf("attachment %s: %w", f.ID, err)
			}
		}
		list = append(list, row)
	}
	return list, nil
}

// copy writes an attachment as it is, and closes it: what is attached is mostly packed already.
func (a *archive) copy(name string, at int64, in *file.Content) error {
	defer in.Close()
	w, err := a.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: time.Unix(at, 0).In(a.zone)})
	if err == nil {
		_, err = io.Copy(w, in)
	}
	return err
}

// attachments are links from a letter's page to the files beside it; those that are missing are named with why.
func (a *archive) attachments(list []jsonFile) web.Component {
	var links []ui.Link
	var out []web.Component
	for _, f := range list {
		size := mailbox.SizeText(a.b.Printer, f.Size)
		if f.Missing != "" {
			out = append(out, ui.P(f.Name+" "+a.b.T("mailbox.export.missing_"+string(f.Missing), "size", size)))
			continue
		}
		folder, name := path.Split(f.Path)
		links = append(links, ui.Link{Href: path.Base(folder) + "/" + url.PathEscape(name), Text: f.Name, Note: " " + a.b.T("mailbox.files.size", "type", f.Type.Slug(), "size", size)})
	}
	if len(links) > 0 {
		out = append([]web.Component{ui.LinkList(links)}, out...)
	}
	return parts.SectionAt("attachments", a.b.T("mailbox.files.title"), out...)
}

// links lead from a letter to the index, to its exchange, and to itself as JSON.
func (a *archive) links(x mailbox.Exported) []ui.Link {
	links := []ui.Link{{Href: "../index.html", Text: a.b.T("mailbox.export.all")}}
	if a.others(x) {
		links = append(links, ui.Link{Href: "../threads/" + string(x.Thread) + ".html", Text: a.b.T("mailbox.read.thread")})
	}
	return append(links, ui.Link{Href: string(x.ID) + ".json", Text: "JSON"})
}

// others reports whether an exchange has other letters than the one that is written now: whoever is not its first answers one that is older.
func (a *archive) others(x mailbox.Exported) bool { return x.ID != x.Thread || a.of[x.Thread] > 1 }

func (a *archive) events(x mailbox.Exported) web.Component {
	t := ui.TableData{Caption: a.b.T("mailbox.export.events"), Head: []string{a.b.T("mailbox.export.when"), a.b.T("mailbox.export.what"), a.b.T("mailbox.export.by")}}
	for _, e := range x.Events {
		at := time.Unix(e.At, 0).In(a.zone)
		t.Rows = append(t.Rows, []ui.Cell{
			{Text: a.date(a.b, e.At) + " " + at.Format("15:04:05")}, {Text: a.b.T("mailbox.event." + string(e.What))}, {Text: a.b.T("mailbox.export.by_" + by(x.Letter, e))},
		})
	}
	return ui.Table(t)
}

func (a *archive) asJSON(x mailbox.Exported, row archived, sender string, files []jsonFile) jsonLetter {
	l := jsonLetter{
		ID: x.ID, Thread: x.Thread, Org: x.Org, OrgName: sender, Written: x.Inward, Folder: string(row.folder), Kind: x.Kind, Service: x.Mode, Lang: string(x.Lang), Ref: x.Ref,
		Published: a.stamp(x.PublishAt), Expires: a.stamp(x.ExpiresAt), ConfirmBy: a.stamp(x.ConfirmBy), Waits: row.waits, Files: files, Events: []jsonEvent{},
	}
	if !row.waits {
		l.Subject, l.Body, l.SHA256 = x.Subject, x.Body, x.DigestHex()
	}
	if s := x.Served; s.Rule.Source != "" {
		l.Served = &jsonServed{Certain: s.Certain, Presumed: s.Presumed, Source: s.Rule.Source}
		if !s.On.IsZero() {
			l.Served.On = s.On.String()
		}
	}
	for _, e := range x.Events {
		l.Events = append(l.Events, jsonEvent{e.What, a.stamp(e.At), by(x.Letter, e)})
	}
	return l
}

// end writes what is known when all letters are written: the exchanges, what was said about letters, and the index.
func (a *archive) end() error {
	of := map[ids.Letter][]archived{}
	for _, r := range a.rows {
		of[r.thread] = append(of[r.thread], r)
	}
	for _, r := range slices.Backward(a.rows) { // the first letter of each exchange
		list := of[r.thread]
		if delete(of, r.thread); len(list) < 2 && (len(list) == 0 || list[0].id == r.thread) {
			continue
		}
		slices.Reverse(list)
		title := a.b.T("mailbox.export.exchange", "subject", r.subject)
		err := a.page("threads/"+string(r.thread)+".html", title, r.at, a.table(title, "../", list), ui.LinkList([]ui.Link{{Href: "../index.html", Text: a.b.T("mailbox.export.all")}}))
		if err != nil {
			return err
		}
	}
	if err := a.said(); err != nil {
		return err
	}
	lead := a.b.T("mailbox.export.made", "at", a.at(a.b, a.now), "letters", fmt.Sprint(len(a.rows)))
	list := []web.Component{ui.P(lead), ui.P(a.b.T("mailbox.export.same"))}
	for _, folder := range mailbox.Folders {
		var rows []archived
		for _, r := range a.rows {
			if r.folder == folder {
				rows = append(rows, r)
			}
		}
		title := a.b.T("mailbox.list." + string(folder))
		if len(rows) == 0 {
			list = append(list, parts.SectionAt(string(folder), title, ui.P(a.b.T("mailbox.list.empty_"+string(folder)))))
			continue
		}
		list = append(list, parts.SectionAt(string(folder), title, a.table(title, "", rows)))
	}
	list = append(list, ui.LinkList([]ui.Link{{Href: "preferences.html", Text: a.b.T("mailbox.settings.history")}, {Href: "preferences.json", Text: "JSON"}}))
	if err := a.page("index.html", a.b.T("mailbox.export.index", "name", a.whose), a.now, list...); err != nil {
		return err
	}
	return a.zip.Close()
}

// table lists letters; up leads from the page to the index's folder.
func (a *archive) table(caption, up string, rows []archived) web.Component {
	t := ui.TableData{Caption: caption, HideCaption: true, Head: []string{
		a.b.T("mailbox.export.subject"), a.b.T("mailbox.export.who"), a.b.T("mailbox.read.date"), a.b.T("mailbox.read.kind"),
	}}
	for _, r := range rows {
		who, kind := r.who, r.kind
		if r.written {
			who = a.b.T("mailbox.list.to", "org", who)
		}
		if r.waits {
			kind += " · " + a.b.T("mailbox.list.waits")
		} else if r.fresh {
			kind += " · " + a.b.T("mailbox.list.new")
		}
		t.Rows = append(t.Rows, []ui.Cell{{Content: ui.A(ui.Link{Href: up + r.file(), Text: r.subject})}, {Text: who}, {Text: a.at(a.b, r.at)}, {Text: kind}})
	}
	return ui.Table(t)
}

// said writes what was said about letters: how they were to come, since when and why.
func (a *archive) said() error {
	type said struct {
		Channel mailbox.Channel `json:"channel"`
		Basis   mailbox.Basis   `json:"basis"`
		Org     ids.Org         `json:"organisation,omitempty"`
		Terms   string          `json:"terms,omitempty"`
		From    string          `json:"from"`
		Until   string          `json:"until,omitempty"`
	}
	box := struct {
		Opened      string `json:"opened_at"`
		Closed      string `json:"closed_at,omitempty"`
		Terms       string `json:"terms"`
		TellEmail   bool   `json:"told_by_email"`
		TellPhone   bool   `json:"told_by_text_message"`
		Lang        string `json:"lang"`
		MadeAt      string `json:"made_at"`
		Letters     int    `json:"letters"`
		Preferences []said `json:"preferences"`
	}{
		Opened: a.stamp(a.mine.OpenedAt), Closed: a.stamp(a.mine.ClosedAt), Terms: a.mine.Box.Terms, TellEmail: a.mine.TellEmail, TellPhone: a.mine.TellPhone, Lang: string(a.mine.Lang),
		MadeAt: a.stamp(a.now), Letters: len(a.rows), Preferences: []said{},
	}
	for _, p := range a.mine.History {
		box.Preferences = append(box.Preferences, said{p.Channel, p.Basis, p.Org, p.Terms, a.stamp(p.From), a.stamp(p.Until)})
	}
	if err := a.json("preferences.json", a.now, box); err != nil {
		return err
	}
	title := a.b.T("mailbox.settings.history")
	return a.page("preferences.html", title, a.now, settingsFacts{clock: a.clock, Mine: a.mine, Names: a.names}.history(a.b),
		ui.LinkList([]ui.Link{{Href: "index.html", Text: a.b.T("mailbox.export.all")}}))
}
