package catalog

import (
	"testing"

	"luukku/base/ids"
)

func TestWhatKeepsAFormFromBeingSentWithoutSigningIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		form Form
		want string
	}{
		"nothing":                      {Form{Level: "none"}, ""},
		"signed by nobody":             {Form{Level: "none", Signers: SignedByNobody}, ""},
		"for all":                      {Form{Level: "none", Audience: []Audience{ForPersons, ForCompanies}}, ""},
		"for persons":                  {Form{Level: "none", Audience: []Audience{ForPersons}}, ""},
		"an open service":              {Form{Level: "none", Services: []ids.Service{"open"}}, ""},
		"signed by a guardian":         {Form{Level: "none", Signers: SignedByGuardian}, "forms.not_open.signers"},
		"signed by a colleague":        {Form{Level: "none", Signers: SignedByColleague}, "forms.not_open.signers"},
		"signed by anybody":            {Form{Level: "none", Signers: SignedByAny}, "forms.not_open.signers"},
		"for companies":                {Form{Level: "none", Audience: []Audience{ForCompanies}}, "forms.not_open.company"},
		"a service after a contact":    {Form{Level: "none", Services: []ids.Service{"open", "after"}}, "forms.not_open.access"},
		"who is known, with all that":  {Form{Level: "low", Signers: SignedByAny, Audience: []Audience{ForCompanies}, Services: []ids.Service{"after"}}, ""},
		"who is known, as nobody said": {Form{Signers: SignedByAny}, ""},
	} {
		if got := c.form.NotOpen(func(s ids.Service) bool { return s == "after" }); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}
