package e2e

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"luukku/base/pdf/pdftest"
	"luukku/e2e/client"
)

// A program lists the forms of an organisation and reads one with its document, which it can keep while nothing changes; a form on paper is there in four languages from the page on which it begins.
func TestS2_4_AFormByProgramAndOnPaper(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, h *house) {
		c := h.person(t)
		get := func(path string, header http.Header, status int, into any) *client.Page {
			p := c.Raw(http.MethodGet, "/api/v1/organisations/vuorela/forms"+path, header, "").MustStatus(status)
			if into != nil {
				if err := json.Unmarshal(p.Body, into); err != nil {
					t.Fatal(err)
				}
			}
			return p
		}
		var list struct {
			Forms []struct {
				ID, Name, Digest, From string
				Version                int64
				Links                  struct{ Page, Blank string }
			}
		}
		get("?lang=sv&service=day-care-guidance", nil, http.StatusOK, &list)
		if len(list.Forms) != 1 || list.Forms[0].ID != "day-care" || list.Forms[0].Name != "Ansökan om småbarnspedagogik" || list.Forms[0].Version != 1 || len(list.Forms[0].Digest) != 64 {
			t.Fatalf("got %+v", list)
		}
		if !strings.HasSuffix(list.Forms[0].Links.Page, "/sv/vuorela/forms/day-care") {
			t.Errorf("got the page %s", list.Forms[0].Links.Page)
		}
		var one struct {
			Digest   string
			Document struct {
				Schema, UI map[string]any
				Texts      map[string]map[string]string
			}
		}
		p := get("/day-care", nil, http.StatusOK, &one)
		if one.Digest != list.Forms[0].Digest || one.Document.Schema["type"] != "object" || one.Document.UI["type"] != "Categorization" || one.Document.Texts["cs"]["children.label"] == "" {
			t.Errorf("got %+v", one)
		}
		get("/day-care", http.Header{"If-None-Match": {p.Header.Get("ETag")}}, http.StatusNotModified, nil)
		get("/no-such-form", nil, http.StatusNotFound, nil)
		get("?service=no-such-service", nil, http.StatusNotFound, nil)

		for _, l := range languages() {
			f := c.Get("/" + string(l) + "/vuorela/forms/day-care").MustStatus(http.StatusOK).Click(say(l, "forms.page.blank")).MustStatus(http.StatusOK)
			if got := f.Header.Get("Content-Type"); got != "application/pdf" {
				t.Errorf("%s: got %s", l, got)
			}
			text := strings.Join(strings.Fields(pdftest.Structure(t, f.Body)), " ")
			for _, want := range []string{say(l, "on_paper.sign"), say(l, "on_paper.other.guardian"), say(l, "on_paper.tick_one"), one.Document.Texts[string(l)]["partner_name.label"]} {
				if !strings.Contains(text, want) {
					t.Errorf("%s: %q is not in %s", l, want, text)
				}
			}
			if !strings.Contains(pdftest.Info(t, f.Body), "Tagged:          yes") {
				t.Errorf("%s: it is not tagged", l)
			}
		}
		c.Get("/fi/vuorela/forms/no-such-form/blank.pdf").MustStatus(http.StatusNotFound)
	})
}
