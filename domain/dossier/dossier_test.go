package dossier

import (
	"testing"

	"luukku/base/ids"
)

// Of a number's texts those are mine that came when the number was mine, to the second, and that are of no conversation with somebody else.
func TestTextsOfANumberThatAreMine(t *testing.T) {
	t.Parallel()
	const since, me, other = 1000, ids.Person("me"), ids.Person("other")
	for _, tt := range []struct {
		name string
		text Text
		of   Subject
		want bool
	}{
		{"a second before the number was mine", Text{At: since - 1}, Subject{Person: me, Since: since}, false},
		{"in that second", Text{At: since}, Subject{Person: me, Since: since}, true},
		{"a second after", Text{At: since + 1}, Subject{Person: me, Since: since}, true},
		{"of a conversation with nobody who is known", Text{At: since, Item: "c"}, Subject{Person: me, Since: since}, true},
		{"of one with me", Text{At: since, Item: "c", Person: me}, Subject{Person: me, Since: since}, true},
		{"of one with somebody else", Text{At: since, Item: "c", Person: other}, Subject{Person: me, Since: since}, false},
		{"whoever it is with, when the number is meant", Text{At: 1, Item: "c", Person: other}, Subject{Anyone: true}, true},
	} {
		if got := len(Mine([]Text{tt.text}, tt.of)) == 1; got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
}
