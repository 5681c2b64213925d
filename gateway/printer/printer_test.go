package printer_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"luukku/gateway/printer"
	"luukku/gateway/printer/printertest"
)

func slip() printer.Slip {
	return printer.Slip{
		Office: "Kallio, Vuorelan kaupunki", Number: "A 017", Service: "Přechodný pobyt – šílený kůň, Vũ", Taken: "20.11. klo 9.32", Wait: "Odotus noin 10 minuuttia",
		Watch: "Vänta tills ditt nummer är på skärmen. Å, ä och ö.", Link: "https://town.example/t/vuorela/0123456789abcdefghij", LinkWords: "Sledujte číslo v telefonu",
	}
}

func TestASlipIsPrintedInTheLettersOfAllLanguages(t *testing.T) {
	t.Parallel()
	for _, paper := range []int{80, 58} {
		for _, large := range []bool{false, true} {
			p := printertest.Start(t)
			s := slip()
			s.Large = large
			if err := new(printer.Printers).Print(t.Context(), p.Address(), paper, s); err != nil {
				t.Fatal(err)
			}
			got := p.Slips()
			if len(got) != 1 {
				t.Fatalf("got %d slips", len(got))
			}
			words := strings.Join(strings.Fields(got[0].Text), " ")
			for _, want := range []string{"A 017", "Přechodný pobyt - šílený kůň, Vu", "Vänta tills ditt nummer är på skärmen. Å, ä och ö.", "Odotus noin 10 minuuttia", "Sledujte číslo v telefonu"} {
				if !strings.Contains(words, want) {
					t.Errorf("%d mm: %q is not in %q", paper, want, words)
				}
			}
			if got[0].Code != s.Link {
				t.Errorf("the QR code says %q", got[0].Code)
			}
			columns := map[int]int{80: 48, 58: 32}[paper]
			if got[0].Columns > columns || got[0].Largest < columns/5-1 {
				t.Errorf("%d mm: lines of %d letters, the largest %d times", paper, got[0].Columns, got[0].Largest)
			}
		}
	}
}

func TestWhatIsWrongWithAPrinterIsTold(t *testing.T) {
	t.Parallel()
	for want, state := range map[printer.Problem]printertest.State{
		printer.NoPaper: {NoPaper: true},
		printer.Open:    {CoverOpen: true},
		printer.Slow:    {Hangs: true},
		printer.Gone:    {CutAfter: 60},
	} {
		t.Run(string(want), func(t *testing.T) {
			t.Parallel()
			p := printertest.Start(t)
			p.Set(state)
			all := new(printer.Printers)
			begun := time.Now()
			err := all.Print(t.Context(), p.Address(), 80, slip())
			if got := printer.ProblemOf(err); got != want {
				t.Errorf("got %q (%v), want %q", got, err, want)
			}
			if took := time.Since(begun); took > printer.MostTime+time.Second {
				t.Errorf("it took %s", took)
			}
			if n := len(p.Slips()); n != 0 {
				t.Errorf("%d slips came out", n)
			}
			p.Set(printertest.State{})
			if err := all.Ready(t.Context(), p.Address()); err != nil {
				t.Errorf("it is well again: %v", err)
			}
			if err := all.Print(t.Context(), p.Address(), 80, slip()); err != nil || len(p.Slips()) != 1 {
				t.Errorf("it is well again: %v, %d slips", err, len(p.Slips()))
			}
		})
	}
}

func TestAPrinterThatIsNotThere(t *testing.T) {
	t.Parallel()
	p := printertest.Start(t)
	p.Off()
	all := new(printer.Printers)
	if got := printer.ProblemOf(all.Print(t.Context(), p.Address(), 80, slip())); got != printer.Gone {
		t.Errorf("got %q", got)
	}
	p.On()
	if err := all.Print(t.Context(), p.Address(), 80, slip()); err != nil {
		t.Errorf("back again: %v", err)
	}
}

func TestPaperThatEndsWithTheSlipIsTold(t *testing.T) {
	t.Parallel()
	p := printertest.Start(t)
	p.Set(printertest.State{EndsIn: 1})
	if got := printer.ProblemOf(new(printer.Printers).Print(t.Context(), p.Address(), 80, slip())); got != printer.NoPaper {
		t.Errorf("got %q, want %q: nobody knows whether the slip is whole", got, printer.NoPaper)
	}
}

func TestAPrinterThatNeverReportsIsAskedHowItIs(t *testing.T) {
	t.Parallel()
	p := printertest.Start(t)
	p.Set(printertest.State{NoReport: true})
	if err := new(printer.Printers).Print(t.Context(), p.Address(), 80, slip()); err != nil || len(p.Slips()) != 1 {
		t.Errorf("got %v, %d slips", err, len(p.Slips()))
	}
}

func TestTwoKiosksAtOnePrinter(t *testing.T) {
	t.Parallel()
	p := printertest.Start(t)
	all := new(printer.Printers)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if err := all.Print(t.Context(), p.Address(), 80, slip()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(p.Slips()); n != 8 {
		t.Errorf("got %d slips of 8", n)
	}
}

func TestAPrinterAtAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lp0")
	all := new(printer.Printers)
	if got := printer.ProblemOf(all.Print(t.Context(), path, 80, slip())); got != printer.Gone {
		t.Errorf("no file: got %q", got)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := all.Print(t.Context(), path, 80, slip()); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(b), "A 017") {
		t.Errorf("got %q, %v", b, err)
	}
}
