package demoeid

import (
	"cmp"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/actor"
	"luukku/web"
	"luukku/web/ui"
)

var signingAlgs = []jose.SignatureAlgorithm{jose.RS256, jose.PS256, jose.ES256}

// How long a person may think, how long a code is good, and how many may think at once: the demo's memory is not for whoever asks most.
const (
	thinking    = 10 * time.Minute
	codeLife    = time.Minute
	mostPending = 5000
)

// request is what a client asks for, as the request object or the query says it.
type request struct {
	Issuer    string          `json:"iss"`
	Audience  texts           `json:"aud"`
	Expires   float64         `json:"exp"`
	ClientID  string          `json:"client_id"`
	Type      string          `json:"response_type"`
	ReturnTo  string          `json:"redirect_uri"`
	Scope     string          `json:"scope"`
	State     string          `json:"state"`
	Nonce     string          `json:"nonce"`
	Challenge string          `json:"code_challenge"`
	Method    string          `json:"code_challenge_method"`
	ACR       string          `json:"acr_values"`
	Locales   string          `json:"ui_locales"`
	Prompt    string          `json:"prompt"`
	MaxAge    json.RawMessage `json:"max_age"`
}

// texts is a claim that is one text or several.
type texts []string

// UnmarshalJSON reads both forms.
func (t *texts) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*t = texts{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(t))
}

// pending is a request whose person is choosing.
type pending struct {
	provider provider
	request  request
	until    time.Time
}

// authorize takes a request and leads to the page where a person is chosen, at an address that can be loaded again.
func (d *Door) authorize(w http.ResponseWriter, r *http.Request, p provider) {
	req, why := d.readRequest(r, p)
	if why != "" { // there is nowhere that it would be safe to send the person to
		d.refuse(w, r, p, why)
		return
	}
	switch {
	case req.Type != "code":
		d.back(w, r, p, req, url.Values{"error": {"unsupported_response_type"}})
		return
	case !slices.Contains(strings.Fields(req.Scope), "openid"), req.Nonce == "", req.Method != "S256", len(req.Challenge) != 43:
		d.back(w, r, p, req, url.Values{"error": {"invalid_request"}})
		return
	case req.Prompt == "none":
		d.back(w, r, p, req, url.Values{"error": {"login_required"}})
		return
	}
	now := d.site.Now()
	id := d.site.Gen.Token(128)
	d.mu.Lock()
	d.sweep(now)
	full := len(d.pending) >= mostPending
	if !full {
		d.pending[id] = pending{p, req, now.Add(thinking)}
	}
	d.mu.Unlock()
	if full {
		d.back(w, r, p, req, url.Values{"error": {"temporarily_unavailable"}})
		return
	}
	http.Redirect(w, r, address(p, id, language(r, req.Locales)), http.StatusSeeOther)
}

// address is the page where a person is chosen.
func address(p provider, id string, lang i18n.Lang) string {
	return Prefix + string(p.id) + "/choose?" + url.Values{"request": {id}, "lang": {string(lang)}}.Encode()
}

// readRequest reads and checks a request; why says what is wrong when it cannot even be answered with an error.
func (d *Door) readRequest(r *http.Request, p provider) (req request, why string) {
	if err := r.ParseForm(); err != nil {
		return req, "form"
	}
	object := r.Form.Get("request")
	if object == "" && p.signed {
		return req, "unsigned"
	}
	if object == "" {
		return d.checkRequest(request{
			ClientID: r.Form.Get("client_id"), Type: r.Form.Get("response_type"), ReturnTo: r.Form.Get("redirect_uri"), Scope: r.Form.Get("scope"),
			State: r.Form.Get("state"), Nonce: r.Form.Get("nonce"), Challenge: r.Form.Get("code_challenge"), Method: r.Form.Get("code_challenge_method"),
			ACR: r.Form.Get("acr_values"), Locales: r.Form.Get("ui_locales"), Prompt: r.Form.Get("prompt"),
		})
	}
	if !d.signedByClient(object, &req) {
		return req, "signature"
	}
	switch {
	case req.Issuer != d.o.ClientID, req.ClientID != r.Form.Get("client_id"):
		return req, "client"
	case !slices.Contains(req.Audience, d.issuer(p)):
		return req, "audience"
	case int64(req.Expires) <= d.site.Now().Unix():
		return req, "expired"
	}
	return d.checkRequest(req)
}

func (d *Door) checkRequest(req request) (request, string) {
	switch {
	case req.ClientID != d.o.ClientID:
		return req, "client"
	case !d.o.ReturnTo(req.ReturnTo):
		return req, "redirect_uri"
	}
	return req, ""
}

// signedByClient reads what our client has signed; false when it has not.
func (d *Door) signedByClient(token string, into any) bool {
	jws, err := jose.ParseSignedCompact(token, signingAlgs)
	if err != nil {
		return false
	}
	set := d.o.ClientKeys()
	for _, k := range set.Key(jws.Signatures[0].Protected.KeyID) {
		if k.Use == "enc" {
			continue
		}
		if payload, err := jws.Verify(k.Key); err == nil {
			return json.Unmarshal(payload, into) == nil
		}
	}
	return false
}

// refuse shows that a request cannot be answered. Why is for the log.
func (d *Door) refuse(w http.ResponseWriter, r *http.Request, p provider, why string) {
	d.site.Log.Warn("demo e-ID refused a request", "provider", string(p.id), "why", why)
	v, err := d.site.Open(w, r, language(r, r.FormValue("lang")), "")
	if err == nil {
		err = fault.Invalid("demo_eid.refused", nil)
	}
	v.Fail(err)
}

// back leads to where the request came from.
func (d *Door) back(w http.ResponseWriter, r *http.Request, p provider, req request, answer url.Values) {
	u, err := url.Parse(req.ReturnTo)
	if err != nil { // ReturnTo was checked
		d.refuse(w, r, p, "redirect_uri")
		return
	}
	answer.Set("iss", d.issuer(p)) // RFC 9207
	if req.State != "" {
		answer.Set("state", req.State)
	}
	q := u.Query()
	for name := range answer {
		q.Set(name, answer.Get(name))
	}
	u.RawQuery = q.Encode()
	http.Redirect(w, r, u.String(), http.StatusSeeOther)
}

// ChoosePage asks who signs in.
type ChoosePage struct {
	web.Base
	Action  string
	Hidden  []ui.Hidden
	Heading string
	Levels  ui.Choices
	People  []Card
}

// Card is one specimen person on the page.
type Card struct {
	Title, Text, Button, Value string
}

func (d *Door) choose(w http.ResponseWriter, r *http.Request, p provider) {
	id := r.URL.Query().Get("request")
	v, err := d.site.Open(w, r, language(r, r.URL.Query().Get("lang")), "")
	if err != nil {
		v.Fail(err)
		return
	}
	v.Serve(func(v *web.Visit) error {
		d.mu.Lock()
		waiting, ok := d.pending[id]
		d.mu.Unlock()
		if !ok || waiting.provider.id != p.id || waiting.until.Before(v.Now) {
			return fault.Invalid("demo_eid.expired", nil)
		}
		b := v.Base("")
		b.LangLinks = nil
		for _, l := range i18n.Languages() {
			b.LangLinks = append(b.LangLinks, ui.LangLink{Lang: l.Code, Href: address(p, id, l.Code), Current: l.Code == v.Lang})
		}
		return v.Render(http.StatusOK, ShowChoose(newChoose(b, p, id, waiting.request.ACR)))
	})
}

func newChoose(b web.Base, p provider, id, acrValues string) ChoosePage {
	b.Title, b.NoIndex = b.T("demo_eid.title"), true
	b.Nav = nil // a provider's page has nothing of the service's own
	page := ChoosePage{
		Base: b, Action: Prefix + string(p.id) + "/choose", Heading: b.T("demo_eid.provider." + string(p.id)),
		Hidden: []ui.Hidden{{Name: "request", Value: id}, {Name: "lang", Value: string(b.Lang)}},
		Levels: ui.Choices{Name: "level", Legend: b.T("demo_eid.level"), Hint: b.T("demo_eid.level_help")},
	}
	chosen := p.usual
	for _, acr := range strings.Fields(acrValues) {
		if level := p.levelOf(acr); level != actor.LevelNone {
			chosen = level
			break
		}
	}
	for _, level := range []actor.Level{actor.LevelLow, actor.LevelSubstantial, actor.LevelHigh} {
		if p.acr[level] != "" {
			page.Levels.Options = append(page.Levels.Options, ui.Choice{
				Value: level.String(), Label: b.T("demo_eid.levels." + level.String()), Checked: level == chosen,
			})
		}
	}
	for _, s := range p.people() {
		page.People = append(page.People, Card{
			Title: s.Name(), Text: b.T("demo_eid.person." + s.Key), Button: b.T("demo_eid.as", "name", s.Name()), Value: s.Key,
		})
	}
	return page
}

// chosen takes what was chosen and leads back with a code, or with the news that the person gave up.
func (d *Door) chosen(w http.ResponseWriter, r *http.Request, p provider) {
	id := r.PostFormValue("request")
	now := d.site.Now()
	d.mu.Lock()
	waiting, ok := d.pending[id]
	delete(d.pending, id)
	d.mu.Unlock()
	if !ok || waiting.provider.id != p.id || waiting.until.Before(now) {
		v, err := d.site.Open(w, r, language(r, r.PostFormValue("lang")), "")
		if err == nil {
			err = fault.Invalid("demo_eid.expired", nil)
		}
		v.Fail(err)
		return
	}
	if r.PostFormValue("cancel") != "" {
		d.back(w, r, p, waiting.request, url.Values{"error": {"access_denied"}})
		return
	}
	s, ok := p.person(r.PostFormValue("person"))
	level, known := actor.ParseLevel(cmp.Or(r.PostFormValue("level"), p.usual.String()))
	if !ok || !known || p.acr[level] == "" {
		d.back(w, r, p, waiting.request, url.Values{"error": {"invalid_request"}})
		return
	}
	made := d.site.Gen.Token(256)
	d.mu.Lock()
	d.sweep(now)
	d.codes[made] = code{provider: p, request: waiting.request, person: s, acr: p.acr[level], at: now, until: now.Add(codeLife)}
	d.mu.Unlock()
	d.back(w, r, p, waiting.request, url.Values{"code": {made}})
}
