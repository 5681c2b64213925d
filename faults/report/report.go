// Package report is what the harnesses share: how long they run, and the one line in which each says what it did.
//
// It promises that a harness is short in every run of the tests and long in the night, and that its counts can be read by a program: "make nightly" makes
// its table of these lines and of nothing else. What is counted, and whether a count is a finding, is left to the harness.
package report

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
)

// Environment variables that, when they are 1, make harnesses run for longer or shorter than in every run of the tests.
const (
	Variable = "LUUKKU_NIGHT" // for as long as at night
	Quick    = "LUUKKU_QUICK" // a tenth: just to see that nothing is found
)

// Night reports whether the harnesses run for long.
func Night() bool { return os.Getenv(Variable) == "1" }

// Size is how often to do something: a few times in every run of the tests, more often at night.
func Size(short, night int) int {
	switch {
	case Night():
		return night
	case os.Getenv(Quick) == "1":
		return max(1, short/10)
	}
	return short
}

// Count is a number of things.
type Count struct {
	N    int
	What string // in the plural, as in "runs"; the columns of the nightly table are "runs", "acknowledged", "lost" and "doubles"
}

// Of counts things: Of(50, "runs").
func Of(n int, what string) Count { return Count{n, what} }

// prefix begins every line.
const prefix = "night: "

// Line logs what a harness did, such as "night: kill -9: 50 runs, 12000 acknowledged, 0 lost". A name has no colon followed by a space. A test that was
// skipped logs nothing, and so has no row.
func Line(t testing.TB, name string, counts ...Count) {
	t.Helper()
	words := make([]string, len(counts))
	for i, c := range counts {
		words[i] = fmt.Sprintf("%d %s", c.N, c.What)
	}
	t.Log(prefix + name + ": " + strings.Join(words, ", "))
}

// Parse reads a line that Line logged, wherever in the text it begins; ok is false when there is none.
func Parse(text string) (name string, counts []Count, ok bool) {
	_, text, ok = strings.Cut(text, prefix)
	if !ok {
		return "", nil, false
	}
	name, list, ok := strings.Cut(strings.TrimSpace(text), ": ")
	if !ok {
		return "", nil, false
	}
	for _, words := range strings.Split(list, ", ") {
		number, what, _ := strings.Cut(words, " ")
		n, err := strconv.Atoi(number)
		if err != nil || what == "" {
			return "", nil, false
		}
		counts = append(counts, Count{n, what})
	}
	return name, counts, true
}
