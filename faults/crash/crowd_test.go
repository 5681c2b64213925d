package crash

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"luukku/store/sqldb"
)

// crowd are sixteen clients of a running server, who book over the JSON API until they are told to stop.
type crowd struct {
	address string
	client  *http.Client
	stop    chan struct{}
	all     sync.WaitGroup

	booked, refused, unanswered atomic.Int64 // refused: 503 with Retry-After, for another reason than many others
	busy                        atomic.Int64
	mu                          sync.Mutex
	names                       map[string]int64 // who was told that a time is theirs -> its start
	wrong                       []string         // answers that nobody should get
}

func gather(address string) *crowd {
	c := &crowd{
		address: address, stop: make(chan struct{}), names: map[string]int64{},
		client: &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: clients + 1}},
	}
	born := time.Now().UnixNano()
	for n := range clients {
		c.all.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-c.stop:
					return
				default:
					c.book(fmt.Sprintf("person %d-%d-%d", born, n, i))
				}
			}
		})
	}
	return c
}

// leave lets the clients finish what they are at.
func (c *crowd) leave() {
	close(c.stop)
	c.all.Wait()
	c.client.CloseIdleConnections()
}

func (c *crowd) book(name string) {
	p := anywhere(rand.New(rand.NewPCG(rand.Uint64(), 2)), "stamp")
	body, err := json.Marshal(map[string]string{
		"service": "stamp", "office": string(p.office), "start": time.Unix(p.start, 0).UTC().Format(time.RFC3339), "name": name, "email": details(name).Email,
	})
	if err != nil {
		c.complain("%v", err)
		return
	}
	r, err := http.NewRequest(http.MethodPost, c.address+"/api/v1/organisations/"+town+"/appointments", bytes.NewReader(body))
	if err != nil {
		c.complain("%v", err)
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", strconv.FormatUint(rand.Uint64()|1<<63, 36))
	answer, err := c.client.Do(r)
	if err != nil {
		c.unanswered.Add(1)
		time.Sleep(5 * time.Millisecond)
		return
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	switch {
	case err != nil:
		c.unanswered.Add(1)
	case answer.StatusCode == http.StatusCreated:
		c.booked.Add(1)
		c.mu.Lock()
		c.names[name] = p.start
		c.mu.Unlock()
	case answer.StatusCode == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "":
		if bytes.Contains(text, []byte("/problems/error.busy")) {
			c.busy.Add(1)
		} else {
			c.refused.Add(1)
		}
		time.Sleep(50 * time.Millisecond) // not as long as they are asked to
	case answer.StatusCode == http.StatusConflict: // somebody was faster
	default:
		c.complain("status %d: %s", answer.StatusCode, text)
	}
}

func (c *crowd) complain(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wrong = append(c.wrong, fmt.Sprintf(format, args...))
}

// kept holds what the clients were told against what is on disk.
func (c *crowd) kept(t *testing.T, read sqldb.DBTX, sum *tally) {
	t.Helper()
	for i, w := range c.wrong {
		complain(t, i+1, "a client got %s", w)
	}
	disk := map[string]int64{}
	rows(t.Context(), t, read, `SELECT name, start_at FROM appointment WHERE org = $1 AND status = 'booked'`, func(scan func(...any) error) error {
		var name string
		var start int64
		err := scan(&name, &start)
		disk[name] = start
		return err
	})
	for name, start := range c.names {
		if disk[name] != start {
			sum.lost++
			complain(t, sum.lost, "%s was told to have %d and has %d", name, start, disk[name])
		}
	}
	sum.acknowledged += len(c.names)
}
