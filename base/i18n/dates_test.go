package i18n

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// each runs the check in every language; want is by language.
type byLang map[Lang]string

func (w byLang) check(t *testing.T, what string, call func(*Printer) string) {
	t.Helper()
	c := MustLoad()
	for _, l := range Languages() {
		want, ok := w[l.Code]
		if !ok {
			t.Errorf("%s: the test wants nothing in %s", what, l.Code)
		}
		if got := call(c.Printer(l.Code)); got != want {
			t.Errorf("%s in %s: got %q, want %q", what, l.Code, got, want)
		}
	}
}

func at(year int, month time.Month, d, hour, minute int) time.Time {
	return time.Date(year, month, d, hour, minute, 0, 0, time.FixedZone("office", 2*60*60))
}

func TestDatesReadAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	monday := at(2026, time.November, 23, 9, 20)
	for _, c := range []struct {
		what string
		call func(*Printer) string
		want byLang
	}{
		{"Weekday", func(p *Printer) string { return p.Weekday(monday) }, byLang{"fi": "maanantai", "sv": "måndag", "en": "Monday", "cs": "pondělí"}},
		{"WeekdayShort", func(p *Printer) string { return p.WeekdayShort(monday) }, byLang{"fi": "ma", "sv": "mån", "en": "Mon", "cs": "po"}},
		{"Month", func(p *Printer) string { return p.Month(time.November) }, byLang{"fi": "marraskuu", "sv": "november", "en": "November", "cs": "listopad"}},
		{"MonthYear", func(p *Printer) string { return p.MonthYear(monday) }, byLang{"fi": "marraskuu 2026", "sv": "november 2026", "en": "November 2026", "cs": "listopad 2026"}},
		{"DayMonth", func(p *Printer) string { return p.DayMonth(monday) }, byLang{"fi": "23. marraskuuta", "sv": "23 november", "en": "23 November", "cs": "23. listopadu"}},
		{"Day", func(p *Printer) string { return p.Day(monday) }, byLang{"fi": "maanantai 23. marraskuuta", "sv": "måndag 23 november", "en": "Monday 23 November", "cs": "pondělí 23. listopadu"}},
		{"LongDate", func(p *Printer) string { return p.LongDate(monday) }, byLang{"fi": "maanantai 23. marraskuuta 2026", "sv": "måndag 23 november 2026", "en": "Monday 23 November 2026", "cs": "pondělí 23. listopadu 2026"}},
		{"ShortDate", func(p *Printer) string { return p.ShortDate(monday) }, byLang{"fi": "23.11.2026", "sv": "2026-11-23", "en": "23 Nov 2026", "cs": "23. 11. 2026"}},
		{"ShortDate of small numbers", func(p *Printer) string { return p.ShortDate(at(2027, 1, 4, 0, 0)) }, byLang{"fi": "4.1.2027", "sv": "2027-01-04", "en": "4 Jan 2027", "cs": "4. 1. 2027"}},
		{"OnDay", func(p *Printer) string { return p.OnDay(monday) }, byLang{"fi": "maanantaina 23. marraskuuta", "sv": "måndagen den 23 november", "en": "Monday 23 November", "cs": "v pondělí 23. listopadu"}},
		{"At", func(p *Printer) string { return p.At(monday) }, byLang{"fi": "maanantaina 23. marraskuuta kello 9.20", "sv": "måndagen den 23 november kl. 9.20", "en": "Monday 23 November at 9:20", "cs": "v pondělí 23. listopadu v 9:20"}},
		{"At noon", func(p *Printer) string { return p.At(at(2026, 11, 25, 12, 0)) }, byLang{"fi": "keskiviikkona 25. marraskuuta kello 12.00", "sv": "onsdagen den 25 november kl. 12.00", "en": "Wednesday 25 November at 12:00", "cs": "ve středu 25. listopadu ve 12:00"}},
		{"Clock at midnight", func(p *Printer) string { return p.Clock(at(2026, 1, 1, 0, 5)) }, byLang{"fi": "0.05", "sv": "0.05", "en": "0:05", "cs": "0:05"}},
		{"ClockRange", func(p *Printer) string { return p.ClockRange(monday, at(2026, 11, 23, 16, 0)) }, byLang{"fi": "9.20–16.00", "sv": "9.20–16.00", "en": "9:20–16:00", "cs": "9:20–16:00"}},
		{"WeekTitle", func(p *Printer) string { return p.WeekTitle(2026, 48) }, byLang{"fi": "Viikko 48/2026", "sv": "Vecka 48, 2026", "en": "Week 48, 2026", "cs": "48. týden 2026"}},
		{"a time in a text", func(p *Printer) string { return p.value(monday) }, byLang{"fi": "maanantaina 23. marraskuuta kello 9.20", "sv": "måndagen den 23 november kl. 9.20", "en": "Monday 23 November at 9:20", "cs": "v pondělí 23. listopadu v 9:20"}},
	} {
		c.want.check(t, c.what, c.call)
	}
}

func TestEveryMonthAndWeekdayInEveryForm(t *testing.T) {
	t.Parallel()
	months := map[Lang][2]string{
		"fi": {
			"tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu joulukuu",
			"tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
		},
		"sv": {
			"januari februari mars april maj juni juli augusti september oktober november december",
			"januari februari mars april maj juni juli augusti september oktober november december",
		},
		"en": {
			"January February March April May June July August September October November December",
			"January February March April May June July August September October November December",
		},
		"cs": {
			"leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
			"ledna února března dubna května června července srpna září října listopadu prosince",
		},
	}
	days := map[Lang][2]string{
		"fi": {
			"maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
			"maanantaina tiistaina keskiviikkona torstaina perjantaina lauantaina sunnuntaina",
		},
		"sv": {"måndag tisdag onsdag torsdag fredag lördag söndag", "måndagen tisdagen onsdagen torsdagen fredagen lördagen söndagen"},
		"en": {"Monday Tuesday Wednesday Thursday Friday Saturday Sunday", "Monday Tuesday Wednesday Thursday Friday Saturday Sunday"},
		"cs": {"pondělí úterý středa čtvrtek pátek sobota neděle", "v_pondělí v_úterý ve_středu ve_čtvrtek v_pátek v_sobotu v_neděli"},
	}
	c := MustLoad()
	for _, l := range Languages() {
		p := c.Printer(l.Code)
		for i, want := range strings.Fields(months[l.Code][0]) {
			if got := p.Month(time.Month(i + 1)); got != want {
				t.Errorf("%s month %d alone: got %q, want %q", l.Code, i+1, got, want)
			}
		}
		for i, want := range strings.Fields(months[l.Code][1]) {
			if got := p.DayMonth(at(2026, time.Month(i+1), 5, 9, 0)); !strings.HasSuffix(got, " "+want) || !strings.HasPrefix(got, "5") {
				t.Errorf("%s day of month %d: got %q, want the 5th %q", l.Code, i+1, got, want)
			}
		}
		for i, want := range strings.Fields(days[l.Code][0]) {
			if got := p.Weekday(at(2026, 11, 23+i, 9, 0)); got != want {
				t.Errorf("%s weekday %d: got %q, want %q", l.Code, i, got, want)
			}
		}
		for i, want := range strings.Fields(days[l.Code][1]) {
			want = strings.ReplaceAll(want, "_", " ")
			if got := p.OnDay(at(2026, 11, 23+i, 9, 0)); !strings.HasPrefix(got, want+" ") {
				t.Errorf("%s on weekday %d: got %q, want it to begin %q", l.Code, i, got, want)
			}
		}
	}
}

func TestCzechPrepositionFollowsTheHourAsItIsSaid(t *testing.T) {
	t.Parallel()
	p := MustLoad().Printer("cs")
	soft := map[int]bool{2: true, 3: true, 4: true, 12: true, 13: true, 14: true, 20: true, 21: true, 22: true, 23: true}
	for h := range 24 {
		want := fmt.Sprintf("v pátek 27. listopadu v %d:00", h)
		if soft[h] {
			want = fmt.Sprintf("v pátek 27. listopadu ve %d:00", h)
		}
		if got := p.At(at(2026, 11, 27, h, 0)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDayRangeSaysNothingTwice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what     string
		from, to time.Time
		want     byLang
	}{
		{"one month", at(2026, 11, 23, 0, 0), at(2026, 11, 27, 0, 0), byLang{"fi": "23.–27. marraskuuta 2026", "sv": "23–27 november 2026", "en": "23–27 November 2026", "cs": "23.–27. listopadu 2026"}},
		{"two months", at(2026, 11, 30, 0, 0), at(2026, 12, 4, 0, 0), byLang{"fi": "30. marraskuuta – 4. joulukuuta 2026", "sv": "30 november – 4 december 2026", "en": "30 November – 4 December 2026", "cs": "30. listopadu – 4. prosince 2026"}},
		{"two years", at(2026, 12, 28, 0, 0), at(2027, 1, 1, 0, 0), byLang{"fi": "28. joulukuuta 2026 – 1. tammikuuta 2027", "sv": "28 december 2026 – 1 januari 2027", "en": "28 December 2026 – 1 January 2027", "cs": "28. prosince 2026 – 1. ledna 2027"}},
		{"same month of two years", at(2026, 12, 5, 0, 0), at(2027, 12, 7, 0, 0), byLang{"fi": "5. joulukuuta 2026 – 7. joulukuuta 2027", "sv": "5 december 2026 – 7 december 2027", "en": "5 December 2026 – 7 December 2027", "cs": "5. prosince 2026 – 7. prosince 2027"}},
		{"one day", at(2026, 11, 23, 8, 0), at(2026, 11, 23, 16, 0), byLang{"fi": "23. marraskuuta 2026", "sv": "23 november 2026", "en": "23 November 2026", "cs": "23. listopadu 2026"}},
		{"backwards", at(2026, 11, 27, 0, 0), at(2026, 11, 23, 0, 0), byLang{"fi": "23.–27. marraskuuta 2026", "sv": "23–27 november 2026", "en": "23–27 November 2026", "cs": "23.–27. listopadu 2026"}},
		{"leap day", at(2028, 2, 28, 0, 0), at(2028, 2, 29, 0, 0), byLang{"fi": "28.–29. helmikuuta 2028", "sv": "28–29 februari 2028", "en": "28–29 February 2028", "cs": "28.–29. února 2028"}},
	} {
		c.want.check(t, c.what, func(p *Printer) string { return p.DayRange(c.from, c.to) })
	}
}

func TestLengthsInWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d    time.Duration
		want byLang
	}{
		{20 * time.Minute, byLang{"fi": "20 minuuttia", "sv": "20 minuter", "en": "20 minutes", "cs": "20 minut"}},
		{time.Minute, byLang{"fi": "1 minuutti", "sv": "1 minut", "en": "1 minute", "cs": "1 minuta"}},
		{time.Hour, byLang{"fi": "1 tunti", "sv": "1 timme", "en": "1 hour", "cs": "1 hodina"}},
		{90 * time.Minute, byLang{"fi": "1 tunti 30 minuuttia", "sv": "1 timme 30 minuter", "en": "1 hour 30 minutes", "cs": "1 hodina 30 minut"}},
		{3 * time.Hour, byLang{"fi": "3 tuntia", "sv": "3 timmar", "en": "3 hours", "cs": "3 hodiny"}},
		{24 * time.Hour, byLang{"fi": "24 tuntia", "sv": "24 timmar", "en": "24 hours", "cs": "24 hodin"}},
		{48 * time.Hour, byLang{"fi": "2 päivää", "sv": "2 dagar", "en": "2 days", "cs": "2 dny"}},
		{53*time.Hour + time.Minute, byLang{"fi": "2 päivää 5 tuntia 1 minuutti", "sv": "2 dagar 5 timmar 1 minut", "en": "2 days 5 hours 1 minute", "cs": "2 dny 5 hodin 1 minuta"}},
		{30 * time.Second, byLang{"fi": "30 sekuntia", "sv": "30 sekunder", "en": "30 seconds", "cs": "30 sekund"}},
		{time.Millisecond, byLang{"fi": "1 sekunti", "sv": "1 sekund", "en": "1 second", "cs": "1 sekunda"}},
		{59*time.Second + time.Millisecond, byLang{"fi": "1 minuutti", "sv": "1 minut", "en": "1 minute", "cs": "1 minuta"}},
		{14*time.Minute + time.Second, byLang{"fi": "15 minuuttia", "sv": "15 minuter", "en": "15 minutes", "cs": "15 minut"}},
		{0, byLang{"fi": "0 minuuttia", "sv": "0 minuter", "en": "0 minutes", "cs": "0 minut"}},
		{-time.Hour, byLang{"fi": "0 minuuttia", "sv": "0 minuter", "en": "0 minutes", "cs": "0 minut"}},
		{1<<63 - 1, byLang{"fi": "36\u00a0500 päivää", "sv": "36\u00a0500 dagar", "en": "36,500 days", "cs": "36\u00a0500 dní"}},
	} {
		c.want.check(t, c.d.String(), func(p *Printer) string { return p.Duration(c.d) })
	}
	byLang{"fi": "1 tuntia", "sv": "1 timme", "en": "1 hour", "cs": "1 hodinu"}.check(t, "Deadline", func(p *Printer) string { return p.Deadline(time.Hour) })
	byLang{"fi": "2 päivää", "sv": "2 dagar", "en": "2 days", "cs": "2 dny"}.check(t, "Deadline", func(p *Printer) string { return p.Deadline(48 * time.Hour) })
	byLang{"fi": "45 minuuttia", "sv": "45 minuter", "en": "45 minutes", "cs": "45 minut"}.check(t, "Minutes", func(p *Printer) string { return p.Minutes(45) })
	byLang{"fi": "15 sekuntia", "sv": "15 sekunder", "en": "15 seconds", "cs": "15 sekund"}.check(t, "value", func(p *Printer) string { return p.value(15 * time.Second) })
}

func TestNumbersAndLists(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n    int
		want byLang
	}{
		{7, byLang{"fi": "7", "sv": "7", "en": "7", "cs": "7"}},
		{999, byLang{"fi": "999", "sv": "999", "en": "999", "cs": "999"}},
		{12500, byLang{"fi": "12\u00a0500", "sv": "12\u00a0500", "en": "12,500", "cs": "12\u00a0500"}},
		{-1234567, byLang{"fi": "−1\u00a0234\u00a0567", "sv": "−1\u00a0234\u00a0567", "en": "−1,234,567", "cs": "−1\u00a0234\u00a0567"}},
		{-999, byLang{"fi": "−999", "sv": "−999", "en": "−999", "cs": "−999"}},
	} {
		c.want.check(t, fmt.Sprint(c.n), func(p *Printer) string { return p.Number(c.n) })
	}
	byLang{"fi": "a, b ja c", "sv": "a, b och c", "en": "a, b and c", "cs": "a, b a c"}.check(t, "three", func(p *Printer) string { return p.List([]string{"a", "b", "c"}) })
	byLang{"fi": "a ja b", "sv": "a och b", "en": "a and b", "cs": "a a b"}.check(t, "two", func(p *Printer) string { return p.List([]string{"a", "b"}) })
	byLang{"fi": "a", "sv": "a", "en": "a", "cs": "a"}.check(t, "one", func(p *Printer) string { return p.List([]string{"a"}) })
	byLang{"fi": "", "sv": "", "en": "", "cs": ""}.check(t, "none", func(p *Printer) string { return p.List(nil) })
}

func TestLocaleFileWithAGapIsRefused(t *testing.T) {
	t.Parallel()
	good, err := embedded.ReadFile("locales/cs/locale.toml")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"eleven months":       {`"leden", `, ``, "months: want 12"},
		"nameless day":        {`"úterý"`, `""`, "weekdays: want 7"},
		"no pattern":          {`clock = "{{.hour}}:{{.minute}}"`, ``, "clock: missing"},
		"unknown placeholder": {`{{.month_number}}`, `{{.mesic}}`, `unknown placeholder "mesic"`},
		"second day alone":    {`one_day = "{{.day}}`, `one_day = "{{.day2}}`, `unknown placeholder "day2"`},
		"unknown setting":     {`group =`, `gruop =`, "gruop"},
		"no such hour":        {`22, 23]`, `22, 24]`, "24 is no hour"},
		"no group":            {`group = "\u00A0"`, ``, "group: missing"},
	} {
		bad := strings.Replace(string(good), c.old, c.new, 1)
		if bad == string(good) {
			t.Errorf("%s: nothing to spoil", name)
		}
		if _, err := newLocale([]byte(bad)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want an error with %q", name, err, c.want)
		}
	}
}
