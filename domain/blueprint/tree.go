package blueprint

import (
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// maxBytes is the longest file that is read.
const maxBytes = 4 << 20

// node is a part of a file, with its line and the order of its keys, which go-toml's own maps lose.
type node struct {
	kind  unstable.Kind // Table, Array, String, Bool, Integer, Float or LocalDate
	line  int
	text  string // of a value
	keys  []string
	table map[string]*node
	items []*node
}

func newTable(line int) *node {
	return &node{kind: unstable.Table, line: line, table: map[string]*node{}}
}

// child returns what a table has under a key, or nil.
func (n *node) child(key string) *node {
	if n == nil {
		return nil
	}
	return n.table[key]
}

func (n *node) put(key string, c *node) {
	if n.table[key] == nil {
		n.keys = append(n.keys, key)
	}
	n.table[key] = c
}

// walk follows a path such as "offices.helsinki.hours[2]" as far as it goes, and says whether it went to its end.
func (n *node) walk(path string) (at *node, all bool) {
	if n == nil {
		return nil, false
	}
	for seg := range strings.SplitSeq(strings.ReplaceAll(path, "[", ".["), ".") {
		next := n.step(seg)
		if next == nil {
			return n, false
		}
		n = next
	}
	return n, true
}

// step follows one segment: a key, "[i]", or the id of an element.
func (n *node) step(seg string) *node {
	if strings.HasPrefix(seg, "[") {
		i, err := strconv.Atoi(strings.Trim(seg, "[]"))
		if err != nil || i < 0 || i >= len(n.items) {
			return nil
		}
		return n.items[i]
	}
	if n.kind == unstable.Table {
		return n.table[seg]
	}
	for _, item := range n.items {
		if item.text == seg || item.child("id") != nil && item.child("id").text == seg {
			return item
		}
	}
	return nil
}

// readTree reads TOML. go-toml judges whether it is TOML at all (a key said twice, a broken string); the tree is built from what it accepted.
func readTree(b []byte) (*node, []Problem) {
	if len(b) > maxBytes {
		return newTable(0), []Problem{{Message: fmt.Sprintf("the file has %d bytes, at most %d are taken", len(b), maxBytes)}}
	}
	var plain map[string]any
	if err := toml.Unmarshal(b, &plain); err != nil {
		p := Problem{Message: strings.TrimPrefix(err.Error(), "toml: ")}
		var at *toml.DecodeError
		if errors.As(err, &at) {
			p.Line, _ = at.Position()
			p.Path = strings.Join(at.Key(), ".")
		}
		return newTable(0), []Problem{p}
	}
	t := treeReader{root: newTable(1)}
	t.current = t.root
	for i, c := range b {
		if c == '\n' {
			t.ends = append(t.ends, i)
		}
	}
	t.parser.Reset(b)
	for t.parser.NextExpression() {
		t.expression(t.parser.Expression())
	}
	if err := t.parser.Error(); err != nil {
		return newTable(0), []Problem{{Message: err.Error()}}
	}
	return t.root, nil
}

type treeReader struct {
	parser  unstable.Parser
	ends    []int // where lines end
	root    *node
	current *node // the table that key = value lines belong to
}

func (t *treeReader) line(n *unstable.Node) int {
	return sort.SearchInts(t.ends, int(n.Raw.Offset)) + 1
}

func (t *treeReader) expression(e *unstable.Node) {
	switch e.Kind {
	case unstable.Table:
		t.current = t.descend(t.root, e.Key(), func(parent *node, key string, line int) *node {
			if parent.table[key] == nil {
				parent.put(key, newTable(line))
			}
			return last(parent.table[key])
		})
	case unstable.ArrayTable:
		t.current = t.descend(t.root, e.Key(), func(parent *node, key string, line int) *node {
			if parent.table[key] == nil {
				parent.put(key, &node{kind: unstable.Array, line: line})
			}
			item := newTable(line)
			parent.table[key].items = append(parent.table[key].items, item)
			return item
		})
	case unstable.KeyValue:
		t.keyValue(t.current, e)
	}
}

// keyValue puts key = value, where the key may be dotted, into a table.
func (t *treeReader) keyValue(into *node, e *unstable.Node) {
	t.descend(into, e.Key(), func(parent *node, key string, line int) *node {
		parent.put(key, t.value(e.Value(), line))
		return nil
	})
}

// descend follows a dotted key, making the tables on its way, and hands its last part to end.
func (t *treeReader) descend(from *node, keys unstable.Iterator, end func(parent *node, key string, line int) *node) *node {
	keys.Next()
	for {
		n := keys.Node()
		key, line, more := string(n.Data), t.line(n), !keys.IsLast()
		if !more {
			return end(from, key, line)
		}
		if from.table[key] == nil {
			from.put(key, newTable(line))
		}
		from = last(from.table[key])
		keys.Next()
	}
}

// last is the table that a header means: of an array of tables, the newest.
func last(n *node) *node {
	if n.kind == unstable.Array && len(n.items) > 0 {
		return n.items[len(n.items)-1]
	}
	return n
}

func (t *treeReader) value(v *unstable.Node, line int) *node {
	if v.Raw.Length > 0 {
		line = t.line(v)
	}
	switch v.Kind {
	case unstable.Array:
		n := &node{kind: v.Kind, line: line}
		for it := v.Children(); it.Next(); {
			n.items = append(n.items, t.value(it.Node(), line))
		}
		return n
	case unstable.InlineTable:
		n := newTable(line)
		for it := v.Children(); it.Next(); {
			t.keyValue(n, it.Node())
		}
		return n
	}
	return &node{kind: v.Kind, line: line, text: string(v.Data)}
}
