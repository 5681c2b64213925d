package org

import (
	"slices"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// Inbox is where messages to those who work here arrive: one for each number that an organisation has of its own.
type Inbox struct {
	ID   ids.Inbox `json:"id"`
	Name i18n.Text `json:"name"`
	// Office is the one whose staff answer; empty for the whole organisation's.
	Office ids.Office `json:"office,omitzero"`
	// Numbers are those that people write to, as the gateway names them; answers come from the first.
	Numbers []string `json:"numbers,omitzero"`
	// Hours are when messages are read. Without any, it is never said that nobody reads.
	Hours []Weekly `json:"hours,omitzero"`
	// OutOfHours is what who writes outside the hours is told by itself; empty is the product's own text, which names the emergency number.
	OutOfHours i18n.Text `json:"out_of_hours,omitzero"`
	// Acknowledge is what who begins a conversation within the hours is told by itself; empty says nothing.
	Acknowledge i18n.Text `json:"acknowledge,omitzero"`
	// Answers are texts that are often sent.
	Answers []CannedAnswer `json:"answers,omitzero"`
	// Letters are the kinds of letters that lie here when people write them; what no inbox names lies in the first.
	Letters []string `json:"letters,omitzero"`
	// LetterDays is in how many days letters are to be answered; 0 sets no day by itself.
	LetterDays int `json:"letter_days,omitzero"`
	// LetterAnswers are texts that answers to letters are often made of.
	LetterAnswers []CannedAnswer `json:"letter_answers,omitzero"`
}

// LetterKinds are the kinds of letters that an inbox can be the one for: what people write, and their answers to letters that were sent to them.
var LetterKinds = []string{"application", "statement", "rectification", "notice", "other", "message"}

// MostLetterDays is the longest time in which letters can be said to be answered.
const MostLetterDays = 366

// CannedAnswer is a text that is often sent.
type CannedAnswer struct {
	Title i18n.Text `json:"title"`
	Text  i18n.Text `json:"text"`
}

// From is the number that answers come from; empty leaves it to the gateway.
func (b Inbox) From() string {
	if len(b.Numbers) == 0 {
		return ""
	}
	return b.Numbers[0]
}

// longestShut bounds how far back the beginning of a time without hours is looked for, in days.
const longestShut = 15

// ShutSince reports whether nobody reads messages at an instant, and since when: the end of the hours before it. Without hours it is never shut.
func (b Inbox) ShutSince(o Organisation, now time.Time, loc *time.Location) (since time.Time, shut bool) {
	if len(b.Hours) == 0 {
		return time.Time{}, false
	}
	today := DateOf(now.In(loc))
	at := now.Unix()
	since = time.Unix(at, 0).In(loc).AddDate(0, 0, -longestShut)
	for d := today.Add(-longestShut); !today.Before(d); d = d.Add(1) {
		_, holiday := HolidayOn(o.Country, d)
		spans := Timetable{Weekly: b.Hours}.spans(d, holiday && o.ClosedOnHolidays, absolute(d, loc), func(Kind, []ids.Service) bool { return true })
		for _, s := range spans {
			if s.Contains(at) {
				return time.Time{}, false
			}
			if end := time.Unix(s.End, 0).In(loc); s.End <= at && end.After(since) {
				since = end
			}
		}
	}
	return since, true
}

// Takes reports whether a number is one of the inbox's.
func (b Inbox) Takes(number string) bool { return slices.Contains(b.Numbers, number) }
