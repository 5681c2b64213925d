package file

import (
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// Type is what a file is: its media type.
type Type string

// The types that are taken.
const (
	PDF  Type = "application/pdf"
	JPEG Type = "image/jpeg"
	PNG  Type = "image/png"
	GIF  Type = "image/gif"
	HEIC Type = "image/heic"
	TIFF Type = "image/tiff"
	DOCX Type = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	XLSX Type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	PPTX Type = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	ODT  Type = "application/vnd.oasis.opendocument.text"
	ODS  Type = "application/vnd.oasis.opendocument.spreadsheet"
	ODP  Type = "application/vnd.oasis.opendocument.presentation"
	RTF  Type = "text/rtf"
	TXT  Type = "text/plain"
	CSV  Type = "text/csv"
	ZIP  Type = "application/zip"
)

// typeRow is what is known of a type.
type typeRow struct {
	Type
	// exts are the extensions that a name may have; the first is given to a name that has none.
	exts []string
	// inline says that browsers show it without running anything of it.
	inline bool
	// picture says that people see the same whatever the extension says: phones mix them up.
	picture bool
	// packed says that it is a ZIP inside.
	packed bool
	text   bool
}

var types = []typeRow{
	{Type: PDF, exts: []string{".pdf"}, inline: true},
	{Type: JPEG, exts: []string{".jpg", ".jpeg", ".jpe", ".jfif"}, inline: true, picture: true},
	{Type: PNG, exts: []string{".png"}, inline: true, picture: true},
	{Type: GIF, exts: []string{".gif"}, inline: true, picture: true},
	{Type: HEIC, exts: []string{".heic", ".heif"}, picture: true},
	{Type: TIFF, exts: []string{".tif", ".tiff"}, picture: true},
	{Type: DOCX, exts: []string{".docx"}, packed: true},
	{Type: XLSX, exts: []string{".xlsx"}, packed: true},
	{Type: PPTX, exts: []string{".pptx"}, packed: true},
	{Type: ODT, exts: []string{".odt"}, packed: true},
	{Type: ODS, exts: []string{".ods"}, packed: true},
	{Type: ODP, exts: []string{".odp"}, packed: true},
	{Type: RTF, exts: []string{".rtf"}},
	{Type: TXT, exts: []string{".txt", ".text", ".md", ".log", ".csv"}, text: true},
	{Type: CSV, exts: []string{".csv", ".txt"}, text: true},
	{Type: ZIP, exts: []string{".zip"}, packed: true},
}

func (t Type) row() typeRow {
	if i := slices.IndexFunc(types, func(r typeRow) bool { return r.Type == t }); i >= 0 {
		return types[i]
	}
	return typeRow{Type: t}
}

// Inline reports whether a file may be shown in the browser; all others are downloaded.
func (t Type) Inline() bool { return t.row().inline }

// Slug is a type as texts call it, such as "pdf".
func (t Type) Slug() string {
	if r := t.row(); len(r.exts) > 0 {
		return r.exts[0][1:]
	}
	return "other"
}

// Named are the types that words name: "pdf" and the like, "picture" for all pictures, "text" and "packed" likewise; every one for no words, or none that is known.
func Named(words []string) []Type {
	var out []Type
	for _, r := range types {
		if slices.ContainsFunc(words, func(w string) bool {
			return r.Slug() == w || slices.Contains(r.exts, "."+w) || w == "picture" && r.picture || w == "text" && r.text || w == "packed" && r.packed
		}) {
			out = append(out, r.Type)
		}
	}
	if len(out) == 0 {
		for _, r := range types {
			out = append(out, r.Type)
		}
	}
	return out
}

// Accept is what a form asks browsers to offer: phones offer their camera by the pictures among it.
func Accept() string { return AcceptOf(Named(nil)) }

// AcceptOf is Accept for some types alone.
func AcceptOf(list []Type) string {
	var out []string
	for _, r := range types {
		if !slices.Contains(list, r.Type) {
			continue
		}
		out = append(out, string(r.Type))
		out = append(out, r.exts...)
	}
	slices.Sort(out)
	return strings.Join(slices.Compact(out), ",")
}

// headSize is how much of the beginning of a file tells what it is.
const headSize = 3072

// sniff says what a file is by its beginning; what is packed is told apart later, by what is in it. Empty for a type that is not taken.
func sniff(head []byte) Type {
	found := mimetype.Detect(head)
	for m := found; m != nil; m = m.Parent() {
		switch {
		case m.Is("application/zip"):
			return ZIP
		case m.Is("image/heif"), m.Is("image/heic-sequence"), m.Is("image/heif-sequence"):
			return HEIC
		}
		for _, r := range types {
			if !r.packed && m.Is(string(r.Type)) && (r.Type != TXT || plain(found)) {
				return r.Type
			}
		}
	}
	return ""
}

// plain reports whether a text is nothing else: not a page, a picture or a program that is written as text.
func plain(m *mimetype.MIME) bool {
	if m.Is("text/plain") {
		return true
	}
	for _, t := range []string{"text/tab-separated-values", "application/json", "application/x-ndjson", "text/vcard", "text/calendar", "application/x-subrip", "text/vtt"} {
		if m.Is(t) {
			return true
		}
	}
	return false
}

// fits gives a name the extension of what the file is. Content decides: a name without an extension gets one, and one picture called after another is called right. Any other
// extension says something that is not so, and ok is false: the file would open as something that it is not, or not at all.
func fits(name string, t Type) (fitting string, ok bool) {
	row := t.row()
	stem, ext := Split(name)
	lower := strings.ToLower(ext)
	if slices.Contains(row.exts, lower) {
		return name, true
	}
	if lower == "" {
		return name + row.exts[0], true
	}
	for _, r := range types {
		if slices.Contains(r.exts, lower) && r.picture && row.picture {
			return stem + row.exts[0], true
		}
	}
	return "", false
}
