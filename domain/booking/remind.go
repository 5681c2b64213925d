package booking

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/notify"
)

// TaskRemind is the kind of the task that reminds somebody of their time.
const TaskRemind = "appointments.remind"

// RemindArgs are the arguments of TaskRemind: the time that it reminds of, and how many seconds before it.
type RemindArgs struct {
	Org         ids.Org         `json:"org"`
	Appointment ids.Appointment `json:"appointment"`
	Start       int64           `json:"start"`
	Before      int64           `json:"before"`
}

// reminders are the tasks that remind of a time: one for each moment that still lies ahead. A time that is moved gets others, and what was recorded for the
// time before does nothing then.
func reminders(p catalog.Policy, a Appointment, now int64) []Job {
	var out []Job
	for _, before := range p.Reminders.Before() {
		if at := a.Start - seconds(before); at > now {
			out = append(out, Job{
				Kind: TaskRemind, Uniq: remindKey(a.ID, a.Start, seconds(before)), RunAt: at,
				Args: mustJSON(RemindArgs{a.Org, a.ID, a.Start, seconds(before)}), Lane: notify.LaneHouseLater,
			})
		}
	}
	return out
}

func remindKey(id ids.Appointment, start, before int64) string {
	return string(id) + "/" + strconv.FormatInt(start, 10) + "/" + strconv.FormatInt(before, 10)
}

// withReminders adds the reminders of a time that a change books or moves.
func (s *Service) withReminders(ctx context.Context, c *Change) {
	for _, a := range []*Appointment{c.PutAppointment, c.SetTime, c.SetStatus, c.Restored} {
		if a != nil && a.Status == Booked {
			c.Tasks = append(c.Tasks, reminders(s.policyNow(ctx, *a), *a, c.Now)...)
			return
		}
	}
}

// Remind has somebody told that their time comes near: once for each moment, however often it is called. It does nothing for a time that was moved or
// cancelled since, and where the policy does not remind at that moment any more. Whether it is a quiet hour is seen when it is sent.
func (s *Service) Remind(ctx context.Context, r RemindArgs) error {
	a, err := s.Store.Appointment(ctx, r.Org, r.Appointment)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	now := s.Now().Unix()
	p := s.policyNow(ctx, a)
	if a.Status != Booked || a.Start != r.Start || now >= a.Start || !remindsAt(p, r.Before) {
		return nil
	}
	key := ids.FormKey("remind/" + remindKey(a.ID, r.Start, r.Before))
	c := Change{Org: a.Org, Now: now, Form: &Form{Key: key, Kind: "remind", Result: string(a.ID), ExpiresAt: a.End + seconds(FormKeyLife)}}
	n := notify.Notice{
		Org: a.Org, Event: notify.AppointmentReminder, Appointment: a.ID, Person: a.Person, Args: map[string]string{"start": strconv.FormatInt(a.Start, 10)},
	}
	c.Notices = s.byChannel(n, remindBy(p, a.Details.Email, a.Details.Phone)...)
	if len(c.Notices) == 0 {
		return nil
	}
	out, err := s.commit(ctx, c)
	if err == nil && out.Verdict != Done && out.Verdict != Repeated {
		err = fmt.Errorf("remind: verdict %d", out.Verdict)
	}
	return err
}

func remindsAt(p catalog.Policy, before int64) bool {
	for _, d := range p.Reminders.Before() {
		if d == time.Duration(before)*time.Second {
			return true
		}
	}
	return false
}

// remindBy are the channels by which somebody with these addresses is reminded.
func remindBy(p catalog.Policy, email, phone string) []notify.Channel {
	mobile := notify.IsMobile(phone)
	var out []notify.Channel
	if email != "" && (p.RemindBy == catalog.RemindEmail || p.RemindBy == catalog.RemindBoth || p.RemindBy == catalog.RemindEither && !mobile) {
		out = append(out, notify.Email)
	}
	if mobile && p.RemindBy != catalog.RemindEmail {
		out = append(out, notify.SMS)
	}
	return out
}
