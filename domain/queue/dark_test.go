package queue

import (
	"slices"
	"testing"

	"luukku/base/ids"
)

func TestADeviceIsDarkAfterFiveMinutesToTheSecond(t *testing.T) {
	const heard = 1_000_000
	devices := []Heard{{"kiosk", heard}}
	alert := func(at int64) []Alert { return []Alert{{ID: "a", Kind: AlertDark, Device: "kiosk", At: at}} }
	other := []Alert{{ID: "p", Kind: AlertPrinter, Device: "kiosk", At: heard + 1}}
	for _, c := range []struct {
		name       string
		devices    []Heard
		open, told []Alert
		now        int64
		watched    bool
		tell, over bool
	}{
		{"a second before", devices, nil, nil, heard + DarkSeconds - 1, true, false, false},
		{"then", devices, nil, nil, heard + DarkSeconds, true, true, false},
		{"a second after", devices, nil, nil, heard + DarkSeconds + 1, true, true, false},
		{"closed, or nobody there", devices, nil, nil, heard + DarkSeconds, false, false, false},
		{"told already", devices, alert(heard + 300), alert(heard + 300), heard + 360, true, false, false},
		{"told on the day before", devices, alert(heard + 300), nil, heard + 90_000, true, false, false},
		{"seen to, the same silence", devices, nil, alert(heard + 300), heard + 3600, true, false, false},
		{"seen to, heard in the second it was told", devices, nil, alert(heard), heard + 3600, true, true, false},
		{"seen to, heard since", devices, nil, alert(heard - 1), heard + 3600, true, true, false},
		{"seen to, another day", devices, nil, nil, heard + 90_000, true, true, false},
		{"heard again", devices, alert(heard - 10), alert(heard - 10), heard + DarkSeconds - 1, true, false, true},
		{"heard again, closed", devices, alert(heard - 10), nil, heard + 1, false, false, true},
		{"still dark, closed", devices, alert(heard + 300), nil, heard + DarkSeconds, false, false, false},
		{"in use no more", nil, alert(heard + 300), nil, heard + 900, true, false, true},
		{"its printer is another matter", devices, other, nil, heard + DarkSeconds, true, true, false},
		{"its printer is not taken back", devices, other, nil, heard + 2, true, false, false},
	} {
		tell, over := Darkened(c.devices, c.open, c.told, c.now, c.watched)
		if (len(tell) > 0) != c.tell || (len(over) > 0) != c.over || c.tell && !slices.Equal(tell, []ids.Device{"kiosk"}) {
			t.Errorf("%s: got %v, %v, want told %t, over %t", c.name, tell, over, c.tell, c.over)
		}
	}
}
