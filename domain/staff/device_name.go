package staff

import (
	"context"

	"luukku/base/ids"
)

// DeviceName is what a kiosk or display is called; empty when it cannot be told.
func (s *Service) DeviceName(ctx context.Context, o ids.Org, id ids.Device) string {
	list, err := s.Store.Devices(ctx, o)
	if err != nil {
		return ""
	}
	for _, d := range list {
		if d.ID == id {
			return d.Name
		}
	}
	return ""
}
