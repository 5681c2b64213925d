package citizen

import (
	"context"
	"slices"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
)

// Samples returns every page of this door in every state, with made-up facts and no database: for the gallery and the checks.
func Samples() []web.Sample {
	return slices.Concat(
		frontSamples(), servicesSamples(), serviceSamples(), placesSamples(), pickSamples(), draftSamples(), detailsSamples(), checkSamples(), doneSamples(),
		manageSamples(), waitingSamples(), visitSamples(), formSamples(),
	)
}

// sample is one state of a page whose facts are those of sampleConfig.
func sample(page, state string, show func(b web.Base) web.Component) web.Sample {
	return web.Sample{Page: "citizen/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component {
		b.Org = sampleOrg
		return show(b)
	}}
}

const (
	sampleOrg     ids.Org         = "vuorela"
	sampleKallio  ids.Office      = "kallio"
	sampleID      ids.Appointment = "06A1B2C3D4"
	sampleDraftID ids.Draft       = "06A1B2C3D4E5F6G7H8J9K0MNPQ"
)

// sampleNow is when the samples are: Friday 20 November 2026 at 14:02 in Helsinki.
func sampleNow() time.Time { return time.Date(2026, time.November, 20, 12, 2, 0, 0, time.UTC) }

// sampleConfig is a small town: three places, five services, Finnish holidays.
func sampleConfig() *catalog.Config {
	c := &catalog.Config{
		Version: 1,
		Installation: org.Installation{
			Name: i18n.Text{"fi": "Luukun esittely", "sv": "Luukku-demo", "en": "Luukku demo", "cs": "Ukázka systému Luukku"}, PhoneCountries: []string{"FI"},
			Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Default: "fi",
		},
		Org: org.Organisation{
			ID: sampleOrg, Country: "FI", Zone: "Europe/Helsinki", Languages: []i18n.Lang{"fi", "sv", "en", "cs"}, Phone: "09 000 0000",
			Name:       i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"},
			Short:      i18n.Text{"fi": "Vuorela"},
			PhoneHours: i18n.Text{"fi": "arkisin klo 9–15", "sv": "vardagar kl. 9–15", "en": "weekdays 9–15", "cs": "ve všední dny 9–15"},
			Front: i18n.Text{
				"fi": "Varatkaa aika kaupungin palveluihin. Varaaminen on maksutonta, eikä teidän tarvitse kirjautua.",
				"sv": "Boka tid hos stadens tjänster. Det är avgiftsfritt och du behöver inte logga in.",
				"en": "Book a time for the town’s services. It is free of charge and you do not need to sign in.",
				"cs": "Rezervujte si termín na úřadě města. Je to zdarma a nemusíte se přihlašovat.",
			},
			Notices: []org.Notice{{Text: i18n.Text{
				"fi": "Kaupungintalo on suljettu perjantaina 27. marraskuuta.", "sv": "Stadshuset är stängt fredagen den 27 november.",
				"en": "The town hall is closed on Friday 27 November.", "cs": "Radnice je v pátek 27. listopadu zavřená.",
			}}},
			ClosedOnHolidays: true, Demo: true,
		},
		Groups: []org.Group{
			{ID: "centre", Name: i18n.Text{"fi": "Keskusta", "sv": "Centrum", "en": "Centre", "cs": "Centrum"}},
			{ID: "east", Name: i18n.Text{"fi": "Itä", "sv": "Öster", "en": "East", "cs": "Východ"}},
		},
		Offices: sampleOffices(),
		Categories: []catalog.Category{
			{ID: "documents", Order: 1, Name: i18n.Text{"fi": "Asiakirjat", "sv": "Handlingar", "en": "Documents", "cs": "Doklady"}},
			{ID: "family", Order: 2, Name: i18n.Text{"fi": "Perhe", "sv": "Familj", "en": "Family", "cs": "Rodina"}},
		},
		Services: sampleServices(),
		Offers: []catalog.Offer{
			{Service: "passport", Office: "kallio"}, {Service: "passport", Office: "itakeskus"}, {Service: "passport", Office: "town-hall"},
			{Service: "name-change", Office: "kallio"}, {Service: "name-change", Office: "town-hall"},
			{Service: "parking", Office: "kallio"}, {Service: "day-care", Office: "kallio"}, {Service: "day-care", Office: "itakeskus"},
		},
		Policies: []catalog.PolicyDoc{
			{Service: "passport", Version: 1, Settings: catalog.Settings{"length": 20 * 60, "max_live": 3, "max_people": 4, "waiting_list": int64(catalog.WaitingTurn)}},
			{Service: "name-change", Version: 1, Settings: catalog.Settings{"hold": 0, "length": 30 * 60}},
			{Service: "parking", Version: 1, Settings: catalog.Settings{"length": 15 * 60, "online_change": 0, "online_cancel": 0}},
		},
	}
	if err := c.Prepare(); err != nil {
		panic("samples: " + err.Error()) // made-up facts that the tests read
	}
	return c
}

func sampleOffices() []org.Office {
	weekly := func(rules ...string) []org.Weekly {
		out := make([]org.Weekly, 0, len(rules))
		for _, r := range rules {
			w, err := org.ParseWeekly(r)
			if err != nil {
				panic("samples: " + err.Error())
			}
			out = append(out, w)
		}
		return out
	}
	unit := func(id ids.Unit) []org.Unit {
		return []org.Unit{{ID: id, Name: i18n.Text{"fi": "Tiski 1", "sv": "Disk 1", "en": "Desk 1", "cs": "Přepážka 1"}}}
	}
	helsinki := i18n.Text{"fi": "Helsinki", "sv": "Helsingfors"}
	step := i18n.Text{
		"fi": "Esteetön sisäänkäynti pihan puolelta. Kuulosilmukka tiskillä.", "sv": "Trappfri ingång från gården. Hörslinga vid disken.",
		"en": "Step-free entrance from the yard. Hearing loop at the desk.", "cs": "Bezbariérový vstup ze dvora. U přepážky je indukční smyčka.",
	}
	friday := org.DateOf(time.Date(2026, time.November, 27, 0, 0, 0, 0, time.UTC))
	return []org.Office{
		{
			ID: "kallio", Group: "centre", Name: i18n.Text{"fi": "Kallion palvelupiste", "sv": "Berghälls serviceställe", "en": "Kallio service point", "cs": "Kallio"},
			Street: i18n.Text{"fi": "Toinen linja 7", "sv": "Andra linjen 7"}, Postcode: "00530", Town: helsinki, Phone: "09 000 0001", Access: step,
			Hours: weekly("mon-wed 08:00-16:15", "thu 08:00-18:00", "fri 08:00-16:15"), Closures: []org.Closure{{From: friday}}, Units: unit("kallio-1"),
		},
		{
			ID: "itakeskus", Group: "east", Name: i18n.Text{"fi": "Itäkeskus", "sv": "Östra centrum", "en": "Itäkeskus", "cs": "Itäkeskus"},
			Street: i18n.Text{"fi": "Turunlinnantie 1", "sv": "Åbohusvägen 1"}, Postcode: "00900", Town: helsinki,
			Hours: weekly("mon-fri 09:00-17:00", "sat 10:00-14:00"), Units: unit("itakeskus-1"),
		},
		{
			ID: "town-hall", Group: "centre", Name: i18n.Text{"fi": "Kaupungintalo", "sv": "Stadshuset", "en": "Town hall", "cs": "Radnice"},
			Street: i18n.Text{"fi": "Kauppatori 2", "sv": "Salutorget 2"}, Postcode: "00170", Town: helsinki,
			Hours: weekly("mon-thu 08:00-15:00"), Closures: []org.Closure{{From: friday}}, Units: unit("town-hall-1"),
		},
	}
}

func sampleServices() []catalog.Service {
	free := i18n.Text{"fi": "Maksuton", "sv": "Avgiftsfritt", "en": "Free of charge", "cs": "Zdarma"}
	return []catalog.Service{
		{
			ID: "passport", Category: "documents", Order: 1, Popular: true, Combines: []ids.Service{"parking"},
			Name:    i18n.Text{"fi": "Passi tai henkilökortti", "sv": "Pass eller identitetskort", "en": "Passport or identity card", "cs": "Cestovní pas nebo průkaz totožnosti"},
			Summary: i18n.Text{"fi": "Uusi hakemus tai uusiminen", "sv": "Ny ansökan eller förnyelse", "en": "A new application or a renewal", "cs": "Nová žádost nebo obnovení"},
			Description: i18n.Text{
				"fi": "Otamme hakemuksen vastaan, tarkistamme henkilöllisyytenne ja otamme sormenjäljet.\n\nLapsen pitää tulla mukaan.",
				"sv": "Vi tar emot ansökan, kontrollerar din identitet och tar fingeravtryck.\n\nBarnet ska komma med.",
				"en": "We take your application, check who you are and take your fingerprints.\n\nA child must come along.",
				"cs": "Přijmeme žádost, ověříme vaši totožnost a sejmeme otisky prstů.\n\nDítě musí přijít s vámi.",
			},
			Price: i18n.Text{"fi": "54 €", "sv": "54 €", "en": "€54", "cs": "54 €"},
			Bring: i18n.TextList{
				"fi": {"Vanha passi tai henkilökortti", "Passikuva tai kuvakoodi"}, "sv": {"Ditt gamla pass eller identitetskort", "Passfoto eller fotokod"},
				"en": {"Your old passport or identity card", "A passport photo or a photo code"}, "cs": {"Starý pas nebo průkaz totožnosti", "Fotografii nebo kód fotografie"},
			},
			Synonyms: i18n.TextList{"fi": {"passi", "henkkari"}, "sv": {"pass"}, "en": {"ID card"}, "cs": {"občanka"}},
		},
		{
			ID: "name-change", Category: "family", Order: 1, Popular: true, Price: free,
			Name:     i18n.Text{"fi": "Nimenmuutos", "sv": "Namnändring", "en": "Name change", "cs": "Změna jména"},
			Summary:  i18n.Text{"fi": "Etunimen tai sukunimen muuttaminen", "sv": "Ändring av förnamn eller släktnamn", "en": "Changing a first name or a surname", "cs": "Změna jména nebo příjmení"},
			Synonyms: i18n.TextList{"fi": {"sukunimi", "etunimi"}, "sv": {"släktnamn"}, "en": {"surname"}, "cs": {"příjmení"}},
		},
		{
			ID: "parking", Category: "documents", Order: 2, Popular: true,
			Name:    i18n.Text{"fi": "Asukaspysäköintitunnus", "sv": "Boendeparkering", "en": "Parking permit", "cs": "Parkovací karta"},
			Summary: i18n.Text{"fi": "Pysäköinti omalla asuinalueella", "sv": "Parkering i det egna bostadsområdet", "en": "Parking where you live", "cs": "Parkování v místě bydliště"},
		},
		{
			ID: "day-care", Category: "family", Order: 2, Price: free,
			Name:    i18n.Text{"fi": "Päivähoidon neuvonta", "sv": "Rådgivning om dagvård", "en": "Child day care advice", "cs": "Poradna o péči o děti"},
			Summary: i18n.Text{"fi": "Päiväkodit, perhepäivähoito ja avoin toiminta", "sv": "Daghem, familjedagvård och öppen verksamhet", "en": "Day-care centres, family day care and open activities", "cs": "Školky, péče v rodinách a otevřené programy"},
		},
		{
			ID: "lost-property", Name: i18n.Text{"fi": "Löytötavarat", "sv": "Hittegods", "en": "Lost property", "cs": "Ztráty a nálezy"},
		},
	}
}

// sampleSchedule is the schedule of a service at an office of sampleConfig.
func sampleSchedule(service ids.Service, office ids.Office) booking.Schedule {
	sch, err := booking.NewSchedule(sampleConfig(), service, office, sampleNow())
	if err != nil {
		panic("samples: " + err.Error())
	}
	return sch
}

// sampleStart is a moment of a day in Helsinki in the samples' winter.
func sampleStart(month time.Month, day, hour, minute int) int64 {
	return time.Date(2026, month, day, hour-2, minute, 0, 0, time.UTC).Unix()
}

// sampleDetails are what somebody typed.
func sampleDetails(lang i18n.Lang) booking.Details {
	return booking.Details{Name: "Maija Meikäläinen", Email: "maija.meikalainen@example.org", Phone: "+358401234567", Lang: lang}
}
