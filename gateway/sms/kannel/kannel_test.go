package kannel_test

import (
	"io"
	"net/http"
	"net/url"
	"testing"
	"time"

	"luukku/domain/notify"
	"luukku/domain/texting"
	"luukku/gateway/sms"
	"luukku/gateway/sms/kannel"
	"luukku/gateway/smstest"
)

func TestKannelIsATexter(t *testing.T) {
	t.Parallel()
	smstest.Conformance(t, func(t *testing.T) smstest.Subject {
		s := (&smstest.Server{
			Read: func(r *http.Request) smstest.Sent {
				b, _ := io.ReadAll(r.Body)
				return smstest.Sent{From: r.Header.Get("X-Kannel-From"), To: r.Header.Get("X-Kannel-To"), Text: string(b)}
			},
			Accept: answer(http.StatusAccepted, "0: Accepted for delivery"),
			Refuse: answer(http.StatusBadRequest, "Empty receiver number not allowed, rejected +358401234567"),
		}).Start(t)
		return smstest.Subject{Texter: kannel.New(config(s.URL)), Taken: s.Taken, Trouble: s.Make}
	})
}

func config(url string) kannel.Config {
	return kannel.Config{URL: url + "/cgi-bin/sendsms", Username: "luukku", Password: "geheim", Timeout: time.Second, Receipts: "https://gw:x@town.example/sms/main/receipt"}
}

func answer(status int, words string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(words))
	}
}

func TestKannelsAnswers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status int
		words  string
		want   string
	}{
		{202, "0: Accepted for delivery", "sent"},
		{202, "3: Queued for later delivery", "sent"},
		{200, "Sent.", "sent"},
		{400, "Missing receiver number, rejected", "permanent"},
		{400, "Sender missing and no global set, rejected", "temporary"},
		{403, "Authorization failed for sendsms", "temporary"},
		{403, "Number(s) has/have been denied by white- and/or black-lists.", "permanent"},
		{404, "Unknown request", "temporary"},
		{413, "", "permanent"},
		{302, "", "temporary"},
		{503, "Temporal failure, try again later.", "temporary"},
		{500, "", "temporary"},
	} {
		s := (&smstest.Server{Read: func(*http.Request) smstest.Sent { return smstest.Sent{} }, Accept: answer(tt.status, tt.words)}).Start(t)
		_, err := kannel.New(config(s.URL)).SendText(t.Context(), smstest.Text("a"))
		got := "temporary"
		switch {
		case err == nil:
			got = "sent"
		case notify.IsPermanent(err):
			got = "permanent"
		case notify.IsUnknown(err):
			got = "unknown"
		}
		if got != tt.want {
			t.Errorf("%d %q: got %s, want %s", tt.status, tt.words, got, tt.want)
		}
	}
}

func TestWhatKannelBringsIsRead(t *testing.T) {
	t.Parallel()
	g := kannel.New(kannel.Config{})
	head := http.Header{"X-Kannel-From": {"358401234567"}, "X-Kannel-To": {"16400"}, "X-Kannel-Time": {"2026-11-22 02:49:08"}}
	want := texting.Inbound{From: "+358401234567", To: "16400", Ref: "r1", Body: "Přijdu ä", At: 1795315748}
	for name, d := range map[string]sms.Delivered{
		"post-url":     {Header: head, Fields: url.Values{"id": {"r1"}, "at": {"1795315748"}}, Type: "text/plain", Charset: "UTF-8", Body: []byte("Přijdu ä")},
		"by its clock": {Header: head, Fields: url.Values{"id": {"r1"}}, Type: "text/plain", Charset: "UTF-8", Body: []byte("Přijdu ä")},
		"not recoded":  {Header: head, Fields: url.Values{"id": {"r1"}}, Type: "application/octet-stream", Body: []byte("\x00P\x01Y\x00i\x00j\x00d\x00u\x00 \x00\xe4")},
		"get-url":      {Fields: url.Values{"id": {"r1"}, "at": {"1795315748"}, "from": {"00358401234567"}, "to": {"16400"}, "text": {"Přijdu ä"}, "charset": {"UTF-8"}}},
	} {
		if got, err := g.In(d); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
		}
	}
	latin, err := g.In(sms.Delivered{Header: head, Charset: "ISO-8859-1", Body: []byte("\xe4\xf6")})
	if err != nil || latin.Body != "äö" {
		t.Errorf("got %q, %v", latin.Body, err)
	}
	for name, d := range map[string]sms.Delivered{
		"no sender":  {Charset: "UTF-8", Body: []byte("x")},
		"half UCS-2": {Header: head, Type: "application/octet-stream", Body: []byte("\x00P\x01")},
	} {
		if got, err := g.In(d); err == nil {
			t.Errorf("%s: got %+v", name, got)
		}
	}
	for status, want := range map[string]notify.Fate{"1": notify.Delivered, "2": notify.Undelivered, "16": notify.Undelivered, "4": notify.Buffered, "8": notify.Buffered, "3": "", "": ""} {
		a, err := g.Receipt(sms.Delivered{Fields: url.Values{"ref": {"town.x1"}, "status": {status}}})
		if a.Fate != want || (err == nil) != (want != "") || want != "" && (a.Org != "town" || a.ID != "x1") {
			t.Errorf("status %q: got %+v, %v", status, a, err)
		}
	}
}
