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
