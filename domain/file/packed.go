package file

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"luukku/base/fault"
)

// Limits of what is packed: entries, folders one in the other, and bytes once it is unpacked.
const (
	MostEntries  = 1000
	mostDepth    = 4
	MostUnpacked = 500 * MB
	// mostParts is how many entries an office file has at most: each picture on a slide is one.
	mostParts = 10_000
)

// containers are the beginnings of what packs other files.
var containers = [][]byte{
	[]byte("PK\x03\x04"), []byte("PK\x05\x06"), []byte("7z\xbc\xaf\x27\x1c"), []byte("Rar!\x1a\x07"), {0x1f, 0x8b}, []byte("BZh"), []byte("\xfd7zXZ\x00"), {0x28, 0xb5, 0x2f, 0xfd},
	[]byte("MSCF"), []byte("LZIP"),
}

// checkPacked looks into a ZIP, and says whether it is one or an office file. All of it is unpacked, to nowhere, since what it says of its sizes need not be so.
func checkPacked(at io.ReaderAt, size int64, name string) (Type, error) {
	z, err := zip.NewReader(at, size)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "", wrong("file.broken", name, nil)
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return "", err
	}
	t := packedType(z)
	most := MostEntries
	if t != ZIP {
		most = mostParts
	}
	if len(z.File) > most {
		return "", wrong("file.zip_entries", name, fault.Args{"most": most})
	}
	left := int64(MostUnpacked)
	for _, f := range z.File {
		switch {
		case f.Flags&1 != 0:
			return "", wrong("file.locked", name, nil)
		case t == ZIP && strings.Count(strings.Trim(f.Name, "/"), "/") > mostDepth:
			return "", wrong("file.zip_depth", name, fault.Args{"most": mostDepth})
		case t != ZIP && isMacro(f.Name):
			return "", wrong("file.macros", name, nil)
		}
		used, err := checkEntry(f, t, left, name)
		if err != nil {
			return "", err
		}
		left -= used
	}
	return t, nil
}

// checkEntry unpacks one entry to nowhere, and says how long it is.
func checkEntry(f *zip.File, in Type, left int64, name string) (used int64, err error) {
	if f.FileInfo().IsDir() {
		return 0, nil
	}
	if f.UncompressedSize64 > uint64(left) {
		return 0, wrong("file.zip_size", name, fault.Args{"most": MostUnpacked / MB})
	}
	r, err := f.Open()
	if err != nil {
		return 0, wrong("file.broken", name, nil)
	}
	defer r.Close()
	head := make([]byte, headSize)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, wrong("file.broken", name, nil)
	}
	if in == ZIP {
		if err := mayBePacked(f.Name, head[:n], name); err != nil {
			return 0, err
		}
	}
	rest, err := io.Copy(io.Discard, io.LimitReader(r, left-int64(n)+1))
	switch used = int64(n) + rest; {
	case used > left:
		return 0, wrong("file.zip_size", name, fault.Args{"most": MostUnpacked / MB})
	case err != nil:
		return 0, wrong("file.broken", name, nil)
	}
	return used, nil
}

// mayBePacked says whether a file may be in a ZIP: what may be attached by itself, other than a ZIP.
func mayBePacked(entry string, head []byte, name string) error {
	base := path.Base(entry)
	if len(head) == 0 || strings.HasPrefix(entry, "__MACOSX/") || base == ".DS_Store" || base == "Thumbs.db" { // what systems leave behind
		return nil
	}
	ext := strings.ToLower(path.Ext(base))
	office := slices.ContainsFunc(types, func(r typeRow) bool { return r.packed && r.Type != ZIP && slices.Contains(r.exts, ext) })
	for _, c := range containers {
		if bytes.HasPrefix(head, c) && !office {
			return wrong("file.zip_nested", name, fault.Args{"entry": CleanName(base)})
		}
	}
	if t := sniff(head); t == "" || t == ZIP && !office {
		return wrong("file.zip_type", name, fault.Args{"entry": CleanName(base)})
	}
	return nil
}

// officeParts are the folders by which office files of Microsoft's format are told apart.
var officeParts = map[string]Type{"word/": DOCX, "xl/": XLSX, "ppt/": PPTX}

// packedType says what a ZIP is by what is in it.
func packedType(z *zip.Reader) Type {
	if len(z.File) == 0 {
		return ZIP
	}
	if f := z.File[0]; f.Name == "mimetype" && f.UncompressedSize64 < 100 { // OpenDocument says it first
		if r, err := f.Open(); err == nil {
			said, err := io.ReadAll(io.LimitReader(r, 100))
			if _ = r.Close(); err == nil && slices.Contains([]Type{ODT, ODS, ODP}, Type(said)) {
				return Type(said)
			}
		}
	}
	described := false
	for _, f := range z.File {
		if f.Name == "[Content_Types].xml" {
			described = true
		}
	}
	for _, f := range z.File {
		folder, _, ok := strings.Cut(f.Name, "/")
		if t := officeParts[folder+"/"]; ok && described && t != "" {
			return t
		}
	}
	return ZIP
}

// isMacro reports whether a part of an office file is a program.
func isMacro(entry string) bool {
	base := strings.ToLower(path.Base(entry))
	return strings.HasPrefix(base, "vbaproject") || strings.HasPrefix(entry, "Basic/") || strings.HasPrefix(entry, "Scripts/") || strings.Contains(entry, "/activeX/")
}
