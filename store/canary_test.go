package store

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/actor"
	"luukku/domain/consent"
	"luukku/domain/course"
	"luukku/domain/dossier"
	"luukku/domain/erasure"
	"luukku/domain/eservice"
	"luukku/domain/feedback"
	"luukku/domain/identity"
	"luukku/domain/mailbox"
	"luukku/domain/worklist"
)

// contents is everything that lies in the database: of each column what stands in it, and how often.
type contents map[string]map[string]int

func shown(v any) string {
	switch v := v.(type) {
	case nil:
		return "nothing"
	case []byte:
		return "bytes " + hex.EncodeToString(v)
	case string:
		return "text " + v
	}
	return fmt.Sprintf("number %d", v)
}

func (a *aviary) look(t *testing.T) contents {
	t.Helper()
	out := contents{}
	for _, x := range columnsOf {
		names := columnsNamed(x.table)
		rows, err := a.page(t.Context(), "SELECT "+strings.Join(names, ", ")+", '' FROM "+x.table, nil, len(names))
		if err != nil {
			t.Fatalf("read %s: %v", x.table, err)
		}
		for i, column := range names {
			of := map[string]int{}
			out[x.table+"."+column] = of
			for _, row := range rows {
				of[shown(row[i])]++
			}
		}
	}
	return out
}

// accounts is the part of the room of accounts that erasing and taking along need.
type accounts struct {
	*People
	keys *seal.Keyring
}

func (a accounts) AccountOf(ctx context.Context, _ actor.Actor, p ids.Person) (identity.Account, error) {
	s, err := a.Account(ctx, p)
	return s.Account, err
}

func (a accounts) Mine(ctx context.Context, who actor.Actor) (identity.Account, error) {
	return a.AccountOf(ctx, who, who.Person)
}

// Addresses opens what is kept of where the person's post goes, as domain/identity does.
func (a accounts) Addresses(ctx context.Context, who actor.Actor) ([]identity.KnownAddress, error) {
	return (&identity.Service{Store: a.People, Seals: a.keys}).Addresses(ctx, who)
}

// said is the room of what people write of pages.
func (a *aviary) said() *feedback.Service {
	return &feedback.Service{Store: a.Store, Work: &worklist.Service{Store: a.Store, Seals: a.keys, Gen: a.gen, Now: a.opts.Now}, Seals: a.keys, Now: a.opts.Now}
}

// erase erases somebody as domain/erasure does: what each room has, the rows of no other room, the account and the key.
func (a *aviary) erase(t *testing.T, p ids.Person) {
	t.Helper()
	rooms := []erasure.Part{
		(&dossier.Service{Store: a.Store, Accounts: accounts{a.People(), a.keys}, Feedback: a.said(), Seals: a.keys, Gen: a.gen, Now: a.opts.Now}).EraseOf,
		(&course.Service{Store: a.CourseRoom(), Seals: a.keys, Gen: a.gen, Now: a.opts.Now}).EraseOf,
		(&eservice.Service{Store: a.Store, Seals: a.keys, Gen: a.gen, Now: a.opts.Now}).EraseOf,
		(&mailbox.Service{Store: a.Mailboxes(), Seals: a.keys, Gen: a.gen, Now: a.opts.Now}).EraseOf,
	}
	for i, room := range rooms {
		if left, err := room(t.Context(), p, nil); err != nil || left != 0 {
			t.Fatalf("room %d: %d left, %v", i, left, err)
		}
	}
	e, now := a.Erasures(), canaryNow.Unix()
	for more := true; more; {
		var err error
		if more, err = e.EraseRows(t.Context(), p, nil, now, 500); err != nil {
			t.Fatal(err)
		}
	}
	err := e.InTx(t.Context(), func(ctx context.Context, tx erasure.Tx) error {
		if err := tx.EraseAccount(ctx, p, now); err != nil {
			return err
		}
		return tx.EraseKey(ctx, p, now)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// later are columns that the registry says are erased and that erasing somebody leaves for a while, each with a reason and how it ends.
var later = map[string]string{
	"ticket_text": "goes when its ticket ends, and with the day: housekeeping",
	"file":        "goes when nothing holds it any more: files that are loose are swept",
}

// settled are columns that stay and whose value erasing changes, each with a reason.
var settled = map[string]string{"text_in.state": "a message that nobody had read yet is not read any more"}

// TestErasureByTheRegistry erases somebody of whom something lies in every column, and looks at the whole database: what the registry says is erased is nowhere any more, what it says is kept is there, and
// of everybody else everything is.
func TestErasureByTheRegistry(t *testing.T) {
	t.Parallel()
	eachCanary(t, func(t *testing.T, a *aviary) {
		gone, other, firm := a.plant(t, "maija", false), a.plant(t, "ville", false), a.plant(t, "yritys", true)
		before := a.look(t)
		for _, c := range []*canary{gone, other, firm} {
			for _, x := range c.cells {
				if before[x.name()][shown(x.value)] == 0 {
					t.Fatalf("%s was not planted for %s", x.name(), c.name)
				}
			}
		}
		a.erase(t, gone.person())
		after := a.look(t)
		for _, x := range gone.cells {
			judge(t, x, gone, after)
		}
		for _, c := range []*canary{other, firm} {
			for _, x := range c.cells {
				if n := after[x.name()][shown(x.value)]; n == 0 || !x.shared && n != before[x.name()][shown(x.value)] {
					t.Errorf("%s of %s is gone with somebody else", x.name(), c.name)
				}
			}
		}
		if after["file_loose.file"][shown(gone.id("file"))] == 0 {
			t.Error("the file that nothing holds any more is not swept")
		}
	})
}

// touched are columns of another's draft that change when who was asked to sign it is erased: what they were called and signed goes, and the draft is another since.
var touched = []string{"form_part.secret", "form_part.signed", "form_part.state", "form_part.state_at", "form_part.version", "form_part.content", "form_draft.seen"}

// TestErasureInWhatIsAnothers erases somebody who stands in what is another's: as who booked for them, enrolled them, began a draft, or was asked to sign. Who it was goes, or stays as the registry says, and
// everything else of the other stays as it was.
func TestErasureInWhatIsAnothers(t *testing.T) {
	t.Parallel()
	eachCanary(t, func(t *testing.T, a *aviary) {
		gone, other := a.plant(t, "maija", false), a.plant(t, "kaisa", false)
		a.visit(t, gone, other)
		before := a.look(t)
		a.erase(t, gone.person())
		after := a.look(t)
		for _, x := range canaryGuests {
			there := after[x][shown(string(gone.person()))] > 0
			if kept := strings.HasPrefix(registered[x].Erasure, "kept: "); there != kept {
				t.Errorf("%s: the registry says %q, and who it was is there: %t", x, registered[x].Erasure, there)
			}
		}
		for _, x := range other.cells {
			if slices.Contains(canaryGuests, x.name()) {
				continue
			}
			n, changes := after[x.name()][shown(x.value)], slices.Contains(touched, x.name())
			switch {
			case changes && n > 0:
				t.Errorf("%s of the other says still what it said", x.name())
			case !changes && (n == 0 || !x.shared && n != before[x.name()][shown(x.value)]):
				t.Errorf("%s of the other is gone", x.name())
			}
		}
		told := false
		for v := range after["task.kind"] {
			told = told || v == shown(eservice.TaskTellGone)
		}
		if !told {
			t.Error("whose draft it is is not told that a signature is gone")
		}
	})
}

// TestGuestsAreAll finds each column that leads to a person: it says whose a row is, or it is among the guests.
func TestGuestsAreAll(t *testing.T) {
	t.Parallel()
	for _, table := range canaryTables() {
		for _, column := range columnsNamed(table) {
			link := canaryLinks[table+"."+column]
			if link == "" {
				link = canaryLinks[column]
			}
			name := table + "." + column
			staffs := strings.HasPrefix(registered[name].Export, "no: ") && !slices.Contains(canaryGuests, name)
			if link == "person" && !slices.Contains(canaryOwners, column) && !staffs && !slices.Contains(canaryGuests, name) {
				t.Errorf("%s leads to a person, and nothing tries what becomes of it in what is another's", name)
			}
		}
	}
}

// TestFeedbackByTheRegistry takes along the feedback that somebody gave under an address that they have proven: what the registry gives of it, and nothing of anybody else.
func TestFeedbackByTheRegistry(t *testing.T) {
	t.Parallel()
	eachCanary(t, func(t *testing.T, a *aviary) {
		c, other := a.plant(t, "maija", false), a.plant(t, "ville", false)
		email := feedback.Address{Email: c.word("account", "email")}
		got, err := a.said().Of(t.Context(), canaryOrg, []feedback.Address{email, {Phone: "+358401234567"}})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range c.cells {
			if x.plain == "" || x.table != "feedback" {
				continue
			}
			given := strings.HasPrefix(registered[x.name()].Export, "yes")
			if has := bytes.Contains(b, []byte(`"`+x.plain+`"`)); has != given {
				t.Errorf("%s: the registry gives it: %t, it is given: %t", x.name(), given, has)
			}
		}
		if bytes.Contains(b, []byte(other.name)) {
			t.Errorf("%s is given what is %s's: %s", c.name, other.name, b)
		}
	})
}

// judge says whether what became of a column is what the registry says.
func judge(t *testing.T, x cell, c *canary, after contents) {
	t.Helper()
	entry := registered[x.name()]
	there := after[x.name()][shown(x.value)] > 0
	switch {
	case x.shared || later[x.table] != "":
	case entry.Erasure == erasedRow || entry.Erasure == erasedText:
		if there {
			t.Errorf("%s: the registry says %q, and it is there", x.name(), entry.Erasure)
		}
		if x.plain == "" {
			return
		}
		inBytes := hex.EncodeToString([]byte(x.plain))
		for column, of := range after {
			for v := range of {
				if strings.Contains(v, x.plain) || strings.Contains(v, inBytes) {
					t.Errorf("%s: the registry says %q, and it is in %s", x.name(), entry.Erasure, column)
				}
			}
		}
	case entry.Erasure == erasedKey:
		if there && x.key == "" {
			t.Errorf("%s: the registry says %q, and it is there and lies under nobody's key", x.name(), entry.Erasure)
		}
		if there && after["person.wrapped_key"][shown(c.wrapped(x.key))] > 0 {
			t.Errorf("%s: the registry says %q, and the key of %s is there", x.name(), entry.Erasure, x.key)
		}
	case strings.HasPrefix(entry.Erasure, "kept: ") && ofTalk(x):
		if there && !x.shared && x.plain != "" {
			t.Errorf("%s: it is of a conversation, which is erased, and it is there", x.name())
		}
	case strings.HasPrefix(entry.Erasure, "kept: "):
		if !there && x.plain != "" && settled[x.name()] == "" {
			t.Errorf("%s: the registry says %q, and it is gone", x.name(), entry.Erasure)
		}
	}
}

// ofTalk reports whether a cell is what an office wrote of a conversation: a conversation takes its own along, a letter does not.
func ofTalk(x cell) bool { return x.table == "work_entry" || x.table == "work_item" && x.more }

// wrapped is somebody's key as it was planted.
func (c *canary) wrapped(p ids.Person) any {
	for i, x := range c.cells {
		if x.name() == "person.wrapped_key" && c.cells[i-1].value == string(p) {
			return x.value
		}
	}
	return nil
}

// TestExportByTheRegistry takes along what lies in every column of somebody: each column that the registry gives is in it, opened, none that it does not give, and nothing of anybody else.
func TestExportByTheRegistry(t *testing.T) {
	t.Parallel()
	eachCanary(t, func(t *testing.T, a *aviary) {
		list := []*canary{a.plant(t, "maija", false), a.plant(t, "ville", false), a.plant(t, "yritys", true)}
		for _, c := range []*canary{list[0], list[2]} {
			got := a.export(t, c)
			for _, x := range c.cells {
				i := slices.IndexFunc(subjects, func(s subject) bool { return s.table == x.table })
				if i < 0 || x.shared || subjects[i].person == "" && !c.company || subjects[i].company == "" && c.company {
					continue
				}
				given := strings.HasPrefix(registered[x.name()].Export, "yes")
				has := got[x.name()][shown(x.value)] || x.plain != "" && got[x.name()][shown([]byte(x.plain))]
				if has != given && !(x.table == "person" && x.more) { // a key without an account is nobody's row
					t.Errorf("%s of %s: the registry gives it: %t, the export has it: %t", x.name(), c.name, given, has)
				}
			}
			for column, of := range got {
				for v := range maps.Keys(of) {
					for _, o := range list {
						if o != c && (strings.Contains(v, o.name) || strings.Contains(v, hex.EncodeToString([]byte(o.name)))) {
							t.Errorf("%s: %s is given what is %s's", column, c.name, o.name)
						}
					}
				}
			}
		}
	})
}

// export is what somebody is given of each column, opened.
func (a *aviary) export(t *testing.T, c *canary) map[string]map[string]bool {
	t.Helper()
	out := map[string]map[string]bool{}
	err := a.RecordsOf(t.Context(), c.owner(), func(r dossier.Record) error {
		for i, column := range r.Columns {
			v := r.Values[i]
			if !r.Given[i] {
				continue
			}
			if b, ok := v.([]byte); ok && r.Sealed[i] {
				open := a.keys.Open
				if r.Key != "" {
					wrapped, err := a.PersonKey(t.Context(), r.Key)
					if err != nil {
						return err
					}
					key, err := a.keys.Unwrap(string(r.Key), wrapped)
					if err != nil {
						return err
					}
					open = key.Open
				}
				plain, err := open(b, r.Place(column))
				if err != nil {
					return fmt.Errorf("open %s.%s: %w", r.Table, column, err)
				}
				if bytes.Equal(plain, b) {
					t.Errorf("%s.%s lies in the open", r.Table, column)
				}
				v = plain
			}
			if out[r.Table+"."+column] == nil {
				out[r.Table+"."+column] = map[string]bool{}
			}
			out[r.Table+"."+column][shown(v)] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestMessagesByTheRegistry takes along the messages and the consents of somebody, which are found by the number that they have proven: what the registry gives of them, and nothing of anybody else.
func TestMessagesByTheRegistry(t *testing.T) {
	t.Parallel()
	eachCanary(t, func(t *testing.T, a *aviary) {
		c, other := a.plant(t, "maija", false), a.plant(t, "ville", false)
		room := &dossier.Service{
			Store: a.Store, Accounts: accounts{a.People(), a.keys}, Seals: a.keys, Gen: a.gen, Now: a.opts.Now,
			Consents: &consent.Service{Store: a.Store, Seals: a.keys, Gen: a.gen, Now: a.opts.Now},
		}
		got, err := room.Export(t.Context(), actor.Actor{Kind: actor.KindCitizen, Person: c.person()})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(got)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range c.cells {
			if x.plain == "" || x.table != "text_in" && x.table != "text_out" && x.table != "consent" {
				continue
			}
			given := strings.HasPrefix(registered[x.name()].Export, "yes")
			if has := bytes.Contains(b, []byte(`"`+x.plain+`"`)); has != given {
				t.Errorf("%s: the registry gives it: %t, the export has it: %t", x.name(), given, has)
			}
		}
		if bytes.Contains(b, []byte(other.name)) {
			t.Errorf("%s is given what is %s's: %s", c.name, other.name, b)
		}
	})
}
