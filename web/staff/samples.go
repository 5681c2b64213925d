package staff

import (
	"context"
	"time"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/identity"
	"luukku/domain/org"
	room "luukku/domain/staff"
	"luukku/web"
	"luukku/web/ui"
)

// Samples are all states of this door's pages, with made-up facts.
func Samples() []web.Sample {
	wrong := func(name, key string) error {
		return fault.Invalid("form.invalid", nil, fault.Field{Name: name, Key: key})
	}
	signIn := func(works bool, means []identity.Provider, why error) func(b web.Base) web.Component {
		return func(b web.Base) web.Component {
			return ShowSignIn(newSignInPage(b, "", "maija@vuorela.example", sampleCeremony, works, means, why))
		}
	}
	return []web.Sample{
		sample("sign-in", "", signIn(true, nil, nil)),
		sample("sign-in", "provider", signIn(true, sampleProviders(), nil)),
		sample("sign-in", "no-passkeys", signIn(false, nil, nil)),
		sample("sign-in", "wrong", signIn(true, nil, wrong("email", "staff.wrong_password"))),
		sample("sign-in", "passkey-failed", signIn(true, nil, wrong("credential", "staff.passkey_failed"))),
		sample("sign-in", "over", signIn(true, nil, fault.Invalid("staff.step_over", nil))),
		sample("code", "", func(b web.Base) web.Component { return ShowCode(newCodePage(b, nil)) }),
		sample("code", "wrong", func(b web.Base) web.Component { return ShowCode(newCodePage(b, wrong("code", "staff.wrong_code"))) }),
		sample("recovery", "", func(b web.Base) web.Component { return ShowCode(newRecoveryPage(b, nil)) }),
		sample("front", "", func(b web.Base) web.Component { return ShowFront(sampleFront(b, sampleSecurity(true))) }),
		sample("front", "no-roles", func(b web.Base) web.Component {
			s := sampleSecurity(false)
			s.Roles = nil
			return ShowFront(sampleFront(b, s))
		}),
		sample("security", "", func(b web.Base) web.Component { return ShowSecurity(sampleSecurityPage(b, true, "")) }),
		sample("security", "passkey-only", func(b web.Base) web.Component { return ShowSecurity(sampleSecurityPage(b, false, "added")) }),
		sample("passkey", "new", func(b web.Base) web.Component { return ShowKey(newKeyPage(b, sampleCeremony, true, "", nil)) }),
		sample("passkey", "impossible", func(b web.Base) web.Component { return ShowKey(newKeyPage(b, room.Ceremony{}, false, "", nil)) }),
		sample("passkey", "failed", func(b web.Base) web.Component {
			return ShowKey(newKeyPage(b, sampleCeremony, true, "Työkannettava", wrong("credential", "staff.passkey_stale")))
		}),
		sample("passkey", "", func(b web.Base) web.Component {
			return ShowKey(newOneKeyPage(b, "0a0b", "Työkannettava", "Työkannettava", nil))
		}),
		sample("passkey", "last", func(b web.Base) web.Component {
			return ShowKey(newOneKeyPage(b, "0a0b", "Työkannettava", "Työkannettava", fault.Conflict("staff.last_means", nil)))
		}),
		sample("password", "", func(b web.Base) web.Component {
			return ShowPresent(newPasswordPage(b, "maija@vuorela.example", true, false, nil))
		}),
		sample("password", "first", func(b web.Base) web.Component {
			return ShowPresent(newPasswordPage(b, "maija@vuorela.example", false, true, nil))
		}),
		sample("password", "errors", func(b web.Base) web.Component {
			return ShowPresent(newPasswordPage(b, "maija@vuorela.example", true, false, fault.Invalid("form.invalid", nil,
				fault.Field{Name: "present", Key: "staff.wrong_present"}, fault.Field{Name: "password", Key: "staff.password_short", Args: fault.Args{"min": room.MinPassword}})))
		}),
		sample("password", "again", func(b web.Base) web.Component { return ShowAgain(newAgainPage(b)) }),
		sample("app", "present", func(b web.Base) web.Component {
			return ShowPresent(newFactorPage(b, "maija@vuorela.example", true, false, nil))
		}),
		sample("app", "", func(b web.Base) web.Component {
			return ShowFactor(newFactorCodePage(b, at(b, "security", "factor", "code"), sampleMeans, nil))
		}),
		sample("app", "wrong", func(b web.Base) web.Component {
			return ShowFactor(newFactorCodePage(b, at(b, "security", "factor", "code"), sampleMeans, wrong("code", "staff.wrong_code")))
		}),
		sample("recovery-codes", "present", func(b web.Base) web.Component {
			return ShowPresent(newRecoveryCodesPage(b, "maija@vuorela.example", true, false, nil))
		}),
		sample("recovery-codes", "", func(b web.Base) web.Component { return ShowCodes(newCodesPage(b, sampleCodes)) }),
		sample("invitation", "", invitationSample(actor.RoleClerk, false, false, nil)),
		sample("invitation", "errors", invitationSample(actor.RoleClerk, false, false, fault.Invalid("form.invalid", nil,
			fault.Field{Name: "name", Key: "field.name_required"}, fault.Field{Name: "password", Key: "staff.password_common"}))),
		sample("invitation", "keys", invitationSample("", false, false, nil)),
		sample("invitation", "known", invitationSample(actor.RoleOrgAdmin, true, false, nil)),
		sample("invitation", "join", invitationSample(actor.RoleOrgAdmin, true, true, nil)),
		sample("invitation", "system", invitationSample(actor.RoleSystemAdmin, false, false, nil)),
		sample("invitation", "first", func(b web.Base) web.Component {
			return ShowInvitation(newInvitationPage(b, invitationFacts{
				enrolment: room.Enrolment{Invitation: room.Invitation{Role: actor.RoleSystemAdmin}}, token: sampleToken, ceremony: sampleCeremony, works: true,
			}, nil))
		}),
		sample("keys", "", func(b web.Base) web.Component { return ShowFunctionKeys(newFunctionKeysPage(b, nil, false, nil)) }),
		sample("keys", "saved", func(b web.Base) web.Component {
			return ShowFunctionKeys(newFunctionKeysPage(b, room.Keys{room.CallNext: "F7", room.DeskFind: ""}, true, nil))
		}),
		sample("keys", "shared", func(b web.Base) web.Component {
			k := room.Keys{room.CallAgain: "F2", room.DeskMissed: "F5"}
			return ShowFunctionKeys(newFunctionKeysPage(b, k, false, k.Check()))
		}),
		sample("device", "", func(b web.Base) web.Component { return ShowDevice(newDevicePage(b, "", nil)) }),
		sample("device", "wrong", func(b web.Base) web.Component {
			return ShowDevice(newDevicePage(b, "", wrong("code", "staff.wrong_device_code")))
		}),
		sample("device", "enrolled", func(b web.Base) web.Component { return ShowDevice(newDevicePage(b, "Ala-aula", nil)) }),
	}
}

func sample(page, state string, make func(b web.Base) web.Component) web.Sample {
	return web.Sample{Page: "staff/" + page, State: state, Make: func(_ context.Context, b web.Base) web.Component { return make(b) }}
}

const sampleToken = "0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk"

// sampleCeremony asks a browser for nothing that it could give.
var sampleCeremony = room.Ceremony{Options: `{"publicKey":{"challenge":"AAAA"}}`, Sealed: "sample"}

var sampleMeans = room.Means{
	Secret: "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Link: room.TOTPLink("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "maija@vuorela.example", "Luukku"),
}

var sampleCodes = []string{
	"K7PQ-3M9X", "TR5W-8ABC", "0JQ2-V6HD", "9GXE-41NZ", "WMB7-K5YS", "3CD8-RT0P", "HV4F-62QJ", "Z1N9-XEG5", "58SA-BWK3", "Y6TM-70CR",
}

func sampleProviders() []identity.Provider {
	return []identity.Provider{{Org: "vuorela", ID: "town", Name: i18n.Text{
		"fi": "Vuorelan tunnus", "sv": "Vuorelas konto", "en": "Vuorela account", "cs": "Účet Vuorela",
	}}}
}

func sampleOrgs() []org.Organisation {
	return []org.Organisation{{ID: "vuorela", Name: i18n.Text{"fi": "Vuorelan kaupunki", "sv": "Vuorela stad", "en": "Town of Vuorela", "cs": "Město Vuorela"}}}
}

func sampleSecurity(password bool) room.Security {
	s := room.Security{Worker: room.Worker{Member: room.Member{ID: "01", Name: "Maija Meikäläinen", Email: "maija@vuorela.example"}}, RecoveryLeft: 2}
	for _, g := range []actor.Grant{{Role: actor.RoleManager, Org: "vuorela", Office: "hall"}, {Role: actor.RoleOrgAdmin, Org: "vuorela"}, {Role: actor.RoleSystemAdmin}} {
		s.Roles = append(s.Roles, room.Granted{Grant: g})
	}
	s.Passkeys = []room.Passkey{{Hash: []byte{10, 11}, Name: "Työkannettava", CreatedAt: 1_795_000_000, LastUsedAt: 1_795_400_000}}
	if password {
		s.Password, s.TOTP, s.Providers = []byte{1}, []byte{1}, 1
		s.Passkeys = append(s.Passkeys, room.Passkey{Hash: []byte{12}, CreatedAt: 1_795_100_000})
	}
	return s
}

func sampleFront(b web.Base, s room.Security) FrontPage {
	var links []ui.Link
	if len(s.Roles) > 0 {
		links = []ui.Link{{Href: at(b, "vuorela", "people"), Text: sampleOrgs()[0].Name.In(b.Lang)}}
	}
	return newFrontPage(b, s, sampleOrgs(), links, map[actor.Grant]string{{Role: actor.RoleManager, Org: "vuorela", Office: "hall"}: "Kaupungintalo"})
}

func sampleSecurityPage(b web.Base, password bool, done string) SecurityPage {
	list := []identity.Session{
		{Hash: []byte{1}, Agent: "Firefox, Linux", CreatedAt: 1_795_400_000, SeenAt: 1_795_400_600},
		{Hash: []byte{2}, Agent: "Safari, iPhone", CreatedAt: 1_795_300_000, SeenAt: 1_795_399_000},
	}
	return newSecurityPage(b, sampleSecurity(password), list, []byte{1}, time.UTC, done)
}

func invitationSample(role actor.RoleID, known, signedIn bool, why error) func(b web.Base) web.Component {
	return func(b web.Base) web.Component {
		i := room.Invitation{Email: "maija@vuorela.example", Role: role, InvitedBy: "01"}
		if role != "" && role != actor.RoleSystemAdmin {
			i.Org = ids.Org("vuorela")
		}
		return ShowInvitation(newInvitationPage(b, invitationFacts{
			enrolment: room.Enrolment{Invitation: i, Known: known}, orgs: sampleOrgs(), token: sampleToken, person: room.Person{Name: "Maija"}, signedIn: signedIn,
			ceremony: sampleCeremony, works: true,
		}, why))
	}
}
