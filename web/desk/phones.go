package desk

import (
	"sync"

	"luukku/domain/notify"
)

// mostPhones is how many numbers are remembered as people write them.
const mostPhones = 20_000

// phones remembers numbers as people of a country write them: to find that out takes ten times as long as the rest of a row of the day's list. The zero phones
// is ready, and safe for concurrent use.
type phones struct {
	mu    sync.RWMutex
	shown map[[2]string]string
}

// show writes a number as people of a country do.
func (p *phones) show(e164, country string) string {
	if e164 == "" {
		return ""
	}
	key := [2]string{e164, country}
	p.mu.RLock()
	text, ok := p.shown[key]
	p.mu.RUnlock()
	if ok {
		return text
	}
	text = notify.ShowPhone(e164, country)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown == nil || len(p.shown) >= mostPhones {
		p.shown = map[[2]string]string{}
	}
	p.shown[key] = text
	return text
}
