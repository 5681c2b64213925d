package eservice

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/domain/org"
)

// numbered are some that were sent, found by their numbers.
type numbered struct {
	Store
	all []Submission
}

func (n numbered) SubmissionOfNumber(_ context.Context, o ids.Org, number string) (Submission, error) {
	for _, x := range n.all {
		if x.Org == o && x.Number == number {
			return x, nil
		}
	}
	return Submission{}, fault.NotFound("error.not_found")
}

// coded is a room with what was sent, at a moment.
func coded(t *testing.T, now *int64, all ...Submission) *Service {
	t.Helper()
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &Service{Store: numbered{all: all}, Seals: keys, Now: func() time.Time { return time.Unix(*now, 0) }}
}

func sentOpen(id, number string) Submission {
	return Submission{Org: "town", ID: ids.Submission(id), Number: number}
}

func TestACodeIsStableAndOnesOwn(t *testing.T) {
	t.Parallel()
	now := int64(1)
	one, two := sentOpen("01jd3v0c9t9xk8m2w4h6q5s7ra", "2026-000001"), sentOpen("01jd3v0c9t9xk8m2w4h6q5s7rb", "2026-000002")
	s := coded(t, &now, one, two)
	code := s.Code(one)
	if len(code) != 19 || strings.Count(code, "-") != 3 || strings.ContainsAny(code, "OILU") || code != strings.ToUpper(code) {
		t.Errorf("the code is %q", code)
	}
	changed := one
	changed.State, changed.Seen, changed.EndedAt = Decided, 7, 9
	if s.Code(one) != code || s.Code(changed) != code {
		t.Error("the code changes with what happens")
	}
	elsewhere := one
	elsewhere.Org = "city"
	if s.Code(two) == code || s.Code(elsewhere) == code || coded(t, &now).Code(one) == code {
		t.Error("two have the same code")
	}
	if s.StatusToken(one) != "2026-000001-"+code {
		t.Errorf("the token is %q", s.StatusToken(one))
	}
}

func TestACodeIsReadAsPeopleTypeItAndComparedWhole(t *testing.T) {
	t.Parallel()
	now := int64(1)
	one, two := sentOpen("01jd3v0c9t9xk8m2w4h6q5s7ra", "2026-000001"), sentOpen("01jd3v0c9t9xk8m2w4h6q5s7rb", "2026-000002")
	s := coded(t, &now, one, two)
	code := s.Code(one)
	plain := strings.ReplaceAll(code, "-", "")
	confused := strings.NewReplacer("0", "o", "1", "l").Replace(code)
	for _, typed := range []string{code, strings.ToLower(code), plain, strings.ReplaceAll(code, "-", " "), " " + strings.ToLower(plain[:5]) + " " + plain[5:] + " ", confused, strings.NewReplacer("1", "I").Replace(code)} {
		if x, err := s.ByCode(t.Context(), "town", " 2026-000001 ", typed); err != nil || x.ID != one.ID {
			t.Errorf("by %q: %s, %v", typed, x.ID, err)
		}
	}
	wrong := []string{"", plain[:15], plain + "0", plain[1:] + "0", s.Code(two), strings.Repeat("0", 16), strings.Repeat("Ä", 8), code + code}
	for i := range plain { // one character beside it, wherever it is
		other := byte('7')
		if plain[i] == other {
			other = '8'
		}
		wrong = append(wrong, plain[:i]+string(other)+plain[i+1:])
	}
	for _, typed := range wrong {
		if x, err := s.ByCode(t.Context(), "town", "2026-000001", typed); !fault.IsKey(err, "sent_open.unknown") {
			t.Errorf("by %q: %s, %v", typed, x.ID, err)
		}
	}
	for _, number := range []string{"", "2026-000002", "2026-000009"} { // what is not there and what has another code are told alike
		if x, err := s.ByCode(t.Context(), "town", number, code); !fault.IsKey(err, "sent_open.unknown") {
			t.Errorf("number %q: %s, %v", number, x.ID, err)
		}
	}
	if _, err := s.ByCode(t.Context(), "city", "2026-000001", code); !fault.IsKey(err, "sent_open.unknown") {
		t.Errorf("at another organisation: %v", err)
	}
	if x, err := s.ByToken(t.Context(), "town", s.StatusToken(one)); err != nil || x.ID != one.ID {
		t.Errorf("by its link: %s, %v", x.ID, err)
	}
	for _, token := range []string{"", "-", "2026-000001", "2026-000001-", "2026-000002-" + code, code} {
		if x, err := s.ByToken(t.Context(), "town", token); !fault.IsKey(err, "sent_open.unknown") {
			t.Errorf("by %q: %s, %v", token, x.ID, err)
		}
	}
}

func TestACodeOpensUntilItsLastSecondAndNobodyElses(t *testing.T) {
	t.Parallel()
	now := int64(1)
	ended, owned, company, entered := sentOpen("01jd3v0c9t9xk8m2w4h6q5s7ra", "2026-000001"), sentOpen("01jd3v0c9t9xk8m2w4h6q5s7rb", "2026-000002"), sentOpen("01jd3v0c9t9xk8m2w4h6q5s7rc", "2026-000003"),
		sentOpen("01jd3v0c9t9xk8m2w4h6q5s7rd", "2026-000004")
	ended.EndedAt = 1000
	owned.Owner, owned.MadeBy = actor.Owner{Person: "p"}, "p"
	company.Owner = actor.Owner{Company: "c"}
	entered.By = "clerk"
	s := coded(t, &now, ended, owned, company, entered)
	opens := func(x Submission) bool {
		_, err := s.ByCode(t.Context(), "town", x.Number, s.Code(x))
		return err == nil
	}
	for at, want := range map[int64]bool{1000: true, 1000 + 90*24*3600: true, 1001 + 90*24*3600: false} {
		if now = at; opens(ended) != want {
			t.Errorf("at %d it opens: %v, want %v", at, !want, want)
		}
	}
	now = 1 << 40
	if opens(owned) || opens(company) || !opens(entered) {
		t.Error("a code opens what somebody's is who signs in, or not what the office filled in for whom nobody knows")
	}
}

func TestHowSomebodyIsReached(t *testing.T) {
	t.Parallel()
	def, mistakes := form.Read([]byte(`{"schema":{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","properties":{"name":{"type":"string","maxLength":50,"x-prefill":"self.name"},` +
		`"mail":{"type":"string","format":"email","x-prefill":"self.email"}}},"ui":{"type":"Categorization","elements":[{"type":"Category","i18n":"s","elements":[{"type":"Control","scope":"#/properties/name"},` +
		`{"type":"Control","scope":"#/properties/mail"}]}]},"texts":{"en":{"s.label":"S","name.label":"Name","mail.label":"Mail"}}}`))
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	filling := func(reply string) Filling {
		f := Filling{Form: &catalog.Form{Reply: reply}, Config: &catalog.Config{Org: org.Organisation{Country: "FI"}, Installation: org.Installation{PhoneCountries: []string{"FI"}}}, Def: def}
		f.Draft.Answers = form.Answers{"name": " Olli Outo ", "mail": "olli@example.org"}
		f.Out = def.Evaluate(f.Draft.Answers, time.Unix(1, 0))
		return f
	}
	if name, r := filling("").Suggested(); name != " Olli Outo " || r != (Reply{Email: "olli@example.org"}) {
		t.Errorf("suggested is %q, %+v", name, r)
	}
	for _, c := range []struct {
		reply string
		in    Reply
		want  Reply
		wrong string
	}{
		{"", Reply{}, Reply{}, ""},
		{"", Reply{" a@example.org ", "040 123 4567"}, Reply{"a@example.org", "+358401234567"}, ""},
		{catalog.ReplyNone, Reply{"not an address", "x"}, Reply{}, ""},
		{catalog.ReplyRequired, Reply{" ", ""}, Reply{}, "email"},
		{catalog.ReplyRequired, Reply{"", "040 123 4567"}, Reply{"", "+358401234567"}, ""},
		{catalog.ReplyRequired, Reply{"", "12"}, Reply{}, "phone"},
		{catalog.ReplyOptional, Reply{"nobody", "12"}, Reply{}, "email phone"},
	} {
		got, err := filling(c.reply).Contact(c.in)
		var wrong []string
		for _, f := range fault.Of(err).Fields {
			wrong = append(wrong, f.Name)
		}
		if strings.Join(wrong, " ") != c.wrong || (err == nil) != (c.wrong == "") {
			t.Errorf("%q, %+v: wrong is %q (%v), want %q", c.reply, c.in, wrong, err, c.wrong)
		}
		if err == nil && (got.Name != "Olli Outo" || got.Email != c.want.Email || got.Phone != c.want.Phone) {
			t.Errorf("%q, %+v: got %+v", c.reply, c.in, got)
		}
	}
}

// TestWhatIsAddedWithoutSigningInFits: twenty files and sixty megabytes in all, to the byte; who is known has no such limit.
func TestWhatIsAddedWithoutSigningInFits(t *testing.T) {
	t.Parallel()
	of := func(n int, size int64) []file.Attached {
		list := make([]file.Attached, n)
		for i := range list {
			list[i].Size = size
		}
		return list
	}
	open := sentOpen("01jd3v0c9t9xk8m2w4h6q5s7ra", "2026-000001")
	known := open
	known.Owner = actor.Owner{Person: "p"}
	atDesk := open
	atDesk.By = "s"
	for name, row := range map[string]struct {
		x    Submission
		list []file.Attached
		ok   bool
	}{
		"nothing":             {open, nil, true},
		"twenty":              {open, of(20, 1), true},
		"twenty-one":          {open, of(21, 1), false},
		"sixty megabytes":     {open, of(2, 30<<20), true},
		"a byte more":         {open, append(of(2, 30<<20), of(1, 1)...), false},
		"of a person":         {known, of(200, 30<<20), true},
		"filled in at a desk": {atDesk, of(21, 1), true},
	} {
		err := row.x.fits(row.list)
		if (err == nil) != row.ok {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && fault.Of(err).Fields[0].Name != file.Field {
			t.Errorf("%s: the fault is not at the files: %v", name, err)
		}
	}
}
