package sent

import (
	"errors"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/eservice"
	"luukku/domain/file"
	"luukku/domain/form"
	"luukku/web"
	"luukku/web/formview"
	"luukku/web/parts"
	"luukku/web/ui"
)

// The hidden fields of what is answered anew: which questions are on the page, how many rows a group has, and what is attached to a question, with commas between.
const (
	onField   = "on"
	rowsField = "rows:"
	fileField = "file:"
)

// anewFacts is what the page is made of on which questions are answered anew.
type anewFacts struct {
	eservice.Whole
	eservice.Anew
	Key ids.FormKey
	// Held are files that were taken in to be attached, and FileTrouble what is wrong with those that were not, by their question's place.
	Held        []file.Attached
	FileTrouble map[string]string
	Limits      file.Limits
	// More says that other questions are asked because of what was answered; Judge that what is wrong is said.
	More, Judge bool
	// Why is what is wrong beside the answers.
	Why error
}

// anew asks what is to be answered anew, with the answers as they stand.
func (d *Door) anew(v *web.Visit) error {
	w, n, err := d.Room.Anew(v.Ctx(), d.who(v), idOf(v), nil)
	if fault.IsKey(err, "submission.not_now") {
		return v.SeeOther(at(d.base(v), string(w.ID)))
	}
	if err != nil {
		return err
	}
	return d.showAnew(v, anewFacts{Whole: w, Anew: n})
}

func (d *Door) showAnew(v *web.Visit, f anewFacts) error {
	f.Key, f.Limits = v.Site.Gen.FormKey(), f.Submission.Limits(f.Config)
	return show(v, newAnewPage(d.base(v), f))
}

func newAnewPage(b web.Base, f anewFacts) Page {
	p := newPage(b, b.T("submission.answer_title"))
	p.Back, p.Lead = at(b, string(f.ID)), b.T("submission.anew_lead")
	view := formview.View{
		Def: f.Def, Out: f.Out, Files: map[ids.File]file.Attached{}, Limits: f.Limits, FileTrouble: f.FileTrouble, Only: f.Asks,
		FileURL: func(id ids.File) string { return at(b, string(f.ID), "file", string(id)) },
	}
	for _, a := range slices.Concat(f.Attached, f.Held) {
		view.Files[a.ID] = a
	}
	if f.Judge {
		view.Wrong = f.Wrong
	}
	p.Trouble = view.Items(b)
	switch {
	case fault.Is(f.Why, fault.KindConflict):
		p.Wrong = words(b, f.Why)
	case f.Why != nil:
		for _, x := range fault.Of(f.Why).Fields {
			p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#anew", Text: b.Printer.TA(x.Key, x.Args)})
		}
	case f.More:
		p.Done = b.T("submission.anew_more")
	}
	p.HasError = len(p.Trouble) > 0 || p.Wrong != ""
	p.add(f.askedWords()...)
	hidden := []ui.Hidden{{Name: "key", Value: string(f.Key)}}
	var on []string
	again := false
	for _, x := range f.Def.Fields {
		if !f.Asks(x) {
			continue
		}
		again = again || x.Decides()
		if x.Rows == nil {
			on = append(on, x.At)
		}
		switch {
		case x.Kind == form.Repeated:
			hidden = append(hidden, ui.Hidden{Name: rowsField + x.At, Value: strconv.Itoa(f.Out.Rows(x))})
		case x.Kind == form.Files:
			rows := 1
			if x.Rows != nil {
				rows = f.Out.Rows(x.Rows)
			}
			for i := range rows {
				var list []string
				for _, a := range view.Attached(x, i) {
					list = append(list, string(a.ID))
				}
				hidden = append(hidden, ui.Hidden{Name: fileField + x.In(i), Value: strings.Join(list, ",")})
			}
		}
	}
	hidden = append(hidden, ui.Hidden{Name: onField, Value: strings.Join(on, ",")})
	fields := []web.Component{ui.EnterButton(b.Printer, "anew")}
	for _, s := range f.Out.Steps() {
		asked := view.Fields(b, s)
		if len(asked) == 0 {
			continue
		}
		if title, lang := view.StepTitle(b, s, ""); title != "" {
			fields = append(fields, ui.HeadingIn(2, "", title, lang))
		}
		fields = append(fields, asked...)
	}
	if again {
		fields = append(fields, ui.NoScript(parts.Buttons(ui.SubmitButton(ui.Button{Text: b.T("eform.again"), Look: ui.Tertiary, Name: "do", Value: formview.DoAgain}))))
	}
	fields = append(fields, ui.SubmitButton(ui.Button{Text: b.T("submission.anew_send"), Name: "do", Value: formview.DoNext}))
	p.add(parts.Form(ui.FormData{ID: "anew", Action: at(b, string(f.ID), "anew", "files"), Upload: true, Again: again, Hidden: hidden}, fields...))
	return p
}

// askedWords is what was asked, in words.
func (f anewFacts) askedWords() []web.Component {
	for _, e := range slices.Backward(f.Events) {
		if e.What == eservice.Asked {
			return []web.Component{ui.LetterText("", e.Text)}
		}
	}
	return nil
}

// anewPost takes in what is answered anew, and sends it when that is asked. Nothing is kept before but files, which are named on the page.
func (d *Door) anewPost(v *web.Visit) error {
	f := anewFacts{FileTrouble: map[string]string{}}
	values, err := d.readAnew(v, &f)
	if err != nil {
		return err
	}
	r := retyped(values)
	what, place, _ := strings.Cut(values.Get("do"), ".")
	switch what {
	case formview.DoRemove:
		at, id, _ := strings.Cut(place, ".")
		r.Files[at] = slices.DeleteFunc(r.Files[at], func(x ids.File) bool { return string(x) == id })
	case formview.DoAdd, formview.DoDrop:
		r.Then = formview.RowChange(what, place)
	}
	sends := (what == formview.DoNext || what == "") && len(f.FileTrouble) == 0
	if sends {
		f.Whole, f.Anew, err = d.Room.AnswerAnew(v.Ctx(), d.who(v), idOf(v), ids.FormKey(values.Get("key")), r)
	} else {
		f.Whole, f.Anew, err = d.Room.Anew(v.Ctx(), d.who(v), idOf(v), &r)
	}
	switch {
	case fault.IsKey(err, "submission.not_now"): // it was answered or asked otherwise meanwhile, and the page says so
		return d.show(v, facts{Why: err})
	case fault.Is(err, fault.KindInvalid):
		f.Judge = true
		if len(f.Wrong) == 0 {
			f.Why = err
		}
	case err != nil:
		return err
	case sends:
		return v.SeeOther(at(d.base(v), string(f.ID)) + "?done=anew")
	}
	f.More = slices.ContainsFunc(f.Asked, func(x *form.Field) bool { return !slices.Contains(r.On, x.At) })
	if f.More { // what was not on the page is not missed before it was
		f.Judge = false
	}
	if f.Held, err = d.Room.KeptFiles(v.Ctx(), f.Org, f.named()); err != nil {
		return err
	}
	return d.showAnew(v, f)
}

// named are the files that the answers name and that are not attached yet.
func (f anewFacts) named() []ids.File {
	var out []ids.File
	for _, x := range f.Def.Fields {
		if x.Kind != form.Files || !f.Asks(x) {
			continue
		}
		rows := 1
		if x.Rows != nil {
			rows = f.Out.Rows(x.Rows)
		}
		for i := range rows {
			list, _ := f.Out.Value(x, i).([]any)
			for _, id := range list {
				id, _ := id.(string)
				if !slices.ContainsFunc(f.Attached, func(a file.Attached) bool { return string(a.ID) == id }) {
					out = append(out, ids.File(id))
				}
			}
		}
	}
	return out
}

// retyped are the fields of the page as the room takes them.
func retyped(values url.Values) eservice.Retyped {
	r := eservice.Retyped{Typed: form.Typed{}, Rows: map[string]int{}, Files: map[string][]ids.File{}}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		switch value := values.Get(name); {
		case name == onField:
			r.On = slices.DeleteFunc(strings.Split(value, ","), func(s string) bool { return s == "" })
		case strings.HasPrefix(name, rowsField):
			if n, err := strconv.Atoi(value); err == nil && n >= 0 {
				r.Rows[name[len(rowsField):]] = n
			}
		case strings.HasPrefix(name, fileField):
			for id := range strings.SplitSeq(value, ",") {
				if id != "" {
					r.Files[name[len(fileField):]] = append(r.Files[name[len(fileField):]], ids.File(id))
				}
			}
		case strings.HasPrefix(name, "/"):
			r.Typed[name] = values[name]
		}
	}
	return r
}

// readAnew reads a form with files as it comes, and keeps each file as soon as it is there. After a file that is far too large nothing more is heard, and nothing is asked to be done.
func (d *Door) readAnew(v *web.Visit, f *anewFacts) (url.Values, error) {
	in, err := v.R.MultipartReader()
	if err != nil {
		return v.R.PostForm, nil
	}
	values := url.Values{}
	for {
		part, err := in.NextPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, unread(err)
		}
		name, heard := part.FormName(), true
		switch {
		case part.FileName() == "" && part.Header.Get("Content-Type") == "":
			b, err := io.ReadAll(io.LimitReader(part, mostTyped))
			if err != nil {
				return nil, unread(err)
			}
			values.Add(name, string(b))
		case part.FileName() != "":
			if err := d.mayAttach(v); err != nil {
				return nil, err
			}
			list := values.Get(fileField + name)
			a, err := d.Room.KeepAnswer(v.Ctx(), d.who(v), idOf(v), name, part.FileName(), len(strings.FieldsFunc(list, func(r rune) bool { return r == ',' })), part)
			switch {
			case err == nil:
				values.Set(fileField+name, strings.Trim(list+","+string(a.ID), ","))
			case fault.Is(err, fault.KindInvalid):
				f.FileTrouble[name] = d.base(v).Printer.TA(fault.Of(err).Fields[0].Key, fault.Of(err).Fields[0].Args)
			default:
				return nil, err
			}
		}
		if heard, err = web.PassOver(part); err != nil {
			return nil, unread(err)
		}
		if !heard {
			f.FileTrouble[name] = v.P.T("error.too_large")
			values.Set("do", formview.DoAttach)
			return values, nil
		}
	}
}
