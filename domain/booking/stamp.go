package booking

// Stamp says how long an answer about the free times of a service at an office stays true. Two answers with the same Key are the same, as long as
// Until has not passed. Keys mean something within one process only.
type Stamp struct {
	Key StampKey
	// Until is the last Unix second in which the answer holds without anything being booked: then a hold runs out, a time comes too close, or a day begins.
	Until int64
}

// StampKey is what an answer follows from; it can be compared and be part of a map's key.
type StampKey struct {
	Config int64  // the configuration's version
	Times  uint64 // grows with each change of a unit of the office
	Places uint64 // tells which other offices of the service have earlier times
	Day    int32  // the local date, as days since 1970-01-01
}

// Good reports whether an answer stamped s is still true at a moment.
func (s Stamp) Good(now int64) bool { return now <= s.Until }
