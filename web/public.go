package web

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/planted"
	"luukku/domain/booking"
)

// Public says what a page that is the same for everybody is made from. Beside that there is the address, with the language in it, and the reader's look.
type Public struct {
	// Query is the one name that the address's query may have; empty for none. An address with anything else in it is answered for its visitor.
	Query string
	// Follow begins to follow what the page is made from, for the address of the visit. What it returns outlives the visit, and holds nothing of it.
	Follow func(v *Visit) Follow
}

// Follow says from what a page follows now: two answers with the same key are the same page, until the stamp's time is over. It returns false when that
// cannot be told, and then nothing is kept. Asked with a context that has ended it answers from memory or not at all.
type Follow func(ctx context.Context) (booking.Stamp, bool)

// Public makes a handler of one whose page is the same for everybody. The page is made for nobody in particular: the visit that page gets knows the
// address, the moment and the look, and neither cookies nor network address nor headers. So nothing of a visitor can be on a page that is kept.
func (s *Site) Public(p Public, page Handler) Handler {
	return func(v *Visit) error {
		if v.signed != nil || !publicQuery(v.R.URL.RawQuery, p.Query) {
			return page(v) // who has signed in reads so on top of each page
		}
		return s.showPublic(v, publicAnswer{key: s.keyOf(v.R, ""), follow: p.Follow(v), page: page})
	}
}

// Refused answers a posted form that asked in one field for what nobody can have now: whoever asks for it is told the same, as long as what the page
// follows from stays as it is. That holds for strangers. Who has a session may hold what is asked for, so the caller has looked.
func (s *Site) Refused(v *Visit, field string, follow Follow, page Handler) error {
	asked := v.Form(field)
	return s.showPublic(v, publicAnswer{key: s.keyOf(v.R, field+"="+asked), follow: follow, page: page, form: url.Values{field: {asked}}})
}

// publicAnswer is one answer that is the same for everybody.
type publicAnswer struct {
	key    hotKey
	follow Follow
	page   Handler
	form   url.Values
}

// longestURI and longestAsked bound the keys of what is kept.
const (
	longestURI   = 256
	longestAsked = 128
)

// publicQuery reports whether a query is empty, or the one name with a plain value: then there is one way to write it.
func publicQuery(query, name string) bool {
	if query == "" {
		return true
	}
	value, ok := strings.CutPrefix(query, name+"=")
	return ok && name != "" && value != "" && !strings.ContainsFunc(value, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-'
	})
}

// keyOf is the key of the page that a request asks for.
func (s *Site) keyOf(r *http.Request, asked string) hotKey {
	return hotKey{uri: r.RequestURI, asked: asked, look: s.look(r), packed: takesGzip(r.Header.Get("Accept-Encoding"))}
}

// keepable reports whether an answer's key is one that is kept: no address is that long, and none names a host.
func (a publicAnswer) keepable() bool {
	return strings.HasPrefix(a.key.uri, "/") && len(a.key.uri) <= longestURI && len(a.key.asked) <= longestAsked
}

// showPublic sends the page that is kept while that is still true, else a new one.
func (s *Site) showPublic(v *Visit, a publicAnswer) error {
	stamp, ok := a.follow(v.Ctx())
	if s.Demo != nil {
		stamp.Until = min(stamp.Until, thisMinute(s.Now())) // the demo's pages tell the time
	}
	if !ok || !a.keepable() || v.Org != nil && v.Org.Version != stamp.Key.Config { // the visit began under an older configuration
		p, err := s.writePublic(v, a)
		if err == nil {
			p.send(v.W, v.R)
		}
		return err
	}
	if p := s.Hot.get(a.key); p != nil && p.holds(stamp, s.Now()) {
		p.send(v.W, v.R)
		return nil
	}
	p, err := s.Hot.once(flightKey{a.key, stamp.Key}, func() (*hotPage, error) { return s.makePublic(v, a, stamp) })
	if err != nil {
		return err
	}
	p.send(v.W, v.R)
	return nil
}

// makePublic writes a page and keeps it, unless something changed while it was written: then nobody knows which of the two it shows.
func (s *Site) makePublic(v *Visit, a publicAnswer, before booking.Stamp) (*hotPage, error) {
	p, err := s.writePublic(v, a)
	if err != nil {
		return nil, err
	}
	after, ok := a.follow(v.Ctx())
	if ok && after.Key == before.Key {
		p.stamp = booking.Stamp{Key: before.Key, Until: min(before.Until, after.Until)}
		s.Hot.keep(p)
	}
	return p, nil
}

func thisMinute(now time.Time) int64 { return now.Truncate(time.Minute).Unix() + 59 }

// holds reports whether a page is still what would be written now, when this is the present stamp.
func (p *hotPage) holds(present booking.Stamp, now time.Time) bool {
	unix := now.Unix()
	if planted.Bug("page-outlived") {
		return true
	}
	return p.stamp.Key == present.Key && p.stamp.Good(unix) && p.since <= unix
}

// writePublic makes a page as anybody would get it.
func (s *Site) writePublic(v *Visit, a publicAnswer) (*hotPage, error) {
	now, out := s.Now(), taped{header: http.Header{}}
	anybody := &Visit{Site: s, W: &out, R: s.anybody(v, a), Lang: v.Lang, P: v.P, Now: now, Org: v.Org}
	if planted.Bug("page-of-one") {
		anybody.R = v.R
	}
	if err := a.page(anybody); err != nil {
		return nil, err
	}
	for name := range out.header {
		if !slices.Contains(publicHeaders, name) {
			return nil, fmt.Errorf("public page %s: sets %s", v.R.Pattern, name)
		}
	}
	p := &hotPage{
		key: a.key, follow: a.follow, since: now.Unix(), status: out.status, body: out.body.Bytes(),
	}
	return p, p.finish(out.header)
}

// publicHeaders are what rendering says of a page. A public page says nothing else: above all, it sets no cookie.
var publicHeaders = []string{"Content-Type", "Content-Language", "Content-Length", "Cache-Control", "Vary"}

// publicPathValues are the parts of an address that say what a page is about.
var publicPathValues = []string{"lang", "org", "topic", "event", "service", "office", "joined", "version"}

// anybody is the request as it would come from somebody of whom nothing is known but the look.
func (s *Site) anybody(v *Visit, a publicAnswer) *http.Request {
	r := &http.Request{
		Method: http.MethodGet, URL: &url.URL{Path: v.R.URL.Path, RawPath: v.R.URL.RawPath, RawQuery: v.R.URL.RawQuery}, RequestURI: v.R.RequestURI,
		Header: http.Header{"Cookie": {s.lookName() + "=" + a.key.look.value()}}, Pattern: v.R.Pattern,
	}
	if a.form != nil {
		r.Method, r.Form, r.PostForm = http.MethodPost, a.form, a.form
	}
	for _, name := range publicPathValues {
		if value := v.R.PathValue(name); value != "" {
			r.SetPathValue(name, value)
		}
	}
	return r.WithContext(nameless{v.Ctx()})
}

// nameless is a context that ends as the visitor's does, and has none of its values.
type nameless struct{ context.Context }

// Value returns nothing.
func (nameless) Value(any) any { return nil }

// taped takes down what a handler answers.
type taped struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (t *taped) Header() http.Header         { return t.header }
func (t *taped) WriteHeader(status int)      { t.status = status }
func (t *taped) Write(b []byte) (int, error) { return t.body.Write(b) }

// revalidate is what is said of keeping a public page: a browser may, but asks each time whether it is still true; nobody between may. What it shows
// depends on the look, too; since it is asked for each time, and its tag differs then, that need not be said.
var revalidate = []string{"private, no-cache"}

var noStore = []string{"no-store"}

// finish packs a page that was written, and makes its headers. Its tag is the hash of its bytes: the same on every node, and after a restart.
func (p *hotPage) finish(written http.Header) error {
	header := http.Header{
		"Content-Type": written["Content-Type"], "Content-Language": written["Content-Language"], "Cache-Control": revalidate, "Vary": {"Accept-Encoding"},
	}
	if p.private {
		header["Cache-Control"] = noStore
	}
	if p.key.packed && len(p.body) >= packFrom {
		packed := bytes.NewBuffer(make([]byte, 0, len(p.body)/4))
		if err := pack(packed, p.body); err != nil {
			return err
		}
		p.body = bytes.Clone(packed.Bytes()) // no larger than it is: it may stay for long
		header["Content-Encoding"] = []string{"gzip"}
	}
	header["Content-Length"] = []string{strconv.Itoa(len(p.body))}
	if p.status == http.StatusOK && !p.private {
		sum := sha256.Sum256(p.body)
		p.etag = []string{`"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`}
		header["Etag"] = p.etag
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		p.header = append(p.header, headerLine{name, header[name]})
	}
	return nil
}

// send writes the page, or that the reader has it already.
func (p *hotPage) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	if p.had(r) {
		clear(h)
		p.unchanged(w)
		return
	}
	for _, l := range p.header {
		h[l.name] = l.values
	}
	w.WriteHeader(p.status)
	_, err := w.Write(p.body)
	_ = gone(err)
}

// had reports whether the reader has the page already.
func (p *hotPage) had(r *http.Request) bool {
	tags := r.Header["If-None-Match"]
	return len(tags) > 0 && p.etag != nil && matches(tags, p.etag[0])
}

// unchanged says so, and nothing else: the rest of what was said of the page stays true.
func (p *hotPage) unchanged(w http.ResponseWriter) {
	h := w.Header()
	h["Etag"], h["Cache-Control"], h["Vary"] = p.etag, revalidate, varyPacking
	w.WriteHeader(http.StatusNotModified)
}

var varyPacking = []string{"Accept-Encoding"}

// matches compares as If-None-Match does, weakly.
func matches(had []string, tag string) bool {
	if len(had) == 1 && had[0] == tag {
		return true
	}
	for _, line := range had {
		for part := range strings.SplitSeq(line, ",") {
			if part = strings.TrimSpace(part); part == "*" || strings.TrimPrefix(part, "W/") == tag {
				return true
			}
		}
	}
	return false
}

// atOnce is a context that has ended: whoever is asked with it answers from memory.
var atOnce = func() context.Context {
	ctx, end := context.WithCancel(context.Background())
	end()
	return ctx
}()

// ServeHot answers a request from what is kept, when it can be told at once that it is still true; false leaves the request to the doors, as if nothing
// had been tried. It says the same as they would, and asks no less: what counts requests comes before it, forms of other sites are left to the doors.
func (s *Site) ServeHot(w http.ResponseWriter, r *http.Request) bool {
	if s.Hot == nil || len(r.RequestURI) > longestURI || s.hasSignedIn(r) {
		return false
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		return s.serveKept(w, r, "")
	case http.MethodPost:
		return s.serveRefused(w, r)
	}
	return false
}

// serveRefused is serveKept for a posted form of one short field. A body that was read for nothing can be read again.
func (s *Site) serveRefused(w http.ResponseWriter, r *http.Request) bool {
	kind := r.Header["Content-Type"]
	if r.ContentLength < 1 || r.ContentLength > longestAsked || len(kind) != 1 || kind[0] != formType || cross.Check(r) != nil {
		return false
	}
	sent := make([]byte, r.ContentLength)
	n, err := io.ReadFull(r.Body, sent)
	if err == nil {
		if asked, ok := oneField(string(sent)); ok && s.serveKept(w, r, asked) {
			return true
		}
	}
	r.Body = again{io.MultiReader(bytes.NewReader(sent[:n]), r.Body), r.Body}
	return false
}

func (s *Site) serveKept(w http.ResponseWriter, r *http.Request, asked string) bool {
	p := s.Hot.get(s.keyOf(r, asked))
	if p == nil || asked != "" && s.hasSession(r) {
		return false
	}
	present, ok := p.follow(atOnce)
	if !ok || !p.holds(present, s.Now()) {
		return false
	}
	if p.had(r) {
		p.unchanged(w)
		return true
	}
	s.secure(w.Header())
	p.send(w, r)
	return true
}

// formType is how browsers send a form.
const formType = "application/x-www-form-urlencoded"

// again is a body of which the beginning was read already.
type again struct {
	io.Reader
	io.Closer
}

// oneField undoes the escapes of a form of one field: "name=value". False is for more fields, and for what is none.
func oneField(form string) (asked string, ok bool) {
	if strings.ContainsAny(form, "&;") {
		return "", false
	}
	name, value, ok := strings.Cut(form, "=")
	if !ok || !publicQuery(form[:len(name)+1]+"0", name) {
		return "", false
	}
	value, err := url.QueryUnescape(value)
	return name + "=" + value, err == nil
}
