package eservice

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
)

// Contact is how somebody can be reached for whom the office fills in a form, and whom nothing else is known of: what they said.
type Contact struct {
	Name  string   `json:"name,omitempty"`
	Post  []string `json:"post,omitempty"` // the lines of an address, as on an envelope
	Phone string   `json:"phone,omitempty"`
	Email string   `json:"email,omitempty"`
}

// IsZero reports whether there is nothing.
func (c *Contact) IsZero() bool {
	return c == nil || c.Name == "" && len(c.Post) == 0 && c.Phone == "" && c.Email == ""
}

// Behalf is for whom one of the staff fills in a form: somebody of an identifier, the company or association of a number, or whoever the contact names.
type Behalf struct {
	Kind    natid.Kind
	Code    natid.Secret
	Coded   bool // Code is one
	Company BehalfCompany
	Contact Contact
}

// BehalfCompany is a company by its number; its name and kind make one known that is not yet.
type BehalfCompany struct {
	Number, Name string
	Kind         identity.CompanyKind
}

// known reports whether it is for somebody whom a register knows, so that nothing else has to be said of them.
func (b Behalf) known() bool { return b.Coded || b.Company.Number != "" }

// suits says whether a form is for them: one for companies alone is filled in for a company, and one for people alone for none. Invalid with the field.
func (b Behalf) suits(f *catalog.Form) error {
	wrong := func(name, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key})
	}
	company := b.Company.Number != ""
	switch {
	case company && b.Coded:
		return wrong("number", "eform.desk.one_of_two")
	case company && !f.For(catalog.ForCompanies):
		return wrong("number", "eform.desk.for_people")
	case !company && !f.For(catalog.ForPersons):
		return wrong("number", "eform.desk.for_companies")
	}
	return nil
}

// mostName is how long a name, a number and an address of a contact can be, in characters.
const mostName = 200

// clean is the contact as it is kept. Invalid with its fields: somebody whom nobody knows by a code has a name, and a way to be reached.
func (b Behalf) clean() (Contact, error) {
	var bad []fault.Field
	wrong := func(name, key string, args fault.Args) {
		bad = append(bad, fault.Field{Name: name, Key: key, Args: args})
	}
	c := Contact{Post: b.Contact.Post}
	for _, x := range []struct {
		name string
		to   *string
		was  string
	}{{"name", &c.Name, b.Contact.Name}, {"phone", &c.Phone, b.Contact.Phone}, {"email", &c.Email, b.Contact.Email}} {
		text, ok := i18n.CleanText(x.was)
		text = strings.TrimSpace(text)
		switch {
		case !ok || strings.ContainsAny(text, "\r\n"):
			wrong(x.name, "field.bad_characters", nil)
		case utf8.RuneCountInString(text) > mostName:
			wrong(x.name, "field.too_long", fault.Args{"max": mostName})
		}
		*x.to = text
	}
	if c.Email != "" && (strings.Count(c.Email, "@") != 1 || strings.HasPrefix(c.Email, "@") || strings.HasSuffix(c.Email, "@") || strings.ContainsAny(c.Email, " ,;<>")) {
		wrong("email", "field.email", nil)
	}
	if err := mailbox.CheckPost(c.Post); err != nil {
		bad = append(bad, fault.Of(err).Fields...)
	}
	if !b.known() {
		if c.Name == "" {
			wrong("name", "field.required", nil)
		}
		if len(c.Post) == 0 && c.Phone == "" && c.Email == "" {
			wrong("post", "eform.desk.no_contact", nil)
		}
	}
	if len(bad) > 0 {
		return c, fault.Invalid("form.invalid", nil, bad...)
	}
	return c, nil
}

// mayFillFor says whether one of the staff may fill in a form for others: who may use the inbox in which it would lie. NotFound.
func mayFillFor(who actor.Actor, c *catalog.Config, f *catalog.Form) error {
	if who.Kind != actor.KindStaff {
		return fault.NotFound("error.not_found")
	}
	return who.May(actor.InboxWork, actor.Object{Org: c.Org.ID, Office: c.Inbox(f.Inbox).Office})
}

// DeskForms are the forms that one of the staff may fill in for others now, in the organisation's order.
func (s *Service) DeskForms(ctx context.Context, who actor.Actor, o ids.Org) ([]*catalog.Form, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	var out []*catalog.Form
	for _, f := range c.OpenForms() {
		if mayFillFor(who, c, f) != nil {
			continue
		}
		_, _, _, err := s.Form(ctx, o, f.ID, s.Now())
		if fault.Is(err, fault.KindNotFound) || fault.Is(err, fault.KindConflict) { // nothing of it is in force yet
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

// BeginFor begins a draft that one of the staff fills in at somebody's request, with what is known of them beforehand. Begun twice under one id it is one; whom it is for sees it when it was sent. That
// somebody was looked up is in the log. Faults: NotFound; Conflict "forms.closed"; Invalid with the fields, at "code" for an identifier that nobody here has, or whose data is protected.
func (s *Service) BeginFor(ctx context.Context, who actor.Actor, o ids.Org, id ids.Form, as ids.Submission, lang i18n.Lang, b Behalf) (ids.Submission, error) {
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return "", err
	}
	f, v, def, err := s.Form(ctx, o, id, s.Now())
	if err != nil {
		return "", err
	}
	if err := mayFillFor(who, c, f); err != nil {
		return "", err
	}
	contact, err := b.clean()
	if err == nil {
		err = b.suits(f)
	}
	if err != nil {
		return "", err
	}
	if was, err := s.Store.FormDraftOfStaff(ctx, who.Staff, as); err == nil {
		return was.ID, nil
	} else if !fault.Is(err, fault.KindNotFound) {
		return "", err
	}
	if list, err := s.Store.FormDraftsOfStaff(ctx, who.Staff, mostDrafts); err != nil {
		return "", err
	} else if len(list) >= mostDrafts {
		return "", fault.Invalid("eform.too_many_drafts", fault.Args{"most": mostDrafts})
	}
	if !ids.Valid(string(as)) {
		as = s.Gen.Submission()
	}
	now := s.Now().Unix()
	d := Draft{Org: o, ID: as, Form: id, Version: v.Number, By: who.Staff, Lang: lang, CreatedAt: now, ChangedAt: now, ExpiresAt: DraftExpiry(f, now)}
	facts, err := s.behalfOf(ctx, who, c, f, b, contact, &d.Owner)
	if err != nil {
		return "", err
	}
	d.Filled = begun(def, facts)
	if !contact.IsZero() {
		d.For = &contact
	}
	err = s.inDraftTx(ctx, func(ctx context.Context, tx DraftTx) error {
		if err := s.sealDraft(ctx, tx, &d); err != nil {
			return err
		}
		ok, err := tx.PutFormDraft(ctx, d)
		if err == nil && !ok { // twice at once, or somebody else's
			_, err = tx.FormDraftOfStaff(ctx, who.Staff, as)
			return err
		}
		if err != nil {
			return err
		}
		lines := []audit.Entry{s.draftLine(d, who, audit.FormBegun, map[string]string{"form": string(id)})}
		if d.Owner.Person != "" {
			lines = append(lines, s.Letters.WorkLine(o, who, audit.FormBegun, d.Owner.Person))
		}
		if d.Owner.Company != "" {
			lines = append(lines, audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.FormBegun, "company", string(d.Owner.Company), map[string]string{"form": string(id)}))
		}
		return tx.Audit(ctx, lines...)
	})
	return d.ID, err
}

// behalfOf finds whose a form is that one of the staff fills in, and what is known of them: of a person what registers say, of a company its name and number, and beside those what they said.
func (s *Service) behalfOf(ctx context.Context, who actor.Actor, c *catalog.Config, f *catalog.Form, b Behalf, contact Contact, of *actor.Owner) (map[string]identity.Fact, error) {
	facts := contact.facts()
	switch {
	case b.Coded:
		p, err := s.behalfPerson(ctx, who, c, f, b)
		if err != nil {
			return nil, err
		}
		of.Person = p
		as := actor.System("eservice")
		as.Person = p
		return s.Facts.Facts(ctx, as)
	case b.Company.Number != "":
		x, err := s.Letters.People.ServedCompany(ctx, who, c.Org.ID, c.Inbox(f.Inbox).Office, b.Company.Number, b.Company.Name, b.Company.Kind)
		if err != nil {
			return nil, atCompany(err)
		}
		of.Company = x.ID
		facts["organisation.name"], facts["organisation.code"] = identity.Fact{Value: x.Name, Source: "companies"}, identity.Fact{Value: x.BusinessID, Source: "companies"}
	}
	return facts, nil
}

// atCompany gives the fields of a fault about a company the names that they have where the contact has a name, too.
func atCompany(err error) error {
	if !fault.Is(err, fault.KindInvalid) {
		return err
	}
	f := *fault.Of(err)
	f.Fields = slices.Clone(f.Fields)
	for i, x := range f.Fields {
		if x.Name == "name" {
			f.Fields[i].Name, f.Fields[i].Key = "company_name", "eform.desk.company_new"
		}
	}
	return &f
}

// behalfPerson is the person of an identifier, if one of the staff may see them.
func (s *Service) behalfPerson(ctx context.Context, who actor.Actor, c *catalog.Config, f *catalog.Form, b Behalf) (ids.Person, error) {
	wrong := func(key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: key})
	}
	a, err := s.Letters.People.Claimed(ctx, actor.System("eservice"), c.Org.ID, b.Kind, b.Code)
	if err != nil {
		return "", err
	}
	if a.Person == "" {
		return "", wrong("eform.desk.nobody")
	}
	_, err = s.Letters.People.InboxPerson(ctx, who, c.Org.ID, c.Inbox(f.Inbox).Office, a.Person)
	switch {
	case fault.Is(err, fault.KindInvalid):
		return "", wrong("eform.desk.protected")
	case fault.Is(err, fault.KindNotFound): // nothing but letters of theirs is here
		return "", wrong("eform.desk.nobody")
	}
	return a.Person, err
}

// facts are what a form is filled in with of somebody who said it.
func (c Contact) facts() map[string]identity.Fact {
	out := map[string]identity.Fact{}
	for name, value := range map[string]string{"self.name": c.Name, "self.phone": c.Phone, "self.email": c.Email} {
		if value != "" {
			out[name] = identity.Fact{Value: value, Source: "office"}
		}
	}
	return out
}

// FillingsFor are what one of the staff fills in for others in an organisation, the newest first.
func (s *Service) FillingsFor(ctx context.Context, who actor.Actor, o ids.Org) ([]Draft, error) {
	if who.Kind != actor.KindStaff {
		return nil, fault.NotFound("error.not_found")
	}
	now := s.Now().Unix()
	list, err := s.Store.FormDraftsOfStaff(ctx, who.Staff, mostDrafts)
	return slices.DeleteFunc(list, func(d Draft) bool { return d.Org != o || d.ExpiresAt <= now }), err
}

// byClerk is a draft that one of the staff fills in for somebody, while it is theirs to do: nobody else's, and nobody's data that they may not see by now.
func (s *Service) byClerk(ctx context.Context, who actor.Actor, f *Filling) error {
	if err := mayFillFor(who, f.Config, f.Form); err != nil {
		return err
	}
	if f.Owner.Company != "" {
		x, err := s.Letters.People.InboxCompany(ctx, who, f.Org, f.Config.Inbox(f.Form.Inbox).Office, f.Owner.Company)
		f.ForName = x.Name
		return err
	}
	if f.Owner.Person == "" {
		return nil
	}
	a, err := s.Letters.People.InboxPerson(ctx, who, f.Org, f.Config.Inbox(f.Form.Inbox).Office, f.Owner.Person)
	if fault.Is(err, fault.KindInvalid) {
		err = fault.NotFound("error.not_found")
	}
	f.ForName = a.Name
	return err
}

// onPaper is the acknowledgement of what the office sent for somebody who can be told in no other way, if there is an address.
func (s *Service) onPaper(ctx context.Context, tx SubmissionTx, who actor.Actor, c *catalog.Config, x Submission, to mailbox.Addressee, l mailbox.Letter) error {
	if x.For.IsZero() || len(x.For.Post) == 0 {
		return nil
	}
	l.Kind, l.Mode, l.Post = mailbox.Message, mailbox.Ordinary, x.For.Post
	_, err := s.Letters.Post(ctx, tx.Letters(), who, c, to, l)
	return err
}
