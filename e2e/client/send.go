package client

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/textproto"
	"net/url"
	"strings"
)

const urlencoded = "application/x-www-form-urlencoded"

// entry is one field as it is sent.
type entry struct {
	name, value string
	file        *file
}

// entries are the fields a browser sends, in the order of the page, the pressed button's own among them.
func (f *Form) entries(b *Element) []entry {
	var out []entry
	for _, c := range f.controls {
		if c.name == "" || disabled(c.e.n) || (c.kind == "checkbox" || c.kind == "radio") && !c.on {
			continue
		}
		for _, v := range c.values {
			out = append(out, entry{name: c.name, value: lines(v)})
		}
		for i := range c.files {
			out = append(out, entry{name: c.name, value: c.files[i].name, file: &c.files[i]})
		}
		if c.kind == "file" && len(c.files) == 0 {
			out = append(out, entry{name: c.name, file: &file{kind: "application/octet-stream"}})
		}
	}
	for _, e := range f.extra {
		out = append(out, entry{name: e[0], value: e[1]})
	}
	if b == nil {
		return out
	}
	if b.Attr("type") == "image" {
		prefix := ""
		if b.Attr("name") != "" {
			prefix = b.Attr("name") + "."
		}
		return append(out, entry{name: prefix + "x", value: "0"}, entry{name: prefix + "y", value: "0"})
	}
	if b.Attr("name") != "" {
		out = append(out, entry{name: b.Attr("name"), value: b.Attr("value")})
	}
	return out
}

// lines writes line breaks as forms send them.
func lines(s string) string {
	return strings.ReplaceAll(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s), "\n", "\r\n")
}

func encode(entries []entry) string {
	var parts []string
	for _, e := range entries {
		parts = append(parts, url.QueryEscape(e.name)+"="+url.QueryEscape(e.value))
	}
	return strings.Join(parts, "&")
}

func multiparts(entries []entry) (body []byte, kind string, err error) {
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	quote := strings.NewReplacer("\r", "%0D", "\n", "%0A", `"`, "%22")
	for _, e := range entries {
		if e.file == nil {
			if err := w.WriteField(e.name, e.value); err != nil {
				return nil, "", fmt.Errorf("field %s: %w", e.name, err)
			}
			continue
		}
		part, err := w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf(`form-data; name="%s"; filename="%s"`, quote.Replace(e.name), quote.Replace(e.file.name))},
			"Content-Type":        {e.file.kind},
		})
		if err != nil {
			return nil, "", fmt.Errorf("file %s: %w", e.name, err)
		}
		if _, err := part.Write(e.file.data); err != nil {
			return nil, "", fmt.Errorf("file %s: %w", e.name, err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, "", fmt.Errorf("end of form: %w", err)
	}
	return b.Bytes(), w.FormDataContentType(), nil
}
