// Package kanneltest runs a real Kannel for tests: bearerbox and smsbox on free ports of 127.0.0.1, with Kannel's fake operator, at which the test is the network.
//
// It promises to end what it started, and nothing else. Where Kannel is not installed, Debian's packages are fetched and unpacked into the user's cache folder;
// where that cannot be done, the test is skipped with a line that says what is missing.
package kanneltest

import (
	"bufio"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	"unicode/utf16"
)

// Kannel is one running.
type Kannel struct {
	SendSMS string // the address of sendsms

	mu   sync.Mutex
	conn net.Conn
	got  []string
}

// The account at sendsms.
const (
	Username = "luukku"
	Password = "geheim"
)

// Start runs one until the test ends. post is where it delivers what comes in.
func Start(t *testing.T, post string) *Kannel {
	t.Helper()
	sbin, libs := programs(t)
	dir := t.TempDir()
	p := ports(t, 4)
	conf := filepath.Join(dir, "kannel.conf")
	if err := os.WriteFile(conf, []byte(fmt.Sprintf(configuration, p[0], p[1], dir, p[2], p[1], p[3], Username, Password, post)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "spool"), 0o700); err != nil {
		t.Fatal(err)
	}
	run(t, filepath.Join(sbin, "bearerbox"), libs, dir, conf)
	waitFor(t, "bearerbox", func() bool { return listens(p[1]) && listens(p[2]) })
	run(t, filepath.Join(sbin, "smsbox"), libs, dir, conf)
	waitFor(t, "smsbox", func() bool { return listens(p[3]) })
	k := &Kannel{SendSMS: fmt.Sprintf("http://127.0.0.1:%d/cgi-bin/sendsms", p[3])}
	conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", p[2]))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	k.conn = conn
	go k.listen()
	return k
}

// configuration is that of docs/sms.md, on free ports, and impatient.
const configuration = `group = core
admin-port = %d
admin-interface = 127.0.0.1
admin-password = admin
smsbox-port = %d
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
store-type = spool
store-location = %s/spool
dlr-storage = internal
sms-combine-concatenated-mo = true

group = smsc
smsc = fake
smsc-id = fake
our-host = 127.0.0.1
port = %d
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = %d
sendsms-port = %d
sendsms-interface = 127.0.0.1
global-sender = 16400
mo-recode = true
http-request-retry = 100
http-queue-delay = 1

group = sendsms-user
username = %s
password = %s
user-allow-ip = 127.0.0.1
concatenation = true
max-messages = 10

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
accept-x-kannel-headers = false
send-sender = true
post-url = "%s"
`

// run starts one program, and ends it with the test.
func run(t *testing.T, program, libs, dir, conf string) {
	t.Helper()
	log, err := os.Create(filepath.Join(dir, filepath.Base(program)+".log"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, conf)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.Env = append(os.Environ(), "LD_LIBRARY_PATH="+libs, "LC_ALL=C")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		t.Skipf("Kannel does not run here: %v", err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(3 * time.Second):
			_ = cmd.Process.Kill()
			<-done
		}
		if t.Failed() {
			text, _ := os.ReadFile(log.Name())
			t.Logf("%s:\n%s", filepath.Base(program), text[max(0, len(text)-4000):])
		}
		_ = log.Close()
	})
}

func ports(t *testing.T, n int) []int {
	t.Helper()
	var out []int
	for range n {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		out = append(out, l.Addr().(*net.TCPAddr).Port)
	}
	return out
}

func listens(port int) bool {
	c, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
	if err == nil {
		_ = c.Close()
	}
	return err == nil
}

func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 300 {
		if is() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s did not come up", what)
}

// listen collects what Kannel hands to the network.
func (k *Kannel) listen() {
	in := bufio.NewScanner(k.conn)
	for in.Scan() {
		k.mu.Lock()
		k.got = append(k.got, in.Text())
		k.mu.Unlock()
	}
}

// Got returns the lines that Kannel handed to the network: "from to kind text", as its fake operator writes them.
func (k *Kannel) Got() []string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]string(nil), k.got...)
}

// line is what the fake operator writes: from, to, kind, and the text; what does not look so goes on with the text before it.
var line = regexp.MustCompile(`^(\S+) (\S+) (text|ucs-2|udh) (.*)$`)

// Texts returns what reached a number, in the order in which its first parts came: decoded, and long messages joined.
func (k *Kannel) Texts(number string) []string {
	var out []string
	parts := map[string]int{} // of a long message: where it is in out
	last := -1
	for _, l := range k.Got() {
		m := line.FindStringSubmatch(l)
		if m == nil {
			if last >= 0 {
				out[last] += "\n" + l
			}
			continue
		}
		if last = -1; m[2] != number {
			continue
		}
		udh, body := "", m[4]
		switch m[3] {
		case "udh":
			udh, body, _ = strings.Cut(body, " data ")
			body = decoded(body)
		case "ucs-2":
			body = decoded(body)
		}
		if i, more := parts[group(udh)]; udh != "" && more {
			out[i] += body
			last = i
			continue
		}
		if out = append(out, body); udh != "" {
			parts[group(udh)] = len(out) - 1
		}
		last = len(out) - 1
	}
	return out
}

// group is what the parts of one long message have in common: their header without its last octet, which counts them.
func group(udh string) string {
	raw, err := url.QueryUnescape(udh)
	if err != nil || raw == "" {
		return udh
	}
	return raw[:len(raw)-1]
}

// decoded reads a text in octets: UTF-8, or UTF-16 where there is a zero in it.
func decoded(s string) string {
	raw, err := url.QueryUnescape(s)
	if err != nil || !strings.Contains(raw, "\x00") {
		return raw
	}
	var list []uint16
	for i := 0; i+1 < len(raw); i += 2 {
		list = append(list, uint16(raw[i])<<8|uint16(raw[i+1]))
	}
	return string(utf16.Decode(list))
}

// Write has somebody send a message of plain text; Raw one in the fake operator's own words, such as "from to ucs2 %00a".
func (k *Kannel) Write(t *testing.T, from, to, text string) { k.Raw(t, from+" "+to+" text "+text) }

// Raw sends one line.
func (k *Kannel) Raw(t *testing.T, line string) {
	t.Helper()
	if _, err := k.conn.Write([]byte(line + "\n")); err != nil {
		t.Fatal(err)
	}
}

// PostURL is where a Kannel delivers to a server of ours, with its secret.
func PostURL(base, name, secret string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	u.User = url.UserPassword(name, secret)
	return u.String() + "/sms/" + name + "/in?id=%I&at=%T"
}

// packages are Kannel, and those libraries of it that a machine may lack.
var packages = []string{"kannel", "libmariadb3", "libpcre3", "libhiredis0.14", "libct4"}

var unpack sync.Mutex

// programs returns where bearerbox and smsbox are, and a path of libraries for them.
func programs(t *testing.T) (sbin, libs string) {
	t.Helper()
	if p, err := exec.LookPath("bearerbox"); err == nil {
		return filepath.Dir(p), ""
	}
	if _, err := os.Stat("/usr/sbin/bearerbox"); err == nil {
		return "/usr/sbin", ""
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skipf("Kannel is not installed, and there is no cache folder to unpack it into: %v", err)
	}
	unpack.Lock()
	defer unpack.Unlock()
	root := filepath.Join(cache, "luukku-kannel")
	if _, err := os.Stat(filepath.Join(root, "complete")); err != nil {
		fetch(t, cache, root)
	}
	var dirs []string
	for _, pattern := range []string{"usr/lib/*-linux-gnu*", "lib/*-linux-gnu*"} {
		found, _ := filepath.Glob(filepath.Join(root, pattern)) // well formed
		dirs = append(dirs, found...)
	}
	return filepath.Join(root, "usr/sbin"), strings.Join(dirs, ":")
}

// fetch gets Debian's packages and unpacks them. What is unpacked shows itself whole or not at all.
func fetch(t *testing.T, cache, root string) {
	t.Helper()
	if err := os.MkdirAll(cache, 0o755); err != nil {
		t.Skipf("Kannel is not installed, and %v", err)
	}
	dir, err := os.MkdirTemp(cache, "luukku-kannel-")
	if err != nil {
		t.Skipf("Kannel is not installed, and %v", err)
	}
	defer os.RemoveAll(dir)
	for _, tool := range []string{"apt-get", "dpkg-deb"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("Kannel is not installed, and there is no %s to fetch Debian's with: install Kannel", tool)
		}
	}
	for _, p := range packages {
		cmd := exec.Command("apt-get", "download", p)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Skipf("Kannel is not installed, and the package %s cannot be fetched (%v): %s", p, err, strings.ReplaceAll(string(out), "\n", " "))
		}
	}
	debs, _ := filepath.Glob(filepath.Join(dir, "*.deb"))
	tree := filepath.Join(dir, "tree")
	for _, d := range debs {
		if out, err := exec.Command("dpkg-deb", "-x", d, tree).CombinedOutput(); err != nil {
			t.Skipf("Kannel is not installed, and %s cannot be unpacked: %v %s", filepath.Base(d), err, out)
		}
	}
	if err := os.WriteFile(filepath.Join(tree, "complete"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(tree, root); err != nil { // another process may have been faster
		if _, there := os.Stat(filepath.Join(root, "complete")); there != nil {
			t.Fatal(err)
		}
	}
}
