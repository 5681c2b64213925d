// Package planted holds the bugs that the harnesses must catch.
//
// A harness that finds nothing proves nothing until it has found something. So each has a bug of its own, planted in the product where somebody could
// really make it, behind the build tag "planted"; without the tag Bug is a constant false and the compiler removes it. With the tag, the environment
// variable LUUKKU_PLANTED names the one bug that is there. "make planted" runs each harness with its bug and fails when the harness does not.
package planted

// Name names a bug.
type Name string

// Bugs says of each bug what is wrong, and which test must fail: the package's folder and the test's name.
var Bugs = map[Name]Catch{
	"grid-walks-local": {"times are counted on the wall's clock, not in absolute time", "./domain/booking", "TestEveryClockChangeOfEveryZone"},
	"sync-normal":      {"SQLite does not wait for the disk at each commit", "./faults/crash", "TestPowerCut"},
	"answer-early":     {"callers are answered before the commit that they share", "./faults/crash", "TestKill9"},
	"unknown-is-no":    {"a COMMIT whose answer was lost is told as not done", "./faults/cuts", "TestDatabaseConnectionCut"},
}

// Catch is who catches a bug.
type Catch struct {
	Wrong   string // what the product does wrong
	Package string // where the test is, from the module's root: "./e2e/faults"
	Test    string // what go test -run gets
}
