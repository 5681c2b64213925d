package my

import (
	"encoding/json"
	"fmt"
	"net/http"

	"luukku/web"
)

// export gives the reader everything that is kept of their messages, as a file.
func (d *Door) export(v *web.Visit) error {
	e, err := d.Dossier.Export(v.Ctx(), v.Actor())
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(e, "", "  ")
	if err != nil {
		return fmt.Errorf("write messages of a person: %w", err)
	}
	h := v.W.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="messages.json"`)
	h.Set("Cache-Control", "no-store")
	v.W.WriteHeader(http.StatusOK)
	_, _ = v.W.Write(append(b, '\n')) // whoever went away gets nothing
	return nil
}
