package mailbox

import (
	"context"
	"slices"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/pdf"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// UnitConsent is how somebody's consent to letters without paper stands at one organisation (S4.8).
type UnitConsent struct {
	// Open says that they have a mailbox: without one a consent changes nothing yet, and letters go on paper.
	Open bool
	// Now is what holds for the organisation's letters, History what was recorded for it alone, the newest first.
	Now     Preference
	History []Preference
}

// Given reports whether a consent that was recorded at the organisation holds.
func (c UnitConsent) Given() bool { return c.Now.Org != "" && c.Now.Channel == Electronic }

// UnitConsent returns how somebody's consent stands at an organisation.
func (s *Service) UnitConsent(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person) (UnitConsent, error) {
	if err := who.May(actor.LetterConsent, actor.Object{Org: o}); err != nil {
		return UnitConsent{}, err
	}
	b, err := s.Store.Box(ctx, p)
	if err != nil {
		return UnitConsent{}, err
	}
	history, err := s.Store.Preferences(ctx, p)
	if err != nil {
		return UnitConsent{}, err
	}
	set, err := s.settings(ctx)
	if err != nil {
		return UnitConsent{}, err
	}
	now := s.Now().Unix()
	c := UnitConsent{Open: b.Open(), Now: PreferenceUnder(PreferenceAt(history, o, now), set, actor.Owner{Person: p}, now)}
	for _, h := range slices.Backward(history) {
		if h.Org == o {
			c.History = append(c.History, h)
		}
	}
	return c, nil
}

// RecordConsent records that somebody agreed, on the printed form or by phone, to an organisation's letters without paper from a local day on. It is added to their history with its basis and with who
// recorded it, and they see it in their mailbox. Faults: NotFound; Invalid at "how" and "from".
func (s *Service) RecordConsent(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person, how How, from org.Date) error {
	return s.recordConsent(ctx, who, o, p, Preference{Channel: Electronic, Basis: Consent, How: how}, from, audit.ConsentRecorded)
}

// EndConsent records that somebody took it back, in the same ways: from that day on the organisation's letters go on paper.
func (s *Service) EndConsent(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person, how How, from org.Date) error {
	return s.recordConsent(ctx, who, o, p, Preference{Channel: Paper, Basis: Wish, How: how}, from, audit.ConsentEnded)
}

func (s *Service) recordConsent(ctx context.Context, who actor.Actor, o ids.Org, p ids.Person, said Preference, from org.Date, action audit.Action) error {
	if err := who.May(actor.LetterConsent, actor.Object{Org: o}); err != nil {
		return err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return err
	}
	now := s.Now()
	var bad []fault.Field
	if !slices.Contains(Hows, said.How) {
		bad = append(bad, fault.Field{Name: "how", Key: "error.field.choose"})
	}
	if from.IsZero() || org.DateOf(now.In(c.Zone())).Before(from) {
		bad = append(bad, fault.Field{Name: "from", Key: "paper.consent.day"})
	}
	if len(bad) > 0 {
		return fault.Invalid("form.invalid", nil, bad...)
	}
	said.Person, said.Org, said.From, said.At, said.ByKind, said.By = p, o, from.At(0, c.Zone()).Unix(), now.Unix(), who.Kind, who.ID()
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutPreference(ctx, said); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, action, audit.OfPerson, string(p), map[string]string{"how": string(said.How)}))
	})
}

// ConsentForm is the form by which somebody agrees to an organisation's letters without paper, to be filled in by hand: two statements to tick, name, identity code, date and signature.
func ConsentForm(p *i18n.Printer, c *catalog.Config) pdf.Document {
	name := c.Org.Name.In(p.Lang())
	d := document(p, name, p.T("paper.consent.form_title"), time.UnixMilli(c.Version)) // so that the same form is the same bytes
	d.Foot = name
	box := p.T("paper.consent.form_box")
	d.Blocks = []pdf.Block{
		pdf.Paragraph{Text: p.T("paper.consent.form_lead", "org", name)}, pdf.Heading{Level: 2, Text: p.T("paper.consent.form_statements")},
		pdf.Tick{Text: p.T("paper.consent.form_electronic", "org", name), Box: box}, pdf.Tick{Text: p.T("paper.consent.form_known"), Box: box},
		pdf.Heading{Level: 2, Text: p.T("paper.consent.form_person")}, pdf.Blank{Label: p.T("common.name")}, pdf.Blank{Label: p.T("paper.consent.form_code")},
		pdf.Blank{Label: p.T("paper.consent.form_signed")}, pdf.Paragraph{Text: p.T("paper.consent.form_return", "address", strings.Join(returnTo(c, p.Lang()), ", "))},
		pdf.Paragraph{Text: p.T("paper.consent.form_end")},
	}
	return d
}

// blankOrg stands in a form where the name of the unit is written by hand.
const blankOrg = "____________________"

// BlankConsentForm is ConsentForm for whom no unit serves yet: the name of the unit is written in by hand, too. Who keeps the mailboxes gives it out.
func BlankConsentForm(p *i18n.Printer, keeper *catalog.Config) pdf.Document {
	d := ConsentForm(p, keeper)
	box := p.T("paper.consent.form_box")
	d.Blocks = []pdf.Block{
		pdf.Paragraph{Text: p.T("paper.consent.form_lead", "org", blankOrg)}, pdf.Blank{Label: p.T("paper.consent.form_unit")}, pdf.Heading{Level: 2, Text: p.T("paper.consent.form_statements")},
		pdf.Tick{Text: p.T("paper.consent.form_electronic", "org", blankOrg), Box: box}, pdf.Tick{Text: p.T("paper.consent.form_known"), Box: box},
		pdf.Heading{Level: 2, Text: p.T("paper.consent.form_person")}, pdf.Blank{Label: p.T("common.name")}, pdf.Blank{Label: p.T("paper.consent.form_code")},
		pdf.Blank{Label: p.T("paper.consent.form_signed")}, pdf.Paragraph{Text: p.T("portal.forms.consent_text")}, pdf.Paragraph{Text: p.T("paper.consent.form_end")},
	}
	return d
}
