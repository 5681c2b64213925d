package seal

import (
	"crypto/ed25519"
	"crypto/rand"
	"path/filepath"
	"testing"
)

func TestHeadsSignedBeforeARotationAreStillRight(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keys")
	before, err := Create(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	text := []byte("head")
	version, signature := before.SignHead(text)
	next, err := AddVersion(path, Master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if err := Promote(path, Master, next); err != nil {
		t.Fatal(err)
	}
	after, err := Load(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if !ed25519.Verify(after.HeadKeys()[version], text, signature) {
		t.Error("the head that was signed before is not right any more")
	}
	newer, other := after.SignHead(text)
	if newer != next || ed25519.Verify(after.HeadKeys()[version], text, other) || !ed25519.Verify(after.HeadKeys()[newer], text, other) {
		t.Errorf("got version %d, want the new one %d and its key", newer, next)
	}
}
