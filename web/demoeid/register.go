package demoeid

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"luukku/base/natid"
)

// asked is what the registers are asked: about whom. It is in the body, since addresses are logged on the way.
type asked struct {
	Kind       natid.Kind `json:"kind"`
	Identifier string     `json:"identifier"`
}

// registered lets in who has the token, and reads whom they ask about.
func (d *Door) registered(h func(w http.ResponseWriter, s Specimen, known bool)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if d.o.RegisterToken == "" || subtle.ConstantTimeCompare([]byte(token), []byte(d.o.RegisterToken)) != 1 {
			sendJSON(w, http.StatusUnauthorized, map[string]string{"error": "unauthorized"})
			return
		}
		d.mu.Lock()
		down := d.down[Registers]
		d.mu.Unlock()
		if down {
			sendJSON(w, http.StatusServiceUnavailable, map[string]string{"error": "down"})
			return
		}
		var a asked
		if json.NewDecoder(r.Body).Decode(&a) != nil {
			sendJSON(w, http.StatusBadRequest, map[string]string{"error": "bad_request"})
			return
		}
		i := slices.IndexFunc(specimens, func(s Specimen) bool {
			return s.Identifier != "" && s.Kind == a.Kind && s.Identifier.Reveal() == a.Identifier
		})
		if i < 0 {
			h(w, Specimen{}, false)
			return
		}
		h(w, d.today(specimens[i]), true)
	}
}

// Registers is the name by which SetDown knows the registers.
const Registers = "registers"

type about struct {
	Identifier string     `json:"identifier"`
	Kind       natid.Kind `json:"kind"`
	Name       string     `json:"name"`
	Given      string     `json:"given"`
	Family     string     `json:"family"`
	Birth      string     `json:"birth"`
	Email      string     `json:"email,omitempty"`
	Protected  bool       `json:"protected,omitempty"`
	Address    *postal    `json:"address,omitempty"`
	Until      string     `json:"until,omitempty"`
	Dependants []about    `json:"dependants,omitempty"`
}

// postal is a postal address as OpenID Connect writes it.
type postal struct {
	Street  string `json:"street_address"`
	Code    string `json:"postal_code"`
	Town    string `json:"locality"`
	Country string `json:"country,omitempty"`
}

func newAbout(s Specimen) about {
	a := about{
		Identifier: s.Identifier.Reveal(), Kind: s.Kind, Name: s.Name(), Given: s.Given, Family: s.Family, Birth: s.Birth, Email: s.Email, Protected: s.Protected,
	}
	if !s.Address.Empty() {
		a.Address = &postal{s.Address.Street, s.Address.Code, s.Address.Town, s.Address.Country}
	}
	return a
}

// adult are the last days of being a minor of the children there are.
var adult = map[string]string{"liisa": "2036-05-20", "onni": "2029-08-08"}

func (d *Door) person(w http.ResponseWriter, s Specimen, known bool) {
	// The population register knows who lives in Finland; of the others it was never told.
	if !known || s.Kind != natid.FinnishCode {
		sendJSON(w, http.StatusNotFound, map[string]string{"error": "unknown"})
		return
	}
	a := newAbout(s)
	for _, other := range specimens {
		if slices.Contains(s.Dependants, other.Key) {
			child := newAbout(other)
			child.Until = adult[other.Key]
			a.Dependants = append(a.Dependants, child)
		}
	}
	sendJSON(w, http.StatusOK, a)
}

type mandate struct {
	BusinessID string `json:"business_id"`
	Name       string `json:"name"`
	Kind       string `json:"kind"`
	Role       string `json:"role"`
	From       string `json:"from"`
	Until      string `json:"until,omitempty"`
}

func (d *Door) mandates(w http.ResponseWriter, s Specimen, _ bool) {
	out := []mandate{}
	for _, m := range s.Mandates {
		out = append(out, mandate{m.BusinessID, m.Name, string(m.Kind), m.Role, m.From, m.Until})
	}
	sendJSON(w, http.StatusOK, map[string]any{"mandates": out})
}
