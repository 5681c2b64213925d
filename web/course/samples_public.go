package course

import (
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/web"
)

// listSample is the list, changed.
func listSample(change func(f *listFacts)) func(b web.Base) Page {
	return func(b web.Base) Page {
		f := listFacts{List: []course.Listed{{Course: sampleCourse(), Taken: course.Taken{"": 4}}, {Course: sampleEvent(), Taken: course.Taken{}}}, All: 2, Filter: course.Filter{Age: -1}, Config: sampleConfig(), Now: time.Unix(sampleAt, 0)}
		change(&f)
		return newListPage(b, f)
	}
}

// courseSample is the page of a course, changed.
func courseSample(change func(f *courseFacts)) func(b web.Base) Page {
	return func(b web.Base) Page {
		f := courseFacts{Course: sampleCourse(), Taken: course.Taken{"": 4, "alle-10": 2}, Config: sampleConfig(), Now: time.Unix(sampleAt, 0), URL: "https://town.example/fi/vuorela/courses/uimakoulu"}
		change(&f)
		return newCoursePage(b, f)
	}
}

// whoSample is the first page of enrolling, changed.
func whoSample(change func(f *whoFacts)) func(b web.Base) Page {
	return func(b web.Base) Page {
		f := whoFacts{Course: sampleCourse(), Known: []course.Known{{Person: "maija", Name: "Maija Meikäläinen", Birth: "1985-05-05"}, {Person: "onni", Name: "Onni Meikäläinen", Birth: "2019-05-05"}}, Batch: "06A1B2C3D4"}
		change(&f)
		return newWhoPage(b, f)
	}
}

// formSample is the second, changed.
func formSample(change func(f *formFacts)) func(b web.Base) Page {
	return func(b web.Base) Page {
		f := formFacts{
			Course: sampleCourse(), Config: sampleConfig(), Now: time.Unix(sampleAt, 0), Batch: "06A1B2C3D4", Typed: course.Contact{Email: "maija@example.org"},
			List: []course.Enrolment{{Name: "Onni Meikäläinen", Status: course.Held, Until: sampleAt + 840}},
		}
		change(&f)
		return newFormPage(b, f)
	}
}

// doneSample is a receipt.
func doneSample(list ...course.View) func(b web.Base) Page {
	return func(b web.Base) Page {
		return newDonePage(b, doneFacts{Course: sampleCourse(), List: list, Config: sampleConfig(), Now: time.Unix(sampleAt, 0), Signed: true})
	}
}

// mineSample is the page of somebody's enrolment, changed.
func mineSample(change func(f *mineFacts)) func(b web.Base) Page {
	return func(b web.Base) Page {
		f := mineFacts{View: sampleView(course.Attending), Config: sampleConfig(), Now: time.Unix(sampleAt, 0), Action: "/" + string(b.Lang) + "/my/enrolments/vuorela/06A1B2C3D4", Back: web.Path(b.Lang, "", "my") + "/"}
		change(&f)
		return newMinePage(b, f)
	}
}

// fullSample takes every place.
func fullSample(f *courseFacts) { f.Taken, f.Waits = course.Taken{"": 6, "alle-10": 6}, 3 }

// findSamples are the pages on which a course is found.
func findSamples() []web.Sample {
	return []web.Sample{
		sample("list", "", listSample(func(*listFacts) {})),
		sample("list", "narrowed", listSample(func(f *listFacts) {
			f.List, f.Filter = f.List[:1], course.Filter{Text: "uinti", Age: 7, Place: "uimahalli", Free: true}
		})),
		sample("list", "none", listSample(func(f *listFacts) { f.List, f.Filter = nil, course.Filter{Text: "kalastus", Age: -1} })),
		sample("course", "", courseSample(func(*courseFacts) {})),
		sample("course", "soon", courseSample(func(f *courseFacts) { f.Course.Opens = sampleAt + 86400 })),
		sample("course", "full", courseSample(fullSample)),
		sample("course", "full-none", courseSample(func(f *courseFacts) { fullSample(f); f.Course.Details.Waiting = false })),
		sample("course", "shut", courseSample(func(f *courseFacts) { f.Course.Closes = sampleAt - 1 })),
		sample("course", "off", courseSample(func(f *courseFacts) { f.Course.State = course.CalledOff })),
		sample("course", "event", courseSample(func(f *courseFacts) { f.Course, f.Taken = sampleEvent(), course.Taken{} })),
	}
}

// enrolSamples are the pages on which somebody enrols, from who comes to the receipt.
func enrolSamples() []web.Sample {
	return []web.Sample{
		sample("who", "", whoSample(func(*whoFacts) {})),
		sample("who", "typed", whoSample(func(f *whoFacts) {
			f.Known, f.Rows = nil, []course.Named{{Name: "Maija Meikäläinen", Birth: "5.5.2019"}, {}}
		})),
		sample("who", "wrong", whoSample(func(f *whoFacts) {
			f.Course.Codes = []string{"001"}
			f.Chose, f.Why = []ids.Person{"maija"}, wrongSample(fault.Field{Name: "person-1", Key: "course.no.old", Args: fault.Args{"name": "Maija Meikäläinen", "age": 17}}, fault.Field{Name: "code-1", Key: "course.code_missing"})
		})),
		sample("who", "full", whoSample(func(f *whoFacts) { f.Why = fault.Conflict("course.full", nil) })),
		sample("who", "soon", whoSample(func(f *whoFacts) { f.Why = fault.Conflict("course.no.soon", nil) })),
		sample("form", "", formSample(func(*formFacts) {})),
		sample("form", "waits", formSample(func(f *formFacts) { f.List[0].Status = course.Filling })),
		sample("form", "clash", formSample(func(f *formFacts) { f.Clashes = []course.Course{sampleEvent()} })),
		sample("form", "gone", formSample(func(f *formFacts) { f.List[0].Status, f.Why = course.Filling, fault.Conflict("course.hold_gone", nil) })),
		sample("form", "wrong", formSample(func(f *formFacts) {
			f.Typed, f.Why = course.Contact{}, wrongSample(fault.Field{Name: "email", Key: "course.contact_missing"})
		})),
		sample("done", "", doneSample(sampleView(course.Attending))),
		sample("done", "waits", doneSample(sampleView(course.Waiting))),
		sample("done", "both", doneSample(sampleView(course.Attending), sampleView(course.Waiting))),
		sample("closed", "", func(b web.Base) Page {
			return newClosedPage(b, sampleCourse(), &catalog.Service{ID: "sport", Name: i18n.Text{"fi": "Liikuntaneuvonta", "sv": "Motionsrådgivning", "en": "Exercise advice", "cs": "Pohybové poradenství"}}, fault.Invalid("access.contact_first", nil))
		}),
	}
}

// mineSamples are the page of somebody's own enrolment in its states.
func mineSamples() []web.Sample {
	return []web.Sample{
		sample("mine", "", mineSample(func(*mineFacts) {})),
		sample("mine", "waits", mineSample(func(f *mineFacts) { f.View = sampleView(course.Waiting) })),
		sample("mine", "offered", mineSample(func(f *mineFacts) { f.View = sampleView(course.Offered) })),
		sample("mine", "cancelling", mineSample(func(f *mineFacts) { f.Asks = true })),
		sample("mine", "late", mineSample(func(f *mineFacts) { f.View.Of.CancelUntil = sampleAt - 1 })),
		sample("mine", "cancelled", mineSample(func(f *mineFacts) { f.View, f.Done = sampleView(course.Cancelled), course.Cancel })),
		sample("mine", "declined", mineSample(func(f *mineFacts) { f.View, f.Done = sampleView(course.Declined), course.Decline })),
		sample("mine", "accepted", mineSample(func(f *mineFacts) { f.View, f.Done = sampleView(course.Attending), course.Accept })),
		sample("mine", "called-off", mineSample(func(f *mineFacts) { f.View, f.View.Of.State = sampleView(course.Off), course.CalledOff })),
		sample("mine", "lapsed", mineSample(func(f *mineFacts) {
			f.View, f.Why = sampleView(course.Lapsed), fault.Conflict("course.offer_over", nil)
		})),
	}
}
