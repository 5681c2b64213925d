package config

import (
	"cmp"
	"encoding/pem"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"luukku/base/ids"
)

// Problem is one thing that is wrong, or with Warning doubtful, about the settings, with the way out.
type Problem struct {
	Line    int    // of the file; 0 when it is not on a line of it
	Setting string // empty when it concerns none
	What    string
	Warning bool
}

// String returns the problem on one line.
func (p Problem) String() string {
	var b strings.Builder
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", p.Line)
	}
	if p.Setting != "" {
		b.WriteString(p.Setting + ": ")
	}
	return b.String() + p.What
}

// Problems is the error of settings that are at fault.
type Problems struct {
	path string
	list []Problem
}

// Error returns all of them, a line each.
func (p Problems) Error() string {
	where := "settings from the environment"
	if p.path != "" {
		where = p.path
	}
	lines := make([]string, len(p.list))
	for i, one := range p.list {
		lines[i] = where + ": " + one.String()
	}
	return strings.Join(lines, "\n")
}

// severe returns those that are no warnings, as an empty or a whole error.
func (p Problems) severe() Problems {
	p.list = slices.DeleteFunc(slices.Clone(p.list), func(one Problem) bool { return one.Warning })
	return p
}

// locate gives the problems their lines and sorts them.
func (p Problems) locate(lines map[string]int) {
	for i := range p.list {
		if one := &p.list[i]; one.Line == 0 {
			one.Line = lines[one.Setting]
		}
	}
	slices.SortStableFunc(p.list, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
}

// checks are the rules of the settings that the tags do not say. Each returns what is wrong, or nothing.
var checks = []struct {
	setting string
	warning bool
	rule    func(Config) string
}{
	{"listen", false, checkListen},
	{"base_url", false, checkBaseURL},
	{"base_url", true, warnBaseURL},
	{"data", false, checkData},
	{"database", false, checkDatabase},
	{"node", false, checkNode},
	{"trusted_proxies", false, checkProxies},
	{"base_url", false, func(c Config) string {
		return when(c.TLS.On() && strings.HasPrefix(c.BaseURL, "http://"), "the server speaks TLS itself (tls.cert_file or tls.acme): write https")
	}},
	{"tls.cert_file", false, func(c Config) string {
		return when((c.TLS.CertFile == "") != (c.TLS.KeyFile == ""), "tls.cert_file and tls.key_file belong together: set both, or neither")
	}},
	{"tls.acme", false, func(c Config) string {
		return when(c.TLS.ACME && c.TLS.CertFile != "", "the certificate comes from tls.cert_file or by ACME: set one of the two")
	}},
	{"tls.acme_hosts", false, checkACMEHosts},
	{"tls.acme_directory", false, checkACMEDirectory},
	{"tls.acme_email", false, func(c Config) string {
		a, err := mail.ParseAddress(c.TLS.ACMEEmail)
		return when(c.TLS.ACMEEmail != "" && (err != nil || a.Address != c.TLS.ACMEEmail), "this is a mail address alone, such as it@example.org")
	}},
	{"tls.http_listen", false, func(c Config) string {
		if c.TLS.HTTPListen == "" {
			return ""
		}
		if !c.TLS.On() {
			return "there is nothing to lead on to: the server speaks no TLS (tls.cert_file, tls.acme)"
		}
		return checkListen(Config{Listen: c.TLS.HTTPListen})
	}},
	{"smtp.host", false, checkSMTPHost},
	{"smtp.host", true, func(c Config) string {
		return when(c.SMTP.Host == "", "no mail server is set, so no mail is sent: set it to confirm bookings by mail")
	}},
	{"smtp.port", false, func(c Config) string {
		return when(c.SMTP.Port < 0 || c.SMTP.Port > 65535, "a port is a number from 1 to 65535, or 0 for the usual one")
	}},
	{"smtp.tls", false, func(c Config) string {
		return when(c.SMTP.TLS == "none" && c.SMTP.Username != "" && !isLoopback(c.SMTP.Host), "the password would travel unencrypted: take starttls or tls, or sign in to a mail server on this machine only")
	}},
	{"smtp.username", false, func(c Config) string {
		return when(c.SMTP.Username != "" && c.SMTP.PasswordFile == "", "a user name needs smtp.password_file, or leave it empty to send without signing in")
	}},
	{"smtp.password_file", false, func(c Config) string {
		return when(c.SMTP.Username == "" && c.SMTP.PasswordFile != "", "a password needs smtp.username, or leave both empty to send without signing in")
	}},
	{"smtp.from", false, checkFrom},
	{"dkim.key_file", false, checkDKIM},
	{"dkim.selector", false, func(c Config) string {
		return when(c.DKIM.Selector == "" || strings.Trim(c.DKIM.Selector, hostLetters) != "", "this is a name of letters, digits, dots and hyphens, such as luukku2026")
	}},
	{"dkim.domain", false, func(c Config) string {
		return when(strings.Trim(c.DKIM.Domain, hostLetters) != "", "this is a domain alone, such as example.org")
	}},
	{"dkim.domain", true, func(c Config) string {
		from := c.SMTP.From[strings.LastIndexByte(c.SMTP.From, '@')+1:]
		return when(c.DKIM.KeyFile != "" && c.DKIM.Domain != "" && !strings.EqualFold(c.DKIM.Domain, from) && !strings.HasSuffix(strings.ToLower(from), "."+strings.ToLower(c.DKIM.Domain)),
			"smtp.from is of another domain: receivers that ask for DMARC will not count the signature")
	}},
	{"bounces.address", false, checkBounces},
	{"bounces.listen", false, func(c Config) string {
		switch {
		case c.Bounces.Listen == "":
			return ""
		case c.Bounces.Address == "":
			return "nothing would come: set bounces.address"
		}
		return checkListen(Config{Listen: c.Bounces.Listen})
	}},
	{"sms.kind", false, func(c Config) string { return checkGateway(c.SMS.Gateway) }},
	{"sms.kind", true, func(c Config) string {
		return when(c.SMS.Kind == "none", "no gateway is set, so no text message is sent: set it to kannel or http to send them")
	}},
	{"sms.receive_from", false, func(c Config) string { return checkNetworks(c.SMS.ReceiveFrom) }},
	{"sms.numbers", false, checkNumbers},
	{"sms.prefixes", false, checkPrefixes},
	{"sms_second.kind", false, func(c Config) string {
		if c.SMSOther.Kind != "none" && c.SMS.Kind == "none" {
			return "there is no first gateway: set sms.kind"
		}
		return checkGateway(c.SMSOther)
	}},
	{"sms_second.receive_from", false, func(c Config) string { return checkNetworks(c.SMSOther.ReceiveFrom) }},
	{"webhooks.networks", false, func(c Config) string { return checkNetworks(c.Webhooks.Networks) }},
	{"smtp.helo", false, func(c Config) string {
		return when(strings.ContainsAny(c.SMTP.HELO, " /:@"), "this is a host name alone, such as appointments.example.org")
	}},
}

const hostLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"

func checkDKIM(c Config) string {
	if c.DKIM.KeyFile == "" {
		return ""
	}
	if c.SMTP.From == "" {
		return "there is no mail to sign: set smtp.host and smtp.from"
	}
	text, err := os.ReadFile(c.DKIM.KeyFile)
	if err != nil {
		return err.Error() + ": make the key with luukku dkim key"
	}
	block, _ := pem.Decode(text)
	return when(block == nil || !strings.HasSuffix(block.Type, "PRIVATE KEY"), "this file holds no private key (PEM): make one with luukku dkim key")
}

// maxReturn is how long the part before the @ may be, with what each mail adds to it: 64 octets hold 26 of a notice, 16 that prove it, and what is between.
const maxReturn = 17

func checkBounces(c Config) string {
	if c.Bounces.Address == "" {
		return ""
	}
	a, err := mail.ParseAddress(c.Bounces.Address)
	local, _, _ := strings.Cut(c.Bounces.Address, "@")
	switch {
	case err != nil || a.Address != c.Bounces.Address || strings.Contains(local, "+"):
		return "this is a mail address alone and without a plus, such as bounces@example.org"
	case len(local) > maxReturn:
		return fmt.Sprintf("what is before the @ is too long: at most %d characters leave room for what each mail adds", maxReturn)
	}
	return ""
}

// check returns all that is wrong with the values, before what is derived is filled in.
func check(c Config) []Problem {
	var out []Problem
	for _, s := range settings {
		if what := s.check(&c); what != "" {
			out = append(out, Problem{Setting: s.Name, What: what})
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, one := range checks {
		if what := one.rule(c); what != "" {
			out = append(out, Problem{Setting: one.setting, What: what, Warning: one.warning})
		}
	}
	return append(out, checkSecond(c)...)
}

// checkSecond holds the second mail server to the rules of the first.
func checkSecond(c Config) []Problem {
	if c.MailTwo.Host == "" {
		return nil
	}
	if c.SMTP.Host == "" {
		return []Problem{{Setting: "smtp_second.host", What: "there is no first mail server: set smtp.host"}}
	}
	var out []Problem
	c.SMTP = c.MailTwo
	for _, one := range checks {
		if name, ok := strings.CutPrefix(one.setting, "smtp."); ok && !one.warning {
			if what := one.rule(c); what != "" {
				out = append(out, Problem{Setting: "smtp_second." + name, What: what})
			}
		}
	}
	return out
}

// check applies what the tags say.
func (s Setting) check(c *Config) string {
	v := s.in(c)
	switch {
	case v.CanInt():
		return when(v.Int() < s.min, fmt.Sprintf("the least possible is %d", s.min))
	case v.Kind() != reflect.String:
		return ""
	case strings.ContainsFunc(v.String(), isControl):
		return "the value has a line break or another control character in it: remove it"
	case len(s.oneof) > 0 && !slices.Contains(s.oneof, v.String()):
		return "this must be one of " + strings.Join(s.oneof, ", ")
	}
	return ""
}

func when(bad bool, what string) string {
	if bad {
		return what
	}
	return ""
}

func isControl(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }

func checkListen(c Config) string {
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "this must be an address and a port, such as 127.0.0.1:8080"
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return when(err != nil || n == 0, "the port must be a number from 1 to 65535")
}

func checkBaseURL(c Config) string {
	if c.BaseURL == "" {
		return ""
	}
	u, err := url.Parse(c.BaseURL)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https":
		return "this must be a whole address, such as https://appointments.example.org"
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return "this must be a scheme and a host alone: the server needs a host name of its own, and no path"
	}
	return ""
}

func warnBaseURL(c Config) string {
	host, _, _ := net.SplitHostPort(c.Listen)
	switch {
	case c.BaseURL == "" && !isLoopback(host):
		return "links in mails would lead to this machine itself: set the address that people reach the server by"
	case strings.HasPrefix(c.BaseURL, "http://") && !isLoopback(hostOf(c.BaseURL)):
		return "people would send what they type unencrypted: let the server speak TLS (tls.cert_file, tls.acme) or put a reverse proxy with TLS in front, and write https"
	}
	return ""
}

func checkData(c Config) string {
	if c.Data == "" {
		return "the server needs a directory to keep its files in"
	}
	info, err := os.Stat(c.Data)
	return when(err == nil && !info.IsDir(), c.Data+" is no directory: name another, or move that file away")
}

func checkDatabase(c Config) string {
	d := c.Database.Reveal()
	for _, scheme := range []string{"sqlite:", "postgres://", "postgresql://"} {
		if d == "" || strings.HasPrefix(d, scheme) && len(d) > len(scheme) {
			return ""
		}
	}
	return "this must begin with sqlite: and a path, or with postgres:// and a host"
}

func checkNode(c Config) string {
	return when(c.Node < 0 || c.Node > ids.MaxNode, fmt.Sprintf("a server's number is from 0 to %d", ids.MaxNode))
}

func checkProxies(c Config) string { return checkNetworks(c.TrustedProxies) }

func checkNetworks(list []string) string {
	for _, s := range list {
		if _, err := netip.ParsePrefix(s); err == nil {
			continue
		}
		if a, err := netip.ParseAddr(s); err == nil {
			return fmt.Sprintf("%s is an address: write the network %s/%d", s, s, a.BitLen())
		}
		return strconv.Quote(s) + " is no network: write it such as 10.0.0.0/8 or 2001:db8::/32"
	}
	return ""
}

// checkGateway says what a gateway of text messages lacks.
func checkGateway(g Gateway) string {
	u, err := url.Parse(g.URL)
	bad := err != nil || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https"
	switch {
	case g.Kind == "kannel" && (bad || g.Username == "" || g.PasswordFile == ""):
		return "kannel needs url, such as http://127.0.0.1:13013/cgi-bin/sendsms, username and password_file"
	case g.Kind == "kannel" && u.Scheme == "http" && !isLoopback(u.Hostname()):
		return "numbers and messages would travel unencrypted: let Kannel listen on 127.0.0.1, or with TLS, and write https"
	case g.Kind == "http" && g.DescriptionFile == "":
		return "http needs description_file, which says how the gateway is spoken to"
	}
	if r, err := url.Parse(g.ReceiveURL); g.ReceiveURL != "" && (err != nil || r.Host == "" || r.Scheme != "http" && r.Scheme != "https" || r.User != nil) {
		return "receive_url must be a whole address, such as http://127.0.0.1:8080"
	}
	return ""
}

func checkNumbers(c Config) string {
	for _, s := range c.SMS.Numbers {
		number, org, ok := strings.Cut(s, "=")
		if !ok || strings.Trim(strings.TrimPrefix(number, "+"), "0123456789") != "" || len(number) < 3 || !ids.ValidSlug(org) {
			return strconv.Quote(s) + " is none: write a number, = and an organisation, such as +358451234567=vuorela"
		}
	}
	return ""
}

func checkPrefixes(c Config) string {
	for _, s := range c.SMS.Prefixes {
		if len(s) < 2 || len(s) > 8 || s[0] != '+' || strings.Trim(s[1:], "0123456789") != "" {
			return strconv.Quote(s) + " is no beginning of a number: write it such as +358"
		}
	}
	return ""
}

func checkACMEHosts(c Config) string {
	if c.TLS.ACME && len(c.TLS.ACMEHosts) == 0 {
		return "ACME needs the host names to fetch certificates for"
	}
	for _, h := range c.TLS.ACMEHosts {
		if _, err := netip.ParseAddr(h); err == nil || strings.ContainsAny(h, " /:@*[]") || !strings.Contains(h, ".") || h != strings.ToLower(h) {
			return strconv.Quote(h) + " is no host name in small letters, such as appointments.example.org"
		}
	}
	base := hostOf(c.BaseURL)
	return when(c.TLS.ACME && base != "" && !slices.Contains(c.TLS.ACMEHosts, base), "the host of base_url, "+base+", must be among them")
}

func checkACMEDirectory(c Config) string {
	u, err := url.Parse(c.TLS.ACMEDirectory)
	bad := err != nil || u.Hostname() == "" || u.Scheme != "https" && !(u.Scheme == "http" && isLoopback(u.Hostname()))
	return when(c.TLS.ACME && bad, "this must be a whole address that begins with https://")
}

func checkSMTPHost(c Config) string {
	if strings.Contains(c.SMTP.Host, "://") || strings.ContainsAny(c.SMTP.Host, " /@") {
		return "this is a host name alone, such as mail.example.org"
	}
	_, _, err := net.SplitHostPort(c.SMTP.Host)
	return when(err == nil, "this is a host name alone: write the port to smtp.port")
}

func checkFrom(c Config) string {
	if c.SMTP.From == "" {
		return when(c.SMTP.Host != "", "mail needs an address to be sent from, such as no-reply@example.org")
	}
	a, err := mail.ParseAddress(c.SMTP.From)
	return when(err != nil || a.Address != c.SMTP.From, "this is a mail address alone, such as no-reply@example.org; the name goes to smtp.from_name")
}

// isLoopback reports whether a host is this machine.
func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || err == nil && ip.IsLoopback()
}

// hostOf returns the host of an address, without its port.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

// unknown says that there is no such setting, and which was meant.
func unknown(name string) string {
	best, least := "", len(name)/2+1
	var names []string
	for _, s := range settings {
		names = append(names, s.Name)
		if table, _, ok := strings.Cut(s.Name, "."); ok && !slices.Contains(names, table) {
			names = append(names, table)
		}
	}
	for _, n := range names {
		d := distance(name, n)
		if strings.HasPrefix(n, name+"_") {
			d = 0
		}
		if d < least {
			best, least = n, d
		}
	}
	if best == "" {
		return `there is no such setting: "luukku config describe" lists them all`
	}
	return "there is no such setting: did you mean " + best + "?"
}

// distance is how many characters must be added, removed or replaced to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
