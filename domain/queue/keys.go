package queue

// Keys are the function keys of those who work at a desk, by the key that each thing has before anybody chose another: "F2" the next step, "F4" to call again
// or look for, "F8" to finish, "F9" for who did not come. An empty one is turned off, one that is missing is as it was.
type Keys map[string]string

// KeyNames are those keys, in their order.
var KeyNames = []string{"F2", "F4", "F8", "F9"}

// KeyChoices are the keys that can be chosen. Those that every browser keeps for itself are not among them.
var KeyChoices = []string{"F2", "F4", "F6", "F7", "F8", "F9", "F10"}

// Of is the key for what has a name; empty when it was turned off.
func (k Keys) Of(name string) string {
	if chosen, ok := k[name]; ok {
		return chosen
	}
	return name
}
