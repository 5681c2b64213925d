package storetest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"luukku/domain/actor"
	"luukku/domain/staff"
)

// key is a passkey as an authenticator keeps it: ES256, without attestation.
type key struct {
	private *ecdsa.PrivateKey
	id      []byte
	handle  []byte
	count   uint32
}

// ways are how an authenticator or a browser may misbehave.
type ways struct {
	origin     string // of the page; empty is the house's
	unverified bool   // nobody showed who they are
	stale      bool   // the counter stands still, as a copy's does
}

func newKey(t *testing.T) *key {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	id := make([]byte, 32)
	if _, err := rand.Read(id); err != nil {
		t.Fatal(err)
	}
	return &key{private: private, id: id}
}

type asked struct {
	PublicKey struct {
		Challenge        string
		UserVerification string
		User             struct{ ID string }
	} `json:"publicKey"`
}

func read(t *testing.T, c staff.Ceremony) asked {
	t.Helper()
	var a asked
	if err := json.Unmarshal([]byte(c.Options), &a); err != nil {
		t.Fatal(err)
	}
	return a
}

var b64 = base64.RawURLEncoding

func clientData(kind, challenge string, w ways) []byte {
	if w.origin == "" {
		w.origin = "http://localhost:8080"
	}
	return fmt.Appendf(nil, `{"type":"webauthn.%s","challenge":%q,"origin":%q,"crossOrigin":false}`, kind, challenge, w.origin)
}

// authData is the authenticator data (WebAuthn level 3, 6.1): user present and verified.
func (k *key) authData(w ways, more byte) []byte {
	rp := sha256.Sum256([]byte("localhost"))
	flags := byte(0x05) | more
	if w.unverified {
		flags &^= 0x04
	}
	if !w.stale {
		k.count++
	}
	return binary.BigEndian.AppendUint32(append(rp[:], flags), k.count)
}

// make answers a ceremony that makes a passkey.
func (k *key) make(t *testing.T, c staff.Ceremony, w ways) string {
	t.Helper()
	a := read(t, c)
	var err error
	if k.handle, err = b64.DecodeString(a.PublicKey.User.ID); err != nil {
		t.Fatal(err)
	}
	point, err := k.private.PublicKey.Bytes() // 4, x, y
	if err != nil {
		t.Fatal(err)
	}
	data := append(k.authData(w, 0x40), make([]byte, 16)...) // no model
	data = binary.BigEndian.AppendUint16(data, uint16(len(k.id)))
	data = append(data, k.id...)
	// CBOR of the COSE key: {1: 2, 3: -7, -1: 1, -2: x, -3: y}.
	data = append(data, 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20)
	data = append(data, point[1:33]...)
	data = append(data, 0x22, 0x58, 0x20)
	data = append(data, point[33:]...)
	// CBOR of {"fmt": "none", "attStmt": {}, "authData": data}.
	object := append([]byte{0xa3, 0x63}, "fmt"...)
	object = append(append(object, 0x64), "none"...)
	object = append(append(object, 0x67), "attStmt"...)
	object = append(append(object, 0xa0, 0x68), "authData"...)
	object = append(object, 0x58, byte(len(data)))
	object = append(object, data...)
	return k.answer(t, map[string]any{
		"clientDataJSON": b64.EncodeToString(clientData("create", a.PublicKey.Challenge, w)), "attestationObject": b64.EncodeToString(object),
	})
}

// use answers a ceremony that uses a passkey.
func (k *key) use(t *testing.T, c staff.Ceremony, w ways) string {
	t.Helper()
	data, client := k.authData(w, 0), clientData("get", read(t, c).PublicKey.Challenge, w)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	signature, err := ecdsa.SignASN1(rand.Reader, k.private, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return k.answer(t, map[string]any{
		"clientDataJSON": b64.EncodeToString(client), "authenticatorData": b64.EncodeToString(data), "signature": b64.EncodeToString(signature),
		"userHandle": b64.EncodeToString(k.handle),
	})
}

func (k *key) answer(t *testing.T, response map[string]any) string {
	t.Helper()
	id := b64.EncodeToString(k.id)
	b, err := json.Marshal(map[string]any{"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// passkeys: one is made with an invitation, used, and refused in every other way than the right one.
func passkeys(t *testing.T, w *Workplace) {
	ctx := t.Context()
	k := newKey(t)
	link := w.Link(t, actor.System("test"), "p@town.example", clerkAt("town"))
	e, err := w.Staff.Enrolment(ctx, link, "10.0.0.1")
	want(t, "open", err, "")
	person := staff.Person{Name: "Pentti", Lang: "fi"}
	enrol := func(what, key string, sealed func(staff.Ceremony) string, v ways) (token string) {
		t.Helper()
		c, err := w.Staff.BeginEnrolment(e)
		want(t, "begin", err, "")
		token, err = w.Staff.EnrolPasskey(ctx, link, person, sealed(c), k.make(t, c, v), "10.0.0.1", "")
		want(t, what, err, key)
		return token
	}
	own := func(c staff.Ceremony) string { return c.Sealed }
	signIn, err := w.Staff.BeginPasskey()
	want(t, "begin sign-in", err, "")
	if read(t, signIn).PublicKey.UserVerification != "required" {
		t.Error("the browser is not asked who sits there")
	}
	enrol("a page of another site", "staff.passkey_failed", own, ways{origin: "http://evil.example"})
	enrol("nobody showed who they are", "staff.passkey_failed", own, ways{unverified: true})
	enrol("the ceremony of a sign-in", "staff.passkey_stale", func(staff.Ceremony) string { return signIn.Sealed }, ways{})
	enrol("another enrolment's ceremony", "staff.passkey_failed", func(staff.Ceremony) string {
		other, err := w.Staff.BeginEnrolment(e)
		want(t, "begin another", err, "")
		return other.Sealed
	}, ways{})
	token := enrol("as it should be", "", own, ways{})
	who := w.Who(t, token)

	try := func(what, key string, v ways) {
		t.Helper()
		c, err := w.Staff.BeginPasskey()
		want(t, "begin", err, "")
		_, err = w.Staff.SignInPasskey(ctx, c.Sealed, k.use(t, c, v), "10.0.0.2", "")
		want(t, what, err, key)
	}
	try("sign in", "", ways{})
	try("a copy of the key", "staff.passkey_failed", ways{stale: true})
	try("a page of another site", "staff.passkey_failed", ways{origin: "http://localhost.evil.example:8080"})
	try("nobody showed who they are", "staff.passkey_failed", ways{unverified: true})
	c, err := w.Staff.BeginPasskey()
	want(t, "begin", err, "")
	answer := k.use(t, c, ways{})
	_, err = w.Staff.SignInPasskey(ctx, c.Sealed, answer, "10.0.0.3", "")
	want(t, "once", err, "")
	k.count--
	_, err = w.Staff.SignInPasskey(ctx, c.Sealed, answer, "10.0.0.3", "")
	if err == nil {
		t.Error("the same answer let in twice")
	}
	c, err = w.Staff.BeginPasskey()
	want(t, "begin", err, "")
	w.Clock.Advance(10*time.Minute + time.Second)
	k.count++
	_, err = w.Staff.SignInPasskey(ctx, c.Sealed, k.use(t, c, ways{}), "10.0.0.4", "")
	want(t, "after ten minutes", err, "staff.passkey_stale")

	// The only key stays until there is another.
	mine, err := w.Staff.Mine(ctx, who)
	if err != nil || len(mine.Passkeys) != 1 || mine.Passkeys[0].LastUsedAt == 0 {
		t.Fatalf("got %+v, %v", mine.Passkeys, err)
	}
	want(t, "remove the only one", w.Staff.RemovePasskey(ctx, who, mine.Passkeys[0].Hash), "staff.last_means")
	another := newKey(t)
	add, err := w.Staff.BeginPasskeyOf(ctx, who)
	want(t, "begin to add", err, "")
	want(t, "add", w.Staff.AddPasskey(ctx, who, add.Sealed, another.make(t, add, ways{}), " Puhelin "), "")
	want(t, "add it twice", w.Staff.AddPasskey(ctx, who, add.Sealed, another.make(t, add, ways{}), ""), "staff.passkey_stale")
	want(t, "remove the first", w.Staff.RemovePasskey(ctx, who, mine.Passkeys[0].Hash), "")
	try("the one that was removed", "staff.passkey_failed", ways{})
	stranger := w.Who(t, w.First(t).Token)
	mine, err = w.Staff.Mine(ctx, who)
	if err != nil || len(mine.Passkeys) != 1 || mine.Passkeys[0].Name != "Puhelin" {
		t.Fatalf("got %+v, %v", mine.Passkeys, err)
	}
	want(t, "a colleague's", w.Staff.RemovePasskey(ctx, stranger, mine.Passkeys[0].Hash), "staff.no_passkey")
	want(t, "deactivate", w.Staff.Deactivate(ctx, stranger, who.Staff), "")
	k = another
	try("who was deactivated", "staff.passkey_failed", ways{})
}
