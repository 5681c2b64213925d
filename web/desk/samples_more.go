package desk

import "luukku/web"

// moreSamples are the states of the pages of times set aside and of the waiting list.
func moreSamples() []web.Sample { return nil }
