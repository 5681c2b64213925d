package bench

import (
	"testing"

	"luukku/domain/form"
)

// The row judges as many questions as it says, of which all are answered and none is wrong.
func TestTheLargeFormIsAForm(t *testing.T) {
	t.Parallel()
	for _, n := range []int{60, 200} {
		def, mistakes := form.Parse(largeForm(n))
		if len(mistakes) > 0 || len(def.Fields) != n || len(def.Steps) != n/10 {
			t.Fatalf("%d questions: %+v", n, mistakes)
		}
	}
	res, err := judgeForm(t.Context(), rowEnv(t, "form/validate"))
	if err != nil || len(res.Wrong) > 0 || res.Ratio <= 0 {
		t.Errorf("got %+v, %v", res, err)
	}
}
