// Package i18n speaks the languages of the people who are served.
//
// It holds the table of languages, the texts of the product (locales/<lang>/<stem>.toml, read once at start), the Printer that puts texts, plurals,
// dates and numbers into words, the Text an organisation wrote in several languages, and what sorting, searching and cleaning typed words needs.
//
// It promises that a Printer is cheap and safe for concurrent use, that a missing text shows as its key in ⟦brackets⟧ instead of silently reading as
// another language, and that a new language is one folder in locales/ and one row in the table. It takes every time in the zone it shall be shown
// in: which zone that is, and which language a person wants, is left to the rooms above. So is escaping: what it returns is plain text, not HTML.
package i18n
