package api_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
)

// broken is a store whose configuration cannot be read.
type broken struct {
	booking.Store
	err error
}

func (b broken) Config(context.Context, ids.Org) (*catalog.Config, error) {
	return nil, b.err
}

// from reads an appointment from another address.
func (c *client) from(t testing.TB, address, code string) int {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, town+"/appointment", nil)
	r.RemoteAddr = address
	r.Header.Set("Booking-Code", code)
	w := httptest.NewRecorder()
	c.handler.ServeHTTP(w, r)
	return w.Code
}

// operation is what the tests look at of an operation's description.
type operation struct {
	OperationID string
	Summary     string
	Tags        []string
	Security    []map[string][]string
	Parameters  []struct{ Name, In string }
	Responses   map[string]struct {
		Description string
		Headers     map[string]any
		Content     map[string]struct{ Schema map[string]any }
	}
}

type description struct {
	OpenAPI    string
	Paths      map[string]map[string]operation
	Components struct {
		Schemas map[string]struct {
			Properties map[string]struct {
				Properties map[string]struct {
					Type             string
					Description      string
					Minimum, Maximum *int64
					MultipleOf       *int64
					Enum             []string `json:"enum"`
				}
			}
		}
	}
}

func describe(t *testing.T) (description, []byte) {
	t.Helper()
	a := open(t, 1).get(t, "/api/v1/openapi.json").want(200)
	var d description
	if err := json.Unmarshal(a.body, &d); err != nil {
		t.Fatal(err)
	}
	return d, a.body
}

func TestTheDescriptionIsValidOpenAPI(t *testing.T) {
	t.Parallel()
	_, raw := describe(t)
	here := filepath.Join("..", "e2e")
	if _, err := os.Stat(filepath.Join(here, "node_modules", "@seriousme", "openapi-schema-validator")); err != nil {
		if os.Getenv("LUUKKU_REQUIRE_NODE") == "1" {
			t.Fatalf("the validator is not installed in e2e/node_modules: %v", err)
		}
		t.Skip("NOT CHECKED: the OpenAPI validator is missing; run npm ci in e2e")
	}
	validate := exec.CommandContext(t.Context(), "node", "--input-type=module", "-e", `
import { Validator } from "@seriousme/openapi-schema-validator";
let text = "";
for await (const part of process.stdin) text += part;
const v = new Validator();
const r = await v.validate(JSON.parse(text));
if (!r.valid) { console.log(JSON.stringify(r.errors, null, 1)); process.exit(1); }
console.log(v.version);`)
	validate.Dir, validate.Stdin = here, strings.NewReader(string(raw))
	out, err := validate.CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != "3.1" {
		t.Errorf("got %s (%v), want a valid OpenAPI 3.1 description", out, err)
	}
}

func TestEveryOperationIsDescribedWhole(t *testing.T) {
	t.Parallel()
	d, raw := describe(t)
	if d.OpenAPI != "3.1.0" {
		t.Errorf("got OpenAPI %s, want 3.1.0", d.OpenAPI)
	}
	for _, unwanted := range []string{"$schema", "ErrorModel", "ErrorDetail"} {
		if strings.Contains(string(raw), unwanted) {
			t.Errorf("the description holds %s, which is never sent", unwanted)
		}
	}
	if p, ok := d.Components.Schemas["Problem"]; !ok || len(p.Properties) != 8 {
		t.Errorf("got problem schema %+v, want one with 8 properties", p)
	}
	n := 0
	for path, methods := range d.Paths {
		for method, op := range methods {
			n++
			if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 || len(op.Security) == 0 {
				t.Errorf("%s %s: got %+v, want an id, a summary, a tag and its security", method, path, op)
			}
			for status, r := range op.Responses {
				if r.Description == "" {
					t.Errorf("%s %s: status %s has no description", method, path, status)
				}
				if _, problem := r.Content["application/problem+json"]; status >= "4" && !problem {
					t.Errorf("%s %s: status %s is no problem: %v", method, path, status, r.Content)
				}
			}
			if strings.Contains(path, "{org}/appointment") && !strings.Contains(path, "{org}/appointments") {
				if _, ok := op.Security[0]["bookingCode"]; !ok {
					t.Errorf("%s %s: got security %v, want the booking code", method, path, op.Security)
				}
			}
		}
	}
	if n != 100 {
		t.Errorf("got %d operations, want 100", n)
	}
	times := d.Paths["/organisations/{org}/free-times"]["get"]
	if times.Responses["304"].Description == "" || times.Responses["200"].Headers["ETag"] == nil {
		t.Errorf("got %+v, want ETag and 304", times.Responses)
	}
}

func TestThePolicysSchemaIsTheTableOfFields(t *testing.T) {
	t.Parallel()
	d, _ := describe(t)
	got := d.Components.Schemas["ServiceWithPolicy"].Properties["policy"].Properties
	if len(got) != len(catalog.Fields) {
		t.Errorf("got %d fields, want %d", len(got), len(catalog.Fields))
	}
	for _, f := range catalog.Fields {
		s := got[f.Name]
		if s.Description == "" || strings.Contains(s.Description, "⟦") {
			t.Errorf("%s: got description %q", f.Name, s.Description)
		}
		if f.Kind == catalog.KindSwitch {
			if s.Type != "boolean" {
				t.Errorf("%s: got type %s, want boolean", f.Name, s.Type)
			}
			continue
		}
		if f.Kind == catalog.KindOpening || f.Kind == catalog.KindTimes || f.Kind == catalog.KindQuiet {
			if s.Type != "string" {
				t.Errorf("%s: got type %s, want a text", f.Name, s.Type)
			}
			continue
		}
		if f.Kind == catalog.KindLevel || f.Kind == catalog.KindChoice {
			if s.Type != "string" || len(s.Enum) != int(f.Max)+1 {
				t.Errorf("%s: got type %s with %d values, want a text with %d", f.Name, s.Type, len(s.Enum), f.Max+1)
			}
			continue
		}
		if s.Type != "integer" || *s.Minimum != f.Min || *s.Maximum != f.Max || *s.MultipleOf != f.Step {
			t.Errorf("%s: got %+v, want the limits %d, %d, %d", f.Name, s, f.Min, f.Max, f.Step)
		}
	}
}

func TestARequestFromAnotherSiteIsRefused(t *testing.T) {
	t.Parallel()
	c := open(t, 1)
	a := c.post(t, "another-site", wish(), "Sec-Fetch-Site", "cross-site", "Origin", "https://elsewhere.example")
	a.want(http.StatusForbidden)
	if got := c.get(t, town+"/services", "Origin", "https://elsewhere.example").want(200).header.Get("Access-Control-Allow-Origin"); got != "" {
		t.Errorf("got Access-Control-Allow-Origin %q, want none", got)
	}
}

func TestThePageForPeopleNamesEveryProblemOfTheAPI(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "api.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"api.unreadable", "api.code_required", "staff.key_invalid", "record.not_found", "error.csrf", "api.no_route", "org.unknown", "service.unknown", "office.unknown", "office.not_offered",
		"draft.not_found", "manage.not_found", "api.method", "api.slow", "booking.taken", "form.key_reused", "manage.stale", "api.changed_since",
		"error.too_large", "api.media_type", "form.invalid", "code.form", "booking.past", "booking.too_close", "booking.too_far", "booking.not_on_grid",
		"booking.too_many", "hold.too_often", "move.same_time", "manage.too_late_to_edit", "manage.too_late_to_move", "manage.too_late_to_cancel",
		"manage.past", "manage.cancelled_already", "manage.not_online", "manage.too_many_tries", "error.too_many", "internal", "error.unavailable",
		"error.unknown_outcome", "error.busy", "api.ticket_changed", "queue.no_ticket", "queue.no_counter", "queue.not_now", "queue.busy", "queue.elsewhere",
		"queue.counter_closed", "queue.counter_taken", "queue.on_break", "queue.changed", "queue.undo_late", "lobby.not_in.place", "lobby.not_in.day", "lobby.not_in.unknown",
		"submission.not_now", "letter.read", "letter.printed", "letter.recalled_already", "letter.changed",
	} {
		if !strings.Contains(string(page), "`/problems/"+key+"`") {
			t.Errorf("docs/api.md does not name /problems/%s", key)
		}
	}
	d, _ := describe(t)
	for path := range d.Paths {
		last := path[strings.LastIndex(path, "/")+1:]
		if !strings.HasPrefix(last, "{") && !strings.Contains(string(page), last) {
			t.Errorf("docs/api.md does not name %s", path)
		}
	}
}
