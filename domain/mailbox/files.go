package mailbox

import (
	"context"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/org"
)

// LimitsOf are how much an organisation takes with one letter.
func LimitsOf(c *catalog.Config) file.Limits {
	l := file.DefaultLimits
	if n := c.Org.AttachmentsMost; n > 0 {
		l.Files = n
	}
	if n := c.Org.AttachmentMB; n > 0 {
		l.Size = int64(n) * file.MB
	}
	return l
}

// holder is a letter as what has files, from when it is being written.
func holder(l Letter) file.Holder {
	return file.Holder{Org: l.Org, Kind: file.OfLetter, ID: string(l.ID)}
}

// wanted are the attachments that a sender named.
func wanted(c *catalog.Config, list []ids.File) ([]Attachment, error) {
	if most := LimitsOf(c).Files; len(list) > most {
		return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "attachments", Key: "file.too_many", Args: fault.Args{"most": most}})
	}
	out := make([]Attachment, len(list))
	for i, id := range list {
		if slices.Contains(list[:i], id) {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "attachments", Key: "error.field.choose"})
		}
		out[i] = Attachment{ID: id}
	}
	return out, nil
}

func attachment(a file.Attached) Attachment {
	return Attachment{ID: a.ID, Name: a.Name, Type: a.Type, Size: a.Size, Digest: a.DigestHex()}
}

// attach gives a letter the uploads that it names, and says whether all of them are clean. Invalid at "attachments" for one that is not there, or that malware was found in.
func (s *Service) attach(ctx context.Context, tx Tx, l *Letter) (clean bool, err error) {
	if l.of != "" {
		passed, err := s.Files.Pass(ctx, tx, file.Holder{Org: l.Org, Kind: file.OfMailing, ID: string(l.of)}, actor.Owner{}, holder(*l), l.Owner)
		if err != nil {
			return false, err
		}
		l.Files, clean = make([]Attachment, len(passed)), true
		for i, a := range passed {
			l.Files[i] = attachment(a)
			clean = clean && a.State == file.Clean
		}
		return clean, nil
	}
	clean = true
	list := make([]Attachment, len(l.Files)) // a transaction that runs twice begins with what was named
	for i, named := range l.Files {
		a, err := s.Files.Give(ctx, tx, l.Org, named.ID, holder(*l), l.Owner)
		if err == nil && a.State.Bad() {
			err = fault.NotFound("error.not_found")
		}
		if fault.Is(err, fault.KindNotFound) {
			return false, fault.Invalid("form.invalid", nil, fault.Field{Name: "attachments", Key: "letter.no_attachment"})
		}
		if err != nil {
			return false, err
		}
		list[i] = attachment(a)
		clean = clean && a.State == file.Clean
	}
	if len(list) > 0 {
		l.Files = list
	}
	return clean, nil
}

// await takes a letter over that is published when the last of its attachments is clean.
func (s *Service) await(ctx context.Context, tx Tx, who actor.Actor, l Letter) error {
	if err := tx.PutLetter(ctx, l); err != nil {
		return err
	}
	if l.Class != "" {
		if err := tx.PutKept(ctx, Kept{Org: l.Org, Letter: l.ID, OwnerID: l.Owner.ID(), Class: l.Class}); err != nil {
			return err
		}
	}
	return tx.PutEvent(ctx, s.event(l, who, Accepted, l.CreatedAt, ""))
}

// carry has a letter that a person wrote say what is attached to it.
func (s *Service) carry(ctx context.Context, tx Tx, l *Letter) error {
	l.Files = nil
	if s.Files == nil {
		return nil
	}
	list, err := s.Files.Of(ctx, tx, holder(*l), l.Owner)
	if err != nil {
		return err
	}
	for _, a := range list {
		if a.State.Bad() {
			return fault.Invalid("form.invalid", nil, fault.Field{Name: file.Field, Key: "file.remove_bad", Args: fault.Args{"name": a.Name}})
		}
		l.Files = append(l.Files, attachment(a))
	}
	return nil
}

// receiptFiles is what an acknowledgement says of what was attached.
func receiptFiles(p *i18n.Printer, list []Attachment) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n\n" + p.T("mailbox.receipt_files"))
	for _, a := range list {
		b.WriteString("\n" + p.T("mailbox.receipt_file", "name", a.Name, "size", SizeText(p, a.Size), "digest", a.Digest))
	}
	return b.String()
}

// SizeText is a size in words, such as "1.4 MB", rounded up so that nothing has no size.
func SizeText(p *i18n.Printer, size int64) string {
	if size < file.MB {
		return p.T("file.size_kb", "n", (size+1023)/1024)
	}
	tenths := (size*10 + file.MB - 1) / file.MB
	if tenths%10 == 0 {
		return p.T("file.size_mb_whole", "n", tenths/10)
	}
	return p.T("file.size_mb", "n", tenths/10, "tenth", tenths%10)
}

// Settle looks at a letter after the scanner was done with one of its attachments: when all are clean it is published, whichever way its recipient can be reached by then; when one is
// not, it is refused, and the sender hears of it. What a person wrote was published before: they are told which attachment could not be taken. Asked again it does nothing more.
func (s *Service) Settle(ctx context.Context, h file.Holder) error {
	if h.Kind != file.OfLetter {
		return nil
	}
	c, err := s.Store.Config(ctx, h.Org)
	if err != nil {
		return err
	}
	set, err := s.settings(ctx)
	if err != nil {
		return err
	}
	err = s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		l, err := tx.SentLetter(ctx, h.Org, ids.Letter(h.ID))
		if fault.Is(err, fault.KindNotFound) {
			return nil // a draft
		}
		if err != nil {
			return err
		}
		files, _, err := tx.FilesOf(ctx, h)
		if err != nil {
			return err
		}
		if l.Inward {
			return s.refuseFiles(ctx, tx, c, l, files)
		}
		return s.settle(ctx, tx, c, set, l, files)
	})
	if err == nil {
		s.committed()
	}
	return err
}

func (s *Service) settle(ctx context.Context, tx Tx, c *catalog.Config, set Settings, stored Stored, files []file.File) error {
	l, st, who, now := stored.Letter, stored.Stand(), actor.System("mailbox"), s.Now().Unix()
	if st.Published > 0 || st.Recalled > 0 || st.Refused > 0 || st.Expired > 0 || !awaiting(l, st) {
		return nil
	}
	clean := true
	for _, f := range files {
		if f.State.Bad() {
			return s.refuse(ctx, tx, l, "", now)
		}
		clean = clean && f.State == file.Clean
	}
	if !clean {
		return nil
	}
	// Whether somebody acts for a company was asked when the letter was taken over.
	b, way, err := s.reach(ctx, tx, l.Org, found{Owner: l.Owner, Manned: l.Owner.Company == "" || l.Channel == Electronic, Set: set}, now)
	if err != nil {
		return err
	}
	l.PublishAt, l.ConfirmBy, l.Channel = now, 0, Paper
	if way == OnPaper {
		if err := tx.PublishLetter(ctx, l); err != nil {
			return err
		}
		if err := tx.PutPrint(ctx, l.Org, l.ID, now); err != nil {
			return err
		}
		return tx.PutEvent(ctx, s.event(l, who, Checked, now, ""))
	}
	rule, _ := RuleOn(s.Rules, c.Org.Country, l.Mode, org.DateOf(time.Unix(now, 0).In(c.Zone())))
	l.Channel, l.ConfirmBy = Electronic, ConfirmBy(rule, now, c.Zone())
	if err := tx.PublishLetter(ctx, l); err != nil {
		return err
	}
	if err := tx.PutEvent(ctx, s.event(l, who, Published, now, "")); err != nil {
		return err
	}
	k, err := tx.Kept(ctx, l.Org, l.ID)
	if err != nil && !fault.Is(err, fault.KindNotFound) {
		return err
	}
	l.Class, l.Files = k.Class, make([]Attachment, len(files)) // what it says is sealed: how many there are is all that is asked here
	if err := s.keep(ctx, tx, c, l); err != nil {
		return err
	}
	if err := awaited(ctx, tx, l); err != nil {
		return err
	}
	if told, err := anyTold(ctx, tx, l.Owner, b); err != nil || !told {
		return err
	}
	told := TellArgs{Org: l.Org, Letter: l.ID}
	if err := tx.PutTelling(ctx, told, now); err != nil {
		return err
	}
	return tx.PutReminder(ctx, told, RemindAt(l, set.RemindDays), now)
}

// awaiting reports whether a letter that an authority sent was taken over and goes no way yet.
func awaiting(l Letter, s Standing) bool {
	return !l.Inward && s.Published == 0 && s.Checked == 0 && s.Printing == 0 && s.Recalled == 0 && s.Refused == 0
}

// refuse writes down that malware was found in an attachment of a letter.
func (s *Service) refuse(ctx context.Context, tx Tx, l Letter, detail string, now int64) error {
	who := actor.System("mailbox")
	if err := tx.PutEvent(ctx, s.event(l, who, Refused, now, detail)); err != nil {
		return err
	}
	return tx.Audit(ctx, s.entry(l.Org, who, audit.LetterRefused, "letter", string(l.ID), nil))
}

// refuseFiles tells who wrote a letter of the attachments that could not be taken, of each once.
func (s *Service) refuseFiles(ctx context.Context, tx Tx, c *catalog.Config, l Stored, files []file.File) error {
	for _, f := range files {
		told := slices.ContainsFunc(l.Events, func(e Event) bool { return e.What == Refused && e.Detail == string(f.ID) })
		if !f.State.Bad() || told {
			continue
		}
		now := s.Now().Unix()
		if err := s.refuse(ctx, tx, l.Letter, string(f.ID), now); err != nil {
			return err
		}
		list, err := s.Files.Of(ctx, tx, holder(l.Letter), l.Owner)
		if err != nil {
			return err
		}
		name := ""
		for _, a := range list {
			if a.ID == f.ID {
				name = a.Name
			}
		}
		p := s.Texts.Printer(l.Lang)
		told2 := Letter{
			Org: l.Org, ID: s.Gen.Letter(), Owner: l.Owner, Thread: l.Thread, Kind: Receipt, Mode: Ordinary, Lang: l.Lang, CreatedAt: now, PublishAt: now, Channel: Electronic,
			Content: Content{Subject: p.T("mailbox.refused_subject"), Body: p.T("mailbox.refused_body", "org", c.Org.Name.In(l.Lang), "name", name)},
		}
		if err := s.sealed(ctx, tx, &told2, nil); err != nil {
			return err
		}
		if err := s.publish(ctx, tx, c, actor.System("mailbox"), told2); err != nil {
			return err
		}
	}
	return nil
}

// FilesOf returns what is attached to one of the actor's letters, in its order. Faults: NotFound; Conflict "letter.unconfirmed" before a letter is confirmed that asks for it.
func (s *Service) FilesOf(ctx context.Context, who actor.Actor, id ids.Letter) ([]file.Attached, error) {
	l, err := s.mineToOpen(ctx, who, id)
	if err != nil {
		return nil, err
	}
	return s.filesOf(ctx, l.Letter)
}

// OpenFile opens an attachment of one of the actor's letters; that it was opened is in the log. Close it. Faults as FilesOf, NotFound, and Conflict "file.closed" for one that no
// scanner has found clean.
func (s *Service) OpenFile(ctx context.Context, who actor.Actor, id ids.Letter, f ids.File) (file.Attached, *file.Content, error) {
	l, err := s.mineToOpen(ctx, who, id)
	if err != nil {
		return file.Attached{}, nil, err
	}
	return s.openFile(ctx, who, l.Letter, f)
}

// mineToOpen is a letter of the actor's that shows what it says.
func (s *Service) mineToOpen(ctx context.Context, who actor.Actor, id ids.Letter) (Stored, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return Stored{}, err
	}
	l, err := s.visible(ctx, s.Store, of, id)
	if err == nil && l.Stand().Sealed(l.Letter) {
		err = fault.Conflict("letter.unconfirmed", nil)
	}
	return l, err
}

// filesOf returns what is attached to a letter. Whose right it is has been asked.
func (s *Service) filesOf(ctx context.Context, l Letter) ([]file.Attached, error) {
	if s.Files == nil {
		return nil, nil
	}
	return s.Files.Of(ctx, s.Files.Store, holder(l), l.Owner)
}

// openFile opens an attachment of a letter, and puts that into the log. Whose right it is has been asked.
func (s *Service) openFile(ctx context.Context, who actor.Actor, l Letter, id ids.File) (file.Attached, *file.Content, error) {
	list, err := s.filesOf(ctx, l)
	if err != nil {
		return file.Attached{}, nil, err
	}
	i := slices.IndexFunc(list, func(a file.Attached) bool { return a.ID == id })
	if i < 0 {
		return file.Attached{}, nil, fault.NotFound("error.not_found")
	}
	in, err := s.Files.Open(list[i])
	if err != nil {
		return list[i], nil, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Audit(ctx, s.entry(l.Org, who, audit.LetterFileOpened, "letter", string(l.ID), map[string]string{"file": string(id)}))
	})
	if err != nil {
		_ = in.Close()
		return list[i], nil, err
	}
	return list[i], in, nil
}
