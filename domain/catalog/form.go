package catalog

import (
	"cmp"
	"slices"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
)

// Form is what an organisation has settled about one of its forms. What it asks is a document of its own, kept in versions (domain/eservice).
type Form struct {
	ID ids.Form `json:"id"`
	// Name is what people know it by; Summary what it is for.
	Name    i18n.Text `json:"name"`
	Summary i18n.Text `json:"summary,omitempty"`
	// Services are those that it leads to; the first is the one it is counted under.
	Services []ids.Service `json:"services,omitempty"`
	// Audience is who may send it; empty is everybody.
	Audience []Audience `json:"audience,omitempty"`
	// Level is how surely it must be known who sends it: "low", "substantial" or "high"; empty is "substantial". "none" takes it from who has not signed in, too.
	Level string `json:"level,omitempty"`
	// Reply is whether who sends it without signing in is asked for an address or a number for the answer: "optional" (also empty), "required", "none".
	Reply string `json:"reply,omitempty"`
	// Inbox is where it lies for those who handle it; empty for the organisation's own.
	Inbox ids.Inbox `json:"inbox,omitempty"`
	// DueDays is within how many days those who handle it mean to; 0 says nothing.
	DueDays int `json:"due_days,omitempty"`
	// Follows says what follows after it was sent, on the receipt.
	Follows i18n.Text `json:"follows,omitempty"`
	// Signers are the others who have to sign it, or may: "none", "guardian" (the other guardian of the child it is about), "colleague" (another who acts for the company), "any".
	Signers string `json:"signers,omitempty"`
	// AppealFor are the outcomes with which a decision needs instructions for an appeal (FormText); where there are any, each decision says its outcome.
	AppealFor []string `json:"appeal_for,omitempty"`
	// DraftDays is how long a draft is kept after it was last changed, KeepDays how long what was sent is kept after it was closed; 0 is the product's (90 and for ever).
	DraftDays int `json:"draft_days,omitempty"`
	KeepDays  int `json:"keep_days,omitempty"`
	// Closed takes no new ones: what was begun is kept and says so.
	Closed bool `json:"closed,omitempty"`
	Order  int  `json:"order,omitempty"`
}

// Form returns a form, or a NotFound fault.
func (c *Config) Form(id ids.Form) (*Form, error) {
	for i := range c.Forms {
		if c.Forms[i].ID == id {
			return &c.Forms[i], nil
		}
	}
	return nil, fault.NotFound("forms.unknown")
}

// Open reports whether it takes what is sent without signing in.
func (f *Form) Open() bool { return f.Level == "none" }

// What a form asks of who sends it without signing in, for the answer.
const (
	ReplyOptional = "optional"
	ReplyRequired = "required"
	ReplyNone     = "none"
)

// Replies are all of them.
var Replies = []string{ReplyOptional, ReplyRequired, ReplyNone}

// NotOpen says why a form that takes what is sent without signing in cannot be sent so, by what is settled about it: texts below forms.not_open, empty where nothing is in the way. Who has to sign with
// others is known, a company is acted for by somebody who is known, and a service that opens after a contact opens for somebody.
func (c *Config) NotOpen(f *Form) string {
	return f.NotOpen(func(s ids.Service) bool { return c.Policy(s, "").NeedsAccess })
}

// NotOpen is the same of a form by itself; needsAccess says whether a service opens after a contact.
func (f *Form) NotOpen(needsAccess func(ids.Service) bool) string {
	switch {
	case !f.Open():
		return ""
	case f.Signers != "" && f.Signers != SignedByNobody:
		return "forms.not_open.signers"
	case !f.For(ForPersons):
		return "forms.not_open.company"
	}
	for _, s := range f.Services {
		if needsAccess(s) {
			return "forms.not_open.access"
		}
	}
	return ""
}

// Levels are how surely it may have to be known who sends a form.
var Levels = []string{"none", "low", "substantial", "high"}

// Those who sign a form beside whoever sends it.
const (
	SignedByNobody    = "none"
	SignedByGuardian  = "guardian"
	SignedByColleague = "colleague"
	SignedByAny       = "any"
)

// AllSigners are all of them.
var AllSigners = []string{SignedByNobody, SignedByGuardian, SignedByColleague, SignedByAny}

// UsualDraftDays is how long a draft is kept where the form does not say.
const UsualDraftDays = 90

// KeptDays is for how many days a draft is kept after it was last changed.
func (f *Form) KeptDays() int {
	if f.DraftDays > 0 {
		return f.DraftDays
	}
	return UsualDraftDays
}

// For reports whether somebody of an audience may send it; one that does not say is for everybody.
func (f *Form) For(a Audience) bool { return len(f.Audience) == 0 || slices.Contains(f.Audience, a) }

// FormsFor returns the forms that lead to a service and take new ones, in the organisation's order.
func (c *Config) FormsFor(s ids.Service) []*Form {
	return c.someForms(func(f *Form) bool { return !f.Closed && slices.Contains(f.Services, s) })
}

// OpenForms returns the forms that take new ones, in the organisation's order.
func (c *Config) OpenForms() []*Form { return c.someForms(func(f *Form) bool { return !f.Closed }) }

func (c *Config) someForms(fits func(f *Form) bool) []*Form {
	var out []*Form
	for i := range c.Forms {
		if f := &c.Forms[i]; fits(f) {
			out = append(out, f)
		}
	}
	slices.SortStableFunc(out, func(x, y *Form) int { return cmp.Compare(x.Order, y.Order) })
	return out
}
