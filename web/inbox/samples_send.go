package inbox

import (
	"luukku/base/fault"
	"luukku/domain/file"
	"luukku/domain/mailbox"
	"luukku/web"
)

// sendSamples are the pages from which letters are sent.
func sendSamples() []web.Sample {
	return []web.Sample{
		sample("sending", "", func(b web.Base) Page {
			return newLettersPage(b, sendFacts{Config: sampleConfig(), Done: true, Mailings: []mailbox.Mailing{sampleMailing(mailbox.MailingSending), sampleMailing(mailbox.MailingDone)}})
		}),
		sample("sending", "empty", func(b web.Base) Page { return newLettersPage(b, sendFacts{Config: sampleConfig()}) }),
		sample("write", "", func(b web.Base) Page { return newWriteOnePage(b, sampleSend(mailbox.Reachable, nil)) }),
		sample("write", "paper", func(b web.Base) Page { return newWriteOnePage(b, sampleSend(mailbox.OnPaper, nil)) }),
		sample("write", "wrong", func(b web.Base) Page {
			return newWriteOnePage(b, sampleSend("", fault.Invalid("form.invalid", nil, fault.Field{Name: "code", Key: "field.required"}, fault.Field{Name: "post", Key: "letter.post_needed"})))
		}),
		sample("many", "", func(b web.Base) Page { return newManyPage(b, sampleSend("", nil)) }),
		sample("many", "wrong", func(b web.Base) Page {
			return newManyPage(b, sampleSend("", fault.Invalid("form.invalid", nil, fault.Field{Name: "csv", Key: "import.empty"})))
		}),
		sample("mailing", "", func(b web.Base) Page {
			wrong := []mailbox.MailingRow{{Line: 4, Why: "mailing.bad_identifier"}, {Line: 7, Why: "mailing.twice"}, {Line: 9, Why: "mailing.bad_address"}}
			return newMailingPage(b, sendFacts{Config: sampleConfig(), Mailing: sampleMailing(mailbox.MailingChecked), Wrong: wrong})
		}),
		sample("mailing", "sending", func(b web.Base) Page {
			return newMailingPage(b, sendFacts{Config: sampleConfig(), Mailing: sampleMailing(mailbox.MailingSending)})
		}),
		sample("mailing", "done", func(b web.Base) Page {
			return newMailingPage(b, sendFacts{Config: sampleConfig(), Mailing: sampleMailing(mailbox.MailingDone)})
		}),
	}
}

// sampleSend is a letter that is being written.
func sampleSend(r mailbox.Reach, why error) sendFacts {
	return sendFacts{Config: sampleConfig(), Reach: r, Why: why, Typed: outgoing{
		Code: "131052-308T", Kind: "decision", Service: "verifiable", Lang: "fi", Subject: "Päätös, {amount}", Body: "Hyvä {name}\n\nMaksu on {amount}.", Key: "key",
		Post: "Maija Meikäläinen\nMallikatu 1 A 2\n00100 MALLILA", Enclosed: sampleEnclosed(),
	}}
}

// sampleEnclosed is what is attached to a letter that is being written: one file that is clean, and one that waits and is not printed.
func sampleEnclosed() enclosed {
	return enclosed{Limits: file.DefaultLimits, List: []file.Attached{
		{File: file.File{ID: "1", Type: file.PDF, Size: 48213, State: file.Clean}, Name: "paatos.pdf"},
		{File: file.File{ID: "2", Type: file.XLSX, Size: 3 * file.MB, State: file.Waiting}, Name: "laskelma kustannuksista.xlsx"},
	}}
}

// sampleMailing is a letter to many.
func sampleMailing(s mailbox.MailingState) mailbox.Mailing {
	m := mailbox.Mailing{
		ID: "1", State: s, Kind: mailbox.Notice, Mode: mailbox.Ordinary, Lang: "fi", MadeAt: sampleNow().Unix() - 600,
		Content: mailbox.Content{Subject: "Vesimaksu muuttuu", Body: "Hyvä {name}\n\nUusi maksu on {amount}."}, Counts: map[mailbox.RowState]map[mailbox.Reach]int{mailbox.RowWrong: {"": 3}},
	}
	switch s {
	case mailbox.MailingChecked:
		m.Counts[mailbox.RowWaits] = map[mailbox.Reach]int{mailbox.Reachable: 412, mailbox.OnPaper: 88}
	case mailbox.MailingSending:
		m.Counts[mailbox.RowSent] = map[mailbox.Reach]int{mailbox.Reachable: 180, mailbox.OnPaper: 20}
		m.Counts[mailbox.RowWaits] = map[mailbox.Reach]int{mailbox.Reachable: 232, mailbox.OnPaper: 68}
	case mailbox.MailingDone:
		m.Counts[mailbox.RowSent] = map[mailbox.Reach]int{mailbox.Reachable: 412, mailbox.OnPaper: 88}
	}
	return m
}
