package jobs_test

import (
	"context"
	"crypto/rand"
	"strings"
	"testing"
	"time"

	"luukku/base/i18n"
	"luukku/base/task"
	"luukku/domain/actor"
	"luukku/domain/notify"
	"luukku/domain/staff"
	"luukku/jobs"
)

// hiring is the room of staff over a house.
func (h house) hiring(t *testing.T) *staff.Service {
	t.Helper()
	s, err := staff.NewService(staff.Deps{
		Store: h.Store.Workers(), Directory: h.Store, Seals: h.keys, Gen: h.gen, Now: h.clock.Now, Rand: rand.Reader, BaseURL: base,
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (h house) inviting(m notify.Mailer, s *staff.Service) jobs.Deps {
	d := h.deps(m)
	d.Invitations = s
	return d
}

// runInvitations works off the invitations that are due.
func (h house) runInvitations(t *testing.T, d jobs.Deps) {
	t.Helper()
	r := &task.Runner{Store: h.Tasks(), Now: h.clock.Now, Log: d.Log, NewID: h.gen.Task, Handlers: map[string]task.Handler{}, Poll: time.Millisecond, Workers: notify.Workers}
	jobs.Register(r, d)
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	for waiting := 1; waiting > 0; time.Sleep(time.Millisecond) {
		row := h.db.Reader().QueryRowContext(t.Context(), "SELECT count(*) FROM task WHERE kind = $1", staff.TaskInvite)
		if err := row.Scan(&waiting); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("the runner ended with %v", err)
	}
}

var clerk = actor.Grant{Role: actor.RoleClerk, Org: town}

func TestAnInvitationIsMailedWithALinkThatWorks(t *testing.T) {
	t.Parallel()
	h := open(t)
	s, m := h.hiring(t), &mailer{}
	for n, l := range i18n.Languages() {
		to := string(l.Code) + "@vuorela.example"
		if _, err := s.Invite(t.Context(), actor.System("test"), "", to, l.Code, clerk); err != nil {
			t.Fatal(err)
		}
		h.runInvitations(t, h.inviting(m, s))
		wantSends(t, m, n+1, n+1)
		got := m.last(t)
		p := texts.Printer(l.Code)
		before := base + "/" + string(l.Code) + "/staff/invitation/"
		_, rest, ok := strings.Cut(got.Text, before)
		if !ok || got.To.Email != to || !strings.Contains(got.Text, p.T("role.clerk.name")) || strings.Contains(got.Subject+got.Text, "⟦") {
			t.Fatalf("%s: got %q to %s:\n%s", l.Code, got.Subject, got.To.Email, got.Text)
		}
		token, _, _ := strings.Cut(rest, "\n")
		if e, err := s.Enrolment(t.Context(), token, "10.0.0.1"); err != nil || e.Email != to {
			t.Errorf("%s: the link leads to %+v, %v", l.Code, e, err)
		}
	}
}

func TestARevokedInvitationIsNotMailed(t *testing.T) {
	t.Parallel()
	h := open(t)
	s, m := h.hiring(t), &mailer{}
	i, err := s.Invite(t.Context(), actor.System("test"), "", "clerk@vuorela.example", "fi", clerk)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Revoke(t.Context(), actor.System("test"), town, i.ID); err != nil {
		t.Fatal(err)
	}
	h.runInvitations(t, h.inviting(m, s))
	wantSends(t, m, 0, 0)
}

func TestAnInvitationOfUnknownOutcomeIsNotSentAgain(t *testing.T) {
	t.Parallel()
	h := open(t)
	s, m := h.hiring(t), &mailer{fail: []error{vanished}}
	if _, err := s.Invite(t.Context(), actor.System("test"), "", "clerk@vuorela.example", "fi", clerk); err != nil {
		t.Fatal(err)
	}
	h.runInvitations(t, h.inviting(m, s))
	wantSends(t, m, 1, 0)
}
