package staff

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// PrintBy is how a kiosk prints a ticket.
type PrintBy string

// The ways.
const (
	PrintNot     PrintBy = ""        // on the screen and the phone alone
	PrintBrowser PrintBy = "browser" // the kiosk's browser does
	PrintPrinter PrintBy = "printer" // we send it to a ticket printer
)

// KioskSettings is what is set for one kiosk.
type KioskSettings struct {
	PrintBy PrintBy `json:"print_by,omitempty"`
	// Printer is where a ticket printer is: host:port, or its file on the server, such as /dev/usb/lp0.
	Printer string `json:"printer,omitempty"`
	// Paper is the width of its paper in millimetres, 80 or 58.
	Paper int `json:"paper,omitempty"`
	// Ruler is how many millimetres the line on the kiosk's test page is long on its screen; 0 is not measured.
	Ruler int `json:"ruler,omitempty"`
	// Services are those that walk-in tickets are given for here; none is all.
	Services []ids.Service `json:"services,omitempty"`
	// Speaks says that each screen is read aloud without being asked.
	Speaks bool `json:"speaks,omitempty"`
}

// RulerPixels is the length of the line on a kiosk's test page.
const RulerPixels = 500

// The bounds of what the line can measure, in millimetres: screens of 50 to 250 points to the inch.
const (
	leastRuler = 50
	mostRuler  = 250
)

// Kiosk returns what is set for a kiosk. What cannot be read is as if it were not set.
func (d Device) Kiosk() KioskSettings {
	var s KioskSettings
	if json.Unmarshal([]byte(cmp.Or(d.Settings, "{}")), &s) != nil {
		s = KioskSettings{}
	}
	if s.Paper == 0 {
		s.Paper = 80
	}
	return s
}

// Offers reports whether walk-in tickets for a service are given at the kiosk.
func (s KioskSettings) Offers(service ids.Service) bool {
	return len(s.Services) == 0 || slices.Contains(s.Services, service)
}

// Key is how many pixels of the screen 20 millimetres are, which no key may be smaller than: at most a few steps larger, and never under 44.
func (s KioskSettings) Key() int {
	if s.Ruler == 0 {
		return 80 // a screen of about 96 points to the inch
	}
	const step, least = 8, 48
	px := (20*RulerPixels + s.Ruler - 1) / s.Ruler
	return max(least, (px+step-1)/step*step)
}

// printerFile is what a printer's file is called: nothing else on the server is ever written to.
var printerFile = regexp.MustCompile(`^/dev/(usb/)?lp[0-9]{1,2}$`)

// The ports on which ticket printers listen. Others belong to other machines' business, which a kiosk's settings have no part in.
const (
	firstPort = 9100
	lastPort  = 9109
)

// CheckPrinter cleans where a printer is; the key of a text says what is wrong with it.
func CheckPrinter(address string) (clean, wrong string) {
	clean = strings.TrimSpace(address)
	switch {
	case clean == "":
		return clean, "field.required"
	case strings.HasPrefix(clean, "/"):
		if !printerFile.MatchString(clean) {
			return clean, "kiosk_settings.printer_file"
		}
		return clean, ""
	}
	host, port, err := net.SplitHostPort(clean)
	if err != nil {
		host, port = strings.Trim(clean, "[]"), strconv.Itoa(firstPort)
	}
	n, err := strconv.Atoi(port)
	if _, bad := netip.ParseAddr(host); bad != nil && !hostName.MatchString(host) || err != nil {
		return clean, "kiosk_settings.printer_wrong"
	}
	if n < firstPort || n > lastPort {
		return clean, "kiosk_settings.printer_port"
	}
	return net.JoinHostPort(host, strconv.Itoa(n)), ""
}

var hostName = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,250}[A-Za-z0-9])?$`)

// CheckKiosk cleans what was typed for a kiosk: Invalid at "print_by", "printer", "paper" and "ruler".
func CheckKiosk(s KioskSettings) (KioskSettings, error) {
	var wrong []fault.Field
	switch s.PrintBy {
	case PrintNot, PrintBrowser:
		s.Printer = strings.TrimSpace(s.Printer)
		if _, key := CheckPrinter(s.Printer); s.Printer != "" && key != "" {
			wrong = append(wrong, fault.Field{Name: "printer", Key: key})
		}
	case PrintPrinter:
		clean, key := CheckPrinter(s.Printer)
		if s.Printer = clean; key != "" {
			wrong = append(wrong, fault.Field{Name: "printer", Key: key})
		}
	default:
		wrong = append(wrong, fault.Field{Name: "print_by", Key: "error.field.choose"})
	}
	if s.Paper != 80 && s.Paper != 58 {
		wrong = append(wrong, fault.Field{Name: "paper", Key: "error.field.choose"})
	}
	if s.Ruler != 0 && (s.Ruler < leastRuler || s.Ruler > mostRuler) {
		wrong = append(wrong, fault.Field{Name: "ruler", Key: "kiosk_settings.ruler_range", Args: fault.Args{"least": leastRuler, "most": mostRuler}})
	}
	if len(wrong) > 0 {
		return s, fault.Invalid("form.invalid", nil, wrong...)
	}
	return s, nil
}

// SetDevice writes what is set for a device: an object of its kind, which has been checked. NotFound says that there is no such device, or no longer.
func (s *Service) SetDevice(ctx context.Context, who actor.Actor, o ids.Org, id ids.Device, settings any) error {
	doc, err := json.Marshal(settings)
	if err != nil {
		return fmt.Errorf("write settings of device %s: %w", id, err)
	}
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		d, err := s.device(ctx, tx, who, o, id)
		if err != nil || d.Settings == string(doc) {
			return err
		}
		if ok, err := tx.SetDevice(ctx, o, id, string(doc)); err != nil || !ok {
			return orElse(err, fault.NotFound("staff.no_device"))
		}
		return tx.Audit(ctx, s.entry(o, who, audit.DeviceSet, "device", string(id), map[string]string{"kind": string(d.Kind)}))
	})
}
