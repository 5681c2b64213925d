package staff

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"luukku/base/fault"
	"luukku/base/i18n"
	"luukku/base/ids"
	"luukku/domain/actor"
	"luukku/domain/audit"
)

// DeviceKind is what sort of device it is.
type DeviceKind = actor.DeviceKind

// The kinds.
const (
	Kiosk   = actor.Kiosk
	Display = actor.Display
)

// Device is a kiosk or a display at an office.
type Device struct {
	Org       ids.Org
	ID        ids.Device
	Kind      DeviceKind
	Office    ids.Office
	Name      string
	CreatedBy ids.Staff
	CreatedAt int64
	// EnrolledAt is when a browser became the device, SeenAt when it was last there, to the minute, RevokedAt when it was shut out; 0 is never.
	EnrolledAt, SeenAt, RevokedAt int64
	// Settings is what is set for it, as an object of its kind: see KioskSettings.
	Settings string
}

// Actor is the device as it asks.
func (d Device) Actor() actor.Actor {
	return actor.Actor{Kind: actor.KindDevice, Device: d.ID, DeviceKind: d.Kind, Org: d.Org, Office: d.Office}
}

// DeviceCodeLife is how long the code is good with which a browser becomes a device: once.
const DeviceCodeLife = 10 * time.Minute

// deviceCode is the length of that code, in characters.
const deviceCode = 8

// checkName cleans the name of a device or a program.
func checkName(name string) (string, error) {
	clean, ok := i18n.CleanLine(name)
	switch {
	case !ok:
		return clean, fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "field.bad_characters"})
	case clean == "":
		return clean, fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "field.required"})
	case utf8.RuneCountInString(clean) > maxName:
		return clean, fault.Invalid("form.invalid", nil, fault.Field{Name: "name", Key: "field.too_long", Args: fault.Args{"max": maxName}})
	}
	return clean, nil
}

// MakeDevice makes a device, and the code with which a browser becomes it: shown this once.
func (s *Service) MakeDevice(ctx context.Context, who actor.Actor, o ids.Org, kind DeviceKind, office ids.Office, name string) (Device, string, error) {
	if err := who.May(actor.DeviceManage, actor.Object{Org: o, Office: office}); err != nil {
		return Device{}, "", err
	}
	c, err := s.Directory.Config(ctx, o)
	if err != nil {
		return Device{}, "", err
	}
	if _, err := c.Office(office); err != nil {
		return Device{}, "", fault.Invalid("form.invalid", nil, fault.Field{Name: "office", Key: "error.field.choose"})
	}
	if kind != Kiosk && kind != Display {
		return Device{}, "", fault.Invalid("form.invalid", nil, fault.Field{Name: "kind", Key: "error.field.choose"})
	}
	if name, err = checkName(name); err != nil {
		return Device{}, "", err
	}
	d := Device{
		Org: o, ID: ids.Device(s.Gen.New()), Kind: kind, Office: office, Name: name, CreatedBy: who.Staff, CreatedAt: s.Now().Unix(),
	}
	code := ""
	err = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if err := tx.PutDevice(ctx, d); err != nil {
			return err
		}
		if code, err = s.putDeviceCode(ctx, tx, d); err != nil {
			return err
		}
		return tx.Audit(ctx, s.entry(o, who, audit.DeviceMade, "device", string(d.ID), map[string]string{"kind": string(kind), "office": string(office)}))
	})
	return d, code, err
}

func (s *Service) putDeviceCode(ctx context.Context, tx Tx, d Device) (string, error) {
	code := strings.ToUpper(s.Gen.Token(40))
	now := s.Now()
	if err := tx.DropSecrets(ctx, SecretDeviceCode, d.Org, string(d.ID)); err != nil {
		return "", err
	}
	err := tx.PutSecret(ctx, s.deviceHash(code), Kept{SecretDeviceCode, d.Org, string(d.ID), now.Add(DeviceCodeLife).Unix()}, now.Unix())
	return code[:4] + "-" + code[4:], err
}

func (s *Service) deviceHash(code string) []byte { return s.Seals.LookupHash("device code", code) }

// device returns a device over which an actor has a say.
func (s *Service) device(ctx context.Context, tx Tx, who actor.Actor, o ids.Org, id ids.Device) (Device, error) {
	d, err := tx.Device(ctx, o, id)
	if err != nil {
		return d, err
	}
	if who.May(actor.DeviceManage, actor.Object{Org: o, Office: d.Office}) != nil {
		return d, fault.NotFound("staff.no_device")
	}
	return d, nil
}

// RenewDeviceCode makes another code for a device. The browser that is the device stays it until another one takes the code.
func (s *Service) RenewDeviceCode(ctx context.Context, who actor.Actor, o ids.Org, id ids.Device) (string, error) {
	code := ""
	err := s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		d, err := s.device(ctx, tx, who, o, id)
		if err == nil && d.RevokedAt != 0 {
			err = fault.NotFound("staff.no_device")
		}
		if err != nil {
			return err
		}
		code, err = s.putDeviceCode(ctx, tx, d)
		return err
	})
	return code, err
}

// EnrolDevice makes a browser the device of a code, which is spent: the secret for the browser to keep. One that was the device before is it no longer.
// Invalid with the field "code" says that the code is not, or no longer, good; guessing is slowed by address.
func (s *Service) EnrolDevice(ctx context.Context, code, address string) (Device, string, error) {
	if wait, ok := s.guess.Allow(address, s.Now()); !ok {
		return Device{}, "", fault.TooMany("error.too_many", wait)
	}
	code = plainCode(code)
	token, now := s.Gen.SessionToken(), s.Now().Unix()
	var d Device
	var failed error = fault.NotFound("staff.no_device")
	if len(code) == deviceCode {
		failed = s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
			var err error
			d, err = s.enrolDevice(ctx, tx, code, token, now)
			return err
		})
	}
	if fault.Is(failed, fault.KindNotFound) {
		if wait, ok := s.guess.Failed(address, s.Now()); !ok {
			return Device{}, "", fault.TooMany("error.too_many", wait)
		}
		return Device{}, "", wrongCode("staff.wrong_device_code")
	}
	return d, token, failed
}

func (s *Service) enrolDevice(ctx context.Context, tx Tx, code, token string, now int64) (Device, error) {
	kept, err := tx.Secret(ctx, SecretDeviceCode, s.deviceHash(code), now)
	if err != nil {
		return Device{}, err
	}
	id := ids.Device(kept.Subject)
	none := fault.NotFound("staff.no_device")
	if ok, err := tx.TakeSecret(ctx, SecretDeviceCode, s.deviceHash(code)); err != nil || !ok {
		return Device{}, orElse(err, none)
	}
	if ok, err := tx.EnrolDevice(ctx, kept.Org, id, now); err != nil || !ok {
		return Device{}, orElse(err, none)
	}
	if err := tx.DropSecrets(ctx, SecretDevice, kept.Org, kept.Subject); err != nil {
		return Device{}, err
	}
	if err := tx.PutSecret(ctx, ids.HashToken(token), Kept{SecretDevice, kept.Org, kept.Subject, forever}, now); err != nil {
		return Device{}, err
	}
	who := actor.Actor{Kind: actor.KindDevice, Device: id}
	if err := tx.Audit(ctx, s.entry(kept.Org, who, audit.DeviceEnrolled, "device", kept.Subject, nil)); err != nil {
		return Device{}, err
	}
	return tx.Device(ctx, kept.Org, id)
}

// seenEvery is how often it is written that a device or a program was there.
const seenEvery = 60

// Device returns the device of a browser's secret. SignInRequired "staff.device_required" says that it is none, or was revoked.
func (s *Service) Device(ctx context.Context, token string) (actor.Actor, Device, error) {
	none := fault.SignInRequired("staff.device_required")
	now := s.Now().Unix()
	kept, err := s.Store.Secret(ctx, SecretDevice, ids.HashToken(token), now)
	if fault.Is(err, fault.KindNotFound) {
		return actor.Actor{}, Device{}, none
	}
	if err != nil {
		return actor.Actor{}, Device{}, err
	}
	d, err := s.Store.Device(ctx, kept.Org, ids.Device(kept.Subject))
	if err == nil && d.RevokedAt != 0 || fault.Is(err, fault.KindNotFound) {
		err = none
	}
	if err != nil {
		return actor.Actor{}, Device{}, err
	}
	if now >= d.SeenAt+seenEvery {
		if err := s.Store.SeenDevice(ctx, d.Org, d.ID, now); err != nil {
			return actor.Actor{}, Device{}, err
		}
	}
	return d.Actor(), d, nil
}

// RevokeDevice shuts a device out from its next request on.
func (s *Service) RevokeDevice(ctx context.Context, who actor.Actor, o ids.Org, id ids.Device) error {
	return s.Store.InTx(ctx, func(ctx context.Context, tx Tx) error {
		if _, err := s.device(ctx, tx, who, o, id); err != nil {
			return err
		}
		if ok, err := tx.RevokeDevice(ctx, o, id, s.Now().Unix()); err != nil || !ok {
			return err
		}
		for _, kind := range []SecretKind{SecretDevice, SecretDeviceCode} {
			if err := tx.DropSecrets(ctx, kind, o, string(id)); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, s.entry(o, who, audit.DeviceRevoked, "device", string(id), nil))
	})
}

// Devices returns an organisation's devices, revoked ones too.
func (s *Service) Devices(ctx context.Context, who actor.Actor, o ids.Org) ([]Device, error) {
	if err := who.May(actor.DeviceManage, actor.Object{Org: o}); err != nil {
		return nil, err
	}
	return s.Store.Devices(ctx, o)
}
