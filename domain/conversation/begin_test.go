package conversation

import "testing"

func TestARefusalStandsUntilSomebodyWritesAgain(t *testing.T) {
	t.Parallel()
	const refused = 100
	for wrote, want := range map[int64]int64{refused - 1: refused, refused: refused, refused + 1: 0} {
		if got := stands(refused, wrote); got != want {
			t.Errorf("refused at %d, wrote at %d: got %d, want %d", refused, wrote, got, want)
		}
	}
}

func TestANumberOnRecordIsNobodysCode(t *testing.T) {
	t.Parallel()
	record := Known{Claim: ClaimRecord, Claimed: "maija"}
	for name, c := range map[string]struct {
		got, want Known
		word      string
	}{
		"written to":         {record, record, "record"},
		"no code":            {record.With(ClaimNone, ""), record, "record"},
		"a wrong code":       {record.With(ClaimWrong, ""), Known{Claim: ClaimWrong, Claimed: "maija"}, "wrong"},
		"their code":         {record.With(ClaimFits, "maija"), Known{Claim: ClaimFits, Claimed: "maija", Person: "maija", By: ByCode}, "fits"},
		"wrong, then theirs": {record.With(ClaimWrong, "").With(ClaimFits, "maija"), Known{Claim: ClaimFits, Claimed: "maija", Person: "maija", By: ByCode}, "fits"},
		"another's code":     {record.With(ClaimOther, "matti"), Known{Claim: ClaimOther, Claimed: "matti"}, "other"},
		"confirmed":          {record.Confirmed("maija"), Known{Claim: ClaimRecord, Claimed: "maija", Person: "maija", By: ByStaff}, "staff"},
		"then another's":     {record.Confirmed("maija").With(ClaimOther, "matti"), Known{Claim: ClaimSeveral, Claimed: "maija", Person: "maija", By: ByStaff}, "several"},
	} {
		if c.got != c.want || c.got.Word() != c.word {
			t.Errorf("%s: got %+v (%s), want %+v (%s)", name, c.got, c.got.Word(), c.want, c.word)
		}
		if c.word == "record" && (c.got.Coded() || c.got.Person != "") {
			t.Errorf("%s: the number says who it is", name)
		}
	}
}
