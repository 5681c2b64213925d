package bench

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

func TestMedianAndSpread(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values      []float64
		median, iqr float64
	}{
		{[]float64{3}, 3, 0},
		{[]float64{4, 1}, 2.5, 1.5},
		{[]float64{5, 1, 3}, 3, 2},
		{[]float64{9, 1, 2, 4, 3}, 3, 2},
		{[]float64{1, 1, 1, 100}, 1, 24.75},
	} {
		given := fmt.Sprint(c.values)
		if m, i := median(c.values), iqr(c.values); m != c.median || math.Abs(i-c.iqr) > 1e-9 {
			t.Errorf("%v: got %g ± %g, want %g ± %g", c.values, m, i, c.median, c.iqr)
		}
		if fmt.Sprint(c.values) != given {
			t.Errorf("%s was sorted in place", given)
		}
	}
	if !math.IsNaN(median(nil)) {
		t.Error("the median of nothing is a number")
	}
}

func TestHistogramIsTrueToTwoPercent(t *testing.T) {
	t.Parallel()
	var h Histogram
	for us := 1; us <= 10_000; us++ {
		h.Record(time.Duration(us) * time.Microsecond)
	}
	for _, q := range []float64{0.01, 0.5, 0.9, 0.99, 0.999, 1} {
		want := time.Duration(q*10_000) * time.Microsecond
		if got := h.Quantile(q); got < want || float64(got) > 1.02*float64(want) {
			t.Errorf("p%g: got %v, want %v or up to 2 %% more", 100*q, got, want)
		}
	}
	if h.Most != 10*time.Millisecond || h.N != 10_000 {
		t.Errorf("got %v of %d", h.Most, h.N)
	}
}

func TestBucketsFollowEachOther(t *testing.T) {
	t.Parallel()
	for b := range 64 * 50 {
		top := bucketTop(b)
		if got := bucketOf(top); got != b {
			t.Fatalf("the top %d of bucket %d is in bucket %d", top, b, got)
		}
		if got := bucketOf(top + 1); got != b+1 {
			t.Fatalf("%d follows bucket %d and is in bucket %d", top+1, b, got)
		}
	}
	if bucketOf(-1) != 0 {
		t.Error("a time that went backwards has no bucket")
	}
	var h Histogram
	h.Record(24 * time.Hour)
	h.Record(-time.Second)
	if h.Quantile(1) != 24*time.Hour || h.Quantile(0.1) != 0 {
		t.Errorf("got %v and %v", h.Quantile(1), h.Quantile(0.1))
	}
}

func TestHistogramsAddUp(t *testing.T) {
	t.Parallel()
	var a, b, both Histogram
	for i := range 1000 {
		d := time.Duration(i*i) * time.Microsecond
		both.Record(d)
		if i%3 == 0 {
			a.Record(d)
		} else {
			b.Record(d)
		}
	}
	a.Add(&b)
	a.Add(nil)
	for _, q := range []float64{0.1, 0.5, 0.99, 1} {
		if a.Quantile(q) != both.Quantile(q) {
			t.Errorf("p%g: got %v, want %v", 100*q, a.Quantile(q), both.Quantile(q))
		}
	}
	var none *Histogram
	if none.Quantile(0.5) != 0 {
		t.Error("nothing has a median")
	}
}

func TestReportJudges(t *testing.T) {
	t.Parallel()
	least, most := Row{Name: "a", Target: atLeast(2)}, Row{Name: "b", Target: Target{AtMost: true, Value: 60, Unit: "MB"}}
	for name, c := range map[string]struct {
		row  Row
		res  Result
		err  error
		pass bool
		says string
	}{
		"reached":          {least, Result{Ratio: 2}, nil, true, "2 "},
		"missed":           {least, Result{Ratio: 1.999}, nil, false, ">= 2"},
		"within":           {most, Result{Ratio: 60}, nil, true, "<= 60 MB"},
		"above":            {most, Result{Ratio: 60.1}, nil, false, "60.1 MB"},
		"fast and wrong":   {least, Result{Ratio: 9, Wrong: []string{"a time was booked twice"}}, nil, false, "WRONG: a time was booked twice"},
		"nothing measured": {least, Result{Ratio: math.NaN()}, nil, false, "nothing could be compared"},
		"failed":           {least, Result{}, errors.New("no port was free"), false, "WRONG: no port was free"},
		"skipped":          {least, Result{}, fmt.Errorf("pgbench is not here: %w", ErrSkipped), false, "SKIPPED: pgbench is not here"},
	} {
		r := report(c.row, c.res, c.err, time.Second)
		if r.Pass != c.pass || !strings.Contains(r.Text(), c.says) {
			t.Errorf("%s: got pass %v and %q, want %v and %q", name, r.Pass, r.Text(), c.pass, c.says)
		}
		if skipped := errors.Is(c.err, ErrSkipped); skipped != (r.Skipped != "") {
			t.Errorf("%s: skipped is %q", name, r.Skipped)
		}
	}
}

func TestFourDigitsAreKept(t *testing.T) {
	t.Parallel()
	for v, want := range map[float64]float64{0.123456: 0.1235, 1.00049: 1, 98765.4: 98765, 12.3456: 12.35, 0: 0, -2.34567: -2.346, 0.00012345678: 0.0001235} {
		if got := rounded(v); math.Abs(got-want) > 1e-12 {
			t.Errorf("%v: got %v, want %v", v, got, want)
		}
	}
	if rounded(math.Inf(1)) != 0 || rounded(math.NaN()) != 0 {
		t.Error("what JSON cannot write is let through")
	}
}

func TestServiceFileHasThePasswordAndNoSettingsOfOurs(t *testing.T) {
	t.Parallel()
	got, err := serviceFile("postgres://me:se%20cret@db.example:5433/town?sslmode=disable&luukku_isolation=serializable")
	if want := "[bench]\nhost=db.example\nport=5433\nuser=me\npassword=se cret\ndbname=town\nsslmode=disable\n"; err != nil || got != want {
		t.Errorf("got %q %v, want %q", got, err, want)
	}
	if _, err := serviceFile("postgres://a,b/town"); err == nil {
		t.Error("two hosts are no service")
	}
}

func TestPgbenchIsRead(t *testing.T) {
	t.Parallel()
	m, err := pgbenchMeasure("duration: 2 s\nnumber of transactions actually processed: 3000\nnumber of failed transactions: 0 (0.000%)\n" +
		"latency average = 1.2 ms\ninitial connection time = 90.1 ms\ntps = 1500.000000 (without initial connection time)\n")
	if err != nil || m.Ops != 3000 || m.Elapsed != 2*time.Second {
		t.Errorf("got %+v %v, want 3000 in 2 s", m, err)
	}
	for _, out := range []string{"", "number of transactions actually processed: 0\ntps = 0.000000 (without initial connection time)\n"} {
		if m, err := pgbenchMeasure(out); err == nil {
			t.Errorf("got %+v of %q, want an error", m, out)
		}
	}
}
