package mailbox

import (
	"cmp"
	"context"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/pdf"
	"luukku/domain/actor"
	"luukku/domain/catalog"
)

// LetterDocument is a letter as it is printed, in its own language: the address of the recipient in the window, the sender, date and reference beside it, and what it says. One that was to be
// confirmed and was not says since when it lay in the mailbox. What is attached is named below; left are the files that do not go along on paper, with how to get them.
func LetterDocument(p *i18n.Printer, c *catalog.Config, l Stored, left ...ids.File) pdf.Document {
	name := c.Org.Name.In(l.Lang)
	at := func(unix int64) time.Time { return time.Unix(unix, 0).In(c.Zone()) }
	d := document(p, name, l.Subject, at(l.CreatedAt))
	d.Foot = strings.TrimSuffix(name+" · "+l.Ref, " · ")
	d.Address = &pdf.Address{Window: pdf.DIN5008B, Lines: l.Post, Return: strings.Join(returnTo(c, l.Lang), ", ")}
	beside := func(key, value string) {
		if value != "" {
			d.Address.Beside = append(d.Address.Beside, pdf.Fact{Name: p.T(key), Value: value})
		}
	}
	beside("paper.date", p.ShortDate(at(l.CreatedAt)))
	beside("paper.ref", l.Ref)
	beside("paper.number", string(l.ID))
	beside("paper.phone", c.Org.Phone)
	d.Blocks = []pdf.Block{pdf.Paragraph{Text: l.Body}}
	if st := l.Stand(); st.Unserved > 0 {
		d.Blocks = append(d.Blocks, pdf.Paragraph{Text: p.T("paper.unserved", "from", p.ShortDate(at(l.PublishAt)), "until", p.ShortDate(at(l.ConfirmBy)))})
	}
	d.Blocks = append(d.Blocks, enclosed(p, c, l, left)...)
	return d
}

// document is one of the house in a printer's language.
func document(p *i18n.Printer, from, title string, at time.Time) pdf.Document {
	lang, _ := i18n.Lookup(string(p.Lang()))
	return pdf.Document{
		Title: title, Lang: lang.BCP47, Author: from, At: at,
		Page: func(n, of int) string { return p.T("paper.page", "n", n, "of", of) },
	}
}

// returnTo is where post comes back to: the organisation at the first of its offices that has an address.
func returnTo(c *catalog.Config, l i18n.Lang) []string {
	lines := []string{c.Org.Name.In(l)}
	for _, o := range c.Offices {
		if o.Postcode != "" {
			return append(lines, o.Street.In(l), o.Postcode+" "+o.Town.In(l))
		}
	}
	return lines
}

// Delivery is what a receipt of a letter says beside how the letter stands.
type Delivery struct {
	// Recipient is the name of whose letter it is; empty leaves it out, as for the sender, who learns nothing about them that they did not know.
	Recipient string
	// At is when the receipt is made.
	At int64
}

// ReceiptDocument is the receipt of a letter: who sent it, when it was handed over, when it could be read and when its arrival was confirmed, each to the second, by whom, and when it counts as
// served by which rule. It has nothing of what the letter says but its digest.
func ReceiptDocument(p *i18n.Printer, c *catalog.Config, s Shown, by Delivery) pdf.Document {
	d := document(p, c.Org.Name.In(p.Lang()), p.T("paper.receipt.title"), time.Unix(by.At, 0))
	var facts pdf.Facts
	add := func(key, value string) {
		if value != "" {
			facts = append(facts, pdf.Fact{Name: p.T(key), Value: value})
		}
	}
	moment := func(unix int64) string {
		if unix == 0 {
			return ""
		}
		t := time.Unix(unix, 0).In(c.Zone())
		return p.T("paper.receipt.moment", "date", p.ShortDate(t), "time", t.Format("15:04:05"), "zone", t.Format("UTC-07:00"))
	}
	add("paper.receipt.sender", c.Org.Name.In(p.Lang()))
	add("paper.receipt.kind", p.T("mailbox.kind."+string(s.Kind)))
	add("paper.number", string(s.ID))
	add("paper.ref", s.Ref)
	add("paper.receipt.mode", p.T("paper.receipt.mode_"+string(s.Mode)))
	add("paper.receipt.accepted", moment(s.CreatedAt))
	add("paper.receipt.published", moment(s.Standing.Published))
	if s.Mode == Verifiable {
		add("paper.receipt.confirmed", cmp.Or(moment(s.Standing.Confirmed), p.T("paper.receipt.not_yet")))
	}
	for _, e := range s.Events {
		if e.What == Confirmed {
			add("paper.receipt.by", cmp.Or(by.Recipient, p.T("paper.receipt.by_recipient")))
			if name := levelNames[e.Level]; name != "" {
				add("paper.receipt.level", p.T("paper.receipt.level_"+name))
			}
			break
		}
	}
	add("paper.receipt.read", cmp.Or(moment(s.Standing.Read), p.T("paper.receipt.not_yet")))
	add("paper.receipt.served", servedText(p, c, s.Served))
	add("paper.receipt.digest", s.DigestHex())
	add("paper.receipt.made", moment(by.At))
	d.Blocks = []pdf.Block{pdf.Paragraph{Text: p.T("paper.receipt.lead")}, facts}
	return d
}

var levelNames = map[actor.Level]string{actor.LevelLow: "low", actor.LevelSubstantial: "substantial", actor.LevelHigh: "high"}

func servedText(p *i18n.Printer, c *catalog.Config, s Served) string {
	switch {
	case s.Rule.Source == "":
		return ""
	case s.On.IsZero():
		return p.T("paper.receipt.served_open")
	case s.Presumed:
		return p.T("paper.receipt.served_presumed", "date", p.ShortDate(s.On.At(720, c.Zone())), "source", s.Rule.Source)
	}
	return p.T("paper.receipt.served_act", "date", p.ShortDate(s.On.At(720, c.Zone())), "source", s.Rule.Source)
}

// LetterPDF is one of the actor's letters as a document, recorded as read; one that waits to be confirmed is not given out. Faults: NotFound; Conflict "letter.unconfirmed".
func (s *Service) LetterPDF(ctx context.Context, who actor.Actor, id ids.Letter) (pdf.File, error) {
	l, err := s.Letter(ctx, who, id)
	if err != nil {
		return pdf.File{}, err
	}
	if l.Standing.Sealed(l.Letter) {
		return pdf.File{}, fault.Conflict("letter.unconfirmed", nil)
	}
	c, err := s.Store.Config(ctx, l.Org)
	if err != nil {
		return pdf.File{}, err
	}
	return LetterDocument(s.Texts.Printer(l.Lang), c, l.Stored).Write()
}

// ReceiptPDF is the receipt of one of the actor's letters, in a language. Only what an authority sent has one.
func (s *Service) ReceiptPDF(ctx context.Context, who actor.Actor, id ids.Letter, lang i18n.Lang) (pdf.File, error) {
	of, err := s.owner(ctx, who)
	if err != nil {
		return pdf.File{}, err
	}
	l, err := s.visible(ctx, s.Store, of, id)
	if err != nil {
		return pdf.File{}, err
	}
	if l.Inward || l.Kind == Welcome || l.Kind == Receipt {
		return pdf.File{}, fault.NotFound("error.not_found")
	}
	account, err := s.People.Mine(ctx, who)
	if err != nil {
		return pdf.File{}, err
	}
	return s.receipt(ctx, l, lang, account.Name)
}

// SentReceiptPDF is the receipt of a letter that an organisation sent, for it, in a language. It does not name the recipient, whom the sender knows.
func (s *Service) SentReceiptPDF(ctx context.Context, who actor.Actor, o ids.Org, id ids.Letter, lang i18n.Lang) (pdf.File, error) {
	l, err := s.SentLetter(ctx, who, o, id)
	if err != nil {
		return pdf.File{}, err
	}
	return s.receipt(ctx, l.Stored, lang, "")
}

func (s *Service) receipt(ctx context.Context, l Stored, lang i18n.Lang, name string) (pdf.File, error) {
	c, err := s.Store.Config(ctx, l.Org)
	if err != nil {
		return pdf.File{}, err
	}
	served, err := s.served(ctx, c, l)
	if err != nil {
		return pdf.File{}, err
	}
	return ReceiptDocument(s.Texts.Printer(lang), c, Shown{Stored: l, Standing: l.Stand(), Served: served}, Delivery{Recipient: name, At: s.Now().Unix()}).Write()
}

// PaperState is how a letter of a batch stands for who prints it.
type PaperState string

// The states. Gone says that what the letter said was erased: there is nothing to print.
const (
	ToBePrinted  PaperState = "to_print"
	IsPrinted    PaperState = "printed"
	IsPosted     PaperState = "posted"
	HasReturned  PaperState = "returned"
	WasRecalled  PaperState = "recalled"
	ContentsGone PaperState = "gone"
)

// PaperStateOf is how a letter stands for who prints it; the letter is one that Batch opened.
func PaperStateOf(l Stored) PaperState {
	st := l.Stand()
	switch {
	case st.Recalled > 0:
		return WasRecalled
	case st.Returned > 0:
		return HasReturned
	case st.Posted > 0:
		return IsPosted
	case st.Printed > 0:
		return IsPrinted
	case l.Body == "":
		return ContentsGone
	}
	return ToBePrinted
}

// BatchLetterPDF is one letter of a batch as it is printed, without what is attached to it. Letters that were printed already are given out until they are posted: a printer may have torn one. NotFound for a
// letter that is not in the batch, and for what is not to be printed any more.
func (s *Service) BatchLetterPDF(ctx context.Context, who actor.Actor, o ids.Org, batch ids.PrintBatch, id ids.Letter) (pdf.File, error) {
	a, err := s.LetterArchive(ctx, who, o, batch, id)
	if err != nil {
		return pdf.File{}, err
	}
	l := a.letters[0]
	files, err := s.papers(ctx, l)
	if err != nil {
		return pdf.File{}, err
	}
	return LetterDocument(s.Texts.Printer(l.Lang), a.config, l, left(files)...).Write()
}
