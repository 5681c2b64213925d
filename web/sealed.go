package web

// KeepSealed gives the visitor's browser a value that nobody can read or change there, until the browser closes, and at most for as long as a shown code
// is good. An empty value takes it back. Names are one word for each use; nothing personal is kept this way.
func (v *Visit) KeepSealed(name, value string) {
	cookie := "luukku-" + name
	if value == "" {
		v.setCookie(cookie, "", 0)
		return
	}
	v.setCookie(cookie, v.Site.Seals.SealToken(cookie, []byte(value), v.Now.Add(proofLife)), 0)
}

// Sealed returns what KeepSealed gave the browser; ok is false when there is nothing, or nothing of ours.
func (v *Visit) Sealed(name string) (value string, ok bool) {
	cookie := "luukku-" + name
	token := v.cookie(cookie)
	if token == "" {
		return "", false
	}
	b, err := v.Site.Seals.OpenToken(cookie, token, v.Now)
	return string(b), err == nil
}
