package bounce

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"strings"

	"luukku/domain/notify"
)

// ErrNoReport says that a mail tells nothing about a delivery.
var ErrNoReport = errors.New("this mail is no report about a delivery")

// Limits: a report is a few hundred octets, somewhere in front of the mail that it returns.
const (
	maxStatus = 64 << 10
	maxParts  = 20
	maxRead   = 4 << 20
)

// Report is what a delivery status notification says.
type Report struct {
	Fate   notify.Fate
	Why    string // one of notify.Whys, where it failed
	Status string // the enhanced status code, such as 5.1.1 (RFC 3463); empty when there is none
}

// Read reads a mail as a delivery status notification, or is ErrNoReport. Any other error comes from the reader.
func Read(r io.Reader) (Report, error) {
	src := &source{r: io.LimitReader(r, maxRead)}
	report, err := readReport(src)
	if src.err != nil { // what broke off is not what it would have been
		return Report{}, src.err
	}
	if err != nil {
		return Report{}, ErrNoReport
	}
	return report, nil
}

// source remembers what went wrong with whoever reads from it.
type source struct {
	r   io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err = err
	}
	return n, err
}

func readReport(r io.Reader) (Report, error) {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return Report{}, err
	}
	media, more, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || media != "multipart/report" || more["boundary"] == "" {
		return Report{}, ErrNoReport
	}
	if kind := more["report-type"]; kind != "" && !strings.EqualFold(kind, "delivery-status") {
		return Report{}, ErrNoReport // such as a receipt that somebody has read it
	}
	parts := multipart.NewReader(m.Body, more["boundary"])
	for range maxParts {
		p, err := parts.NextRawPart()
		if err != nil {
			return Report{}, err
		}
		media, _, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
		if err != nil || media != "message/delivery-status" && media != "message/global-delivery-status" {
			continue
		}
		return readStatus(io.LimitReader(decoded(p), maxStatus))
	}
	return Report{}, ErrNoReport
}

func decoded(p *multipart.Part) io.Reader {
	switch strings.ToLower(strings.TrimSpace(p.Header.Get("Content-Transfer-Encoding"))) {
	case "base64":
		return base64.NewDecoder(base64.StdEncoding, p)
	case "quoted-printable":
		return quotedprintable.NewReader(p)
	}
	return p
}

// readStatus reads the groups of fields: one about the mail, then one for each recipient. A mail of ours has one recipient; of several the worst counts.
func readStatus(r io.Reader) (Report, error) {
	in := textproto.NewReader(bufio.NewReader(r))
	var worst Report
	for range maxParts {
		h, err := in.ReadMIMEHeader()
		if got, ok := of(h); ok && rank(got.Fate) > rank(worst.Fate) {
			worst = got
		}
		if err != nil { // the end, or a line that is none
			break
		}
	}
	if worst.Fate == "" {
		return worst, ErrNoReport
	}
	return worst, nil
}

func rank(f notify.Fate) int {
	return map[notify.Fate]int{notify.Delivered: 1, notify.Buffered: 2, notify.Undelivered: 3}[f]
}

// of reads what one group says of its recipient; false when it says nothing that counts. "relayed" and "expanded" mean that nobody will tell.
func of(h textproto.MIMEHeader) (Report, bool) {
	action, _, _ := strings.Cut(strings.TrimSpace(h.Get("Action")), " ")
	r := Report{Status: statusOf(h.Get("Status"))}
	switch strings.ToLower(action) {
	case "failed":
		r.Fate, r.Why = notify.Undelivered, whyOf(r.Status)
	case "delayed":
		r.Fate = notify.Buffered
	case "delivered":
		r.Fate = notify.Delivered
	default:
		return r, false
	}
	return r, true
}

// statusOf returns an enhanced status code out of what may stand around it, or "".
func statusOf(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), " ")
	if len(s) < 5 || len(s) > 9 || strings.Count(s, ".") != 2 || strings.Trim(s, ".0123456789") != "" {
		return ""
	}
	return s
}

// whyOf puts the last two numbers of a status code (RFC 3463) into a word of notify.Whys.
func whyOf(status string) string {
	_, what, _ := strings.Cut(status, ".")
	switch what {
	case "1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "4.4":
		return notify.WhyNoSuch
	case "2.2":
		return notify.WhyFull
	case "4.1", "4.7":
		return notify.WhyExpired
	}
	return notify.WhyReturned
}
