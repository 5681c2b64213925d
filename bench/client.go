package bench

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"
)

// Conn is a keep-alive connection of a raw HTTP/1.1 client: it sends requests as they were built beforehand and reads no more of an answer than it must.
// It is not safe for concurrent use.
type Conn struct {
	addr string
	conn net.Conn
	in   *bufio.Reader
	body []byte
	// KeepBody makes Do hand over bodies; otherwise they are read and dropped.
	KeepBody bool
}

// Answer is what came back. Its slices are good until the connection's next Do.
type Answer struct {
	Status   int
	ETag     string // only when the connection keeps bodies, as are Location, Cookies and RetryAfter
	Location string
	Cookies  []string
	// RetryAfter is 0 when the answer says nothing of it.
	RetryAfter time.Duration
	Body       []byte
	Bytes      int64 // of the body, as sent
}

// requestTime bounds one request: a server that does not answer for so long has failed.
const requestTime = 60 * time.Second

// Dial opens a connection.
func Dial(addr string) (*Conn, error) {
	c := &Conn{addr: addr}
	return c, c.redial()
}

func (c *Conn) redial() error {
	conn, err := net.DialTimeout("tcp", c.addr, 10*time.Second)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	c.conn = conn
	if c.in == nil {
		c.in = bufio.NewReaderSize(conn, 16<<10)
	} else {
		c.in.Reset(conn)
	}
	return nil
}

// Close ends the connection.
func (c *Conn) Close() error {
	if c.conn == nil {
		return nil
	}
	err := c.conn.Close()
	c.conn = nil
	return err
}

// Do sends a request and reads the answer. A connection that the server has closed after its last answer is opened anew for the next one; after an error
// nobody knows what became of the request, and it is never sent again.
func (c *Conn) Do(request []byte) (Answer, error) {
	if c.conn == nil {
		if err := c.redial(); err != nil {
			return Answer{}, err
		}
	}
	if err := c.conn.SetDeadline(time.Now().Add(requestTime)); err != nil {
		return Answer{}, c.broken(err)
	}
	if _, err := c.conn.Write(request); err != nil {
		return Answer{}, c.broken(fmt.Errorf("send: %w", err))
	}
	a, last, err := c.read()
	if err != nil {
		return Answer{}, c.broken(fmt.Errorf("read: %w", err))
	}
	if last {
		_ = c.Close() // the server said so
	}
	return a, nil
}

func (c *Conn) broken(err error) error { return errors.Join(err, c.Close()) }

var (
	headLength   = []byte("content-length")
	headEncoding = []byte("transfer-encoding")
	headClose    = []byte("connection")
	headETag     = []byte("etag")
	headLocation = []byte("location")
	headCookie   = []byte("set-cookie")
	headRetry    = []byte("retry-after")
)

// framing is what the head of an answer says about its body and the connection.
type framing struct {
	length  int64 // -1 when it is not said
	chunked bool
	last    bool // the server closes the connection after this answer
}

// read reads one answer; last says that the connection ends with it.
func (c *Conn) read() (a Answer, last bool, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return a, false, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.")) {
		return a, false, fmt.Errorf("this is no HTTP: %q", line)
	}
	if a.Status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return a, false, fmt.Errorf("this is no status: %q", line)
	}
	f := framing{length: -1, last: line[7] == '0'}
	if err := c.readHead(&a, &f); err != nil {
		return a, false, err
	}
	if a.Status == 204 || a.Status == 304 {
		return a, f.last, nil
	}
	c.body = c.body[:0]
	switch {
	case f.chunked:
		err = c.readChunks(&a)
	case f.length >= 0:
		err = c.take(&a, f.length)
	default: // until the connection ends
		f.last = true
		err = c.rest(&a)
	}
	a.Body = c.body
	return a, f.last, err
}

func (c *Conn) readHead(a *Answer, f *framing) error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			return nil
		}
		name, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			return fmt.Errorf("this is no header: %q", line)
		}
		value = bytes.TrimSpace(value)
		switch {
		case bytes.EqualFold(name, headLength):
			if f.length, err = strconv.ParseInt(string(value), 10, 64); err != nil || f.length < 0 {
				return fmt.Errorf("this is no length: %q", line)
			}
		case bytes.EqualFold(name, headEncoding):
			f.chunked = bytes.EqualFold(value, []byte("chunked"))
		case bytes.EqualFold(name, headClose):
			f.last = bytes.EqualFold(value, []byte("close"))
		case c.KeepBody:
			keepHeader(a, name, value)
		}
	}
}

func keepHeader(a *Answer, name, value []byte) {
	switch {
	case bytes.EqualFold(name, headETag):
		a.ETag = string(value)
	case bytes.EqualFold(name, headLocation):
		a.Location = string(value)
	case bytes.EqualFold(name, headCookie):
		pair, _, _ := strings.Cut(string(value), ";")
		a.Cookies = append(a.Cookies, pair)
	case bytes.EqualFold(name, headRetry):
		if n, err := strconv.Atoi(string(value)); err == nil {
			a.RetryAfter = time.Duration(n) * time.Second
		}
	}
}

// take reads n bytes of the body.
func (c *Conn) take(a *Answer, n int64) error {
	a.Bytes += n
	if !c.KeepBody {
		for n > 0 {
			k, err := c.in.Discard(int(min(n, 1<<20)))
			if n -= int64(k); err != nil {
				return err
			}
		}
		return nil
	}
	at := len(c.body)
	c.body = append(c.body, make([]byte, n)...)
	_, err := io.ReadFull(c.in, c.body[at:])
	return err
}

func (c *Conn) rest(a *Answer) error {
	b, err := io.ReadAll(c.in)
	a.Bytes = int64(len(b))
	if c.KeepBody {
		c.body = b
	}
	return err
}

func (c *Conn) readChunks(a *Answer) error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		size, _, _ := bytes.Cut(bytes.TrimRight(line, "\r\n"), []byte(";"))
		n, err := strconv.ParseInt(string(bytes.TrimSpace(size)), 16, 64)
		if err != nil || n < 0 {
			return fmt.Errorf("this is no chunk: %q", line)
		}
		if n == 0 {
			return c.skipTrailer()
		}
		if err := c.take(a, n); err != nil {
			return err
		}
		if _, err := c.in.Discard(2); err != nil { // CRLF
			return err
		}
	}
}

func (c *Conn) skipTrailer() error {
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			return nil
		}
	}
}
