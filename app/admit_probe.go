package app

import (
	"errors"
	"os"
)

// probe goes the way of a request that arrives: a byte written into a pipe makes its reader wait where connections with something to read wait, first with
// the kernel and then among the goroutines that could run. Nothing runs while nobody comes.
type probe struct {
	read, write *os.File
	done        chan struct{}
}

// openProbe returns a probe that calls through each time it came through.
func openProbe(through func()) (*probe, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	p := &probe{read: r, write: w, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		var one [1]byte
		for {
			if _, err := r.Read(one[:]); err != nil {
				return
			}
			through()
		}
	}()
	return p, nil
}

var aByte = []byte{1}

// send sends it; false when it cannot be.
func (p *probe) send() bool {
	_, err := p.write.Write(aByte)
	return err == nil
}

// Close ends it.
func (p *probe) Close() error {
	err := errors.Join(p.write.Close(), p.read.Close())
	<-p.done
	return err
}
