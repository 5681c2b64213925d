package org

import "testing"

func TestKeepTakesDaysAndYears(t *testing.T) {
	t.Parallel()
	for k, ok := range map[Keep]bool{
		"": true, "60d": true, "59d": false, "36600d": true, "36601d": false, "1y": true, "100y": true, "101y": false, "0y": false, "-1y": false, "+90d": false, "90": false, "d": false, "5 y": false, "5m": false,
	} {
		if err := k.Check(); (err == nil) != ok {
			t.Errorf("%q: got %v, want good %t", k, err, ok)
		}
	}
}
