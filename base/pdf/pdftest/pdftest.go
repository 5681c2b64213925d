// Package pdftest reads documents as somebody else's program does: with the tools of poppler, which know nothing of how they were written.
package pdftest

import (
	"bytes"
	"encoding/xml"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// run runs one of the tools over a document; a test is skipped where they are not installed.
func run(t testing.TB, pdf []byte, tool string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Skipf("%s is not installed (Debian: apt-get install poppler-utils)", tool)
	}
	file := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	var out, said bytes.Buffer
	c := exec.Command(path, append(args, file)...)
	if tool != "pdfinfo" {
		c.Args = append(c.Args, "-")
	}
	c.Stdout, c.Stderr = &out, &said
	if err := c.Run(); err != nil {
		t.Fatalf("%s: %v: %s", tool, err, said.String())
	}
	if said.Len() > 0 {
		t.Errorf("%s complains: %s", tool, said.String())
	}
	return out.String()
}

// Info is what pdfinfo says of a document.
func Info(t testing.TB, pdf []byte) string { return run(t, pdf, "pdfinfo", "-enc", "UTF-8") }

// Structure is its structure tree with the text that stands in it.
func Structure(t testing.TB, pdf []byte) string { return run(t, pdf, "pdfinfo", "-struct-text") }

// Text is its text.
func Text(t testing.TB, pdf []byte) string { return run(t, pdf, "pdftotext", "-enc", "UTF-8") }

// Word is a word and where it stands, in millimetres from the upper left corner of its page; pages count from 1.
type Word struct {
	Page                     int
	Left, Top, Right, Bottom float64
	Text                     string
}

// Words are all words with their places.
func Words(t testing.TB, pdf []byte) []Word {
	t.Helper()
	var doc struct {
		Pages []struct {
			Words []struct {
				XMin float64 `xml:"xMin,attr"`
				YMin float64 `xml:"yMin,attr"`
				XMax float64 `xml:"xMax,attr"`
				YMax float64 `xml:"yMax,attr"`
				Text string  `xml:",chardata"`
			} `xml:"word"`
		} `xml:"body>doc>page"`
	}
	d := xml.NewDecoder(bytes.NewReader([]byte(run(t, pdf, "pdftotext", "-bbox", "-enc", "UTF-8"))))
	d.Strict, d.Entity = false, xml.HTMLEntity
	if err := d.Decode(&doc); err != nil {
		t.Fatalf("read words: %v", err)
	}
	const mm = 25.4 / 72
	var out []Word
	for n, p := range doc.Pages {
		for _, w := range p.Words {
			out = append(out, Word{n + 1, w.XMin * mm, w.YMin * mm, w.XMax * mm, w.YMax * mm, w.Text})
		}
	}
	return out
}
