package staff

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"luukku/base/fault"
)

// Argon2id as OWASP's Password Storage Cheat Sheet has it: 19 MiB, two passes, one thread.
const (
	hashTime   = 2
	hashMemory = 19 << 10 // KiB
	hashThread = 1
	hashLen    = 32
	saltLen    = 16
)

// Bounds of passwords. No rules of composition (NIST SP 800-63B, 5.1.1.2).
const (
	MinPassword = 12  // characters
	maxPassword = 256 // characters
)

// How many passwords may wait to be judged: of one address, and of all.
const (
	waitAddress = 8
	waitAll     = 64
)

// busyWait is what whoever finds the queue full is asked to wait.
const busyWait = 2 * time.Second

// hasher judges passwords: as many at once as it is given cores, and a bounded queue in which no address has more than its share, so that guessing from one
// place never keeps out whoever comes from another.
type hasher struct {
	slots chan struct{}
	rand  io.Reader
	dummy string // what the password of nobody is held against

	mu      sync.Mutex
	waiting map[string]int
	all     int
}

func newHasher(cores int, rand io.Reader) *hasher {
	zero := make([]byte, saltLen)
	return &hasher{
		slots: make(chan struct{}, cores), rand: rand, waiting: map[string]int{}, dummy: phc(zero, make([]byte, hashLen)),
	}
}

// run does work in its turn. The fault is TooMany when the address has too much waiting, Unavailable when all have.
func (h *hasher) run(ctx context.Context, address string, work func()) error {
	h.mu.Lock()
	mine, all := h.waiting[address], h.all
	if mine >= waitAddress || all >= waitAll {
		h.mu.Unlock()
		if mine >= waitAddress {
			return fault.TooMany("error.too_many", busyWait)
		}
		return fault.Unavailable("error.busy", busyWait)
	}
	h.waiting[address]++
	h.all++
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.all--
		if h.waiting[address]--; h.waiting[address] == 0 {
			delete(h.waiting, address)
		}
	}()
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.slots }()
	work()
	return nil
}

// hash returns a password as a PHC string.
func (h *hasher) hash(ctx context.Context, address, password string) (string, error) {
	salt := make([]byte, saltLen)
	if _, err := io.ReadFull(h.rand, salt); err != nil {
		return "", fmt.Errorf("salt: %w", err)
	}
	out := ""
	err := h.run(ctx, address, func() { out = phc(salt, key(password, salt, hashTime, hashMemory, hashThread)) })
	return out, err
}

// matches reports whether a password is the one of a PHC string. An empty one, of nobody, costs the same and matches nothing.
func (h *hasher) matches(ctx context.Context, address, stored, password string) (bool, error) {
	nobody := stored == ""
	if nobody {
		stored = h.dummy
	}
	p, err := parsePHC(stored)
	if err != nil {
		return false, err
	}
	same := false
	err = h.run(ctx, address, func() {
		same = subtle.ConstantTimeCompare(key(password, p.salt, p.time, p.memory, p.threads), p.hash) == 1
	})
	return same && !nobody, err
}

// key is Argon2id of a password in Unicode's form C, so that it is the same from every keyboard.
func key(password string, salt []byte, t, m uint32, threads uint8) []byte {
	if len(password) > 4*maxPassword {
		password = "" // nobody's
	}
	return argon2.IDKey([]byte(norm.NFC.String(password)), salt, t, m, threads, hashLen)
}

func phc(salt, hash []byte) string {
	b := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashThread, b.EncodeToString(salt), b.EncodeToString(hash))
}

type parsedPHC struct {
	salt, hash   []byte
	time, memory uint32
	threads      uint8
}

func parsePHC(s string) (p parsedPHC, err error) {
	parts := strings.Split(s, "$")
	bad := fmt.Errorf("password hash: unknown form")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return p, bad
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &p.memory, &p.time, &p.threads); err != nil {
		return p, bad
	}
	if p.salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
		return p, bad
	}
	if p.hash, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil || len(p.hash) != hashLen {
		return p, bad
	}
	return p, nil
}

// CheckPassword says what is wrong with a new password, at the field "password": it is too short or long, the member's own name or address, or one that
// everybody has.
func CheckPassword(password, email, name string) error {
	n := utf8.RuneCountInString(norm.NFC.String(password))
	wrong := func(key string, args fault.Args) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: "password", Key: key, Args: args})
	}
	switch {
	case password == "":
		return wrong("field.required", nil)
	case !utf8.ValidString(password) || strings.ContainsFunc(password, unicode.IsControl):
		return wrong("field.bad_characters", nil)
	case n < MinPassword:
		return wrong("staff.password_short", fault.Args{"min": MinPassword})
	case n > maxPassword:
		return wrong("field.too_long", fault.Args{"max": maxPassword})
	}
	core := coreOf(password)
	local, _, _ := strings.Cut(email, "@")
	for _, own := range []string{email, local, name} {
		if c := coreOf(own); c != "" && (core == c || strings.ReplaceAll(core, c, "") == "") {
			return wrong("staff.password_own", nil)
		}
	}
	if common[core] || repeats(core) {
		return wrong("staff.password_common", nil)
	}
	return nil
}

// coreOf is what is left of a password when case, digits around it and everything that is no letter or digit is taken away. One of digits alone is left as
// it is.
func coreOf(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, norm.NFC.String(s))
	if t := strings.TrimFunc(s, unicode.IsDigit); t != "" {
		return t
	}
	return s
}

// repeats reports whether a text is one short piece over and over, or counts on: "aaaaaaaaaaaa", "abcabcabcabc", "123456789012".
func repeats(s string) bool {
	r := []rune(s)
	for size := 1; size <= 4 && size < len(r); size++ {
		same := true
		for i := size; i < len(r) && same; i++ {
			same = r[i] == r[i-size]
		}
		if same {
			return true
		}
	}
	for _, step := range []rune{1, -1} {
		counts := len(r) > 3
		for i := 1; i < len(r) && counts; i++ {
			counts = r[i] == r[i-1]+step || unicode.IsDigit(r[i]) && (r[i]-'0') == (r[i-1]-'0'+step+10)%10
		}
		if counts {
			return true
		}
	}
	return common[s]
}

// common are the commonest passwords, without the digits that people put around them; passwords of fewer characters than MinPassword stand here for those
// with digits after them, or twice.
var common = commonOf(`password passwort passord losenord salasana salakala heslo hesloheslo passwordpassword salasanasalasana
	qwerty qwertyuiop qwertyuiopasdf qwertyuiopa qwertzuiop azertyuiop asdfghjkl asdfghjklqwerty zxcvbnm qwertyqwerty 1q2w3e4r 1q2w3e4r5t 1qaz2wsx 1qaz2wsx3edc
	qazwsx qazwsxedc qazwsxedcrfv q1w2e3r4t5y6 q1w2e3r4 zaq12wsx admin administrator adminadmin root superuser letmein letmeinplease welcome welcomewelcome
	tervetuloa valkommen vitejte changeme changemenow changemeplease iloveyou iloveyouforever minarakastansinua jagalskardig milujite dragon monkey football baseball
	basketball jalkapallo fotboll fotbal hockey jaakiekko master shadow sunshine princess prinsessa princezna superman batman starwars pokemon whatever trustno
	internet computer tietokone dator pocitac samsung google facebook microsoft windows luukku luukkuluukku company secret secretsecret topsecret hemlighet salaisuus
	tajemstvi test testtest testtesttest testuser tester summer winter spring autumn kesa talvi sommar vinter leto zima january september december
	helsinki stockholm praha suomi finland sverige cesko perkele kissa koira killer freedom charlie michael jennifer jessica daniel thomas guest default user
	correcthorsebatterystaple abcdefghijkl abcdefghijklm abcabcabcabc aaaaaaaaaaaa mypassword mypasswordis nopassword passw0rd p4ssword p4ssw0rd mustang access`)

func commonOf(list string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(list) {
		out[w] = true
	}
	return out
}
