package main

import (
	"errors"
	"fmt"
	"os"

	"luukku/base/i18n"
	"luukku/domain/form"
)

// formCmd looks after forms as files.
type formCmd struct {
	Check formCheckCmd `cmd:"" help:"Read a form and say what is wrong with it."`
}

type formCheckCmd struct {
	File string `arg:"" help:"The form, as JSON: {\"schema\": ..., \"ui\": ..., \"texts\": {\"fi\": {...}}}." type:"existingfile"`
	Lang string `help:"Language of what is said." default:"en" enum:"fi,sv,en,cs"`
}

// Run says each mistake on a line with its place in the file. A form without mistakes that lacks texts in one of its languages is told of them, and is no failure.
func (c formCheckCmd) Run() error {
	b, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read the form: %w", err)
	}
	p := i18n.MustLoad().Printer(i18n.Lang(c.Lang))
	d, mistakes := form.Read(b)
	for _, m := range mistakes {
		if m.Where != "" {
			fmt.Printf("%s: ", m.Where)
		}
		fmt.Println(p.TA(m.Key, m.Args))
	}
	if len(mistakes) > 0 {
		return errors.New(p.N("form_definition.mistakes", len(mistakes)))
	}
	for _, l := range d.Languages {
		for _, m := range d.Untold(l) {
			fmt.Println(p.TA("form_definition.untold", map[string]any{"lang": string(l), "at": m.At, "key": m.Key}))
		}
	}
	fmt.Println(p.TA("form_definition.sound", map[string]any{"fields": len(d.Fields), "steps": len(d.Steps)}))
	return nil
}
