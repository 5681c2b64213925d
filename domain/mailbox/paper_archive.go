package mailbox

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/pdf"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/file"
)

// Manifest says what is in the archive of a batch.
type Manifest struct {
	Organisation ids.Org        `json:"organisation"`
	Batch        ids.PrintBatch `json:"batch"`
	MadeAt       string         `json:"made_at"`
	// Pages are those of all letters and attachments whose pages are known.
	Pages   int              `json:"pages"`
	Letters []ManifestLetter `json:"letters"`
}

// ManifestLetter is a letter in it. File, its digest and its pages are there for those alone that are to be printed.
type ManifestLetter struct {
	ID    ids.Letter `json:"id"`
	Ref   string     `json:"ref,omitempty"`
	State PaperState `json:"state"`
	Lang  i18n.Lang  `json:"lang"`
	File  string     `json:"file,omitempty"`
	Sum   string     `json:"sha256,omitempty"`
	Bytes int        `json:"bytes,omitempty"`
	Pages int        `json:"pages,omitempty"`
	// Before is in how many batches the letter was before this one, of which nothing was said: another printer may have printed it.
	Before int `json:"batches_before,omitempty"`
	// Missing are characters that the font has not; a box stands in their places, and somebody should look at the letter.
	Missing string `json:"missing_characters,omitempty"`
	// Attachments are printed behind the letter, in their order.
	Attachments []ManifestAttachment `json:"attachments,omitempty"`
}

// ManifestAttachment is what is attached to a letter. What goes on request has no file in the archive: the letter says how to get it.
type ManifestAttachment struct {
	Name string     `json:"name"`
	Type file.Type  `json:"type"`
	How  file.Paper `json:"on_paper"`
	File string     `json:"file,omitempty"`
	Sum  string     `json:"sha256,omitempty"`
	// Bytes are its size, Pages how many it has where that is known.
	Bytes   int64  `json:"bytes,omitempty"`
	Pages   int    `json:"pages,omitempty"`
	Missing string `json:"missing_characters,omitempty"`
}

// ManifestFile is its name in the archive.
const ManifestFile = "manifest.json"

// PaperArchive is a batch, or one letter of it, that is ready to be written as a ZIP. Write it once.
type PaperArchive struct {
	mailbox *Service
	config  *catalog.Config
	batch   Batch
	letters []Stored
}

// BatchArchive is a batch as one ZIP: the letters that are still to be printed as a PDF each, with what is attached to them, and a manifest of all. Asked again after some were printed it has the others
// alone, so that nothing is printed twice unseen; asked again in the same state it is the same bytes.
func (s *Service) BatchArchive(ctx context.Context, who actor.Actor, o ids.Org, id ids.PrintBatch) (*PaperArchive, error) {
	b, list, err := s.Batch(ctx, who, o, id)
	if err != nil {
		return nil, err
	}
	for i, l := range list {
		if PaperStateOf(l) != ToBePrinted {
			list[i].Body = ""
		}
	}
	c, err := s.Store.Config(ctx, o)
	return &PaperArchive{s, c, b, list}, err
}

// LetterArchive is BatchArchive of one letter, until it is posted: a printer may have torn it. Faults as BatchLetterPDF.
func (s *Service) LetterArchive(ctx context.Context, who actor.Actor, o ids.Org, batch ids.PrintBatch, id ids.Letter) (*PaperArchive, error) {
	if err := who.May(actor.LetterPrint, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	b, err := s.Store.Batch(ctx, o, batch)
	if err == nil && !slices.Contains(b.Letters, id) {
		err = fault.NotFound("error.not_found")
	}
	if err != nil {
		return nil, err
	}
	l, err := s.Store.SentLetter(ctx, o, id)
	if err != nil {
		return nil, err
	}
	one := []Stored{l}
	err = s.openThose(ctx, one, func(l Stored) bool { return ToPrint(l.Stand()) })
	if err == nil && one[0].Body == "" {
		err = fault.NotFound("error.not_found")
	}
	if err != nil {
		return nil, err
	}
	c, err := s.Store.Config(ctx, o)
	if err != nil {
		return nil, err
	}
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		return tx.Audit(ctx, s.entry(o, who, audit.LettersPrintRead, "letter", string(id), nil))
	})
	return &PaperArchive{s, c, b, one}, err
}

// Write writes the archive as it is read: a letter or one attachment is in memory at a time, and a PDF that is attached never as a whole.
func (a *PaperArchive) Write(ctx context.Context, w io.Writer) (Manifest, error) {
	made := time.Unix(a.batch.MadeAt, 0).In(a.config.Zone())
	m := Manifest{Organisation: a.batch.Org, Batch: a.batch.ID, MadeAt: made.Format(time.RFC3339), Letters: make([]ManifestLetter, len(a.letters))}
	z := &pack{zip: zip.NewWriter(w), at: made}
	for i, l := range a.letters {
		if err := ctx.Err(); err != nil {
			return m, err
		}
		line := &m.Letters[i]
		*line = ManifestLetter{ID: l.ID, Ref: l.Ref, State: PaperStateOf(l), Lang: l.Lang, Before: max(a.batch.Taken[l.ID]-1, 0)}
		if l.Body == "" {
			continue
		}
		if err := a.letter(ctx, z, l, line); err != nil {
			return m, fmt.Errorf("letter %s: %w", l.ID, err)
		}
		m.Pages += line.Pages
		for _, f := range line.Attachments {
			m.Pages += f.Pages
		}
	}
	says, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		_, _, err = z.put(ManifestFile, zip.Deflate, bytes.NewReader(append(says, '\n')))
	}
	if err == nil {
		err = z.zip.Close()
	}
	return m, err
}

// letter writes a letter and what is attached to it.
func (a *PaperArchive) letter(ctx context.Context, z *pack, l Stored, line *ManifestLetter) error {
	files, err := a.mailbox.papers(ctx, l)
	if err != nil {
		return err
	}
	p := a.mailbox.Texts.Printer(l.Lang)
	f, err := LetterDocument(p, a.config, l, left(files)...).Write()
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%03d-%s", slices.Index(a.batch.Letters, l.ID)+1, l.ID)
	line.File, line.Bytes, line.Pages, line.Missing = name+".pdf", len(f.Bytes), f.Pages, f.Missing
	if line.Sum, _, err = z.put(line.File, zip.Store, bytes.NewReader(f.Bytes)); err != nil {
		return err
	}
	for n, one := range files {
		out := ManifestAttachment{Name: one.Name, Type: one.Type, How: one.how}
		if one.how != file.OnRequest {
			out.File = fmt.Sprintf("%s-%02d.pdf", name, n+1)
			if err := a.attachment(z, p, l, one, n+1, &out); err != nil {
				return fmt.Errorf("attachment %s: %w", one.ID, err)
			}
		}
		line.Attachments = append(line.Attachments, out)
	}
	return nil
}

// attachment writes one attachment: a PDF as it is, all else drawn.
func (a *PaperArchive) attachment(z *pack, p *i18n.Printer, l Stored, f paper, n int, line *ManifestAttachment) error {
	in, err := a.mailbox.Files.Open(f.Attached)
	if err != nil {
		return err
	}
	defer in.Close()
	if f.how == file.AsIs {
		line.Pages = file.Pages(in, in.Size())
		line.Sum, line.Bytes, err = z.put(line.File, zip.Store, in)
		return err
	}
	block, err := drawn(p, f.Attached, in)
	if err != nil {
		return err
	}
	d := document(p, a.config.Org.Name.In(l.Lang), f.Name, time.Unix(l.CreatedAt, 0))
	d.Foot = p.T("paper.attachments.foot", "org", d.Author, "n", n, "number", string(l.ID))
	d.Blocks = []pdf.Block{block}
	made, err := d.Write()
	if err != nil {
		return err
	}
	line.Pages, line.Missing = made.Pages, made.Missing
	line.Sum, line.Bytes, err = z.put(line.File, zip.Store, bytes.NewReader(made.Bytes))
	return err
}

// drawn is a file on pages that are made of it.
func drawn(p *i18n.Printer, f file.Attached, in io.Reader) (pdf.Block, error) {
	b, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	if f.Type != file.TXT && f.Type != file.CSV {
		return pdf.NewPicture(b, p.T("paper.attachments.picture", "name", f.Name))
	}
	if !utf8.Valid(b) { // an old program wrote it: Windows-1252 has a character for each byte, or the replacement for one
		if b, err = charmap.Windows1252.NewDecoder().Bytes(b); err != nil {
			return nil, err
		}
	}
	return pdf.Paragraph{Text: strings.TrimPrefix(string(b), "\uFEFF")}, nil
}

// paper is an attachment and how it goes on paper.
type paper struct {
	file.Attached
	how file.Paper
}

// papers are the attachments of a letter, in their order. A picture of which no page can be made, since it is broken or too large, goes on request.
func (s *Service) papers(ctx context.Context, l Stored) ([]paper, error) {
	list, err := s.filesOf(ctx, l.Letter)
	if err != nil {
		return nil, err
	}
	out := make([]paper, len(list))
	for i, f := range list {
		out[i] = paper{f, f.Paper()}
		switch {
		case f.State != file.Clean:
			out[i].how = file.OnRequest
		case out[i].how == file.Drawn:
			in, err := s.Files.Open(f)
			if err != nil {
				return nil, err
			}
			_, err = drawn(s.Texts.Printer(l.Lang), f, in)
			_ = in.Close() // nothing was written
			if errors.Is(err, pdf.ErrPicture) {
				out[i].how = file.OnRequest
			} else if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// left are the files that do not go along on paper.
func left(list []paper) []ids.File {
	var out []ids.File
	for _, f := range list {
		if f.how == file.OnRequest {
			out = append(out, f.ID)
		}
	}
	return out
}

// enclosed names what is attached to a letter, and how to get what is not printed.
func enclosed(p *i18n.Printer, c *catalog.Config, l Stored, left []ids.File) []pdf.Block {
	if len(l.Files) == 0 {
		return nil
	}
	list := pdf.List{Numbered: true}
	missing := 0
	for _, f := range l.Files {
		text := f.Name
		if slices.Contains(left, f.ID) {
			text = p.T("paper.attachments.left", "name", f.Name, "size", SizeText(p, f.Size))
			missing++
		}
		list.Items = append(list.Items, text)
	}
	blocks := []pdf.Block{pdf.Heading{Level: 2, Text: p.T("paper.attachments.title")}, list}
	if missing > 0 {
		to := strings.Join(append(returnTo(c, l.Lang), c.Org.Phone), ", ")
		blocks = append(blocks, pdf.Paragraph{Text: p.T("paper.attachments.how", "to", strings.TrimSuffix(to, ", "), "number", string(l.ID))})
	}
	return blocks
}

// pack is a ZIP that is being written; the same content is the same bytes.
type pack struct {
	zip *zip.Writer
	at  time.Time
}

// put writes one file, and says what it was.
func (z *pack) put(name string, how uint16, in io.Reader) (sum string, size int64, err error) {
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: how, Modified: z.at})
	if err != nil {
		return "", 0, err
	}
	h := sha256.New()
	size, err = io.Copy(io.MultiWriter(w, h), in)
	return hexOf(h.Sum(nil)), size, err
}
