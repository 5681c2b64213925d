package citizen

import (
	"strconv"
	"time"

	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/web"
)

func frontSamples() []web.Sample {
	return []web.Sample{
		sample("front", "", func(b web.Base) web.Component { return ShowFront(newFrontPage(b, sampleConfig(), sampleNow())) }),
		sample("front", "closed", func(b web.Base) web.Component {
			return ShowFront(newFrontPage(b, sampleConfig(), time.Date(2026, time.December, 25, 8, 0, 0, 0, time.UTC)))
		}),
		sample("front", "courses", func(b web.Base) web.Component {
			p := newFrontPage(b, sampleConfig(), sampleNow())
			p.leadTo(course.Running{Any: true})
			return ShowFront(p)
		}),
		sample("front", "not-open", func(b web.Base) web.Component { return ShowFront(newFrontPage(b, emptyConfig(), sampleNow())) }),
		sample("services", "not-open", func(b web.Base) web.Component { return ShowServices(newServicesPage(b, emptyConfig(), sought{})) }),
		sample("front", "many-places", func(b web.Base) web.Component {
			c := sampleConfig()
			for i := range 12 {
				o := c.Offices[i%3]
				o.ID = ids.Office("place-" + strconv.Itoa(i))
				o.Name = i18n.Text{b.Lang: o.Name.In(b.Lang) + " " + strconv.Itoa(i+2)}
				c.Offices = append(c.Offices, o)
			}
			c.Org.Notices, c.Org.Demo = nil, false
			return ShowFront(newFrontPage(b, c, sampleNow()))
		}),
	}
}

// emptyConfig is an organisation that was set up and has nothing to book yet.
func emptyConfig() *catalog.Config {
	c := *sampleConfig()
	c.Services, c.Offices, c.Offers, c.Categories = nil, nil, nil, nil
	return &c
}
