package browser

import "github.com/chromedp/cdproto/webauthn"

// Authenticator gives the tab a place where passkeys are kept, as a laptop has one that its owner opens with a finger: whoever sits there is recognised at
// once. Passkeys stay in it until the tab closes.
func (t *Tab) Authenticator() {
	t.tb.Helper()
	for _, do := range []func() error{
		step(t, webauthn.Enable, webauthn.EnableParams{}),
		step(t, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
			Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal, HasResidentKey: true, HasUserVerification: true,
			AutomaticPresenceSimulation: true, IsUserVerified: true,
		}}),
	} {
		if err := do(); err != nil {
			t.fatalf("give the tab an authenticator: %v", err)
		}
	}
}
