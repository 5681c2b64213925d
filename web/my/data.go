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
	Lead string
	// Company says that it is of a company for which the reader acts.
	Company bool
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
var dataParts = []string{"account", "bookings", "forms", "drafts", "access", "letters", "messages", "feedback", "courses", "log"}

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
	if !v.Actor().For.IsZero() && v.Actor().For.Company != "" {
		return v.Render(http.StatusOK, ShowData(newCompanyDataPage(v.Base(""), again, v.Signed().ForName, f.Came != nil || f.Wrote != nil)))
	}
	return v.Render(http.StatusOK, ShowData(newDataPage(v.Base(""), again, f.Came != nil || f.Wrote != nil)))
}

// newCompanyDataPage is the page of who acts for a company: what is kept of it can be taken along, and is nobody's to have erased.
func newCompanyDataPage(b web.Base, again, name string, mail bool) DataPage {
	b.Title, b.NoIndex = b.T("my_data.company_title", "name", name), true
	p := DataPage{Base: b, Again: again, Lead: b.T("my_data.company_lead", "name", name), Company: true}
	for _, x := range []string{"company", "bookings", "company_access", "forms", "drafts", "company_courses", "letters", "mandates"} {
		p.Has = append(p.Has, b.T("my_data.has."+x))
	}
	p.Has = append(p.Has, b.T("my_data.keep"))
	if mail {
		p.Others = append(p.Others, ui.Link{Href: at(b, "my", "mailbox", "export"), Text: b.T("folder.timeline_mail_data")})
	}
	p.Others = append(p.Others, ui.Link{Href: at(b, "my", "timeline"), Text: b.T("folder.timeline")})
	return p
}

func newDataPage(b web.Base, again string, mail bool) DataPage {
	b.Title, b.NoIndex = b.T("my_data.title"), true
	p := DataPage{Base: b, Again: again, Lead: b.T("my_data.lead")}
	for _, x := range []string{"account", "bookings", "messages", "feedback", "letters", "access", "forms", "drafts", "asked", "courses", "mandates", "looked"} {
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
	p.Requests = append(p.Requests, ui.Link{Href: at(b, "my", "data", "erase"), Text: b.T("my_data.erase_link")}, ui.Link{Href: at(b, "my", "forms"), Text: b.T("my_data.own_drafts")}, ui.Link{Href: at(b, "my", "details"), Text: b.T("my.details")})
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
	entries, err := d.everything(v)
	if err != nil {
		return err
	}
	index := dataIndex{base: v.Base(""), entries: entries, find: d.finder(v.Ctx()), now: v.Now.Unix(), name: "my-data"}
	index.base.Title = index.base.T("my_data.title")
	if who.For.Company != "" {
		index.name, index.base.Title = "company-data", index.base.T("my_data.company_title", "name", v.Signed().ForName)
	}
	return v.Download("application/zip", index.name+"-"+v.Now.In(v.Zone()).Format(time.DateOnly)+".zip", func(ctx context.Context, w io.Writer) error {
		z := &zipped{zip: zip.NewWriter(w), zone: v.Zone()}
		if err := d.Dossier.Whole(ctx, who, shown, z); err != nil {
			return err
		}
		if err := z.index(ctx, index); err != nil {
			return err
		}
		return z.zip.Close()
	})
}

// zipped writes what is given out into a ZIP file, each as it comes.
type zipped struct {
	zip   *zip.Writer
	zone  *time.Location
	names []string // of what was written
}

// Put writes what programs read.
func (z *zipped) Put(name string, at int64, v any) error {
	z.names = append(z.names, name)
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
func (z *zipped) File(name string, at int64, in io.Reader) error {
	z.names = append(z.names, name)
	w, err := z.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: time.Unix(at, 0).In(z.zone)})
	if err == nil {
		_, err = io.Copy(w, in)
	}
	return err
}
