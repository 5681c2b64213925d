package notify

// Lanes of tasks (base/task): those of one lane never wait for those of another. Somebody waits for what is urgent, in a dialogue or a race; what people
// are told soon comes next; a hundred thousand reminders come last. Mail and text messages are apart, so that a gateway that hangs delays its own
// messages alone, and no gateway delays the house. The numbers are stored.
const (
	LaneHouse      = iota // quick work that asks no gateway
	LaneHouseLater        // the same, and much of it at once
	LaneMailUrgent
	LaneTextUrgent
	LaneMail
	LaneText
	LaneMailLater
	LaneTextLater
	LaneScan    // attachments before the scanner
	LaneHooks   // programs of others, by HTTP: each may hang as long as it is waited for
	LaneLetters // letters to many, one after the other
)

// Workers are how many tasks of each lane are done at once: it bounds the connections to the gateways.
var Workers = []int{LaneHouse: 4, LaneHouseLater: 4, LaneMailUrgent: 4, LaneTextUrgent: 8, LaneMail: 4, LaneText: 8, LaneMailLater: 4, LaneTextLater: 8, LaneScan: 4, LaneHooks: 4, LaneLetters: 2}

// LaneOf is the lane of a notice.
func LaneOf(e Event, ch Channel) int {
	mail := map[Event]int{
		TimeOffered: LaneMailUrgent, AppointmentPending: LaneMailUrgent, AppointmentReminder: LaneMailLater,
	}[e]
	if mail == 0 {
		mail = LaneMail
	}
	if ch == SMS {
		return mail + LaneText - LaneMail
	}
	return mail
}
