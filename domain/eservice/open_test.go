package eservice

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
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

// TestACodeHasEightyBitsOfItsOwn: each of its bits is now this and now that, and none is the same as another, or its opposite, every time.
func TestACodeHasEightyBitsOfItsOwn(t *testing.T) {
	t.Parallel()
	now := int64(1)
	s := coded(t, &now)
	const codes, bits = 200, 80
	var table [bits][codes]bool
	for i := range codes {
		raw, err := codeText.DecodeString(strings.ReplaceAll(s.Code(Submission{Org: "town", ID: ids.Submission(strconv.Itoa(i))}), "-", ""))
		if err != nil || len(raw)*8 != bits {
			t.Fatalf("a code of %d bits, %v", len(raw)*8, err)
		}
		for bit := range bits {
			table[bit][i] = raw[bit/8]>>(bit%8)&1 == 1
		}
	}
	for bit, row := range table {
		var other [codes]bool
		for i := range row {
			other[i] = !row[i]
		}
		if row == [codes]bool{} || other == [codes]bool{} {
			t.Errorf("bit %d is always the same", bit)
		}
		for j := range bit {
			if row == table[j] || other == table[j] {
				t.Errorf("bit %d says nothing beside bit %d", bit, j)
			}
		}
	}
}

// Without signing in a form is begun that takes what is sent so, and whose settings need nobody to be known; not one that asks how surely it may.
func TestWhoIsNotKnownFillsInWhatIsOpenAlone(t *testing.T) {
	t.Parallel()
	c := &catalog.Config{
		Version: 1, Org: org.Organisation{ID: "town", Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi"}}, Installation: org.Installation{PhoneCountries: []string{"FI"}},
		Services: []catalog.Service{{ID: "park"}, {ID: "nurse"}}, Policies: []catalog.PolicyDoc{{Service: "nurse", Version: 1, Settings: catalog.Settings{"needs_access": 1}}},
	}
	if err := c.Prepare(); err != nil {
		t.Fatal(err)
	}
	visitor := actor.Actor{Kind: actor.KindVisitor, Session: []byte("secret")}
	for name, row := range map[string]struct {
		form  catalog.Form
		open  bool
		level actor.Level
	}{
		"open":                          {catalog.Form{Level: "none"}, true, 0},
		"open, for a service":           {catalog.Form{Level: "none", Services: []ids.Service{"park"}}, true, 0},
		"open, signed by nobody else":   {catalog.Form{Level: "none", Signers: catalog.SignedByNobody, Audience: []catalog.Audience{catalog.ForPersons}}, true, 0},
		"as nobody said":                {catalog.Form{}, false, actor.LevelSubstantial},
		"low":                           {catalog.Form{Level: "low"}, false, actor.LevelLow},
		"substantial":                   {catalog.Form{Level: "substantial"}, false, actor.LevelSubstantial},
		"high":                          {catalog.Form{Level: "high"}, false, actor.LevelHigh},
		"no level that there is":        {catalog.Form{Level: "None"}, false, actor.LevelSubstantial},
		"open, signed by others":        {catalog.Form{Level: "none", Signers: catalog.SignedByAny}, false, 0},
		"open, for companies alone":     {catalog.Form{Level: "none", Audience: []catalog.Audience{catalog.ForCompanies}}, false, 0},
		"open, a service after contact": {catalog.Form{Level: "none", Services: []ids.Service{"park", "nurse"}}, false, 0},
	} {
		err := fillable(visitor, c, &row.form)
		if row.open {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if !fault.Is(err, fault.KindSignInRequired) {
			t.Errorf("%s: let in, or refused otherwise: %v", name, err)
		}
		if row.level > 0 && levelOf(&row.form) != row.level {
			t.Errorf("%s: it asks for %s", name, levelOf(&row.form))
		}
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
