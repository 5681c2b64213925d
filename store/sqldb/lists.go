package sqldb

import (
	"strconv"
	"strings"
)

// MaxParams is the most parameters to give one statement; longer lists go in portions. The engines take more (SQLite 32766, PostgreSQL 65535), but
// SQLite looks numbered parameters up one by one: a thousand cost it 10 ms, thirty thousand 10 s.
const MaxParams = 1000

// In returns n placeholders from $from on: In(3, 3) is "$3,$4,$5", to stand between the parentheses of IN (). For n = 0 it is "NULL": IN (NULL)
// is true of nothing.
func In(n, from int) string {
	if n <= 0 {
		return "NULL"
	}
	var b strings.Builder
	placeholders(&b, n, from)
	return b.String()
}

// Rows returns the placeholders of a multi-row VALUES from $from on: Rows(2, 3, 1) is "($1,$2,$3),($4,$5,$6)". Rows must be at least 1, and
// rows times cols at most MaxParams.
func Rows(rows, cols, from int) string {
	var b strings.Builder
	for r := range rows {
		if r > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('(')
		placeholders(&b, cols, from+r*cols)
		b.WriteByte(')')
	}
	return b.String()
}

func placeholders(b *strings.Builder, n, from int) {
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(from + i))
	}
}
