package actor

import (
	"testing"

	"luukku/base/fault"
	"luukku/base/ids"
)

func TestAProgramWithinBoundsHasWhatLiesWithinThemAlone(t *testing.T) {
	on := func(office ids.Office, inbox ids.Inbox, form ids.Form) Object {
		return Object{Org: "town", Office: office, Inbox: inbox, Form: form}
	}
	program := func(b Bounds, scopes ...Right) Actor {
		return Actor{Kind: KindClient, Client: "c", Org: "town", Scopes: scopes, Only: b}
	}
	forms, boxes := Bounds{Forms: []ids.Form{"day-care", "school"}}, Bounds{Inboxes: []ids.Inbox{"children"}}
	places := Bounds{Offices: []ids.Office{"north"}}
	both := Bounds{Inboxes: boxes.Inboxes, Forms: forms.Forms}
	for _, c := range []struct {
		name  string
		who   Actor
		right Right
		on    Object
		want  fault.Kind
	}{
		{"a form of its own", program(forms, SubmissionWork), SubmissionWork, on("", "permits", "day-care"), fault.KindInternal},
		{"another form", program(forms, SubmissionWork), SubmissionWork, on("", "permits", "building"), fault.KindNotFound},
		{"no form is named", program(forms, SubmissionWork), SubmissionWork, on("", "permits", ""), fault.KindNotFound},
		{"forms bound no letters", program(forms, LetterWork), LetterWork, on("", "permits", ""), fault.KindInternal},
		{"an inbox of its own", program(boxes, SubmissionWork), SubmissionWork, on("", "children", "building"), fault.KindInternal},
		{"another inbox", program(boxes, SubmissionWork), SubmissionWork, on("", "permits", "day-care"), fault.KindNotFound},
		{"letters of another inbox", program(boxes, LetterWork), LetterWork, on("", "permits", ""), fault.KindNotFound},
		{"text messages of another inbox", program(boxes, InboxWork), InboxWork, on("", "permits", ""), fault.KindNotFound},
		{"inboxes bound no appointments", program(boxes, AppointmentList), AppointmentList, on("north", "", ""), fault.KindInternal},
		{"form and inbox", program(both, SubmissionWork), SubmissionWork, on("", "children", "school"), fault.KindInternal},
		{"its form in another inbox", program(both, SubmissionWork), SubmissionWork, on("", "permits", "school"), fault.KindNotFound},
		{"another form in its inbox", program(both, SubmissionWork), SubmissionWork, on("", "children", "building"), fault.KindNotFound},
		{"its office", program(places, AppointmentList), AppointmentList, on("north", "", ""), fault.KindInternal},
		{"another office", program(places, AppointmentList), AppointmentList, on("south", "", ""), fault.KindNotFound},
		{"an inbox of its office", program(places, SubmissionWork), SubmissionWork, on("north", "children", "school"), fault.KindInternal},
		{"an inbox of the whole organisation", program(places, SubmissionWork), SubmissionWork, on("", "children", "school"), fault.KindNotFound},
		{"another organisation", program(Bounds{}, SubmissionWork), SubmissionWork, Object{Org: "city"}, fault.KindNotFound},
		{"not its right", program(forms, SubmissionWork), LetterWork, on("", "", "day-care"), fault.KindNotFound},
	} {
		check(t, c.name, c.who.May(c.right, c.on), c.want)
	}
	check(t, "somewhere", program(both, SubmissionWork).MaySomewhere(SubmissionWork, "town"), fault.KindInternal)
	check(t, "nowhere, without the right", program(both, SubmissionWork).MaySomewhere(LetterWork, "town"), fault.KindNotFound)
	check(t, "nowhere else", program(both, SubmissionWork).MaySomewhere(SubmissionWork, "city"), fault.KindNotFound)
	check(t, "staff, somewhere", Actor{Kind: KindStaff, Grants: []Grant{{RoleInbox, "town", "north"}}}.MaySomewhere(InboxWork, "town"), fault.KindInternal)
}

func TestBoundsAreToldFromOthersInWhateverOrder(t *testing.T) {
	b := Bounds{Forms: []ids.Form{"b", "a"}, Inboxes: []ids.Inbox{"c"}}
	if got := b.Mark(); got != "offices=;inboxes=c;forms=a,b" || b.Forms[0] != "b" {
		t.Errorf("got %q of %v", got, b.Forms)
	}
	if x := (Bounds{Inboxes: []ids.Inbox{"c"}, Forms: []ids.Form{"a", "b"}}); x.Mark() != b.Mark() {
		t.Errorf("the same bounds are %q and %q", x.Mark(), b.Mark())
	}
	for _, x := range []Bounds{{}, {Forms: b.Forms}, {Offices: []ids.Office{"c"}, Forms: b.Forms}, {Inboxes: b.Inboxes, Forms: b.Forms[:1]}} {
		if x.Mark() == b.Mark() {
			t.Errorf("%+v is taken for %+v", x, b)
		}
	}
}

func TestBoundsThatBoundNothingAreRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		only   Bounds
		scopes []Right
		wrong  string // the field; empty for none
	}{
		{"none", Bounds{}, []Right{AuditRead}, ""},
		{"forms", Bounds{Forms: []ids.Form{"a"}}, []Right{SubmissionWork, AuditRead}, ""},
		{"forms of letters", Bounds{Forms: []ids.Form{"a"}}, []Right{LetterWork}, "forms"},
		{"inboxes", Bounds{Inboxes: []ids.Inbox{"a"}}, []Right{LetterWork}, ""},
		{"inboxes of appointments", Bounds{Inboxes: []ids.Inbox{"a"}}, []Right{AppointmentList}, "inboxes"},
		{"offices", Bounds{Offices: []ids.Office{"a"}}, []Right{AppointmentList, SubmissionWork}, ""},
		{"offices of what has none", Bounds{Offices: []ids.Office{"a"}}, []Right{AppointmentList, AuditRead}, "offices"},
	} {
		err := c.only.Fits(c.scopes)
		if got := fault.Of(err); (err != nil) != (c.wrong != "") || err != nil && (len(got.Fields) != 1 || got.Fields[0].Name != c.wrong) {
			t.Errorf("%s: got %v, want the field %q", c.name, err, c.wrong)
		}
	}
	for _, r := range Rights {
		if (r.OfInbox || r.OfForm) && !r.OfOffice || r.OfOffice && !r.Client {
			t.Errorf("%s: what lies in an inbox lies at an office, and is for programs", r.Right)
		}
	}
}
