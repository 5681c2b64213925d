// Package scan asks a scanner whether a file has malware: ClamAV's clamd, or in the demo one that knows the test file of EICAR alone.
//
// It promises that "clean" is said only when the scanner has seen the whole file and said so: everything else is an error, or a reason why the file cannot be looked at.
// What becomes of files is left to domain/file.
package scan

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"luukku/domain/file"
)

// Clamd asks a clamd over its socket, which it names as unix:/path or host:port.
type Clamd struct {
	Address string
	// Patience is how long one step may take; zero is a minute.
	Patience time.Duration
}

var _ file.Scanner = Clamd{}

// piece is how much is handed over at a time.
const piece = 64 << 10

// mostAnswer is how long an answer may be.
const mostAnswer = 4096

// Scan hands a file over by INSTREAM, piece by piece, and reads what is said of it.
func (c Clamd) Scan(ctx context.Context, r io.Reader) (file.Verdict, error) {
	network, address := "tcp", c.Address
	if path, ok := strings.CutPrefix(address, "unix:"); ok {
		network, address = "unix", path
	}
	conn, err := (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, network, address)
	if err != nil {
		return file.Verdict{}, fmt.Errorf("reach clamd: %w", err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	patience := c.Patience
	if patience == 0 {
		patience = time.Minute
	}
	silent := time.AfterFunc(patience, func() { _ = conn.Close() })
	defer silent.Stop()
	sent := hand(conn, r, func() { silent.Reset(patience) })
	answer, err := bufio.NewReader(io.LimitReader(conn, mostAnswer)).ReadString(0)
	if said := strings.TrimSuffix(answer, "\x00"); err == nil {
		return verdict(said, sent)
	}
	return file.Verdict{}, fmt.Errorf("ask clamd: %w", errors.Join(sent, err))
}

// hand hands a file over. A clamd that has heard enough closes before the end: what it says then is read all the same.
func hand(conn io.Writer, r io.Reader, step func()) error {
	b := make([]byte, 4+piece)
	if _, err := conn.Write([]byte("zINSTREAM\x00")); err != nil {
		return err
	}
	for {
		n, err := io.ReadFull(r, b[4:])
		if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
			return err
		}
		binary.BigEndian.PutUint32(b, uint32(n)) // nothing is the end
		step()
		if _, err := conn.Write(b[:4+n]); err != nil || n == 0 {
			return err
		}
	}
}

// verdict reads what clamd says: "stream: OK", "stream: Name FOUND", or a reason and ERROR. What it says of a file that did not reach it whole is not believed, unless it is bad.
func verdict(said string, sent error) (file.Verdict, error) {
	said = strings.TrimPrefix(said, "stream: ")
	if found, ok := strings.CutSuffix(said, " FOUND"); ok {
		return file.Verdict{Found: found}, nil
	}
	switch {
	case strings.Contains(said, "size limit exceeded"):
		return file.Verdict{Unable: "size limit"}, nil
	case sent != nil:
		return file.Verdict{}, fmt.Errorf("hand a file to clamd: %w", sent)
	case said == "OK":
		return file.Verdict{}, nil
	}
	return file.Verdict{}, fmt.Errorf("clamd says %q", said)
}

// Demo knows the test file of EICAR, and nothing else: it is for the demo, where no file is anybody's.
type Demo struct{}

var _ file.Scanner = Demo{}

// DemoSays is what it is, for whoever reads the log.
const DemoSays = "the demo's scanner knows the EICAR test file and nothing else"

// eicar is the beginning of the test file, in two parts so that no scanner takes this program for it.
var eicar = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!`)

// Scan looks for the test file anywhere in a file.
func (Demo) Scan(ctx context.Context, r io.Reader) (file.Verdict, error) {
	b := make([]byte, 0, piece+len(eicar))
	for ctx.Err() == nil {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if bytes.Contains(b, eicar) {
			return file.Verdict{Found: "Eicar-Test-Signature"}, nil
		}
		if err == io.EOF {
			return file.Verdict{}, nil
		}
		if err != nil {
			return file.Verdict{}, err
		}
		if keep := len(eicar) - 1; len(b) > keep {
			b = b[:copy(b, b[len(b)-keep:])]
		}
	}
	return file.Verdict{}, ctx.Err()
}
