package catalog

import (
	"slices"

	"luukku/base/ids"
	"luukku/domain/org"
)

// FirstInbox is the inbox of an organisation that has configured none.
const FirstInbox ids.Inbox = "messages"

// AllInboxes are the organisation's inboxes in their order: at least one.
func (c *Config) AllInboxes() []org.Inbox {
	if len(c.Inboxes) == 0 {
		return []org.Inbox{{ID: FirstInbox}}
	}
	return c.Inboxes
}

// Inbox returns an inbox; what lay in one that is gone lies in the first.
func (c *Config) Inbox(id ids.Inbox) org.Inbox {
	all := c.AllInboxes()
	return all[max(0, slices.IndexFunc(all, func(b org.Inbox) bool { return b.ID == id }))]
}

// InboxOf returns the inbox of a number that was written to: the first for one that is nobody's.
func (c *Config) InboxOf(number string) org.Inbox {
	all := c.AllInboxes()
	return all[max(0, slices.IndexFunc(all, func(b org.Inbox) bool { return b.Takes(number) }))]
}

// InboxOfLetters returns the inbox in which letters of a kind lie: the first that names it, else the first.
func (c *Config) InboxOfLetters(kind string) org.Inbox {
	all := c.AllInboxes()
	return all[max(0, slices.IndexFunc(all, func(b org.Inbox) bool { return slices.Contains(b.Letters, kind) }))]
}

// InboxAt returns the inbox of who works at an office: the office's own, else the first of the whole organisation, else the first. Of those, one with a number of its
// own is taken, since the answer comes back to where its number leads.
func (c *Config) InboxAt(o ids.Office) org.Inbox {
	all := c.AllInboxes()
	for _, fits := range []func(b org.Inbox) bool{
		func(b org.Inbox) bool { return o != "" && b.Office == o && len(b.Numbers) > 0 },
		func(b org.Inbox) bool { return b.Office == "" && len(b.Numbers) > 0 },
	} {
		if i := slices.IndexFunc(all, fits); i >= 0 {
			return all[i]
		}
	}
	return all[0]
}
