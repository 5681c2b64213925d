package staff

import (
	"testing"

	"luukku/base/fault"
)

func TestAPrinterIsAtAnAddressOrAFileOfAPrinter(t *testing.T) {
	for typed, want := range map[string]struct{ clean, wrong string }{
		"":                      {"", "field.required"},
		" 10.0.0.7 ":            {"10.0.0.7:9100", ""},
		"10.0.0.7:9101":         {"10.0.0.7:9101", ""},
		"printer-3.lobby.town":  {"printer-3.lobby.town:9100", ""},
		"[fd00::7]:9100":        {"[fd00::7]:9100", ""},
		"fd00::7":               {"[fd00::7]:9100", ""},
		"10.0.0.7:22":           {"10.0.0.7:22", "kiosk_settings.printer_port"},
		"10.0.0.7:9099":         {"10.0.0.7:9099", "kiosk_settings.printer_port"},
		"10.0.0.7:9110":         {"10.0.0.7:9110", "kiosk_settings.printer_port"},
		"a b":                   {"a b", "kiosk_settings.printer_wrong"},
		"host:x":                {"host:x", "kiosk_settings.printer_wrong"},
		"/dev/usb/lp0":          {"/dev/usb/lp0", ""},
		"/dev/lp1":              {"/dev/lp1", ""},
		"/etc/passwd":           {"/etc/passwd", "kiosk_settings.printer_file"},
		"/dev/usb/../sda":       {"/dev/usb/../sda", "kiosk_settings.printer_file"},
		"/dev/usb/lp0/../../sd": {"/dev/usb/lp0/../../sd", "kiosk_settings.printer_file"},
	} {
		if clean, wrong := CheckPrinter(typed); clean != want.clean || wrong != want.wrong {
			t.Errorf("%q: got %q, %q, want %q, %q", typed, clean, wrong, want.clean, want.wrong)
		}
	}
}

func TestKioskSettingsAreChecked(t *testing.T) {
	good := KioskSettings{PrintBy: PrintPrinter, Printer: "10.0.0.7", Paper: 58, Ruler: 132}
	clean, err := CheckKiosk(good)
	if err != nil || clean.Printer != "10.0.0.7:9100" {
		t.Errorf("good settings: got %+v, %v", clean, err)
	}
	for field, bad := range map[string]KioskSettings{
		"print_by": {PrintBy: "fax", Paper: 80},
		"printer":  {PrintBy: PrintPrinter, Paper: 80},
		"paper":    {Paper: 81},
		"ruler":    {Paper: 80, Ruler: leastRuler - 1},
	} {
		_, err := CheckKiosk(bad)
		f := fault.Of(err)
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != field {
			t.Errorf("%+v: got %v, want a fault at %s alone", bad, err, field)
		}
	}
	if _, err := CheckKiosk(KioskSettings{Paper: 80, Ruler: mostRuler + 1}); err == nil {
		t.Error("a ruler that is too long is taken")
	}
	for _, mm := range []int{leastRuler, mostRuler} {
		if _, err := CheckKiosk(KioskSettings{Paper: 80, Ruler: mm}); err != nil {
			t.Errorf("a ruler of %d mm: got %v", mm, err)
		}
	}
}

func TestAKeyIsNeverUnderTwentyMillimetres(t *testing.T) {
	for mm := leastRuler; mm <= mostRuler; mm++ {
		key := KioskSettings{Ruler: mm}.Key()
		if real := float64(key) * float64(mm) / RulerPixels; real < 20 || key < 44 || key > 200 {
			t.Errorf("the line is %d mm: a key of %d pixels is %.1f mm", mm, key, real)
		}
	}
	if got := (KioskSettings{}).Key(); got < 76 {
		t.Errorf("a screen that nobody measured: a key of %d pixels", got)
	}
}

func TestSettingsThatCannotBeReadAreNone(t *testing.T) {
	for _, doc := range []string{"", "{}", "[", `{"paper":"wide"}`} {
		if got := (Device{Settings: doc}).Kiosk(); got.Paper != 80 || got.PrintBy != PrintNot || !got.Offers("passport") {
			t.Errorf("%q: got %+v", doc, got)
		}
	}
	if s := (Device{Settings: `{"services":["passport"]}`}).Kiosk(); !s.Offers("passport") || s.Offers("visa") {
		t.Errorf("services: got %+v", s)
	}
}
