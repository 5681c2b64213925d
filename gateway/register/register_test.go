package register

import (
	"io"
	"log/slog"
	mrand "math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/clock"
	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/natid"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/demoeid"
)

// demo starts the demo's registers.
func demo(t *testing.T) (*demoeid.Door, *Client) {
	t.Helper()
	now := clock.NewFixed(time.Date(2026, time.November, 23, 9, 0, 0, 0, time.UTC)).Now
	site := &web.Site{Texts: i18n.MustLoad(), Log: slog.New(slog.DiscardHandler), Now: now}
	door, err := demoeid.New(site, demoeid.Options{Chance: mrand.NewChaCha8([32]byte{1}), RegisterToken: "open sesame"})
	if err != nil {
		t.Fatal(err)
	}
	srv := httptest.NewServer(site.Guard(door, 1<<20))
	t.Cleanup(srv.Close)
	return door, New(Options{Base: srv.URL + "/demo-eid/register", Token: "open sesame"})
}

func TestTheRegisterKnowsAParentAndTheChildren(t *testing.T) {
	t.Parallel()
	_, c := demo(t)
	for _, parent := range []natid.Secret{"140385-902F", "021183-9153"} {
		p, err := c.Person(t.Context(), natid.FinnishCode, parent)
		if err != nil {
			t.Fatal(err)
		}
		var children []string
		for _, d := range p.Dependants {
			children = append(children, d.Name+" "+d.Birth+" "+d.Until)
			if d.Identifier == "" || d.Kind != natid.FinnishCode {
				t.Errorf("%s has no identifier", d.Given)
			}
		}
		want := []string{"Onni Meikäläinen 2011-08-09 2029-08-08", "Liisa Meikäläinen 2018-05-21 2036-05-20"}
		if !slices.Equal(children, want) || p.Family != "Meikäläinen" || p.Identifier != parent || p.Email == "" {
			t.Errorf("got %s with %v, want %v", p.Name, children, want)
		}
	}
	if p, err := c.Person(t.Context(), natid.FinnishCode, "170690-928Y"); err != nil || !p.Protected {
		t.Errorf("got protected %v, %v; want that the address is kept secret", p.Protected, err)
	}
}

func TestWhomTheRegisterDoesNotKnowIsNotFound(t *testing.T) {
	t.Parallel()
	_, c := demo(t)
	for kind, s := range map[natid.Kind]natid.Secret{natid.FinnishCode: "131052-308T", natid.SwedishNumber: "199001012385", natid.EIDASIdentifier: "140385-902F"} {
		if _, err := c.Person(t.Context(), kind, s); !fault.IsKey(err, "register.unknown") || !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: got %v", kind, err)
		}
		if m, err := c.Mandates(t.Context(), kind, s); err != nil || len(m) != 0 {
			t.Errorf("%s: got %d mandates, %v", kind, len(m), err)
		}
	}
}

func TestMandatesAreTold(t *testing.T) {
	t.Parallel()
	_, c := demo(t)
	for s, want := range map[natid.Secret]identity.RegisteredMandate{
		"140385-902F": {BusinessID: "0000002-7", Name: "Mallilan kyläyhdistys ry", Kind: identity.KindAssociation, Role: "signatory", From: "2019-06-15", Until: "2029-06-14"},
		"300144-9217": {BusinessID: "0000002-7", Name: "Mallilan kyläyhdistys ry", Kind: identity.KindAssociation, Role: "representative", From: "2019-06-15", Until: "2029-06-14"},
		"021183-9153": {BusinessID: "0000001-9", Name: "Meikäläisen Leipomo Oy", Kind: identity.KindCompany, Role: "signatory", From: "2020-01-01"},
	} {
		got, err := c.Mandates(t.Context(), natid.FinnishCode, s)
		if err != nil || len(got) != 1 || got[0] != want {
			t.Errorf("got %+v, %v; want %+v", got, err, want)
		}
	}
}

func TestWithoutTheTokenTheRegistersAreClosed(t *testing.T) {
	t.Parallel()
	_, c := demo(t)
	c.o.Token = "guess"
	_, err := c.Person(t.Context(), natid.FinnishCode, "140385-902F")
	wantDown(t, err)
	_, err = c.Mandates(t.Context(), natid.FinnishCode, "140385-902F")
	wantDown(t, err)
}

func TestARegisterThatIsDownIsSaidToBe(t *testing.T) {
	t.Parallel()
	door, c := demo(t)
	door.SetDown(demoeid.Registers, true)
	_, err := c.Person(t.Context(), natid.FinnishCode, "140385-902F")
	wantDown(t, err)
	door.SetDown(demoeid.Registers, false)
	if _, err := c.Person(t.Context(), natid.FinnishCode, "140385-902F"); err != nil {
		t.Error(err)
	}
}

func TestAnswersThatMakeNoSenseAreARegisterThatIsDown(t *testing.T) {
	t.Parallel()
	const ours = `"identifier":"140385-902F","kind":"FI-HETU"`
	for name, answer := range map[string]http.HandlerFunc{
		"garbage":          says("<html>"),
		"huge":             says(`{` + ours + `,"name":"` + strings.Repeat("x", most) + `"}`),
		"somebody else":    says(`{"identifier":"131052-308T","kind":"FI-HETU"}`),
		"no date":          says(`{` + ours + `,"birth":"14.3.1985"}`),
		"a child's date":   says(`{` + ours + `,"dependants":[{"until":"forever"}],"mandates":[{"business_id":"0000001-9","role":"x","kind":"company","until":"2"}]}`),
		"mandate for none": says(`{` + ours + `,"birth":"x","mandates":[{"role":"signatory","kind":"company"}]}`),
		"elsewhere": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/other", http.StatusTemporaryRedirect)
		},
		"an error": func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "140385-902F", http.StatusInternalServerError)
		},
		"slow": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then does the server see that the client hangs up
			<-r.Context().Done()
		},
		"cut off": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write([]byte(`{`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(answer)
			t.Cleanup(srv.Close)
			c := New(Options{Base: srv.URL, Token: "secret-token", Timeout: 200 * time.Millisecond})
			_, err := c.Person(t.Context(), natid.FinnishCode, "140385-902F")
			wantDown(t, err)
			if name != "somebody else" && name != "no date" {
				_, err = c.Mandates(t.Context(), natid.FinnishCode, "140385-902F")
				wantDown(t, err)
			}
		})
	}
}

func says(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }
}

func wantDown(t *testing.T, err error) {
	t.Helper()
	if !fault.IsKey(err, "register.down") || !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("got %v, want that the register is down", err)
		return
	}
	for _, secret := range []string{"902F", "secret-token", "sesame"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error has a secret in it: %v", err)
		}
	}
}

func TestIdentifiersAreNeverInAnAddress(t *testing.T) {
	t.Parallel()
	var seen []string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.RequestURI)
		http.NotFound(w, r)
	}))
	t.Cleanup(srv.Close)
	c := New(Options{Base: srv.URL + "/", Token: "x"})
	_, _ = c.Person(t.Context(), natid.FinnishCode, "140385-902F")
	_, _ = c.Mandates(t.Context(), natid.FinnishCode, "140385-902F")
	if want := []string{"POST /person", "POST /mandates"}; !slices.Equal(seen, want) {
		t.Errorf("got %v, want %v", seen, want)
	}
}
