//go:build planted

package planted

import "os"

// Variable is the environment variable that names the one bug to plant.
const Variable = "LUUKKU_PLANTED"

var planted = func() Name {
	n := Name(os.Getenv(Variable))
	if _, known := Bugs[n]; n != "" && !known {
		panic("planted: no such bug: " + string(n))
	}
	return n
}()

// Bug reports whether a bug is planted.
func Bug(n Name) bool { return n == planted }
