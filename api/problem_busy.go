package api

import (
	"net/http"

	"luukku/base/i18n"
)

// Language is what a request asks for: in its address, else in its header, else English. App needs it to answer those that it turns away.
func (d *Door) Language(r *http.Request) i18n.Lang { return language(r) }
