package jobs_test

import (
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/blueprints"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/jobs"
)

// townOf is the town's configuration with wordings of its own and a policy.
func townOf(t *testing.T, change func(o *blueprint.Organisation)) *catalog.Config {
	t.Helper()
	plan, err := blueprints.Read("demo-town")
	if err != nil {
		t.Fatal(err)
	}
	doc, _ := blueprint.Parse(plan)
	o := doc.Organisations[0]
	change(&o)
	c, err := o.Config(*doc.Installation, 1)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func specimen(t *testing.T, c *catalog.Config, o notify.Occasion, l i18n.Lang) notify.Specimen {
	t.Helper()
	s, err := jobs.Specimen(t.Context(), texts.Printer(l), c, o, base, monday)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What the editor shows as the product's own words is what is sent without words of one's own, and a copy of them may be saved.
func TestProductsWordsAreWhatIsSent(t *testing.T) {
	t.Parallel()
	plain := townOf(t, func(*blueprint.Organisation) {})
	for _, o := range notify.Occasions {
		for _, l := range i18n.Languages() {
			p := texts.Printer(l.Code)
			w := org.Wording{ID: string(o), SMS: i18n.Text{}, Subject: i18n.Text{}, Opening: i18n.Text{}}
			for _, part := range notify.Parts {
				words := notify.ProductWording(p, o, part)
				if got := notify.CheckPart(o, part, words, false); len(got) > 0 {
					t.Errorf("%s %s in %s: the product's own words are wrong: %+v", o, part, l.Code, got)
				}
				part.Of(w)[l.Code] = words
			}
			own := townOf(t, func(b *blueprint.Organisation) { b.Wordings = []org.Wording{w} })
			if got, want := specimen(t, own, o, l.Code), specimen(t, plain, o, l.Code); got.Subject != want.Subject || got.Mail != want.Mail || got.SMS != want.SMS {
				t.Errorf("%s in %s:\ngot  %q\n%s\n%q\nwant %q\n%s\n%q", o, l.Code, got.Subject, got.Mail, got.SMS, want.Subject, want.Mail, want.SMS)
			}
		}
	}
}

// Each occasion's own words go out with facts in their places, the mail keeps its facts below them, and other occasions and languages have the product's.
func TestOwnWordsOfEachOccasion(t *testing.T) {
	t.Parallel()
	plain := townOf(t, func(*blueprint.Organisation) {})
	for _, o := range notify.Occasions {
		var needs string
		for _, place := range notify.PartSMS.Places(o) {
			needs += " " + place + "={" + place + "}"
		}
		w := org.Wording{
			ID: string(o), SMS: i18n.Text{"en": "Own words." + needs}, Subject: i18n.Text{"en": "Own subject, {organisation}"},
			Opening: i18n.Text{"en": "Own opening <b> & {organisation}.\n\nCall {phone}."},
		}
		own := townOf(t, func(b *blueprint.Organisation) { b.Wordings = []org.Wording{w} })
		got, want := specimen(t, own, o, "en"), specimen(t, plain, o, "en")
		if !strings.HasPrefix(got.SMS, "Own words. organisation=") || strings.ContainsAny(got.SMS, "{}") {
			t.Errorf("%s: got %q", o, got.SMS)
		}
		for _, place := range notify.Needed(o.Event()) {
			if fact := got.Facts[place]; fact == "" || !strings.Contains(got.SMS, place+"="+notify.Plain(fact)) {
				t.Errorf("%s: {%s} is %q in %q", o, place, fact, got.SMS)
			}
		}
		if name := own.Org.Name.In("en"); got.Subject != "Own subject, "+name || !strings.Contains(got.Mail, "\n\nOwn opening <b> & "+name+".\n\nCall 0") {
			t.Errorf("%s: got %q and\n%s", o, got.Subject, got.Mail)
		}
		product := notify.FillLine(notify.ProductWording(texts.Printer("en"), o, notify.PartOpening), want.MailFacts)
		if rest := strings.SplitN(want.Mail, product+"\n", 2); len(rest) != 2 || !strings.HasSuffix(got.Mail, rest[1]) {
			t.Errorf("%s: the facts below the opening are lost:\n%s", o, got.Mail)
		}
		for _, other := range notify.Occasions {
			if other != o && specimen(t, own, other, "en").SMS != specimen(t, plain, other, "en").SMS {
				t.Errorf("%s has the words of %s", other, o)
			}
		}
		if got, want := specimen(t, own, o, "sv"), specimen(t, plain, o, "sv"); got.SMS != want.SMS || got.Mail != want.Mail {
			t.Errorf("%s: in Swedish it is not the product's", o)
		}
	}
}

// Words that tell what a visit is about are not sent where the policy says that messages do not.
func TestDiscreetMessagesLeaveOwnWordsThatTell(t *testing.T) {
	t.Parallel()
	words := []org.Wording{{
		ID: "booked", SMS: i18n.Text{"en": "Own: {service} {time} {code}", "sv": "Egen: {time} {code}"}, Subject: i18n.Text{"en": "Own {place}", "sv": "Egen"},
		Opening: i18n.Text{"en": "Own {service}", "sv": "Egen öppning"},
	}}
	for _, discreet := range []bool{false, true} {
		c := townOf(t, func(o *blueprint.Organisation) {
			o.Wordings = words
			if discreet {
				o.SetPolicy("", "", catalog.Settings{"notice_content": 1})
			}
		})
		en, sv := specimen(t, c, "booked", "en"), specimen(t, c, "booked", "sv")
		if got := strings.Contains(en.SMS+en.Subject+en.Mail, "Own"); got == discreet {
			t.Errorf("discreet %t: own words that tell are sent: %t", discreet, got)
		}
		if !strings.HasPrefix(sv.SMS, "Egen: ") || sv.Subject != "Egen" || !strings.Contains(sv.Mail, "Egen öppning") {
			t.Errorf("discreet %t: own words that do not tell are not sent: %+v", discreet, sv)
		}
		service := c.Services[slices.IndexFunc(c.Services, func(s catalog.Service) bool { return s.ID == c.Offers[0].Service })]
		if got := strings.Contains(en.SMS+en.Mail, service.Name.In("en")); got == discreet {
			t.Errorf("discreet %t: the service is named: %t", discreet, got)
		}
	}
}

// Words that do not hold any more, and words of which nothing is left, are not sent.
func TestWordsThatDoNotHoldAreNotSent(t *testing.T) {
	t.Parallel()
	plain := townOf(t, func(*blueprint.Organisation) {})
	for _, words := range []string{"no code {time}", "{time} {code} {gone}", "{time} {code} {link"} {
		c := townOf(t, func(o *blueprint.Organisation) {
			o.Wordings = []org.Wording{{ID: "booked", SMS: i18n.Text{"en": words}}}
		})
		if got, want := specimen(t, c, "booked", "en").SMS, specimen(t, plain, "booked", "en").SMS; got != want {
			t.Errorf("%q: got %q, want %q", words, got, want)
		}
	}
	c := townOf(t, func(o *blueprint.Organisation) {
		o.Wordings = []org.Wording{{ID: "waitlist-joined", SMS: i18n.Text{"en": "{phone}"}}}
	})
	for i := range c.Offices {
		c.Offices[i].Phone = ""
	}
	c.Org.Phone = ""
	if got := specimen(t, c, "waitlist-joined", "en").SMS; !strings.Contains(got, "waiting list") {
		t.Errorf("a message of which nothing is left went out as %q", got)
	}
}

// The example's link is as long as those that are sent: else the count of text messages would be too low.
func TestTheExamplesLinkIsAsLongAsARealOne(t *testing.T) {
	t.Parallel()
	link := specimen(t, townOf(t, func(*blueprint.Organisation) {}), "booked", "en").Facts["link"]
	token := (&ids.Gen{Now: time.Now, Rand: rand.Reader}).LinkToken()
	if got := link[strings.LastIndexByte(link, '/')+1:]; len(got) != len(token) {
		t.Errorf("got %q, want as many characters as %q has", got, token)
	}
}

// The PIN is in what people look at on the day: the reminder, as in the confirmation and after a move, and in nothing else.
func TestThePINIsInMailsThatAreLookedAtOnTheDay(t *testing.T) {
	t.Parallel()
	c := townOf(t, func(*blueprint.Organisation) {})
	with := []notify.Occasion{"booked", "changed", "moved", "moved-office", "reminder"}
	for _, o := range notify.Occasions {
		if got, want := strings.Contains(specimen(t, c, o, "en").Mail, "123 456"), slices.Contains(with, o); got != want {
			t.Errorf("%s: the PIN is in the mail: %t, want %t", o, got, want)
		}
	}
}
