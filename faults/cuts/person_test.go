package cuts

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"time"

	"luukku/base/i18n"
)

// sure is what an answer says of the thing that was asked for.
type sure int

const (
	yes     sure = iota // it is done
	no                  // it is not done
	unknown             // nobody knows: ask again with the same form
	broken              // an answer that nobody should ever get
)

func (s sure) String() string { return [...]string{"yes", "no", "unknown", "broken"}[s] }

// form is a request that can be sent again as it is.
type form struct {
	method, path, kind, body string
	header                   map[string]string
	leads                    string // a page's form: the address that a yes leads to has this in it
}

// answer is what came back, or why nothing did.
type answer struct {
	form   form
	status int
	header http.Header
	body   []byte
	err    error
}

func (a answer) String() string {
	return fmt.Sprintf("%s %s: status %d to %q, error %v: %.600s", a.form.method, a.form.path, a.status, a.header.Get("Location"), a.err, a.body)
}

// unknownPages are the words of an unknown outcome on a page.
var unknownPage = i18n.MustLoad().Printer("en").T("error.unknown_outcome")

func (a answer) sure() sure {
	switch a.status {
	case 0:
		return unknown // the connection broke
	case http.StatusOK, http.StatusCreated:
		return yes
	case http.StatusSeeOther:
		if a.form.leads != "" && strings.Contains(a.header.Get("Location"), a.form.leads) {
			return yes
		}
		return no
	case http.StatusServiceUnavailable:
		if a.header.Get("Retry-After") == "" {
			return broken
		}
		if strings.Contains(string(a.body), "/problems/error.unknown_outcome") || strings.Contains(string(a.body), unknownPage) {
			return unknown
		}
		return no
	case http.StatusConflict, http.StatusUnprocessableEntity, http.StatusNotFound, http.StatusTooManyRequests:
		return no
	}
	return broken
}

// code is the booking code that an answer tells, on a page or in JSON.
func (a answer) code() string { return codeForm.FindString(string(a.body)) }

var codeForm = regexp.MustCompile(`\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}\b`)

// person is one browser or program.
type person struct {
	base string
	http *http.Client
}

func newPerson(base string) *person {
	jar, _ := cookiejar.New(nil) // it has no options to be wrong
	return &person{base: base, http: &http.Client{
		Jar: jar, Timeout: 60 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 2},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// at is the same person, with their cookies, at another server of the same installation.
func (p *person) at(base string) *person { return &person{base: base, http: p.http} }

func (p *person) request(ctx context.Context, f form) (*http.Request, error) {
	r, err := http.NewRequestWithContext(ctx, f.method, p.base+f.path, strings.NewReader(f.body))
	if err != nil {
		return nil, err
	}
	if f.kind != "" {
		r.Header.Set("Content-Type", f.kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	r.Header.Set("Accept-Language", "en")
	for k, v := range f.header {
		r.Header.Set(k, v)
	}
	return r, nil
}

// send sends a form once. An answer that breaks off is none.
func (p *person) send(ctx context.Context, f form) answer {
	r, err := p.request(ctx, f)
	if err != nil {
		return answer{form: f, err: err}
	}
	res, err := p.http.Do(r)
	if err != nil {
		return answer{form: f, err: err}
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return answer{form: f, err: err}
	}
	return answer{form: f, status: res.StatusCode, header: res.Header, body: body}
}

// settle sends a form whose outcome is open until it is known; n counts the answers that left it open. That this try was not done, because the database
// does not answer, says nothing of the one before.
func (p *person) settle(ctx context.Context, f form) (a answer, n int) {
	for {
		a = p.send(ctx, f)
		if a.sure() != unknown && a.status != http.StatusServiceUnavailable || ctx.Err() != nil {
			return a, n
		}
		n++
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// insist sends a form that says nothing about a booking yet until it is done; a no is an answer only when it is a conflict or a refusal.
func (p *person) insist(ctx context.Context, f form) answer {
	for {
		a := p.send(ctx, f)
		if a.status != 0 && a.status != http.StatusServiceUnavailable || ctx.Err() != nil {
			return a
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// wanted is a time that somebody wants, and their name for it.
type wanted struct{ service, office, start, email string }

const api = "/api/v1/organisations/town"

func asJSON(v any) string {
	b, _ := json.Marshal(v) // maps of strings always marshal
	return string(b)
}

func program(method, path, key string, body any) form {
	f := form{method: method, path: api + path, kind: "application/json", body: asJSON(body), header: map[string]string{}}
	if key != "" {
		f.header["Idempotency-Key"] = key
	}
	return f
}

// byProgram books through the JSON API.
func byProgram(w wanted, key string) form {
	return program(http.MethodPost, "/appointments", key, map[string]string{
		"service": w.service, "office": w.office, "start": w.start, "name": "Specimen Person", "email": w.email, "lang": "en",
	})
}

// moving moves a booking through the JSON API.
func moving(code, start, key string) form {
	f := program(http.MethodPost, "/appointment/move", key, map[string]string{"start": start})
	f.header["Booking-Code"] = code
	return f
}

// cancelling gives a booking up through the JSON API.
func cancelling(code, key string) form {
	f := program(http.MethodPost, "/appointment/cancel", key, map[string]string{"reason": "Specimen"})
	f.header["Booking-Code"] = code
	return f
}

// holding keeps a time for a session through the JSON API; without a session, the answer has one.
func holding(w wanted, session string) form {
	f := program(http.MethodPost, "/holds", "", map[string]string{"service": w.service, "office": w.office, "start": w.start})
	if session != "" {
		f.header["Luukku-Session"] = session
	}
	return f
}

// fromHold books a held time through the JSON API.
func fromHold(w wanted, hold, session, key string) form {
	f := program(http.MethodPost, "/appointments", key, map[string]string{
		"service": w.service, "office": w.office, "start": w.start, "name": "Specimen Person", "email": w.email, "lang": "en", "hold": hold,
	})
	f.header["Luukku-Session"] = session
	return f
}

func page(path string, values url.Values, leads string) form {
	return form{method: http.MethodPost, path: "/en/town/" + path, kind: "application/x-www-form-urlencoded", body: values.Encode(), leads: leads}
}

// picking chooses a time on the pages.
func picking(w wanted) form {
	return page("book/"+w.service+"/"+w.office, url.Values{"slot": {w.start}}, "/details")
}

// byPages goes through the pages up to the last step, whose form it returns; ok is false when the time was taken on the way.
func (p *person) byPages(ctx context.Context, w wanted) (last form, stopped answer, ok bool) {
	picked := p.insist(ctx, picking(w))
	if picked.sure() != yes {
		return form{}, picked, false
	}
	details := strings.TrimPrefix(pathOf(picked), "/en/town/")
	filled := p.insist(ctx, page(details, url.Values{"name": {"Specimen Person"}, "email": {w.email}, "lang": {"en"}}, "/check"))
	if filled.sure() != yes {
		return form{}, filled, false
	}
	return page(strings.TrimPrefix(pathOf(filled), "/en/town/"), url.Values{}, "/booked"), filled, true
}

func pathOf(a answer) string {
	u, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		return ""
	}
	return u.Path
}

// booked reads the confirmation that this browser may see, for its code.
func (p *person) booked(ctx context.Context) string {
	return p.insist(ctx, form{method: http.MethodGet, path: "/en/town/booked"}).code()
}
