package citizen

import (
	"luukku/base/ids"
	"luukku/domain/catalog"
)

// bookingSteps are service, place, time, details and check.
const bookingSteps = 5

// The steps of a booking, as they are counted where a place is chosen.
const (
	stepPlace = iota + 2
	stepTime
	stepDetails
	stepCheck
)

// onePlace reports whether a service is offered at one office only: then nobody is asked for a place.
func onePlace(c *catalog.Config, service ids.Service) bool { return len(c.OfficesOf(service)) == 1 }

// stepOf says which step of how many a page is in the booking of a service.
func stepOf(c *catalog.Config, service ids.Service, step int) (at, of int) {
	if onePlace(c, service) {
		return step - 1, bookingSteps - 1
	}
	return step, bookingSteps
}

// stepsOfAll is how many steps there are while the service is not chosen yet.
func stepsOfAll(c *catalog.Config) int {
	if len(c.Offices) == 1 {
		return bookingSteps - 1
	}
	return bookingSteps
}
