package httpgate_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/gateway/sms"
	"luukku/gateway/sms/httpgate"
	"luukku/gateway/smstest"
)

const inJSON = `
[send]
url = "http://gateway.example/v1/messages"
type = "json"
body = '{"to": ["{to}"], "from": "{from}", "body": "{text}", "reference": "{reference}"}'
permanent = ["400", "422"]
reference = "messages.0.id"
[send.header]
Authorization = "Bearer {secret}"
[in]
from = "message.from"
to = "message.to"
text = "message.body"
id = "message.id"
[receipt]
reference = "reference"
status = "state"
delivered = ["DELIVRD"]
failed = ["UNDELIV", "EXPIRED"]
buffered = ["ENROUTE"]
`

const inForm = `
[send]
url = "http://gateway.example/send?key={secret}"
type = "form"
body = "number={digits}&sender={from}&message={text}&callback={receipt_url}"
permanent = ["400"]
[in]
from = "sender"
text = "message"
[receipt]
reference = "custom"
status = "s"
delivered = ["ok"]
`

func gate(t *testing.T, description, base string) *httpgate.Gateway {
	t.Helper()
	d, err := httpgate.Parse([]byte(strings.Replace(description, "http://gateway.example", base, 1)))
	if err != nil {
		t.Fatal(err)
	}
	return httpgate.New(httpgate.Config{Description: d, Secret: "geheim", Receipts: "https://town.example/sms/main/receipt", Timeout: time.Second})
}

func TestADescribedGatewayIsATexter(t *testing.T) {
	t.Parallel()
	for name, description := range map[string]string{"json": inJSON, "form": inForm} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			smstest.Conformance(t, func(t *testing.T) smstest.Subject {
				s := (&smstest.Server{
					Read: reader(t, name),
					Accept: func(w http.ResponseWriter, _ *http.Request) {
						_, _ = w.Write([]byte(`{"messages": [{"id": "m-17", "to": "+358401234567"}]}`))
					},
					Refuse: func(w http.ResponseWriter, _ *http.Request) {
						http.Error(w, "+358401234567 is no good", http.StatusBadRequest)
					},
				}).Start(t)
				return smstest.Subject{Texter: gate(t, description, s.URL), Taken: s.Taken, Trouble: s.Make}
			})
		})
	}
}

func reader(t *testing.T, kind string) func(r *http.Request) smstest.Sent {
	return func(r *http.Request) smstest.Sent {
		if kind == "form" {
			if r.URL.Query().Get("key") != "geheim" || !strings.Contains(r.PostFormValue("callback"), "?ref=town.") {
				t.Errorf("got %s, callback %q", r.URL, r.PostFormValue("callback"))
			}
			return smstest.Sent{From: r.PostFormValue("sender"), To: "+" + r.PostFormValue("number"), Text: r.PostFormValue("message")}
		}
		var m struct {
			To         []string
			From, Body string
			Reference  string
		}
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil || len(m.To) != 1 || r.Header.Get("Authorization") != "Bearer geheim" || !strings.HasPrefix(m.Reference, "town.") {
			t.Errorf("got %+v, %v, %v", m, err, r.Header)
			return smstest.Sent{}
		}
		return smstest.Sent{From: m.From, To: m.To[0], Text: m.Body}
	}
}

func TestTheGatewaysReferenceIsKept(t *testing.T) {
	t.Parallel()
	for answer, want := range map[string]string{
		`{"messages": [{"id": "m-17"}]}`: "m-17", `{"messages": [{"id": 1700000000}]}`: "1700000000", `{"messages": []}`: "a1", `<html>`: "a1", `{"messages": [{"id": "358401234567"}]}`: "a1",
	} {
		s := (&smstest.Server{
			Read:   func(*http.Request) smstest.Sent { return smstest.Sent{} },
			Accept: func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(answer)) },
		}).Start(t)
		r, err := gate(t, inJSON, s.URL).SendText(t.Context(), smstest.Text("a1"))
		if err != nil || r.Reference != want {
			t.Errorf("%s: got %+v, %v, want %s", answer, r, err, want)
		}
	}
}

func TestWhatADescribedGatewayBringsIsRead(t *testing.T) {
	t.Parallel()
	asJSON, asForm := gate(t, inJSON, "http://x.example"), gate(t, inForm, "http://x.example")
	body := func(s string) sms.Delivered {
		return sms.Delivered{Fields: url.Values{}, Type: "application/json", Body: []byte(s)}
	}
	m, err := asJSON.In(body(`{"message": {"from": "358401234567", "to": "+358451112222", "body": "Hei 😀", "id": 7}}`))
	if want := (texting.Inbound{From: "+358401234567", To: "+358451112222", Body: "Hei 😀", Ref: "7"}); err != nil || m != want {
		t.Errorf("got %+v, %v, want %+v", m, err, want)
	}
	m, err = asForm.In(sms.Delivered{Fields: url.Values{"sender": {"+358401234567"}, "message": {"Hei"}}})
	if want := (texting.Inbound{From: "+358401234567", Body: "Hei"}); err != nil || m != want {
		t.Errorf("got %+v, %v, want %+v", m, err, want)
	}
	for _, bad := range []string{`{`, `[]`, `{"message": {"from": {"x": 1}}}`, `null`, `{"message": []}`} {
		if m, err := asJSON.In(body(bad)); err == nil {
			t.Errorf("%s: got %+v", bad, m)
		}
	}
	for state, want := range map[string]notify.Fate{"DELIVRD": notify.Delivered, "EXPIRED": notify.Undelivered, "ENROUTE": notify.Buffered, "?": "", "": ""} {
		a, err := asJSON.Receipt(body(`{"reference": "town.x1", "state": "` + state + `"}`))
		if (err == nil) != (want != "") || a.Fate != want || want != "" && (a.Org != "town" || a.ID != "x1") {
			t.Errorf("%q: got %+v, %v", state, a, err)
		}
	}
	if a, err := asForm.Receipt(sms.Delivered{Fields: url.Values{"ref": {"town.x1"}, "s": {"ok"}}}); err != nil || a.ID != "x1" {
		t.Errorf("got %+v, %v", a, err)
	}
}

func TestDescriptionsAreChecked(t *testing.T) {
	t.Parallel()
	for replace, with := range map[string]string{
		`url = "http://gateway.example/v1/messages"`: `url = "/messages"`,
		`type = "json"`:               `type = "xml"`,
		`"body": "{text}"`:            `"body": "text"`,
		`["{to}"], `:                  `["{to}", `,
		`["400", "422"]`:              `["4xx"]`,
		`permanent =`:                 `permanant =`,
		`text = "message.body"`:       ``,
		`status = "state"`:            ``,
		`reference = "messages.0.id"`: `method = "GET"`,
		`[send]`:                      `[send`,
	} {
		if !strings.Contains(inJSON, replace) {
			t.Fatalf("%s is not there", replace)
		}
		if d, err := httpgate.Parse([]byte(strings.Replace(inJSON, replace, with, 1))); err == nil {
			t.Errorf("%s: got %+v", with, d.Send)
		} else if strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", with, err)
		}
	}
}

// The example of the documentation is a description.
func TestTheDocumentedDescriptionIsGood(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../docs/sms.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "    [send]\n")
	example, _, ok2 := strings.Cut("    [send]\n"+rest, "\n\nThe")
	if !ok || !ok2 {
		t.Fatal("docs/sms.md has no description")
	}
	if _, err := httpgate.Parse([]byte(strings.ReplaceAll(example, "\n    ", "\n"))); err != nil {
		t.Error(err)
	}
}
