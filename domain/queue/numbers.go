package queue

// FreeNumber is the number that a ticket is given: from on, and after the range's last from its first again, the first one that nobody had today; when
// everybody has had one, the first whose ticket has ended; and when all of them still wait, one more than the highest, so that nobody is sent away for want
// of a number. Used are the numbers of the day, with whether their ticket is still going on.
func FreeNumber(r Range, from int, used map[int]bool) int {
	ended := -1
	for i := range r.Last - r.First + 1 {
		n := r.First + (max(from, r.First)-r.First+i)%(r.Last-r.First+1)
		live, had := used[n]
		switch {
		case !had:
			return n
		case !live && ended < 0:
			ended = n
		}
	}
	if ended >= 0 {
		return ended
	}
	highest := r.Last
	for n := range used {
		highest = max(highest, n)
	}
	return highest + 1
}
