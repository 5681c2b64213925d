package bench

import (
	"testing"
)

// options run the parts in this test program.
func options(t *testing.T) Options {
	t.Helper()
	return Options{Quick: true, Dir: t.TempDir(), Self: Self("bench-part"), Progress: func(s string) { t.Log(s) }}
}

func TestHelloIsMeasuredEndToEnd(t *testing.T) {
	t.Parallel()
	rows, err := Rows([]string{"hello"})
	if err != nil {
		t.Fatal(err)
	}
	err = Run(t.Context(), rows, options(t), func(r Report) {
		t.Log(r.Text())
		if r.Name != "hello" || r.Ratio == nil || *r.Ratio < 0.3 || *r.Ratio > 3 || r.N == 0 || r.CPU <= 0 || len(r.Wrong) > 0 {
			t.Errorf("got %s, want two equal servers measured", r.JSON())
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}
