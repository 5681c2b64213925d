package smstest

import (
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// Server is the far side of a gateway over HTTP: it takes what Read understands, unless it is told to make trouble.
type Server struct {
	*httptest.Server
	// Read reads a request, which Accept and Refuse answer.
	Read           func(*http.Request) Sent
	Accept, Refuse http.HandlerFunc

	mu      sync.Mutex
	taken   []Sent
	trouble Trouble
}

// Start starts it on loopback until the test ends.
func (s *Server) Start(t *testing.T) *Server {
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

// Taken returns what it took.
func (s *Server) Taken() []Sent {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Sent(nil), s.taken...)
}

// Make makes trouble with the next request.
func (s *Server) Make(trouble Trouble) bool {
	if trouble == Down {
		s.Close()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = trouble
	return true
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	got := s.Read(r)
	s.mu.Lock()
	trouble := s.trouble
	s.trouble = ""
	if trouble != Refuse && trouble != Later {
		s.taken = append(s.taken, got)
	}
	s.mu.Unlock()
	switch trouble {
	case Refuse:
		s.Refuse(w, r)
	case Later:
		w.WriteHeader(http.StatusServiceUnavailable)
	case Lose, Garble:
		conn := hijack(w)
		if trouble == Garble {
			_, _ = conn.Write([]byte("\x00\xff+358401234567 was it?\r\n\r\n"))
		}
		_ = conn.Close()
	case Slow:
		select {
		case <-r.Context().Done():
		case <-time.After(10 * time.Second):
		}
	default:
		s.Accept(w, r)
	}
}

func hijack(w http.ResponseWriter) net.Conn {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	return conn
}
