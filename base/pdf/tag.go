package pdf

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// tag adds the structure tree to a document whose content is marked, as an update at its end (ISO 32000-1, 7.5.6 and 14.7): what was written before stays as it is.
func tag(plain []byte, root *element, marks [][]*element, lang string) ([]byte, error) {
	t, err := readTable(plain)
	if err != nil {
		return nil, err
	}
	u := &update{out: bytes.NewBuffer(bytes.TrimRight(plain, "\n")), next: t.size, offsets: map[int]int{}}
	u.out.WriteByte('\n')
	tree, parents := u.number(), u.number()
	root.numbered(u)

	pages := make([]int, len(marks))
	for i := range marks {
		pages[i] = 3 + 2*i // as the writer numbers them
		dict, err := t.dict(plain, pages[i])
		if err != nil || !strings.Contains(dict, "/Type /Page\n") {
			return nil, fmt.Errorf("tag pdf: object %d is no page: %w", pages[i], err)
		}
		u.object(pages[i], fmt.Sprintf("<<%s/StructParents %d /Tabs /S>>", dict, i))
	}
	root.write(u, tree, pages)
	u.object(tree, fmt.Sprintf("<</Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d>>", root.obj, parents, len(marks)))
	var nums strings.Builder
	for i, list := range marks {
		fmt.Fprintf(&nums, "%d [", i)
		for _, e := range list {
			fmt.Fprintf(&nums, "%d 0 R ", e.obj)
		}
		nums.WriteString("] ")
	}
	u.object(parents, "<</Nums ["+nums.String()+"]>>")
	catalog, err := t.dict(plain, t.root)
	if err != nil {
		return nil, err
	}
	u.object(t.root, fmt.Sprintf("<<%s/Version /1.7 /MarkInfo <</Marked true>> /StructTreeRoot %d 0 R /Lang %s /ViewerPreferences <</DisplayDocTitle true>>>>", catalog, tree, literal(lang)))
	return u.end(t), nil
}

// numbered gives the element and all below it the numbers of their objects.
func (e *element) numbered(u *update) {
	e.obj = u.number()
	for _, kid := range e.kids {
		if kid, ok := kid.(*element); ok {
			kid.numbered(u)
		}
	}
}

func (e *element) write(u *update, parent int, pages []int) {
	var kids strings.Builder
	page := -1
	for _, kid := range e.kids {
		switch kid := kid.(type) {
		case *element:
			fmt.Fprintf(&kids, "%d 0 R ", kid.obj)
		case mark:
			page = kid.page
			fmt.Fprintf(&kids, "<</Type /MCR /Pg %d 0 R /MCID %d>> ", pages[kid.page], kid.id)
		}
	}
	var more string
	if page >= 0 {
		more += fmt.Sprintf(" /Pg %d 0 R", pages[page])
	}
	if e.attr != "" {
		more += " /A " + e.attr
	}
	if e.alt != "" {
		more += " /Alt " + utf16Literal(e.alt)
	}
	u.object(e.obj, fmt.Sprintf("<</Type /StructElem /S /%s /P %d 0 R%s /K [%s]>>", e.tag, parent, more, kids.String()))
	for _, kid := range e.kids {
		if kid, ok := kid.(*element); ok {
			kid.write(u, e.obj, pages)
		}
	}
}

// literal is text as PDF writes it, in ASCII.
func literal(s string) string {
	return "(" + strings.NewReplacer(`\`, `\\`, "(", `\(`, ")", `\)`).Replace(s) + ")"
}

// utf16Literal is any text as PDF writes it.
func utf16Literal(s string) string {
	var b strings.Builder
	b.WriteString("<FEFF")
	for _, r := range s {
		fmt.Fprintf(&b, "%04X", min(r, 0xFFFD))
	}
	return b.String() + ">"
}

// update is what is added at the end of a document.
type update struct {
	out     *bytes.Buffer
	next    int
	written []int
	offsets map[int]int
}

// number gives out the number of a new object.
func (u *update) number() int {
	u.next++
	return u.next - 1
}

func (u *update) object(n int, body string) {
	u.written, u.offsets[n] = append(u.written, n), u.out.Len()
	fmt.Fprintf(u.out, "%d 0 obj\n%s\nendobj\n", n, body)
}

func (u *update) end(t table) []byte {
	at := u.out.Len()
	sum := sha256.Sum256(u.out.Bytes())
	u.out.WriteString("xref\n")
	for _, n := range u.written {
		fmt.Fprintf(u.out, "%d 1\n%010d 00000 n \n", n, u.offsets[n])
	}
	fmt.Fprintf(u.out, "trailer\n<</Size %d /Root %d 0 R /Info %d 0 R /Prev %d /ID [<%x> <%x>]>>\nstartxref\n%d\n%%%%EOF\n", u.next, t.root, t.info, t.at, sum[:16], sum[:16], at)
	return u.out.Bytes()
}

// table is where the objects of a document are.
type table struct {
	at, size, root, info int
	offsets              []int
}

var trailerForm = regexp.MustCompile(`(?s)trailer\n<<\n/Size (\d+)\n/Root (\d+) 0 R\n/Info (\d+) 0 R\n.*startxref\n(\d+)\n%%EOF\s*$`)

func readTable(b []byte) (t table, err error) {
	found := trailerForm.FindSubmatch(b[max(0, len(b)-500):])
	if found == nil {
		return t, fmt.Errorf("tag pdf: no trailer")
	}
	for i, into := range []*int{&t.size, &t.root, &t.info, &t.at} {
		if *into, err = strconv.Atoi(string(found[i+1])); err != nil {
			return t, fmt.Errorf("tag pdf: %w", err)
		}
	}
	if t.at >= len(b) {
		return t, fmt.Errorf("tag pdf: the table is not there")
	}
	lines := bytes.Split(b[t.at:], []byte("\n"))
	if len(lines) < t.size+2 || string(lines[0]) != "xref" {
		return t, fmt.Errorf("tag pdf: no table")
	}
	for _, l := range lines[2 : 2+t.size] {
		n, err := strconv.Atoi(string(l[:min(10, len(l))]))
		if err != nil {
			return t, fmt.Errorf("tag pdf: %w", err)
		}
		t.offsets = append(t.offsets, n)
	}
	return t, nil
}

// dict is what stands in the dictionary of an object.
func (t table) dict(b []byte, n int) (string, error) {
	if n >= len(t.offsets) || t.offsets[n] >= len(b) {
		return "", fmt.Errorf("tag pdf: no object %d", n)
	}
	body := b[t.offsets[n]:]
	end := bytes.Index(body, []byte("endobj"))
	start := bytes.Index(body, []byte("<<"))
	if start < 0 || end < start {
		return "", fmt.Errorf("tag pdf: object %d is no dictionary", n)
	}
	inner := strings.TrimRight(string(body[start+2:end]), "\n")
	return strings.TrimSuffix(inner, ">>"), nil
}
