package e2e

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"luukku/app"
	"luukku/base/config"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/booking"
	"luukku/domain/erasure"
	"luukku/domain/identity"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// killedErasing is a server with somebody who asked to be erased long ago, and who had so many times that they are erased in several goes.
type killedErasing struct {
	*served
	post   *mailHouse
	data   *sqldb.DB // to look at, beside the server
	engine engine
	person ids.Person
}

const (
	erasedEmail = "maija@example.org"
	// manyTimes is how many times somebody had: three goes of five hundred.
	manyTimes = 1200
	oneGo     = 500
)

// build has somebody with a proven address book a time and, once it is over, ask to be erased: three weeks ago, while no server runs.
func (k *killedErasing) build(env map[string]string) {
	t := k.t
	t.Helper()
	c, err := config.Load("", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().AddDate(0, 0, -21).Truncate(5 * time.Minute)
	a, err := app.Open(t.Context(), c, app.Options{Log: slog.New(slog.NewTextHandler(k.log, nil)), NoJobs: true, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	applyLobbyTown(t, a)
	a.Identity.TestIdentifiers = true
	if k.person, err = a.Identity.MakeKnown(t.Context(), actor.System("test"), "town", natid.FinnishCode, codeOfMaija, "Maija Meikäläinen"); err != nil {
		t.Fatal(err)
	}
	maija := actor.Actor{Kind: actor.KindCitizen, Person: k.person, Level: actor.LevelHigh}
	id, err := a.Identity.ChangeDetails(t.Context(), maija, identity.Details{Given: "Maija", Family: "Meikäläinen", Email: erasedEmail, Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	code, _, _, _, err := a.Identity.MakeCode(t.Context(), k.person, id)
	if err == nil {
		err = a.Identity.ConfirmCode(t.Context(), maija, id, code)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.Booking.Book(t.Context(), maija, booking.BookRequest{
		Org: "town", Service: "stamp", Office: "hall", Start: now.Add(10 * time.Minute).Unix(), Key: a.Booking.Gen.FormKey(),
		Details: booking.Details{Name: "Maija Meikäläinen", Lang: "en", Email: "booked@example.org", Phone: "+358401234567"},
	})
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Hour)
	if err := a.Erasure.Ask(t.Context(), maija, now.Unix(), "en"); err != nil {
		t.Fatal(err)
	}
}

// write runs statements beside the server.
func (k *killedErasing) write(statements ...string) {
	k.t.Helper()
	for _, s := range statements {
		err := k.data.InTx(k.t.Context(), func(ctx context.Context, tx *sqldb.Tx) error { _, err := tx.ExecContext(ctx, s); return err })
		if err != nil {
			k.t.Fatalf("%s: %v", s, err)
		}
	}
}

// count counts rows.
func (k *killedErasing) count(of string, args ...any) (n int) {
	k.t.Helper()
	if err := k.data.Reader().QueryRowContext(k.t.Context(), "SELECT count(*) FROM "+of, args...).Scan(&n); err != nil {
		k.t.Fatalf("%s: %v", of, err)
	}
	return n
}

// await waits until something holds.
func (k *killedErasing) await(what string, is func() bool) {
	k.t.Helper()
	for end := time.Now().Add(5 * time.Minute); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			k.t.Fatalf("%s does not come: %s", what, k.log)
		}
	}
}

// hadMany makes of the one time that they had as many as are needed, each with a key of its own and with what it is found by.
func (k *killedErasing) hadMany() {
	k.t.Helper()
	rows, err := k.data.Reader().QueryContext(k.t.Context(), "SELECT * FROM appointment")
	if err != nil {
		k.t.Fatal(err)
	}
	columns, err := rows.Columns()
	if err == nil {
		err = rows.Close()
	}
	if err != nil {
		k.t.Fatal(err)
	}
	const copies = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d) "
	copyOf := func(id string) string { return fmt.Sprintf("substr(%[1]s, 1, length(%[1]s) - 4) || (1000 + n.i)", id) }
	from := make([]string, len(columns))
	for i, c := range columns {
		if from[i] = "a." + c; c == "id" || c == "person" {
			from[i] = copyOf("a." + c)
		}
	}
	numbers := fmt.Sprintf(copies, manyTimes-1)
	k.write(
		numbers+"INSERT INTO person (person, wrapped_key, created_at, erased_at) SELECT "+copyOf("p.person")+", p.wrapped_key, p.created_at, p.erased_at FROM n, person p, appointment a WHERE p.person = a.person",
		numbers+"INSERT INTO appointment_contact (org, contact, appointment) SELECT c.org, c.contact, "+copyOf("c.appointment")+" FROM n, appointment_contact c",
		numbers+"INSERT INTO appointment ("+strings.Join(columns, ", ")+") SELECT "+strings.Join(from, ", ")+" FROM n, appointment a",
	)
}

// stuck has the database refuse to erase more times once so many are erased; free ends that.
func (k *killedErasing) stuck(at int) {
	const many = "(SELECT count(*) FROM appointment WHERE account IS NULL) >= %d"
	if k.engine == sqlite {
		k.write(fmt.Sprintf("CREATE TRIGGER stuck BEFORE UPDATE ON appointment WHEN "+many+" BEGIN SELECT RAISE(ABORT, 'stuck'); END", at))
		return
	}
	k.write(
		fmt.Sprintf("CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF "+many+" THEN RAISE EXCEPTION ''stuck''; END IF; RETURN NEW; END'", at),
		"CREATE TRIGGER stuck BEFORE UPDATE ON appointment FOR EACH ROW EXECUTE FUNCTION stuck()",
	)
}

func (k *killedErasing) free() {
	if k.engine == sqlite {
		k.write("DROP TRIGGER stuck")
		return
	}
	k.write("DROP TRIGGER stuck ON appointment", "DROP FUNCTION stuck()")
}

// receipts are the mails that say that they were erased.
func (k *killedErasing) receipts() (n int) {
	for _, m := range k.post.to(erasedEmail) {
		if strings.Contains(m.raw, "Subject: "+say("en", "erasing.tell.done_subject")) {
			n++
		}
	}
	return n
}

// erasedLines are the lines of the log that say so: of the installation, or of an organisation.
func (k *killedErasing) erasedLines(o ids.Org) int {
	return k.count("audit WHERE org = $1 AND action = $2", string(o), string(audit.PersonErased))
}

// Somebody with more than a thousand times is erased in goes of five hundred. In the second of them the database refuses, and the server is killed (kill -9): a part is erased, the account is there, and
// nobody was told anything. Started again it goes on where it was: everything is gone, with all by which it was found and all keys, and said once, in one mail and one line of each log.
func TestS2_3_ErasingGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	path := binary(t)
	for _, e := range []engine{sqlite, postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			k := &killedErasing{served: &served{t: t, path: path, listen: freeAddress(t), log: &record{}}, post: openPost(t), engine: e}
			data := t.TempDir()
			dsn := "sqlite:" + filepath.Join(data, "luukku.db")
			if e == postgres {
				dsn = pgtest.DSN(t, migrate)
			}
			env := servedWith(data, dsn)
			env["LUUKKU_SMTP_PORT"] = strconv.Itoa(k.post.port)
			k.build(env)
			var err error
			if k.data, err = sqldb.Open(t.Context(), dsn); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = k.data.Close() })
			k.hadMany()
			k.stuck(oneGo + 200)
			k.env = os.Environ()
			for name, value := range env {
				k.env = append(k.env, name+"="+value)
			}

			k.start()
			t.Cleanup(k.kill)
			k.await("the end of the first go", func() bool {
				return k.count("appointment WHERE account IS NULL") > 0
			})
			k.kill()
			if n := k.count("appointment WHERE account IS NULL"); n != oneGo {
				t.Fatalf("%d times are erased when the server is killed, want one go of %d", n, oneGo)
			}
			if n := k.count("erasure WHERE state = $1 AND person = $2", string(erasure.Erasing), string(k.person)); n != 1 {
				t.Error("it is not on its way when the server is killed")
			}
			if k.count("account WHERE person = $1 AND email = $2", string(k.person), erasedEmail) != 1 || k.receipts() != 0 || k.erasedLines("")+k.erasedLines("town") != 0 {
				t.Error("the account is gone, or something is told, when the half is erased")
			}

			k.free()
			k.start()
			k.await("the end", func() bool { return k.count("erasure WHERE state = $1", string(erasure.Done)) == 1 && k.receipts() > 0 })
			k.await("that the address is forgotten", func() bool {
				return k.count("erasure WHERE receipt IS NOT NULL")+k.count("task WHERE kind = $1", erasure.TaskTell) == 0
			})
			for of, want := range map[string]int{
				"appointment": manyTimes, // the town's own record, of nobody
				"appointment WHERE account IS NOT NULL OR name <> '' OR email <> '' OR phone <> '' OR note IS NOT NULL": 0,
				"appointment_contact": 0, "kiosk_pin": 0, "session": 0, "identifier": 0,
				"person WHERE wrapped_key IS NOT NULL":                   0,
				"account WHERE name <> '' OR email <> '' OR given <> ''": 0,
				"erasure_office WHERE word = 'erased'":                   1,
			} {
				if n := k.count(of); n != want {
					t.Errorf("%d rows of %s, want %d", n, of, want)
				}
			}
			if n := k.receipts(); n != 1 {
				t.Errorf("told %d times, want once", n)
			}
			if a, b := k.erasedLines(""), k.erasedLines("town"); a != 1 || b != 1 {
				t.Errorf("%d lines of the log and %d of the town's, want one of each", a, b)
			}
		})
	}
}
