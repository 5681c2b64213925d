package demo

import (
	"context"
	"fmt"

	"luukku/app"
	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/access"
	"luukku/domain/actor"
	"luukku/domain/org"
)

// opened are services of the city that the office opened to somebody after a contact: one that stands for half a year, and one that was withdrawn since.
var opened = []struct {
	to      filler
	service ids.Service
	days    int
	why     string
	// over is why it was withdrawn; empty while it stands.
	over string
}{
	{maija, "home-care-older", 180, "Kotikäynti sovittu puhelimessa; asiakkuus avattu, käynnit varataan itse.", ""},
	{maija, "memory-nurse", 60, "Muistineuvonnan käynti sovittu omaisen pyynnöstä.", "Käynti on pidetty, seuranta jatkuu terveysasemalla."},
}

// fillAccess opens them. Interrupted, it goes on where it was.
func fillAccess(ctx context.Context, a *app.App, progress func(string)) error {
	system := actor.System("demo")
	n := 0
	for _, o := range opened {
		c, err := a.Store.Config(ctx, city)
		if fault.Is(err, fault.KindNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if !access.Opens(c, o.service) {
			continue
		}
		who, err := asPerson(ctx, a, o.to)
		if err != nil {
			return err
		}
		of := actor.Owner{Person: who.Person}
		now, err := a.Access.Holds(ctx, city, o.service, of)
		if err != nil {
			return err
		}
		if now.Version == 0 {
			today := org.DateOf(a.Now().In(c.Zone()))
			r := access.Request{Org: city, Service: o.service, Owner: of, Until: today.Add(o.days+1).At(0, c.Zone()).Unix() - 1, Why: o.why}
			if now, _, err = a.Access.Record(ctx, system, r); err != nil {
				return fmt.Errorf("open %s: %w", o.service, wrong(err))
			}
			n++
		}
		if o.over != "" && !now.Off {
			if _, _, err := a.Access.Record(ctx, system, access.Request{Org: city, Service: o.service, Owner: of, Off: true, Why: o.over, Seen: now.Version}); err != nil {
				return fmt.Errorf("withdraw %s: %w", o.service, wrong(err))
			}
		}
	}
	progress(fmt.Sprintf("services of %s: %d opened after a contact", city, n))
	return nil
}
