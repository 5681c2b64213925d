package queue

import (
	"context"
	"slices"
	"time"

	"luukku/base/fault"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
	"luukku/domain/org"
)

// DarkSeconds is after how long of silence a kiosk or display is dark, in seconds. Both tell of themselves about once a minute.
const DarkSeconds = 5 * 60

// Heard is when a kiosk or display that is in use was heard of last.
type Heard struct {
	Device ids.Device
	At     int64
}

// Dark reports whether it has not been heard of for too long.
func (h Heard) Dark(now int64) bool { return now-h.At >= DarkSeconds }

// Darkened says of which of an office's devices in use the staff have to be told that they are dark, and which of the open alerts are over: the device was
// heard of again, or is in use no more. Told are the day's alerts of dark devices, seen to or not: who saw to one is not told again of the same silence before
// the next day. Nobody is told while watched is false: the office is closed, or nobody is there to see to it.
func Darkened(devices []Heard, open, told []Alert, now int64, watched bool) (tell []ids.Device, over []Alert) {
	dark := func(id ids.Device) bool {
		return slices.ContainsFunc(devices, func(h Heard) bool { return h.Device == id && h.Dark(now) })
	}
	for _, a := range open {
		if a.Kind == AlertDark && !dark(a.Device) {
			over = append(over, a)
		}
	}
	for _, h := range devices {
		if !watched || !h.Dark(now) {
			continue
		}
		known := slices.ContainsFunc(open, func(a Alert) bool { return a.Kind == AlertDark && a.Device == h.Device }) ||
			slices.ContainsFunc(told, func(a Alert) bool { return a.Device == h.Device && a.At > h.At })
		if !known {
			tell = append(tell, h.Device)
		}
	}
	return tell, over
}

// Watch tells the staff of an office of those of its devices in use that have not been heard of, and takes back what is over. An office that is gone has none.
func (s *Service) Watch(ctx context.Context, who actor.Actor, o ids.Org, office ids.Office, devices []Heard) error {
	a, err := s.at(ctx, o, office)
	if fault.Is(err, fault.KindNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	counters, err := s.Store.Counters(ctx, o, office)
	if err != nil {
		return err
	}
	now := time.Unix(a.now, 0).In(a.Zone())
	_, watched := org.OpenNow(a.Org, *a.office, now, a.Zone())
	watched = watched && slices.ContainsFunc(counters, func(k Counter) bool { return k.Staff != "" })
	told, err := s.Store.DarkSince(ctx, o, office, org.DateOf(now).At(0, a.Zone()).Unix())
	if err != nil {
		return err
	}
	alerts, err := s.Store.Alerts(ctx, o, office)
	if err != nil {
		return err
	}
	if tell, over := Darkened(devices, alerts, told, a.now, watched); len(tell)+len(over) == 0 {
		return nil
	}
	return s.inTx(ctx, func(ctx context.Context, tx Tx) error {
		open, err := tx.Alerts(ctx, o, office)
		if err != nil {
			return err
		}
		tell, over := Darkened(devices, open, told, a.now, watched)
		for _, d := range tell {
			n := Alert{Org: o, ID: s.Gen.New(), Office: office, Kind: AlertDark, Device: d, At: a.now}
			if err := tx.PutAlert(ctx, n); err != nil {
				return err
			}
			if err := tx.Audit(ctx, s.entry(a, who, audit.LobbyAlerted, "alert", n.ID, map[string]string{"kind": string(AlertDark)})); err != nil {
				return err
			}
		}
		for _, x := range over {
			if ok, err := tx.EndAlert(ctx, o, x.ID, "", a.now); err != nil || !ok {
				return err
			}
			if err := tx.Audit(ctx, s.entry(a, who, audit.LobbySeen, "alert", x.ID, map[string]string{"what": "back"})); err != nil {
				return err
			}
		}
		if len(tell)+len(over) > 0 {
			tx.Touch(o, office)
		}
		return nil
	})
}
