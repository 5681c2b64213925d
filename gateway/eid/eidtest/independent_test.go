package eidtest

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"luukku/base/clock"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/gateway/eid"
)

// independent starts the provider that is made of ory/fosite, and returns its issuer. It ends with the test.
func independent(t *testing.T, keys *eid.Ring, acr string) string {
	t.Helper()
	told, err := json.Marshal(map[string]any{"id": "luukku", "return_to": ReturnTo, "keys": keys.Public(), "acr": acr})
	if err != nil {
		t.Fatal(err)
	}
	program := t.TempDir() + "/independent"
	build := exec.CommandContext(t.Context(), "go", "build", "-C", "../independent", "-o", program, ".")
	build.Stderr = os.Stderr
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if err := build.Run(); err != nil {
		t.Fatalf("build the independent provider: %v", err)
	}
	cmd := exec.Command(program)
	cmd.Stderr = logger{t}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	if _, err := in.Write(append(told, '\n')); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("the independent provider did not start: %v", err)
	}
	return strings.TrimSpace(line)
}

// logger shows what a program says, when a test fails.
type logger struct{ t *testing.T }

func (l logger) Write(b []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(b)))
	return len(b), nil
}

func TestAnIndependentProviderPassesTheSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("-short: this builds a provider from a module of its own; make test runs it")
	}
	t.Parallel()
	now := clock.Real() // the library's clock is the machine's
	keys := Keys(t, now)
	const acr = "http://eidas.europa.eu/LoA/substantial"
	issuer := independent(t, keys, acr)
	party := Party{
		Provider: identity.Provider{
			ID: "independent", Issuer: issuer, ClientID: "luukku-RS256", SigningAlg: "RS256", UserInfo: true,
			Levels: map[string]actor.Level{acr: actor.LevelSubstantial},
			Claims: identity.Claims{Identifier: "nin", Kind: natid.EIDASIdentifier, Given: "given_name", Family: "family_name"},
		},
		Keys: keys, HTTP: &http.Client{}, Now: now, Gen: NewGen(now, 4), Level: actor.LevelSubstantial, ACR: acr,
		Person: func(t *testing.T, address string, cancel bool) *url.URL {
			t.Helper()
			if cancel {
				address += "&give-up=yes"
			}
			return visit(t, http.MethodGet, address, nil)
		},
		Audiences: []string{eid.AudienceToken}, ClientFor: func(alg string) string { return "luukku-" + alg },
	}
	t.Run("plain requests", func(t *testing.T) { Run(t, party) })
	party.Provider.SignedRequest = true
	t.Run("signed requests", func(t *testing.T) { Run(t, party) })
	a := party.SignIn(t, party.Client(), party.Request())
	if a.Name != "Inka Riippumaton" || a.Identifier.Reveal() != "IE/FI/independent-1" {
		t.Errorf("got %q, want the name and the identifier of the signed user info", a.Name)
	}
}
