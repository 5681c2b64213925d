package main

import (
	"strings"
	"testing"
)

const said = `{"Action":"output","Package":"p","Test":"TestKill9","Output":"    kill_test.go:63: night: kill -9: 1000 runs, 55000 acknowledged, 0 lost, 2 torn\n"}
{"Action":"pass","Package":"p","Test":"TestKill9","Elapsed":300}
{"Action":"output","Package":"p","Test":"TestCut","Output":"    cut_test.go:1: night: cut: 7 runs, 3 acknowledged, 1 lost\n"}
{"Action":"fail","Package":"p","Test":"TestCut","Elapsed":2}
{"Action":"skip","Package":"p","Test":"TestPowerCut","Elapsed":0}
not JSON
{"Action":"fail","Package":"p","Elapsed":302}
`

func TestTheTableIsWhatWasSaid(t *testing.T) {
	var r results
	if err := r.read(strings.NewReader(said)); err != nil {
		t.Fatal(err)
	}
	if len(r.failed) != 1 || r.failed[0] != "TestCut" {
		t.Errorf("got failed %v, want TestCut", r.failed)
	}
	var b strings.Builder
	if err := r.print(&b, 0); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	for i, want := range []string{
		"harness runs acknowledged lost doubles seconds verdict besides", "kill -9 1000 55000 0 - 300 pass 2 torn", "cut 7 3 1 - 2 fail",
		"TestPowerCut - - - - 0 SKIPPED", "in all 0",
	} {
		if got := strings.Join(strings.Fields(lines[i]), " "); got != want {
			t.Errorf("line %d: got %q, want %q", i, got, want)
		}
	}
}

func TestUnknownHarnessesAreNamed(t *testing.T) {
	if err := run(t.Context(), []string{"nothing"}); err == nil || !strings.Contains(err.Error(), "crash") {
		t.Errorf("got %v, want those that there are", err)
	}
}
