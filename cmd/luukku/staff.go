package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"luukku/app"
)

type staffCmd struct {
	Invite staffInviteCmd `cmd:"" help:"Print a link by which somebody becomes a system administrator: for whoever is locked out."`
}

type staffInviteCmd struct {
	running
	Email string `arg:"" help:"Email address of whoever the link is for."`
}

func (s staffInviteCmd) Run(ctx context.Context) error {
	data, err := s.dir()
	if err != nil {
		return err
	}
	reply, err := app.Control(ctx, data, http.MethodPost, "/staff/invite?"+url.Values{"email": {s.Email}}.Encode(), nil)
	if err != nil {
		return err
	}
	fmt.Println("Open this link once, within a day. It makes its reader a system administrator, with new keys: give it to nobody else.")
	for _, l := range reply.Lines {
		fmt.Println(" ", l)
	}
	return nil
}
