package consent

import (
	"testing"

	"luukku/domain/notify"
)

func TestWhatWasSaidLastCounts(t *testing.T) {
	t.Parallel()
	said := func(scope Scope, given bool) Row { return Row{Channel: notify.SMS, Scope: scope, Given: given} }
	for _, tt := range []struct {
		name    string
		history []Row
		ch      notify.Channel
		scope   Scope
		want    bool
	}{
		{"nothing said, a time", nil, notify.SMS, Appointments, true},
		{"nothing said, a reminder", nil, notify.SMS, Reminders, true},
		{"nothing said, who waits", nil, notify.SMS, Offers, false},
		{"nothing said, who waits, by mail", nil, notify.Email, Offers, true},
		{"agreed to offers", []Row{said(Offers, true)}, notify.SMS, Offers, true},
		{"agreed to offers and took it back", []Row{said(Offers, true), said(Offers, false)}, notify.SMS, Offers, false},
		{"nothing said, care", nil, notify.SMS, Care, false},
		{"agreed to care", []Row{said(Care, true)}, notify.SMS, Care, true},
		{"stopped", []Row{said(Reminders, false)}, notify.SMS, Reminders, false},
		{"stopped and begun again", []Row{said(Reminders, false), said(Reminders, true)}, notify.SMS, Reminders, true},
		{"begun and stopped", []Row{said(Reminders, true), said(Reminders, false)}, notify.SMS, Reminders, false},
		{"another scope stopped", []Row{said(Offers, false)}, notify.SMS, Reminders, true},
		{"another channel stopped", []Row{said(Reminders, false)}, notify.Email, Reminders, true},
		{"the mail about a booking belongs to it", []Row{{Channel: notify.Email, Scope: Appointments}}, notify.Email, Appointments, true},
	} {
		if got := Allowed(tt.history, tt.ch, tt.scope); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
