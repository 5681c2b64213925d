package natid

import "testing"

func TestFinnishCompanyByItsCheckDigit(t *testing.T) {
	for s, want := range map[string]struct{ like, good bool }{
		"0737546-2":      {true, true},
		"1572860-0":      {true, true}, // a remainder of 0
		"0000000-0":      {true, true},
		"0000005-1":      {true, true}, // a remainder of 10
		"0737546-3":      {true, false},
		"1234567-8":      {true, false},
		"0000006-0":      {true, false}, // a remainder of 1 is never given
		"0000006-1":      {true, false},
		"07375462":       {}, // as companies elsewhere have it
		"073754-62":      {},
		"0737546-22":     {},
		" 0737546-2":     {},
		"0737546\u20112": {},
		"556036-0793":    {}, // Swedish
		"":               {},
	} {
		if like, good := LikeFinnishCompany(s), FinnishCompany(s); like != want.like || good != want.good {
			t.Errorf("%q: got %t, %t, want %t, %t", s, like, good, want.like, want.good)
		}
	}
	// Of ten last digits one is right, or none.
	for _, number := range []string{"0000001", "0000006", "2345678"} {
		right := 0
		for d := '0'; d <= '9'; d++ {
			if FinnishCompany(number + "-" + string(d)) {
				right++
			}
		}
		if want := map[string]int{"0000006": 0}; right != 1 && (number != "0000006" || right != want[number]) {
			t.Errorf("%s has %d check digits", number, right)
		}
	}
}
