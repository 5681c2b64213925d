package bench

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"luukku/app"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/store"
)

// mailRows are the secure mailbox with many letters.
var mailRows = []Row{
	{
		Name: "mail/inbox", About: "the inbox of people with 5,000 letters each, of ten million, made anew each time: session, the newest letters opened, how many are new, the page",
		Peer: "a net/http hello", Target: atLeast(0.1), Run: mailInbox,
	},
	{
		Name: "mail/again", About: "the same inboxes asked for again while nothing has happened to them: session, the page as it is kept", Peer: "a net/http hello", Target: atLeast(0.2), Run: mailAgain,
	},
	{
		Name: "mail/search", About: "one person's search for a word that is in none of their 5,000 letters, as a page: the server's CPU time", Target: Target{AtMost: true, Value: 50, Unit: "ms"},
		Run: mailSearch,
	},
	{
		Name: "mail/fanout", About: "one letter to each of a million mailboxes, stopped in the middle and sent again, while people open their inboxes, twenty a second: the time of the slowest hundredth of these",
		Target: Target{AtMost: true, Value: 50, Unit: "ms"}, Run: mailFanout,
	},
	{
		Name: "mail/upload", About: "eight people attach a file of 50 MB each at once, over HTTP: by how much the server's memory (RSS) is higher than before at its highest",
		Target: Target{AtMost: true, Value: 20, Unit: "MB"}, Run: mailUpload,
	},
	{
		Name: "growth/mail", About: "the inbox of people with 5,000 letters each, of ten million, made anew: the server's CPU time", Peer: "the same of a million",
		Target: atMost(1.2), Run: mailGrowth,
	},
}

// How much mail there is.
const (
	mailLetters  = 10_000_000
	mailEach     = 5_000
	mailViewers  = 200  // of whom the pages are asked
	mailBody     = 1000 // bytes of a letter, about
	mailBatch    = 2_000
	mailNeedle   = "neulasuova" // is in the oldest letter of each mailbox alone
	mailWorkers  = 64           // send at once
	mailPerPause = 20           // inboxes a second, while letters are sent
	mailTerms    = "2020-01-01"
	mailAnew     = 4_000 // addresses of inboxes, each of which is made: more than a server keeps
)

// mailSpec is what lies in the mailboxes.
type mailSpec struct {
	Installation
	People, Each int
	// Empty are further mailboxes without letters.
	Empty int
}

// mailPart is the product with mailboxes.
type mailPart struct {
	*product
	tokens []string
	empty  []ids.Person
	fan    *mailbox.Service
}

func openMail(ctx context.Context, spec json.RawMessage) (part, error) {
	m := &mailPart{}
	var bad error
	p, _, err := openBooked(ctx, spec, func(a *app.App) {
		var in mailSpec
		if bad = json.Unmarshal(spec, &in); bad != nil {
			return
		}
		if bad = m.fill(ctx, a, in); bad != nil {
			return
		}
		a.Mailboxes.People = codesAreIDs{a.Mailboxes.People}
		m.fan = a.Mailboxes
	})
	if err != nil {
		return nil, err
	}
	if m.product = p; bad != nil {
		return nil, errors.Join(bad, p.Close())
	}
	return m, nil
}

// codesAreIDs finds people by codes that are their ids: whose a national identifier is, is measured elsewhere.
type codesAreIDs struct{ mailbox.People }

// Claimed tells whose a code is.
func (codesAreIDs) Claimed(_ context.Context, _ actor.Actor, _ ids.Org, _ natid.Kind, code natid.Secret) (identity.Account, error) {
	return identity.Account{Person: ids.Person(code.Reveal())}, nil
}

// owner is somebody with a mailbox that is being filled.
type owner struct {
	id  ids.Person
	key seal.PersonKey
}

// fill makes the mailboxes. Letters come by turns, so that those of one person lie far apart, as they do when they come over years.
func (m *mailPart) fill(ctx context.Context, a *app.App, in mailSpec) error {
	owners, err := m.open(ctx, a, in)
	if err != nil {
		return err
	}
	at := a.Now().Add(-3 * 365 * 24 * time.Hour)
	step := 3 * 365 * 24 * time.Hour / time.Duration(max(in.People*in.Each, 1)+1)
	gen := &ids.Gen{Now: func() time.Time { return at }, Rand: a.Site.Gen.Rand, Node: a.Config.Node}
	text := strings.Repeat("Hakemuksenne on käsitelty. Päätökseen saa hakea oikaisua 30 päivän kuluessa.\n", mailBody/80)
	var batch []mailbox.Stored
	for i := range in.Each {
		for _, o := range owners {
			at = at.Add(step)
			body := text
			if i == 0 {
				body += mailNeedle
			}
			l, err := filledLetter(gen, o, i, at.Unix(), body)
			if err != nil {
				return err
			}
			if batch = append(batch, l); len(batch) == mailBatch {
				if err := a.Store.FillLetters(ctx, fixtureOrg, batch); err != nil {
					return err
				}
				batch = batch[:0]
			}
		}
	}
	return a.Store.FillLetters(ctx, fixtureOrg, batch)
}

// filledLetter is the n-th of a mailbox: most are read, some are archived, and the newest are new.
func filledLetter(gen *ids.Gen, o owner, n int, at int64, body string) (mailbox.Stored, error) {
	l := mailbox.Letter{
		Org: fixtureOrg, ID: gen.Letter(), Owner: actor.Owner{Person: o.id}, Kind: mailbox.Notice, Mode: mailbox.Ordinary, Lang: "fi", CreatedAt: at, PublishAt: at, Channel: mailbox.Electronic,
		Content: mailbox.Content{Subject: fmt.Sprintf("Tiedote %d", n), Body: body},
	}
	l.Thread = l.ID
	plain, err := json.Marshal(l.Content)
	if err != nil {
		return mailbox.Stored{}, err
	}
	sum := sha256.Sum256(plain)
	l.Digest = sum[:]
	if l.Sealed, err = o.key.Seal(plain, seal.Place{Table: "letter", Column: "content", Row: string(l.Org) + "/" + string(l.ID)}); err != nil {
		return mailbox.Stored{}, err
	}
	s := mailbox.Stored{Letter: l}
	happened := []mailbox.What{mailbox.Accepted, mailbox.Published, mailbox.Read, mailbox.Archived}
	switch {
	case n%20 == 7:
	case n%20 == 3:
		happened = happened[:2]
	default:
		happened = happened[:3]
	}
	for _, w := range happened {
		s.Events = append(s.Events, mailbox.Event{Org: l.Org, Letter: l.ID, At: at, What: w, ActorKind: actor.KindSystem, Actor: "bench"})
	}
	return s, nil
}

// open makes people with mailboxes; the first of them have signed in.
func (m *mailPart) open(ctx context.Context, a *app.App, in mailSpec) (owners []owner, err error) {
	now := a.Now().Unix()
	var boxes []store.FilledBox
	for i := range in.People + in.Empty {
		o := owner{id: a.Site.Gen.Person()}
		b := store.FilledBox{Box: mailbox.Box{OpenedAt: now, Terms: mailTerms, Lang: i18n.Lang("fi"), SignedIn: now}}
		if i < min(in.People, mailViewers) {
			var token string
			if o.id, token, err = signOneIn(ctx, a); err != nil {
				return nil, err
			}
			m.tokens = append(m.tokens, token)
			var wrapped []byte
			if wrapped, err = a.Store.Mailboxes().PersonKey(ctx, o.id); err == nil {
				o.key, err = a.Site.Seals.Unwrap(string(o.id), wrapped)
			}
		} else {
			o.key, b.WrappedKey, err = a.Site.Seals.NewPersonKey(string(o.id))
		}
		if err != nil {
			return nil, err
		}
		b.Person = o.id
		if i < in.People {
			owners = append(owners, o)
		} else {
			m.empty = append(m.empty, o.id)
		}
		if boxes = append(boxes, b); len(boxes) == mailBatch || i == in.People+in.Empty-1 {
			if err := a.Store.FillBoxes(ctx, boxes); err != nil {
				return nil, err
			}
			boxes = boxes[:0]
		}
	}
	return owners, nil
}

// fanned is what became of sending to many.
type fanned struct {
	Sent, Again int64
	Elapsed     time.Duration
	// Refused are inboxes that were not shown meanwhile, for too much to do.
	Refused int64
}

// Call tells the secrets of the sessions, sends to the empty mailboxes until some are done, and counts what was published.
func (m *mailPart) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	switch do {
	case "tokens":
		return m.tokens, nil
	case "fan":
		var most int64
		if err := json.Unmarshal(args, &most); err != nil {
			return nil, err
		}
		return m.sendAll(ctx, most)
	case "letters":
		return m.app.Store.CountLetters(ctx, fixtureOrg)
	}
	return m.product.Call(ctx, do, args)
}

// sendAll sends the letter to everybody, under a key for each, and stops when so many were sent anew.
func (m *mailPart) sendAll(ctx context.Context, most int64) (fanned, error) {
	who := actor.Actor{Kind: actor.KindClient, Client: "bench", Org: fixtureOrg, Scopes: []actor.Right{actor.LetterSend}}
	var sent, again, next atomic.Int64
	begun := time.Now()
	var all sync.WaitGroup
	failed := make(chan error, mailWorkers)
	for range mailWorkers {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(m.empty)) && sent.Load() < most; i = next.Add(1) - 1 {
				_, earlier, err := m.fan.SendOnce(ctx, who, mailbox.SendRequest{
					Org: fixtureOrg, Recipient: mailbox.Recipient{Kind: natid.FinnishCode, Code: natid.Secret(m.empty[i])}, Kind: mailbox.Notice, Mode: mailbox.Ordinary, Lang: "fi",
					Content: mailbox.Content{Subject: "Tiedote kaikille", Body: "Palvelupiste on kiinni perjantaina."}, Key: ids.FormKey(fmt.Sprintf("bench-fan-%09d", i)),
				})
				switch {
				case err != nil:
					failed <- err
					return
				case earlier:
					again.Add(1)
				default:
					sent.Add(1)
				}
			}
		})
	}
	all.Wait()
	close(failed)
	return fanned{Sent: sent.Load(), Again: again.Load(), Elapsed: time.Since(begun)}, <-failed
}

// mail starts a server with mailboxes, and returns what is asked of it for people's inboxes.
func (e *Env) mail(ctx context.Context, spec mailSpec) (p *pages, inboxes []string, err error) {
	in, err := e.Copied(ctx, FixtureSpec{Offices: 1, Units: 1, Days: 5, Hours: "mon-fri 08:00-16:20", Live: 10, Mail: true})
	if err != nil {
		return nil, nil, err
	}
	p = &pages{in: in}
	if p.load, err = e.Loader(ctx); err != nil {
		return nil, nil, err
	}
	spec.Installation = in
	e.Say("filling %d mailboxes with %d letters each", spec.People, spec.Each)
	if p.s, err = e.Serve(ctx, "mail", spec); err != nil {
		return nil, nil, err
	}
	e.Say("they are there")
	var tokens []string
	if err := p.s.Call(ctx, "tokens", nil, &tokens); err != nil {
		return nil, nil, err
	}
	for _, token := range tokens {
		inboxes = append(inboxes, "/fi/my/mailbox\t\tCookie: luukku-citizen="+token)
	}
	page, err := p.look("/fi/my/mailbox", "Cookie: luukku-citizen="+tokens[0])
	if err == nil && !strings.Contains(string(page.Body), fmt.Sprintf("Tiedote %d<", spec.Each-1)) {
		err = errors.New("the inbox does not show its newest letter: what is measured is not what was meant")
	}
	return p, inboxes, err
}

// mailSize is how much mail a run has: each mailbox is as full as it is to be, and there are fewer of them in a quick run.
func (e *Env) mailSize() mailSpec {
	if e.tiny {
		return mailSpec{People: 3, Each: 40}
	}
	return mailSpec{People: e.Scale(e.Scale(mailLetters)) / mailEach, Each: mailEach}
}

// said tells of a quick run how much it was shortened.
func (s mailSpec) said(e *Env) string {
	if !e.Quick {
		return ""
	}
	return fmt.Sprintf("quick: %d letters in %d mailboxes instead of ten millions", s.People*s.Each, s.People)
}

// anew are addresses of the newest page of inboxes, so many that none of them is kept by the time it is asked for again.
func anew(inboxes []string) []string {
	out := make([]string, 0, mailAnew)
	for i := range max(mailAnew/len(inboxes), 1) {
		for _, inbox := range inboxes { // before a letter that is after every letter
			out = append(out, strings.Replace(inbox, "\t", fmt.Sprintf("?before=~%d\t", i), 1))
		}
	}
	return out
}

func mailInbox(ctx context.Context, e *Env) (Result, error) { return e.inboxes(ctx, anew) }

func mailAgain(ctx context.Context, e *Env) (Result, error) {
	return e.inboxes(ctx, func(inboxes []string) []string { return inboxes })
}

// inboxes asks for inboxes at some addresses.
func (e *Env) inboxes(ctx context.Context, addresses func([]string) []string) (Result, error) {
	spec := e.mailSize()
	p, inboxes, err := e.mail(ctx, spec)
	if err != nil {
		return Result{}, err
	}
	if p.hello, err = e.Serve(ctx, "hello", nil); err != nil {
		return Result{}, err
	}
	res, err := p.against(ctx, e, Load{Method: "GET", Headers: browser, Paths: addresses(inboxes)}, http.StatusOK)
	res.Note = spec.said(e)
	return res, err
}

func mailSearch(ctx context.Context, e *Env) (Result, error) {
	spec := mailSpec{People: 1, Each: mailEach}
	if e.tiny {
		spec.Each = 300
	}
	p, inboxes, err := e.mail(ctx, spec)
	if err != nil {
		return Result{}, err
	}
	_, cookie, _ := strings.Cut(inboxes[0], "\t\t")
	found, err := p.search(cookie, mailNeedle)
	if err != nil {
		return Result{}, err
	}
	if !strings.Contains(string(found.Body), "Tiedote 0<") {
		return Result{}, errors.New("the search does not find the oldest letter")
	}
	plan := Load{Conns: 1, Method: "POST", Headers: browser, Paths: []string{"/fi/my/mailbox/search\tfolder=inbox&text=heinikko+tallissa\t" + cookie}}
	ask := p.s.throughput(p.load, plan, http.StatusOK)
	if _, err := ask(ctx, e.RoundTime()/4); err != nil {
		return Result{}, err
	}
	var all Measure
	var spent []float64
	for range e.Rounds() {
		m, err := ask(ctx, e.RoundTime())
		if err != nil {
			return Result{}, err
		}
		all.add(m)
		spent = append(spent, m.perOp()/1000)
	}
	return Result{Ratio: median(spent), IQR: iqr(spent), CPU: all.perOp(), N: all.Ops, Figures: map[string]float64{"letters": float64(spec.Each)}}, nil
}

// search sends the form that looks for letters.
func (p *pages) search(cookie, text string) (Answer, error) {
	c, err := Dial(p.s.Addr)
	if err != nil {
		return Answer{}, err
	}
	defer c.Close()
	c.KeepBody = true
	a, err := c.Do(Request("POST", p.s.Addr, "/fi/my/mailbox/search", []string{cookie, "Sec-Fetch-Site: same-origin"}, "folder=inbox&text="+text))
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("searching: got status %d", a.Status)
	}
	return a, err
}

// mailGrowth compares two servers, of which one has ten times the mail, in the same rounds.
func mailGrowth(ctx context.Context, e *Env) (Result, error) {
	var sizes [2]round
	large := e.mailSize()
	for i, spec := range []mailSpec{large, {People: max(large.People/10, 1), Each: large.Each}} {
		p, inboxes, err := e.mail(ctx, spec)
		if err != nil {
			return Result{}, err
		}
		plan := Load{Conns: growConns, Method: "GET", Headers: browser, Paths: anew(inboxes)}
		if err := p.warm(ctx, plan, http.StatusOK); err != nil {
			return Result{}, err
		}
		sizes[i] = p.s.throughput(p.load, plan, http.StatusOK)
	}
	var p50 []float64
	res, err := alternateFor(ctx, e, 3*e.Rounds(), sizes[0], sizes[1], func(l, s Measure) float64 {
		p50 = append(p50, float64(l.Latency.Quantile(0.5))/float64(s.Latency.Quantile(0.5)))
		return l.perOp() / s.perOp()
	})
	if err != nil {
		return Result{}, err
	}
	res.Figures["p50"], res.Note = median(p50), large.said(e)
	return res, nil
}

// mailFanout sends to everybody in two halves: the first is stopped, the second begins again from the first recipient.
func mailFanout(ctx context.Context, e *Env) (Result, error) {
	spec := mailSpec{People: 20, Each: 100, Empty: e.Scale(e.Scale(1_000_000))}
	if e.tiny {
		spec = mailSpec{People: 2, Each: 30, Empty: 60}
	}
	p, inboxes, err := e.mail(ctx, spec)
	if err != nil {
		return Result{}, err
	}
	var before, after int64
	if err := p.s.Call(ctx, "letters", nil, &before); err != nil {
		return Result{}, err
	}
	plan := Load{Conns: 4, Method: "GET", Headers: browser, Paths: anew(inboxes), PerSecond: mailPerPause}
	res := Result{Figures: map[string]float64{}}
	var times Histogram
	var sent, again int64
	var elapsed time.Duration
	for _, most := range []int{spec.Empty / 2, spec.Empty} {
		part, err := e.fanWhile(ctx, p, plan, int64(most), &times)
		if err != nil {
			return Result{}, err
		}
		sent, again, elapsed = sent+part.Sent, again+part.Again, elapsed+part.Elapsed
		res.Figures["refused"] += float64(part.Refused)
	}
	if err := p.s.Call(ctx, "letters", nil, &after); err != nil {
		return Result{}, err
	}
	if after-before != int64(spec.Empty) || sent != int64(spec.Empty) {
		res.Wrong = append(res.Wrong, fmt.Sprintf("%d letters were sent and %d are there, want one for each of %d", sent, after-before, spec.Empty))
	}
	res.N = sent
	res.Ratio = float64(times.Quantile(0.99)) / float64(time.Millisecond)
	res.Figures["letters_per_second"], res.Figures["seen_again"] = float64(sent)/elapsed.Seconds(), float64(again)
	res.Figures["get_p50_ms"] = float64(times.Quantile(0.5)) / float64(time.Millisecond)
	if e.Quick {
		res.Note = fmt.Sprintf("quick: %d recipients instead of a million", spec.Empty)
	}
	return res, nil
}

// fanWhile sends, and has inboxes opened meanwhile; their times are added to times.
func (e *Env) fanWhile(ctx context.Context, p *pages, plan Load, most int64, times *Histogram) (fanned, error) {
	var out, fan fanned
	done := make(chan error, 1)
	go func() { done <- p.s.Call(ctx, "fan", most, &fan) }()
	plan.Addr = p.s.Addr
	for {
		plan.Time = 500 * time.Millisecond
		var got Loaded
		if err := p.load.Call(ctx, "run", plan, &got); err != nil {
			return out, errors.Join(err, <-done)
		}
		if got.Errors > 0 || got.Statuses[http.StatusOK]+got.Statuses[http.StatusServiceUnavailable] != got.Done {
			return out, errors.Join(got.Only(http.StatusOK), <-done)
		}
		out.Refused += got.Statuses[http.StatusServiceUnavailable]
		times.Add(&got.Latency)
		select {
		case err := <-done:
			fan.Refused = out.Refused
			return fan, err
		default:
		}
	}
}
