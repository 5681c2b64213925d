package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"luukku/app"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/course"
)

// courseRows are people who all want the same course: the minute in which its enrolment opens.
var courseRows = []Row{
	{
		Name: "course/enrol", About: "10,000 people, 256 at a time, enrol for the 100 places of a course, by its pages from the first to the receipt: until the last has theirs; fair and exact",
		Target: Target{AtMost: true, Value: 60, Unit: "s"}, Run: func(ctx context.Context, e *Env) (Result, error) { return courseEnrol(ctx, e, false) },
	},
	{
		Name: "course/enrol-pg", About: "the same on PostgreSQL", Postgres: true,
		Target: Target{AtMost: true, Value: 60, Unit: "s"}, Run: func(ctx context.Context, e *Env) (Result, error) { return courseEnrol(ctx, e, true) },
	},
}

// The people, the places and how many ask at once.
const (
	coursePeople = 10_000
	coursePlaces = 100
	courseConns  = 256
	courseID     = ids.Course("swimming")
)

// courseSpec is an installation around the course: its free times are nobody's concern here.
var courseSpec = FixtureSpec{Offices: 1, Units: 1, Days: 2, Hold: 15 * time.Minute, Hours: "mon-sun 09:00-12:20", Always: true}

// courseEnrol opens the enrolment of a course for everybody at once.
func courseEnrol(ctx context.Context, e *Env, postgres bool) (Result, error) {
	people, places := e.Scale(coursePeople), e.Scale(coursePlaces)
	in, err := e.courseHouse(ctx, postgres, places)
	if err != nil {
		return Result{}, err
	}
	server, err := e.Product(ctx, in)
	if err != nil {
		return Result{}, err
	}
	load, err := e.Start(ctx, "people", nil)
	if err != nil {
		return Result{}, err
	}
	stop, err := server.profiled(ctx)
	if err != nil {
		return Result{}, err
	}
	before, err := server.Usage(ctx)
	if err != nil {
		return Result{}, errors.Join(err, stop())
	}
	plan := Enrolling{Addr: server.Addr, People: people, Conns: min(courseConns, people), Path: "/fi/" + string(in.Fixture.Org) + "/courses/" + string(courseID)}
	e.Say("%d people enrol for %d places", people, places)
	var got Enrolled
	if err := load.Call(ctx, "enrol", plan, &got); err != nil {
		return Result{}, errors.Join(err, stop())
	}
	after, err := server.Usage(ctx)
	if err = errors.Join(err, stop(), server.Stop()); err != nil {
		return Result{}, err
	}
	res := Result{
		Ratio: got.Elapsed.Seconds(), CPU: micros(after.CPU-before.CPU) / float64(max(got.Requests, 1)), N: got.Requests, Wrong: got.wrongs(places),
		Figures: map[string]float64{
			"get_p50_ms": millis(got.Get.Quantile(0.5)), "get_p99_ms": millis(got.Get.Quantile(0.99)), "post_p50_ms": millis(got.Post.Quantile(0.5)), "post_p99_ms": millis(got.Post.Quantile(0.99)),
			"per_second": float64(people) / got.Elapsed.Seconds(), "refused": float64(got.Refused), "cpu_per_enrolment_ms": millis(after.CPU-before.CPU) / float64(people),
		},
	}
	if e.Quick {
		res.Note = fmt.Sprintf("quick: %d people for %d places", people, places)
	}
	found, err := in.enrolled(ctx, people, places)
	res.Wrong = append(res.Wrong, found...)
	return res, err
}

// courseHouse is an installation with a course that opened a minute ago.
func (e *Env) courseHouse(ctx context.Context, postgres bool, places int) (in Installation, err error) {
	if postgres {
		if in.Database, err = e.Postgres(ctx); err != nil {
			return in, err
		}
		if in.Dir, err = e.TempDir(); err != nil {
			return in, err
		}
		in, err = e.fill(ctx, in, courseSpec)
	} else {
		in, err = e.Copied(ctx, courseSpec)
	}
	if err != nil {
		return in, err
	}
	return in, in.With(ctx, func(a *app.App) error {
		now, system := a.Now().Unix(), actor.System("bench")
		d := course.Details{
			Kind: course.ACourse, Title: i18n.Text{"fi": "Uimakoulu"}, Place: "Uimahalli", Places: places, Opens: now - 60, Hold: 15, Offer: 24, Level: "none", AtOnce: 1, Waiting: true,
			Sessions: []course.Session{{Start: now + 10*86400, End: now + 10*86400 + 3600}},
		}
		if err := a.Courses.Create(ctx, system, in.Fixture.Org, courseID, d); err != nil {
			return err
		}
		return a.Courses.Publish(ctx, system, in.Fixture.Org, courseID, 1)
	})
}

// enrolled holds the list of the course against what must be: each place given once, everybody else in one line without holes, every number once, in the order of the line.
func (in Installation) enrolled(ctx context.Context, people, places int) (wrong []string, err error) {
	err = in.With(ctx, func(a *app.App) error {
		_, taken, rows, err := a.Courses.Roll(ctx, actor.System("bench"), in.Fixture.Org, courseID)
		if err != nil {
			return err
		}
		come, wait := 0, 0
		numbers := map[int64]bool{}
		for _, r := range rows {
			switch r.Status {
			case course.Attending:
				come++
			case course.Waiting:
				if wait++; r.Place != wait {
					wrong = append(wrong, fmt.Sprintf("number %d is at place %d of the line, want %d", r.Number, r.Place, wait))
				}
			default:
				wrong = append(wrong, fmt.Sprintf("number %d is %s", r.Number, r.Status))
			}
			if numbers[r.Number] || r.Number < 1 || r.Number > int64(people) {
				wrong = append(wrong, fmt.Sprintf("the number %d was given out twice, or is none", r.Number))
			}
			numbers[r.Number] = true
		}
		if come != places || wait != people-places || taken.All() != places {
			wrong = append(wrong, fmt.Sprintf("%d have a place and %d wait, with %d places taken; want %d and %d", come, wait, taken.All(), places, people-places))
		}
		found, err := a.Store.Check(ctx)
		wrong = append(wrong, found...)
		return err
	})
	return wrong[:min(len(wrong), mostWrong)], err
}
