package citizen

import (
	"context"

	"luukku/base/ids"
	"luukku/domain/booking"
	"luukku/domain/course"
	"luukku/web"
)

// open makes a public page of one: it is written without looking at the visitor, and kept while what it follows from stays as it is. Its address may have
// a query of one name. With anything else in it, such as a draft, the page is the visitor's own.
func (d *Door) open(query string, follow func(*web.Visit) web.Follow, page web.Handler) web.Handler {
	return d.Site.Public(web.Public{Query: query, Follow: follow}, page)
}

// configured makes a public page of one that shows what is configured, and for which day.
func (d *Door) configured(page web.Handler) web.Handler { return d.open("", d.followConfig, page) }

// followConfig follows the configuration and the day.
func (d *Door) followConfig(v *web.Visit) web.Follow {
	o := v.OrgID()
	return func(ctx context.Context) (booking.Stamp, bool) {
		c, err := d.Site.Directory.Config(ctx, o)
		if err != nil {
			return booking.Stamp{}, false
		}
		today := c.Today(d.Site.Now())
		return booking.Stamp{
			Key:   booking.StampKey{Config: c.Version, Day: today.At(0, c.Zone()).Unix()},
			Until: today.Add(1).At(0, c.Zone()).Unix() - 1,
		}, true
	}
}

// leading makes a public page of one that shows what is configured, and leads to courses where there are some.
func (d *Door) leading(page web.Handler) web.Handler { return d.open("", d.followCourses, page) }

// followCourses follows the configuration, the day and which courses the organisation runs.
func (d *Door) followCourses(v *web.Visit) web.Follow {
	o, follow := v.OrgID(), d.followConfig(v)
	return func(ctx context.Context) (booking.Stamp, bool) {
		stamp, ok := follow(ctx)
		if !ok || d.Courses == nil {
			return stamp, ok
		}
		r, err := d.Courses.Running(ctx, o)
		stamp.Key.Courses, stamp.Until = r.Sum, min(stamp.Until, r.Until)
		return stamp, err == nil
	}
}

// running says which courses the organisation of a visit runs.
func (d *Door) running(v *web.Visit) (course.Running, error) {
	if d.Courses == nil || v.Org == nil {
		return course.Running{}, nil
	}
	return d.Courses.Running(v.Ctx(), v.OrgID())
}

// followPlaces follows the first free times of a service at all its offices.
func (d *Door) followPlaces(v *web.Visit) web.Follow {
	o, service := v.OrgID(), ids.Service(v.R.PathValue("service"))
	return func(ctx context.Context) (booking.Stamp, bool) {
		stamp, ok, err := d.Booking.PlacesStamp(ctx, o, service)
		return stamp, ok && err == nil
	}
}

// followTimes follows the free times of a service at an office.
func (d *Door) followTimes(v *web.Visit) web.Follow {
	o, service, office := v.OrgID(), ids.Service(v.R.PathValue("service")), ids.Office(v.R.PathValue("office"))
	return func(ctx context.Context) (booking.Stamp, bool) {
		stamp, ok, err := d.Booking.Stamp(ctx, o, service, office)
		return stamp, ok && err == nil
	}
}
