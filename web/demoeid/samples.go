package demoeid

import (
	"context"

	"luukku/web"
)

// Samples returns every page of this door in every state, with made-up facts: for the gallery and the checks.
func Samples() []web.Sample {
	page := func(state string, p provider, acr string) web.Sample {
		return web.Sample{Page: "demo-eid/choose", State: state, Make: func(_ context.Context, b web.Base) web.Component {
			b.Org = ""
			return ShowChoose(newChoose(b, p, "06a1b2c3d4e5f6g7h8j9k0mnpq", acr))
		}}
	}
	var all []web.Sample
	for i, p := range table {
		state := string(p.id)
		if i == 0 {
			state = ""
		}
		all = append(all, page(state, p, ""))
	}
	return append(all, page("step-up", table[0], "http://ftn.ficora.fi/2017/loa3"))
}
