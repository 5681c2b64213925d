package citizen

import (
	"luukku/base/i18n"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

func homeSamples() []web.Sample {
	return []web.Sample{
		sample("home", "", func(b web.Base) web.Component {
			c := sampleConfig()
			other := org.Organisation{ID: "saari", Name: i18n.Text{"fi": "Saaren kunta", "sv": "Saari kommun"}, Languages: []i18n.Lang{"fi", "sv"}}
			return ShowHome(newHomePage(installation(b), c.Installation, []org.Organisation{c.Org, other}))
		}),
		sample("home", "empty", func(b web.Base) web.Component { return ShowHome(newHomePage(installation(b), org.Installation{}, nil)) }),
	}
}

// installation makes the base of a page of the installation out of an organisation's.
func installation(b web.Base) web.Base {
	b.Org, b.Brand, b.Nav, b.Help = "", ui.Brand{Name: i18n.Text{b.Lang: "Luukku"}, FrontURL: web.Path(b.Lang, "")}, nil, ui.Help{}
	b.FooterLinks = []ui.Link{{Href: web.Path(b.Lang, "", "look"), Text: b.T("web.nav.look")}}
	return b
}

func lookSamples() []web.Sample {
	look := func(with func(*LookPage)) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			p := newLookPage(b, b.URL("look"), b.URL("services"))
			if with != nil {
				with(&p)
			}
			return ShowLook(p)
		}
	}
	return []web.Sample{
		sample("look", "", look(nil)),
		sample("look", "saved", look(func(p *LookPage) { p.Saved, p.Back = true, "" })),
		sample("look", "large-dark", func(b web.Base) web.Component {
			b.Appearance = ui.Appearance{Size: "150", Scheme: "dark"}
			return look(nil)(b)
		}),
		sample("look", "contrast", func(b web.Base) web.Component {
			b.Appearance = ui.Appearance{Size: "125", Scheme: "contrast"}
			return look(nil)(b)
		}),
	}
}

func helpSamples() []web.Sample {
	help := func(text i18n.Text) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := sampleConfig()
			c.Help, c.Org.Email = text, "neuvonta@vuorela.example"
			p := newHelpPage(b, c, sampleNow())
			p.sharedAt("https://town.example"+b.URL("help"), p.Title)
			return ShowHelp(p)
		}
	}
	own := i18n.Text{
		"fi": "Näin varaatte ajan.\n\n- Valitkaa palvelu.\n- Valitkaa paikka ja aika.\n\nVoitte perua ajan myös puhelimitse.",
		"sv": "Så här bokar du.\n\n- Välj tjänst.\n- Välj plats och tid.\n\nDu kan också avboka per telefon.",
	}
	return []web.Sample{sample("help", "", help(own)), sample("help", "product", help(nil))}
}

func contactSamples() []web.Sample {
	walkIn := func(c *catalog.Config) {
		for _, line := range []string{"mon-fri 08:00-09:00 walk-in", "mon-fri 12:00-15:00 phone"} {
			w, err := org.ParseWeekly(line)
			if err != nil {
				panic("samples: " + err.Error())
			}
			c.Offices[0].Hours = append(c.Offices[0].Hours, w)
		}
		monday := org.DateOf(sampleNow()).Add(17)
		c.Offices[0].Closures = append(c.Offices[0].Closures,
			org.Closure{From: monday, FromMinute: 12 * 60, ToMinute: 14 * 60, Reason: i18n.Text{"fi": "Koulutus", "sv": "Utbildning", "en": "Training", "cs": "Školení"}},
			org.Closure{From: monday.Add(14), To: monday.Add(18), Reason: i18n.Text{"fi": "Remontti", "sv": "Renovering", "en": "Repairs", "cs": "Opravy"}},
		)
		c.Offices[0].Lat, c.Offices[0].Lon, c.Offices[0].Email = 60.1841, 24.9497, "kallio@vuorela.example"
		c.Offices[0].PhoneHours = i18n.Text{"fi": "arkisin klo 9.00–16.15", "sv": "vardagar kl. 9.00–16.15", "en": "weekdays 9:00–16:15", "cs": "ve všední dny 9:00–16:15"}
	}
	office := func(i int, with func(*catalog.Config)) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := sampleConfig()
			with(c)
			return ShowOffice(newOfficePage(b, c, &c.Offices[i], sampleNow()))
		}
	}
	offices := func(with func(*catalog.Config)) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := sampleConfig()
			with(c)
			return ShowOffices(newOfficesPage(b, c, sampleNow()))
		}
	}
	return []web.Sample{
		sample("offices", "", offices(func(c *catalog.Config) {
			walkIn(c)
			c.Org.Email = "neuvonta@vuorela.example"
			c.Org.About = i18n.Text{"fi": "Kaupunki palvelee kolmessa paikassa.", "sv": "Staden betjänar på tre ställen.", "en": "The town serves you in three places.", "cs": "Město vás obslouží na třech místech."}
		})),
		sample("offices", "without-groups", offices(func(c *catalog.Config) {
			for i := range c.Offices {
				c.Offices[i].Group = ""
			}
		})),
		sample("office", "", office(0, walkIn)),
		sample("office", "plain", office(1, func(*catalog.Config) {})),
		sample("site-map", "", func(b web.Base) web.Component { return ShowSiteMap(newSiteMapPage(b, sampleConfig())) }),
	}
}

func aboutSamples() []web.Sample {
	return []web.Sample{
		sample("accessibility", "", func(b web.Base) web.Component {
			o := sampleConfig().Org
			o.Email = "neuvonta@vuorela.example"
			o.Accessibility = i18n.Text{
				"fi": "Haluamme, että jokainen voi varata ajan itse.", "sv": "Vi vill att alla ska kunna boka tid själva.",
				"en": "We want everyone to be able to book for themselves.", "cs": "Chceme, aby se každý mohl objednat sám.",
			}
			return ShowAbout(newAccessibilityPage(b, o))
		}),
		sample("privacy", "", func(b web.Base) web.Component { return ShowAbout(newPrivacyPage(b, sampleConfig().Org)) }),
	}
}
