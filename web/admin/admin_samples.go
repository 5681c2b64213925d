package admin

import (
	"context"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/base/natid"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/catalog"
	"luukku/domain/identity"
	"luukku/domain/org"
	"luukku/domain/staff"
	"luukku/web"
)

// allWrong is a fault with one field after another wrong, each said by a text.
func allWrong(pairs ...string) error {
	var fields []fault.Field
	for i := 0; i+1 < len(pairs); i += 2 {
		fields = append(fields, fault.Field{Name: pairs[i], Key: pairs[i+1]})
	}
	return fault.Invalid("form.invalid", nil, fields...)
}

// ofInstallation is a sample of a page of the whole installation.
func ofInstallation(page, state string, make func(b web.Base) DeskPage) web.Sample {
	return sample(page, state, func(b web.Base) web.Component {
		b = dress(b)
		b.Org = ""
		b.Nav = sampleNav(b)
		return ShowDesk(make(b))
	})
}

func sampleWhere() where {
	c := &catalog.Config{Offices: []org.Office{
		{ID: "hall", Name: i18n.Text{"fi": "Kaupungintalo", "sv": "Stadshuset", "en": "Town hall", "cs": "Radnice"}},
		{ID: "harbour", Name: i18n.Text{"fi": "Satama", "sv": "Hamnen", "en": "Harbour", "cs": "Přístav"}},
	}}
	return where{moment: sampleMoment(), config: c}
}

func recordSamples() []web.Sample {
	typed := record{Side: "guardian", Kind: string(natid.FinnishCode), From: typedToday(sampleMoment()), CompanyKind: "company", Role: "signatory"}
	bad := typed
	bad.Identifier, bad.From, bad.Until = "010190-900X", typedDate{"31", "2", "2026"}, typedDate{"1", "1", "2020"}
	return []web.Sample{
		desked("person", "guardianship", func(b web.Base) DeskPage { return newGuardianshipPage(b, "Maija Meikäläinen", typed, nil) }),
		desked("person", "guardianship-errors", func(b web.Base) DeskPage {
			return newGuardianshipPage(b, "Maija Meikäläinen", bad, allWrong("identifier", "natid.check", "from", "record.date", "until", "record.until", "evidence", "record.evidence"))
		}),
		desked("person", "death", func(b web.Base) DeskPage {
			return newDeathPage(b, identity.View{Account: identity.Account{Name: "Maija Meikäläinen"}}, typedDate{"31", "2", "2026"}, allWrong("on", "people.died_when"))
		}),
		desked("person", "death-back", func(b web.Base) DeskPage {
			return newDeathPage(b, identity.View{Account: identity.Account{Name: "Maija Meikäläinen"}, Died: "2026-11-19"}, typedDate{}, nil)
		}),
		desked("person", "mandate", func(b web.Base) DeskPage { return newMandatePage(b, "Maija Meikäläinen", typed, nil) }),
		desked("person", "mandate-errors", func(b web.Base) DeskPage {
			return newMandatePage(b, "Maija Meikäläinen", bad, allWrong("number", "record.number", "name", "record.company_name"))
		}),
		desked("glass", "", func(b web.Base) DeskPage { return newGlassPage(b, glassForm{Kind: string(natid.FinnishCode)}, nil) }),
		desked("glass", "errors", func(b web.Base) DeskPage {
			return newGlassPage(b, glassForm{Kind: string(natid.FinnishCode), Reason: "x"}, allWrong("identifier", "field.required", "reason", "staff.reason_short"))
		}),
	}
}

func sampleWorkers() []staff.Worker {
	grant := func(r actor.RoleID, office string) staff.Granted {
		g := staff.Granted{Grant: actor.Grant{Role: r, Org: "vuorela"}, At: sampleTime}
		if office != "" {
			g.Office = "hall"
		}
		return g
	}
	return []staff.Worker{
		{Member: staff.Member{ID: "1", Name: "Malli Mallikas", Email: "malli@vuorela.example", State: staff.Active, LastSignIn: sampleTime}, Roles: []staff.Granted{grant(actor.RoleClerk, "hall"), grant(actor.RoleOrgAdmin, "")}},
		{Member: staff.Member{ID: "2", Name: "Matti Meikäläinen", Email: "matti@vuorela.example", State: staff.Inactive}, Roles: []staff.Granted{grant(actor.RoleCaseworker, "")}},
	}
}

func staffSamples() []web.Sample {
	open := staff.Invitation{Org: "vuorela", ID: "1", Email: "uusi@vuorela.example", Name: "Uusi Työntekijä", Role: actor.RoleClerk, ExpiresAt: sampleTime + 1000}
	old, used, first := open, open, open
	old.ID, old.ExpiresAt = "2", sampleTime-1000
	used.ID, used.AcceptedAt, used.Role = "3", sampleTime, ""
	first.ID, first.Email, first.Role, first.Org = "4", "", actor.RoleSystemAdmin, ""
	return []web.Sample{
		desked("members", "", func(b web.Base) DeskPage { return newMembersPage(b, sampleWorkers(), sampleWhere()) }),
		ofInstallation("members", "installation", func(b web.Base) DeskPage {
			return newMembersPage(b, sampleWorkers(), where{moment: sampleMoment()})
		}),
		desked("members", "one", func(b web.Base) DeskPage {
			return newMemberPage(b, sampleWorkers()[0], actor.Grant{}, sampleWhere(), nil)
		}),
		desked("members", "shut-out", func(b web.Base) DeskPage {
			return newMemberPage(b, sampleWorkers()[1], actor.Grant{}, sampleWhere(), nil)
		}),
		desked("members", "no-role-chosen", func(b web.Base) DeskPage {
			return newMemberPage(b, sampleWorkers()[0], actor.Grant{}, sampleWhere(), allWrong("role", "error.field.choose"))
		}),
		desked("members", "elsewhere", func(b web.Base) DeskPage {
			return newMemberPage(b, sampleWorkers()[0], actor.Grant{}, sampleWhere(), fault.Invalid("members.elsewhere", nil))
		}),
		desked("invitations", "", func(b web.Base) DeskPage {
			return newInvitationsPage(b, []staff.Invitation{open, old, used}, sampleTime, sampleWhere())
		}),
		ofInstallation("invitations", "installation", func(b web.Base) DeskPage {
			return newInvitationsPage(b, []staff.Invitation{first}, sampleTime, where{moment: sampleMoment()})
		}),
		desked("invitations", "none", func(b web.Base) DeskPage { return newInvitationsPage(b, nil, sampleTime, sampleWhere()) }),
		desked("invitations", "new", func(b web.Base) DeskPage { return newInvitePage(b, invite{Lang: b.Lang}, sampleWhere(), nil) }),
		desked("invitations", "new-errors", func(b web.Base) DeskPage {
			return newInvitePage(b, invite{Email: "uusi", Lang: b.Lang}, sampleWhere(), allWrong("email", "field.email", "role", "error.field.choose"))
		}),
	}
}

func keySamples() []web.Sample {
	kiosk := staff.Device{Org: "vuorela", ID: "1", Kind: staff.Kiosk, Office: "hall", Name: "Aula 1", EnrolledAt: sampleTime, SeenAt: sampleTime}
	display, gone := kiosk, kiosk
	display.ID, display.Kind, display.Name, display.EnrolledAt, display.SeenAt = "2", staff.Display, "Aula 2", 0, 0
	gone.ID, gone.RevokedAt = "3", sampleTime
	client := staff.Client{Org: "vuorela", ID: "1", Name: "Raportit", Scopes: []actor.Right{actor.AppointmentList, actor.AuditRead}, LastUsedAt: sampleTime}
	cases := staff.Client{Org: "vuorela", ID: "4", Name: "Päivähoito", Scopes: []actor.Right{actor.SubmissionWork}, Only: actor.Bounds{Offices: []ids.Office{"hall"}, Inboxes: []ids.Inbox{"day-care"}}, LastUsedAt: sampleTime}
	expired, revoked := client, client
	expired.ID, expired.ExpiresAt, expired.LastUsedAt = "2", sampleTime-1000, 0
	revoked.ID, revoked.RevokedAt = "3", sampleTime
	hall := sampleWhere()
	hall.config, _ = sampleHoursOffice()
	return []web.Sample{
		desked("devices", "", func(b web.Base) DeskPage {
			return newDevicesPage(b, []staff.Device{kiosk, display, gone}, sampleWhere())
		}),
		desked("devices", "none", func(b web.Base) DeskPage { return newDevicesPage(b, nil, sampleWhere()) }),
		desked("devices", "new", func(b web.Base) DeskPage { return newDevicePage(b, deviceForm{Kind: staff.Kiosk}, sampleWhere(), nil) }),
		desked("devices", "new-errors", func(b web.Base) DeskPage {
			return newDevicePage(b, deviceForm{}, sampleWhere(), allWrong("kind", "error.field.choose", "name", "field.required"))
		}),
		desked("devices", "made", func(b web.Base) DeskPage { return newOncePage(b, "devices", "Aula 1", "K7PQ-3M9X") }),
		desked("devices", "kiosk", func(b web.Base) DeskPage {
			return newKioskPage(b, kiosk, kioskForm{KioskSettings: staff.KioskSettings{PrintBy: staff.PrintPrinter, Printer: "10.0.0.7:9100", Paper: 80}, Ruler: "132"}, sampleWhere(), nil)
		}),
		desked("devices", "kiosk-errors", func(b web.Base) DeskPage {
			typed := kioskForm{KioskSettings: staff.KioskSettings{PrintBy: staff.PrintPrinter, Printer: "/etc/passwd", Paper: 58}, Ruler: "20"}
			_, err := typed.settings()
			return newKioskPage(b, kiosk, typed, sampleWhere(), err)
		}),
		desked("devices", "display", func(b web.Base) DeskPage {
			return newDisplayPage(b, display, displayFormOf(staff.DisplaySettings{NoSpeech: true, Counters: []ids.Unit{"hall-desk-1"}}, hall.config.Org.Languages), hall, nil)
		}),
		desked("devices", "display-errors", func(b web.Base) DeskPage {
			typed := displayForm{First: "fi", Second: "fi"}
			_, err := typed.settings(hall.config.Org.Languages)
			return newDisplayPage(b, display, typed, hall, err)
		}),
		desked("devices", "revoke", func(b web.Base) DeskPage { return newDeviceRevokePage(b, kiosk) }),
		desked("clients", "", func(b web.Base) DeskPage {
			return newClientsPage(b, []staff.Client{client, cases, expired, revoked}, sampleTime, sampleLimits())
		}),
		desked("clients", "none", func(b web.Base) DeskPage { return newClientsPage(b, nil, sampleTime, sampleWhere()) }),
		desked("clients", "new", func(b web.Base) DeskPage { return newClientPage(b, clientForm{}, nil, sampleLimits()) }),
		desked("clients", "new-errors", func(b web.Base) DeskPage {
			return newClientPage(b, clientForm{Expires: typedDate{"1", "1", "2020"}}, allWrong("name", "field.required", "scopes", "error.field.choose", "expires", "staff.expiry_past"), sampleLimits())
		}),
		desked("clients", "new-limits-wrong", func(b web.Base) DeskPage {
			typed := clientForm{Name: "Raportit", Scopes: []actor.Right{actor.AppointmentList, actor.AuditRead}, Only: actor.Bounds{Offices: []ids.Office{"hall"}, Forms: []ids.Form{"day-care"}}}
			return newClientPage(b, typed, typed.Only.Fits(typed.Scopes), sampleLimits())
		}),
		desked("clients", "made", func(b web.Base) DeskPage {
			return newOncePage(b, "clients", "Raportit", "luukku_0123456789abcdefghjkmnpqrstvwxyz0123456789abcdefghjk")
		}),
		desked("clients", "limits", func(b web.Base) DeskPage { return newKeyLimitsPage(b, cases, cases.Only, nil, sampleLimits()) }),
		desked("clients", "limits-wrong", func(b web.Base) DeskPage {
			only := actor.Bounds{Offices: []ids.Office{"hall"}, Forms: []ids.Form{"day-care", "no-more"}}
			return newKeyLimitsPage(b, client, only, only.Fits(client.Scopes), sampleLimits())
		}),
		desked("clients", "limits-changed-since", func(b web.Base) DeskPage {
			return newKeyLimitsPage(b, cases, actor.Bounds{Forms: []ids.Form{"day-care"}}, fault.Conflict("clients.limited_since", nil), sampleLimits())
		}),
		desked("clients", "rotate", func(b web.Base) DeskPage { return newRotatePage(b, client) }),
		desked("clients", "revoke", func(b web.Base) DeskPage { return newClientRevokePage(b, client) }),
	}
}

func sampleProvider() identity.Provider {
	return identity.Provider{
		ID: "bank", Enabled: true, Position: 1, Audience: identity.ForCitizens, Issuer: "https://eid.example", ClientID: "vuorela",
		Name:   i18n.Text{"fi": "Pankkitunnukset", "sv": "Bankkoder", "en": "Your bank", "cs": "Bankovní identita"},
		Levels: map[string]actor.Level{"http://ftn.ficora.fi/2017/loa2": actor.LevelSubstantial, "http://ftn.ficora.fi/2017/loa3": actor.LevelHigh},
		Claims: identity.Claims{Identifier: "urn:oid:1.2.246.21", Kind: natid.FinnishCode, Given: "given_name", Family: "family_name"},
		Params: map[string]string{"ftn_spname": "Vuorela"}, Scopes: []string{"profile"},
	}
}

func providerSamples() []web.Sample {
	keys := OurKeys{
		ReturnTo: "https://booking.vuorela.example/eid/return", KeysAt: "https://booking.vuorela.example/eid/jwks.json",
		LogoutAt: "https://booking.vuorela.example/eid/logout/", Renew: noRenewal,
	}
	set := "{\n  \"keys\": []\n}"
	wrong := allWrong("id", "providers.id_wrong", "audience", "error.field.choose", "name", "providers.name_wrong", "issuer", "providers.issuer_wrong",
		"client_id", "field.required", "params", "providers.params_wrong", "levels", "providers.levels_wrong", "claims", "field.bad_characters",
		"kind", "error.field.choose", "groups", "providers.groups_wrong", "position", "providers.position_wrong", "secret", "field.required")
	return []web.Sample{
		desked("providers", "", func(b web.Base) DeskPage {
			return newProvidersPage(b, []identity.Provider{sampleProvider()}, keys, "")
		}),
		ofInstallation("providers", "installation", func(b web.Base) DeskPage { return newProvidersPage(b, nil, keys, set) }),
		desked("providers", "new", func(b web.Base) DeskPage {
			return newProviderPage(b, formOf(identity.Provider{Audience: identity.ForStaff}), providerState{Fresh: true}, nil)
		}),
		desked("providers", "change", func(b web.Base) DeskPage {
			p := newProviderPage(b, formOf(sampleProvider()), providerState{HasSecret: true}, nil)
			p.Wrong = b.T("providers.answers_not")
			return p
		}),
		desked("providers", "errors", func(b web.Base) DeskPage {
			return newProviderPage(b, providerForm{}, providerState{Fresh: true}, wrong)
		}),
		desked("providers", "remove", func(b web.Base) DeskPage { return newProviderRemovePage(b, sampleProvider()) }),
	}
}

func logSamples() []web.Sample {
	line := func(kind actor.Kind, who string, action audit.Action, subject, id string, detail map[string]string) audit.Entry {
		return audit.Entry{Org: "vuorela", ID: "1", AtMicros: sampleTime * 1e6, ActorKind: kind, Actor: who, Action: action, SubjectKind: subject, Subject: id, Detail: detail}
	}
	list := []audit.Entry{
		line(actor.KindStaff, "1", audit.PersonRead, audit.OfPerson, "01kx2f6x3v9q8m7n5b4c3d2f1g", map[string]string{"reason": "0a"}),
		line(actor.KindCitizen, "01kx2f6x3v9q8m7n5b4c3d2f1g", audit.AppointmentMoved, "appointment", "0000000001", map[string]string{"fields": "start,office"}),
		line(actor.KindSystem, "register", "something.new", audit.OfPerson, "01kx2f6x3v9q8m7n5b4c3d2f1g", nil),
	}
	for len(list) <= logPage {
		list = append(list, list[len(list)-3])
	}
	names := map[string]string{"1": "Malli Mallikas"}
	return []web.Sample{
		desked("audit", "", func(b web.Base) DeskPage {
			return newLogPage(b, logFilter{Before: "1"}, list, names, sampleWhere(), nil)
		}),
		desked("audit", "none", func(b web.Base) DeskPage {
			return newLogPage(b, logFilter{Day: "2026-11-23", Kind: "staff"}, nil, nil, sampleWhere(), nil)
		}),
		ofInstallation("audit", "errors", func(b web.Base) DeskPage {
			return newLogPage(b, logFilter{Day: "23.11."}, nil, nil, where{moment: sampleMoment()}, allWrong("day", "audit_log.day_wrong"))
		}),
	}
}

// noRenewal stands for a renewal of keys, which a sample never does.
func noRenewal(context.Context, actor.Actor) error { return nil }
