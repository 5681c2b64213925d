package staff

import (
	"cmp"
	"encoding/json"
	"slices"

	"luukku/base/fault"
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

// At reports whether a counter was chosen for the display. Where none was, it shows all of them.
func (s DisplaySettings) At(counter ids.Unit) bool { return slices.Contains(s.Counters, counter) }

// mostLanguages is how many languages a display has room for.
const mostLanguages = 2

// In returns the languages of a display of an organisation that has some: its own, or the first of the organisation's.
func (s DisplaySettings) In(of []i18n.Lang) []i18n.Lang {
	if len(s.Languages) > 0 {
		return s.Languages
	}
	return of[:min(mostLanguages, len(of))]
}

// CheckDisplay checks what was chosen for a display of an organisation with the languages: Invalid at "first" and "second".
func CheckDisplay(s DisplaySettings, of []i18n.Lang) error {
	for i, name := range []string{"first", "second"} {
		switch {
		case i < len(s.Languages) && !slices.Contains(of, s.Languages[i]), i == 0 && len(s.Languages) == 0:
			return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: "error.field.choose"})
		case i > 0 && i < len(s.Languages) && s.Languages[i] == s.Languages[0]:
			return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: "display_settings.same"})
		}
	}
	return nil
}
