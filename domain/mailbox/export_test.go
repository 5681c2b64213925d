package mailbox

import (
	"testing"

	"luukku/domain/file"
)

// What no scanner has found clean is taken along by nobody, whatever states there will be.
func TestOnlyCleanAttachmentsAreTakenAlong(t *testing.T) {
	t.Parallel()
	for state, want := range map[file.State]Missing{file.Clean: "", file.Waiting: Unchecked, file.Infected: Unsafe, file.Refused: Unsafe, "": Unchecked, "new": Unchecked} {
		if got := missing(state); got != want {
			t.Errorf("%q: got %q, want %q", state, got, want)
		}
	}
}
