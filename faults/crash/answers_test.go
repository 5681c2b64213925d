package crash

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/conversation"
	"luukku/domain/texting"
	"luukku/domain/worklist"
	"luukku/faults/report"
	"luukku/store/sqldb"
)

// unfinished is where the answers lie of which nobody knows whether they were sent: a line each, with the conversation and the form key. The next process sends
// the same forms again, as people do.
const unfinished = "unfinished"

// answered is what is known of one answer of the staff.
type answered struct {
	item string
	told bool // that it is sent
}

// writer is one number that writes, and the one of the staff who answers it.
func (c *child) writer(ctx context.Context, n int) {
	from := fmt.Sprintf("+35840%d%02d", 100000+os.Getpid()%100000*8, n)
	who := actor.Actor{Kind: actor.KindStaff, Staff: ids.Staff(fmt.Sprintf("staff-%d", n)), Grants: []actor.Grant{{Role: actor.RoleInbox, Org: town}}}
	for i := 0; ; i++ {
		if err := c.exchange(ctx, who, from, i); err != nil {
			c.tell(err)
		}
	}
}

// exchange is a text that comes in, and its answer: said before it is sent, and after. Now and then the same form is sent twice.
func (c *child) exchange(ctx context.Context, who actor.Actor, from string, i int) error {
	m := texting.Inbound{Org: town, Gateway: "test", Ref: fmt.Sprintf("%s-%d", from, i), From: from, To: "16160", Body: fmt.Sprintf("Question %d", i)}
	if err := c.app.Texting.Receive(ctx, m); err != nil {
		return err
	}
	in, err := c.app.Texting.From(ctx, town, from, 1)
	if err != nil || len(in) == 0 {
		return errors.Join(err, errors.New("the text that was taken is not there"))
	}
	c.say("texted %s", in[0].ID)
	if err := c.app.Talks.Take(ctx, in[0]); err != nil {
		return err
	}
	item, err := c.app.Store.EntryOf(ctx, town, string(in[0].ID))
	if err != nil {
		return err
	}
	c.say("taken %s", in[0].ID)
	key := c.app.Site.Gen.FormKey()
	c.say("answering %s %s", key, item)
	for range 1 + i%2 {
		if err := c.answer(ctx, who, item, key); err != nil {
			return err
		}
	}
	c.say("answered %s", key)
	return nil
}

// answer answers what is there now.
func (c *child) answer(ctx context.Context, who actor.Actor, item ids.Work, key ids.FormKey) error {
	i, err := c.app.Store.WorkItem(ctx, town, item)
	if err != nil {
		return err
	}
	return c.app.Talks.Answer(ctx, who, conversation.Answer{Org: town, ID: item, Seen: i.Version, Key: key, Body: "We will call you today."})
}

// again sends the forms of which nobody knows what became.
func (c *child) again(ctx context.Context, dir string) error {
	f, err := os.Open(filepath.Join(dir, unfinished))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	who := actor.Actor{Kind: actor.KindStaff, Staff: "again", Grants: []actor.Grant{{Role: actor.RoleInbox, Org: town}}}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		item, key, _ := strings.Cut(lines.Text(), " ")
		if err := c.answer(ctx, who, ids.Work(item), ids.FormKey(key)); err != nil && fault.Of(err).Kind != fault.KindConflict {
			return fmt.Errorf("answer again: %w", err)
		}
		c.say("answered %s", key)
	}
	return nil
}

// answersAre holds the ledger against what is on disk: an answer is there whole or not at all, its text with its line of history, its task and its line of the log; one that
// was told is there, and none is there twice.
func (l *ledger) answersAre(ctx context.Context, t *testing.T, read sqldb.DBTX) {
	t.Helper()
	count := func(query string) map[string]int {
		out := map[string]int{}
		rows(ctx, t, read, query, func(scan func(...any) error) error {
			var id string
			var n int
			err := scan(&id, &n)
			out[id] = n
			return err
		})
		return out
	}
	entries := count("SELECT id, count(*) FROM work_entry WHERE org = ? GROUP BY id")
	out := count("SELECT id, count(*) FROM text_out WHERE org = ? GROUP BY id")
	tasks := count("SELECT uniq, count(*) FROM task WHERE ? <> '' AND kind = '" + texting.TaskOut + "' GROUP BY uniq")
	lines := count("SELECT subject, count(*) FROM audit WHERE org = ? AND action = 'conversation.answered' AND subject_kind = '" + worklist.OfWork + "' GROUP BY subject")
	sent := count("SELECT item, count(*) FROM work_entry WHERE org = ? AND what = '" + string(conversation.Sent) + "' GROUP BY item")
	in := count("SELECT id, count(*) FROM text_in WHERE org = ? GROUP BY id")
	findings := 0
	complains := func(n *int, format string, args ...any) {
		*n++
		findings++
		complain(t, findings, format, args...)
	}
	byItem := map[string]int{}
	for key, a := range l.answers {
		e, o, k := entries[key], out[key], tasks[key]
		switch {
		case a.told && e == 0:
			complains(&l.lost, "the answer %s was told and is not there", key)
		case e != o || e != k:
			complains(&l.torn, "the answer %s has %d lines of history, %d texts, %d tasks", key, e, o, k)
		}
		byItem[a.item] += e
	}
	for item, n := range byItem {
		if sent[item] != n {
			complains(&l.doubles, "the conversation %s has %d answers, want the %d that were written", item, sent[item], n)
		}
		if lines[item] != n {
			complains(&l.torn, "the log has %d answers in %s, want %d", lines[item], item, n)
		}
	}
	for id, taken := range l.texts {
		switch {
		case in[id] != 1:
			complains(&l.lost, "the text %s was taken and is there %d times", id, in[id])
		case taken && entries[id] != 1:
			complains(&l.lost, "the text %s stands %d times in its conversation", id, entries[id])
		}
	}
}

// TestKill9Answers ends the process with kill -9 while people text and staff answer, again and again on the same data; what nobody knows is sent again, as one form.
func TestKill9Answers(t *testing.T) {
	var sum tally
	dir, l := t.TempDir(), newLedger()
	for sum.runs < report.Size(20, 300) && !t.Failed() {
		var open []string
		for key, a := range l.answers {
			if !a.told {
				open = append(open, a.item+" "+key)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, unfinished), []byte(strings.Join(open, "\n")), 0o600); err != nil {
			t.Fatal(err)
		}
		p := start(t, "answer", dir, l)
		p.wait(t)
		time.Sleep(moment())
		p.kill()
		d, err := sqldb.Open(t.Context(), "sqlite:"+filepath.Join(dir, "luukku.db"))
		if err != nil {
			t.Fatalf("open after the end: %v", err)
		}
		l.answersAre(t.Context(), t, d.Reader())
		intact(t.Context(), t, d.Reader())
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		sum.runs++
	}
	known := 0
	for _, a := range l.answers {
		if a.told {
			known++
		}
	}
	if known == 0 {
		t.Error("nothing was answered: the test proves nothing")
	}
	sum.add(t, l)
	sum.report(t, "kill -9, answers of staff", report.Of(len(l.texts), "texts"), report.Of(len(l.answers), "answers"))
}
