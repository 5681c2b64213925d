package bench

import (
	"context"
	"fmt"
	"os"
	"testing"
	_ "time/tzdata" // as in the program

	"luukku/store/pgtest"
)

// TestMain lets this test program be the bench's parts, too.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "bench-part" {
		if err := Process(context.Background(), os.Args[2], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(pgtest.Main(m))
}
