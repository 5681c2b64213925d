package web

import "encoding/json"

// Structured is a description for programs as schema.org has it. JSON as Go writes it has no "<" in it, so it can stand in a page.
func Structured(v map[string]any) string {
	v["@context"] = "https://schema.org"
	b, err := json.Marshal(v)
	if err != nil { // only what cannot be JSON fails, and nothing here can
		return ""
	}
	return string(b)
}
