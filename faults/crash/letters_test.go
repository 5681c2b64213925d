package crash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/faults/report"
	"luukku/store"
	"luukku/store/sqldb"
)

// begunLetters is where the next process reads what the one before it was about: the mailing, and the keys of the batches of which nobody knows whether they were made.
const begunLetters = "letters"

// recipients is how many a letter to many goes to: more than are sent in one go. batchOf is how many of them a printer takes at once.
const (
	recipients = 130
	batchOf    = 17
)

// specimenCodes are Finnish identity codes that are kept for tests.
func specimenCodes(n int) []string {
	const check = "0123456789ABCDEFHJKLMNPRSTUVWXY"
	out := make([]string, n)
	for i := range out {
		digits, sum := fmt.Sprintf("%02d0470%03d", 1+i/90, 900+i%90), 0
		for _, d := range digits {
			sum = (sum*10 + int(d-'0')) % len(check)
		}
		out[i] = digits[:6] + "-" + digits[6:] + check[sum:sum+1]
	}
	return out
}

// post is the town's post: a clerk who sends to many, and two printers.
func (c *child) post(ctx context.Context, dir string) error {
	who := actor.Actor{Kind: actor.KindStaff, Staff: "sender", Grants: []actor.Grant{{Role: actor.RoleLetters, Org: town}}}
	room := c.app.Mailboxes
	room.TestCodes = true
	id, keys, err := begun(dir)
	if err != nil {
		return err
	}
	if id == "" {
		var list strings.Builder
		list.WriteString("identifier,name,address,postcode,town\n")
		for i, code := range specimenCodes(recipients) {
			fmt.Fprintf(&list, "%s,Specimen %d,Mallikatu %d,00100,MALLILA\n", code, i, i)
		}
		id, err = room.Check(ctx, who, mailbox.MailingRequest{
			Org: town, Kind: mailbox.Notice, Mode: mailbox.Ordinary, Lang: "en", Content: mailbox.Content{Subject: "To all", Body: "To {name}."}, List: list.String(), Key: c.app.Site.Gen.FormKey(),
		})
		if err != nil {
			return fmt.Errorf("look through: %w", err)
		}
		c.say("mailing %s", id)
	}
	for range 2 { // as is pressed twice
		if err := room.Start(ctx, who, town, id); err != nil {
			return fmt.Errorf("begin: %w", err)
		}
	}
	c.say("ready")
	for range 2 {
		go c.sends(ctx, id)
	}
	go c.prints(ctx, "first", keys)
	go c.prints(ctx, "second", nil)
	return c.obey(ctx)
}

// begun is what the process before was about.
func begun(dir string) (id ids.Mailing, keys []ids.FormKey, err error) {
	f, err := os.Open(filepath.Join(dir, begunLetters))
	if errors.Is(err, os.ErrNotExist) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if id == "" {
			id = ids.Mailing(lines.Text())
		} else {
			keys = append(keys, ids.FormKey(lines.Text()))
		}
	}
	return id, keys, lines.Err()
}

// sends does what the server's job does, again and again.
func (c *child) sends(ctx context.Context, id ids.Mailing) {
	for more := true; more; {
		var err error
		if more, err = c.app.Mailboxes.SendSome(ctx, mailbox.MailingArgs{Org: town, Mailing: id}); err != nil {
			c.tell(err)
			more = true
		}
	}
	c.say("mailed %s", id)
}

// prints is a printer: it asks again under the keys of which it did not hear, and takes batch after batch, and says of each letter that it is printed before it is, and when that was recorded.
func (c *child) prints(ctx context.Context, name string, keys []ids.FormKey) {
	press := actor.Actor{Kind: actor.KindClient, Client: ids.Client(name), Org: town, Scopes: []actor.Right{actor.LetterPrint}}
	for {
		if len(keys) == 0 {
			if n, _, err := c.app.Mailboxes.PrintWaiting(ctx, press, town); err != nil || n == 0 {
				time.Sleep(10 * time.Millisecond)
				continue
			}
			keys = []ids.FormKey{c.app.Site.Gen.FormKey()}
			c.say("batching %s", keys[0])
		}
		if err := c.batch(ctx, press, keys[0]); err != nil {
			c.tell(err)
			continue // the same key again
		}
		keys = keys[1:]
	}
}

// batch takes a batch under a key and prints what is still to be printed of it.
func (c *child) batch(ctx context.Context, press actor.Actor, key ids.FormKey) error {
	room := c.app.Mailboxes
	b, _, err := room.TakeBatch(ctx, press, town, batchOf, key)
	if err != nil {
		return err
	}
	_, lines, err := room.PrintList(ctx, press, town, b.ID)
	if err != nil {
		return err
	}
	for _, l := range lines {
		if l.State != mailbox.ToBePrinted {
			continue
		}
		refused, err := room.Paper(ctx, press, town, b.ID, mailbox.Printed, []ids.Letter{l.ID})
		if err != nil || len(refused) > 0 {
			return errors.Join(err, refused[l.ID])
		}
		c.say("printed %s %s", l.ID, b.ID)
	}
	c.say("batched %s", key)
	return nil
}

// letters is what is known of the town's post.
type letters struct {
	mailing string
	mailed  bool
	printed map[string]string // the batch, by letter
	batches map[string]bool   // by the keys under which they were asked for: true where it is known that the batch is done
}

// noteLetters writes down a line of the child.
func (l *ledger) noteLetters(line string) (ok bool) {
	var id, batch string
	p := &l.post
	switch {
	case scan(line, "mailing %s", &id):
		p.mailing = id
	case scan(line, "mailed %s", &id):
		p.mailed = true
	case scan(line, "printed %s %s", &id, &batch):
		if other, twice := p.printed[id]; twice {
			l.doubles++
			l.errors = append(l.errors, fmt.Sprintf("letter %s was printed in batch %s, and again in %s", id, other, batch))
		}
		p.printed[id] = batch
	case scan(line, "batching %s", &id):
		p.batches[id] = false
	case scan(line, "batched %s", &id):
		p.batches[id] = true
	default:
		return false
	}
	l.acknowledged++
	return true
}

// leave writes down for the next process what this one was about.
func (p letters) leave(dir string) error {
	if p.mailing == "" {
		return nil
	}
	list := []string{p.mailing}
	for key, done := range p.batches {
		if !done {
			list = append(list, key)
		}
	}
	slices.Sort(list[1:])
	return os.WriteFile(filepath.Join(dir, begunLetters), []byte(strings.Join(list, "\n")), 0o600)
}

// lettersAre holds the ledger against what is on disk: as many letters as rows that are sent, each accepted once, in at most one batch, printed at most once; what was told as printed is.
func (l *ledger) lettersAre(ctx context.Context, t *testing.T, read sqldb.DBTX) (sent, printed int) {
	t.Helper()
	findings := 0
	complains := func(n *int, format string, args ...any) {
		*n++
		findings++
		complain(t, findings, format, args...)
	}
	byLetter := map[string]int{}
	rows(ctx, t, read, "SELECT letter, count(*) FROM mailing_row WHERE org = ? AND state = 'sent' GROUP BY letter", func(scan func(...any) error) error {
		var id string
		var n int
		err := scan(&id, &n)
		byLetter[id] = n
		sent += n
		return err
	})
	var all, waits int
	rows(ctx, t, read, "SELECT count(*) FROM mailing_row WHERE org = ?", func(scan func(...any) error) error { return scan(&all) })
	rows(ctx, t, read, "SELECT count(*) FROM mailing_row WHERE org = ? AND state = 'waits'", func(scan func(...any) error) error { return scan(&waits) })
	if l.post.mailing != "" && (all != recipients || sent+waits != all) {
		complains(&l.lost, "%d rows, %d sent and %d that wait; want %d", all, sent, waits, recipients)
	}
	if l.post.mailed && sent != recipients {
		complains(&l.lost, "the mailing was told as sent, and %d of %d are", sent, recipients)
	}
	events := map[string]map[string]int{}
	rows(ctx, t, read, "SELECT letter, what, count(*) FROM letter_event WHERE org = ? GROUP BY letter, what", func(scan func(...any) error) error {
		var id, what string
		var n int
		err := scan(&id, &what, &n)
		if events[id] == nil {
			events[id] = map[string]int{}
		}
		events[id][what] = n
		return err
	})
	for id, e := range events {
		switch {
		case byLetter[id] != 1:
			complains(&l.torn, "letter %s is of %d rows", id, byLetter[id])
		case e[string(mailbox.Accepted)] != 1:
			complains(&l.doubles, "letter %s was accepted %d times", id, e[string(mailbox.Accepted)])
		case e[string(mailbox.Printing)] > 1 || e[string(mailbox.Printed)] > 1:
			complains(&l.doubles, "letter %s: %v", id, e)
		}
		printed += e[string(mailbox.Printed)]
	}
	for id := range byLetter {
		if events[id] == nil {
			complains(&l.lost, "letter %s has no events", id)
		}
	}
	for id := range l.post.printed {
		if events[id][string(mailbox.Printed)] != 1 {
			complains(&l.lost, "letter %s was told as printed, and %v happened to it", id, events[id])
		}
	}
	contradictions, err := store.CheckInvariants(ctx, read)
	if err != nil {
		t.Fatalf("check invariants: %v", err)
	}
	for _, c := range contradictions {
		complains(&l.contradictions, "contradiction: %s", c)
	}
	return sent, printed
}

// TestKill9Letters ends the process with kill -9 while a letter to many is sent by two at once and two printers take batches and print them, again and again on the same data until all are
// printed: what nobody knows is asked again under its key. Nobody gets two, none is in two batches, none is lost.
func TestKill9Letters(t *testing.T) {
	var sum tally
	sent, batches := 0, 0
	for sum.runs < report.Size(12, 300) && !t.Failed() {
		dir, l := t.TempDir(), newLedger()
		done := 0
		for done < recipients && !t.Failed() {
			if err := l.post.leave(dir); err != nil {
				t.Fatal(err)
			}
			p := start(t, "letters", dir, l)
			p.wait(t)
			time.Sleep(2 * moment())
			p.kill()
			d, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(dir, "luukku.db"))
			if err != nil {
				t.Fatalf("open after the end: %v", err)
			}
			_, done = l.lettersAre(t.Context(), t, d.Reader())
			intact(t.Context(), t, d.Reader())
			if err := d.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
			sum.runs++
		}
		sent, batches = sent+done, batches+len(l.post.batches)
		sum.add(t, l)
	}
	if sent == 0 {
		t.Error("nothing was sent: the test proves nothing")
	}
	sum.report(t, "kill -9, letters to many and their printing", report.Of(sent, "letters"), report.Of(batches, "batches"))
}
