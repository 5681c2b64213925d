package my

import (
	"archive/zip"
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/folder"
	"luukku/web"
	"luukku/web/ui"
)

// dataIndex is the page by which somebody reads the file that they take along: everything that happened, in order of time, and what lies beside it.
type dataIndex struct {
	base    web.Base
	entries []folder.Entry
	find    func(ids.Org) *catalog.Config
	now     int64
	name    string // of the file
}

// index writes the page, which works without us and without a network.
func (z *zipped) index(ctx context.Context, x dataIndex) error {
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: "index.html", Method: zip.Deflate, Modified: time.Unix(x.now, 0).In(z.zone)})
	if err != nil {
		return err
	}
	return ShowDataIndex(newDataIndexPage(x, z.names)).Render(ctx, w)
}

// DataIndexPage is what the page says.
type DataIndexPage struct {
	web.Base
	Lead     string
	Timeline ui.TableData
	Groups   []DataIndexGroup
}

// DataIndexGroup is a folder of the file, with what lies in it.
type DataIndexGroup struct {
	ID, Title, Text string
	Links           []ui.Link
}

// dataFolders are the folders of the file, each with words for what is in it; the first is the file itself.
var dataFolders = []string{"", "letters", "forms", "drafts", "records"}

func newDataIndexPage(x dataIndex, names []string) DataIndexPage {
	b := x.base
	p := DataIndexPage{Base: b, Lead: b.T("my_data.index.lead", "when", b.Printer.At(time.Unix(x.now, 0).UTC()))}
	p.Timeline = ui.TableData{Caption: b.T("folder.timeline"), HideCaption: true, Head: []string{b.T("my_data.index.when"), b.T("my_data.index.kind"), b.T("my_data.index.what"), b.T("my_data.index.state")}}
	t := folder.Arrange(x.entries, folder.Filter{}, nil, x.now, 1)
	for page := 1; page <= t.Pages; page++ {
		for _, e := range folder.Arrange(x.entries, folder.Filter{}, nil, x.now, page).Entries {
			c := x.find(e.Org)
			l := lineOf(b, e, c, x.now)
			zone := time.UTC
			if c != nil {
				zone = c.Zone()
			}
			p.Timeline.Rows = append(p.Timeline.Rows, []ui.Cell{
				{Text: b.Printer.At(time.Unix(e.At, 0).In(zone))}, {Text: l.part}, {Text: join(l.Card.Title, l.Card.Meta)}, {Text: join(l.State, l.By)},
			})
		}
	}
	for _, name := range dataFolders {
		key := name
		if key == "" {
			key = "top"
		}
		g := DataIndexGroup{ID: "files-" + key, Title: b.T("my_data.index." + key), Text: b.T("my_data.index." + key + "_text")}
		for _, path := range names {
			in, file, nested := strings.Cut(path, "/")
			if name == "" && nested || name != "" && (!nested || in != name) {
				continue
			}
			if name == "" {
				file = path
			}
			g.Links = append(g.Links, ui.Link{Href: (&url.URL{Path: path}).EscapedPath(), Text: file})
		}
		if len(g.Links) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	return p
}

func join(list ...string) string {
	return strings.Join(slices.DeleteFunc(list, func(s string) bool { return s == "" }), " · ")
}
