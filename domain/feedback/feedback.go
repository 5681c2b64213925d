// Package feedback is the room of what people say of the pages they read: whether a page was of use, what they would change, and whether they wish an answer.
//
// It promises that nobody has to say who they are, that what is said twice by one form is kept once, that what somebody wrote and how they can be reached is sealed, and that what is
// counted by page and month names nobody. What lies before those who work here is an item of domain/worklist, in a list of its own; how spam is held off is base/trap's to say.
package feedback

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/notify"
	"luukku/domain/worklist"
)

// Kind is what feedback is among the items of work.
const Kind worklist.Kind = "feedback"

// Inbox is where all of an organisation's feedback lies. It is no slug, so no inbox of an organisation is meant: the lists of those do not show it.
const Inbox ids.Inbox = "_feedback"

// What happens to feedback beside what happens to every item.
const Answered worklist.What = "answered"

// Useful is whether a page was of use.
type Useful string

// The answers. The zero value says nothing of it.
const (
	Yes Useful = "yes"
	No  Useful = "no"
)

// Answer is how somebody wishes to be answered. The zero value wishes none.
type Answer string

// The ways to be answered.
const (
	ByEmail Answer = "email"
	ByPhone Answer = "phone"
)

// Given is feedback as somebody gives it.
type Given struct {
	// Org is the organisation that offers the page, or the keeper of the mailbox.
	Org ids.Org
	// ID comes from the form: the same form sent twice is kept once.
	ID ids.Work
	// Page is what PageOf made of the address.
	Page   string
	Lang   i18n.Lang
	Useful Useful
	Body   string
	Wish   Answer
	Email  string // where Wish is ByEmail
	Phone  string // where it is ByPhone
}

// Said is feedback as it is kept, opened.
type Said struct {
	worklist.Item
	Page   string
	Lang   i18n.Lang
	Useful Useful
	Body   string
	Email  string
	Phone  string
}

// Count is how often something was said of a page in a month ("2026-11").
type Count struct {
	Page, Month      string
	Yes, No, Written int64
}

// Few is the smallest number of answers of which a rate is shown: of fewer, who knows one of those who were on the page could guess what they said.
const Few = 5

// Rate is how many of a hundred found a page of use, of those who said; ok is false where fewer than Few did.
func (c Count) Rate() (percent int, ok bool) {
	n := c.Yes + c.No
	if n < Few {
		return 0, false
	}
	return int((100*c.Yes + n/2) / n), true
}

// Whole adds the months of each page up, the pages of which most was said first.
func Whole(list []Count) []Count {
	at := map[string]int{}
	var out []Count
	for _, c := range list {
		i, ok := at[c.Page]
		if !ok {
			i = len(out)
			at[c.Page] = i
			out = append(out, Count{Page: c.Page})
		}
		out[i].Yes, out[i].No, out[i].Written = out[i].Yes+c.Yes, out[i].No+c.No, out[i].Written+c.Written
	}
	slices.SortStableFunc(out, func(a, b Count) int {
		return cmp.Or(cmp.Compare(b.Yes+b.No+b.Written, a.Yes+a.No+a.Written), cmp.Compare(a.Page, b.Page))
	})
	return out
}

// maxBody is the longest that is taken, in characters.
const maxBody = 2000

// Clean returns what somebody gave as it is kept. Invalid names the fields that are wrong: something must be said, and who wishes an answer says what about and where.
func (g Given) Clean(countries []string) (Given, error) {
	var wrong []fault.Field
	bad := func(name, key string, args fault.Args) {
		wrong = append(wrong, fault.Field{Name: name, Key: key, Args: args})
	}
	body, ok := i18n.CleanText(g.Body)
	g.Body = strings.TrimSpace(body)
	if g.Useful != Yes && g.Useful != No {
		g.Useful = ""
	}
	switch {
	case !ok:
		bad("body", "field.bad_characters", nil)
	case utf8.RuneCountInString(g.Body) > maxBody:
		bad("body", "field.too_long", fault.Args{"max": maxBody})
	case g.Body == "" && g.Wish != "":
		bad("body", "feedback.answer_to_what", nil)
	case g.Body == "" && g.Useful == "":
		bad("useful", "feedback.nothing", nil)
	}
	email, phone := g.Email, g.Phone
	g.Email, g.Phone = "", ""
	switch g.Wish {
	case ByEmail:
		a, err := notify.ParseEmail(strings.TrimSpace(email))
		if err != nil {
			bad("email", fault.Of(err).Key, nil)
		}
		g.Email = a
	case ByPhone:
		home := ""
		if len(countries) > 0 {
			home = countries[0]
		}
		n, err := notify.ParsePhone(phone, home, countries)
		if err != nil {
			bad("phone", fault.Of(err).Key, fault.Of(err).Args)
		}
		g.Phone = n
	default:
		g.Wish = ""
	}
	if len(wrong) > 0 {
		return g, fault.Invalid("form.invalid", nil, wrong...)
	}
	return g, nil
}

// onOrg are the pages of an organisation of which something can be said, and how many segments may follow.
var onOrg = map[string]int{"": 0, "services": 2, "offices": 1, "topics": 1, "help": 0, "site-map": 0, "accessibility": 0, "privacy": 0}

// onMailbox are those of the shared mailbox.
var onMailbox = map[string]int{
	"": 0, "organisations": 1, "topics": 1, "forms": 0, "guides": 0, "questions": 0, "terms": 1, "register": 1, "support": 0, "accessibility": 0, "site-map": 0,
}

// PageOf is the name under which feedback on a page is counted, the same in every language: "services/passport" of an organisation, "mailbox/terms" of the installation (an empty
// organisation). ok is false for every address that is not one of the pages that are the same for everybody: those may hold what is nobody else's business.
func PageOf(path string) (o ids.Org, page string, ok bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	if len(parts) == 0 || len(path) > 200 {
		return "", "", false
	}
	if _, known := i18n.Lookup(parts[0]); !known {
		return "", "", false
	}
	parts = parts[1:]
	for _, p := range parts {
		if !ids.ValidSlug(p) {
			return "", "", false
		}
	}
	switch {
	case len(parts) == 0:
		return "", "front", true
	case parts[0] == "mailbox":
		return "", strings.Join(parts, "/"), fits(onMailbox, parts[1:])
	case ids.ReservedOrg(parts[0]):
		return "", "", false
	case len(parts) == 1:
		return ids.Org(parts[0]), "front", true
	}
	return ids.Org(parts[0]), strings.Join(parts[1:], "/"), fits(onOrg, parts[1:])
}

func fits(pages map[string]int, parts []string) bool {
	if len(parts) == 0 {
		return true
	}
	more, ok := pages[parts[0]]
	return ok && len(parts)-1 <= more
}

// Path is the address of a page that PageOf named, in a language.
func Path(l i18n.Lang, o ids.Org, page string) string {
	at := "/" + string(l) + "/"
	switch {
	case o != "" && page == "front":
		return at + string(o) + "/"
	case page == "front":
		return at
	case strings.HasPrefix(page, "mailbox"):
		return at + page
	}
	return at + string(o) + "/" + page
}

func langOf(s string) i18n.Lang {
	if l, ok := i18n.Lookup(s); ok {
		return l.Code
	}
	return i18n.Default
}
