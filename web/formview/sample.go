package formview

import (
	_ "embed" // the sample form
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"luukku/base/ids"
	"luukku/domain/file"
	"luukku/domain/form"
)

//go:embed sample.json
var sampleJSON []byte

// SampleNow is when samples of forms are: Friday 20 November 2026 at 14:02 in Helsinki.
func SampleNow() time.Time { return time.Date(2026, time.November, 20, 12, 2, 0, 0, time.UTC) }

// Sample is a made-up form with every kind of field, with answers: for the gallery and the checks of the doors that show forms.
func Sample(answers string) View {
	def, wrong := form.Read(sampleJSON)
	if len(wrong) > 0 {
		panic(fmt.Sprintf("the sample form is refused: %+v", wrong)) // part of the program: the first test finds it
	}
	a := form.Answers{}
	in := json.NewDecoder(strings.NewReader(answers))
	in.UseNumber()
	if err := in.Decode(&a); err != nil {
		panic(err)
	}
	id := ids.File("0199e7c0-3d00-7000-8000-000000000001")
	return View{
		Def: def, Out: def.Evaluate(a, SampleNow()), Limits: file.DefaultLimits, Sources: map[string]string{"/name": "register", "/phone": "account"},
		Files: map[ids.File]file.Attached{id: {File: file.File{ID: id, Type: file.PDF, Size: 1_400_000, State: file.Clean}, Name: "kartta.pdf"}},
	}
}

// The answers of samples: none, and all.
const (
	SampleNone  = `{"name": "Maija Meikäläinen", "phone": "+358401234567", "stalls": [{}]}`
	SampleWhole = `{"name": "Maija Meikäläinen", "phone": "+358401234567", "code": "00100", "what": "Kevätmarkkinat", "many": 300, "how": "park", "area": "islands",
		"needs": ["power", "water"], "music": true, "loud": "21.00", "when": "2027-05-08", "from": "09:30", "plan": ["0199e7c0-3d00-7000-8000-000000000001"],
		"stalls": [{"seller": "Mallilan kyläyhdistys ry", "food": true, "licence": "VRL-117", "metres": 3.5}, {"seller": "Matti Meikäläinen", "food": false, "metres": 2}], "agree": true}`
	SampleWrong = `{"name": "Maija Meikäläinen", "phone": "soita", "what": "", "many": "monta", "when": "30.2.2027", "from": "aamulla", "music": true,
		"stalls": [{"food": true, "metres": 0.3}], "agree": false}`
)

// Checked is the view with what is wrong in one of its steps.
func (v View) Checked(s *form.Step) View {
	v.Wrong = v.Out.CheckStep(s)
	return v
}
