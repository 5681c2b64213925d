package main

import (
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// sealed FLAGS waits until every line of an audit log is sealed.
func sealed(ts *testscript.TestScript, _ bool, args []string) {
	for until := time.Now().Add(30 * time.Second); ; time.Sleep(200 * time.Millisecond) {
		err := ts.Exec("luukku", append([]string{"audit", "verify"}, args...)...)
		if err == nil && !strings.Contains(ts.ReadFile("stdout"), "not sealed yet") {
			return
		}
		if time.Now().After(until) {
			ts.Fatalf("the audit log is not sealed after half a minute: %v\n%s", err, ts.ReadFile("stdout"))
		}
	}
}
