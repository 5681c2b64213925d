package desk

import (
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/notify"
	"luukku/web"
)

// callerCookie keeps, sealed, with which conversation by text message the inbox leads here: so no address says who it is.
const callerCookie = "caller"

// fromTalk begins a call with the number of a conversation, and with the name of whom it is with when that is certain. That it was read is written down.
func (d *Door) fromTalk(v *web.Visit, c *called) error {
	kept, ok := v.Sealed(callerCookie)
	parts := strings.Split(kept, "/")
	if !ok || len(parts) != 4 || ids.Staff(parts[0]) != v.Actor().Staff || ids.Org(parts[1]) != v.OrgID() {
		return nil
	}
	if until, err := strconv.ParseInt(parts[3], 10, 64); err != nil || v.Now.Unix() > until {
		return nil
	}
	w, err := d.Talks.Read(v.Ctx(), v.Actor(), v.OrgID(), ids.Work(parts[2]), false)
	if fault.Is(err, fault.KindNotFound) || w.Hidden {
		return nil
	}
	if err != nil {
		return err
	}
	c.Details.Phone = notify.ShowPhone(w.Talk.Number, v.Org.Org.Country)
	if w.Talk.Person != "" {
		c.Details.Name = w.Person.ShortName()
	}
	if w.Talk.Lang != "" {
		c.Details.Lang = w.Talk.Lang
	}
	return nil
}
