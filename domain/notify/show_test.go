package notify

import "testing"

func TestPhonesAreShownAsPeopleWriteThem(t *testing.T) {
	for _, tt := range []struct{ number, home, want string }{
		{"+358401234567", "FI", "040 1234567"},
		{"+358401234567", "SE", "+358 40 1234567"},
		{"+46701234567", "FI", "+46 70 123 45 67"},
		{"040 12", "FI", "040 12"},
		{"+1", "FI", "+1"},
		{"", "FI", ""},
	} {
		if got := ShowPhone(tt.number, tt.home); got != tt.want {
			t.Errorf("%q at home in %s: got %q, want %q", tt.number, tt.home, got, tt.want)
		}
	}
}
