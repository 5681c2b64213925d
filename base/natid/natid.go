// Package natid knows national identifiers: their kinds, forms and check digits.
package natid

import (
	"fmt"
	"log/slog"
)

// Kind is what sort of identifier it is.
type Kind string

// The kinds.
const (
	FinnishCode     Kind = "FI-HETU"   // henkilötunnus
	SwedishNumber   Kind = "SE-PNR"    // personnummer
	SwedishCoord    Kind = "SE-CN"     // samordningsnummer
	CzechNumber     Kind = "CZ-RC"     // rodné číslo
	CzechPseudonym  Kind = "CZ-BSI"    // pseudonym of the NIA, one for each service provider
	EIDASIdentifier Kind = "EIDAS-PID" // PersonIdentifier CC/CC/...
)

// Secret is an identifier or the like: it never prints itself.
type Secret string

const placeholder = "[identifier]"

// Reveal returns the identifier. Whoever calls it keeps it out of logs, addresses and errors.
func (s Secret) Reveal() string { return string(s) }

// Format writes a placeholder whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(placeholder)) }

// LogValue returns a placeholder.
func (s Secret) LogValue() slog.Value { return slog.StringValue(placeholder) }

// MarshalText returns a placeholder: what is to be sent or stored says so with Reveal.
func (s Secret) MarshalText() ([]byte, error) { return []byte(placeholder), nil }
