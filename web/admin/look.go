package admin

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/blueprint"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
	"luukku/web/ui/theme"
)

// lookFields are what the form of the look asks for.
var lookFields = []string{"brand"}

// lookView is what the page of the look is made from.
type lookView struct {
	configView
	typed    url.Values
	logo     string // as the brand has it
	wrong    []fault.Field
	preview  bool // the colours are typed and not saved
	outdated bool
}

// look shows how the organisation looks, with what was measured.
func (d *Door) look(v *web.Visit) error {
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	brand := c.Draft.Brand
	typed := typedOf(brandInfos(), blueprint.Record{"primary": brand.Primary, "accent": brand.Accent, "logo_alt": brand.LogoAlt}, "")
	return show(v, done(v, newLookPage(page(v, ""), v.Site, lookView{configView: c, typed: typed, logo: brand.Logo})))
}

// brandInfos are the fields of a brand.
func brandInfos() []blueprint.FieldInfo {
	infos, _ := blueprint.Fields("")
	for _, f := range infos {
		if f.Name == "brand" {
			return f.Inner
		}
	}
	return nil
}

// lookPost looks at colours that were typed, or saves them with the logo.
func (d *Door) lookPost(v *web.Visit) error {
	if err := v.R.ParseMultipartForm(1 << 20); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return err
		}
		return fault.Invalid("error.bad_request", nil).Because(err)
	}
	form := v.R.PostForm
	view := lookView{typed: form, logo: v.Form("logo"), preview: v.Form("do") == "preview"}
	r := &formReader{form: form}
	values := r.read("brand", brandInfos(), []string{"primary", "accent", "logo_alt"}, "")
	for _, name := range []string{"primary", "accent"} {
		values[name] = colour(values[name].(string))
	}
	if v.Form("no_logo") != "" {
		view.logo, values["logo_alt"] = "", i18n.Text{}
	}
	if _, ok := org.ReadLogo(view.logo); !ok {
		view.logo = ""
	}
	if err := view.upload(v, r); err != nil {
		return err
	}
	values["logo"] = view.logo
	if alt, _ := values["logo_alt"].(i18n.Text); view.logo != "" && len(alt) == 0 {
		r.bad("logo_alt-"+string(v.Lang), "brand.alt_missing")
	}
	view.wrong = r.wrong
	if _, err := theme.New(values["primary"].(string), values["accent"].(string)); err != nil {
		view.wrong = append(view.wrong, fault.Of(err).Fields...)
	}
	if len(view.wrong) == 0 && !view.preview {
		problems, err := d.Drafts.Save(v.Ctx(), v.Actor(), orgOf(v), blueprint.Ref{}, v.Form("seen"), blueprint.Record{"brand": values}, nil)
		switch {
		case fault.IsKey(err, "draft_config.changed"):
			view.outdated = true
		case err != nil:
			return err
		case len(problems) == 0:
			return v.SeeOther(adminAt(baseOf(v), "look") + "?done=saved")
		}
		for _, p := range problems {
			view.wrong = append(view.wrong, fault.Field{Name: strings.TrimPrefix(inputOf([]blueprint.FieldInfo{{Name: "brand", Shape: blueprint.ShapeTable, Inner: brandInfos()}},
				p.Path, v.Lang), "brand."), Key: "brand.refused"})
		}
	}
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	view.configView = c
	return show(v, newLookPage(page(v, ""), v.Site, view))
}

// upload takes a logo that came with the form in the place of the one before.
func (l *lookView) upload(v *web.Visit, r *formReader) error {
	b, wrong, err := fileOf(v, "file")
	if err != nil || wrong != "" { // no file: the logo stays
		return err
	}
	logo, err := org.NewLogo(b)
	switch {
	case errors.Is(err, org.ErrLogoLarge):
		r.bad("file", "brand.logo_large")
	case err != nil:
		r.bad("file", "brand.logo_kind")
	default:
		l.logo = logo.Address()
	}
	return nil
}

// newLookPage shows the look in each scheme, dressed in the colours that are looked at.
func newLookPage(b web.Base, site *web.Site, c lookView) DeskPage {
	b.Title = b.T("brand.title")
	primary, accent := c.typed.Get("primary"), c.typed.Get("accent")
	t, err := theme.New(primary, accent)
	if err != nil {
		primary, accent = c.Draft.Brand.Primary, c.Draft.Brand.Accent
		if t, err = theme.New(primary, accent); err != nil {
			t, _ = theme.New("", "") // the product's own are always there
		}
	}
	brand := org.Brand{Primary: primary, Accent: accent, Logo: c.logo}
	b.Appearance.Scheme = "light" // the boxes show the others
	logoURL := ""
	if site != nil {
		b.ThemeURL, logoURL = site.ThemeURL(brand), site.LogoURL(brand)
	}
	p := DeskPage{Back: adminAt(b, "config"), Lead: b.T("brand.lead")}
	said := map[string]string{}
	for _, f := range c.wrong {
		if said[f.Name] == "" {
			said[f.Name] = b.Printer.TA(f.Key, f.Args)
			p.Trouble = append(p.Trouble, ui.ErrorItem{Href: "#" + f.Name, Text: said[f.Name]})
		}
	}
	if c.outdated {
		p.Trouble = append(p.Trouble, ui.ErrorItem{Text: changedBy(b, c.configView)})
	}
	b.HasError = len(p.Trouble) > 0
	p.Base = b
	if c.preview && len(c.wrong) == 0 {
		p.Parts = append(p.Parts, infoBox("", b.T("brand.not_saved")))
	}
	if t.Pale() {
		p.Parts = append(p.Parts, warningBox(b.T("brand.pale_title"), b.T("brand.pale")))
	}
	p.Parts = append(p.Parts, lookForm(b, c, said, logoURL), ui.H2("", b.T("brand.schemes")), ui.P(b.T("brand.schemes_lead")))
	for _, s := range []theme.Scheme{theme.Light, theme.Dark, theme.Contrast} {
		p.Parts = append(p.Parts, schemeBox(b, string(s)), ui.Table(measureTable(b, s, t.Measures())))
	}
	return p
}

// lookForm asks for colours and logo.
func lookForm(b web.Base, c lookView, said map[string]string, logoURL string) web.Component {
	colourField := func(name string) web.Component {
		return ui.TextField(b.Printer, ui.Field{
			Name: name, Label: b.T("brand." + name), Hint: b.T("brand." + name + "_help"), Value: c.typed.Get(name), Error: said[name], Short: true, NoSpelling: true,
			Autocomplete: "off", Optional: true,
		})
	}
	fields := []web.Component{
		ui.H2("", b.T("brand.colours")), colourField("primary"), colourField("accent"), ui.H2("", b.T("brand.logo")),
	}
	if logoURL != "" {
		fields = append(fields, ui.LogoPicture(logoURL, c.Draft.Name.In(b.Lang)),
			ui.Checkbox(b.Printer, ui.CheckField{Name: "no_logo", Label: b.T("brand.no_logo")}))
	}
	e := &editor{Base: b, o: &c.Draft, typed: c.typed, wrong: said, langs: languagesOf(&c.Draft)}
	fields = append(fields, ui.FileField(b.Printer, ui.Field{Name: "file", Label: b.T("brand.file"), Hint: b.T("brand.file_help"), Error: said["file"], Optional: true}),
		e.text("logo_alt", b.T("brand.alt"), b.T("brand.alt_help"), 0))
	save := b.T("thing.save")
	if c.outdated {
		save = b.T("thing.save_mine")
	}
	return rulesForm(ui.FormData{Action: adminAt(b, "look"), Upload: true, Hidden: []ui.Hidden{
		{Name: "seen", Value: c.Seen(blueprint.Ref{}, lookFields...)}, {Name: "logo", Value: c.logo},
	}}, []ui.Button{{Text: save, Name: "do", Value: "save"}, {Text: b.T("brand.preview"), Look: ui.Secondary, Name: "do", Value: "preview"}},
		ui.Link{Href: adminAt(b, "config"), Text: b.T("people.cancel")}, fields)
}

// measureTable shows what was measured in a scheme.
func measureTable(b web.Base, s theme.Scheme, list []theme.Measure) ui.TableData {
	t := ui.TableData{Caption: b.T("brand.measures", "scheme", b.T("look.schemes."+string(s))), Head: []string{
		b.T("brand.measured"), b.T("brand.ratio"), b.T("brand.need"),
	}}
	ratio := func(x float64) string { return strings.ReplaceAll(fmt.Sprintf("%.1f:1", x), ".", b.T("brand.point")) }
	for _, m := range list {
		if m.Scheme == s {
			t.Rows = append(t.Rows, []ui.Cell{{Text: b.T("ui.theme." + m.What)}, {Text: ratio(m.Ratio), Number: true}, {Text: ratio(m.Need), Number: true}})
		}
	}
	return t
}
