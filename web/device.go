package web

import "time"

// deviceCookies are what makes a browser a kiosk or a display, by the kind: random secrets, of which only the hashes are stored. A browser can be one of each.
var deviceCookies = map[string]string{"kiosk": "luukku-kiosk", "display": "luukku-display"}

// deviceLife is how long a browser stays a device without anybody coming by. Revoking ends it at once.
const deviceLife = 365 * 24 * time.Hour

// BecomeDevice gives the visitor's browser the secret of a device of a kind, "kiosk" or "display".
func (v *Visit) BecomeDevice(kind, token string) { v.setCookie(deviceCookies[kind], token, deviceLife) }

// DeviceToken is the secret of the device of a kind that the visitor's browser is; empty when it is none.
func (v *Visit) DeviceToken(kind string) string { return v.cookie(deviceCookies[kind]) }
