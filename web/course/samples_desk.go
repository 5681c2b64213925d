package course

import (
	"time"

	"luukku/base/fault"
	"luukku/domain/course"
	"luukku/web"
	"luukku/web/ui"
)

// deskSample is a page of those who work here.
func deskSample(show func(b web.Base) Page) func(b web.Base) Page {
	return func(b web.Base) Page {
		b.Compact, b.Wide, b.Help, b.NavLabel = true, true, ui.Help{}, b.T("admin.nav")
		b.Nav = []ui.Link{{Href: web.Path(b.Lang, "", "staff"), Text: b.T("admin.front")}, {Href: deskAt(b), Text: b.T("course.desk_title")}}
		return show(b)
	}
}

// rollSample is the list of who comes, changed.
func rollSample(change func(f *rollFacts)) func(b web.Base) Page {
	return deskSample(func(b web.Base) Page {
		f := rollFacts{Course: sampleCourse(), Taken: course.Taken{"": 2, "alle-10": 1}, Config: sampleConfig(), Now: time.Unix(sampleAt, 0), Rows: sampleRows()}
		change(&f)
		return newRollPage(b, f)
	})
}

// editSample is the page that changes a course, changed.
func editSample(change func(f *editFacts)) func(b web.Base) Page {
	return deskSample(func(b web.Base) Page {
		f := editFacts{ID: "uimakoulu", Typed: typedOf(b.Printer, sampleCourse(), sampleConfig()), Config: sampleConfig()}
		change(&f)
		return newEditPage(b, f)
	})
}

// deskSamples are the pages of those who run courses.
func deskSamples() []web.Sample {
	return []web.Sample{
		sample("desk", "", deskSample(func(b web.Base) Page {
			return newAllPage(b, []course.Listed{{Course: sampleCourse(), Taken: course.Taken{"": 4}}}, sampleConfig(), time.Unix(sampleAt, 0))
		})),
		sample("desk", "none", deskSample(func(b web.Base) Page { return newAllPage(b, nil, sampleConfig(), time.Unix(sampleAt, 0)) })),
		sample("roll", "", rollSample(func(*rollFacts) {})),
		sample("roll", "begun", rollSample(func(f *rollFacts) { f.Now = time.Unix(sampleAt+15*86400, 0) })),
		sample("roll", "draft", rollSample(func(f *rollFacts) { f.Course.State, f.Rows, f.Taken = course.Draft, nil, course.Taken{} })),
		sample("roll", "off-wrong", rollSample(func(f *rollFacts) { f.Why = wrongSample(fault.Field{Name: "sure", Key: "course.off_sure"}) })),
		sample("edit", "", editSample(func(*editFacts) {})),
		sample("edit", "new", editSample(func(f *editFacts) { f.ID = "" })),
		sample("edit", "wrong", editSample(func(f *editFacts) {
			f.Why = wrongSample(fault.Field{Name: "sessions", Key: "course.session_unread"}, fault.Field{Name: "quotas", Key: "course.quotas_many"})
		})),
		sample("add", "", deskSample(func(b web.Base) Page {
			return newAddPage(b, addFacts{Course: sampleCourse(), Batch: "06A1B2C3D4", At: course.Contact{Wait: true}})
		})),
		sample("add", "wrong", deskSample(func(b web.Base) Page {
			return newAddPage(b, addFacts{Course: sampleCourse(), Batch: "06A1B2C3D4", Why: wrongSample(fault.Field{Name: "name-1", Key: "field.name_required"})})
		})),
		sample("message", "", deskSample(func(b web.Base) Page {
			return newMessagePage(b, messageFacts{Course: sampleCourse(), ID: "06A1B2C3D4"})
		})),
		sample("message", "wrong", deskSample(func(b web.Base) Page {
			return newMessagePage(b, messageFacts{Course: sampleCourse(), ID: "06A1B2C3D4", Why: wrongSample(fault.Field{Name: "text", Key: "course.text_missing"})})
		})),
		sample("roll", "erased", rollSample(func(f *rollFacts) {
			f.Rows = f.Rows[4:]
			f.Rows[0].Name, f.Rows[0].Email, f.Rows[0].Phone = "", "", ""
		})),
		sample("erase", "", deskSample(func(b web.Base) Page {
			return newErasePage(b, eraseFacts{Course: sampleCourse(), Number: "UIMA-0005", ID: "e5"})
		})),
		sample("erase", "live", deskSample(func(b web.Base) Page {
			return newErasePage(b, eraseFacts{Course: sampleCourse(), Number: "UIMA-0001", ID: "e1", Why: fault.Conflict("course.erase_live", nil)})
		})),
	}
}
