package admin

import (
	"strings"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/notify"
	"luukku/web"
)

// sampleFacts are what stands in the places of the samples.
var sampleFacts = map[string]string{
	"organisation": "Vuorela", "service": "Passi", "time": "ma 30.11. klo 9.20", "old_time": "to 26.11. klo 10.00", "place": "Kallio", "until": "pe 27.11. klo 12.00",
	"code": "K7PQ-3M9X-TR", "pin": "PIN 123456.", "link": "https://vuorela.example/l/4kq8z2mw7xh3n5r9t6vcy1bdse", "phone": "09 310 1234",
}

// wordingSample is the page of a notice's words.
func wordingSample(state string, o notify.Occasion, change func(b web.Base, w *wordingView)) web.Sample {
	return desked("wordings", state, func(b web.Base) DeskPage {
		w := wordingView{
			configView: sampleWork(sampleDraft), words: b.Printer,
			WordingEdit: blueprint.WordingEdit{Org: "vuorela", Occasion: o, Lang: b.Lang, Words: map[notify.Part]string{}},
		}
		change(b, &w)
		if state != "no-preview" {
			w.show()
		}
		return newWordingPage(b, w)
	})
}

// show fills the sample's places as what is sent would be filled.
func (w *wordingView) show() {
	words := func(p notify.Part) string {
		if own := w.Words[p]; own != "" {
			return own
		}
		return notify.ProductWording(w.words, w.Occasion, p)
	}
	s := notify.Specimen{Subject: notify.FillLine(words(notify.PartSubject), sampleFacts), SMS: notify.FillText(words(notify.PartSMS), sampleFacts), Facts: sampleFacts}
	for _, line := range notify.FillLines(words(notify.PartOpening), sampleFacts) {
		s.Mail = strings.TrimPrefix(s.Mail+"\n\n"+line, "\n\n")
	}
	w.shown = &s
}

// sampleWords are an organisation's own.
func sampleWords(w *wordingView) {
	w.Words[notify.PartSubject], w.Words[notify.PartOpening] = "{organisation}: {time}", "{organisation}, {place}\n{phone}"
	w.Words[notify.PartSMS] = "{organisation} {time} {place}. {code} {link}"
}

func wordingSamples() []web.Sample {
	own := func(w *blueprint.Work) {
		sampleDraft(w)
		for _, l := range i18n.Languages() {
			e := wordingView{WordingEdit: blueprint.WordingEdit{Occasion: "reminder", Lang: l.Code, Words: map[notify.Part]string{}}}
			sampleWords(&e)
			if l.Code == i18n.Default {
				delete(e.Words, notify.PartOpening)
			}
			w.Draft = w.With(e.WordingEdit)
		}
	}
	return []web.Sample{
		desked("wordings", "", func(b web.Base) DeskPage { return newWordingsPage(b, sampleWork(nil)) }),
		desked("wordings", "own", func(b web.Base) DeskPage { return newWordingsPage(b, sampleWork(own)) }),
		wordingSample("ready", "booked", func(_ web.Base, w *wordingView) { w.configView = sampleWork(nil) }),
		wordingSample("edit", "reminder", func(_ web.Base, w *wordingView) { w.configView = sampleWork(own); sampleWords(w) }),
		wordingSample("preview", "moved-office", func(_ web.Base, w *wordingView) {
			sampleWords(w)
			w.unsaved, w.Words[notify.PartSMS] = true, "Изменено: {old_time} → {time} {place}. {link}"
		}),
		wordingSample("errors", "waitlist-offered", func(_ web.Base, w *wordingView) {
			sampleWords(w)
			w.Words[notify.PartSMS], w.Words[notify.PartSubject] = "{time} {name} {", "{code}"
			w.problems = blueprint.Faults(w.CheckWording(w.WordingEdit))
		}),
		wordingSample("bad-characters", "booked", func(_ web.Base, w *wordingView) {
			w.unread = []fault.Field{{Name: "sms", Key: "field.bad_characters"}}
		}),
		wordingSample("changed-meanwhile", "reminder", func(_ web.Base, w *wordingView) {
			w.configView = sampleWork(own)
			sampleWords(w)
			w.outdated, w.unsaved, w.Words[notify.PartSubject] = true, true, "{organisation}!"
		}),
		wordingSample("discreet", "cancelled-office", func(_ web.Base, w *wordingView) {
			w.configView = sampleWork(func(w *blueprint.Work) { w.Draft.SetPolicy("", "", catalog.Settings{"notice_content": 1}) })
		}),
		wordingSample("no-preview", "lapsed", func(web.Base, *wordingView) {}),
	}
}
