// Package config holds every setting of the server, with its documentation, its default and its check.
//
// Settings come from one TOML file and from the environment, which wins: smtp.host is LUUKKU_SMTP_HOST, a list has commas between its entries.
// The package promises that a setting nobody knows stops the start with its line and the name that was meant, that every fault in the file is told
// in one go and in words an operator can act on, and that a file of an older version still works. Secrets come from files of their own, which
// settings called *_file name. Opening what the settings point to is left to the app; rules of the service (policies) are not settings, they
// are edited in the running system.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"luukku/base/seal"
)

// Config is what the server runs with. Load returns it whole: defaults filled in, checked, and relative paths of the file made absolute.
type Config struct {
	Listen  string `toml:"listen" default:"127.0.0.1:8080" doc:"Address and port that the server listens on. Keep it on 127.0.0.1 behind a reverse proxy that speaks TLS; 0.0.0.0 or [::] listens on every address."`
	BaseURL string `toml:"base_url" example:"https://appointments.example.org" doc:"Address that people reach the server by, with http or https and without a path. All links in mails begin with it. Empty: http and the listen address, which suits a trial on one machine only."`
	Data    string `toml:"data" default:"data" path:"yes" doc:"Directory for everything the server keeps in files. It is made when it is not there."`

	Database     seal.Secret `toml:"database" example:"postgres://luukku@db.example.org/luukku" doc:"Database: sqlite:/path/to/file.db or postgres://user@host/name. Empty: SQLite in the data directory."`
	DatabaseFile string      `toml:"database_file" path:"yes" secret:"Database" example:"/etc/luukku/database" doc:"File with the database's address in it, instead of database: for an address with a password."`
	KeyFile      string      `toml:"key_file" path:"yes" example:"/etc/luukku/keys" doc:"File with the keys that personal data is encrypted with. It is made when it is not there. Nothing personal can be read again without it: keep a copy in a safe place, apart from the backups of the database. Empty: the file keys in the data directory."`
	Node         int         `toml:"node" default:"0" doc:"Number of this server among those that write to one database, 0 to 15. Each needs a number of its own."`

	TrustedProxies []string `toml:"trusted_proxies" example:"10.0.0.0/8" doc:"Networks of the reverse proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8. Empty: nobody is believed, and a visitor's address is the one that connects."`

	TLS      TLS      `toml:"tls"`
	SMTP     SMTP     `toml:"smtp"`
	MailTwo  SMTP     `toml:"smtp_second"`
	DKIM     DKIM     `toml:"dkim"`
	Bounces  Bounces  `toml:"bounces"`
	SMS      SMS      `toml:"sms"`
	SMSOther Gateway  `toml:"sms_second"`
	EID      EID      `toml:"eid"`
	Register Register `toml:"register"`
	Files    Files    `toml:"files"`
	Scan     Scan     `toml:"scan"`
	Webhooks Webhooks `toml:"webhooks"`
	Log      Log      `toml:"log"`
	Limits   Limits   `toml:"limits"`
}

// TLS is how the server speaks TLS itself: with a certificate of files, or with one that it fetches by ACME. Without either a proxy does.
type TLS struct {
	CertFile      string   `toml:"cert_file" path:"yes" example:"/etc/luukku/cert.pem" doc:"File with the certificate and those it hangs on (PEM). With it the server speaks TLS itself. The file is read again when it changes. Empty: a reverse proxy speaks TLS, or tls.acme is set."`
	KeyFile       string   `toml:"key_file" path:"yes" example:"/etc/luukku/key.pem" doc:"File with the certificate's private key (PEM), readable by the server's user alone."`
	ACME          bool     `toml:"acme" default:"false" doc:"Whether the server fetches its certificate itself and renews it, by ACME, as Let's Encrypt offers it. Who sets this agrees to the terms of that authority."`
	ACMEHosts     []string `toml:"acme_hosts" example:"appointments.example.org" doc:"Host names to fetch certificates for: that of base_url, and those that organisations have of their own."`
	ACMEDirectory string   `toml:"acme_directory" default:"https://acme-v02.api.letsencrypt.org/directory" doc:"Address of the authority's ACME directory."`
	ACMECAFile    string   `toml:"acme_ca_file" path:"yes" example:"/etc/luukku/acme-ca.pem" doc:"File with the root certificate that the ACME directory itself is trusted by (PEM), for an authority of one's own. Empty: those that the system trusts."`
	ACMEEmail     string   `toml:"acme_email" example:"it@example.org" doc:"Address that the authority may write to when something is wrong with a certificate. Empty: none is given."`
	HTTPListen    string   `toml:"http_listen" example:"0.0.0.0:80" doc:"Address and port for plain HTTP beside TLS: it leads everybody on to https, and answers the authority's questions (HTTP-01). Empty: there is none, and the authority asks over TLS (TLS-ALPN-01)."`
}

// On reports whether the server speaks TLS itself.
func (t TLS) On() bool { return t.ACME || t.CertFile != "" }

// SMTP is where mail is handed over.
type SMTP struct {
	Host         string      `toml:"host" example:"mail.example.org" doc:"Mail server that mail is handed over to. Empty: no mail is sent; what would be sent waits."`
	Port         int         `toml:"port" default:"0" doc:"Port of the mail server. 0: 587 with starttls, 465 with tls, 25 with none."`
	TLS          string      `toml:"tls" default:"starttls" oneof:"starttls tls none" doc:"How the connection is secured: starttls (required, never skipped), tls (from the first byte) or none (only to a mail server on the same machine or in a closed network)."`
	Username     string      `toml:"username" example:"luukku" doc:"User name at the mail server. Empty: no sign-in."`
	Password     seal.Secret `toml:"-"`
	PasswordFile string      `toml:"password_file" path:"yes" secret:"Password" example:"/etc/luukku/smtp-password" doc:"File with the password at the mail server in it."`
	From         string      `toml:"from" example:"no-reply@example.org" doc:"Address that mail is sent from. Needed when host is set."`
	FromName     string      `toml:"from_name" example:"Specimen Register Office" doc:"Name that mail is sent from. Empty: the name of the organisation that the mail is about."`
	HELO         string      `toml:"helo" example:"appointments.example.org" doc:"Name that the server gives itself at the mail server. Empty: the host of base_url."`
}

// DKIM is how mail is signed.
type DKIM struct {
	KeyFile  string `toml:"key_file" path:"yes" example:"/etc/luukku/dkim.pem" doc:"File with the private key that mail is signed with (DKIM), made by luukku dkim key. Empty: mail is not signed here, and the mail server should do it."`
	Selector string `toml:"selector" default:"luukku" doc:"Name under which the public key stands in the domain name system: its record is at selector._domainkey.domain."`
	Domain   string `toml:"domain" example:"example.org" doc:"Domain that signs. Empty: that of smtp.from."`
}

// Webhooks are the addresses of programs that are told what happens to letters.
type Webhooks struct {
	Networks []string `toml:"networks" example:"10.20.0.0/16" doc:"Networks of your own in which programs may be told what happens to letters. Empty: addresses of the public internet alone, so that nobody reaches into your network through this server."`
}

// Prefixes returns Networks as networks.
func (w Webhooks) Prefixes() []netip.Prefix { return networks(w.Networks) }

// Bounces is how mail comes back that could not be delivered.
type Bounces struct {
	Address  string `toml:"address" example:"bounces@example.org" doc:"Address that undeliverable mail comes back to: each mail leaves with a return path of its own, such as bounces+...@example.org. The mail server hands what comes there to listen, or to luukku bounce. At most 17 characters before the @. Empty: mail comes back to smtp.from, and nobody here learns of it."`
	Listen   string `toml:"listen" example:"127.0.0.1:8024" doc:"Address and port at which the mail server hands over what came back. Keep it where only the mail server reaches it. Empty: there is none; luukku bounce takes it all the same."`
	Protocol string `toml:"protocol" default:"lmtp" oneof:"lmtp smtp" doc:"What is spoken there: lmtp (Postfix, Exim) or smtp (for mail servers that speak nothing else)."`
}

// SMS is how text messages leave and come in.
type SMS struct {
	Gateway
	Numbers   []string `toml:"numbers" example:"+358451234567=vuorela" doc:"Which number is whose: a number that messages come in by, =, and the organisation. Messages of that organisation leave from it. A number that is not here is the organisation's where the installation has one alone."`
	Prefixes  []string `toml:"prefixes" example:"+358" doc:"Beginnings of the numbers that messages are sent to, such as +358. Empty: those of the countries whose phone numbers the installation takes. An organisation may narrow or widen them."`
	PerNumber int      `toml:"per_number" default:"20" min:"1" doc:"Messages that one number may get from an organisation in an hour. More wait."`
	Burst     int      `toml:"burst" default:"2000" min:"1" doc:"Messages an hour of one organisation that are never too many. Beyond that, an hour may have five times as many as the busiest of the last four weeks; then messages stop until an administrator lets them go again."`
	Budget    int      `toml:"budget" default:"0" min:"0" doc:"Parts of messages that one organisation may use up in a month. 0: as many as it likes, unless it sets a budget itself."`
}

// Gateway is one gateway of text messages.
type Gateway struct {
	Kind              string      `toml:"kind" default:"none" oneof:"none kannel http" doc:"How text messages leave: kannel (its sendsms), http (any other gateway, as description_file says) or none: no text message is sent; what would be sent waits."`
	URL               string      `toml:"url" example:"http://127.0.0.1:13013/cgi-bin/sendsms" doc:"Address of Kannel's sendsms."`
	DescriptionFile   string      `toml:"description_file" path:"yes" example:"/etc/luukku/sms-gateway.toml" doc:"File that says how a gateway of kind http is spoken to. See the documentation on text messages."`
	Username          string      `toml:"username" example:"luukku" doc:"User name at the gateway."`
	Password          seal.Secret `toml:"-"`
	PasswordFile      string      `toml:"password_file" path:"yes" secret:"Password" example:"/etc/luukku/sms-password" doc:"File with the password, or the key, at the gateway in it."`
	From              string      `toml:"from" example:"Mikkeli" doc:"Number or name (11 letters at most) that messages come from when their organisation has no number of its own. Empty: the gateway's own."`
	ReceiveSecret     seal.Secret `toml:"-"`
	ReceiveSecretFile string      `toml:"receive_secret_file" path:"yes" secret:"ReceiveSecret" example:"/etc/luukku/sms-receive-secret" doc:"File with the secret that the gateway proves itself by when it delivers messages and receipts. Empty: it delivers none, and no receipts are asked for."`
	ReceiveFrom       []string    `toml:"receive_from" example:"127.0.0.1/32" doc:"Networks that the gateway delivers from. Empty: any that knows the secret."`
	ReceiveURL        string      `toml:"receive_url" example:"http://127.0.0.1:8080" doc:"Address by which the gateway reaches this server, when that is not base_url."`
}

// EID is what holds for all providers of e-IDs. The providers themselves are set up in the running system.
type EID struct {
	TestIdentifiers string `toml:"test_identifiers" default:"no" oneof:"no yes" doc:"Whether national identifiers are taken that were never given to anybody, such as Finnish codes with a number from 900 on: yes in front of the test environment of a provider, and nowhere else."`
}

// Register is where the population register and the register of mandates are asked.
type Register struct {
	URL       string      `toml:"url" example:"https://registers.example.org/luukku" doc:"Address below which the registers answer (person, mandates): usually that of an adapter of yours in front of the real ones. Empty: no register is asked, and people type their own details."`
	Token     seal.Secret `toml:"-"`
	TokenFile string      `toml:"token_file" path:"yes" secret:"Token" example:"/etc/luukku/register-token" doc:"File with the bearer token that proves to the registers who asks."`
}

// Files is where attachments lie.
type Files struct {
	Dir string `toml:"dir" path:"yes" example:"/var/lib/luukku/files" doc:"Directory for the attachments of letters, which are encrypted. Several servers that write to one database share it. It is made when it is not there. Empty: the directory files in the data directory."`
}

// Scan is who looks for malware in attachments.
type Scan struct {
	Clamd string `toml:"clamd" example:"unix:/run/clamav/clamd.ctl" doc:"Socket of ClamAV's clamd: unix:/path, or host:port. Its StreamMaxLength has to be as large as the largest attachment. Empty: nobody looks; attachments are taken, wait, and are opened for nobody."`
}

// Log is what the server writes about itself.
type Log struct {
	Level  string `toml:"level" default:"info" oneof:"debug info warn error" doc:"How much is logged: debug, info, warn or error. No level logs anything personal."`
	Format string `toml:"format" default:"text" oneof:"text json" doc:"How it is logged: text or json, one line each, to standard error."`
}

// Limits keep one visitor from using up the server, and all visitors together from asking more of it than it can do.
type Limits struct {
	RequestBody       int64 `toml:"request_body" default:"1048576" min:"16384" doc:"Longest body of a request, in bytes."`
	RequestsPerSecond int   `toml:"requests_per_second" default:"50" min:"1" doc:"Requests a second that one address (IPv6: one /64 network) may go on making. Ten times as many may come at once, since a library or an office has many people behind one address."`
	InProgress        int   `toml:"in_progress" default:"512" min:"2" doc:"Requests that may be in progress at once. Who comes when there are as many is told at once to come back in a few seconds (503). A quarter of them is kept for those who finish something, such as booking the time they hold."`
	Wait              int   `toml:"wait" default:"20" min:"0" doc:"How long requests may wait for a processor, in milliseconds. When they wait longer, new visitors are told to come back in a few seconds (503), the more of them the longer the wait; those who finish something are turned away last. 0: nobody is turned away for it."`
	Streams           int   `toml:"streams" default:"8000" min:"1" doc:"Pages, displays and phones that may be told of changes at once, each over a connection that stays open (event streams). It has to be well below connections. Who comes beyond it is told to come back, and comes back by itself."`
	StreamsPerAddress int   `toml:"streams_per_address" default:"2000" min:"1" doc:"How many of them one address (IPv6: one /64 network) may have: all the phones in a lobby, or many customers of one mobile operator, may have one address."`
	Connections       int   `toml:"connections" default:"12000" min:"16" doc:"Connections that may be open at once. Near that many, those that have been idle longest are closed; beyond it, who comes is told to come back. Each idle one takes about 20 kB."`
}

// Load reads the file at path, if path is not empty, and then the environment through getenv, which may be nil. The error is Problems when the
// settings are at fault. Warnings are no error: see Check.
func Load(path string, getenv func(string) string) (Config, error) {
	c, problems, err := load(path, getenv)
	if err != nil {
		return Config{}, err
	}
	if bad := problems.severe(); len(bad.list) > 0 {
		return Config{}, bad
	}
	return c, nil
}

// Check returns everything that is wrong or doubtful in the file and the environment, in the order of the lines. It opens nothing but the file
// and the secrets' files.
func Check(path string, getenv func(string) string) []Problem {
	_, problems, err := load(path, getenv)
	if err != nil {
		return []Problem{{What: err.Error()}}
	}
	return problems.list
}

// load reads, overrides, completes and checks.
func load(path string, getenv func(string) string) (Config, Problems, error) {
	c := Default()
	problems := Problems{path: path}
	lines := map[string]int{}
	if path != "" {
		text, err := os.ReadFile(path)
		if err != nil {
			return Config{}, Problems{}, fmt.Errorf("read settings: %w (name the right file, or none to run on the defaults)", err)
		}
		if problems.list = decode(text, &c); len(problems.list) > 0 {
			return Config{}, problems, nil
		}
		lines = linesOf(text)
		base, err := filepath.Abs(filepath.Dir(path))
		if err != nil {
			return Config{}, Problems{}, fmt.Errorf("find the directory of %s: %w", path, err)
		}
		for _, s := range settings {
			if v := s.in(&c); s.path && lines[s.Name] > 0 && v.String() != "" && !filepath.IsAbs(v.String()) {
				v.SetString(filepath.Join(base, v.String()))
			}
		}
	}
	if getenv != nil {
		problems.list = append(problems.list, override(&c, getenv, lines)...)
	}
	problems.list = append(problems.list, readSecrets(&c)...)
	problems.list = append(problems.list, check(c)...)
	c.complete()
	problems.locate(lines)
	return c, problems, nil
}

// decode reads the file over the defaults.
func decode(text []byte, c *Config) []Problem {
	err := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields().Decode(c)
	if err == nil {
		return nil
	}
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		var out []Problem
		for _, e := range strict.Errors {
			line, _ := e.Position()
			out = append(out, Problem{Line: line, Setting: strings.Join(e.Key(), "."), What: unknown(strings.Join(e.Key(), "."))})
		}
		return out
	}
	if e, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, _ := e.Position()
		name := strings.Join(e.Key(), ".")
		if s, ok := find(name); ok {
			return []Problem{{Line: line, Setting: name, What: fmt.Sprintf("the value must be %s", s.Type)}}
		}
		return []Problem{{Line: line, What: "this is not TOML: " + strings.TrimPrefix(e.Error(), "toml: ")}}
	}
	return []Problem{{What: "this is not TOML: " + err.Error()}}
}

// readSecrets reads the files that secrets come from.
func readSecrets(c *Config) []Problem {
	var out []Problem
	for _, s := range settings {
		if s.secret == nil {
			continue
		}
		file, target := s.in(c).String(), reflect.ValueOf(c).Elem().FieldByIndex(s.secret)
		if file == "" {
			continue
		}
		if target.String() != "" {
			out = append(out, Problem{Setting: s.Name, What: "this and " + strings.TrimSuffix(s.Name, "_file") + " are both set: remove one"})
			continue
		}
		text, err := os.ReadFile(file)
		value := strings.TrimRight(string(text), "\r\n")
		switch {
		case err != nil:
			out = append(out, Problem{Setting: s.Name, What: err.Error() + ": write the secret into that file, readable by the server's user"})
		case value == "" || strings.ContainsFunc(value, isControl):
			out = append(out, Problem{Setting: s.Name, What: file + " must hold the secret alone, on one line"})
		default:
			target.SetString(value)
		}
	}
	return out
}

// complete fills in what is derived from other settings.
func (c *Config) complete() {
	if c.BaseURL == "" {
		c.BaseURL = "http://" + reachable(c.Listen)
		if c.TLS.On() {
			c.BaseURL = "https://" + reachable(c.Listen)
		}
	}
	c.BaseURL = strings.TrimRight(c.BaseURL, "/")
	if c.Database == "" {
		c.Database = seal.Secret("sqlite:" + filepath.Join(c.Data, "luukku.db"))
	}
	if c.KeyFile == "" {
		c.KeyFile = filepath.Join(c.Data, "keys")
	}
	if c.Files.Dir == "" {
		c.Files.Dir = filepath.Join(c.Data, "files")
	}
	if c.SMTP.Port == 0 {
		c.SMTP.Port = map[string]int{"starttls": 587, "tls": 465, "none": 25}[c.SMTP.TLS]
	}
	if c.SMTP.HELO == "" {
		c.SMTP.HELO = hostOf(c.BaseURL)
	}
	if c.MailTwo.Port == 0 {
		c.MailTwo.Port = map[string]int{"starttls": 587, "tls": 465, "none": 25}[c.MailTwo.TLS]
	}
	if c.MailTwo.HELO == "" {
		c.MailTwo.HELO = c.SMTP.HELO
	}
}

// reachable turns a listen address into one that a browser on the same machine can open.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// Proxies returns TrustedProxies as networks.
func (c Config) Proxies() []netip.Prefix { return networks(c.TrustedProxies) }

func networks(list []string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		if p, err := netip.ParsePrefix(s); err == nil {
			out = append(out, p.Masked())
		}
	}
	return out
}

// SlogLevel returns the level for log/slog.
func (l Log) SlogLevel() slog.Level {
	return map[string]slog.Level{"debug": slog.LevelDebug, "warn": slog.LevelWarn, "error": slog.LevelError}[l.Level]
}
