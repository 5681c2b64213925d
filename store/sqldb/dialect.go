package sqldb

import (
	"strings"
	"sync"
	"sync/atomic"
)

// texts remembers query texts as SQLite may read them.
type texts struct {
	known sync.Map // string -> string
	count atomic.Int64
}

// maxTexts bounds the memory of texts; texts beyond it are rewritten each time.
const maxTexts = 4096

// text returns a query as this engine may read it.
func (db *DB) text(query string) string {
	if db.engine != SQLite {
		return query
	}
	if known, ok := db.texts.known.Load(query); ok {
		return known.(string)
	}
	text := withoutLocks(query)
	if db.texts.count.Load() < maxTexts {
		db.texts.count.Add(1)
		db.texts.known.Store(query, text)
	}
	return text
}

// withoutLocks removes row-locking clauses (FOR [NO KEY] UPDATE and FOR [KEY] SHARE with OF, NOWAIT and SKIP LOCKED) from a query. Literals,
// quoted names and comments stay as they are, whatever words they hold.
func withoutLocks(query string) string {
	var out strings.Builder
	copied := 0
	for i := 0; i < len(query); {
		if end := skipQuoted(query, i); end > i {
			i = end
			continue
		}
		if !wordByte(query[i]) {
			i++
			continue
		}
		end := wordEnd(query, i)
		if stop := lockEnd(query, i, end); stop > 0 {
			out.WriteString(strings.TrimRight(query[copied:i], " \t\r\n"))
			copied, end = stop, stop
		}
		i = end
	}
	if copied == 0 {
		return query
	}
	out.WriteString(query[copied:])
	return out.String()
}

// lockEnd returns where the locking clause ends that begins with the word query[i:end], or 0 when none does.
func lockEnd(query string, i, end int) int {
	if !strings.EqualFold(query[i:end], "for") {
		return 0
	}
	p := end
	for _, clause := range [][]string{{"no", "key", "update"}, {"update"}, {"key", "share"}, {"share"}} {
		if q := words(query, end, clause...); q > 0 {
			p = q
			break
		}
	}
	if p == end {
		return 0
	}
	if q := words(query, p, "of"); q > 0 {
		p = nameList(query, q)
	}
	if q := words(query, p, "skip", "locked"); q > 0 {
		p = q
	} else if q := words(query, p, "nowait"); q > 0 {
		p = q
	}
	return p
}

// words returns the end of the given words when they stand at p after spaces, or 0.
func words(query string, p int, want ...string) int {
	for _, w := range want {
		p = skipSpace(query, p)
		end := wordEnd(query, p)
		if !strings.EqualFold(query[p:end], w) {
			return 0
		}
		p = end
	}
	return p
}

// nameList returns the end of "a, b, c" at p.
func nameList(query string, p int) int {
	for {
		p = skipSpace(query, p)
		if end := skipQuoted(query, p); end > p {
			p = end
		} else {
			p = wordEnd(query, p)
		}
		next := skipSpace(query, p)
		if next >= len(query) || query[next] != ',' {
			return p
		}
		p = next + 1
	}
}

// skipQuoted returns the end of the literal, quoted name or comment at p, or p when none begins there.
func skipQuoted(query string, p int) int {
	if p >= len(query) {
		return p
	}
	switch c := query[p]; {
	case c == '\'' || c == '"':
		for q := p + 1; q < len(query); q++ {
			if query[q] != c {
				continue
			}
			if q+1 < len(query) && query[q+1] == c { // a doubled quote is a character
				q++
				continue
			}
			return q + 1
		}
		return len(query)
	case strings.HasPrefix(query[p:], "--"):
		if n := strings.IndexByte(query[p:], '\n'); n >= 0 {
			return p + n
		}
		return len(query)
	case strings.HasPrefix(query[p:], "/*"):
		if n := strings.Index(query[p+2:], "*/"); n >= 0 {
			return p + 2 + n + 2
		}
		return len(query)
	}
	return p
}

func skipSpace(query string, p int) int {
	for p < len(query) && strings.IndexByte(" \t\r\n", query[p]) >= 0 {
		p++
	}
	return p
}

func wordEnd(query string, p int) int {
	for p < len(query) && wordByte(query[p]) {
		p++
	}
	return p
}

func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
