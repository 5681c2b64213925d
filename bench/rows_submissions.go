package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"luukku/app"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/eservice"
	"luukku/domain/staff"
	"luukku/domain/worklist"
	"luukku/store"
)

// submissionRows are forms that were sent, when there are many.
var submissionRows = []Row{{
	Name: "growth/submissions",
	About: "over a million forms that were sent, of which four hundred wait: the inbox of a unit, a person's list and timeline, a page of a case system's feed, and the question what is to be deleted: " +
		"the worst of the server's CPU times",
	Peer: "the same over a hundred thousand", Target: atMost(1.2), Run: submissionGrowth,
}}

// How much was sent.
const (
	sentForms   = 1_000_000
	sentEach    = 40   // of each person who looks
	sentViewers = 100  // people who look
	sentBytes   = 1000 // what a form says, sealed
	sentOpen    = 400  // wait, of however many
	sentBatch   = 2_000
	sentFeed    = 100 // of a page of the feed
	sentAsked   = 200 // how often it is asked what is to be deleted
)

// sentSpec is how much was sent.
type sentSpec struct {
	Installation
	Forms int
}

// sentPart is the product with forms that were sent.
type sentPart struct {
	*product
	addresses map[string][]string
}

func openSent(ctx context.Context, spec json.RawMessage) (part, error) {
	s := &sentPart{addresses: map[string][]string{}}
	var bad error
	p, _, err := openBooked(ctx, spec, func(a *app.App) {
		var in sentSpec
		if bad = json.Unmarshal(spec, &in); bad == nil {
			bad = s.fill(ctx, a, in)
		}
	})
	if err != nil {
		return nil, err
	}
	if s.product = p; bad != nil {
		return nil, errors.Join(bad, p.Close())
	}
	return s, nil
}

// fill makes who looks, and what was sent: by turns by those who look, at first, and by somebody else each time after that.
func (s *sentPart) fill(ctx context.Context, a *app.App, in sentSpec) error {
	var viewers []ids.Person
	for range min(sentViewers, max(in.Forms/sentEach/2, 1)) {
		p, token, err := signOneIn(ctx, a)
		if err != nil {
			return err
		}
		viewers = append(viewers, p)
		cookie := "\t\tCookie: luukku-citizen=" + token
		s.addresses["list"], s.addresses["timeline"] = append(s.addresses["list"], "/fi/my/sent"+cookie), append(s.addresses["timeline"], "/fi/my/timeline"+cookie)
	}
	clerk, err := signClerkIn(ctx, a)
	if err != nil {
		return err
	}
	if err := answering(ctx, a); err != nil {
		return err
	}
	s.addresses["inbox"] = []string{"/fi/staff/" + string(fixtureOrg) + "/inbox?kind=submission\t\tCookie: luukku-staff=" + clerk}
	_, key, err := a.Staff.MakeClient(ctx, actor.System("bench"), fixtureOrg, "bench", []actor.Right{actor.SubmissionWork}, 0)
	if err != nil {
		return err
	}
	for i := range sentViewers { // spread over all that there is
		s.addresses["feed"] = append(s.addresses["feed"], fmt.Sprintf("/api/v1/organisations/%s/submissions?limit=%d&after=%d\t\tAuthorization: Bearer %s",
			fixtureOrg, sentFeed, max(in.Forms-sentFeed, 1)*i/sentViewers, key))
	}
	return s.send(ctx, a, in.Forms, viewers)
}

// send writes the forms, as if they had come over three years.
func (s *sentPart) send(ctx context.Context, a *app.App, n int, viewers []ids.Person) error {
	now := a.Now()
	at := now.Add(-3 * 365 * 24 * time.Hour)
	step := 3 * 365 * 24 * time.Hour / time.Duration(n+1)
	gen := &ids.Gen{Now: func() time.Time { return at }, Rand: a.Site.Gen.Rand, Node: a.Config.Node}
	c, err := a.Store.Config(ctx, fixtureOrg)
	if err != nil {
		return err
	}
	inbox := c.Inbox("").ID
	content := []byte(strings.Repeat("x", sentBytes))
	every := max(n/sentOpen, 2)
	var batch []store.FilledSubmission
	for i := range n {
		at = at.Add(step)
		x := eservice.Submission{
			Org: fixtureOrg, ID: gen.Submission(), Number: fmt.Sprintf("%d-%07d", at.Year(), i), Form: "parking", Version: 1, Level: actor.LevelSubstantial, Lang: "fi", Item: gen.Work(), SentAt: at.Unix(),
			Seen: 1, Sealed: content, State: eservice.Received,
		}
		if i < len(viewers)*sentEach {
			x.Owner.Person = viewers[i%len(viewers)]
		} else {
			x.Owner.Person = gen.Person()
		}
		x.MadeBy = x.Owner.Person
		w := worklist.Item{Org: fixtureOrg, ID: x.Item, Kind: worklist.Submission, Inbox: inbox, Subject: string(x.Form), State: worklist.Open, Since: x.SentAt, Fresh: 1, Version: 1, CreatedAt: x.SentAt, Changed: x.SentAt}
		events := []eservice.Event{{At: x.SentAt, What: eservice.Arrived, ActorKind: actor.KindCitizen, Actor: string(x.MadeBy)}}
		if i%every != 0 {
			x.State, x.EndedAt, x.Seen = eservice.Decided, x.SentAt+14*86400, 2
			x.DeleteAt = now.Unix() + int64(i) + 86400 // nothing is deleted while it is measured
			w.State, w.Fresh, w.Since, w.Version = worklist.Closed, 0, x.EndedAt, 2
			events = append(events, eservice.Event{At: x.EndedAt, What: eservice.Answered, ActorKind: actor.KindStaff, Actor: "bench"})
		}
		batch = append(batch, store.FilledSubmission{Submission: x, Work: w, Events: events})
		if len(batch) == sentBatch || i == n-1 {
			if err := a.Store.FillSubmissions(ctx, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return nil
}

// answering lets the clerk see the inboxes.
func answering(ctx context.Context, a *app.App) error {
	m, err := a.Store.Workers().MemberByEmail(ctx, "clerk@bench.example")
	if err != nil {
		return err
	}
	return a.Store.Workers().InTx(ctx, func(ctx context.Context, tx staff.Tx) error {
		_, err := tx.PutRole(ctx, m.ID, staff.Granted{Grant: actor.Grant{Role: actor.RoleInbox, Org: fixtureOrg}, At: a.Now().Unix()})
		return err
	})
}

// Call tells what is asked, and asks itself what is to be deleted.
func (s *sentPart) Call(ctx context.Context, do string, args json.RawMessage) (any, error) {
	switch do {
	case "addresses":
		return s.addresses, nil
	case "due":
		begun := time.Now()
		for range sentAsked {
			if list, err := s.app.Store.SubmissionsDue(ctx, begun.Unix(), 100); err != nil || len(list) > 0 {
				return nil, fmt.Errorf("%d are to be deleted: %w", len(list), err)
			}
		}
		return float64(time.Since(begun).Microseconds()) / sentAsked, nil
	}
	return s.product.Call(ctx, do, args)
}

// sent starts a server with so many forms that were sent.
func (e *Env) sent(ctx context.Context, forms int) (p *pages, asked map[string][]string, err error) {
	in, err := e.Copied(ctx, FixtureSpec{Offices: 1, Units: 1, Days: 5, Hours: "mon-fri 08:00-16:20", Live: 10, Mail: true})
	if err != nil {
		return nil, nil, err
	}
	p = &pages{in: in}
	if p.load, err = e.Loader(ctx); err != nil {
		return nil, nil, err
	}
	e.Say("filling %d forms that were sent", forms)
	if p.s, err = e.Serve(ctx, "sent", sentSpec{Installation: in, Forms: forms}); err != nil {
		return nil, nil, err
	}
	e.Say("they are there")
	if err := p.s.Call(ctx, "addresses", nil, &asked); err != nil {
		return nil, nil, err
	}
	for what, has := range map[string]string{"list": "parking", "timeline": "parking", "inbox": "parking", "feed": `"parking"`} {
		path, header, _ := strings.Cut(asked[what][0], "\t\t")
		page, err := p.look(path, header)
		if err != nil || page.Status != http.StatusOK || !strings.Contains(string(page.Body), has) {
			return nil, nil, fmt.Errorf("%s does not show what was sent: what is measured is not what was meant (status %d, %w)", what, page.Status, err)
		}
	}
	return p, asked, nil
}

// submissionGrowth compares two servers, of which one has ten times as many forms.
func submissionGrowth(ctx context.Context, e *Env) (Result, error) {
	large := max(e.Scale(sentForms), 500)
	var sizes [2]*pages
	var asked [2]map[string][]string
	for i, n := range []int{large, large / 10} {
		var err error
		if sizes[i], asked[i], err = e.sent(ctx, n); err != nil {
			return Result{}, err
		}
	}
	worst := Result{Figures: map[string]float64{}}
	if e.Quick {
		worst.Note = fmt.Sprintf("quick: %d forms instead of a million", large)
	}
	for _, what := range []string{"inbox", "list", "timeline", "feed"} {
		var rounds [2]round
		for i, p := range sizes {
			plan := Load{Conns: growConns, Method: http.MethodGet, Headers: browser, Paths: asked[i][what]}
			if err := p.warm(ctx, plan, http.StatusOK); err != nil {
				return Result{}, err
			}
			rounds[i] = p.s.throughput(p.load, plan, http.StatusOK)
		}
		res, err := alternateBy(ctx, e, rounds[0], rounds[1], func(l, s Measure) float64 { return l.perOp() / s.perOp() })
		if err != nil {
			return Result{}, err
		}
		worst.Figures[what], worst.Figures[what+"_us"] = res.Ratio, res.CPU
		worst.N += res.N
		if res.Ratio > worst.Ratio {
			worst.Ratio, worst.IQR, worst.CPU = res.Ratio, res.IQR, res.CPU
		}
	}
	var due [2][]float64
	for range 3 * e.Rounds() {
		for i, p := range sizes {
			var us float64
			if err := p.s.Call(ctx, "due", nil, &us); err != nil {
				return Result{}, err
			}
			due[i] = append(due[i], us)
		}
	}
	worst.Figures["due"], worst.Figures["due_us"] = median(due[0])/median(due[1]), median(due[0])
	worst.Ratio = max(worst.Ratio, worst.Figures["due"])
	return worst, nil
}
