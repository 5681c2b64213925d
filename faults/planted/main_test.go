package main

import (
	"strings"
	"testing"

	"luukku/base/planted"
)

func TestOnlyAFindingCounts(t *testing.T) {
	for name, c := range map[string]struct {
		out  string
		want bool
	}{
		"a finding":       {"    x_test.go:3: one was lost\n--- FAIL: TestKill9 (0.40s)\nFAIL\n", true},
		"another test":    {"--- FAIL: TestOther (0.40s)\nFAIL\n", false},
		"a panic":         {"--- FAIL: TestKill9 (0.40s)\npanic: runtime error [recovered]\n", false},
		"no time left":    {"panic: test timed out after 2m0s\n--- FAIL: TestKill9\n", false},
		"nothing at all":  {"", false},
		"a passing story": {"--- PASS: TestKill9 (0.40s)\nPASS\n", false},
	} {
		if got := found([]byte(c.out), "TestKill9"); got != c.want {
			t.Errorf("%s: got %t, want %t", name, got, c.want)
		}
	}
}

func TestWhatWasNotRunDidNotPass(t *testing.T) {
	for out, want := range map[string]bool{
		"    --- PASS: TestDiskFull/pages (1.80s)\nPASS\n":     true,
		"    --- SKIP: TestDiskFull/pages (0.00s)\nPASS\n":     false,
		"testing: warning: no tests to run\nPASS\n":            false,
		"    --- PASS: TestDiskFull/pagesAndMore (1s)\nPASS\n": false,
	} {
		if got := passed([]byte(out), "TestDiskFull/pages"); got != want {
			t.Errorf("%q: got %t, want %t", out, got, want)
		}
	}
}

func TestTheTableSaysWhatWasMissed(t *testing.T) {
	var b strings.Builder
	err := print(&b, []planted.Name{"answer-early", "sync-normal"}, []check{
		{caught: true, clean: true, with: "fails", without: "passes"}, {clean: true, with: "PASSES", without: "passes", story: "nothing was lost"},
	})
	if err == nil || !strings.Contains(err.Error(), "1 of 2") {
		t.Errorf("got %v, want one of two", err)
	}
	if !strings.Contains(b.String(), "NOT CAUGHT") || !strings.Contains(b.String(), "nothing was lost") {
		t.Errorf("got %s", b.String())
	}
}
