package mailbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/base/sheet"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
)

// MailingState is how far a letter to many has come.
type MailingState string

// The states of a mailing: looked through, and sent by nobody yet; being sent; sent.
const (
	MailingChecked MailingState = "checked"
	MailingSending MailingState = "sending"
	MailingDone    MailingState = "done"
)

// RowState is what became of a row.
type RowState string

// The states of a row.
const (
	RowWaits RowState = "waits"
	RowSent  RowState = "sent"
	RowWrong RowState = "wrong" // it cannot be sent
)

// Mailing is a letter that one of the staff sends to many people of a list, each with their own words in it.
type Mailing struct {
	Org   ids.Org
	ID    ids.Mailing
	State MailingState
	Kind  Kind
	Mode
	Lang   i18n.Lang
	Reply  bool
	MadeAt int64
	By     ids.Staff
	// Content is the letter with places for the words of each row, such as {amount}.
	Content
	Sealed []byte
	// Counts are how many rows there are of each state and way.
	Counts map[RowState]map[Reach]int
}

// Count is how many rows are in a state, whatever way they go.
func (m Mailing) Count(s RowState) int {
	return m.Counts[s][Reachable] + m.Counts[s][OnPaper] + m.Counts[s][""]
}

// MailingRow is one recipient of a mailing.
type MailingRow struct {
	Org     ids.Org
	Mailing ids.Mailing
	// Line is the line of the file.
	Line  int
	State RowState
	// Way is how the letter goes: as it looked when the list was looked through, and once it is sent, how it went.
	Way Reach
	// Why is the key of what is wrong with it.
	Why    string
	Letter ids.Letter
	Sealed []byte
}

// addressed is what a row holds.
type addressed struct {
	Kind natid.Kind        `json:"kind"`
	Code string            `json:"code"`
	Post []string          `json:"post"`
	Said map[string]string `json:"said"` // the words of the row, by the names of the places
}

// TaskMailing is the kind of the task that sends a mailing.
const TaskMailing = "fanout.letters"

// MailingArgs are its arguments.
type MailingArgs struct {
	Org     ids.Org     `json:"org"`
	Mailing ids.Mailing `json:"mailing"`
}

// MostMailing is how many rows a list may have.
const MostMailing = 5000

// MailingColumns are the columns that a list must have; address2 and any others may be there, and stand in the letter where their name is in braces.
var MailingColumns = []string{"identifier", "name", "address", "postcode", "town"}

// placeForm is the place of a word in a letter to many.
var placeForm = regexp.MustCompile(`\{([a-z][a-z0-9_]{0,30})\}`)

// MailingRequest is a letter and a list of those who are to get it.
type MailingRequest struct {
	Org  ids.Org
	Kind Kind
	Mode Mode
	Lang i18n.Lang
	Content
	Reply bool
	// List is a table with MailingColumns.
	List string
	// Attachments are uploads of the organisation that everybody gets.
	Attachments []ids.File
	Key         ids.FormKey
}

// IdentifierKind is the kind of national identifier that people of a country have.
func IdentifierKind(country string) natid.Kind {
	switch country {
	case "SE":
		return natid.SwedishNumber
	case "CZ":
		return natid.CzechNumber
	}
	return natid.FinnishCode
}

// Check looks a list through without sending anything, and keeps it: who can be reached, whose letter goes on paper, and which rows are wrong and why, by the numbers of their lines. Looked
// through again under its key it is the same one. Faults: NotFound; Invalid with the fields, at "csv" what is wrong with the whole list.
func (s *Service) Check(ctx context.Context, who actor.Actor, r MailingRequest) (ids.Mailing, error) {
	if err := who.May(actor.LetterSend, actor.Object{Org: r.Org}); err != nil {
		return "", err
	}
	now := s.Now().Unix()
	one := SendRequest{Org: r.Org, Kind: r.Kind, Mode: r.Mode, Lang: r.Lang, Content: r.Content, Reply: r.Reply, Key: r.Key}
	var bad []fault.Field
	if err := one.check(now); err != nil {
		bad = fault.Of(err).Fields
	}
	lines, err := sheet.Read(r.List, MostMailing, MailingColumns...)
	if err != nil {
		f := fault.Of(err)
		bad = append(bad, fault.Field{Name: "csv", Key: f.Key, Args: f.Args})
	}
	if len(bad) > 0 {
		return "", fault.Invalid("form.invalid", nil, bad...)
	}
	c, err := s.Store.Config(ctx, r.Org)
	if err != nil {
		return "", err
	}
	m := Mailing{
		Org: r.Org, ID: s.Gen.Mailing(), State: MailingChecked, Kind: r.Kind, Mode: r.Mode, Lang: r.Lang, Reply: r.Reply, MadeAt: now, By: who.Staff, Content: r.Content,
	}
	if m.Files, err = s.wantedOfMany(ctx, c, r.Attachments); err != nil {
		return "", err
	}
	rows, err := s.lookThrough(ctx, c, m, lines)
	if err != nil {
		return "", err
	}
	if m.Sealed, err = s.sealJSON(m.Content, mailingPlace(m)); err != nil {
		return "", err
	}
	var used string
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		sum := digest(r.Kind, r.Mode, r.Lang, r.Subject, r.Body, r.Reply, r.List, r.Attachments)
		earlier, again, err := tx.UseForm(ctx, r.Org, r.Key, "mailing", sum, string(m.ID), now+formLife)
		if used = ""; again || err != nil {
			used = earlier
			return err
		}
		if err := tx.PutMailing(ctx, m, rows); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(r.Org, who, audit.MailingChecked, "mailing", string(m.ID), map[string]string{"rows": strconv.Itoa(len(rows))}))
	})
	if used != "" {
		return ids.Mailing(used), err
	}
	return m.ID, err
}

// wantedOfMany are the attachments of a letter to many, with what they are.
func (s *Service) wantedOfMany(ctx context.Context, c *catalog.Config, list []ids.File) ([]Attachment, error) {
	files, err := wanted(c, list)
	if err != nil || len(files) == 0 {
		return nil, err
	}
	held, err := s.Files.Holding(ctx, c.Org.ID, list)
	if err == nil && (len(held) < len(list) || slices.ContainsFunc(held, func(a file.Attached) bool { return a.State.Bad() })) {
		err = fault.Invalid("form.invalid", nil, fault.Field{Name: "attachments", Key: "letter.no_attachment"})
	}
	for i, a := range held {
		files[i] = attachment(a)
	}
	return files, err
}

// keepFiles has a mailing that is begun hold its attachments, until it is done: however long that takes, all get the same. Conflict "mailing.files_waiting" before all are clean, and
// "mailing.files_gone" when one can be attached no more.
func (s *Service) keepFiles(ctx context.Context, tx Tx, m Mailing) error {
	for _, f := range m.Files {
		a, err := s.Files.Give(ctx, tx, m.Org, f.ID, m.holder(), actor.Owner{})
		switch {
		case fault.Is(err, fault.KindNotFound), err == nil && a.State.Bad():
			return fault.Conflict("mailing.files_gone", nil)
		case err != nil:
			return err
		case a.State != file.Clean:
			return fault.Conflict("mailing.files_waiting", nil)
		}
	}
	return nil
}

func (m Mailing) holder() file.Holder {
	return file.Holder{Org: m.Org, Kind: file.OfMailing, ID: string(m.ID)}
}

// lookThrough says of each line how it would go, or what is wrong with it.
func (s *Service) lookThrough(ctx context.Context, c *catalog.Config, m Mailing, lines []sheet.Line) ([]MailingRow, error) {
	seen := map[natid.Secret]bool{}
	var places []string
	for _, found := range placeForm.FindAllStringSubmatch(m.Subject+"\n"+m.Body, -1) {
		places = append(places, found[1])
	}
	rows := make([]MailingRow, len(lines))
	for i, line := range lines {
		row := MailingRow{Org: m.Org, Mailing: m.ID, Line: line.N, State: RowWaits}
		a, why := s.address(c.Org.Country, line, places)
		if why == "" && seen[natid.Secret(a.Code)] {
			why = "mailing.twice"
		}
		if why == "" {
			_, err := m.fill(a)
			why = wrongWith(err)
		}
		if why != "" {
			row.State, row.Why = RowWrong, why
			rows[i] = row
			continue
		}
		seen[natid.Secret(a.Code)] = true
		to, err := s.recipient(ctx, m.Org, Recipient{Kind: a.Kind, Code: natid.Secret(a.Code)})
		if err != nil {
			return nil, err
		}
		if _, row.Way, err = s.reach(ctx, s.Store, m.Org, to, m.MadeAt); err != nil {
			return nil, err
		}
		if row.Sealed, err = s.sealJSON(a, rowPlace(row)); err != nil {
			return nil, err
		}
		rows[i] = row
	}
	return rows, nil
}

// address is what a line says, or the key of what is wrong with it.
func (s *Service) address(country string, line sheet.Line, places []string) (a addressed, why string) {
	if line.Fault != nil {
		return a, fault.Of(line.Fault).Key
	}
	a = addressed{Kind: IdentifierKind(country), Said: map[string]string{}}
	code, err := natid.Parse(a.Kind, strings.Join(strings.Fields(line.Value("identifier")), ""), natid.Options{Test: s.TestCodes, Year: s.Now().Year()})
	if err != nil {
		return a, "mailing.bad_identifier"
	}
	a.Kind, a.Code = natid.Sort(a.Kind, code), code.Reveal()
	town := strings.TrimSpace(line.Value("postcode") + " " + line.Value("town"))
	for _, post := range []string{line.Value("name"), line.Value("address"), line.Value("address2"), town} {
		if post != "" {
			a.Post = append(a.Post, post)
		}
	}
	if line.Value("name") == "" || line.Value("address") == "" || line.Value("town") == "" {
		return a, "mailing.bad_address"
	}
	for _, p := range places {
		if a.Said[p] = line.Value(p); a.Said[p] == "" {
			return a, "mailing.empty_place"
		}
	}
	return a, ""
}

// fill is the letter of a row.
func (m Mailing) fill(a addressed) (Content, error) {
	put := func(text string) string {
		return placeForm.ReplaceAllStringFunc(text, func(place string) string { return a.Said[strings.Trim(place, "{}")] })
	}
	c := Content{Subject: put(m.Subject), Body: put(m.Body), Post: a.Post}
	return c, c.check()
}

// wrongWith is the key of what is wrong with the letter of a row.
func wrongWith(err error) string {
	switch f := fault.Of(err); {
	case err == nil:
		return ""
	case slices.ContainsFunc(f.Fields, func(x fault.Field) bool { return x.Name == "post" }):
		return "mailing.bad_address"
	}
	return "mailing.bad_words"
}

// Mailing returns a mailing, its words opened, with the rows that are wrong.
func (s *Service) Mailing(ctx context.Context, who actor.Actor, o ids.Org, id ids.Mailing) (Mailing, []MailingRow, error) {
	if err := who.May(actor.LetterSend, actor.Object{Org: o}); err != nil {
		return Mailing{}, nil, err
	}
	m, err := s.Store.Mailing(ctx, o, id)
	if err == nil {
		err = s.openJSON(m.Sealed, mailingPlace(m), &m.Content)
	}
	if err != nil {
		return m, nil, err
	}
	wrong, err := s.Store.WrongRows(ctx, o, id, 200)
	return m, wrong, err
}

// Mailings are the newest of an organisation, without their words.
func (s *Service) Mailings(ctx context.Context, who actor.Actor, o ids.Org) ([]Mailing, error) {
	if err := who.May(actor.LetterSend, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	return s.Store.Mailings(ctx, o, 50)
}

// Start has a mailing sent that was looked through. Started twice it is sent once. Faults: NotFound; Conflict as keepFiles.
func (s *Service) Start(ctx context.Context, who actor.Actor, o ids.Org, id ids.Mailing) error {
	if err := who.May(actor.LetterSend, actor.Object{Org: o}); err != nil {
		return err
	}
	m, err := s.Store.Mailing(ctx, o, id)
	if err == nil {
		err = s.openJSON(m.Sealed, mailingPlace(m), &m.Content)
	}
	if err != nil {
		return err
	}
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		m.State = MailingChecked
		if ok, err := tx.SetMailing(ctx, m, MailingSending); err != nil || !ok {
			return err
		}
		if err := s.keepFiles(ctx, tx, m); err != nil {
			return err
		}
		if err := tx.PutMailingTask(ctx, MailingArgs{Org: o, Mailing: id}, s.Now().Unix()); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, audit.MailingStarted, "mailing", string(id), map[string]string{"rows": strconv.Itoa(m.Count(RowWaits))}))
	})
	if err == nil {
		s.committed()
	}
	return err
}

// MailingDays is for how many days a list is kept that was looked through and not sent.
const MailingDays = 14

// MailingGoneAt is the first second in which a list is deleted that was looked through at a moment and never sent.
func MailingGoneAt(made int64) int64 { return made + MailingDays*24*60*60 + 1 }

// SweepMailings deletes lists that nobody sent in MailingDays, with everybody's words in them, at most so many of an organisation, and counts them. One that is sent in the same moment is sent.
func (s *Service) SweepMailings(ctx context.Context, most int) (done int, err error) {
	list, err := s.Store.MailingsUnsent(ctx, s.Now().Unix()-(MailingGoneAt(0)-1), most)
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, a := range list {
		err := s.inTx(ctx, func(ctx context.Context, tx Tx) error {
			if ok, err := tx.DropMailing(ctx, a); err != nil || !ok {
				return err
			}
			if err := tx.DropLinks(ctx, Mailing{Org: a.Org, ID: a.Mailing}.holder(), s.Now().Unix()); err != nil {
				return err
			}
			return tx.Audit(ctx, s.entry(a.Org, actor.System("mailbox"), audit.MailingExpired, "mailing", string(a.Mailing), nil))
		})
		if err != nil {
			failed = append(failed, err)
			continue
		}
		done++
	}
	return done, errors.Join(failed...)
}

// mostAtOnce is how many letters of a mailing are sent before others have their turn.
const mostAtOnce = 100

// SendSome sends some letters of a mailing, each with its row in one transaction: killed in between, it goes on where it was, and nobody gets two. more says that there are more.
func (s *Service) SendSome(ctx context.Context, a MailingArgs) (more bool, err error) {
	m, err := s.Store.Mailing(ctx, a.Org, a.Mailing)
	if fault.Is(err, fault.KindNotFound) {
		return false, nil
	}
	if err == nil {
		err = s.openJSON(m.Sealed, mailingPlace(m), &m.Content)
	}
	if err != nil || m.State != MailingSending {
		return false, err
	}
	c, err := s.Store.Config(ctx, a.Org)
	if err != nil {
		return false, err
	}
	rows, err := s.Store.RowsToSend(ctx, a.Org, a.Mailing, mostAtOnce)
	if err != nil {
		return false, err
	}
	for _, row := range rows {
		if err := s.sendRow(ctx, c, m, row); err != nil {
			return false, err
		}
	}
	s.committed()
	if len(rows) == mostAtOnce {
		return true, nil
	}
	return false, s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		if ok, err := tx.SetMailing(ctx, m, MailingDone); err != nil || !ok || len(m.Files) == 0 {
			return err
		}
		return tx.DropLinks(ctx, m.holder(), s.Now().Unix())
	})
}

// sendRow sends the letter of a row, unless something has become of the row already.
func (s *Service) sendRow(ctx context.Context, c *catalog.Config, m Mailing, row MailingRow) error {
	var a addressed
	if err := s.openJSON(row.Sealed, rowPlace(row), &a); err != nil {
		return err
	}
	content, err := m.fill(a)
	if err != nil {
		return err
	}
	to, err := s.recipient(ctx, m.Org, Recipient{Kind: a.Kind, Code: natid.Secret(a.Code)})
	if err != nil {
		return err
	}
	now := s.Now().Unix()
	l := Letter{
		Org: m.Org, ID: s.Gen.Letter(), Owner: to.Owner, Kind: m.Kind, Mode: m.Mode, Lang: m.Lang, Reply: m.Reply, CreatedAt: now, PublishAt: now, Content: content,
	}
	if l.Thread = l.ID; len(m.Files) > 0 {
		l.of = m.ID
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		done := row
		done.State, done.Letter = RowSent, l.ID
		var err error
		if _, done.Way, err = s.reach(ctx, tx, m.Org, to, now); err != nil {
			return err
		}
		if ok, err := tx.SettleRow(ctx, done); err != nil || !ok {
			return err
		}
		_, err = s.deliver(ctx, tx, c, actor.Actor{Kind: actor.KindStaff, Staff: m.By}, to, l)
		return err
	})
}

func mailingPlace(m Mailing) seal.Place {
	return seal.Place{Table: "mailing", Column: "content", Row: string(m.Org) + "/" + string(m.ID)}
}

func rowPlace(r MailingRow) seal.Place {
	return seal.Place{Table: "mailing_row", Column: "content", Row: string(r.Org) + "/" + string(r.Mailing) + "/" + strconv.Itoa(r.Line)}
}

func (s *Service) sealJSON(v any, at seal.Place) ([]byte, error) {
	b, err := json.Marshal(v)
	if err == nil {
		b, err = s.Seals.Seal(b, at)
	}
	if err != nil {
		return nil, fmt.Errorf("seal a letter to many: %w", err)
	}
	return b, nil
}

func (s *Service) openJSON(sealed []byte, at seal.Place, into any) error {
	b, err := s.Seals.Open(sealed, at)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		return fmt.Errorf("open a letter to many: %w", err)
	}
	return nil
}
