package eservice

import (
	"context"
	"encoding/json"
	"fmt"

	"luukku/base/ids"
	"luukku/base/seal"
	"luukku/domain/form"
)

// Kept is what was typed when a session had ended, until the same person comes back in the same browser.
type Kept struct {
	Org       ids.Org
	ID        string
	Session   []byte
	ExpiresAt int64
	Sealed    []byte
}

// KeptFor is how long it is kept, in seconds.
const KeptFor = 60 * 60

// MostKept is how large it may be, in bytes.
const MostKept = 256 << 10

// typedThen is a step as it was sent after the end of a session.
type typedThen struct {
	Draft ids.Submission `json:"draft"`
	Step  int            `json:"step"`
	Typed form.Typed     `json:"typed"`
	Mark  string         `json:"mark"`
}

func keptPlace(k Kept) seal.Place {
	return seal.Place{Table: "form_kept", Column: "content", Row: string(k.Org) + "/" + k.ID}
}

// KeepTyped keeps what somebody typed whose session had ended, for their browser: session is the hash of its visit's secret. Nothing is asked of the draft here: whose it is shows when they are back.
// It is empty for what is too large, or for nobody.
func (s *Service) KeepTyped(ctx context.Context, o ids.Org, session []byte, r SaveRequest) (string, error) {
	if _, err := s.Store.Config(ctx, o); err != nil || len(session) == 0 {
		return "", err
	}
	plain, err := json.Marshal(typedThen{r.Draft, r.Step, r.Typed, r.Mark})
	if err != nil || len(plain) > MostKept {
		return "", err
	}
	k := Kept{Org: o, ID: string(s.Gen.Submission()), Session: session, ExpiresAt: s.Now().Unix() + KeptFor}
	if k.Sealed, err = s.Seals.Seal(plain, keptPlace(k)); err != nil {
		return "", fmt.Errorf("seal what was typed: %w", err)
	}
	return k.ID, s.Store.PutFormKept(ctx, k)
}

// TakeKept gives back what was kept, once. NotFound.
func (s *Service) TakeKept(ctx context.Context, o ids.Org, id string, session []byte) (SaveRequest, error) {
	k, err := s.Store.TakeFormKept(ctx, o, id, session, s.Now().Unix())
	if err != nil {
		return SaveRequest{}, err
	}
	var t typedThen
	plain, err := s.Seals.Open(k.Sealed, keptPlace(k))
	if err == nil {
		err = json.Unmarshal(plain, &t)
	}
	if err != nil {
		return SaveRequest{}, fmt.Errorf("open what was typed: %w", err)
	}
	return SaveRequest{Draft: t.Draft, Step: t.Step, Typed: t.Typed, Mark: t.Mark}, nil
}
