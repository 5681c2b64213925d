package file

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"fmt"
	"strings"
	"testing"

	"luukku/base/fault"
)

// pdf is a small PDF with objects in it.
func pdf(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	for i, o := range objects {
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	b.WriteString("trailer << /Root 1 0 R >>\n%%EOF\n")
	return b.Bytes()
}

// objects is a stream of objects, packed.
func objects(dict, text string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return "<< " + dict + " /Length " + fmt.Sprint(b.Len()) + " >>\nstream\r\n" + b.String() + "\nendstream"
}

// entry is one file in a ZIP.
type entry struct {
	name string
	body []byte
}

func zipped(t testing.TB, list ...entry) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, e := range list {
		f, err := w.Create(e.name)
		if err == nil {
			_, err = f.Write(e.body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func docx(t testing.TB, more ...entry) []byte {
	return zipped(t, append([]entry{{"[Content_Types].xml", []byte("<Types/>")}, {"word/document.xml", []byte("<w:document/>")}}, more...)...)
}

var (
	jpeg = []byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
	heic = []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic")
)

func TestContentSaysWhatAFileIs(t *testing.T) {
	t.Parallel()
	plainPDF := pdf("<< /Type /Catalog /Pages 2 0 R >>", objects("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", "3 0 << /Type /Font >>"))
	for _, c := range []struct {
		name string
		body []byte
		// want is the name that it gets, or the key of the fault.
		want string
		is   Type
	}{
		{"a.pdf", plainPDF, "a.pdf", PDF},
		{"skannaus", plainPDF, "skannaus.pdf", PDF},
		{"a.PDF", plainPDF, "a.PDF", PDF},
		{"kuva.png", jpeg, "kuva.jpg", JPEG},
		{"kuva.jpeg", jpeg, "kuva.jpeg", JPEG},
		{"kuva.jpg", heic, "kuva.heic", HEIC},
		{"kuva.gif", []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"), "kuva.gif", GIF},
		{"kuva.tif", []byte("II*\x00\x08\x00\x00\x00\x00\x00"), "kuva.tif", TIFF},
		{"kirje.docx", docx(t), "kirje.docx", DOCX},
		{"laskelma.odt", zipped(t, entry{"mimetype", []byte(ODT)}, entry{"content.xml", []byte("<x/>")}), "laskelma.odt", ODT},
		{"kirje.rtf", []byte(`{\rtf1 Hei}`), "kirje.rtf", RTF},
		{"muistio.txt", []byte("Hei vain.\nÄöå"), "muistio.txt", TXT},
		{"luvut.csv", []byte("a;b;c\n1;2;3\n"), "luvut.csv", TXT},
		{"paketti.zip", zipped(t, entry{"a/b/kuva.jpg", jpeg}, entry{"kirje.docx", docx(t)}, entry{"__MACOSX/._x", []byte{0, 5, 22, 7}}), "paketti.zip", ZIP},

		{"tyhja.pdf", nil, "file.empty", ""},
		{"kuva.jpg", plainPDF, "file.mislabelled", ""},
		{"lasku.pdf", docx(t), "file.mislabelled", ""},
		{"kirje.docx", zipped(t, entry{"a.txt", []byte("hei")}), "file.mislabelled", ""},
		{"ohjelma.pdf", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff"), "file.type", ""},
		{"sivu.txt", []byte("<!DOCTYPE html><html><script>alert(1)</script></html>"), "file.type", ""},
		{"kuva.png", []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`), "file.type", ""},
		{"vanha.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)), "file.type", ""},
		{"muistio.txt", append(bytes.Repeat([]byte("a"), 9000), 0), "file.type", ""},

		{"a.pdf", pdf("<< /Type /Catalog /OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> >>"), "file.pdf_script", ""},
		{"a.pdf", pdf("<< /OpenAction << /S /J#61va#53cript /JS (1) >> >>"), "file.pdf_script", ""},
		{"a.pdf", pdf("<< /S/Launch/Win<</F(cmd.exe)>> >>"), "file.pdf_script", ""},
		{"a.pdf", pdf(objects("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", "3 0 << /S /JavaScript >>")), "file.pdf_script", ""},
		{"a.pdf", pdf(objects("/N 1 /First 4 /Filter [/FlateDecode]", "3 0 << /S /JavaScript >>")), "file.pdf_script", ""},
		{"a.pdf", pdf(objects("/Type /ObjStm /N 1 /First 4 /Filter 7 0 R", "3 0 << /S /JavaScript >>")), "file.pdf_unread", ""},
		{"a.pdf", pdf(objects("/Type /ObjStm /N 1 /First 4 /Filter [/ASCIIHexDecode /FlateDecode]", "x")), "file.pdf_unread", ""},
		{"a.pdf", pdf("<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode >>\nstream\nno zlib\nendstream"), "file.pdf_unread", ""},
		{"a.pdf", bytes.Replace(plainPDF, []byte("/Root 1 0 R"), []byte("/Root 1 0 R /Encrypt 9 0 R"), 1), "file.locked", ""},

		{"p.zip", zipped(t, entry{"a.zip", zipped(t, entry{"b.txt", []byte("b")})}), "file.zip_nested", ""},
		{"p.zip", zipped(t, entry{"kuva.jpg", []byte("7z\xbc\xaf\x27\x1c\x00\x04")}), "file.zip_nested", ""},
		{"p.zip", zipped(t, entry{"a.exe", []byte("MZ\x90\x00\x03\x00\x00\x00\x04\x00")}), "file.zip_type", ""},
		{"p.zip", zipped(t, entry{"1/2/3/4/5/a.txt", []byte("a")}), "file.zip_depth", ""},
		{"p.zip", zipped(t, make([]entry, MostEntries+1)...), "file.zip_entries", ""},
		{"p.zip", locked(zipped(t, entry{"a.txt", []byte("a")})), "file.locked", ""},
		{"p.zip", zipped(t, entry{"a.txt", []byte("a")})[:60], "file.broken", ""},
		{"makro.docx", docx(t, entry{"word/vbaProject.bin", []byte("x")}), "file.macros", ""},
	} {
		is, got, err := check(bytes.NewReader(c.body), int64(len(c.body)), c.body[:min(len(c.body), headSize)], c.name)
		if err != nil {
			f := fault.Of(err)
			if f == nil || len(f.Fields) != 1 || f.Fields[0].Name != Field {
				t.Errorf("%s: got %v, want a fault at %s", c.name, err, Field)
				continue
			}
			got = f.Fields[0].Key
		}
		if got != c.want || is != c.is {
			t.Errorf("%s, %.40q: got %s %s, want %s %s", c.name, c.body, got, is, c.want, c.is)
		}
	}
}

// locked marks the only entry of a ZIP as encrypted, in both places where that stands.
func locked(z []byte) []byte {
	z = bytes.Clone(z)
	z[6] |= 1
	z[bytes.Index(z, []byte("PK\x01\x02"))+8] |= 1
	return z
}

// A bomb is a few kilobytes that become gigabytes; a liar says that they do not.
func TestBombsAreNotTaken(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := range 3 {
		f, err := w.Create(fmt.Sprintf("%d.txt", i))
		for n := 0; err == nil && n < 200*MB; n += MB {
			_, err = f.Write(bytes.Repeat([]byte("a"), MB))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	honest := b.Bytes()
	liar := bytes.Clone(honest)
	for at := 0; ; at++ { // each central entry says that it unpacks to one byte
		i := bytes.Index(liar[at:], []byte("PK\x01\x02"))
		if i < 0 {
			break
		}
		at += i
		copy(liar[at+24:], []byte{1, 0, 0, 0})
	}
	for name, z := range map[string][]byte{"honest": honest, "liar": liar} {
		_, _, err := check(bytes.NewReader(z), int64(len(z)), z[:headSize], "bomb.zip")
		f := fault.Of(err)
		if f == nil || len(f.Fields) != 1 || f.Fields[0].Key != "file.zip_size" && f.Fields[0].Key != "file.broken" {
			t.Errorf("%s: got %v, want it refused", name, err)
		}
		if name == "honest" && !strings.Contains(fmt.Sprint(f.Fields), "zip_size") {
			t.Errorf("%s: got %v, want its size named", name, f.Fields)
		}
	}
}

func FuzzPDF(f *testing.F) {
	f.Add(pdf("<< /S /JavaScript >>"))
	f.Add(pdf(objects("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", "3 0 << /S /JavaScript >>")))
	f.Add([]byte("%PDF-1.4 /J#"))
	f.Fuzz(func(t *testing.T, b []byte) {
		err := checkPDF(bytes.NewReader(b), int64(len(b)), "a.pdf")
		if err != nil && fault.Of(err) == nil {
			t.Fatalf("got %v, want it taken or refused", err)
		}
		if bytes.Contains(b, []byte("/S /JavaScript ")) && err == nil {
			t.Fatal("a script was taken")
		}
	})
}
