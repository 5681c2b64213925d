package lobby

import "luukku/web"

// moreSamples are the states of the pages of figures, of lists, and of what was written by hand.
func moreSamples() []web.Sample { return nil }
