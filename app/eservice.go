package app

import (
	"luukku/domain/eservice"
)

// eservices makes the room of forms that people fill in and send.
func (a *App) eservices() *eservice.Service {
	return &eservice.Service{Store: a.Store, Now: a.Now}
}
