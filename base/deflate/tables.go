package deflate

import "math/bits"

// code is a code as it is written: its bits, the first one lowest.
type code struct {
	bits uint32
	n    uint8
}

type distance struct {
	code
	base  uint16
	extra uint8
}

const (
	endOfBlock = 256
	// blockHead says that a block brings its own codes: type 2, and not the last.
	blockHead = uint64(2 << 1)
)

// The codes as they are written, from how long each is (codes.go): of letters and the end, of the lengths of matches with their further bits, of distances, and what says at the beginning of a block which they are.
var (
	literals  = codesOf(literalLengths[:])
	lengths   = lengthCodes()
	distances = distanceCodes()
	codeHead  = headOf()
)

// codesOf are the codes whose lengths are given (RFC 1951, 3.2.2).
func codesOf(lengths []uint8) []code {
	var many, next [17]uint32
	for _, n := range lengths {
		if n > 0 {
			many[n]++
		}
	}
	for n := 1; n < len(next); n++ {
		next[n] = (next[n-1] + many[n-1]) << 1
	}
	out := make([]code, len(lengths))
	for i, n := range lengths {
		if n > 0 {
			out[i] = code{bits: bits.Reverse32(next[n]) >> (32 - n), n: n}
			next[n]++
		}
	}
	return out
}

// lengthCodes are the codes of the lengths of matches, with the bits that follow them (RFC 1951, 3.2.5).
func lengthCodes() (out [maxMatch + 1]code) {
	symbol, base := endOfBlock+1, 3
	for extra := range 6 {
		groups := 4
		if extra == 0 {
			groups = 8
		}
		for range groups {
			for more := range 1 << extra {
				if l := base + more; l < maxMatch {
					c := literals[symbol]
					out[l] = code{bits: c.bits | uint32(more)<<c.n, n: c.n + uint8(extra)}
				}
			}
			base += 1 << extra
			symbol++
		}
	}
	out[maxMatch] = literals[285]
	return out
}

func distanceCodes() (out [30]distance) {
	base := 1
	for i, c := range codesOf(distanceLengths[:]) {
		extra := max(0, i/2-1)
		out[i] = distance{code: c, base: uint16(base), extra: uint8(extra)}
		base += 1 << extra
	}
	return out
}

// headOrder is in which order the lengths of the codes of lengths are written.
var headOrder = [19]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// headOf says which codes a block has (RFC 1951, 3.2.7): how many, and how long each is, with runs of the same length written as such.
func headOf() []code {
	out := []code{{uint32(len(literalLengths) - 257), 5}, {uint32(len(distanceLengths) - 1), 5}, {19 - 4, 4}}
	all := append(append([]uint8{}, literalLengths[:]...), distanceLengths[:]...)
	type sign struct{ symbol, more int }
	var (
		occurs [19]int
		signs  []sign
	)
	for i := 0; i < len(all); {
		run := 1
		for i+run < len(all) && all[i+run] == all[i] && run < 7 {
			run++
		}
		signs = append(signs, sign{symbol: int(all[i])})
		occurs[all[i]]++
		if run > 3 {
			signs = append(signs, sign{symbol: 16, more: run - 1 - 3})
			occurs[16]++
			i += run
			continue
		}
		i++
	}
	long := shape(occurs[:], 7)
	for _, s := range headOrder {
		out = append(out, code{uint32(long[s]), 3})
	}
	codes := codesOf(long)
	for _, s := range signs {
		out = append(out, codes[s.symbol])
		if s.symbol == 16 {
			out = append(out, code{uint32(s.more), 2})
		}
	}
	return out
}

// shape is how long the code of each thing is when things occur so often, at most so many bits; what does not occur has none. Codes are the shortest that Huffman's rule gives, unless one would be too long.
func shape(occurs []int, most uint8) []uint8 {
	counts := append([]int{}, occurs...)
	for {
		out, longest := huffman(counts)
		if longest <= most {
			return out
		}
		for i, n := range counts { // nearer to each other, until the longest is short enough
			if n > 0 {
				counts[i] = n/2 + 1
			}
		}
	}
}

func huffman(counts []int) (out []uint8, longest uint8) {
	type node struct {
		count int
		leafs []int
	}
	out = make([]uint8, len(counts))
	var nodes []node
	for i, n := range counts {
		if n > 0 {
			nodes = append(nodes, node{n, []int{i}})
		}
	}
	for len(nodes) > 1 {
		a, b := 0, 1 // the two rarest
		if nodes[b].count < nodes[a].count {
			a, b = b, a
		}
		for i := 2; i < len(nodes); i++ {
			switch {
			case nodes[i].count < nodes[a].count:
				a, b = i, a
			case nodes[i].count < nodes[b].count:
				b = i
			}
		}
		both := node{nodes[a].count + nodes[b].count, append(append([]int{}, nodes[a].leafs...), nodes[b].leafs...)}
		for _, i := range both.leafs {
			out[i]++
			longest = max(longest, out[i])
		}
		nodes[a] = both
		nodes[b] = nodes[len(nodes)-1]
		nodes = nodes[:len(nodes)-1]
	}
	return out, longest
}
