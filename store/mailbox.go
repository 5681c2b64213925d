package store

import (
	"context"
	"encoding/json"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/notify"
	"luukku/store/db"
)

var (
	_ mailbox.Store = (*Mailboxes)(nil)
	_ mailbox.Tx    = (*letterTx)(nil)
)

// Mailboxes is the store as domain/mailbox sees it.
type Mailboxes struct {
	store *Store
	letters
}

// Mailboxes returns the mailboxes and their letters.
func (s *Store) Mailboxes() *Mailboxes {
	return &Mailboxes{s, letters{s.read, s.found, s.fault, false}}
}

// letters reads what is read alike in and outside of a transaction.
type letters struct {
	q     *db.Queries
	found func(err error, key, doing string, args ...any) error
	fault func(error) error
	// lock has whoever reads a letter or a mailbox wait for who changes it: what is decided by what was read holds until the transaction ends.
	lock bool
}

// Config returns what an organisation has configured.
func (m *Mailboxes) Config(ctx context.Context, o ids.Org) (*catalog.Config, error) {
	return m.store.Config(ctx, o)
}

// Box returns somebody's mailbox, its zero value for who never had one.
func (l letters) Box(ctx context.Context, p ids.Person) (mailbox.Box, error) {
	if l.lock {
		if _, err := l.q.LockMailbox(ctx, string(p)); err != nil && !noRows(err) {
			return mailbox.Box{}, l.fault(err)
		}
	}
	r, err := l.q.Mailbox(ctx, string(p))
	if noRows(err) {
		return mailbox.Box{}, nil
	}
	if err != nil {
		return mailbox.Box{}, l.fault(err)
	}
	return mailbox.Box{
		Person: p, OpenedAt: r.OpenedAt, ClosedAt: r.ClosedAt, Terms: r.Terms, TellEmail: r.TellEmail == 1, TellPhone: r.TellPhone == 1, Lang: i18n.Lang(r.Lang),
		SignedIn: r.SignedIn, Version: r.Version,
	}, nil
}

// CompanyBox returns a company's mailbox, its zero value for one that never had any.
func (l letters) CompanyBox(ctx context.Context, c ids.Company) (mailbox.Box, error) {
	if l.lock {
		if _, err := l.q.LockCompanyMailbox(ctx, string(c)); err != nil && !noRows(err) {
			return mailbox.Box{}, l.fault(err)
		}
	}
	r, err := l.q.CompanyMailbox(ctx, string(c))
	if noRows(err) {
		return mailbox.Box{}, nil
	}
	if err != nil {
		return mailbox.Box{}, l.fault(err)
	}
	return mailbox.Box{
		Company: c, OpenedBy: ids.Person(r.OpenedBy), OpenedAt: r.OpenedAt, ClosedAt: r.ClosedAt, Terms: r.Terms, Lang: i18n.Lang(r.Lang), Version: r.Version,
	}, nil
}

// Tellers returns how those who act for a mailbox's owner want to be told.
func (l letters) Tellers(ctx context.Context, of actor.Owner) ([]mailbox.Teller, error) {
	rows, err := l.q.MailboxTellers(ctx, of.ID())
	if err != nil {
		return nil, l.fault(err)
	}
	out := make([]mailbox.Teller, len(rows))
	for i, r := range rows {
		out[i] = mailbox.Teller{Owner: of, Person: ids.Person(r.Person), TellEmail: r.TellEmail == 1, TellPhone: r.TellPhone == 1, Lang: i18n.Lang(r.Lang)}
	}
	return out, nil
}

// Preferences returns somebody's preferences in the order of their versions.
func (l letters) Preferences(ctx context.Context, p ids.Person) ([]mailbox.Preference, error) {
	rows, err := l.q.LetterPreferences(ctx, string(p))
	if err != nil {
		return nil, l.fault(err)
	}
	out := make([]mailbox.Preference, len(rows))
	for i, r := range rows {
		out[i] = mailbox.Preference{
			Person: p, Version: r.Version, Channel: mailbox.Channel(r.Channel), Basis: mailbox.Basis(r.Basis), Org: ids.Org(r.ForOrg), Terms: r.Terms, From: r.FromAt, Until: r.UntilAt,
			At: r.At, ByKind: actor.Kind(r.ByKind), By: r.MadeBy, How: mailbox.How(r.How),
		}
	}
	return out, nil
}

// PersonKey returns somebody's wrapped key, or NotFound.
func (l letters) PersonKey(ctx context.Context, p ids.Person) ([]byte, error) {
	b, err := l.q.PersonKey(ctx, string(p))
	if err != nil {
		return nil, l.found(err, "account.not_found", "read person key")
	}
	return b, nil
}

func storedLetter(r db.Letter) mailbox.Stored {
	return mailbox.Stored{Letter: mailbox.Letter{
		Org: ids.Org(r.Org), ID: ids.Letter(r.ID), Owner: actor.Owner{Person: ids.Person(r.Account.String), Company: ids.Company(r.Company.String)}, Thread: ids.Letter(r.Thread),
		Inward: r.Inward == 1, By: ids.Person(r.WrittenBy), Kind: mailbox.Kind(r.Kind), Mode: mailbox.Mode(r.Mode), Lang: i18n.Lang(r.Lang), Reply: r.Reply == 1, CreatedAt: r.CreatedAt,
		PublishAt: r.PublishAt, ExpiresAt: r.ExpiresAt, ConfirmBy: r.ConfirmBy, Channel: mailbox.Channel(r.Channel), Ref: r.Ref, Digest: r.Digest, Sealed: r.Content,
	}}
}

func letterEvent(r db.LetterEvent) mailbox.Event {
	return mailbox.Event{
		Org: ids.Org(r.Org), Letter: ids.Letter(r.Letter), Seq: r.Seq, At: r.At, What: mailbox.What(r.What), ActorKind: actor.Kind(r.ActorKind), Actor: r.Actor,
		For: ids.Company(r.ForCompany), Level: actor.Level(r.Level), Detail: r.Detail,
	}
}

// withEvents adds a letter's events.
func (l letters) withEvents(ctx context.Context, r db.Letter, err error) (mailbox.Stored, error) {
	if err != nil {
		return mailbox.Stored{}, l.found(err, "error.not_found", "read letter")
	}
	if l.lock {
		if _, err := l.q.LockLetter(ctx, db.LockLetterParams{Org: r.Org, ID: r.ID}); err != nil {
			return mailbox.Stored{}, l.fault(err)
		}
	}
	s := storedLetter(r)
	rows, err := l.q.LetterEvents(ctx, db.LetterEventsParams{Org: r.Org, Letter: r.ID})
	for _, e := range rows {
		s.Events = append(s.Events, letterEvent(e))
	}
	return s, l.fault(err)
}

// Letter returns an owner's letter, or NotFound.
func (l letters) Letter(ctx context.Context, of actor.Owner, id ids.Letter) (mailbox.Stored, error) {
	if of.Company != "" {
		r, err := l.q.LetterOfCompany(ctx, db.LetterOfCompanyParams{Company: orNull(of.Company), ID: string(id)})
		return l.withEvents(ctx, r, err)
	}
	r, err := l.q.LetterOfAccount(ctx, db.LetterOfAccountParams{Account: orNull(of.Person), ID: string(id)})
	return l.withEvents(ctx, r, err)
}

// SentLetter returns an organisation's letter, or NotFound.
func (l letters) SentLetter(ctx context.Context, o ids.Org, id ids.Letter) (mailbox.Stored, error) {
	r, err := l.q.SentLetter(ctx, db.SentLetterParams{Org: string(o), ID: string(id)})
	return l.withEvents(ctx, r, err)
}

// Letters returns an owner's letters with their events, the newest first, at most so many.
func (m *Mailboxes) Letters(ctx context.Context, of actor.Owner, before ids.Letter, most int) ([]mailbox.Stored, error) {
	if before == "" {
		before = "~" // after every id
	}
	var rows []db.Letter
	var events []db.LetterEvent
	var err error
	if of.Company != "" {
		rows, err = m.q.LettersOfCompany(ctx, db.LettersOfCompanyParams{Company: orNull(of.Company), BeforeID: string(before), Most: int32(most)})
	} else {
		rows, err = m.q.LettersOfAccount(ctx, db.LettersOfAccountParams{Account: orNull(of.Person), BeforeID: string(before), Most: int32(most)})
	}
	if err != nil || len(rows) == 0 {
		return nil, m.fault(err)
	}
	first, last := rows[len(rows)-1].ID, rows[0].ID
	if of.Company != "" {
		events, err = m.q.LetterEventsOfCompany(ctx, db.LetterEventsOfCompanyParams{Company: orNull(of.Company), FromID: first, UntilID: last})
	} else {
		events, err = m.q.LetterEventsOfAccount(ctx, db.LetterEventsOfAccountParams{Account: orNull(of.Person), FromID: first, UntilID: last})
	}
	if err != nil {
		return nil, m.fault(err)
	}
	at := make(map[[2]string]int, len(rows))
	out := make([]mailbox.Stored, len(rows))
	for i, r := range rows {
		out[i], at[[2]string{r.Org, r.ID}] = storedLetter(r), i
	}
	for _, e := range events {
		if i, ok := at[[2]string{e.Org, e.Letter}]; ok {
			out[i].Events = append(out[i].Events, letterEvent(e))
		}
	}
	return out, nil
}

// Thread returns the letters of an exchange, the oldest first.
func (m *Mailboxes) Thread(ctx context.Context, of actor.Owner, first ids.Letter) ([]mailbox.Stored, error) {
	l, err := m.Letter(ctx, of, first)
	if err != nil {
		return nil, err
	}
	rows, err := m.q.LettersOfThread(ctx, db.LettersOfThreadParams{Org: string(l.Org), Thread: string(first)})
	if err != nil {
		return nil, m.fault(err)
	}
	out := make([]mailbox.Stored, 0, len(rows))
	for _, r := range rows {
		s, err := m.withEvents(ctx, r, nil)
		if err != nil {
			return nil, err
		}
		if s.Owner == of {
			out = append(out, s)
		}
	}
	return out, nil
}

// Feed returns what happened to an organisation's letters after a number, at most so many.
func (m *Mailboxes) Feed(ctx context.Context, o ids.Org, after int64, most int) ([]mailbox.Fed, error) {
	rows, err := m.q.LetterFeed(ctx, db.LetterFeedParams{Org: string(o), AfterSeq: after, Most: int32(most)})
	if err != nil {
		return nil, m.fault(err)
	}
	out := make([]mailbox.Fed, len(rows))
	for i, r := range rows {
		e := db.LetterEvent{
			Org: r.Org, Seq: r.Seq, Letter: r.Letter, At: r.At, What: r.What, ActorKind: r.ActorKind, Actor: r.Actor, ForCompany: r.ForCompany, Level: r.Level, Detail: r.Detail,
		}
		out[i] = mailbox.Fed{Event: letterEvent(e), Inward: r.Inward == 1, Kind: mailbox.Kind(r.Kind)}
	}
	return out, nil
}

// letterTx is one open transaction as domain/mailbox sees it.
type letterTx struct {
	letters
	fileTx
	wrote   map[ids.Letter]*mailbox.Stored // the letters that it wrote, with their events
	touched map[string]bool                // whose mailboxes it changes, by their ids; the empty one stands for anybody's
}

// InTx runs do in one transaction.
func (m *Mailboxes) InTx(ctx context.Context, do func(ctx context.Context, tx mailbox.Tx) error) error {
	touched := map[string]bool{}
	defer func() { m.store.boxes.add(touched) }() // whatever came of it: it may be committed and not known to be
	return m.store.inTx(ctx, func(ctx context.Context, q *db.Queries, _ *sqldbTx) error {
		return do(ctx, m.store.newLetterTx(q, touched))
	})
}

func (s *Store) newLetterTx(q *db.Queries, touched map[string]bool) *letterTx {
	return &letterTx{letters{q, s.found, s.fault, true}, fileTx{files{q, s.found, s.fault, true}}, map[ids.Letter]*mailbox.Stored{}, touched}
}

// PutBox writes a mailbox whose Version is the one that was read; false when it has another by now.
func (t *letterTx) PutBox(ctx context.Context, b mailbox.Box) (bool, error) {
	t.touched[actor.Owner{Person: b.Person, Company: b.Company}.ID()] = true
	switch {
	case b.Company != "" && b.Version == 0:
		return one(t.q.PutCompanyMailbox(ctx, db.PutCompanyMailboxParams{
			Company: string(b.Company), OpenedAt: b.OpenedAt, ClosedAt: b.ClosedAt, OpenedBy: string(b.OpenedBy), Terms: b.Terms, Lang: string(b.Lang),
		}))
	case b.Company != "":
		return one(t.q.SetCompanyMailbox(ctx, db.SetCompanyMailboxParams{
			OpenedAt: b.OpenedAt, ClosedAt: b.ClosedAt, OpenedBy: string(b.OpenedBy), Terms: b.Terms, Lang: string(b.Lang), Company: string(b.Company), Seen: b.Version,
		}))
	case b.Version == 0:
		return one(t.q.PutMailbox(ctx, db.PutMailboxParams{
			Person: string(b.Person), OpenedAt: b.OpenedAt, ClosedAt: b.ClosedAt, Terms: b.Terms, TellEmail: number(b.TellEmail), TellPhone: number(b.TellPhone), Lang: string(b.Lang),
			SignedIn: b.SignedIn,
		}))
	}
	return one(t.q.SetMailbox(ctx, db.SetMailboxParams{
		OpenedAt: b.OpenedAt, ClosedAt: b.ClosedAt, Terms: b.Terms, TellEmail: number(b.TellEmail), TellPhone: number(b.TellPhone), Lang: string(b.Lang), SignedIn: b.SignedIn,
		Person: string(b.Person), Seen: b.Version,
	}))
}

// PutTeller writes how somebody who acts for a mailbox's owner wants to be told.
func (t *letterTx) PutTeller(ctx context.Context, m mailbox.Teller) error {
	t.touched[m.Owner.ID()] = true
	return t.q.PutMailboxTeller(ctx, db.PutMailboxTellerParams{
		Owner: m.Owner.ID(), Person: string(m.Person), TellEmail: number(m.TellEmail), TellPhone: number(m.TellPhone), Lang: string(m.Lang),
	})
}

// PutCompany makes a company that is known by nothing but a letter, and returns what the one of its number is called here.
func (t *letterTx) PutCompany(ctx context.Context, c identity.Company) (ids.Company, error) {
	id, err := t.q.PutCompanyKnown(ctx, db.PutCompanyKnownParams{ID: string(c.ID), BusinessID: c.BusinessID, Name: c.Name, Kind: string(c.Kind), CreatedAt: c.CreatedAt})
	return ids.Company(id), err
}

// PutPreference appends to somebody's history.
func (t *letterTx) PutPreference(ctx context.Context, p mailbox.Preference) error {
	t.touched[string(p.Person)] = true
	last, err := t.q.LastLetterPreference(ctx, string(p.Person))
	if err != nil {
		return err
	}
	ok, err := one(t.q.PutLetterPreference(ctx, db.PutLetterPreferenceParams{
		Person: string(p.Person), Version: last + 1, Channel: string(p.Channel), Basis: string(p.Basis), ForOrg: string(p.Org), Terms: p.Terms, FromAt: p.From, UntilAt: p.Until,
		At: p.At, ByKind: string(p.ByKind), MadeBy: p.By, How: string(p.How),
	}))
	if err == nil && !ok {
		err = fault.Conflict("letter.changed", nil)
	}
	return err
}

// PutPerson makes somebody who is known by nothing but a letter.
func (t *letterTx) PutPerson(ctx context.Context, p ids.Person, wrapped []byte, now int64) error {
	return t.q.PutPerson(ctx, db.PutPersonParams{Person: string(p), WrappedKey: wrapped, CreatedAt: now})
}

// PutLetter writes a letter.
func (t *letterTx) PutLetter(ctx context.Context, l mailbox.Letter) error {
	t.wrote[l.ID], t.touched[l.Owner.ID()] = &mailbox.Stored{Letter: l}, true
	return t.q.PutLetter(ctx, db.PutLetterParams{
		Org: string(l.Org), ID: string(l.ID), Account: orNull(l.Owner.Person), Company: orNull(l.Owner.Company), Thread: string(l.Thread), Inward: number(l.Inward), WrittenBy: string(l.By),
		Kind: string(l.Kind), Mode: string(l.Mode), Lang: string(l.Lang), Reply: number(l.Reply), CreatedAt: l.CreatedAt, PublishAt: l.PublishAt, ExpiresAt: l.ExpiresAt,
		ConfirmBy: l.ConfirmBy, Channel: string(l.Channel), Ref: l.Ref, Digest: l.Digest, Content: l.Sealed,
	})
}

// PutEvent appends an event under the next number of its organisation, and puts its letter where it lies by then. Who writes one waits for who wrote before, so that numbers become visible in their order.
func (t *letterTx) PutEvent(ctx context.Context, e mailbox.Event) error {
	seq, err := t.q.NextLetterSeq(ctx, string(e.Org))
	if err != nil {
		return err
	}
	err = t.q.PutLetterEvent(ctx, db.PutLetterEventParams{
		Org: string(e.Org), Seq: seq, Letter: string(e.Letter), At: e.At, What: string(e.What), ActorKind: string(e.ActorKind), Actor: e.Actor, ForCompany: string(e.For),
		Level: int64(e.Level), Detail: e.Detail,
	})
	if err != nil {
		return err
	}
	return t.shelve(ctx, e)
}

// PutTelling has somebody told that a letter arrived.
func (t *letterTx) PutTelling(ctx context.Context, a mailbox.TellArgs, now int64) error {
	args, err := json.Marshal(a)
	if err != nil {
		return err
	}
	id := string(a.Org) + "/" + string(a.Letter)
	_, err = t.q.PutTask(ctx, db.PutTaskParams{
		Bucket: int64(task.BucketOf(id)), ID: id, Kind: mailbox.TaskTell, Uniq: id, Args: string(args), RunAt: now, CreatedAt: now, Lane: notify.LaneMail,
	})
	return err
}

// UseForm remembers the answer to a form; used is the earlier answer when it was sent before.
func (t *letterTx) UseForm(ctx context.Context, o ids.Org, key ids.FormKey, kind string, digest []byte, result string, expires int64) (used string, again bool, err error) {
	return useForm(ctx, t.q, o, key, kind, digest, result, expires)
}

// Audit writes lines of the audit log.
func (t *letterTx) Audit(ctx context.Context, entries ...audit.Entry) error {
	for _, e := range entries {
		if err := putAudit(ctx, t.q, e); err != nil {
			return err
		}
	}
	return nil
}
