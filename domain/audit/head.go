package audit

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Head says what the log was at a moment: whoever has it can prove of each line before it that it was not changed since.
type Head struct {
	Size      int64 // how many lines
	Root      tlog.Hash
	AtMicros  int64 // Unix microseconds
	Key       int   // the version of the key that it is signed with
	Signature []byte
}

// Signer signs heads with the present key and says its version.
type Signer interface {
	SignHead(text []byte) (key int, signature []byte)
}

// Keys are the public keys of all versions that are known.
type Keys interface {
	HeadKeys() map[int]ed25519.PublicKey
}

// Origin names the log in what is signed, as the notes of transparency logs do (https://c2sp.org/tlog-checkpoint).
const Origin = "luukku-audit"

// Text is what is signed: origin, size and root as a checkpoint has them, and the time.
func (h Head) Text() []byte {
	return fmt.Appendf(nil, "%s\n%d\n%s\n%d\n", Origin, h.Size, base64.StdEncoding.EncodeToString(h.Root[:]), h.AtMicros)
}

// Sign returns the head signed.
func (h Head) Sign(s Signer) Head {
	h.Key, h.Signature = s.SignHead(h.Text())
	return h
}

// Errors of heads. They are told to operators.
var (
	ErrHeadKey    = errors.New("the key file lacks the key that this head was signed with")
	ErrHeadForged = errors.New("the signature of this head is not right: the head was changed, or signed by somebody else")
	ErrNoHead     = errors.New(`this is no head of an audit log, as "luukku audit head" prints it`)
)

// Check says whether the head's signature is right.
func (h Head) Check(k Keys) error {
	key, ok := k.HeadKeys()[h.Key]
	switch {
	case !ok:
		return ErrHeadKey
	case !ed25519.Verify(key, h.Text(), h.Signature):
		return ErrHeadForged
	}
	return nil
}

// Note is the head as a signed note, to be kept elsewhere. Programs that check notes of transparency logs can read it.
func (h Head) Note(k Keys) (string, error) {
	key, ok := k.HeadKeys()[h.Key]
	if !ok {
		return "", ErrHeadKey
	}
	v, _, err := verifier(key)
	if err != nil {
		return "", err
	}
	id := v.KeyHash()
	signed := append([]byte{byte(id >> 24), byte(id >> 16), byte(id >> 8), byte(id)}, h.Signature...)
	return fmt.Sprintf("%s\n\u2014 %s %s\n", h.Text(), Origin, base64.StdEncoding.EncodeToString(signed)), nil
}

// ParseNote reads what Note wrote and checks its signature. The errors are ErrNoHead and ErrHeadForged, which a head of a key that is not known is, too.
func ParseNote(text string, k Keys) (Head, error) {
	var known []note.Verifier
	versions := map[uint32]int{}
	for version, key := range k.HeadKeys() {
		v, _, err := verifier(key)
		if err != nil {
			return Head{}, err
		}
		known = append(known, v)
		versions[v.KeyHash()] = version
	}
	if !strings.HasPrefix(text, Origin+"\n") {
		return Head{}, ErrNoHead
	}
	n, err := note.Open([]byte(text), note.VerifierList(known...))
	if err != nil {
		return Head{}, fmt.Errorf("%w (%w)", ErrHeadForged, err)
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 5 {
		return Head{}, ErrNoHead
	}
	h := Head{Key: versions[n.Sigs[0].Hash]}
	root, err1 := base64.StdEncoding.Strict().DecodeString(lines[2])
	var err2, err3 error
	h.Size, err2 = strconv.ParseInt(lines[1], 10, 64)
	h.AtMicros, err3 = strconv.ParseInt(lines[3], 10, 64)
	if errors.Join(err1, err2, err3) != nil || len(root) != tlog.HashSize || h.Size <= 0 {
		return Head{}, ErrNoHead
	}
	h.Root = tlog.Hash(root)
	signed, err := base64.StdEncoding.DecodeString(n.Sigs[0].Base64)
	if err != nil || len(signed) < 4 {
		return Head{}, ErrNoHead
	}
	h.Signature = signed[4:]
	return h, nil
}

// VerifierKey is a public key as programs that check notes take it: whoever has it can check heads without the key file.
func VerifierKey(key ed25519.PublicKey) (string, error) {
	_, text, err := verifier(key)
	return text, err
}

func verifier(key ed25519.PublicKey) (note.Verifier, string, error) {
	text, err := note.NewEd25519VerifierKey(Origin, key)
	if err != nil {
		return nil, "", fmt.Errorf("key of the audit log: %w", err)
	}
	v, err := note.NewVerifier(text)
	if err != nil {
		return nil, "", fmt.Errorf("key of the audit log: %w", err)
	}
	return v, text, nil
}
