package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Setting is one setting's documentation.
type Setting struct {
	Name    string // as in the file: "smtp.host"
	Env     string // as in the environment: "LUUKKU_SMTP_HOST"
	Type    string // in words: "a text", "a whole number", "true or false", "a list of texts"
	Default string // as TOML writes it
	Doc     string

	example string // a value to show when the default is empty
	index   []int  // the field
	secret  []int  // the field that the named file's content goes to
	path    bool
	oneof   []string
	min     int64
}

// settings are all of them, in the order of the structs.
var settings = describe(reflect.TypeFor[Config](), nil, "")

// Describe returns every setting, in the order of the example file.
func Describe() []Setting { return append([]Setting(nil), settings...) }

// Default returns the settings' defaults. What is derived from others is still empty: Load("", nil) is what an empty file gives.
func Default() Config {
	var c Config
	for _, s := range settings {
		if v := s.in(&c); s.Default != "[]" && s.Default != `""` {
			if err := set(v, strings.Trim(s.Default, `"`)); err != nil {
				panic(fmt.Sprintf("config: default of %s: %v", s.Name, err))
			}
		}
	}
	return c
}

// describe walks the struct.
func describe(t reflect.Type, index []int, prefix string) []Setting {
	var out []Setting
	for i := range t.NumField() {
		f := t.Field(i)
		at := append(append([]int(nil), index...), i)
		name := f.Tag.Get("toml")
		switch {
		case name == "-":
			continue
		case f.Anonymous:
			out = append(out, describe(f.Type, at, prefix)...)
			continue
		case f.Type.Kind() == reflect.Struct:
			out = append(out, describe(f.Type, at, prefix+name+".")...)
			continue
		}
		s := Setting{Name: prefix + name, Doc: f.Tag.Get("doc"), Default: f.Tag.Get("default"), example: f.Tag.Get("example"), index: at}
		s.Env = "LUUKKU_" + strings.ToUpper(strings.ReplaceAll(s.Name, ".", "_"))
		s.path = f.Tag.Get("path") != ""
		s.oneof = strings.Fields(f.Tag.Get("oneof"))
		s.min, _ = strconv.ParseInt(f.Tag.Get("min"), 10, 64)
		if target, ok := t.FieldByName(f.Tag.Get("secret")); ok {
			s.secret = append(append([]int(nil), index...), target.Index...)
		}
		switch f.Type.Kind() {
		case reflect.Slice:
			s.Type, s.Default = "a list of texts", "[]"
		case reflect.String:
			s.Type, s.Default = "a text", strconv.Quote(s.Default)
		case reflect.Bool:
			s.Type = "true or false"
		default:
			s.Type = "a whole number"
		}
		out = append(out, s)
	}
	return out
}

// in returns the setting's field.
func (s Setting) in(c *Config) reflect.Value { return reflect.ValueOf(c).Elem().FieldByIndex(s.index) }

// find returns the setting of the name.
func find(name string) (Setting, bool) {
	for _, s := range settings {
		if s.Name == name {
			return s, true
		}
	}
	return Setting{}, false
}

// set gives a field the value that a text stands for.
func set(v reflect.Value, text string) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Slice:
		var list []string
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		v.Set(reflect.ValueOf(list))
	case reflect.Bool:
		yes, err := strconv.ParseBool(text)
		if err != nil {
			return err
		}
		v.SetBool(yes)
	default:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil {
			return err
		}
		v.SetInt(n)
	}
	return nil
}

// override lets the environment win over the file, and says for what it sets that the line in the file has no say.
func override(c *Config, getenv func(string) string, lines map[string]int) []Problem {
	var out []Problem
	for _, s := range settings {
		text := getenv(s.Env)
		if text == "" {
			continue
		}
		delete(lines, s.Name)
		if err := set(s.in(c), text); err != nil {
			out = append(out, Problem{Setting: s.Name, What: fmt.Sprintf("the value of %s in the environment must be %s", s.Env, s.Type)})
		}
	}
	return out
}

// linesOf returns the line on which each setting of a file stands. The file has been decoded before, so its syntax is right.
func linesOf(text []byte) map[string]int {
	lines := map[string]int{}
	var p unstable.Parser
	p.Reset(text)
	table := ""
	for p.NextExpression() {
		e := p.Expression()
		switch e.Kind {
		case unstable.Table:
			name, _ := keyOf(&p, e)
			table = name + "."
		case unstable.KeyValue:
			name, line := keyOf(&p, e)
			lines[table+name] = line
			inlineLines(&p, e, table+name+".", lines)
		}
	}
	return lines
}

// inlineLines adds the settings of an inline table, as in smtp = { host = "..." }.
func inlineLines(p *unstable.Parser, e *unstable.Node, prefix string, lines map[string]int) {
	if e.Value().Kind != unstable.InlineTable {
		return
	}
	for it := e.Value().Children(); it.Next(); {
		name, line := keyOf(p, it.Node())
		lines[prefix+name] = line
	}
}

// keyOf returns an expression's dotted key and its line.
func keyOf(p *unstable.Parser, e *unstable.Node) (name string, line int) {
	var parts []string
	for it := e.Key(); it.Next(); {
		parts = append(parts, string(it.Node().Data))
		line = p.Shape(it.Node().Raw).Start.Line
	}
	return strings.Join(parts, "."), line
}

const exampleHead = `# The settings of Luukku. Everything here is optional: what is commented out shows the default, or an example where there is none.
# The environment wins over this file. A relative path in this file starts at the directory this file is in.
# "luukku config check" says what is wrong with it.
`

// Example returns a whole file, every setting documented and commented out.
func Example() string {
	var b strings.Builder
	b.WriteString(exampleHead)
	table := ""
	for _, s := range settings {
		t, name, ok := strings.Cut(s.Name, ".")
		if !ok {
			t, name = "", s.Name
		}
		if t != table {
			fmt.Fprintf(&b, "\n[%s]\n", t)
			table = t
		}
		b.WriteByte('\n')
		for _, line := range wrap(s.Doc, 110) {
			b.WriteString("# " + line + "\n")
		}
		fmt.Fprintf(&b, "# Environment: %s\n#%s = %s\n", s.Env, name, s.shown())
	}
	return b.String()
}

// shown is the value in the example file.
func (s Setting) shown() string {
	switch {
	case s.example == "":
		return s.Default
	case s.Default == "[]":
		return "[" + strconv.Quote(s.example) + "]"
	}
	return strconv.Quote(s.example)
}

// wrap breaks a text into lines.
func wrap(text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(text) {
		if line != "" && len(line)+1+len(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	return append(lines, line)
}
