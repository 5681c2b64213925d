package queue

import "testing"

func TestATextIsDueWhenTwoAreBeforeAndWhenCalled(t *testing.T) {
	const at = 1000
	asked := Asked{Sealed: []byte("x"), Until: 2000}
	told := func(near, called int64) Asked { q := asked; q.NearAt, q.CalledAt = near, called; return q }
	for _, c := range []struct {
		name  string
		q     Asked
		t     Ticket
		ahead int
		now   int64
		want  Telling
	}{
		{"three before", asked, Ticket{State: Waiting}, 3, at, TellNothing},
		{"two before", asked, Ticket{State: Waiting}, 2, at, TellNear},
		{"next", asked, Ticket{State: Waiting}, 0, at, TellNear},
		{"not in the line", asked, Ticket{State: Waiting}, -1, at, TellNothing},
		{"told", told(900, 0), Ticket{State: Waiting}, 1, at, TellNothing},
		{"called", told(900, 0), Ticket{State: Called}, -1, at, TellCalled},
		{"called at once", asked, Ticket{State: Called}, -1, at, TellCalled},
		{"called again", told(900, 950), Ticket{State: Called}, -1, at, TellNothing},
		{"back in the line after the call", told(0, 950), Ticket{State: Waiting}, 0, at, TellNothing},
		{"served", asked, Ticket{State: Serving}, -1, at, TellNothing},
		{"away", asked, Ticket{State: Parked}, -1, at, TellNothing},
		{"away until a second later", asked, Ticket{State: Parked, ParkedUntil: at + 1}, 0, at, TellNothing},
		{"back now", asked, Ticket{State: Parked, ParkedUntil: at}, 0, at, TellNear},
		{"back a second ago", asked, Ticket{State: Parked, ParkedUntil: at - 1}, 0, at, TellNear},
		{"erased", Asked{Until: 2000}, Ticket{State: Called}, -1, at, TellNothing},
		{"a second before the end of the day", asked, Ticket{State: Called}, -1, 1999, TellCalled},
		{"the last second", asked, Ticket{State: Called}, -1, 2000, TellCalled},
		{"the next day", asked, Ticket{State: Called}, -1, 2001, TellNothing},
	} {
		if got := c.q.Due(c.t, c.ahead, c.now); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
