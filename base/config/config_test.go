package config

import (
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// file writes a settings file and returns its path.
func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "luukku.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// env is an environment with nothing else in it.
func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// noSMS is how text messages are set where nothing is said of them.
var noSMS = SMS{Gateway: Gateway{Kind: "none"}, PerNumber: 20, Burst: 2000}

func TestNothingConfiguredRunsOnThisMachine(t *testing.T) {
	t.Parallel()
	got, err := Load("", env())
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Listen: "127.0.0.1:8080", BaseURL: "http://127.0.0.1:8080", Data: "data", Database: "sqlite:data/luukku.db", KeyFile: "data/keys",
		TLS:     TLS{ACMEDirectory: "https://acme-v02.api.letsencrypt.org/directory"},
		EID:     EID{TestIdentifiers: "no"},
		MailTwo: SMTP{Port: 587, TLS: "starttls", HELO: "127.0.0.1"},
		SMS:     noSMS, SMSOther: noSMS.Gateway,
		DKIM:    DKIM{Selector: "luukku"},
		Bounces: Bounces{Protocol: "lmtp"},
		SMTP:    SMTP{Port: 587, TLS: "starttls", HELO: "127.0.0.1"},
		Files:   Files{Dir: "data/files"},
		Log:     Log{Level: "info", Format: "text"},
		Limits:  Limits{RequestBody: 1 << 20, RequestsPerSecond: 50, InProgress: 512, Wait: 20, Streams: 8000, StreamsPerAddress: 2000, Connections: 12_000},
	}
	if diff := cmp.Diff(want, got); diff != "" || want.Database.Reveal() != got.Database.Reveal() {
		t.Errorf("(-want +got):\n%s%s", diff, got.Database.Reveal())
	}
}

func TestWholeFileIsRead(t *testing.T) {
	t.Parallel()
	path := file(t, `
listen = "[::]:80"
base_url = "https://varaus.example.org/"
data = "var"
database = "postgres://luukku@db/luukku"
key_file = "/etc/luukku/keys"
node = 3
trusted_proxies = ["10.0.0.0/8", "2001:db8::1/32"]

[smtp]
host = "mail.example.org"
tls = "tls"
username = "luukku"
password_file = "secret"
from = "no-reply@example.org"
from_name = "Näyte"

[log]
level = "debug"
format = "json"

[limits]
request_body = 2_000_000
requests_per_second = 7
in_progress = 100
wait = 50
streams = 600
streams_per_address = 60
connections = 1_000
`)
	dir := filepath.Dir(path)
	if err := os.WriteFile(filepath.Join(dir, "secret"), []byte("hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := Config{
		Listen: "[::]:80", BaseURL: "https://varaus.example.org", Data: filepath.Join(dir, "var"), Database: "postgres://luukku@db/luukku",
		KeyFile: "/etc/luukku/keys", Node: 3, TrustedProxies: []string{"10.0.0.0/8", "2001:db8::1/32"},
		TLS:     TLS{ACMEDirectory: "https://acme-v02.api.letsencrypt.org/directory"},
		EID:     EID{TestIdentifiers: "no"},
		MailTwo: SMTP{Port: 587, TLS: "starttls", HELO: "varaus.example.org"},
		SMS:     noSMS, SMSOther: noSMS.Gateway,
		DKIM:    DKIM{Selector: "luukku"},
		Bounces: Bounces{Protocol: "lmtp"},
		SMTP: SMTP{Host: "mail.example.org", Port: 465, TLS: "tls", Username: "luukku", Password: "hunter2", PasswordFile: filepath.Join(dir, "secret"),
			From: "no-reply@example.org", FromName: "Näyte", HELO: "varaus.example.org"},
		Files:  Files{Dir: filepath.Join(dir, "var", "files")},
		Log:    Log{Level: "debug", Format: "json"},
		Limits: Limits{RequestBody: 2_000_000, RequestsPerSecond: 7, InProgress: 100, Wait: 50, Streams: 600, StreamsPerAddress: 60, Connections: 1000},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := fmt.Sprint(got.Proxies()); got != "[10.0.0.0/8 2001:db8::/32]" {
		t.Errorf("got proxies %s, want both networks", got)
	}
	if got.Log.SlogLevel() != slog.LevelDebug || (Log{Level: "info"}).SlogLevel() != slog.LevelInfo {
		t.Error("got other levels, want debug and info")
	}
	if s := fmt.Sprintf("%v %+v", got, got); strings.Contains(s, "hunter2") || strings.Contains(s, "luukku@db") {
		t.Errorf("got a secret in %s", s)
	}
}

func TestEnvironmentWins(t *testing.T) {
	t.Parallel()
	path := file(t, "listen = \"127.0.0.1:1\"\ntrusted_proxies = [\"10.0.0.0/8\"]\nnode = 99\n")
	got, err := Load(path, env("LUUKKU_LISTEN", "127.0.0.1:2", "LUUKKU_NODE", "4", "LUUKKU_TRUSTED_PROXIES", "192.0.2.0/24, 2001:db8::/32", "LUUKKU_LOG_LEVEL", "warn"))
	if err != nil {
		t.Fatal(err)
	}
	if got.Listen != "127.0.0.1:2" || got.Node != 4 || len(got.TrustedProxies) != 2 || got.Log.SlogLevel() != slog.LevelWarn || got.BaseURL != "http://127.0.0.1:2" {
		t.Errorf("got %+v, want what the environment says", got)
	}
}

func TestEachFaultIsToldWithItsLineAndTheWayOut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"p": "hunter2", "empty": "\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		text string
		env  []string
		want string
	}{
		"syntax":                  {text: "listen = \"127.0.0.1:1\"\nnode = = 3\n", want: "line 2: this is not TOML"},
		"unknown":                 {text: "\nlisen = \"x\"\n", want: "line 2: lisen: there is no such setting: did you mean listen?"},
		"unknown in table":        {text: "[smtp]\nhots = \"x\"\n", want: "line 2: smtp.hots: there is no such setting: did you mean smtp.host?"},
		"unknown table":           {text: "[smpt]\nhost = \"x\"\n", want: "line 1: smpt: there is no such setting: did you mean smtp?"},
		"secret in the file":      {text: "[smtp]\npassword = \"x\"\n", want: "line 2: smtp.password: there is no such setting: did you mean smtp.password_file?"},
		"nothing near":            {text: "zzzzzzzz = 1\n", want: "luukku config describe"},
		"text for a number":       {text: "\nnode = \"3\"\n", want: "line 2: node: the value must be a whole number"},
		"number for a text":       {text: "listen = 8080\n", want: "line 1: listen: the value must be a text"},
		"text for a list":         {text: "trusted_proxies = \"10.0.0.0/8\"\n", want: "line 1: trusted_proxies: the value must be a list of texts"},
		"too large":               {text: "node = 99999999999999999999\n", want: "line 1"},
		"environment":             {env: []string{"LUUKKU_NODE", "three"}, want: "node: the value of LUUKKU_NODE in the environment must be a whole number"},
		"listen without port":     {text: "listen = \"127.0.0.1\"\n", want: "such as 127.0.0.1:8080"},
		"listen on port 0":        {text: "listen = \"127.0.0.1:0\"\n", want: "1 to 65535"},
		"listen empty":            {text: "listen = \"\"\n", want: "line 1: listen"},
		"base_url without scheme": {text: "base_url = \"example.org\"\n", want: "line 1: base_url: this must be a whole address"},
		"base_url of ftp":         {text: "base_url = \"ftp://example.org\"\n", want: "whole address"},
		"base_url with path":      {text: "base_url = \"https://example.org/x\"\n", want: "no path"},
		"base_url with user":      {text: "base_url = \"https://a:b@example.org\"\n", want: "no path"},
		"no data":                 {text: "data = \"\"\n", want: "needs a directory"},
		"data is a file":          {env: []string{"LUUKKU_DATA", "/dev/null"}, want: "is no directory"},
		"database":                {text: "database = \"mysql://x\"\n", want: "sqlite:"},
		"database empty scheme":   {text: "database = \"sqlite:\"\n", want: "sqlite:"},
		"node":                    {text: "\n\nnode = 16\n", want: "line 3: node: a server's number is from 0 to 15"},
		"negative node":           {text: "node = -1\n", want: "line 1: node: the least possible is 0"},
		"proxy":                   {text: "trusted_proxies = [\"10.0.0.1\"]\n", want: "write the network 10.0.0.1/32"},
		"proxy of nonsense":       {text: "trusted_proxies = [\"proxy\"]\n", want: "is no network"},
		"smtp host with port":     {text: "[smtp]\nhost = \"mail.example.org:25\"\nfrom = \"a@example.org\"\n", want: "line 2: smtp.host"},
		"smtp host as address":    {text: "[smtp]\nhost = \"smtp://mail\"\nfrom = \"a@example.org\"\n", want: "host name alone"},
		"smtp port":               {text: "[smtp]\nport = 70000\n", want: "line 2: smtp.port"},
		"smtp tls":                {text: "smtp.tls = \"ssl\"\n", want: "line 1: smtp.tls: this must be one of starttls, tls, none"},
		"clear password":          {text: "[smtp]\nhost = \"mail.example.org\"\ntls = \"none\"\nusername = \"a\"\nfrom = \"a@example.org\"\npassword_file = \"" + dir + "/p\"\n", want: "line 3: smtp.tls: the password would travel unencrypted"},
		"user without password":   {text: "[smtp]\nusername = \"a\"\n", want: "smtp.password_file"},
		"password without user":   {text: "[smtp]\npassword_file = \"" + dir + "/p\"\n", want: "smtp.username"},
		"no password file":        {text: "[smtp]\nusername = \"a\"\npassword_file = \"" + dir + "/none\"\n", want: "line 3: smtp.password_file"},
		"empty password file":     {text: "[smtp]\nusername = \"a\"\npassword_file = \"" + dir + "/empty\"\n", want: "must hold the secret alone"},
		"two databases":           {text: "database = \"sqlite:a\"\ndatabase_file = \"" + dir + "/p\"\n", want: "both set"},
		"no from":                 {text: "[smtp]\nhost = \"mail.example.org\"\n", want: "smtp.from: mail needs an address"},
		"from with a name":        {text: "[smtp]\nhost = \"mail.example.org\"\nfrom = \"N <a@example.org>\"\n", want: "line 3: smtp.from"},
		"line break":              {text: "[smtp]\nfrom_name = \"a\\r\\nBcc: b\"\n", want: "line 2: smtp.from_name: the value has a line break"},
		"helo":                    {text: "smtp = { helo = \"http://x\" }\n", want: "line 1: smtp.helo"},
		"log level":               {text: "[log]\nlevel = \"loud\"\n", want: "debug, info, warn, error"},
		"tls without https":       {text: "base_url = \"http://a.example\"\n[tls]\ncert_file = \"c\"\nkey_file = \"k\"\n", want: "line 1: base_url: the server speaks TLS itself"},
		"tls without key":         {text: "[tls]\ncert_file = \"c\"\n", want: "line 2: tls.cert_file: tls.cert_file and tls.key_file belong together"},
		"tls twice":               {text: "[tls]\ncert_file = \"c\"\nkey_file = \"k\"\nacme = true\nacme_hosts = [\"a.example\"]\n", want: "line 4: tls.acme: the certificate comes from"},
		"acme of nobody":          {text: "[tls]\nacme = true\n", want: "tls.acme_hosts: ACME needs the host names"},
		"acme of an address":      {text: "[tls]\nacme = true\nacme_hosts = [\"192.0.2.1\"]\n", want: "line 3: tls.acme_hosts"},
		"acme of another":         {text: "base_url = \"https://b.example\"\n[tls]\nacme = true\nacme_hosts = [\"a.example\"]\n", want: "b.example, must be among them"},
		"acme in the clear":       {text: "[tls]\nacme = true\nacme_hosts = [\"a.example\"]\nacme_directory = \"http://ca.example/\"\n", want: "line 4: tls.acme_directory"},
		"acme mail":               {text: "[tls]\nacme_email = \"it\"\n", want: "line 2: tls.acme_email"},
		"acme maybe":              {text: "[tls]\nacme = \"yes\"\n", want: "line 2: tls.acme: the value must be true or false"},
		"acme of the environment": {env: []string{"LUUKKU_TLS_ACME", "perhaps"}, want: "must be true or false"},
		"http beside nothing":     {text: "[tls]\nhttp_listen = \"0.0.0.0:80\"\n", want: "line 2: tls.http_listen: there is nothing to lead on to"},
		"http without port":       {text: "[tls]\nhttp_listen = \"0.0.0.0\"\ncert_file = \"c\"\nkey_file = \"k\"\n", want: "line 2: tls.http_listen: this must be an address and a port"},
		"body":                    {text: "[limits]\nrequest_body = 5\n", want: "line 2: limits.request_body: the least possible is 16384"},
		"rate":                    {text: "[limits]\nrequests_per_second = 0\n", want: "the least possible is 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Load(file(t, c.text), env(c.env...))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("got the secret in %v", err)
			}
		})
	}
}

func TestAllFaultsAreToldAtOnceInTheOrderOfTheFile(t *testing.T) {
	t.Parallel()
	_, err := Load(file(t, "listen = \"x\"\nbase_url = \"y\"\n[smtp]\nport = 70000\n"), nil)
	if err == nil {
		t.Fatal("got no error, want three")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], "line 1:") || !strings.Contains(lines[1], "line 2:") || !strings.Contains(lines[2], "line 4:") {
		t.Errorf("got %q, want lines 1, 2 and 4", lines)
	}
}

func TestWarningsStopNoStart(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"no mail":       {"", "smtp.host: no mail server is set"},
		"open, no url":  {"listen = \"0.0.0.0:8080\"\n", "base_url: links in mails would lead to this machine"},
		"http to a far": {"base_url = \"http://example.org\"\n", "line 1: base_url: people would send what they type unencrypted"},
	} {
		path := file(t, c.text)
		if _, err := Load(path, nil); err != nil {
			t.Errorf("%s: got %v, want it to start", name, err)
		}
		var got []string
		for _, p := range Check(path, nil) {
			got = append(got, p.String())
			if !p.Warning {
				t.Errorf("%s: got %s as no warning, want a warning", name, p)
			}
		}
		if !strings.Contains(strings.Join(got, "\n"), c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	if got := Check(filepath.Join(t.TempDir(), "none"), nil); len(got) != 1 || !strings.Contains(got[0].What, "no such file") {
		t.Errorf("got %v for a missing file, want that it is missing", got)
	}
}

func TestMissingFileStopsTheStart(t *testing.T) {
	t.Parallel()
	if _, err := Load(filepath.Join(t.TempDir(), "none"), nil); err == nil {
		t.Error("got no error, want one")
	}
}

func TestDatabaseAddressCanComeFromAFile(t *testing.T) {
	t.Parallel()
	path := file(t, "database_file = \"dsn\"\n")
	if err := os.WriteFile(filepath.Join(filepath.Dir(path), "dsn"), []byte("postgres://u:p@h/d\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path, nil)
	if err != nil || got.Database.Reveal() != "postgres://u:p@h/d" {
		t.Errorf("got %q %v, want the file's content", got.Database.Reveal(), err)
	}
}

func TestListeningEverywhereLinksToThisMachine(t *testing.T) {
	t.Parallel()
	for listen, want := range map[string]string{":80": "http://localhost:80", "[::]:80": "http://localhost:80", "0.0.0.0:80": "http://localhost:80", "[::1]:80": "http://[::1]:80", "host:80": "http://host:80"} {
		if got, err := Load("", env("LUUKKU_LISTEN", listen)); err != nil || got.BaseURL != want {
			t.Errorf("%s: got %s %v, want %s", listen, got.BaseURL, err, want)
		}
	}
}

func TestServerThatSpeaksTLSIsReachedByHTTPS(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"files": "[tls]\ncert_file = \"c.pem\"\nkey_file = \"k.pem\"\n", "acme": "[tls]\nacme = true\nacme_hosts = [\"a.example\"]\nhttp_listen = \"0.0.0.0:80\"\n",
	} {
		path := file(t, text)
		got, err := Load(path, nil)
		if err != nil || got.BaseURL != "https://127.0.0.1:8080" || !got.TLS.On() {
			t.Errorf("%s: got %s, %v; want https", name, got.BaseURL, err)
		}
		if got.TLS.CertFile != "" && got.TLS.CertFile != filepath.Join(filepath.Dir(path), "c.pem") {
			t.Errorf("got %s, want it beside the settings", got.TLS.CertFile)
		}
	}
	if got, err := Load("", env("LUUKKU_TLS_ACME", "true", "LUUKKU_TLS_ACME_HOSTS", "a.example,b.example")); err != nil || !got.TLS.ACME || len(got.TLS.ACMEHosts) != 2 {
		t.Errorf("got %+v, %v; want ACME for two hosts", got.TLS, err)
	}
}

func TestEverySettingIsDocumented(t *testing.T) {
	t.Parallel()
	example := Example()
	seen := map[string]bool{}
	for _, s := range Describe() {
		if len(s.Doc) < 20 || !strings.HasSuffix(s.Doc, ".") {
			t.Errorf("%s: got doc %q, want a sentence", s.Name, s.Doc)
		}
		if !strings.Contains(example, "# Environment: "+s.Env+"\n#") {
			t.Errorf("%s is not in the example file", s.Name)
		}
		if seen[s.Env] {
			t.Errorf("%s is in the environment twice", s.Env)
		}
		seen[s.Env] = true
		if s.Default == `""` && s.example == "" {
			t.Errorf("%s has neither default nor example", s.Name)
		}
	}
	for i, line := range strings.Split(example, "\n") {
		if len(line) > 140 {
			t.Errorf("line %d of the example has %d characters, want 140 at most", i+1, len(line))
		}
	}
}

func TestExampleFileIsTheDefaultAndLoadsWithItsCommentsRemoved(t *testing.T) {
	t.Parallel()
	asIs, err := Load(file(t, Example()), nil)
	if err != nil {
		t.Fatal(err)
	}
	none, _ := Load("", nil)
	if diff := cmp.Diff(none, asIs); diff != "" {
		t.Errorf("the example file changes something:\n%s", diff)
	}
	dir := t.TempDir()
	text := regexp.MustCompile(`(?m)^#([a-z_]+ = )`).ReplaceAllString(Example(), "$1")
	text = strings.ReplaceAll(text, "/etc/luukku", dir)
	text = strings.Replace(text, "\ndatabase = ", "\n#database = ", 1)
	for name, content := range map[string]string{"database": "sqlite:x.db", "smtp-password": "secret", "register-token": "secret", "sms-password": "secret", "sms-receive-secret": "secret",
		"dkim.pem": "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Load(file(t, text), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.SMTP.Host != "mail.example.org" || len(got.TrustedProxies) != 1 || got.KeyFile != dir+"/keys" {
		t.Errorf("got %+v, want the examples", got)
	}
}

func FuzzCheck(f *testing.F) {
	for _, s := range []string{Example(), "listen = 1", "[smtp]\nhost = \"a\"", "smtp = { host = \"a\" }", "a.b.c = 1", "[[x]]", "\xff", "x = [1, {a = 2}]", "smtp.host = '''\na'''"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		path := file(t, text)
		_, err := Load(path, nil)
		severe := false
		for _, p := range Check(path, nil) {
			severe = severe || !p.Warning
			if p.Line > strings.Count(text, "\n")+1 {
				t.Fatalf("got line %d of %q", p.Line, text)
			}
		}
		if severe != (err != nil) {
			t.Fatalf("got error %v, but severe problems: %v", err, severe)
		}
	})
}

func TestSecondGatewaysAreHeldToTheRules(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"[smtp_second]\nhost = 'mail2.example.org'":                                          "smtp_second.host: there is no first",
		"[smtp]\nhost = 'm.example.org'\nfrom = 'a@b.example'\n[smtp_second]\nhost = 'n:25'": "smtp_second.host: this is a host name alone",
		"[dkim]\nkey_file = '/dev/null'":                                                     "dkim.key_file: there is no mail to sign",
		"[smtp]\nhost = 'a'\nfrom = 'a@example.org'\n[dkim]\nkey_file = '/dev/null'":         "dkim.key_file: this file holds no private key",
		"[dkim]\nselector = 'a b'":                                                           "dkim.selector: this is a name",
		"[dkim]\ndomain = 'a@b'":                                                             "dkim.domain: this is a domain alone",
		"[bounces]\naddress = 'a+b@example.org'":                                             "bounces.address: this is a mail address alone",
		"[bounces]\naddress = 'returned-messages-of-us@example.org'":                         "bounces.address: what is before the @ is too long",
		"[bounces]\nlisten = '127.0.0.1:8024'":                                               "bounces.listen: nothing would come",
		"[bounces]\nprotocol = 'pop3'":                                                       "bounces.protocol: this must be one of",
		"[sms_second]\nkind = 'http'":                                                        "sms_second.kind: there is no first",
		"[sms]\nkind = 'kannel'":                                                             "sms.kind: kannel needs url",
		"[sms]\nkind = 'http'":                                                               "sms.kind: http needs description_file",
		"[sms]\nkind = 'smpp'":                                                               "sms.kind: this must be one of",
		"[sms]\nnumbers = ['+358451234567']":                                                 "sms.numbers:",
		"[sms]\nprefixes = ['358']":                                                          "sms.prefixes:",
		"[sms]\nreceive_from = ['10.0.0.1']":                                                 "sms.receive_from: 10.0.0.1 is an address",
	} {
		if _, err := Load(file(t, text), nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
}
