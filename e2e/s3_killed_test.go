package e2e

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"luukku/app"
	"luukku/base/config"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/booking"
	"luukku/domain/queue"
	"luukku/domain/staff"
	"luukku/e2e/client"
	"luukku/gateway/printer/printertest"
	"luukku/store/pgtest"
	"luukku/store/sqldb"
)

// lobbyTown is a town whose only office is open all day, wherever the clock stands.
const lobbyTown = `format = 1
[installation]
name = { en = "Town" }
languages = ["en"]
default = "en"
phone_countries = ["FI"]
[organisations.town]
name = { en = "Town" }
short = { en = "Town" }
country = "FI"
zone = %q
languages = ["en"]
[organisations.town.categories.all]
name = { en = "All" }
[organisations.town.services.stamp]
category = "all"
name = { en = "Stamp" }
policy = { length = "5m", hold = "0m", notice = "0m", pin = true }
[organisations.town.offices.hall]
name = { en = "Hall" }
hours = ["mon-sun 00:00-24:00", "mon-sun 00:00-24:00 walk-in"]
services = ["stamp"]
units = ["one", "two"]
`

// applyLobbyTown sets that town up.
func applyLobbyTown(t *testing.T, a *app.App) {
	t.Helper()
	doc, problems := blueprint.Parse(fmt.Appendf(nil, lobbyTown, aboutNoon(t)))
	if faults := blueprint.Faults(problems); len(faults) > 0 {
		t.Fatal(faults)
	}
	if _, err := a.Blueprints.Apply(t.Context(), actor.System("test"), doc, blueprint.Options{}); err != nil {
		t.Fatal(err)
	}
}

// aboutNoon is a zone in which no day ends while a test runs.
func aboutNoon(t *testing.T) *time.Location {
	t.Helper()
	for _, name := range []string{"Europe/Helsinki", "Pacific/Honolulu", "Asia/Tokyo", "America/New_York"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		if hour := time.Now().In(zone).Hour(); hour >= 5 && hour < 20 {
			return zone
		}
	}
	t.Fatal("no zone has day")
	return nil
}

// served is the one binary as a server, which can be killed and started again on the same data at the same address.
type served struct {
	t      *testing.T
	path   string
	env    []string
	listen string
	log    *record
	cmd    *exec.Cmd
}

func (s *served) start() {
	s.t.Helper()
	s.cmd = exec.Command(s.path, "serve", "--listen", s.listen) //nolint:noctx // it is ended as the test says
	s.cmd.Env, s.cmd.Stderr = s.env, s.log
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get("http://" + s.listen + "/readyz") //nolint:noctx // a moment
		if err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(end) {
			s.t.Fatalf("the server is not ready: %s", s.log)
		}
	}
}

// kill is kill -9. A second one does nothing.
func (s *served) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// freeAddress is an address on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// killedKiosk is a kiosk with a printer, and an appointment that is due, before its server is killed.
type killedKiosk struct {
	*served
	wire    *wire
	kiosk   *client.Client
	printer *printertest.Printer
	data    *sqldb.DB // to look at, beside the server
	booked  string    // the PIN of the appointment
	code    string    // of the device
}

// servedWith are the settings of a server on its own data.
func servedWith(data, dsn string) map[string]string {
	return map[string]string{
		"LUUKKU_BASE_URL": "http://127.0.0.1", "LUUKKU_DATA": data, "LUUKKU_DATABASE": dsn, "LUUKKU_SMTP_HOST": "127.0.0.1", "LUUKKU_SMTP_PORT": "9", "LUUKKU_SMTP_TLS": "none",
		"LUUKKU_SMTP_FROM": "no-reply@town.example", "LUUKKU_LIMITS_REQUESTS_PER_SECOND": "1000",
	}
}

// build sets the town up in the data that the server is going to serve.
func (k *killedKiosk) build(t *testing.T, env map[string]string) {
	t.Helper()
	c, err := config.Load("", func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), c, app.Options{Log: slog.New(slog.NewTextHandler(k.log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	applyLobbyTown(t, a)
	by := actor.System("test")
	d, code, err := a.Staff.MakeDevice(t.Context(), by, "town", staff.Kiosk, "hall", "Hall")
	if err == nil {
		err = a.Staff.SetDevice(t.Context(), by, "town", d.ID, staff.KioskSettings{PrintBy: staff.PrintPrinter, Printer: k.printer.Address(), Paper: 80})
	}
	if err != nil {
		t.Fatal(err)
	}
	k.code = code
	b, err := a.Booking.Book(t.Context(), actor.Visitor([]byte("a session of somebody"), "192.0.2.1"), booking.BookRequest{
		Org: "town", Service: "stamp", Office: "hall", Start: time.Now().Add(7 * time.Minute).Truncate(5 * time.Minute).Unix(), Key: a.Booking.Gen.FormKey(),
		Details: booking.Details{Name: "Testi Henkilö", Lang: "en", Email: "testi@example.org"},
	})
	if err != nil {
		t.Fatal(err)
	}
	k.booked = b.Appointment.PIN
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
}

// lost sends a form as the kiosk does, over a wire on which no answer comes back, waits until until holds, and kills the server.
func (k *killedKiosk) lost(path, form string, until func() bool) {
	k.t.Helper()
	k.wire.dumb.Store(true)
	ctx, cancel := context.WithCancel(k.t.Context())
	answered := make(chan error, 1)
	go func() {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+k.wire.address+path, strings.NewReader(form))
		if err == nil {
			r.Header = http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"same-origin"}}
			cookie, _ := k.kiosk.Cookie(path, "luukku-kiosk")
			r.AddCookie(cookie)
			var res *http.Response
			if res, err = http.DefaultClient.Do(r); err == nil {
				_, _ = io.Copy(io.Discard, res.Body)
				_ = res.Body.Close()
			}
		}
		answered <- err
	}()
	for end := time.Now().Add(20 * time.Second); !until(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			k.t.Fatalf("%s did nothing: %s", path, k.log)
		}
	}
	k.kill()
	cancel()
	if err := <-answered; err == nil {
		k.t.Errorf("%s was answered although no answer came back", path)
	}
	k.wire.dumb.Store(false)
	k.start()
}

// tickets are the numbers that were given, the lowest first.
func (k *killedKiosk) tickets() []string {
	k.t.Helper()
	rows, err := k.data.Reader().QueryContext(k.t.Context(), "SELECT prefix, number FROM ticket WHERE org = 'town' ORDER BY number")
	if err != nil {
		k.t.Fatal(err)
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var t queue.Ticket
		if err := rows.Scan(&t.Prefix, &t.Number); err != nil {
			k.t.Fatal(err)
		}
		out = append(out, t.Name())
	}
	if err := rows.Err(); err != nil {
		k.t.Fatal(err)
	}
	return out
}

// has waits for so many tickets.
func (k *killedKiosk) has(n int) func() bool { return func() bool { return len(k.tickets()) == n } }

// prints presses the key that prints on the screen of a number, while the server is killed with the slip half sent; sent again it comes out once.
func (k *killedKiosk) prints(p *client.Page, number string, slips int) {
	k.t.Helper()
	sealed := p.All("form[action$=print] input[name=ticket]")[0].Attr("value")
	k.printer.Set(printertest.State{Hangs: true})
	k.lost("/en/kiosk/print", "ticket="+url.QueryEscape(sealed), func() bool { return k.printer.Taking() > 0 })
	if got := len(k.printer.Slips()); got != slips {
		k.t.Errorf("%d slips were printed by a server that was killed, want %d", got, slips)
	}
	k.printer.Set(printertest.State{})
	again := send(k.kiosk, "/en/kiosk/print", "ticket="+url.QueryEscape(sealed)).MustStatus(http.StatusOK).MustText(say("en", "kiosk.printed"))
	got := k.printer.Slips()
	if len(got) != slips+1 || !strings.Contains(got[len(got)-1].Text, number) || numberOn(again) != number {
		k.t.Errorf("%s was printed on %+v, and the screen shows %s", number, got, numberOn(again))
	}
}

// The server is killed (kill -9) when a number was given and nobody knows it yet, and again when its slip is on the way to the printer. What the kiosk sends
// again after the restart leads to the same number, and to one slip: for a walk-in, and for somebody who checks in.
func TestS3_6_KilledBetweenTheNumberAndItsSlip(t *testing.T) {
	t.Parallel()
	path := binary(t)
	for _, e := range []engine{sqlite, postgres} {
		t.Run(string(e), func(t *testing.T) {
			t.Parallel()
			k := &killedKiosk{served: &served{t: t, path: path, listen: freeAddress(t), log: &record{}}, printer: printertest.Start(t)}
			data := t.TempDir()
			dsn := "sqlite:" + filepath.Join(data, "luukku.db")
			if e == postgres {
				dsn = pgtest.DSN(t, migrate)
			}
			env := servedWith(data, dsn)
			k.build(t, env)
			var err error
			if k.data, err = sqldb.Open(t.Context(), dsn); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = k.data.Close() })
			for name, value := range env {
				k.env = append(k.env, name+"="+value)
			}
			k.env = append(os.Environ(), k.env...)
			k.start()
			t.Cleanup(k.kill)
			k.wire = newWire(t, k.listen)
			k.kiosk = client.New(t, "http://"+k.wire.address)
			k.kiosk.Get("/en/staff/device").Form("staff/device").Set("code", k.code).Submit("").MustStatus(http.StatusOK)

			key, _ := k.kiosk.Get("/en/kiosk/services").MustStatus(http.StatusOK).Form("take").Hidden("key")
			walkIn := "service=stamp&key=" + url.QueryEscape(key)
			k.lost("/en/kiosk/take", walkIn, k.has(1))
			p := send(k.kiosk, "/en/kiosk/take", walkIn).MustStatus(http.StatusOK)
			all := k.tickets()
			if len(all) != 1 || numberOn(p) != all[0] {
				t.Fatalf("the form that was sent again shows %q; there are %d tickets: %v", numberOn(p), len(all), all)
			}
			k.prints(p, all[0], 0)

			checkIn := "pin=" + k.booked
			k.lost("/en/kiosk/check-in", checkIn, k.has(2))
			p = send(k.kiosk, "/en/kiosk/check-in", checkIn).MustStatus(http.StatusOK)
			all = k.tickets()
			if len(all) != 2 || numberOn(p) != all[1] {
				t.Fatalf("the check-in that was sent again shows %q; there are %d tickets: %v", numberOn(p), len(all), all)
			}
			k.prints(p, numberOn(p), 1)
			if got := len(k.tickets()); got != 2 {
				t.Errorf("there are %d tickets in the end, want 2", got)
			}
		})
	}
}
