package e2e

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/identity"
	"luukku/e2e/client"
)

// administrator opens a browser in which an administrator of Vuorela has signed in.
func (h *house) administrator(t *testing.T, name string) *client.Client {
	t.Helper()
	now := h.app.Now().Unix()
	token := h.app.Site.Gen.SessionToken()
	s := identity.Session{
		Of: identity.SessionOfStaff, Staff: h.member(t, name, actor.Grant{Role: actor.RoleOrgAdmin, Org: vuorela}), Hash: ids.HashToken(token), Agent: "?",
		Level: actor.LevelSubstantial, AuthAt: now, CreatedAt: now, SeenAt: now, EndsAt: now + 3600,
	}
	if err := h.app.Store.People().InTx(t.Context(), func(ctx context.Context, tx identity.Tx) error { return tx.PutSession(ctx, s) }); err != nil {
		t.Fatal(err)
	}
	c := h.person(t)
	c.SetCookie(&http.Cookie{Name: "luukku-staff", Value: token, Path: "/"})
	return c
}

const configAt = "/en/admin/vuorela/config"

// Two administrators at one office: the second to save is told who was first and shown both, loses nothing of what was typed, and may then save it.
func TestA2_TheSecondToSaveIsShownBoth(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		first, second := h.administrator(t, "first"), h.administrator(t, "second")
		const page = configAt + "/thing/offices/kallio"
		a, b := first.Get(page).Form(en("thing.save")), second.Get(page).Form(en("thing.save"))
		a.Set(label("offices", "phone"), "09 111 1111").Submit(en("thing.save")).MustText(en("config.done.saved"))
		p := b.Set(label("offices", "phone"), "09 222 2222").Submit(en("thing.save")).MustStatus(http.StatusUnprocessableEntity)
		p.MustText(en("thing.changed_meanwhile", "who", "first"), "09 111 1111", "09 222 2222")
		f := p.Form(en("thing.save_mine"))
		if got := f.Value(label("offices", "phone")); got != "09 222 2222" {
			t.Errorf("what was typed is lost: %q", got)
		}
		f.Submit(en("thing.save_mine")).MustStatus(http.StatusOK).MustText(en("config.done.saved"))
		first.Get(configAt + "/publish").MustText("09 222 2222")
		if o, err := h.config(t, vuorela).Office("kallio"); err != nil || strings.Contains(o.Phone, "222") {
			t.Errorf("a draft is published: %v", err)
		}
	})
}

// Every page saves what it shows: nothing that is asked for is lost or taken for changed, and an unchanged form makes no draft.
func TestA2_UnchangedFormsChangeNothing(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	admin := h.administrator(t, "admin")
	cfg := h.config(t, vuorela)
	pages := []string{"/organisation/basics", "/organisation/contact", "/organisation/texts", "/organisation/notices"}
	for _, c := range cfg.Categories {
		pages = append(pages, "/thing/categories/"+string(c.ID))
	}
	for _, s := range cfg.Services {
		pages = append(pages, "/thing/services/"+string(s.ID))
	}
	for _, o := range cfg.Offices {
		pages = append(pages, "/thing/offices/"+string(o.ID))
		for _, u := range o.Units {
			pages = append(pages, "/unit/"+string(o.ID)+"/"+strings.TrimPrefix(string(u.ID), string(o.ID)+"-"))
		}
	}
	for _, page := range pages {
		admin.Get(configAt + page).Form(en("thing.save")).Submit(en("thing.save")).MustStatus(http.StatusOK).MustText(en("config.done.saved"))
	}
	for _, rules := range []string{"", "?service=passport-or-id", "?service=passport-or-id&office=kallio"} {
		saved(admin.Get("/en/admin/vuorela/rules" + rules).Form("rules"))
	}
	saved(admin.Get("/en/admin/vuorela/look").Form(en("brand.preview")))
	if p := admin.Get(configAt); !p.HasText(en("config.no_draft")) {
		t.Errorf("unchanged forms have made a draft: %s", admin.Get(configAt+"/publish"))
	}
}

// What would leave somebody without their appointment is not published: hours that end before it, and an office that is removed.
func TestA2_BookedAppointmentsStandAgainstPublishing(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	passport("en").book(t, h.person(t), 0)
	admin, kallio := h.administrator(t, "admin"), blueprint.Ref{Section: "offices", ID: "kallio"}
	d := blueprint.Drafts{Store: h.app.Store, Gen: h.app.Site.Gen, Now: h.app.Now}
	for what, tc := range map[string]struct {
		change func(o *blueprint.Organisation)
		says   string
	}{
		"hours":  {func(o *blueprint.Organisation) { o.Set(kallio, blueprint.Record{"hours": []string{"sun 10:00-11:00"}}) }, en("publish.affected")},
		"office": {func(o *blueprint.Organisation) { o.Remove(kallio) }, en("publish.faults")},
	} {
		err := d.Edit(t.Context(), actor.System("story"), vuorela, "story", func(w *blueprint.Work) error { tc.change(&w.Draft); return nil })
		if err != nil {
			t.Fatal(err)
		}
		p := admin.Get(configAt + "/publish").MustStatus(http.StatusOK).MustText(tc.says)
		if p.HasText(en("publish.do")) {
			t.Errorf("%s: it can be published: %s", what, p)
		}
		// Nor by a form that was kept.
		w, err := d.Open(t.Context(), actor.System("story"), vuorela)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := w.SeenAll()
		if err != nil {
			t.Fatal(err)
		}
		admin.Raw(http.MethodPost, configAt+"/publish", http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Origin": {h.base}, "Sec-Fetch-Site": {"same-origin"}},
			"seen="+seen).MustText(tc.says)
		if _, err := h.config(t, vuorela).Office("kallio"); err != nil {
			t.Errorf("%s: published all the same", what)
		}
		if err := d.Discard(t.Context(), actor.System("story"), vuorela, w.Version); err != nil {
			t.Fatal(err)
		}
	}
}

// A file with faults is told by line and changes nothing; one without is shown as differences, and goes into the draft.
func TestA5_ImportTellsFaultsByLineAndShowsDifferences(t *testing.T) {
	t.Parallel()
	h := open(t, sqlite)
	admin := h.administrator(t, "admin")
	file := string(admin.Get(configAt + "/blueprint.toml").MustStatus(http.StatusOK).Body)
	send := func(file string) *client.Page {
		p := admin.Get(configAt + "/import")
		return p.Form(en("take_over.read")).Attach("file", "vuorela.toml", "application/toml", []byte(file)).Submit(en("take_over.read"))
	}
	send("format = 1\n[organisations.vuorela]\nphone = 5\nnothing = true\n").MustStatus(http.StatusUnprocessableEntity).MustText("organisations.vuorela.phone", "organisations.vuorela.nothing")
	send("\xff\xfe").MustStatus(http.StatusUnprocessableEntity).MustText(en("take_over.no_text"))
	admin.Get(configAt + "/import").Form(en("take_over.read")).Submit(en("take_over.read")).MustStatus(http.StatusUnprocessableEntity).MustText(en("take_over.no_file"))
	send(file).MustStatus(http.StatusOK).MustText(en("take_over.same"))
	p := send(strings.Replace(file, `postcode = "00530"`, `postcode = "00531"`, 1)).MustStatus(http.StatusOK).MustText("00530", "00531", label("offices", "postcode"))
	p.Form(en("take_over.take")).Submit(en("take_over.take")).MustStatus(http.StatusOK).MustText(en("config.done.imported"), en("config.draft_title"))
	h.skip(time.Minute)
	p = admin.Get(configAt + "/publish").MustText("00531")
	p.Form(en("publish.do")).Submit(en("publish.do")).MustText(en("config.done.published"))
	if o, err := h.config(t, vuorela).Office("kallio"); err != nil || o.Postcode != "00531" {
		t.Errorf("got %v, %v", o, err)
	}
}
