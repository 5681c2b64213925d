package blueprint

import (
	"bytes"
	"encoding/json"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/org"
)

// helpSays is what an organisation itself says on its help page.
type helpSays struct {
	Help, PhoneHours i18n.Text `json:",omitempty"`
	Phone, Email     string
	HelpDesk         ids.Office
	DeskName         i18n.Text       `json:",omitempty"`
	Hours            []org.Weekly    `json:",omitempty"`
	Exceptions       []org.Exception `json:",omitempty"`
	Closures         []org.Closure   `json:",omitempty"`
}

func helpOf(o Organisation) helpSays {
	h := helpSays{Help: o.Help, PhoneHours: o.PhoneHours, Phone: o.Phone, Email: o.Email}
	offices := make([]org.Office, len(o.Offices))
	for i := range o.Offices {
		offices[i] = o.Offices[i].Office
	}
	if d := o.Desk(offices); d != nil {
		h.HelpDesk, h.DeskName, h.Hours, h.Exceptions, h.Closures = d.ID, d.Name, d.Hours, d.Exceptions, d.Closures
	}
	return h
}

// HelpChanged reports whether the organisation says something else on its help page than before, or for the first time: its own words, how it is reached, or the hours of its help desk.
func (c OrgChange) HelpChanged() bool {
	was, err := json.Marshal(helpOf(c.Have))
	is, err2 := json.Marshal(helpOf(c.Want))
	return c.Have.ID == "" || err != nil || err2 != nil || !bytes.Equal(was, is)
}
