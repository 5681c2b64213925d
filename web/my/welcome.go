package my

import (
	"net/http"
	"strconv"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/identity"
	"luukku/web"
	"luukku/web/ui"
)

// WelcomePage is the first page after a first sign-in: whether the registers may be asked.
type WelcomePage struct {
	web.Base
	Name    string
	Action  string
	Trouble string
	Out     string
}

func (d *Door) welcome(v *web.Visit) error {
	if v.Signed().Welcomed {
		return v.SeeOther(web.Path(v.Lang, "", "my") + "/")
	}
	return v.Render(http.StatusOK, ShowWelcome(newWelcomePage(v.Base(""), v.Signed().Name, nil)))
}

func newWelcomePage(b web.Base, name string, why error) WelcomePage {
	p := WelcomePage{Base: b, Name: name, Action: at(b, "my", "welcome"), Out: at(b, "my", "sign-out")}
	p.Title = b.T("welcome.title")
	if why != nil {
		p.HasError, p.Trouble = true, b.T("welcome.register_down")
	}
	return p
}

// welcomePost asks the registers when the person agreed, and goes on to how they can be reached.
func (d *Door) welcomePost(v *web.Visit) error {
	if v.Form("register") == "yes" {
		err := d.Identity.Agree(v.Ctx(), v.Actor())
		if fault.Is(err, fault.KindUnavailable) {
			return v.Render(http.StatusServiceUnavailable, ShowWelcome(newWelcomePage(v.Base(""), v.Signed().Name, err)))
		}
		if err != nil && !fault.Is(err, fault.KindNotFound) {
			return err
		}
	}
	return v.SeeOther(web.Path(v.Lang, "", "my", "welcome", "contact"))
}

// DetailsPage asks for one's own details: at the first sign-in, and whenever they change.
type DetailsPage struct {
	web.Base
	Action  string
	Trouble *Trouble
	Lead    string
	Saved   bool
	Rows    []ui.DefinitionRow
	Given   *ui.Field
	Family  *ui.Field
	Email   ui.Field
	Phone   ui.Field
	Lang    ui.Choices
	// Address is not asked at the first sign-in: only what is needed to reach somebody is.
	Address *AddressPart
	First   bool
}

// Trouble is what the error summary says.
type Trouble struct {
	Title string
	Items []ui.ErrorItem
}

func (d *Door) contact(v *web.Visit) error {
	a, err := d.Identity.Mine(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	if a.Lang == "" {
		a.Lang = v.Lang
	}
	return v.Render(http.StatusOK, ShowDetails(newDetailsPage(v.Base(""), detailsForm{Account: a, First: true, Typed: detailsOf(a)})))
}

func (d *Door) contactPost(v *web.Visit) error {
	return d.keepDetails(v, true)
}

// details shows one's own details.
func (d *Door) details(v *web.Visit) error {
	a, err := d.Identity.Mine(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	lives, err := d.lives(v)
	if err != nil {
		return err
	}
	typed := detailsOf(a)
	typed.Address = lives.own()
	return v.Render(http.StatusOK, ShowDetails(newDetailsPage(v.Base(""), detailsForm{Account: a, Lives: lives, Typed: typed, Saved: v.Query("saved") == "yes"})))
}

func (d *Door) detailsPost(v *web.Visit) error { return d.keepDetails(v, false) }

func detailsOf(a identity.Account) identity.Details {
	return identity.Details{Given: a.Given, Family: a.Family, Email: a.Email, Phone: a.Phone, Lang: a.Lang}
}

// keepDetails keeps what was typed, and leads to the code of what has to be proven.
func (d *Door) keepDetails(v *web.Visit, first bool) error {
	typed := identity.Details{
		Given: v.Form("given"), Family: v.Form("family"), Email: v.Form("email"), Phone: v.Form("phone"), Lang: i18n.Lang(v.Form("lang")),
	}
	if !first {
		typed.Address = addressTyped(v)
	}
	if _, ok := i18n.Lookup(string(typed.Lang)); !ok {
		typed.Lang = v.Lang
	}
	prove, err := d.Identity.ChangeDetails(v.Ctx(), v.Actor(), typed)
	if fault.Is(err, fault.KindInvalid) {
		return d.detailsAgain(v, typed, first, err)
	}
	if err != nil {
		return err
	}
	if prove != "" {
		return v.SeeOther(web.Path(v.Lang, "", "my", "code", prove))
	}
	return d.proven(v)
}

func (d *Door) detailsAgain(v *web.Visit, typed identity.Details, first bool, why error) error {
	a, err := d.Identity.Mine(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	lives, err := d.lives(v)
	if err != nil {
		return err
	}
	return render(v, true, ShowDetails(newDetailsPage(v.Base(""), detailsForm{Account: a, Lives: lives, Typed: typed, First: first, Why: why})))
}

// proven goes on after the last proof: to the end of the first sign-in, or back to the details.
func (d *Door) proven(v *web.Visit) error {
	if v.Signed().Welcomed {
		return v.SeeOther(web.Path(v.Lang, "", "my", "details") + "?saved=yes")
	}
	err := d.Identity.Welcome(v.Ctx(), v.Actor())
	if fault.Is(err, fault.KindInvalid) {
		return v.SeeOther(web.Path(v.Lang, "", "my", "welcome", "contact"))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(web.Path(v.Lang, "", "sign-in", "done"))
}

// detailsForm is what a form of details shows.
type detailsForm struct {
	Account identity.Account
	Lives   livesForm
	Typed   identity.Details
	First   bool
	Saved   bool
	Why     error
}

func newDetailsPage(b web.Base, f detailsForm) DetailsPage {
	p := DetailsPage{Base: b, Action: at(b, "my", "details"), Lead: b.T("account.lead"), Saved: f.Saved, First: f.First}
	p.Title = b.T("account.title")
	if f.First {
		p.Title, p.Lead, p.Action = b.T("account.first_title"), b.T("account.first_lead"), at(b, "my", "welcome", "contact")
	}
	if f.Account.NeedsName() {
		p.Given = &ui.Field{Name: "given", Label: b.T("account.given"), Value: f.Typed.Given, Autocomplete: "given-name"}
		p.Family = &ui.Field{Name: "family", Label: b.T("account.family"), Value: f.Typed.Family, Autocomplete: "family-name"}
	} else {
		p.Rows = append(p.Rows, ui.DefinitionRow{Key: b.T("common.name"), Value: f.Account.ShortName()})
	}
	if f.Account.Birth != "" {
		p.Rows = append(p.Rows, ui.DefinitionRow{Key: b.T("account.birth"), Value: birthday(b, f.Account.Birth)})
	}
	p.Email = ui.Field{Name: "email", Label: b.T("common.email"), Hint: b.T("account.email_hint"), Type: "email", Value: f.Typed.Email, Autocomplete: "email"}
	p.Phone = ui.Field{Name: "phone", Label: b.T("account.mobile"), Hint: b.T("account.mobile_hint"), Type: "tel", Value: f.Typed.Phone, Autocomplete: "tel"}
	p.Lang = ui.Choices{Name: "lang", Legend: b.T("account.lang")}
	for _, l := range i18n.Languages() {
		p.Lang.Options = append(p.Lang.Options, ui.Choice{Value: string(l.Code), Label: l.Name, Checked: l.Code == f.Typed.Lang, Lang: string(l.Code)})
	}
	if !f.First {
		p.Rows = append(p.Rows, f.Lives.heard(b)...)
		p.Address = newAddressPart(b, f)
	}
	p.fail(f.Why)
	return p
}

// fail puts what is wrong into the summary and at the fields.
func (p *DetailsPage) fail(why error) {
	if why == nil {
		return
	}
	p.HasError, p.Trouble = true, &Trouble{Title: p.T("error.summary_title")}
	at := map[string]*string{"email": &p.Email.Error, "phone": &p.Phone.Error, "lang": &p.Lang.Error}
	if p.Given != nil {
		at["given"], at["family"] = &p.Given.Error, &p.Family.Error
	}
	if a := p.Address; a != nil {
		at["street"], at["postal_code"], at["town"], at["country"] = &a.Street.Error, &a.Code.Error, &a.Town.Error, &a.Country.Error
	}
	for _, f := range fault.Of(why).Fields {
		text := p.Printer.TA(f.Key, f.Args)
		if to := at[f.Name]; to != nil {
			*to = text
		}
		p.Trouble.Items = append(p.Trouble.Items, ui.ErrorItem{Href: "#" + f.Name, Text: text})
	}
}

// CodePage asks for the code that was sent.
type CodePage struct {
	web.Base
	Action, Again string
	Trouble       *Trouble
	Lead          string
	Field         ui.Field
	Resent        bool
	Back          string
}

func (d *Door) code(v *web.Visit) error {
	p, err := d.Identity.PendingVerification(v.Ctx(), v.Actor(), v.R.PathValue("id"))
	if fault.Is(err, fault.KindNotFound) {
		return d.codeOver(v)
	}
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowCode(newCodePage(v.Base(""), p, "", v.Query("again") == "yes", nil)))
}

// codeOver leads back to the details when a code is over: there it is sent anew.
func (d *Door) codeOver(v *web.Visit) error {
	if v.Signed().Welcomed {
		return v.SeeOther(web.Path(v.Lang, "", "my", "details") + "?code=over")
	}
	return v.SeeOther(web.Path(v.Lang, "", "my", "welcome", "contact"))
}

func newCodePage(b web.Base, v identity.Pending, typed string, resent bool, why error) CodePage {
	p := CodePage{
		Base: b, Action: at(b, "my", "code", v.ID), Again: at(b, "my", "code", v.ID, "again"), Resent: resent, Back: at(b, "my", "welcome", "contact"),
		Lead: b.T("verify.lead_"+string(v.Channel), "address", v.Address),
	}
	p.Title = b.T("verify.title")
	p.Field = ui.Field{
		Name: "code", Label: b.T("verify.code"), Hint: b.T("verify.hint", "minutes", int(identity.VerifyLife.Minutes())), Value: typed, InputMode: "numeric",
		Autocomplete: "one-time-code", Short: true,
	}
	if why != nil {
		f := fault.Of(why)
		text := b.Printer.TA(f.Key, f.Args)
		if len(f.Fields) > 0 {
			left, _ := f.Fields[0].Args["left"].(int64)
			text = b.N(f.Fields[0].Key, int(left), "left", strconv.FormatInt(left, 10))
		}
		p.HasError, p.Field.Error = true, text
		p.Trouble = &Trouble{Title: b.T("error.summary_title"), Items: []ui.ErrorItem{{Href: "#code", Text: text}}}
	}
	return p
}

func (d *Door) codePost(v *web.Visit) error {
	id := v.R.PathValue("id")
	pending, err := d.Identity.PendingVerification(v.Ctx(), v.Actor(), id)
	if err == nil {
		err = d.Identity.ConfirmCode(v.Ctx(), v.Actor(), id, v.Form("code"))
	}
	switch {
	case fault.Is(err, fault.KindNotFound):
		return d.codeOver(v)
	case fault.Is(err, fault.KindInvalid):
		return render(v, true, ShowCode(newCodePage(v.Base(""), pending, v.Form("code"), false, err)))
	case err != nil:
		return err
	}
	return d.proven(v)
}

func (d *Door) codeAgain(v *web.Visit) error {
	id, err := d.Identity.Resend(v.Ctx(), v.Actor(), v.R.PathValue("id"))
	if fault.Is(err, fault.KindNotFound) || err == nil && id == "" {
		return d.codeOver(v)
	}
	if err != nil {
		return err
	}
	return v.SeeOther(web.Path(v.Lang, "", "my", "code", id) + "?again=yes")
}
