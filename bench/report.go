package bench

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Report is what became of a row, as it is printed: the line of JSON has these keys.
type Report struct {
	Name    string   `json:"name"`
	Ratio   *float64 `json:"ratio"`  // null when there is none: the row was skipped, or could not be measured
	Target  float64  `json:"target"` // in the same unit as ratio
	Pass    bool     `json:"pass"`
	IQR     float64  `json:"iqr"`
	CPU     float64  `json:"cpu_us_per_op"`
	N       int64    `json:"n"`
	Sense   string   `json:"sense"` // "at least" or "at most": on which side of the target the ratio must be
	Unit    string   `json:"unit,omitempty"`
	About   string   `json:"about"`
	Peer    string   `json:"peer,omitempty"`
	Seconds float64  `json:"seconds"` // how long the row took, with its setup
	Note    string   `json:"note,omitempty"`
	Skipped string   `json:"skipped,omitempty"`
	Wrong   []string `json:"wrong,omitempty"` // why it failed, beside the ratio

	Figures map[string]float64 `json:"figures,omitempty"`
}

// On which side of the target a ratio must be.
const (
	atLeastSense = "at least"
	atMostSense  = "at most"
)

// report judges a result. A skipped row passes nothing and fails nothing.
func report(r Row, res Result, err error, took time.Duration) Report {
	out := Report{
		Name: r.Name, Target: r.Target.Value, Sense: atLeastSense, Unit: r.Target.Unit, About: r.About, Peer: r.Peer, Seconds: rounded(took.Seconds()),
	}
	if r.Target.AtMost {
		out.Sense = atMostSense
	}
	switch {
	case errors.Is(err, ErrSkipped):
		out.Skipped = strings.TrimSuffix(err.Error(), ": "+ErrSkipped.Error())
		return out
	case err != nil:
		out.Wrong = []string{err.Error()}
		return out
	}
	ratio := rounded(res.Ratio)
	out.IQR, out.CPU, out.N, out.Note, out.Wrong = rounded(res.IQR), rounded(res.CPU), res.N, res.Note, res.Wrong
	if math.IsNaN(res.Ratio) || math.IsInf(res.Ratio, 0) {
		out.Wrong = append(out.Wrong, "nothing could be compared")
		return out
	}
	out.Ratio, out.Pass = &ratio, r.Target.Reached(res.Ratio) && len(res.Wrong) == 0
	if len(res.Figures) > 0 {
		out.Figures = map[string]float64{}
	}
	for name, v := range res.Figures {
		out.Figures[name] = rounded(v)
	}
	return out
}

// rounded keeps four significant digits: no measure here is better than that.
func rounded(v float64) float64 {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	unit := math.Pow(10, math.Floor(math.Log10(math.Abs(v)))-3)
	if unit >= 1 {
		return math.Round(v)
	}
	return math.Round(v/unit) / math.Round(1/unit)
}

// JSON is the report as one line.
func (r Report) JSON() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic("bench: a report that JSON cannot write: " + err.Error()) // report lets no such number through
	}
	return string(b)
}

// Head is the head of the table that Text writes the lines of.
func Head() string {
	return fmt.Sprintf("%-18s %10s %14s  %-4s %9s %10s %9s  %s", "row", "ratio", "target", "pass", "iqr", "CPU us/op", "n", "what it was")
}

// Text is the report as a line of a table, followed by what there is to say about it.
func (r Report) Text() string {
	ratio, pass := "-", "no"
	if r.Ratio != nil {
		ratio = strings.TrimSpace(fmt.Sprintf("%g %s", *r.Ratio, r.Unit))
	}
	switch {
	case r.Pass:
		pass = "yes"
	case r.Skipped != "":
		pass = "-"
	}
	target := Target{AtMost: r.Sense == atMostSense, Value: r.Target, Unit: r.Unit}.String()
	line := fmt.Sprintf("%-18s %10s %14s  %-4s %9g %10g %9d  %s", r.Name, ratio, target, pass, r.IQR, r.CPU, r.N, r.figures())
	for _, w := range r.Wrong {
		line += "\n    WRONG: " + w
	}
	if r.Skipped != "" {
		line += "\n    SKIPPED: " + r.Skipped
	}
	if r.Note != "" {
		line += "\n    " + r.Note
	}
	return strings.TrimRight(line, " ")
}

func (r Report) figures() string {
	var names []string
	for name := range r.Figures {
		names = append(names, name)
	}
	slices.Sort(names)
	for i, name := range names {
		names[i] = fmt.Sprintf("%s %g", name, r.Figures[name])
	}
	return strings.Join(names, ", ")
}
