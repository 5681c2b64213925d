package feedback

import (
	"context"
	"strings"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// Address is an address that is proven to be somebody's: an email address, or a number from a moment on (Unix seconds), since numbers are given to others.
type Address struct {
	Email, Phone string
	Since        int64
}

// contactHash is the kind of value that the hash of an address for an answer is.
const contactHash = "contact of feedback"

// contactOf is what the hash of an address is made of.
func contactOf(email, phone string) string { return strings.ToLower(email) + "\n" + phone }

// mostUnkeyed is how many are looked at in one transaction.
const mostUnkeyed = 200

// from are what was written to an organisation under addresses, each once. What was written before addresses had a key gets its key first.
func (s *Service) from(ctx context.Context, o ids.Org, of []Address) (out []Stored, err error) {
	for {
		list, err := s.Store.FeedbackUnkeyed(ctx, o, mostUnkeyed)
		if err != nil {
			return nil, err
		}
		for i, f := range list {
			v, err := s.opened(f)
			if err != nil {
				return nil, err
			}
			list[i].Contact = s.Seals.LookupHash(contactHash, contactOf(v.Email, v.Phone))
		}
		if err := s.Store.KeyFeedback(ctx, list); err != nil {
			return nil, err
		}
		if len(list) < mostUnkeyed {
			break
		}
	}
	for _, a := range of {
		if a.Email+a.Phone == "" {
			continue
		}
		for _, key := range s.Seals.LookupHashes(contactHash, contactOf(a.Email, a.Phone)) {
			list, err := s.Store.FeedbackFrom(ctx, o, key, a.Since)
			if err != nil {
				return nil, err
			}
			out = append(out, list...)
		}
	}
	return out, nil
}

// Own is feedback as it is given to whose address it has.
type Own struct {
	Said
	At int64
}

// Of returns what was written to an organisation under addresses that are proven to be somebody's, opened. Whose they are is for who asks to know.
func (s *Service) Of(ctx context.Context, o ids.Org, of []Address) ([]Own, error) {
	list, err := s.from(ctx, o, of)
	if err != nil {
		return nil, err
	}
	out := make([]Own, len(list))
	for i, f := range list {
		v, err := s.opened(f)
		if err != nil {
			return nil, err
		}
		out[i] = Own{Said: Said{Page: f.Page, Lang: i18n.Lang(f.Lang), Useful: f.Useful, Body: v.Body, Email: v.Email, Phone: v.Phone}, At: f.At}
		out[i].Org, out[i].ID = f.Org, f.Item
	}
	return out, nil
}

// EraseOf takes away what was written to an organisation under addresses that are proven to be somebody's, with what was done with it, whether it was answered or not: nobody could be answered any more. What
// was counted names nobody, and stays. It is for Luukku itself, and may be called again.
func (s *Service) EraseOf(ctx context.Context, o ids.Org, of []Address) error {
	list, err := s.from(ctx, o, of)
	if err != nil {
		return err
	}
	for _, f := range list {
		line := s.Work.Line(o, actor.System("erasure"), audit.FeedbackErased, string(f.Item), nil)
		if err := s.Store.EraseFeedback(ctx, o, f.Item, line); err != nil {
			return err
		}
	}
	return nil
}
