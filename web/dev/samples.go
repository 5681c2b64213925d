package dev

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/notify"
	"luukku/domain/org"
	"luukku/store"
	"luukku/web"
)

// Samples returns every page of this door in every state, with made-up facts: for the gallery and the checks.
func Samples() []web.Sample {
	page := func(name, state string, show func(b web.Base) web.Component) web.Sample {
		return web.Sample{Page: "dev/" + name, State: state, Make: func(_ context.Context, b web.Base) web.Component {
			b.Org = ""
			return show(b)
		}}
	}
	return []web.Sample{
		page("overview", "", func(b web.Base) web.Component { return ShowOverview(newOverview(b, sampleOrgs())) }),
		page("overview", "empty", func(b web.Base) web.Component { return ShowOverview(newOverview(b, nil)) }),
		page("clock", "", func(b web.Base) web.Component { return ShowClock(newClock(b, sampleNow(), false)) }),
		page("clock", "moved", func(b web.Base) web.Component { return ShowClock(newClock(b, sampleNow(), true)) }),
		page("lobby", "", func(b web.Base) web.Component { return ShowLobby(newLobby(b, samplePlaces(), "", "", nil)) }),
		page("lobby", "done", func(b web.Base) web.Component { return ShowLobby(newLobby(b, samplePlaces(), "", "come", nil)) }),
		page("lobby", "closed", func(b web.Base) web.Component {
			return ShowLobby(newLobby(b, samplePlaces(), "vuorela/kallio", "", fault.Invalid("dev.lobby_never", nil)))
		}),
		page("phone", "", func(b web.Base) web.Component { return ShowPhone(newPhone(b, samplePhone(), time.UTC)) }),
		page("phone", "empty", func(b web.Base) web.Component {
			return ShowPhone(newPhone(b, phoneInput{orgs: sampleOrgs(), number: firstNumber, to: shortNumber}, time.UTC))
		}),
		page("phone", "wrong", func(b web.Base) web.Component {
			in := samplePhone()
			in.texts, in.number, in.text, in.why = nil, "", "VARAA", fault.Invalid("sms.empty", nil)
			return ShowPhone(newPhone(b, in, time.UTC))
		}),
		page("outbox", "", func(b web.Base) web.Component { return ShowOutbox(newOutbox(b, sampleMails(), time.UTC)) }),
		page("outbox", "empty", func(b web.Base) web.Component { return ShowOutbox(newOutbox(b, nil, time.UTC)) }),
		page("outbox", "failing", func(b web.Base) web.Component {
			p := newOutbox(b, sampleMails()[:1], time.UTC)
			p.Failing = b.T("dev.failing.permanent")
			return ShowOutbox(p)
		}),
		page("mail", "", func(b web.Base) web.Component { return sampleMail(b, 0) }),
		page("mail", "failed", func(b web.Base) web.Component { return sampleMail(b, 1) }),
	}
}

func sampleMail(b web.Base, i int) web.Component {
	p := newMail(b, sampleMails()[i], time.UTC)
	if p.FrameURL != "" {
		p.FrameURL = "about:blank" // there is no outbox behind a sample
	}
	return ShowMail(p)
}

// samplePhone is a phone in the middle of a booking.
func samplePhone() phoneInput {
	in := phoneInput{orgs: sampleOrgs(), org: "vuorela", number: firstNumber, to: shortNumber, key: "06a1b2c3d4e5f6g7h8j9k0mnpr"}
	for i, text := range []string{"VARAA", "Mitä varaatte? Vastatkaa numerolla.\n1 Passi\n2 Henkilökortti", "1", "Passi. Mikä päivä?\n1 ma 23.11.\n2 ti 24.11."} {
		in.texts = append(in.texts, phoneText{At: sampleNow().Add(time.Duration(i) * time.Minute), Sent: i%2 == 0, Text: text})
	}
	return in
}

func sampleNow() time.Time { return time.Date(2026, time.November, 20, 14, 2, 0, 0, time.UTC) }

func sampleOrgs() []org.Organisation {
	return []org.Organisation{
		{ID: "registers", Name: i18n.Text{"fi": "Rekisteritoimisto", "sv": "Registerbyrån", "en": "Register office", "cs": "Matriční úřad"}},
		{ID: "vuorela", Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad"}},
	}
}

// sampleMails are one that left and one that was refused.
func sampleMails() []store.Kept {
	sender := notify.Address{Name: "Vuorelan kaupunki", Email: "no-reply@luukku.example"}
	return []store.Kept{
		{ID: "06A1B2C3D4E5F6G7H8J9K0MNPQ", Stored: notify.Stored{At: sampleNow(), Message: notify.Message{
			Org: "vuorela", ID: "06a1b2c3d4e5f6g7h8j9k0mnpq", Event: notify.AppointmentBooked, Lang: "fi", From: sender,
			To:      notify.Address{Email: "maija.meikalainen@example.org"},
			Subject: "Aikanne on varattu: maanantaina 23. marraskuuta kello 9.20",
			Text: "Aikanne on varattu\n\nTämä on vahvistus varauksestanne. Säilyttäkää viesti.\n\nVaraustunnus: K7PQ-3M9X-TR\nPalvelu: Passi tai henkilökortti\n\n" +
				"Avaa varaus:\nhttps://booking.example.org/fi/vuorela/link/0123456789abcdefghjkmnpqrs\n",
			HTML: `<!DOCTYPE html><html lang="fi"><body><h1>Aikanne on varattu</h1></body></html>`, Calendar: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"),
			CalendarMethod: "REQUEST",
		}}},
		{ID: "06A1B2C3D4E5F6G7H8J9K0MNPP", Stored: notify.Stored{At: sampleNow().Add(-time.Minute), Failure: "permanent", Message: notify.Message{
			Org: "vuorela", ID: "06a1b2c3d4e5f6g7h8j9k0mnpp", Event: notify.AppointmentCancelled, Lang: "sv", From: sender,
			To:      notify.Address{Email: "matti.meikalainen@example.org"},
			Subject: "Din bokning är avbokad: måndagen den 23 november kl. 9.20", Text: "Din bokning är avbokad\n\nDu behöver inte komma.\n",
		}}},
	}
}

func samplePlaces() []Place {
	return []Place{{
		Org:    org.Organisation{ID: "vuorela", Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"}},
		Office: org.Office{ID: "kallio", Name: i18n.Text{"fi": "Kallion palvelupiste", "sv": "Berghälls servicepunkt", "en": "Kallio service point", "cs": "Pobočka Kallio"}},
	}}
}
