package admin

import (
	"context"
	"io"
	"net/http"
	"strconv"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/mailbox"
	"luukku/web"
	"luukku/web/ui"
)

func number(n int) string { return strconv.Itoa(n) }

// printRoutes are the pages of the print room: for offices without a print service, and to look after one.
func (d *Door) printRoutes(at string) []web.Route {
	const right = actor.LetterPrint
	return []web.Route{
		web.GET(at+"paper", right, d.printRoom),
		web.POST(at+"paper", right, d.printTake),
		web.GET(at+"paper/{batch}", right, d.printBatch),
		web.GET(at+"paper/{batch}/letters.zip", right, d.printZIP),
		web.GET(at+"paper/{batch}/{letter}/document.pdf", right, d.printLetter),
		web.GET(at+"paper/{batch}/{letter}/letters.zip", right, d.printLetterZIP),
		web.POST(at+"paper/{batch}/said", right, d.printSaid),
		web.GET(at+"paper/{batch}/release", right, d.printRelease),
		web.POST(at+"paper/{batch}/release", right, d.printReleasePost),
	}
}

// printRoom shows what waits to be printed, the batches, and what came back.
func (d *Door) printRoom(v *web.Visit) error {
	room, err := d.Letters.PrintRoom(v.Ctx(), v.Actor(), v.OrgID())
	if err != nil {
		return err
	}
	p := newPrintRoomPage(page(v, ""), room, v.Site.Gen.FormKey(), v.Now.Unix(), whereOf(v))
	switch v.Query("done") {
	case "released":
		p.Done = p.T("paper.room.done_released")
	case "none":
		p.Done = p.T("paper.room.done_none")
	}
	return show(v, p)
}

func newPrintRoomPage(b web.Base, room mailbox.PrintRoom, key ids.FormKey, now int64, w where) DeskPage {
	b.Title = b.T("paper.room.title")
	p := DeskPage{Base: b, Lead: b.T("paper.room.lead")}
	waiting := ui.P(b.T("paper.room.nothing_waits"))
	if room.Waiting > 0 {
		waiting = ui.P(b.Printer.N("paper.room.waiting", int(room.Waiting), "since", w.time(b, room.Oldest)))
	}
	p.Parts = append(p.Parts, waiting)
	if room.Waiting > 0 {
		p.Parts = append(p.Parts, act(ui.FormData{Action: at(b, "paper"), Hidden: []ui.Hidden{{Name: "key", Value: string(key)}}}, ui.Button{Text: b.T("paper.room.take")}))
	}
	for _, r := range room.Open {
		if r.Late(now) {
			p.Wrong = b.T("paper.room.late", "hours", mailbox.PrintLate/3600)
		}
	}
	batches := ui.TableData{Caption: b.T("paper.room.batches"), HideCaption: true, Head: []string{
		b.T("paper.room.made"), b.T("paper.room.count"), b.T("paper.room.open"), b.T("paper.room.printed"), b.T("paper.room.posted"), b.T("paper.room.returned"), b.T("people.state"),
	}}
	seen := map[ids.PrintBatch]bool{}
	for _, r := range append(append([]mailbox.PrintRun{}, room.Open...), room.Newest...) {
		if seen[r.ID] || r.Count == 0 {
			continue
		}
		seen[r.ID] = true
		state := b.T("paper.room.state_done")
		switch {
		case r.Late(now):
			state = b.T("paper.room.state_late")
		case r.Open > 0:
			state = b.T("paper.room.state_open")
		}
		n := func(n int64) ui.Cell { return ui.Cell{Text: b.Printer.Number(int(n))} }
		batches.Rows = append(batches.Rows, []ui.Cell{
			{Content: ui.A(ui.Link{Href: at(b, "paper", string(r.ID)), Text: w.time(b, r.MadeAt)})}, n(r.Count), n(r.Open), n(r.Printed), n(r.Posted), n(r.Returned), {Text: state},
		})
	}
	back := ui.TableData{Caption: b.T("paper.room.came_back"), HideCaption: true, Head: []string{b.T("paper.number"), b.T("paper.ref"), b.T("paper.room.posted"), b.T("paper.room.returned")}}
	for _, l := range room.Returned {
		back.Rows = append(back.Rows, []ui.Cell{{Text: string(l.Letter)}, {Text: l.Ref}, {Text: w.time(b, l.Posted)}, {Text: w.time(b, l.Returned)}})
	}
	p.Parts = append(p.Parts, listOf(b.T("paper.room.batches"), batches, b.T("paper.room.no_batches")), listOf(b.T("paper.room.came_back"), back, b.T("paper.room.nothing_back")))
	return p
}

// printTake takes what waits into a batch, once however often it is sent.
func (d *Door) printTake(v *web.Visit) error {
	batch, _, err := d.Letters.TakeBatch(v.Ctx(), v.Actor(), v.OrgID(), mailbox.MostBatch, ids.FormKey(v.Form("key")))
	if err != nil {
		return err
	}
	if len(batch.Letters) == 0 { // somebody else took them
		return leadTo(v, "?done=none", "paper")
	}
	return leadTo(v, "?done=taken", "paper", string(batch.ID))
}

func (d *Door) batchOf(v *web.Visit) ids.PrintBatch { return ids.PrintBatch(v.R.PathValue("batch")) }

// printBatch shows a batch: its documents, and what became of each letter.
func (d *Door) printBatch(v *web.Visit) error {
	run, lines, err := d.Letters.PrintList(v.Ctx(), v.Actor(), v.OrgID(), d.batchOf(v))
	if err != nil {
		return err
	}
	p := newPrintBatchPage(page(v, ""), run, lines, nil, v.Now.Unix(), whereOf(v))
	switch v.Query("done") {
	case "taken":
		p.Done = p.T("paper.room.done_taken")
	case "said":
		p.Done = p.T("paper.room.done_said")
	}
	return show(v, p)
}

func newPrintBatchPage(b web.Base, run mailbox.PrintRun, lines []mailbox.PrintLine, why error, now int64, w where) DeskPage {
	b.Title = b.T("paper.room.batch_title", "at", w.time(b, run.MadeAt))
	p := DeskPage{Base: b, Back: at(b, "paper"), Lead: b.T("paper.room.batch_lead")}
	t := web.TroubleOf(b, why)
	p.blame(t)
	if run.Late(now) {
		p.Wrong = b.T("paper.room.late", "hours", mailbox.PrintLate/3600)
	}
	id := string(run.ID)
	if run.Open > 0 {
		p.Parts = append(p.Parts, ui.LinkButton(ui.Primary, ui.Link{Href: at(b, "paper", id, "letters.zip"), Text: b.T("paper.room.download")}))
	}
	letters := ui.Choices{Name: "letter", Legend: b.T("paper.room.letters"), Hint: b.T("paper.room.letters_hint"), Error: t.At("letter")}
	table := ui.TableData{Caption: b.T("paper.room.letters"), HideCaption: true, Head: []string{b.T("paper.number"), b.T("paper.ref"), b.T("people.state"), b.T("paper.room.document")}}
	for _, l := range lines {
		state := b.T("paper.room.letter_" + string(l.State))
		if l.Taken > 1 && l.State == mailbox.ToBePrinted {
			state += ". " + b.T("paper.room.again")
		}
		doc := ui.Cell{}
		if again := l.State == mailbox.ToBePrinted || l.State == mailbox.IsPrinted; again && l.Files > 0 {
			doc = ui.Cell{Content: ui.A(ui.Link{Href: at(b, "paper", id, string(l.ID), "letters.zip"), Text: b.N("paper.room.with_files", l.Files), Hidden: string(l.ID)})}
		} else if again {
			doc = ui.Cell{Content: ui.A(ui.Link{Href: at(b, "paper", id, string(l.ID), "document.pdf"), Text: b.T("paper.room.pdf"), Hidden: string(l.ID)})}
		}
		table.Rows = append(table.Rows, []ui.Cell{{Text: string(l.ID)}, {Text: l.Ref}, {Text: state}, doc})
		if l.State == mailbox.ToBePrinted || l.State == mailbox.IsPrinted || l.State == mailbox.IsPosted {
			letters.Options = append(letters.Options, ui.Choice{Value: string(l.ID), Label: string(l.ID), Hint: l.Ref})
		}
	}
	p.Parts = append(p.Parts, listOf(b.T("paper.room.letters"), table, b.T("paper.room.no_letters")))
	if len(letters.Options) > 0 {
		what := ui.Choices{Name: "what", Legend: b.T("paper.room.what"), Error: t.At("what")}
		for _, w := range mailbox.Papers {
			what.Options = append(what.Options, ui.Choice{Value: string(w), Label: b.T("paper.room.say_" + string(w))})
		}
		p.Parts = append(p.Parts, form(ui.FormData{Action: at(b, "paper", id, "said")}, ui.Button{Text: b.T("paper.room.record")}, ui.Link{}, ui.Radios(b.Printer, what),
			ui.Checkbox(b.Printer, ui.CheckField{Name: "all", Value: "yes", Label: b.T("paper.room.all")}), ui.Checkboxes(b.Printer, letters)))
	}
	if run.Open > 0 {
		p.Parts = append(p.Parts, ui.LinkList([]ui.Link{{Href: at(b, "paper", id, "release"), Text: b.T("paper.room.release")}}))
	}
	return p
}

// sendFile sends a document to be kept.
func sendFile(v *web.Visit, kind, name string, content []byte) error {
	h := v.W.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="`+name+`"`)
	h.Set("Content-Length", strconv.Itoa(len(content)))
	h.Set("Cache-Control", "no-store")
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(content) // whoever went away gets nothing
	return nil
}

// printZIP gives out the letters of a batch that are still to be printed, with what is attached to them.
func (d *Door) printZIP(v *web.Visit) error {
	a, err := d.Letters.BatchArchive(v.Ctx(), v.Actor(), v.OrgID(), d.batchOf(v))
	if err != nil {
		return err
	}
	return sendArchive(v, "letters-"+string(d.batchOf(v)), a)
}

// printLetterZIP gives out one letter of a batch with what is attached to it.
func (d *Door) printLetterZIP(v *web.Visit) error {
	id := ids.Letter(v.R.PathValue("letter"))
	a, err := d.Letters.LetterArchive(v.Ctx(), v.Actor(), v.OrgID(), d.batchOf(v), id)
	if err != nil {
		return err
	}
	return sendArchive(v, "letter-"+string(id), a)
}

func sendArchive(v *web.Visit, name string, a *mailbox.PaperArchive) error {
	return v.Download("application/zip", name+".zip", func(ctx context.Context, w io.Writer) error {
		_, err := a.Write(ctx, w)
		return err
	})
}

// printLetter gives out one letter of a batch.
func (d *Door) printLetter(v *web.Visit) error {
	id := ids.Letter(v.R.PathValue("letter"))
	f, err := d.Letters.BatchLetterPDF(v.Ctx(), v.Actor(), v.OrgID(), d.batchOf(v), id)
	if err != nil {
		return err
	}
	return sendFile(v, "application/pdf", "letter-"+string(id)+".pdf", f.Bytes)
}

// printSaid records what became of letters.
func (d *Door) printSaid(v *web.Visit) error {
	what := mailbox.What(v.Form("what"))
	run, lines, err := d.Letters.PrintList(v.Ctx(), v.Actor(), v.OrgID(), d.batchOf(v))
	if err != nil {
		return err
	}
	var letters []ids.Letter
	for _, l := range v.R.PostForm["letter"] {
		letters = append(letters, ids.Letter(l))
	}
	if v.Form("all") == "yes" {
		letters = nil
		for _, l := range lines {
			if l.State == mailbox.ToBePrinted && what != mailbox.Returned || l.State == mailbox.IsPrinted && what == mailbox.Posted || l.State == mailbox.IsPosted && what == mailbox.Returned {
				letters = append(letters, l.ID)
			}
		}
	}
	var bad []fault.Field
	if what != mailbox.Printed && what != mailbox.Posted && what != mailbox.Returned {
		bad = append(bad, fault.Field{Name: "what", Key: "paper.room.what_none"})
	}
	if len(letters) == 0 {
		bad = append(bad, fault.Field{Name: "letter", Key: "paper.room.letters_none"})
	}
	var refused map[ids.Letter]error
	if len(bad) == 0 {
		if refused, err = d.Letters.Paper(v.Ctx(), v.Actor(), v.OrgID(), run.ID, what, letters); err != nil {
			return err
		}
		for id, err := range refused {
			bad = append(bad, fault.Field{Name: "letter", Key: "paper.room.refused", Args: fault.Args{"letter": string(id), "why": v.P.TA(fault.Of(err).Key, fault.Of(err).Args)}})
		}
	}
	if len(bad) == 0 {
		return leadTo(v, "?done=said", "paper", string(run.ID))
	}
	if run, lines, err = d.Letters.PrintList(v.Ctx(), v.Actor(), v.OrgID(), run.ID); err != nil {
		return err
	}
	return show(v, newPrintBatchPage(page(v, ""), run, lines, fault.Invalid("form.invalid", nil, bad...), v.Now.Unix(), whereOf(v)))
}

// printRelease asks once more before the letters of a batch go back into the queue.
func (d *Door) printRelease(v *web.Visit) error {
	run, _, err := d.Letters.PrintList(v.Ctx(), v.Actor(), v.OrgID(), d.batchOf(v))
	if err != nil {
		return err
	}
	return show(v, newPrintReleasePage(page(v, ""), run, whereOf(v)))
}

func newPrintReleasePage(b web.Base, run mailbox.PrintRun, w where) DeskPage {
	back := at(b, "paper", string(run.ID))
	return newConfirmPage(b, confirm{
		Title: b.T("paper.room.release_title"), What: b.Printer.N("paper.room.release_what", int(run.Open), "at", w.time(b, run.MadeAt)), Yes: b.T("paper.room.release"), Back: back, Action: back + "/release",
	})
}

// printReleasePost puts the letters of a batch of which nothing was said back into the queue.
func (d *Door) printReleasePost(v *web.Visit) error {
	if _, err := d.Letters.Release(v.Ctx(), v.Actor(), v.OrgID(), d.batchOf(v)); err != nil {
		return err
	}
	return leadTo(v, "?done=released", "paper")
}
