package booking

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/base/sheet"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// MostLines is how many lines an import has at most.
const MostLines = 10_000

// ImportColumns are the columns of an import by their names, in the order of the example; those after start may be left out.
var ImportColumns = []string{"office", "service", "start", "unit", "name", "email", "phone", "person", "lang"}

// ImportLine is one line of an import: a time to be set aside, or what is wrong with it.
type ImportLine struct {
	Line    int // of the file, from 1
	Request ProposeRequest
	// Person is what the line names somebody by, who has signed in before: a national identifier, or an account.
	Person string
	// Already is true for a line that was imported before.
	Already bool
	// Made is true for a line that was imported just now.
	Made  bool
	Fault error // nil for a good one

	anyUnit bool // the line names no unit: that of the request is what the dry run found
}

// Import is what a file would do.
type Import struct {
	Lines []ImportLine
}

// Count counts the good lines, those that were imported before, and the wrong ones.
func (i Import) Count() (good, already, wrong int) {
	for _, l := range i.Lines {
		switch {
		case l.Fault != nil:
			wrong++
		case l.Already, l.Made:
			already++
		default:
			good++
		}
	}
	return good, already, wrong
}

// ParseImport reads a file of times to be set aside: CSV with a line of names first, commas or semicolons between. Faults of the whole file: Invalid
// "import.empty", "import.no_column", "import.too_long", "import.not_text". A line that cannot be read has its fault.
func ParseImport(c *catalog.Config, text string) (Import, error) {
	lines, err := sheet.Read(text, MostLines, "office", "service", "start", "name")
	if err != nil {
		return Import{}, err
	}
	out := Import{Lines: make([]ImportLine, len(lines))}
	for i, l := range lines {
		if out.Lines[i] = (ImportLine{Line: l.N, Fault: l.Fault}); l.Fault == nil {
			out.Lines[i] = parseLine(c, l.N, l.Value)
		}
	}
	return out, nil
}

// parseLine reads one line by the names of its columns.
func parseLine(c *catalog.Config, line int, value func(string) string) ImportLine {
	l := ImportLine{Line: line, Person: value("person")}
	sum := sha256.New()
	for _, name := range ImportColumns {
		_, _ = io.WriteString(sum, value(name)+"\x00") // a hash takes everything
	}
	r := ProposeRequest{
		Org: c.Org.ID, Service: ids.Service(value("service")), Office: ids.Office(value("office")), Key: ids.FormKey("import-" + hex.EncodeToString(sum.Sum(nil)[:16])),
		Details: Details{Name: value("name"), Email: value("email"), Phone: value("phone"), Lang: i18n.Lang(cmp.Or(value("lang"), string(c.Org.Languages[0])))},
	}
	l.Request = r
	if _, err := c.Office(r.Office); err != nil {
		l.Fault = fault.Invalid("import.office", fault.Args{"value": sheet.Quoted(value("office"))})
		return l
	}
	if _, err := c.Service(r.Service); err != nil {
		l.Fault = fault.Invalid("import.service", fault.Args{"value": sheet.Quoted(value("service"))})
		return l
	}
	if _, _, err := c.Offered(r.Service, r.Office); err != nil {
		l.Fault = fault.Invalid("import.not_offered", fault.Args{"service": sheet.Quoted(value("service")), "office": sheet.Quoted(value("office"))})
		return l
	}
	start, ok := parseImportTime(value("start"), c.Zone())
	if !ok {
		l.Fault = fault.Invalid("import.start", fault.Args{"value": sheet.Quoted(value("start"))})
		return l
	}
	l.Request.Start = start
	if u := value("unit"); u != "" {
		units := c.Units(r.Service, r.Office)
		i := slices.IndexFunc(units, func(x *org.Unit) bool { return string(x.ID) == u || x.Name.In(l.Request.Details.Lang) == u })
		if i < 0 {
			l.Fault = fault.Invalid("import.unit", fault.Args{"value": sheet.Quoted(u)})
			return l
		}
		l.Request.Unit = units[i].ID
	}
	l.Request.Details, l.Fault = CleanDetails(c, l.Request.Details)
	return l
}

// parseImportTime reads a start as programs and people write it, in the office's zone. A local time that a clock change skips is none.
func parseImportTime(s string, zone *time.Location) (int64, bool) {
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04", "2006-01-02 15:04:05", "2.1.2006 15.04", "2.1.2006 15:04", "2006-01-02 15.04"} {
		t, err := time.ParseInLocation(form, s, zone)
		if said, _ := time.Parse(form, s); err == nil && said.Format(time.DateTime) == t.Format(time.DateTime) {
			return t.Unix(), true
		}
	}
	t, err := time.Parse(time.RFC3339, s)
	return t.Unix(), err == nil
}

// PersonFinder finds somebody who has signed in before by what a line names them by: NotFound for nobody.
type PersonFinder func(ctx context.Context, named string) (ids.Person, error)

// CheckImport says of each line of a file what it would do, and does nothing: the rules are asked, whether the time is free, and whether two lines want the same.
func (s *Service) CheckImport(ctx context.Context, who actor.Actor, o ids.Org, text string, find PersonFinder) (Import, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return Import{}, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Import{}, err
	}
	out, err := ParseImport(c, text)
	if err != nil {
		return Import{}, err
	}
	d := dryRun{service: s, schedules: map[catalog.Offer]Schedule{}, wanted: map[ids.Unit]map[int64]int{}, keys: map[ids.FormKey]int{}, find: find}
	for i := range out.Lines {
		l := &out.Lines[i]
		if l.Fault != nil {
			continue
		}
		if l.Fault = d.check(ctx, who, l); l.Fault != nil && fault.Of(l.Fault).Kind == fault.KindInternal {
			return Import{}, l.Fault
		}
	}
	return out, nil
}

// dryRun remembers what the lines before have asked for.
type dryRun struct {
	service   *Service
	schedules map[catalog.Offer]Schedule
	wanted    map[ids.Unit]map[int64]int // the cells, with the line that wants each
	keys      map[ids.FormKey]int        // the lines so far
	find      PersonFinder
}

func (d *dryRun) check(ctx context.Context, who actor.Actor, l *ImportLine) error {
	r := &l.Request
	if who.May(actor.BookingDesk, actor.Object{Org: r.Org, Office: r.Office}) != nil {
		return fault.Invalid("import.office", fault.Args{"value": sheet.Quoted(string(r.Office))})
	}
	if other := d.keys[r.Key]; other != 0 {
		return fault.Invalid("import.same", fault.Args{"line": other})
	}
	d.keys[r.Key] = l.Line
	_, used, err := d.service.Store.FormResult(ctx, r.Org, r.Key, d.service.Now().Unix())
	if err != nil {
		return err
	}
	if l.Already = used; used {
		return nil
	}
	key := catalog.Offer{Service: r.Service, Office: r.Office}
	sch, ok := d.schedules[key]
	if !ok {
		if sch, err = d.service.DeskSchedule(ctx, r.Org, r.Service, r.Office, ""); err != nil {
			return err
		}
		d.schedules[key] = sch
	}
	if r.Unit != "" {
		sch = sch.With(r.Unit)
	}
	slot, err := d.service.checkSlot(sch, r.Start)
	if err != nil {
		return err
	}
	if err := CheckProposal(sch.Policy, r.Start, sch.Now.Unix()); err != nil {
		return err
	}
	if l.Person != "" {
		if r.Account, err = d.find(ctx, l.Person); fault.Is(err, fault.KindNotFound) || fault.Is(err, fault.KindInvalid) {
			return fault.Invalid("import.person", nil)
		} else if err != nil {
			return err
		}
	}
	return d.room(ctx, l, sch, slot)
}

// room sees whether a unit is free that no line before wants.
func (d *dryRun) room(ctx context.Context, l *ImportLine, sch Schedule, slot Slot) error {
	units, free, err := d.service.candidates(ctx, sch, slot, nil, "")
	if err != nil {
		return err
	}
	if free == 0 {
		return taken(sch, slot.Start)
	}
	first, last, other := FirstCell(slot.Start), LastCell(slot.Start+sch.Busy()), 0
	for _, u := range units[:free] {
		if other = d.wants(u, first, last); other != 0 {
			continue
		}
		if d.wanted[u] == nil {
			d.wanted[u] = map[int64]int{}
		}
		for cell := first; cell < last; cell++ {
			d.wanted[u][cell] = l.Line
		}
		l.anyUnit, l.Request.Unit = l.Request.Unit == "", u // so that the lines take what was looked at, in whatever order they are written
		return nil
	}
	return fault.Invalid("import.twice", fault.Args{"line": other})
}

func (d *dryRun) wants(u ids.Unit, first, last int64) int {
	for cell := first; cell < last; cell++ {
		if line := d.wanted[u][cell]; line != 0 {
			return line
		}
	}
	return 0
}

// MadeNow counts the lines that were imported just now.
func (i Import) MadeNow() int {
	n := 0
	for _, l := range i.Lines {
		if l.Made {
			n++
		}
	}
	return n
}

// RunImport sets aside what the good lines say, each once however often it is asked; what has become impossible since is told line by
// line. After a few seconds it stops between two lines: those that are good still are left for the next time.
func (s *Service) RunImport(ctx context.Context, who actor.Actor, in Import) (Import, error) {
	lines := slices.Clone(in.Lines)
	refused, err := sheet.Run(ctx, len(lines), func(i int) bool { return lines[i].Fault == nil && !lines[i].Already }, func(i int) error {
		r := lines[i].Request
		made, err := s.Propose(ctx, who, r)
		if lines[i].anyUnit && fault.IsKey(err, "booking.taken") { // somebody else has that one: any other will do
			r.Unit = ""
			made, err = s.Propose(ctx, who, r)
		}
		lines[i].Already = made.Repeated
		lines[i].Made = err == nil && !made.Repeated
		return err
	})
	if refused == nil {
		return Import{}, fmt.Errorf("import: %w", err)
	}
	for i, why := range refused {
		if why != nil {
			lines[i].Fault = why
		}
	}
	return Import{Lines: lines}, err
}

// KeepImport keeps a file that was looked through for the session that sent it, sealed, until it is imported or a day is over.
func (s *Service) KeepImport(ctx context.Context, who actor.Actor, o ids.Org, text string) (ids.Draft, error) {
	id := s.Gen.Draft()
	sealed, err := s.Seals.Seal([]byte(text), importPlace(id))
	if err != nil {
		return "", fmt.Errorf("seal import: %w", err)
	}
	return id, s.Store.PutDraft(ctx, SealedDraft{Org: o, ID: id, Session: who.Session, Data: sealed, ExpiresAt: s.Now().Add(DraftLife).Unix()})
}

// KeptImport returns what KeepImport kept, or NotFound "draft.not_found".
func (s *Service) KeptImport(ctx context.Context, who actor.Actor, o ids.Org, id ids.Draft) (string, error) {
	kept, err := s.Store.Draft(ctx, o, id)
	if err != nil {
		return "", err
	}
	if err := who.May(actor.DraftUse, actor.Object{Org: o, Session: kept.Session}); err != nil {
		return "", err
	}
	b, err := s.Seals.Open(kept.Data, importPlace(id))
	if err != nil || s.Now().Unix() > kept.ExpiresAt {
		return "", fault.NotFound("draft.not_found")
	}
	return string(b), nil
}

func importPlace(id ids.Draft) seal.Place {
	return seal.Place{Table: "draft", Column: "data", Row: "import/" + string(id)}
}
