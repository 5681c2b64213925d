package scan_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"luukku/gateway/scan"
)

// testFile is the test file of EICAR, in two parts so that no scanner takes this source for it.
const testFile = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`

// clamd answers as a clamd does: it reads a stream, and says what answer makes of it. Less than nothing read is a clamd that closes without a word.
func clamd(t *testing.T, network string, most int, answer func([]byte) string) string {
	t.Helper()
	at := "127.0.0.1:0"
	if network == "unix" {
		at = filepath.Join(t.TempDir(), "s")
	}
	l, err := net.Listen(network, at)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				head := make([]byte, len("zINSTREAM\x00"))
				if _, err := io.ReadFull(conn, head); err != nil || string(head) != "zINSTREAM\x00" {
					return
				}
				var got bytes.Buffer
				for {
					var n uint32
					if binary.Read(conn, binary.BigEndian, &n) != nil {
						return
					}
					if n == 0 || got.Len() > most {
						break
					}
					if _, err := io.CopyN(&got, conn, int64(n)); err != nil {
						return
					}
				}
				_, _ = conn.Write([]byte(answer(got.Bytes())))
			}()
		}
	}()
	if network == "unix" {
		return "unix:" + at
	}
	return l.Addr().String()
}

func TestCleanIsSaidByTheScannerAlone(t *testing.T) {
	t.Parallel()
	body := strings.Repeat("0123456789", 30_000)
	for _, c := range []struct {
		network, says string
		most          int
		found, unable string
		fails         bool
	}{
		{"tcp", "stream: OK\x00", 1 << 30, "", "", false},
		{"unix", "stream: OK\x00", 1 << 30, "", "", false},
		{"tcp", "stream: Win.Test.EICAR_HDB-1 FOUND\x00", 1 << 30, "Win.Test.EICAR_HDB-1", "", false},
		{"tcp", "INSTREAM size limit exceeded. ERROR\x00", 100_000, "", "size limit", false},
		{"tcp", "stream: Can't allocate memory ERROR\x00", 1 << 30, "", "", true},
		{"tcp", "UNKNOWN COMMAND\x00", 1 << 30, "", "", true},
		{"tcp", "stream: OK", 1 << 30, "", "", true}, // cut off
		{"tcp", "", 1 << 30, "", "", true},
		{"tcp", "stream: ", 1 << 30, "", "", true},
	} {
		got := ""
		at := clamd(t, c.network, c.most, func(b []byte) string { got = string(b); return c.says })
		v, err := scan.Clamd{Address: at}.Scan(t.Context(), strings.NewReader(body))
		if v.Found != c.found || v.Unable != c.unable || (err != nil) != c.fails {
			t.Errorf("%q: got %+v, %v", c.says, v, err)
		}
		if c.most > len(body) && got != body {
			t.Errorf("%q: clamd got %d bytes, want %d", c.says, len(got), len(body))
		}
	}
}

func TestAScannerThatCannotBeAskedSaysNothing(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close() // takes connections and never reads
	if v, err := (scan.Clamd{Address: l.Addr().String(), Patience: 50 * time.Millisecond}).Scan(t.Context(), strings.NewReader("x")); err == nil {
		t.Errorf("a clamd that is silent: got %+v", v)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if v, err := (scan.Clamd{Address: l.Addr().String()}).Scan(ctx, strings.NewReader("x")); err == nil {
		t.Errorf("stopped: got %+v", v)
	}
	if v, err := (scan.Clamd{Address: "unix:" + filepath.Join(t.TempDir(), "none")}).Scan(t.Context(), strings.NewReader("x")); err == nil {
		t.Errorf("nobody there: got %+v", v)
	}
	broken := io.MultiReader(strings.NewReader("x"), failing{})
	at := clamd(t, "tcp", 1<<30, func([]byte) string { return "stream: OK\x00" })
	if v, err := (scan.Clamd{Address: at, Patience: time.Second}).Scan(t.Context(), broken); err == nil {
		t.Errorf("a file that could not be read: got %+v", v)
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("the disk is gone") }

func TestTheDemosScannerFindsTheTestFileWhereverItIs(t *testing.T) {
	t.Parallel()
	for at := range 200 {
		body := strings.Repeat("x", 64<<10-100+at) + testFile + "y"
		v, err := scan.Demo{}.Scan(t.Context(), strings.NewReader(body))
		if err != nil || v.Found == "" {
			t.Fatalf("at %d: got %+v, %v", at, v, err)
		}
	}
	if v, err := (scan.Demo{}).Scan(t.Context(), strings.NewReader(strings.Repeat("EICAR ", 100_000))); err != nil || v.Found != "" {
		t.Errorf("got %+v, %v", v, err)
	}
}
