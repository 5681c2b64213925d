package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/danielgtaylor/huma/v2/validation"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/web"
)

// Problem is what every request that was not carried out is answered with (RFC 9457).
type Problem struct {
	Type   string `json:"type" format:"uri-reference" example:"/problems/booking.taken" doc:"What went wrong, for programs. These names stay."`
	Title  string `json:"title" example:"Not possible as things are now" doc:"The kind of problem, in the language asked for."`
	Detail string `json:"detail" example:"Monday 23 November at 10:00 was just taken" doc:"What happened this time, for the person."`
	Status int    `json:"status" example:"409" doc:"The HTTP status."`
	// Fields are wrong fields of the request.
	Fields []FieldProblem `json:"fields,omitempty" nullable:"false" doc:"Which fields, parameters or headers to mend."`
	// Alternatives are the free times nearest to one that was taken.
	Alternatives []Slot `json:"alternatives,omitempty" nullable:"false" doc:"The free times nearest to the one that was taken, at the same office."`
	RetryAfter   int    `json:"retry_after,omitempty" doc:"Seconds to wait before the next try." example:"30"`
	Incident     string `json:"incident,omitempty" doc:"What to tell the office when the fault is ours." example:"7K3M9XQD"`

	headers http.Header
}

// FieldProblem is one wrong field of a request.
type FieldProblem struct {
	Name   string `json:"name" example:"email" doc:"The field of the body, the parameter or the header."`
	Detail string `json:"detail" example:"Check the email address." doc:"What to mend, in the language asked for."`
}

var (
	_ huma.StatusError       = (*Problem)(nil)
	_ huma.HeadersError      = (*Problem)(nil)
	_ huma.ContentTypeFilter = (*Problem)(nil)
)

// problemType is the media type of problems.
const problemType = "application/problem+json"

// Error names the problem; it holds nothing personal.
func (p *Problem) Error() string { return p.Type }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are those that go with it.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is application/problem+json, whatever was asked for.
func (p *Problem) ContentType(string) string { return problemType }

func (p *Problem) write(w http.ResponseWriter) {
	b, err := json.Marshal(p)
	if err != nil {
		b = []byte("{}") // a struct of texts and numbers always marshals
	}
	for k, v := range p.headers {
		w.Header()[k] = v
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_, _ = w.Write(b)
}

// Faults whose status the kind alone does not say.
var (
	errTooLarge   = fault.Invalid("error.too_large", nil)
	errUnreadable = fault.Invalid("api.unreadable", nil)
)

// statuses are the answers of HTTP itself.
var statuses = map[string]int{
	"error.too_large": http.StatusRequestEntityTooLarge, "api.unreadable": http.StatusBadRequest, "api.media_type": http.StatusUnsupportedMediaType,
	"api.slow": http.StatusRequestTimeout, "api.changed_since": http.StatusPreconditionFailed, "api.ticket_changed": http.StatusPreconditionFailed, "error.csrf": http.StatusForbidden,
}

// refusal is a fault with free times to choose from instead.
type refusal struct {
	error
	alternatives []Slot
}

func (r refusal) Unwrap() error { return r.error }

// problem puts a fault into the language of the request. What is no fault becomes an incident code, and its cause a line of the log.
func (d *Door) problem(r *http.Request, err error) *Problem {
	f, p := web.Timely(r, err), d.printer(r)
	out := &Problem{Status: web.StatusOf(f.Kind), Title: p.T("api.title_" + f.Kind.String()), headers: http.Header{}}
	if status, ok := statuses[f.Key]; ok {
		out.Status = status
	}
	key := f.Key
	switch f.Kind {
	case fault.KindInternal:
		if fault.Left(r.Context()) {
			d.site.Log.Debug("asker left", "route", r.Pattern, "method", r.Method)
			return out
		}
		out.Type, out.Incident = "/problems/internal", d.incident(r, err)
		out.Detail = p.T("error.internal", "code", out.Incident)
		return out
	case fault.KindForbidden:
		if key != "error.csrf" { // the only thing that a stranger may know is forbidden
			key, out.Title = "error.not_found", p.T("api.title_not_found")
		}
	case fault.KindUnavailable:
		if key != web.BusyKey {
			d.site.Outage(r, err)
		}
	case fault.KindSignInRequired:
		out.headers.Set("WWW-Authenticate", codeHeader)
		if key == "staff.key_invalid" {
			out.headers.Set("WWW-Authenticate", "Bearer")
		}
	}
	out.Type, out.Detail = "/problems/"+key, text(p, key, f.Args, out.Title)
	if f.RetryAfter > 0 || f.Kind == fault.KindTooMany || f.Kind == fault.KindUnavailable {
		out.RetryAfter = int(math.Ceil(max(f.RetryAfter, time.Second).Seconds()))
		out.headers.Set("Retry-After", strconv.Itoa(out.RetryAfter))
	}
	for _, field := range f.Fields {
		out.Fields = append(out.Fields, FieldProblem{Name: field.Name, Detail: text(p, field.Key, field.Args, out.Title)})
	}
	if refused, ok := errors.AsType[refusal](err); ok {
		out.Alternatives = refused.alternatives
	}
	return out
}

// text is the wording of a key. Some texts speak of pages and forms; api.toml has other words for those.
func text(p *i18n.Printer, key string, args fault.Args, otherwise string) string {
	if own := "api.as_" + strings.ReplaceAll(key, ".", "_"); p.Has(own) {
		return p.TA(own, args)
	}
	if !p.Has(key) {
		return otherwise
	}
	return p.TA(key, args)
}

// incident logs what went wrong under a code that can be read over the phone. Neither address nor body is in the line.
func (d *Door) incident(r *http.Request, err error) string {
	code := strings.ToUpper(d.site.Gen.Token(40))
	d.site.Log.Error("incident", "code", code, "route", r.Pattern, "method", r.Method, "error", err.Error())
	return code
}

// translate turns what the framework says of a request into a problem. It says it in English and repeats what was sent; neither goes out.
func (d *Door) translate(ctx huma.Context, _ string, v any) (any, error) {
	m, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	r, _ := humago.Unwrap(ctx)
	switch m.Status {
	case http.StatusUnprocessableEntity:
		var fields []fault.Field
		for _, e := range m.Errors {
			fields = append(fields, wrongField(e))
		}
		return d.problem(r, fault.Invalid("form.invalid", nil, fields...)), nil
	case http.StatusBadRequest:
		return d.problem(r, errUnreadable), nil
	case http.StatusRequestEntityTooLarge:
		return d.problem(r, errTooLarge), nil
	case http.StatusUnsupportedMediaType:
		return d.problem(r, fault.Invalid("api.media_type", nil)), nil
	case http.StatusRequestTimeout:
		return d.problem(r, fault.Invalid("api.slow", nil)), nil
	}
	return d.problem(r, fmt.Errorf("the framework answered with status %d", m.Status)), nil
}

// wrongField reads one finding of the framework.
func wrongField(e *huma.ErrorDetail) fault.Field {
	where, name, ok := strings.Cut(e.Location, ".")
	if !ok {
		name = where
	}
	f := fault.Field{Name: name, Key: "api.field_wrong"}
	var limit int
	switch msg := e.Message; {
	case msg == validation.MsgUnexpectedProperty, msg == "unknown query parameter":
		f.Key = "api.field_unknown"
	case scans(msg, validation.MsgExpectedRequiredProperty, &f.Name), strings.HasSuffix(msg, "parameter is missing"):
		f.Key = "field.required"
	case msg == validation.MsgExpectedRFC3339DateTime:
		f.Key = "api.field_time"
	case msg == validation.MsgExpectedRFC3339Date:
		f.Key = "api.field_date"
	case scans(msg, validation.MsgExpectedMaxLength, &limit):
		f.Key, f.Args = "field.too_long", fault.Args{"max": limit}
	case scans(msg, validation.MsgExpectedMinLength, &limit):
		f.Key, f.Args = "api.field_too_short", fault.Args{"min": limit}
		if limit == 1 {
			f.Key = "field.required"
		}
	case strings.HasPrefix(msg, "expected value to be one of"):
		f.Key = "api.field_choose"
	}
	if r := []rune(f.Name); len(r) > 60 { // a name is repeated, a letter is not
		f.Name = string(r[:60])
	}
	return f
}

func scans(msg, format string, into any) bool {
	n, err := fmt.Sscanf(msg, format, into)
	return n == 1 && err == nil
}

// renamed is a fault whose field has another name here than on pages.
func renamed(err error, page, here string) error {
	if f, ok := errors.AsType[*fault.Fault](err); ok {
		for i := range f.Fields {
			if f.Fields[i].Name == page {
				f.Fields[i].Name = here
			}
		}
	}
	return err
}
