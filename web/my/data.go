package my

import (
	"archive/zip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"time"

	"luukku/base/fault"
	"luukku/base/limit"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/ui"
)

// DataPage is what is kept of the reader.
type DataPage struct {
	web.Base
	// Has says what the file has in it.
	Has []string
	// Again is where the reader shows who they are once more; empty where they just did.
	Again string
	// Others are what is given out on its own.
	Others []ui.Link
	// Kept says how long what is kept, and what becomes of it when somebody is erased.
	Kept ui.TableData
	// Requests are how one asks for something to be corrected or erased.
	Requests []ui.Link
}

// dataParts are the parts of what is kept, in the order of the page: each has words for what it is, how long it is kept, and what becomes of it.
var dataParts = []string{"account", "bookings", "forms", "drafts", "access", "letters", "messages", "courses", "log"}

// dataRate is how often somebody takes everything with them.
var dataRate = limit.Rate{N: 5, Per: time.Hour, Burst: 5}

// data says what is kept of the reader, and how they get it, have it corrected, or erased.
func (d *Door) data(v *web.Visit) error {
	again := ""
	if mailbox.MayExport(v.Signed().Session.AuthAt, v.Now.Unix()) != nil {
		again = v.SignInURL(web.Path(v.Lang, "", "my", "data"), actor.LevelLow)
	}
	var f folderOf
	if err := d.mail(v, &f); err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowData(newDataPage(v.Base(""), again, f.Came != nil || f.Wrote != nil)))
}

func newDataPage(b web.Base, again string, mail bool) DataPage {
	b.Title, b.NoIndex = b.T("my_data.title"), true
	p := DataPage{Base: b, Again: again}
	for _, x := range []string{"account", "messages", "access", "forms", "drafts", "asked", "courses"} {
		p.Has = append(p.Has, b.T("my_data.has."+x))
	}
	p.Has = append(p.Has, b.T("my_data.keep"))
	p.Kept = ui.TableData{Caption: b.T("my_data.kept"), Head: []string{b.T("my_data.what"), b.T("my_data.how_long"), b.T("my_data.becomes")}}
	for _, x := range dataParts {
		p.Kept.Rows = append(p.Kept.Rows, []ui.Cell{{Text: b.T("my_data.part." + x)}, {Text: b.T("my_data.long." + x)}, {Text: b.T("my_data.erased." + x)}})
	}
	if mail {
		p.Others = append(p.Others, ui.Link{Href: at(b, "my", "mailbox", "export"), Text: b.T("folder.timeline_mail_data")})
		p.Requests = append(p.Requests, ui.Link{Href: at(b, "my", "mailbox", "write"), Text: b.T("folder.timeline_request")})
	}
	p.Others = append(p.Others,
		ui.Link{Href: at(b, "my", "messages.json"), Text: b.T("my_data.messages"), Download: true},
		ui.Link{Href: at(b, "my", "timeline"), Text: b.T("folder.timeline")},
		ui.Link{Href: at(b, "my", "log"), Text: b.T("my.log")},
	)
	p.Requests = append(p.Requests, ui.Link{Href: at(b, "my", "forms"), Text: b.T("my_data.own_drafts")}, ui.Link{Href: at(b, "my", "details"), Text: b.T("my.details")})
	return p
}

// dataPost sends everything as one file, made while it is sent.
func (d *Door) dataPost(v *web.Visit) error {
	shown := v.Signed().Session.AuthAt
	if mailbox.MayExport(shown, v.Now.Unix()) != nil {
		return v.SeeOther(web.Path(v.Lang, "", "my", "data")) // which asks to sign in again
	}
	who := v.Actor()
	if wait, ok := d.given.Allow(who.Person); !ok {
		return fault.TooMany("error.too_many", wait)
	}
	return v.Download("application/zip", "my-data-"+v.Now.In(v.Zone()).Format(time.DateOnly)+".zip", func(ctx context.Context, w io.Writer) error {
		z := zipped{zip.NewWriter(w), v.Zone()}
		if err := d.Dossier.Whole(ctx, who, shown, z); err != nil {
			return err
		}
		return z.zip.Close()
	})
}

// zipped writes what is given out into a ZIP file, each as it comes.
type zipped struct {
	zip  *zip.Writer
	zone *time.Location
}

// Put writes what programs read.
func (z zipped) Put(name string, at int64, v any) error {
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: time.Unix(at, 0).In(z.zone)})
	if err != nil {
		return err
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(v)
}

// File writes a file as it is: what is attached is mostly packed already.
func (z zipped) File(name string, at int64, in io.Reader) error {
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: time.Unix(at, 0).In(z.zone)})
	if err == nil {
		_, err = io.Copy(w, in)
	}
	return err
}
