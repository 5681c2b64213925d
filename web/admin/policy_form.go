package admin

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/blueprint"
	"luukku/domain/catalog"
	"luukku/domain/org"
	"luukku/web"
	"luukku/web/ui"
)

// The rules of booking (policies) of a level: the organisation, a service, or a service at an office. The form is made from the table of policy fields: for
// each, either what the wider level says holds, or what is set here.

// policyAt is the page of a level's rules.
func policyAt(b web.Base, service ids.Service, office ids.Office) string {
	q := url.Values{}
	if service != "" {
		q.Set("service", string(service))
	}
	if office != "" {
		q.Set("office", string(office))
	}
	to := adminAt(b, "rules")
	if len(q) > 0 {
		to += "?" + q.Encode()
	}
	return to
}

// ruleLevel is a level with those around it, the widest first. The level itself is the last.
type ruleLevel struct {
	service ids.Service
	office  ids.Office
	around  []namedSettings
}

// namedSettings are what was set at a level, and where that is, in words.
type namedSettings struct {
	where string
	set   catalog.Settings
}

// levelIn is the level that the address names; NotFound when the organisation has no such service, or the office does not offer it.
func levelIn(b web.Base, c configView, service ids.Service, office ids.Office) (ruleLevel, error) {
	o := &c.Draft
	l := ruleLevel{service: service, office: office, around: []namedSettings{
		{b.T("rules.from_installation"), c.Installation.Policy}, {b.T("rules.from_organisation"), o.Policy},
	}}
	if service == "" {
		if office != "" {
			return l, notThere()
		}
		return l, nil
	}
	ref := blueprint.Ref{Section: "services", ID: string(service)}
	if !o.Has(ref) {
		return l, notThere()
	}
	l.around = append(l.around, namedSettings{b.T("rules.from_service"), o.PolicyOf(service, "")})
	if office == "" {
		return l, nil
	}
	rec, ok := o.Record(blueprint.Ref{Section: "offices", ID: string(office)})
	if list, _ := rec["services"].([]string); !ok || !slices.Contains(list, string(service)) {
		return l, notThere()
	}
	l.around = append(l.around, namedSettings{b.T("rules.from_here"), o.PolicyOf(service, office)})
	return l, nil
}

// own is what is set at the level itself.
func (l ruleLevel) own() catalog.Settings { return l.around[len(l.around)-1].set }

// inherited is the policy without what is set at the level, and where a field's value comes from.
func (l ruleLevel) inherited(b web.Base, f catalog.Field) (v int64, where string) {
	v, where = f.Value(catalog.Product), b.T("rules.from_product")
	for _, n := range l.around[:len(l.around)-1] {
		if set, ok := n.set[f.Name]; ok {
			v, where = set, n.where
		}
	}
	return v, where
}

// with is the policy with other settings at the level.
func (l ruleLevel) with(own catalog.Settings) catalog.Policy {
	var all []catalog.Settings
	for _, n := range l.around[:len(l.around)-1] {
		all = append(all, n.set)
	}
	return catalog.Resolve(append(all, own)...)
}

// units of time that a period is typed in, the largest first.
var units = []struct {
	name    string
	seconds int64
}{{"d", 86400}, {"h", 3600}, {"m", 60}}

// rulesTyped is a form of rules as it begins.
func rulesTyped(own catalog.Settings) url.Values {
	out := url.Values{}
	for _, f := range catalog.Fields {
		v, ok := own[f.Name]
		if !ok {
			continue
		}
		out.Set("set-"+f.Name, "1")
		typeValue(out, f, v)
	}
	return out
}

// typeValue writes a value as it is typed.
func typeValue(out url.Values, f catalog.Field, v int64) {
	switch f.Kind {
	case catalog.KindMinutes, catalog.KindDays:
		unit := units[len(units)-1]
		for _, u := range units {
			if v%u.seconds == 0 && v > 0 {
				unit = u
				break
			}
		}
		if f.Kind == catalog.KindDays {
			unit = units[0]
		}
		out.Set(f.Name, strconv.FormatInt(v/unit.seconds, 10))
		out.Set(f.Name+"-unit", unit.name)
	case catalog.KindOpening:
		o := catalog.Opening(v)
		day := "daily"
		if d, ok := o.Weekly(); ok {
			day = org.OnDays(d).String()
		}
		out.Set(f.Name, o.Minute().String())
		out.Set(f.Name+"-day", day)
	case catalog.KindTimes:
		typeTimes(out, f.Name, catalog.Reminders(v))
	case catalog.KindQuiet:
		typeQuiet(out, f.Name, catalog.Quiet(v))
	default:
		out.Set(f.Name, f.Format(v))
	}
}

// rulesIn reads a form of rules.
func rulesIn(form url.Values) (catalog.Settings, []fault.Field) {
	out := catalog.Settings{}
	var wrong []fault.Field
	for _, f := range catalog.Fields {
		if form.Get("set-"+f.Name) != "1" {
			continue
		}
		v, key, args := readRule(form, f)
		if key != "" {
			wrong = append(wrong, fault.Field{Name: f.Name, Key: key, Args: args})
			continue
		}
		out[f.Name] = v
	}
	return out, wrong
}

// readRule reads the value of a field, or says by the key of a text what is wrong with it.
func readRule(form url.Values, f catalog.Field) (v int64, key string, args fault.Args) {
	typed := strings.TrimSpace(form.Get(f.Name))
	switch f.Kind {
	case catalog.KindMinutes, catalog.KindDays:
		n, err := strconv.ParseInt(typed, 10, 32)
		if err != nil {
			return 0, "rules.number_wrong", nil
		}
		seconds := int64(60)
		if f.Kind == catalog.KindDays {
			seconds = 86400
		}
		for _, u := range units {
			if u.name == form.Get(f.Name+"-unit") {
				seconds = u.seconds
			}
		}
		v = n * seconds
	case catalog.KindOpening:
		at, ok := readClock(typed)
		if !ok {
			return 0, "thing.clock_wrong", nil
		}
		var err error
		if v, err = f.Parse(form.Get(f.Name+"-day") + " " + at.String()); err != nil {
			return 0, "thing.clock_wrong", nil
		}
	case catalog.KindTimes:
		return readTimes(form, f.Name)
	case catalog.KindQuiet:
		return readQuiet(form, f.Name)
	default:
		var err error
		if v, err = f.Parse(typed); err != nil {
			if f.Kind == catalog.KindCount {
				return 0, "rules.number_wrong", nil
			}
			return 0, "error.field.choose", nil
		}
	}
	if f.Check(v) == "" {
		return v, "", nil
	}
	if v >= f.Min && v <= f.Max {
		return 0, "rules.step_wrong", fault.Args{"step": limitWords(f, f.Step)}
	}
	return 0, "rules.range_wrong", fault.Args{"min": limitWords(f, f.Min), "max": limitWords(f, f.Max)}
}

// limitWords is a limit of a field, for the printer to put into words.
func limitWords(f catalog.Field, v int64) any {
	switch f.Kind {
	case catalog.KindMinutes, catalog.KindDays:
		return duration(v)
	}
	return int(v)
}

// ruleGroups are the fields under their headings. Those of the table that are not here come at the end.
var ruleGroups = []struct {
	name   string
	fields []string
}{
	{"length", []string{"length", "gap", "max_people"}},
	{"who", []string{"sign_in", "max_live", "sms_booking"}},
	{"when", []string{"horizon", "opens", "notice", "staff_share", "staff_release"}},
	{"holding", []string{"hold", "confirm_window"}},
	{"changing", []string{"online_change", "change_cutoff", "max_moves", "same_unit", "online_cancel", "cancel_cutoff"}},
	{"arriving", []string{"pin", "checkin_before", "checkin_after", "walk_in", "walk_in_bound", "walk_in_last", "no_show_limit", "no_show_days"}},
	{"waiting", []string{"waiting_list", "waiting_care", "offer_window", "offer_most", "offers_a_day", "prereservation_lapse"}},
	{"telling", []string{"sms", "reminders", "reminder_channels", "quiet_hours", "notice_content", "sms_letters"}},
}

// ruleBlocks are all fields of the table under their headings.
func ruleBlocks() []block {
	var out []block
	var named []string
	for _, g := range ruleGroups {
		b := block{title: g.name}
		for _, name := range g.fields {
			if _, ok := catalog.FieldByName(name); ok {
				b.fields = append(b.fields, name)
			}
		}
		named = append(named, g.fields...)
		out = append(out, b)
	}
	rest := block{title: "more"}
	for _, f := range catalog.Fields {
		if !slices.Contains(named, f.Name) {
			rest.fields = append(rest.fields, f.Name)
		}
	}
	if len(rest.fields) > 0 {
		out = append(out, rest)
	}
	return out
}

// ruleAsker asks for the rules of a level.
type ruleAsker struct {
	web.Base
	level ruleLevel
	typed url.Values
	wrong map[string]string
}

// ask asks for one rule: as at the wider level, or set here.
func (a ruleAsker) ask(name string) web.Component {
	f, _ := catalog.FieldByName(name)
	v, where := a.level.inherited(a.Base, f)
	set := a.typed.Get("set-"+name) == "1"
	label := a.T("policy." + name + ".label")
	help := "policy." + name + ".help"
	if own := "rules.help." + name; a.Printer.Has(own) { // in the words of the form, where the other speaks of what a file says
		help = own
	}
	choice := ui.Choices{Name: "set-" + name, Legend: label, Hint: a.T(help), Options: []ui.Choice{
		{Value: "0", Label: a.T("rules.inherit", "value", policyWords(a.Base, f, v), "where", where), Checked: !set},
		{Value: "1", Label: a.T("rules.set"), Checked: set},
	}}
	if !set && a.typed.Get(name) == "" { // begin with what holds, so that nothing has to be looked up
		typeValue(a.typed, f, v)
	}
	return ui.Rule(a.Printer, choice, all(a.input(f, label)))
}

// input asks for the value of a rule.
func (a ruleAsker) input(f catalog.Field, label string) []web.Component {
	name, wrong, value := f.Name, a.wrong[f.Name], a.typed.Get(f.Name)
	sel := func(id, label, chosen, wrong string, options []ui.Option) web.Component {
		return ui.Select(a.Printer, ui.SelectField{Name: id, Label: label, Value: chosen, Error: wrong, Options: options, HideLabel: true})
	}
	short := ui.Field{Name: name, Label: label, Value: value, Error: wrong, Short: true, NoSpelling: true, Autocomplete: "off", HideLabel: true}
	switch f.Kind {
	case catalog.KindMinutes, catalog.KindDays:
		short.InputMode = "numeric"
		var options []ui.Option
		for _, u := range units {
			if f.Kind == catalog.KindMinutes || u.name == "d" {
				options = append(options, ui.Option{Value: u.name, Text: a.T("rules.unit." + u.name)})
			}
		}
		short.Label = a.T("rules.value_of", "rule", label)
		return []web.Component{ui.TextField(a.Printer, short), sel(name+"-unit", a.T("rules.unit_of", "rule", label), a.typed.Get(name+"-unit"), "", options)}
	case catalog.KindOpening:
		options := []ui.Option{{Value: "daily", Text: a.T("rules.daily")}}
		for _, d := range week {
			options = append(options, ui.Option{Value: org.OnDays(d).String(), Text: a.T("thing.weekday." + strconv.Itoa(int(d)))})
		}
		short.Label = a.T("rules.opens_time")
		return []web.Component{sel(name+"-day", a.T("rules.opens_day"), a.typed.Get(name+"-day"), "", options), ui.TextField(a.Printer, short)}
	case catalog.KindTimes:
		return a.askTimes(name, wrong)
	case catalog.KindQuiet:
		return a.askQuiet(name, wrong)
	case catalog.KindCount:
		short.InputMode, short.Label = "numeric", a.T("rules.value_of", "rule", label)
		return []web.Component{ui.TextField(a.Printer, short)}
	}
	var options []ui.Option
	words := f.Choices
	switch f.Kind {
	case catalog.KindSwitch:
		words = []string{"true", "false"}
	case catalog.KindLevel:
		words = nil
		for l := actor.LevelNone; l <= actor.LevelHigh; l++ {
			words = append(words, l.String())
		}
	}
	for _, w := range words {
		v, err := f.Parse(w)
		if err == nil {
			options = append(options, ui.Option{Value: w, Text: policyWords(a.Base, f, v)})
		}
	}
	return []web.Component{sel(name, a.T("rules.value_of", "rule", label), value, wrong, options)}
}

// rules shows the rules of a level.
func (d *Door) rules(v *web.Visit) error {
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	b := page(v, "")
	l, err := levelIn(b, c, ids.Service(v.Query("service")), ids.Office(v.Query("office")))
	if err != nil {
		return err
	}
	return show(v, done(v, newRulesPage(b, c, l, rulesTyped(l.own()), rulesState{})))
}

// rulesState is what a page of rules says beside the form.
type rulesState struct {
	wrong    []fault.Field
	preview  bool // the sentence is about what was typed
	outdated bool // somebody else has changed the rules meanwhile
}

// rulesPost looks at what was typed, or saves it.
func (d *Door) rulesPost(v *web.Visit) error {
	form := v.R.PostForm
	set, wrong := rulesIn(form)
	service, office := ids.Service(v.Query("service")), ids.Office(v.Query("office"))
	st := rulesState{wrong: wrong, preview: v.Form("do") == "preview"}
	if len(wrong) == 0 && !st.preview {
		err := d.Drafts.Edit(v.Ctx(), v.Actor(), orgOf(v), "rules/"+string(service)+"/"+string(office), func(w *blueprint.Work) error {
			if w.SeenPolicy(service, office) != v.Form("seen") {
				return blueprint.Outdated()
			}
			w.Draft.SetPolicy(service, office, set)
			return nil
		})
		if err == nil {
			to := policyAt(baseOf(v), service, office)
			if strings.Contains(to, "?") {
				return v.SeeOther(to + "&done=saved")
			}
			return v.SeeOther(to + "?done=saved")
		}
		if !fault.IsKey(err, "draft_config.changed") {
			return err
		}
		st.outdated = true
	}
	c, err := d.openConfig(v)
	if err != nil {
		return err
	}
	b := page(v, "")
	l, err := levelIn(b, c, service, office)
	if err != nil {
		return err
	}
	return show(v, newRulesPage(b, c, l, form, st))
}

func newRulesPage(b web.Base, c configView, l ruleLevel, typed url.Values, st rulesState) DeskPage {
	b.Title = b.T("rules.title_organisation")
	p := DeskPage{Back: adminAt(b, "config")}
	service := blueprint.Ref{Section: "services", ID: string(l.service)}
	switch {
	case l.office != "":
		place := nameOfRef(b, &c.Draft, blueprint.Ref{Section: "offices", ID: string(l.office)})
		b.Title = b.T("rules.title_at", "service", nameOfRef(b, &c.Draft, service), "place", place)
		p.Back = editAt(b, service, "")
	case l.service != "":
		b.Title = b.T("rules.title_service", "service", nameOfRef(b, &c.Draft, service))
		p.Back = editAt(b, service, "")
	}
	a := ruleAsker{Base: b, level: l, typed: typed, wrong: map[string]string{}}
	for _, f := range st.wrong {
		a.wrong[f.Name] = b.Printer.TA(f.Key, wordedArgs(b, f.Args))
		p.Trouble = append(p.Trouble, ui.ErrorItem{
			Href: "#" + f.Name, Text: b.T("thing.wrong", "field", b.T("policy."+f.Name+".label"), "what", a.wrong[f.Name]),
		})
	}
	if st.outdated {
		p.Trouble = append(p.Trouble, ui.ErrorItem{Text: changedBy(b, c)})
	}
	b.HasError = len(p.Trouble) > 0
	p.Base, a.Base = b, b
	now, shown := meaning(b, l.with(l.own())), l.own()
	title := b.T("rules.means")
	if st.preview && len(st.wrong) == 0 {
		shown, _ = rulesIn(typed)
		title = b.T("rules.means_typed")
	}
	p.Parts = append(p.Parts, all([]web.Component{meansBox(title, meaning(b, l.with(shown)))}))
	if st.outdated {
		p.Parts = append(p.Parts, all([]web.Component{ui.P(b.T("rules.changed_what")), ui.BulletList(now)}))
	}
	var fields []web.Component
	for _, bl := range ruleBlocks() {
		fields = append(fields, ui.H2("", b.T("rules.group."+bl.title)))
		for _, name := range bl.fields {
			fields = append(fields, a.ask(name))
		}
	}
	const id = "rules"
	save := b.T("thing.save")
	if st.outdated {
		save = b.T("thing.save_mine")
	}
	p.Parts = append(p.Parts, rulesForm(
		ui.FormData{ID: id, Action: policyAt(b, l.service, l.office), Hidden: []ui.Hidden{{Name: "seen", Value: c.SeenPolicy(l.service, l.office)}}},
		[]ui.Button{{Text: save, Name: "do", Value: "save"}, {Text: b.T("rules.preview"), Look: ui.Secondary, Name: "do", Value: "preview"}},
		ui.Link{Href: p.Back, Text: b.T("people.cancel")}, fields))
	return p
}

// wordedArgs puts periods among the arguments of a text into words.
func wordedArgs(b web.Base, args fault.Args) fault.Args {
	out := fault.Args{}
	for k, v := range args {
		if d, ok := v.(duration); ok {
			v = periodWords(b, int64(d))
		}
		out[k] = v
	}
	return out
}

// duration is a period in seconds, to be put into words.
type duration int64
