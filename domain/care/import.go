package care

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/sheet"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/org"
)

// MostLines is how many lines an import has at most.
const MostLines = 10_000

// ImportColumns are the columns of an import by their names, in the order of the example; those after needs may be left out.
var ImportColumns = []string{"person", "agenda", "needs", "until", "from", "name", "end"}

// ImportLine is one line of an import: what is to be recorded of somebody, or what is wrong with it.
type ImportLine struct {
	Line    int // of the file, from 1
	Request Request
	// Person is the national identifier that the line names somebody by, Name what they are called who are new here.
	Person, Name string
	// Already is true for a line that says nothing new, Made for one that was recorded just now.
	Already, Made bool
	Fault         error // nil for a good one

	anyFrom bool // the line names no first day: what is recorded goes on
}

// Import is what a file would do.
type Import struct{ Lines []ImportLine }

// Count counts the good lines, those that say nothing new, and the wrong ones.
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

// MadeNow counts the lines that were recorded just now.
func (i Import) MadeNow() (n int) {
	for _, l := range i.Lines {
		if l.Made {
			n++
		}
	}
	return n
}

// Finder finds whose a national identifier is: NotFound for who is new here. With a name, who is new is made known by it.
type Finder func(ctx context.Context, identifier, name string) (ids.Person, error)

// ParseImport reads a file of who is in care. Faults of the whole file are those of sheet.Read.
func ParseImport(c *catalog.Config, text string, today org.Date) (Import, error) {
	lines, err := sheet.Read(text, MostLines, "person", "agenda")
	if err != nil {
		return Import{}, err
	}
	out := Import{Lines: make([]ImportLine, len(lines))}
	seen := map[string]int{}
	for i, l := range lines {
		x := ImportLine{Line: l.N, Fault: l.Fault}
		if x.Fault == nil {
			x = parseLine(c, l, today)
		}
		key := strings.ToUpper(x.Person) + "/" + string(x.Request.Agenda)
		if other := seen[key]; x.Fault == nil && other != 0 {
			x.Fault = fault.Invalid("import.same", fault.Args{"line": other})
		} else if x.Fault == nil {
			seen[key] = x.Line
		}
		out.Lines[i] = x
	}
	return out, nil
}

// parseLine reads one line by the names of its columns.
func parseLine(c *catalog.Config, l sheet.Line, today org.Date) ImportLine {
	x := ImportLine{Line: l.N, Person: l.Value("person")}
	x.Name, _ = i18n.CleanLine(l.Value("name"))
	r := Request{Org: c.Org.ID, Agenda: ids.Category(l.Value("agenda")), From: today, Source: FromImport}
	if x.Person == "" {
		x.Fault = fault.Invalid("import.person", nil)
	}
	if !slices.ContainsFunc(c.Categories, func(a catalog.Category) bool { return a.ID == r.Agenda }) && x.Fault == nil {
		x.Fault = fault.Invalid("import.agenda", fault.Args{"value": sheet.Quoted(l.Value("agenda"))})
	}
	switch strings.ToLower(l.Value("end")) {
	case "":
	case "yes":
		r.Off = true
	default:
		x.Fault = cmp.Or(x.Fault, error(fault.Invalid("import.end", fault.Args{"value": sheet.Quoted(l.Value("end"))})))
	}
	for _, d := range []struct {
		name string
		to   *org.Date
	}{{"from", &r.From}, {"until", &r.Until}} {
		typed := l.Value(d.name)
		if typed == "" {
			continue
		}
		date, ok := parseDate(typed)
		if !ok && x.Fault == nil {
			x.Fault = fault.Invalid("import.date", fault.Args{"value": sheet.Quoted(typed)})
		}
		*d.to = date
	}
	for _, name := range strings.FieldsFunc(l.Value("needs"), func(r rune) bool { return strings.ContainsRune("+|/ ", r) }) {
		s, err := c.Service(ids.Service(name))
		if (err != nil || s.Category != r.Agenda) && x.Fault == nil {
			x.Fault = fault.Invalid("import.need", fault.Args{"value": sheet.Quoted(name)})
		}
		r.Needs = append(r.Needs, ids.Service(name))
	}
	x.Request, x.anyFrom = r, l.Value("from") == ""
	return x
}

// parseDate reads a date as programs and people write it.
func parseDate(s string) (org.Date, bool) {
	for _, form := range []string{time.DateOnly, "2.1.2006", "2. 1. 2006"} {
		if t, err := time.Parse(form, s); err == nil {
			return org.DateOf(t), true
		}
	}
	return org.Date{}, false
}

// CheckImport says of each line of a file what it would do, and does nothing.
func (s *Service) CheckImport(ctx context.Context, who actor.Actor, o ids.Org, text string, find Finder) (Import, error) {
	if err := who.May(actor.BookingDesk, actor.Object{Org: o}); err != nil {
		return Import{}, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return Import{}, err
	}
	out, err := ParseImport(c, text, c.Today(s.Now()))
	if err != nil {
		return Import{}, err
	}
	e := audit.New(o, s.Gen.Audit(), s.Now().UnixMicro(), who, audit.CareChecked, "org", string(o), map[string]string{"lines": strconv.Itoa(len(out.Lines))})
	if err := s.Store.PutAudit(ctx, e); err != nil {
		return Import{}, err
	}
	for i := range out.Lines {
		l := &out.Lines[i]
		if l.Fault != nil {
			continue
		}
		if l.Fault = s.checkLine(ctx, l, find); l.Fault != nil && fault.Of(l.Fault).Kind == fault.KindInternal {
			return Import{}, l.Fault
		}
	}
	return out, nil
}

func (s *Service) checkLine(ctx context.Context, l *ImportLine, find Finder) error {
	p, err := find(ctx, l.Person, "")
	switch {
	case fault.Is(err, fault.KindNotFound):
		l.Already = l.Request.Off // nobody is in care of whom nothing is known
		if l.Name == "" && !l.Request.Off {
			return fault.Invalid("import.new_person", nil)
		}
		return l.days()
	case fault.Is(err, fault.KindInvalid):
		return fault.Invalid("import.person", nil)
	case err != nil:
		return err
	}
	l.Request.Person = p
	now, err := s.now(ctx, l.Request.Org, p, l.Request.Agenda)
	if err != nil {
		return err
	}
	r := &l.Request
	r.Seen = now.Version
	if r.Off {
		l.Already = now.Version == 0 || now.Off
		return nil
	}
	if l.anyFrom && !now.Off && now.Version > 0 { // it goes on
		r.From = now.From
	}
	l.Already = now.Version > 0 && now.Same(Record{From: r.From, Until: r.Until, Needs: r.Needs})
	return l.days()
}

// days says what is wrong with the days of a line.
func (l ImportLine) days() error {
	if r := l.Request; !r.Off && !r.Until.IsZero() && r.Until.Before(r.From) {
		return fault.Invalid("import.over", nil)
	}
	return nil
}

// RunImport records what the good lines say. What has changed since it was checked is told line by line. After a few seconds it stops between two lines.
func (s *Service) RunImport(ctx context.Context, who actor.Actor, in Import, find Finder) (Import, error) {
	lines := slices.Clone(in.Lines)
	refused, err := sheet.Run(ctx, len(lines), func(i int) bool { return lines[i].Fault == nil && !lines[i].Already }, func(i int) (err error) {
		lines[i].Made, err = s.runLine(ctx, who, lines[i], find)
		lines[i].Already = err == nil && !lines[i].Made
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

func (s *Service) runLine(ctx context.Context, who actor.Actor, l ImportLine, find Finder) (bool, error) {
	if l.Request.Person == "" {
		var err error
		if l.Request.Person, err = find(ctx, l.Person, l.Name); err != nil {
			return false, err
		}
	}
	return s.Record(ctx, who, l.Request)
}
