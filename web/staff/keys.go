package staff

import (
	"net/http"

	"luukku/base/fault"
	room "luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// FunctionKeysPage is the choice of one's own function keys.
type FunctionKeysPage struct {
	web.Base
	Done    string
	Trouble []ui.ErrorItem
	Action  string
	Desks   []DeskKeys
}

// DeskKeys are the keys of one desk.
type DeskKeys struct {
	Name   string
	Fields []ui.SelectField
}

// what the buttons of the page do, as a form says it.
const (
	keysOff   = "off"
	keysFirst = "first"
)

func (d *Door) functionKeys(v *web.Visit) error {
	mine, err := d.Staff.MyKeys(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	return v.Render(http.StatusOK, ShowFunctionKeys(newFunctionKeysPage(d.base(v), mine, v.Query("done") != "", nil)))
}

func (d *Door) functionKeysPost(v *web.Visit) error {
	chosen := room.Keys{}
	switch v.Form("do") {
	case keysFirst:
	case keysOff:
		chosen = room.KeysOff()
	default:
		for _, deed := range room.Deeds {
			chosen[deed] = v.Form(deed.Field())
		}
	}
	err := d.Staff.SetKeys(v.Ctx(), v.Actor(), chosen)
	if web.Mendable(err) {
		v.NoteRefusal("staff keys", err)
		return v.Render(status(err), ShowFunctionKeys(newFunctionKeysPage(d.base(v), chosen, false, err)))
	}
	if err != nil {
		return err
	}
	return v.SeeOther(d.at(v, "keys") + "?done=1")
}

func newFunctionKeysPage(b web.Base, keys room.Keys, done bool, why error) FunctionKeysPage {
	b = dress(b, b.T("staff_keys.title"))
	t := troubleOf(&b, namedDeeds(b, why))
	p := FunctionKeysPage{Base: b, Trouble: t.Items, Action: at(b, "keys")}
	if done {
		p.Done = b.T("staff_keys.done")
	}
	options := []ui.Option{{Text: b.T("staff_keys.none")}}
	for _, key := range room.KeyChoices {
		options = append(options, ui.Option{Value: key, Text: key})
	}
	for _, deed := range room.Deeds {
		if n := len(p.Desks); n == 0 || p.Desks[n-1].Name != deskName(b, deed) {
			p.Desks = append(p.Desks, DeskKeys{Name: deskName(b, deed)})
		}
		on := &p.Desks[len(p.Desks)-1]
		on.Fields = append(on.Fields, ui.SelectField{
			Name: deed.Field(), Label: deedName(b, deed), Value: keys.Of(deed), Options: options, Error: t.At(deed.Field()),
		})
	}
	return p
}

func deskName(b web.Base, d room.Deed) string { return b.T("staff_keys.at." + d.Desk()) }

func deedName(b web.Base, d room.Deed) string { return b.T("staff_keys.deed." + string(d)) }

// namedDeeds puts the names of deeds in the place of the deeds that a fault speaks of.
func namedDeeds(b web.Base, err error) error {
	if err == nil {
		return nil
	}
	f := *fault.Of(err)
	fields := make([]fault.Field, len(f.Fields))
	for i, field := range f.Fields {
		args := fault.Args{}
		for name, x := range field.Args {
			if other, ok := x.(string); ok && name == "other" {
				x = deedName(b, room.Deed(other))
			}
			args[name] = x
		}
		fields[i] = fault.Field{Name: field.Name, Key: field.Key, Args: args}
	}
	f.Fields = fields
	return &f
}
