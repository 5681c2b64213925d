package citizen

import (
	"math"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/web"
	"luukku/web/ui"
)

// CodePage asks for the booking code.
type CodePage struct {
	web.Base
	Heading string
	Trouble *Trouble
	// Notice says that the booking was closed, or why it has to be opened again; nil on an ordinary visit.
	Notice *ui.AlertBox
	Action string
	Field  ui.Field
	// OfficesURL is where the offices' phone numbers are.
	OfficesURL string
}

// showCode asks for the code; why, unless it is nil, is what was wrong with the one that was typed.
func (d *Door) showCode(v *web.Visit, status int, typed string, why error) error {
	return v.Render(status, ShowCode(newCodePage(v.Base(""), typed, v.Query("done"), why)))
}

func newCodePage(b web.Base, typed, done string, why error) CodePage {
	p := CodePage{Base: b, Heading: b.T("code.title"), Action: b.URL("appointment"), OfficesURL: b.URL("offices")}
	p.Title = p.Heading
	p.Field = ui.Field{
		Name: "code", Label: b.T("code.label"), Hint: b.T("code.hint", "example", exampleCode), Value: typed, Autocomplete: "off", NoSpelling: true, Short: true,
	}
	if why != nil {
		f := fault.Of(why)
		text := b.Printer.TA(f.Key, f.Args)
		if f.Kind == fault.KindTooMany {
			text = b.T("code.too_many", "wait", tryAgainIn(f.RetryAfter))
		}
		p.HasError, p.Field.Error = true, text
		p.Trouble = &Trouble{Title: b.T("error.summary_title"), Items: []ui.ErrorItem{{Href: "#code", Text: text}}}
		return p
	}
	switch done {
	case doneClosed:
		p.Notice = &ui.AlertBox{Kind: ui.Success, Text: b.T("code.closed")}
	case doneExpired:
		p.Notice = &ui.AlertBox{Kind: ui.Info, Text: b.T("code.expired")}
	}
	return p
}

// exampleCode is of the right form and opens nothing: no installation has handed it out on purpose, and whoever types it counts as guessing.
const exampleCode = "K7PQ-3M9X-TR"

// tryAgainIn makes a wait sayable: whole minutes from a minute on, whole seconds below.
func tryAgainIn(d time.Duration) time.Duration {
	unit := time.Second
	if d > time.Minute {
		unit = time.Minute
	}
	return max(unit, (d+unit-1)/unit*unit)
}

// setRetryAfter says when to come back, in whole seconds.
func setRetryAfter(v *web.Visit, d time.Duration) {
	v.W.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(max(d, time.Second).Seconds()))))
}
