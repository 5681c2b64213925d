package org

import (
	"slices"
	"time"
)

// Holiday is a day on which a country's public offices are closed.
type Holiday struct {
	Date Date
	// Key is the text key of its name, such as "holiday.fi.christmas_day".
	Key string
	// Eve marks a day that is no public holiday by law, but on which offices are closed: Midsummer Eve in Finland, New Year's Eve in Sweden.
	Eve bool
}

// feast says when a holiday is, in one of three ways: so many days from Easter Sunday; the Saturday on or after a date, shifted by days; a fixed date.
type feast struct {
	name   string
	when   feastKind
	month  time.Month
	day    int
	offset int // days from Easter Sunday or from that Saturday
	eve    bool
	since  int // first year; zero for always
}

type feastKind int

const (
	fixed feastKind = iota
	fromEaster
	fromSaturday
)

// feasts has each country's holidays by the law in force. Earlier years are right from the year given; what a law moved before that is left out.
var feasts = map[string][]feast{
	// The feasts of kirkkolaki (652/2023), May Day and Independence Day by laws of their own; the two eves by the decree on the opening hours of state
	// offices (332/1994). Right from 1992, when Epiphany and Ascension Day moved back to their days.
	"FI": {
		{name: "new_year", month: time.January, day: 1},
		{name: "epiphany", month: time.January, day: 6},
		{name: "good_friday", when: fromEaster, offset: -2},
		{name: "easter_sunday", when: fromEaster},
		{name: "easter_monday", when: fromEaster, offset: 1},
		{name: "may_day", month: time.May, day: 1},
		{name: "ascension", when: fromEaster, offset: 39},
		{name: "pentecost", when: fromEaster, offset: 49},
		{name: "midsummer_eve", when: fromSaturday, month: time.June, day: 20, offset: -1, eve: true},
		{name: "midsummer_day", when: fromSaturday, month: time.June, day: 20},
		{name: "all_saints", when: fromSaturday, month: time.October, day: 31},
		{name: "independence_day", month: time.December, day: 6},
		{name: "christmas_eve", month: time.December, day: 24, eve: true},
		{name: "christmas_day", month: time.December, day: 25},
		{name: "boxing_day", month: time.December, day: 26},
	},
	// Lag (1989:253) om allmänna helgdagar; the three eves count as Sundays when time limits are reckoned (lag 1930:173), and banks are closed. Right from
	// 2005, when the National Day took the place of Whit Monday.
	"SE": {
		{name: "new_year", month: time.January, day: 1},
		{name: "epiphany", month: time.January, day: 6},
		{name: "good_friday", when: fromEaster, offset: -2},
		{name: "easter_sunday", when: fromEaster},
		{name: "easter_monday", when: fromEaster, offset: 1},
		{name: "may_day", month: time.May, day: 1},
		{name: "ascension", when: fromEaster, offset: 39},
		{name: "pentecost", when: fromEaster, offset: 49},
		{name: "national_day", month: time.June, day: 6, since: 2005},
		{name: "midsummer_eve", when: fromSaturday, month: time.June, day: 20, offset: -1, eve: true},
		{name: "midsummer_day", when: fromSaturday, month: time.June, day: 20},
		{name: "all_saints", when: fromSaturday, month: time.October, day: 31},
		{name: "christmas_eve", month: time.December, day: 24, eve: true},
		{name: "christmas_day", month: time.December, day: 25},
		{name: "boxing_day", month: time.December, day: 26},
		{name: "new_years_eve", month: time.December, day: 31, eve: true},
	},
	// Zákon č. 245/2000 Sb.; Good Friday from 2016 (359/2015 Sb.). Christmas Eve is a holiday by the law itself. Right from 2001.
	"CZ": {
		{name: "new_year", month: time.January, day: 1},
		{name: "good_friday", when: fromEaster, offset: -2, since: 2016},
		{name: "easter_monday", when: fromEaster, offset: 1},
		{name: "labour_day", month: time.May, day: 1},
		{name: "victory_day", month: time.May, day: 8},
		{name: "cyril_and_methodius", month: time.July, day: 5},
		{name: "jan_hus", month: time.July, day: 6},
		{name: "statehood_day", month: time.September, day: 28},
		{name: "independence_day", month: time.October, day: 28},
		{name: "freedom_day", month: time.November, day: 17},
		{name: "christmas_eve", month: time.December, day: 24},
		{name: "christmas_day", month: time.December, day: 25},
		{name: "boxing_day", month: time.December, day: 26},
	},
}

// keyPrefix is written out, because there are three countries and strings.ToLower would have to run for each holiday of each day.
var keyPrefix = map[string]string{"FI": "holiday.fi.", "SE": "holiday.se.", "CZ": "holiday.cz."}

// HolidayCountries lists the countries that Holidays knows, as ISO 3166 codes, sorted.
func HolidayCountries() []string { return []string{"CZ", "FI", "SE"} }

// Holidays returns the days of the year on which the country's public offices are closed, in order. Two may fall on one date (in 2008 May Day and
// Ascension Day did). It is empty for a country it does not know: see HolidayCountries.
func Holidays(country string, year int) []Holiday {
	var out []Holiday
	easter := easterSunday(year)
	for _, f := range feasts[country] {
		if year >= f.since {
			out = append(out, Holiday{f.on(year, easter), keyPrefix[country] + f.name, f.eve})
		}
	}
	slices.SortStableFunc(out, func(a, b Holiday) int { return a.Date.Compare(b.Date) })
	return out
}

// HolidayOn returns the country's holiday on the date, and whether there is one.
func HolidayOn(country string, d Date) (Holiday, bool) {
	year, _, _ := d.YMD()
	if year == 0 {
		return Holiday{}, false
	}
	easter := easterSunday(year)
	for _, f := range feasts[country] {
		if year >= f.since && f.on(year, easter) == d {
			return Holiday{d, keyPrefix[country] + f.name, f.eve}, true
		}
	}
	return Holiday{}, false
}

// on returns the date of the feast in the year, whose Easter Sunday is given.
func (f feast) on(year int, easter Date) Date {
	if f.when == fromEaster {
		return easter.Add(f.offset)
	}
	d := civil(year, f.month, f.day)
	if f.when == fromSaturday {
		d = d.Add(int(time.Saturday-d.Weekday()) + f.offset)
	}
	return d
}

// easterSunday returns Easter by the Gregorian computus (Meeus, Jones and Butcher).
func easterSunday(year int) Date {
	a, b, c := year%19, year/100, year%100
	h := (19*a + b - b/4 - (b-(b+8)/25+1)/3 + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return civil(year, time.Month(n/31), n%31+1)
}

// civil returns the date that is known to exist.
func civil(year int, month time.Month, day int) Date {
	return DateOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}
