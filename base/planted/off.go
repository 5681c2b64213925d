//go:build !planted

package planted

// Bug reports whether a bug is planted: never, in what is shipped.
func Bug(Name) bool { return false }
