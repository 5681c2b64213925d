package web

import (
	"errors"
	"io"
)

// mostPassed is how much is read of what is not taken, in bytes: a file that is a little too large is heard to its end, and nobody waits until a film has come in to be told that it is too large.
const mostPassed = 16 << 20

// PassOver reads the rest of a part of a form that is not taken, so that what comes after it is heard. It reports false when there is more than is worth reading: then the answer goes out at once, and the
// connection is closed behind it.
func PassOver(part io.Reader) (heard bool, err error) {
	if _, err = io.CopyN(io.Discard, part, mostPassed); errors.Is(err, io.EOF) {
		return true, nil
	}
	return false, err
}
