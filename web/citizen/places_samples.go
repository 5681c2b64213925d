package citizen

import (
	"time"

	"luukku/domain/booking"
	"luukku/web"
)

func placesSamples() []web.Sample {
	show := func(order booking.PlaceOrder, any bool) func(web.Base) web.Component {
		return func(b web.Base) web.Component {
			c := sampleConfig()
			offices := c.OfficesOf("passport")
			at := func(i int, free bool, start int64) booking.Place {
				return booking.Place{Office: offices[i], Any: any && free, First: booking.FreeTime{Start: start, End: start + 20*60}}
			}
			places := []booking.Place{
				at(1, true, sampleStart(time.November, 21, 11, 0)), at(0, true, sampleStart(time.November, 23, 9, 20)), at(2, false, 0),
			}
			return ShowPlaces(newPlacesPage(b, placesFacts{Config: c, Service: &c.Services[0], Places: places, Order: order}))
		}
	}
	return []web.Sample{
		sample("places", "", show(booking.ByFirst, true)),
		sample("places", "by-place", show(booking.ByName, true)),
		sample("places", "full", show(booking.ByFirst, false)),
	}
}
