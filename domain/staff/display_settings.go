package staff

import (
	"cmp"
	"encoding/json"
	"slices"

	"luukku/base/i18n"
	"luukku/base/ids"
)

// DisplaySettings is what is set for one display.
type DisplaySettings struct {
	// Services and Counters are those whose calls it shows; none is all.
	Services []ids.Service `json:"services,omitempty"`
	Counters []ids.Unit    `json:"counters,omitempty"`
	// Languages are those it shows, the first one in front; none is the first two of the organisation.
	Languages []i18n.Lang `json:"languages,omitempty"`
	// NoChime and NoSpeech leave out what is heard.
	NoChime  bool `json:"no_chime,omitempty"`
	NoSpeech bool `json:"no_speech,omitempty"`
}

// Display returns what is set for a display. What cannot be read is as if it were not set.
func (d Device) Display() DisplaySettings {
	var s DisplaySettings
	if json.Unmarshal([]byte(cmp.Or(d.Settings, "{}")), &s) != nil {
		return DisplaySettings{}
	}
	return s
}

// Shows reports whether a display shows what is called for a service to a counter; an empty counter is none yet.
func (s DisplaySettings) Shows(service ids.Service, counter ids.Unit) bool {
	return (len(s.Services) == 0 || slices.Contains(s.Services, service)) && (counter == "" || len(s.Counters) == 0 || slices.Contains(s.Counters, counter))
}
