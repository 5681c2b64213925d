package staff

import "luukku/web/ui"

// passwordLook makes the password's button the primary one where there is no passkey's.
func passwordLook(passkeys bool) ui.Look {
	if passkeys {
		return ui.Secondary
	}
	return ui.Primary
}
