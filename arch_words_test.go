package luukku

import (
	"fmt"
	"go/ast"
	"go/token"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/net/html"

	"luukku/base/i18n"
)

// dynamic are the texts whose keys are put together when the program runs, as keys or beginnings of keys, with whoever puts them together. Beginnings that
// stand in the code with two segments or more ("dev.events.", "api.title_") are found without it. A line that stands for no text, or only for texts that are
// found anyway, fails the test.
var dynamic = map[string]string{
	"common.days":                     "base/i18n: Duration",
	"common.hours":                    "base/i18n: Duration",
	"common.minutes":                  "base/i18n: Duration",
	"common.seconds":                  "base/i18n: Duration",
	"brand.":                          "web/admin: fields of the look",
	"thing.":                          "web/admin: the label and help of each field of a blueprint",
	"means.":                          "web/admin: what rules mean",
	"problem.":                        "web/admin: faults of domain/org and domain/blueprint",
	"contact.closed_from_why":         "web/citizen: a closed day with its reason",
	"contact.closed_part_why":         "web/citizen: a closed day with its reason",
	"sms_notice.":                     "domain/notify: the words of an event",
	"mail.booked.":                    "jobs: the words of an event",
	"mail.by_phone_hours":             "jobs: a phone with its hours",
	"mail.call_hours":                 "jobs: a phone with its hours",
	"mail.cancelled.":                 "jobs: the words of an event",
	"mail.changed.":                   "jobs: the words of an event",
	"mail.lapsed.":                    "jobs: the words of an event",
	"mail.moved.":                     "jobs: the words of an event",
	"mail.pending.":                   "jobs: the words of an event",
	"mail.proposed.":                  "jobs: the words of an event",
	"mail.reminder.":                  "jobs: the words of an event",
	"mail.waitlist_gone.":             "jobs: the words of an event",
	"mail.waitlist_joined.":           "jobs: the words of an event",
	"mail.waitlist_offered.":          "jobs: the words of an event",
	"policy.":                         "domain/catalog: the label and help of each policy field",
	"role.":                           "web/staff, web/admin, jobs: the name of a role",
	"service.cancel_start":            "web/citizen: a cut-off that is the start itself",
	"service.change_and_cancel_start": "web/citizen: a cut-off that is the start itself",
	"service.change_start":            "web/citizen: a cut-off that is the start itself",
}

// notKeys are literals that look like the key of a text and are none.
var notKeys = map[string]string{
	"blueprint.toml":         "web/admin: the end of an address",
	"rules.json":             "e2e/browser: a file",
	"blueprint.lock":         "store: the row that is locked while a blueprint is applied",
	"contact.email":          "domain/booking: the kind of a keyed hash",
	"contact.phone":          "domain/booking: the kind of a keyed hash",
	"mail.not_configured":    "jobs: a line of the log",
	"person.read":            "domain/audit: an action, and a right",
	"person.searched":        "domain/audit: an action",
	"setup.token":            "store: the name of a setting",
	"sms.kind":               "base/config: a setting",
	"sms.receive_from":       "base/config: a setting",
	"sms.numbers":            "base/config: a setting",
	"sms.prefixes":           "base/config: a setting",
	"staff.invited":          "domain/audit: an action",
	"staff.invitation_ended": "domain/audit: an action",
	"staff.joined":           "domain/audit: an action",
	"staff.changed":          "domain/audit: an action",
	"staff.sign_in_failed":   "domain/audit: an action",
	"staff.role_given":       "domain/audit: an action",
	"staff.role_taken":       "domain/audit: an action",
	"staff.passkey_added":    "domain/audit: an action",
	"staff.passkey_removed":  "domain/audit: an action",
	"staff.password_changed": "domain/audit: an action",
	"staff.recovery_used":    "domain/audit: an action",
	"staff.recovery_renewed": "domain/audit: an action",
	"invitation.send":        "domain/staff: the kind of a task",
	"kiosk.css":              "web/ui: a file of the bundle",
	"kiosk.js":               "web/ui: a file of the bundle",
	"kiosk.pin":              "domain/booking: the kind of a keyed hash",
}

func TestTextKeysExistAndAreUsed(t *testing.T) {
	t.Parallel()
	texts, err := i18n.Load()
	if err != nil {
		t.Fatalf("load texts: %v", err)
	}
	report(t, checkKeys(house(t), texts.Keys(), dynamic))
}

func TestNoClassNamesOutsideOfUI(t *testing.T) {
	t.Parallel()
	report(t, checkClasses(house(t)))
}

func TestNoSentencesInTemplates(t *testing.T) {
	t.Parallel()
	report(t, checkSentences(house(t)))
}

func TestNoSQLOutsideOfTheStore(t *testing.T) {
	t.Parallel()
	report(t, checkSQL(house(t)))
}

var (
	classAttribute = regexp.MustCompile(`[\s{]class\??=`)
	styleAttribute = regexp.MustCompile(`[\s{]style\??=`)
	className      = regexp.MustCompile(`(^|["\s])ds-[a-z]`)
)

// checkClasses finds class names outside of web/ui, and inline styles outside of mails, which alone may have them.
func checkClasses(m *module) (found []string) {
	for _, name := range slices.Sorted(maps.Keys(m.templ)) {
		for i, line := range strings.Split(m.templ[name], "\n") {
			ui, mail := strings.HasPrefix(name, "web/ui/"), strings.HasPrefix(name, "jobs/")
			switch {
			case !ui && (classAttribute.MatchString(line) || className.MatchString(line)):
				found = append(found, fmt.Sprintf("%s:%d has a class name: they belong to web/ui", name, i+1))
			case !mail && styleAttribute.MatchString(line):
				found = append(found, fmt.Sprintf("%s:%d has a style attribute, which the content security policy refuses", name, i+1))
			}
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(m.packages)) {
		if strings.HasPrefix(folder, "web/ui") || among(folder, "e2e e2e/*") {
			continue
		}
		for _, s := range m.packages[folder].sources {
			s.literals(func(text string, at token.Pos) {
				if className.MatchString(text) && !generated(s) {
					found = append(found, fmt.Sprintf("%s has a class name: they belong to web/ui", m.at(at)))
				}
			})
		}
	}
	return found
}

func generated(s source) bool { return strings.HasSuffix(s.path, "_templ.go") }

var sql = regexp.MustCompile(`(?is)^\s*(select\s.+\sfrom\s+\w+\s*($|;|\)|where\s|join\s|order\s|group\s|limit\s)|insert\s+into\s|update\s+\S+\s+set\s|delete\s+from\s|(create|alter|drop)\s+(table|index)\s|with\s.+\bselect\s)`)

// checkSQL finds statements outside of the store.
func checkSQL(m *module) (found []string) {
	for _, folder := range slices.Sorted(maps.Keys(m.packages)) {
		if folder == "store" || strings.HasPrefix(folder, "store/") {
			continue
		}
		for _, s := range m.packages[folder].sources {
			s.literals(func(text string, at token.Pos) {
				if sql.MatchString(text) {
					found = append(found, fmt.Sprintf("%s has SQL in it: it belongs to store", m.at(at)))
				}
			})
		}
	}
	return found
}

// checkSentences finds words for people in templates outside of web/ui and of mails: as text, as an attribute that is read aloud or shown, and as an
// argument of a component. It looks at the Go that templ made, where text and expressions are told apart.
func checkSentences(m *module) (found []string) {
	for _, folder := range slices.Sorted(maps.Keys(m.packages)) {
		if strings.HasPrefix(folder, "web/ui") || strings.HasPrefix(folder, "jobs") {
			continue
		}
		for _, s := range m.packages[folder].sources {
			if !generated(s) {
				continue
			}
			name := strings.TrimSuffix(s.path, "_templ.go") + ".templ"
			for _, d := range s.file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok {
					for _, words := range wordsOf(f) {
						found = append(found, fmt.Sprintf("%s: %s says %q: sentences are texts, by key", name, f.Name.Name, words))
					}
				}
			}
		}
	}
	return found
}

// wordsOf returns the words that a generated function writes by itself, and those that it hands to components.
func wordsOf(f *ast.FuncDecl) (found []string) {
	var page strings.Builder
	written := map[*ast.BasicLit]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if ok {
			if sel, isSel := call.Fun.(*ast.SelectorExpr); isSel && sel.Sel.Name == "WriteString" && len(call.Args) == 3 {
				if lit, isLit := call.Args[2].(*ast.BasicLit); isLit {
					written[lit] = true
					page.WriteString(unquote(lit) + "0") // whatever an expression writes after it
				}
			}
		}
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING && !written[lit] && isSentence(unquote(lit)) {
			found = append(found, unquote(lit))
		}
		return true
	})
	return append(found, wordsOfHTML(page.String())...)
}

// rels are values of the attribute rel, which read like words.
var rels = []string{"external noopener"}

var sentence = regexp.MustCompile(`^\p{Lu}\p{Ll}|\p{L}+ \p{L}+`)

func isSentence(s string) bool { return sentence.MatchString(s) && !slices.Contains(rels, s) }

// shown are the attributes that people see or hear.
var shown = []string{"alt", "aria-description", "aria-label", "aria-roledescription", "label", "placeholder", "title"}

func wordsOfHTML(page string) (found []string) {
	z := html.NewTokenizer(strings.NewReader(page))
	for {
		switch z.Next() {
		case html.ErrorToken:
			if err := z.Err(); err != io.EOF {
				found = append(found, err.Error())
			}
			return found
		case html.TextToken:
			if s := strings.TrimSpace(string(z.Text())); strings.ContainsFunc(s, unicode.IsLetter) {
				found = append(found, s)
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			for _, a := range z.Token().Attr {
				if slices.Contains(shown, a.Key) && strings.ContainsFunc(a.Val, unicode.IsLetter) {
					found = append(found, a.Val)
				}
			}
		}
	}
}

var (
	keyForm   = regexp.MustCompile(`^[a-z_]+(\.[a-z0-9_]+)+$`)
	beginning = regexp.MustCompile(`^[a-z_]+\.([a-z0-9_]+\.)*[a-z0-9_]+[._]$`)
)

// checkKeys holds the literals of the program against the keys of the texts: one that begins like a file of texts must be a text, one that is asked for
// must be there, and a text that nobody asks for is dead.
func checkKeys(m *module, keys []string, dynamic map[string]string) (found []string) {
	stems, used := map[string]bool{}, map[string]bool{}
	for _, k := range keys {
		stem, _, _ := strings.Cut(k, ".")
		stems[stem] = true
	}
	look := func(text string, at token.Pos, must bool) {
		stem, _, _ := strings.Cut(text, ".")
		switch _, known := slices.BinarySearch(keys, text); {
		case known:
			used[text] = true
		case beginning.MatchString(text) && begins(keys, text):
			for i, _ := slices.BinarySearch(keys, text); i < len(keys) && strings.HasPrefix(keys[i], text); i++ {
				used[keys[i]] = true
			}
		case !keyForm.MatchString(text) || notKeys[text] != "" || strings.HasSuffix(text, ".templ"):
		case must || stems[stem] && !begins(keys, text+"."):
			found = append(found, fmt.Sprintf("%s asks for the text %s, which is in no file of base/i18n/locales", m.at(at), text))
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(m.packages)) {
		for _, s := range m.packages[folder].sources {
			names := namesOf(s.file)
			s.literals(func(text string, at token.Pos) {
				if !names[at] {
					look(text, at, false)
				}
			})
			ast.Inspect(s.file, func(n ast.Node) bool {
				if lit := askedFor(n); lit != nil {
					look(unquote(lit), lit.Pos(), true)
				}
				return true
			})
		}
	}
	slices.Sort(found)
	return append(slices.Compact(found), checkUnused(keys, used, dynamic)...)
}

// namesOf are the literals of constants that name a right or an action, which look like keys.
func namesOf(f *ast.File) map[token.Pos]bool {
	out := map[token.Pos]bool{}
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, _ := spec.Type.(*ast.Ident); kind != nil && (kind.Name == "Right" || kind.Name == "Action") {
			for _, v := range spec.Values {
				out[v.Pos()] = true
			}
		}
		return true
	})
	return out
}

// begins reports whether some key begins so.
func begins(keys []string, text string) bool {
	i, _ := slices.BinarySearch(keys, text)
	return i < len(keys) && strings.HasPrefix(keys[i], text)
}

// askedFor returns the literal that a call of T, N, or a maker of faults has for a key; nil when the node is no such call.
func askedFor(n ast.Node) *ast.BasicLit {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) == 0 {
		return nil
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	x, _ := sel.X.(*ast.Ident)
	if sel.Sel.Name != "T" && sel.Sel.Name != "N" && (x == nil || x.Name != "fault" || sel.Sel.Name == "Of") {
		return nil
	}
	lit, _ := call.Args[0].(*ast.BasicLit)
	if lit == nil || lit.Kind != token.STRING {
		return nil
	}
	return lit
}

func checkUnused(keys []string, used map[string]bool, dynamic map[string]string) (found []string) {
	needed := map[string]bool{}
	for _, k := range keys {
		if used[k] {
			continue
		}
		covered := false
		for prefix := range dynamic {
			if strings.HasPrefix(k, prefix) {
				covered, needed[prefix] = true, true
			}
		}
		if !covered {
			found = append(found, fmt.Sprintf("the text %s is used nowhere", k))
		}
	}
	for _, prefix := range slices.Sorted(maps.Keys(dynamic)) {
		if !needed[prefix] {
			found = append(found, fmt.Sprintf("the list of texts put together names %s, which stands for nothing", prefix))
		}
	}
	return found
}
