package web

import "time"

// deviceCookie is what makes a browser a kiosk or a display: a random secret, of which only the hash is stored.
const deviceCookie = "luukku-device"

// deviceLife is how long a browser stays a device without anybody coming by. Revoking ends it at once.
const deviceLife = 365 * 24 * time.Hour

// BecomeDevice gives the visitor's browser the secret of a device.
func (v *Visit) BecomeDevice(token string) { v.setCookie(deviceCookie, token, deviceLife) }

// DeviceToken is the secret of the device that the visitor's browser is; empty when it is none.
func (v *Visit) DeviceToken() string { return v.cookie(deviceCookie) }
