package citizen

import (
	"net/url"
	"strings"
	"time"

	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/web/parts"
	"luukku/web/ui"
)

// mostOfCourses is how many courses are shown beside the services that were found.
const mostOfCourses = 5

// courses reports whether courses are looked for, too: by words, and by nothing else than a topic, since courses are not sorted by whom they are for, times of life and ways. Not on further pages
// of what was found, and not where another service is chosen for a booking.
func (a sought) courses() bool {
	return strings.TrimSpace(a.Words) != "" && a.For == "" && a.Life == "" && a.Way == "" && a.page <= 1 && a.draft == ""
}

// searchAll has the search say that it looks for courses, too, where the organisation runs some and no service is chosen for a booking.
func (page *ServicesPage) searchAll(courses course.Running, a sought) {
	if courses.Any && a.draft == "" {
		page.Search.Label = page.T("services.search_all")
	}
}

// addCourses shows the first of the courses that were found, and leads to all.
func (page *ServicesPage) addCourses(c *catalog.Config, a sought, found []course.Listed, all int, now time.Time) {
	if all == 0 {
		return
	}
	b := page.Base
	for _, x := range found {
		page.Courses = append(page.Courses, parts.CourseCard(b, c.Zone(), x, now.Unix()))
	}
	q := url.Values{"q": {a.Words}}
	if a.Topic != "" {
		q.Set("topic", string(a.Topic))
	}
	page.AllCourses = ui.Link{Href: b.URL("courses") + "?" + q.Encode(), Text: b.T("services.all_courses")}
	page.CoursesFound = b.N("services.found_courses", all)
	if len(page.Pages) == 0 {
		page.Title = b.T("services.results_all")
	}
}
