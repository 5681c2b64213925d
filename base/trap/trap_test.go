package trap

import (
	"testing"
	"time"

	"luukku/base/fault"
)

func TestTheTrapHoldsToTheSecond(t *testing.T) {
	t.Parallel()
	opened := time.Unix(1_790_000_000, 0)
	for after, key := range map[time.Duration]string{
		Soonest - time.Second: "form.too_soon", Soonest: "", Soonest + time.Second: "", Latest - time.Second: "", Latest: "", Latest + time.Second: "form.too_late", -time.Second: "form.too_soon",
	} {
		silent, err := Judge(opened, opened.Add(after), "")
		if silent || key == "" && err != nil || key != "" && !fault.IsKey(err, key) {
			t.Errorf("after %s: got %v, %v, want %q", after, silent, err, key)
		}
	}
	if silent, err := Judge(opened, opened.Add(time.Minute), "http://spam.example"); !silent || err != nil {
		t.Errorf("the bait was taken: got %v, %v, want silence", silent, err)
	}
}
