package feedback

import (
	"slices"
	"strings"
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
)

func TestOnlyPagesThatAreTheSameForEverybodyAreNamed(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]struct {
		org  ids.Org
		page string
	}{
		"/fi/": {"", "front"}, "/sv/mailbox": {"", "mailbox"}, "/en/mailbox/terms/2026-01-01": {"", "mailbox/terms/2026-01-01"}, "/cs/mailbox/organisations/vuorela": {"", "mailbox/organisations/vuorela"},
		"/fi/vuorela/": {"vuorela", "front"}, "/fi/vuorela/services/passport": {"vuorela", "services/passport"}, "/fi/vuorela/services/passport/offices": {"vuorela", "services/passport/offices"},
		"/fi/vuorela/offices/kallio": {"vuorela", "offices/kallio"}, "/fi/vuorela/help": {"vuorela", "help"},
	} {
		o, page, ok := PageOf(path)
		if !ok || o != want.org || page != want.page {
			t.Errorf("%s: got %q %q %v, want %+v", path, o, page, ok, want)
		}
		if again := Path("fi", o, page); again != "/fi/"+strings.SplitN(path[1:], "/", 2)[1] {
			t.Errorf("%s: leads back to %s", path, again)
		}
	}
	for _, path := range []string{
		"", "/", "/xx/", "/fi/my/mailbox", "/fi/staff/vuorela/inbox", "/fi/vuorela/link/SECRET", "/fi/vuorela/waiting/abc", "/fi/vuorela/book/draft/x/details", "/fi/vuorela/appointment",
		"/fi/vuorela/help/more", "/fi/mailbox/feedback", "/fi/mailbox/terms/a/b", "/fi/vuorela/services/a/b/c", "https://evil.example/fi/", "/fi/vuorela/services/<b>", "/fi/" + strings.Repeat("a", 300),
	} {
		if o, page, ok := PageOf(path); ok {
			t.Errorf("%s: got %q %q, want nothing", path, o, page)
		}
	}
}

func TestWhatIsGivenIsCleaned(t *testing.T) {
	t.Parallel()
	countries := []string{"FI", "SE"}
	for name, tc := range map[string]struct {
		give  Given
		field string
	}{
		"a click":                {Given{Useful: Yes}, ""},
		"words":                  {Given{Body: " The form is hard. "}, ""},
		"an answer by email":     {Given{Body: "x", Wish: ByEmail, Email: " maija@example.org "}, ""},
		"an answer by phone":     {Given{Body: "x", Wish: ByPhone, Phone: "045 7396 8000"}, ""},
		"nothing":                {Given{}, "useful"},
		"another word":           {Given{Useful: "perhaps"}, "useful"},
		"an answer to nothing":   {Given{Useful: No, Wish: ByEmail, Email: "maija@example.org"}, "body"},
		"no address":             {Given{Body: "x", Wish: ByEmail}, "email"},
		"no number":              {Given{Body: "x", Wish: ByPhone, Phone: "12"}, "phone"},
		"as long as can be":      {Given{Body: strings.Repeat("ä", maxBody)}, ""},
		"one character too long": {Given{Body: strings.Repeat("ä", maxBody+1)}, "body"},
	} {
		got, err := tc.give.Clean(countries)
		if tc.field == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if got.Body != strings.TrimSpace(tc.give.Body) || got.Wish == ByEmail && got.Email != "maija@example.org" || got.Wish == ByPhone && got.Phone != "+3584573968000" {
				t.Errorf("%s: got %+v", name, got)
			}
			continue
		}
		if f := fault.Of(err); err == nil || len(f.Fields) != 1 || f.Fields[0].Name != tc.field {
			t.Errorf("%s: got %v, want %s to be mended", name, err, tc.field)
		}
	}
	// What is not wished is not kept.
	if got, err := (Given{Body: "x", Email: "maija@example.org", Phone: "045 7396 8000"}).Clean(countries); err != nil || got.Email != "" || got.Phone != "" {
		t.Errorf("got %+v, %v, want no contact", got, err)
	}
}

// A rate is of five answers or more, rounded half up; the months of a page are added up, so that a page of which few say something in a month has a rate in time.
func TestARateIsOfFiveOrMore(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		yes, no int64
		want    int
		ok      bool
	}{{0, 0, 0, false}, {4, 0, 0, false}, {2, 2, 0, false}, {5, 0, 100, true}, {0, 5, 0, true}, {3, 2, 60, true}, {1, 5, 17, true}, {1, 199, 1, true}, {1, 200, 0, true}} {
		if got, ok := (Count{Yes: tt.yes, No: tt.no}).Rate(); got != tt.want || ok != tt.ok {
			t.Errorf("%d yes, %d no: got %d, %v, want %d, %v", tt.yes, tt.no, got, ok, tt.want, tt.ok)
		}
	}
	got := Whole([]Count{{"help", "2026-11", 1, 0, 0}, {"services/a", "2026-11", 3, 0, 1}, {"services/a", "2026-10", 1, 1, 2}})
	want := []Count{{Page: "services/a", Yes: 4, No: 1, Written: 3}, {Page: "help", Yes: 1}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
