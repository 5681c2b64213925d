package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/catalog"
	"luukku/domain/course"
	"luukku/domain/org"
)

// tagCourses groups courses and events.
const tagCourses = "Courses and events"

var (
	enrolSteps     = steps{tag: tagCourses, status: http.StatusCreated, security: []map[string][]string{{}, {"apiKey": {}}}, errors: []int{400, 401, 404, 409, 413, 415, 422, 429, 500, 503}}
	enrolmentSteps = steps{tag: tagCourses, status: http.StatusOK, security: []map[string][]string{{}}, errors: []int{400, 404, 409, 413, 415, 422, 429, 500, 503}}
)

// courseRoutes are courses and events: what anybody may read, what people do there, and what those who run them do, with a key.
func (d *Door) courseRoutes(api huma.API) {
	const list = "/organisations/{org}/courses"
	const one = list + "/{course}"
	add(d, api, public("list-courses", list, "Courses and events, or a search among them", tagCourses), d.courses)
	add(d, api, public("get-course", one, "One course, with how many places are free", tagCourses), d.course)
	add(d, api, step("create-enrolment", http.MethodPost, one+"/enrolments", "Enrol people, or put them on the waiting list", enrolSteps), d.enrol)
	add(d, api, step("get-enrolment", http.MethodPost, "/organisations/{org}/enrolment", "Read an enrolment", enrolmentSteps), d.enrolment)
	add(d, api, step("answer-enrolment", http.MethodPost, "/organisations/{org}/enrolment/answer", "Answer an offer, or give a place back", enrolmentSteps), d.answerEnrolment)
	add(d, api, step("list-enrolments", http.MethodGet, one+"/enrolments", "Who comes to a course, and who waits", readWithKey), d.enrolments)
	add(d, api, step("answer-enrolment-for", http.MethodPost, one+"/enrolments/{enrolment}/answer", "Answer an offer for somebody, or give their place back", deedWithKey), d.answerEnrolmentFor)
	add(d, api, step("mark-attendance", http.MethodPut, one+"/attendance", "Say who came", revokedOrMarked), d.attendance)
	add(d, api, step("tell-course", http.MethodPost, one+"/messages", "Write to all who come", answerWithKey), d.tellCourse)
}

var revokedOrMarked = steps{tag: tagPrograms, status: http.StatusNoContent, security: keyed, errors: []int{400, 401, 404, 409, 413, 415, 422, 429, 500, 503}}

// courseDescriptions say what the summary of an operation cannot.
var courseDescriptions = map[string]string{
	"list-courses": "Those that are published and not over, the first to begin first. How many places are free may be a few seconds old; enrolling decides.",
	"get-course":   "How many places are free may be a few seconds old; enrolling decides.",
	"create-enrolment": "People without an account, where the course takes enrolments without signing in (level none); with a key with the right course.work on every course, before and after the enrolment period, too. " +
		"All of them are enrolled, or none: each gets a place, or where there is none and wait is true a place on the waiting list. At each person, as people[0] and so on, the problem says why they cannot come. " +
		"The same Idempotency-Key gets the same enrolments. They are told at their address, with a link whose last part opens the enrolment.",
	"get-enrolment":    "With the last part of the mailed link. It stands in the body, so that no log has it.",
	"answer-enrolment": "accept takes the place that is offered, until its last second; decline lets it go to the next; cancel gives a place back, or leaves the waiting list. Doing it again is no fault.",
	"list-enrolments": "Needs a key with the right course.work. Those who have a place come in the order in which they enrolled, those who wait in theirs. That the list was read is written into the audit log. " +
		"Of people whose data is protected there is neither a name nor an address.",
	"answer-enrolment-for": "Needs a key with the right course.work. As the desk does for who calls: no last day binds it. The person is told.",
	"mark-attendance":      "Needs a key with the right course.work. Who is left out stays as they are; none takes a mark back.",
	"tell-course":          "Needs a key with the right course.work. Each is told as they can be reached. The same Idempotency-Key is sent once.",
}

// Course is a course or an event.
type Course struct {
	ID       ids.Course    `json:"id" example:"swimming"`
	Kind     course.Kind   `json:"kind" enum:"course,event"`
	Title    string        `json:"title"`
	Summary  string        `json:"summary,omitempty"`
	Body     string        `json:"description,omitempty"`
	Topic    ids.Category  `json:"category,omitempty"`
	Service  ids.Service   `json:"service,omitempty"`
	Place    string        `json:"place,omitempty"`
	Lang     Lang          `json:"lang,omitempty" doc:"In which it is held."`
	Price    string        `json:"price,omitempty" doc:"Left out where it is free of charge."`
	Contact  string        `json:"contact,omitempty"`
	Stage    course.Stage  `json:"stage" enum:"soon,open,shut,over,off" doc:"soon: enrolment has not opened. shut: it is over. off: the course was called off."`
	Meetings []CourseTime  `json:"meetings" nullable:"false"`
	Places   int           `json:"places"`
	Free     int           `json:"free" minimum:"0"`
	Quotas   []CourseQuota `json:"quotas,omitempty" nullable:"false"`
	MinAge   int           `json:"min_age,omitempty"`
	MaxAge   int           `json:"max_age,omitempty"`
	Codes    []string      `json:"postal_codes,omitempty" nullable:"false" doc:"Postal codes, or how they begin, of whose residents may come."`
	Opens    string        `json:"opens" format:"date-time" doc:"The first second of the enrolment period."`
	Closes   string        `json:"closes" format:"date-time" doc:"Its last second."`
	Cancel   string        `json:"cancel_until" format:"date-time" doc:"The last second in which people give a place back by themselves."`
	Level    string        `json:"level" enum:"none,low,substantial,high" doc:"How surely it must be known who enrols."`
	AtOnce   int           `json:"at_once" doc:"How many can be enrolled in one go."`
	Waiting  bool          `json:"waiting_list"`
}

// CourseTime is a meeting.
type CourseTime struct {
	Start string `json:"start" format:"date-time"`
	End   string `json:"end" format:"date-time"`
	Place string `json:"place,omitempty" doc:"If elsewhere than the course."`
}

// CourseQuota is places that are kept for some.
type CourseQuota struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Places int      `json:"places"`
	Free   int      `json:"free" minimum:"0"`
	MinAge int      `json:"min_age,omitempty"`
	MaxAge int      `json:"max_age,omitempty"`
	Codes  []string `json:"postal_codes,omitempty" nullable:"false"`
	Langs  []Lang   `json:"langs,omitempty" nullable:"false"`
	Until  string   `json:"until,omitempty" format:"date-time" doc:"The last second in which they are kept."`
}

// Courses are those of an organisation.
type Courses struct {
	Courses []Course `json:"courses" nullable:"false"`
}

func courseOf(cfg *catalog.Config, c course.Course, t course.Taken, now int64, lang i18n.Lang) Course {
	zone := cfg.Zone()
	out := Course{
		ID: c.ID, Kind: c.Kind, Title: c.Title.In(lang), Summary: c.Summary.In(lang), Body: c.Body.In(lang), Topic: c.Topic, Service: c.Service, Place: c.Place, Lang: Lang(c.Lang), Price: c.Price.In(lang),
		Contact: c.Contact, Stage: c.StageAt(now), Meetings: []CourseTime{}, Places: c.Places, Free: c.Free(t, now), MinAge: c.MinAge, MaxAge: c.MaxAge, Codes: c.Codes, Opens: moment(c.Opens, zone),
		Closes: moment(c.Shuts(), zone), Cancel: moment(c.LastCancel(), zone), Level: c.Level, AtOnce: max(c.AtOnce, 1), Waiting: c.Details.Waiting,
	}
	for _, s := range c.Sessions {
		out.Meetings = append(out.Meetings, CourseTime{moment(s.Start, zone), moment(s.End, zone), s.Place})
	}
	left := c.Left(t, now)
	for _, q := range c.Quotas {
		x := CourseQuota{ID: q.ID, Name: q.Name.In(lang), Places: q.Places, Free: max(left[q.ID], 0), MinAge: q.MinAge, MaxAge: q.MaxAge, Codes: q.Codes, Until: momentOrNone(cfg, q.Until)}
		for _, l := range q.Langs {
			x.Langs = append(x.Langs, Lang(l))
		}
		out.Quotas = append(out.Quotas, x)
	}
	return out
}

// runs returns an organisation, where there is the room of courses at all.
func (d *Door) runs(ctx context.Context, o ids.Org) (*catalog.Config, error) {
	if d.Courses == nil {
		return nil, fault.NotFound("error.not_found")
	}
	return d.organisation(ctx, o)
}

func (d *Door) courses(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org     ids.Org      `path:"org" example:"town"`
	Query   string       `query:"q" maxLength:"200" doc:"Words that all stand in the title, the texts or the place, in any language; where no course has them, courses whose title, summary or place has them with typing mistakes."`
	Topic   ids.Category `query:"category" maxLength:"60"`
	Kind    course.Kind  `query:"kind" enum:"course,event"`
	Service ids.Service  `query:"service" maxLength:"60" doc:"Those of one service."`
	Age     int          `query:"age" minimum:"-1" maximum:"149" default:"-1" doc:"To which somebody of this age may come; -1 is any."`
	From    string       `query:"from" format:"date" doc:"Those that begin no earlier."`
	Place   string       `query:"place" maxLength:"100" doc:"A part of where it takes place."`
	Free    bool         `query:"free" doc:"Those alone with free places that can be had now or later."`
},
) (*Listed[Courses], error) {
	cfg, err := d.runs(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	f := course.Filter{Text: in.Query, Topic: in.Topic, Kind: in.Kind, Service: in.Service, Age: in.Age, Place: in.Place, Free: in.Free}
	if in.From != "" {
		if f.From, err = org.ParseDate(in.From); err != nil {
			return nil, fault.Invalid("form.invalid", nil, fault.Field{Name: "from", Key: "api.field_date"})
		}
	}
	list, err := d.Courses.List(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	now := d.site.Now()
	out := Courses{Courses: []Course{}}
	for _, x := range d.Courses.Narrow(list, f, cfg.Zone(), now) {
		out.Courses = append(out.Courses, courseOf(cfg, x.Course, x.Taken, now.Unix(), language(in.r)))
	}
	return listed(out, cacheTimes), nil
}

// OneCourse is a request about one course.
type OneCourse struct {
	Credentials
	Course ids.Course `path:"course" maxLength:"60" example:"swimming"`
}

func (d *Door) course(ctx context.Context, in *struct {
	Caller
	InLanguage
	Org    ids.Org    `path:"org" example:"town"`
	Course ids.Course `path:"course" maxLength:"60" example:"swimming"`
},
) (*Listed[Course], error) {
	cfg, err := d.runs(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	c, t, err := d.Courses.Public(ctx, in.Org, in.Course)
	if err != nil {
		return nil, err
	}
	return listed(courseOf(cfg, c, t, d.site.Now().Unix(), language(in.r)), cacheTimes), nil
}

// EnrolmentRequest asks for places on a course.
type EnrolmentRequest struct {
	People []EnrolledPerson `json:"people" minItems:"1" maxItems:"20" nullable:"false"`
	Email  string           `json:"email,omitempty" maxLength:"254" example:"specimen@example.org" doc:"Where they are told, here or by phone; with a key both may be left out."`
	Phone  string           `json:"phone,omitempty" maxLength:"40" example:"+358 40 123 4567"`
	Note   string           `json:"note,omitempty" maxLength:"1000" doc:"What the organiser should know. Kept sealed."`
	Lang   Lang             `json:"lang,omitempty" doc:"The language of the service and of what is sent. Without it, that of the request."`
	Wait   bool             `json:"wait,omitempty" doc:"A place on the waiting list will do."`
}

// EnrolledPerson is somebody to be enrolled.
type EnrolledPerson struct {
	Name  string `json:"name" minLength:"1" maxLength:"120" example:"Specimen Person"`
	Birth string `json:"born,omitempty" format:"date" doc:"Needed where the course or a quota has an age."`
	Code  string `json:"postal_code,omitempty" maxLength:"12" doc:"Needed where the course or a quota has an area."`
}

// Enrolment is somebody's place on a course, or on its waiting list.
type Enrolment struct {
	Course  ids.Course    `json:"course"`
	Number  string        `json:"number" example:"SWIM-0007"`
	Name    string        `json:"name,omitempty"`
	Status  course.Status `json:"status" enum:"attending,waiting,offered,cancelled,declined,lapsed,off" doc:"lapsed: an offer was not answered in time. off: the course was called off."`
	Place   int           `json:"place_in_line,omitempty" doc:"Of who waits."`
	Until   string        `json:"answer_by,omitempty" format:"date-time" doc:"The last second in which a place that is offered can be taken."`
	Version int64         `json:"version"`
}

// Enrolments are those of one request.
type Enrolments struct {
	Enrolments []Enrolment `json:"enrolments" nullable:"false"`
}

func (d *Door) enrolmentOf(cfg *catalog.Config, v course.View) Enrolment {
	out := Enrolment{Course: v.Course, Number: course.Number(v.Course, v.Number), Name: v.Name, Status: v.At(d.site.Now().Unix()), Place: v.Place, Version: v.Version}
	if out.Status == course.Offered {
		out.Until = moment(v.Until, cfg.Zone())
	}
	return out
}

// batch is the form that a request under a key stands for: it has the form of an identifier.
func (k Keyed) batch(about string) ids.Draft {
	sum := sha256.Sum256([]byte(k.formKey("enrol", about)))
	return ids.Draft("0" + hex.EncodeToString(sum[:])[:25])
}

func (d *Door) enrol(ctx context.Context, in *struct {
	OneCourse
	Keyed
	Body EnrolmentRequest
},
) (*struct{ Body Enrolments }, error) {
	cfg, err := d.runs(ctx, in.Org)
	if err != nil {
		return nil, err
	}
	b := in.Body
	lang := wanted(b.Lang, in.r, cfg.Org.Languages)
	r := course.BeginRequest{Org: in.Org, Course: in.Course, Lang: lang}
	for _, p := range b.People {
		r.People = append(r.People, course.Named{Name: p.Name, Birth: p.Birth, Code: p.Code})
	}
	at := course.Contact{Email: b.Email, Phone: b.Phone, Note: b.Note, Wait: b.Wait}
	var list []course.Enrolment
	if in.Authorization != "" {
		who, err := d.program(ctx, &in.Credentials)
		if err != nil {
			return nil, err
		}
		r.Batch = in.batch(string(who.Client) + "/" + string(in.Course))
		list, err = d.Courses.Enrol(ctx, who, r, at)
		if err != nil {
			return nil, named(err)
		}
	} else {
		r.Batch = in.batch(string(in.Course))
		who := d.actor(in.r, string(r.Batch)+in.Key) // whoever repeats the request goes on with it
		if _, err = d.Courses.Begin(ctx, who, r); err == nil {
			list, err = d.Courses.Send(ctx, who, in.Org, r.Batch, at)
		}
		if fault.Is(err, fault.KindSignInRequired) { // nobody signs in here
			err = fault.Invalid("course.sign_in_first", nil)
		}
		if err != nil {
			return nil, named(err)
		}
	}
	out := Enrolments{Enrolments: make([]Enrolment, len(list))}
	for i, e := range list {
		v, err := d.Courses.View(ctx, e)
		if err != nil {
			return nil, err
		}
		out.Enrolments[i] = d.enrolmentOf(cfg, v)
	}
	return &struct{ Body Enrolments }{out}, nil
}

// EnrolmentToken opens an enrolment.
type EnrolmentToken struct {
	Token string `json:"token" minLength:"10" maxLength:"100" doc:"The last part of the mailed link to the enrolment. It opens it: it stands in bodies only."`
}

// EnrolmentShown is the answer with an enrolment.
type EnrolmentShown struct{ Body Enrolment }

// linked is the enrolment of a mailed link.
func (d *Door) linked(ctx context.Context, o ids.Org, token string) (*catalog.Config, course.View, error) {
	cfg, err := d.runs(ctx, o)
	if err != nil {
		return nil, course.View{}, err
	}
	v, err := d.Courses.ByLink(ctx, token)
	if err == nil && v.Org != o {
		err = fault.NotFound("link.not_found")
	}
	return cfg, v, err
}

func (d *Door) enrolment(ctx context.Context, in *struct {
	Caller
	Org  ids.Org `path:"org" example:"town"`
	Body EnrolmentToken
},
) (*EnrolmentShown, error) {
	cfg, v, err := d.linked(ctx, in.Org, in.Body.Token)
	if err != nil {
		return nil, err
	}
	return &EnrolmentShown{d.enrolmentOf(cfg, v)}, nil
}

// EnrolmentAnswerRequest does something with the enrolment of a mailed link.
type EnrolmentAnswerRequest struct {
	EnrolmentToken
	Answer course.Deed `json:"answer" enum:"accept,decline,cancel"`
}

func (d *Door) answerEnrolment(ctx context.Context, in *struct {
	Caller
	Org  ids.Org `path:"org" example:"town"`
	Body EnrolmentAnswerRequest
},
) (*EnrolmentShown, error) {
	cfg, v, err := d.linked(ctx, in.Org, in.Body.Token)
	if err != nil {
		return nil, err
	}
	return d.answered(ctx, cfg, d.actor(in.r, ""), v.Enrolment, in.Body.Answer)
}

func (d *Door) answered(ctx context.Context, cfg *catalog.Config, who actor.Actor, e course.Enrolment, do course.Deed) (*EnrolmentShown, error) {
	after, err := d.Courses.Do(ctx, who, e, do)
	if err != nil {
		return nil, err
	}
	v, err := d.Courses.View(ctx, after)
	if err != nil {
		return nil, err
	}
	return &EnrolmentShown{d.enrolmentOf(cfg, v)}, nil
}

// EnrolledRow is somebody on a course's list.
type EnrolledRow struct {
	ID ids.Enrolment `json:"id"`
	Enrolment
	Email     string      `json:"email,omitempty"`
	Phone     string      `json:"phone,omitempty"`
	Birth     string      `json:"born,omitempty"`
	Code      string      `json:"postal_code,omitempty"`
	Note      string      `json:"note,omitempty"`
	Lang      i18n.Lang   `json:"lang,omitempty"`
	Quota     string      `json:"quota,omitempty"`
	Mark      course.Mark `json:"attendance,omitempty" enum:"came,absent"`
	Protected bool        `json:"protected,omitempty" doc:"Under a non-disclosure order: who it is is not told."`
}

// EnrolledList is who comes to a course, and who waits.
type EnrolledList struct {
	Course     Course        `json:"course"`
	Enrolments []EnrolledRow `json:"enrolments" nullable:"false"`
}

func (d *Door) enrolments(ctx context.Context, in *struct {
	OneCourse
	InLanguage
},
) (*struct{ Body EnrolledList }, error) {
	cfg, who, err := d.runner(ctx, &in.OneCourse)
	if err != nil {
		return nil, err
	}
	c, t, rows, err := d.Courses.Roll(ctx, who, in.Org, in.Course)
	if err != nil {
		return nil, err
	}
	out := EnrolledList{Course: courseOf(cfg, c, t, d.site.Now().Unix(), language(in.r)), Enrolments: make([]EnrolledRow, len(rows))}
	for i, r := range rows {
		out.Enrolments[i] = EnrolledRow{
			ID: r.ID, Enrolment: d.enrolmentOf(cfg, course.View{Enrolment: r.Enrolment, Of: c, Place: r.Place}), Email: r.Email, Phone: r.Phone, Birth: r.Birth, Code: r.Code, Note: r.Note, Lang: r.Lang,
			Quota: r.Quota, Mark: r.Mark, Protected: r.Hidden,
		}
	}
	return &struct{ Body EnrolledList }{out}, nil
}

// runner is the program that asks about a course.
func (d *Door) runner(ctx context.Context, in *OneCourse) (*catalog.Config, actor.Actor, error) {
	cfg, err := d.runs(ctx, in.Org)
	if err != nil {
		return nil, actor.Actor{}, err
	}
	who, err := d.program(ctx, &in.Credentials)
	return cfg, who, err
}

// EnrolmentDeedRequest does something with somebody's enrolment.
type EnrolmentDeedRequest struct {
	Answer course.Deed `json:"answer" enum:"accept,decline,cancel"`
}

func (d *Door) answerEnrolmentFor(ctx context.Context, in *struct {
	OneCourse
	Enrolment ids.Enrolment `path:"enrolment" maxLength:"40" doc:"As list-enrolments has it."`
	Body      EnrolmentDeedRequest
},
) (*EnrolmentShown, error) {
	cfg, who, err := d.runner(ctx, &in.OneCourse)
	if err != nil {
		return nil, err
	}
	e, err := d.Courses.At(ctx, who, in.Org, in.Course, in.Enrolment)
	if err != nil {
		return nil, err
	}
	return d.answered(ctx, cfg, who, e, in.Body.Answer)
}

// AttendanceRequest says who came.
type AttendanceRequest struct {
	Marks []AttendanceMark `json:"attendance" minItems:"1" maxItems:"1000" nullable:"false"`
}

// AttendanceMark says of one whether they came.
type AttendanceMark struct {
	Enrolment ids.Enrolment `json:"id" maxLength:"40"`
	Mark      string        `json:"mark" enum:"came,absent,none"`
}

func (d *Door) attendance(ctx context.Context, in *struct {
	OneCourse
	Body AttendanceRequest
},
) (*struct{}, error) {
	_, who, err := d.runner(ctx, &in.OneCourse)
	if err != nil {
		return nil, err
	}
	marks := map[ids.Enrolment]course.Mark{}
	for _, m := range in.Body.Marks {
		if marks[m.Enrolment] = course.Mark(m.Mark); m.Mark == "none" {
			marks[m.Enrolment] = ""
		}
	}
	return nil, d.Courses.MarkAll(ctx, who, in.Org, in.Course, marks)
}

// CourseMessageRequest is what all are told.
type CourseMessageRequest struct {
	Text    string `json:"text" minLength:"1" maxLength:"2000" doc:"Goes by mail, or by text message to those without: nothing confidential belongs into it."`
	Waiting bool   `json:"waiting,omitempty" doc:"To those who wait, too."`
}

// CourseTold says how many are told.
type CourseTold struct {
	Told int `json:"told" doc:"0 when it was sent before under this key."`
}

func (d *Door) tellCourse(ctx context.Context, in *struct {
	OneCourse
	Keyed
	Body CourseMessageRequest
},
) (*struct{ Body CourseTold }, error) {
	_, who, err := d.runner(ctx, &in.OneCourse)
	if err != nil {
		return nil, err
	}
	n, err := d.Courses.TellAll(ctx, who, in.Org, in.Course, string(in.batch("message/"+string(who.Client)+"/"+string(in.Course))), in.Body.Text, in.Body.Waiting)
	return &struct{ Body CourseTold }{CourseTold{n}}, err
}

// named gives what is wrong with a request the names that its body has.
func named(err error) error {
	f := fault.Of(err)
	if f.Kind != fault.KindInvalid || len(f.Fields) == 0 {
		return err
	}
	out := make([]fault.Field, len(f.Fields))
	for i, x := range f.Fields {
		out[i] = x
		out[i].Name = courseField(x.Name)
	}
	return fault.Invalid(f.Key, f.Args, out...)
}

// courseField is a field of the room as the body of a request names it: person-1 is people[0], birth-1 is people[0].born.
func courseField(name string) string {
	what, n, ok := strings.Cut(name, "-")
	i, err := strconv.Atoi(n)
	if !ok || err != nil {
		return name
	}
	at := fmt.Sprintf("people[%d]", i-1)
	switch what {
	case "name":
		return at + ".name"
	case "birth":
		return at + ".born"
	case "code":
		return at + ".postal_code"
	}
	return at
}
