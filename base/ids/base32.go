package ids

// Crockford's base 32: no I, L, O or U. Its characters stand in the order of ASCII, so texts of one length sort like their numbers.
const (
	upper = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	lower = "0123456789abcdefghjkmnpqrstvwxyz"
)

const notInAlphabet = 0xff

var (
	upperValue = valuesOf(upper)
	lowerValue = valuesOf(lower)
)

// valuesOf returns what each byte is worth in the alphabet.
func valuesOf(alphabet string) (t [256]byte) {
	for i := range t {
		t[i] = notInAlphabet
	}
	for i := range len(alphabet) {
		t[alphabet[i]] = byte(i)
	}
	return t
}

// encode50 writes a 50-bit number as 10 upper-case characters.
func encode50(n uint64) string {
	var b [10]byte
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = upper[n&31]
		n >>= 5
	}
	return string(b[:])
}

// decode50 reads what encode50 wrote, and nothing else.
func decode50(s string) (n uint64, ok bool) {
	if len(s) != 10 {
		return 0, false
	}
	for i := range len(s) {
		v := upperValue[s[i]]
		if v == notInAlphabet {
			return 0, false
		}
		n = n<<5 | uint64(v)
	}
	return n, true
}

// encodeBytes writes bytes in lower case, most significant bit first; the last character is filled up with zero bits.
func encodeBytes(b []byte) string {
	out := make([]byte, 0, (len(b)*8+4)/5)
	var acc uint32
	bits := 0
	for _, c := range b {
		acc = acc<<8 | uint32(c)
		bits += 8
		for bits >= 5 {
			bits -= 5
			out = append(out, lower[acc>>bits&31])
		}
	}
	if bits > 0 {
		out = append(out, lower[acc<<(5-bits)&31])
	}
	return string(out)
}

// decodeBytes reads what encodeBytes wrote, and nothing else: each byte string has exactly one text.
func decodeBytes(s string) (b []byte, ok bool) {
	b = make([]byte, 0, len(s)*5/8)
	var acc uint32
	bits := 0
	for i := range len(s) {
		v := lowerValue[s[i]]
		if v == notInAlphabet {
			return nil, false
		}
		acc = acc<<5 | uint32(v)
		bits += 5
		if bits >= 8 {
			bits -= 8
			b = append(b, byte(acc>>bits))
		}
	}
	if bits >= 5 || acc&(1<<bits-1) != 0 {
		return nil, false
	}
	return b, true
}
