package fakedevice

import (
	"io"
	"sync"
)

// gather passes on what is written to it in pieces as large as have come together meanwhile, as adbd does: the other
// side acknowledges each piece.
type gather struct {
	out   io.Writer
	mu    sync.Mutex
	ready *sync.Cond
	b     []byte
	err   error
	ended bool
	done  chan struct{}
}

func newGather(out io.Writer) *gather {
	g := &gather{out: out, done: make(chan struct{})}
	g.ready = sync.NewCond(&g.mu)
	go g.pass()
	return g
}

// Write takes p where less than one message waits.
func (g *gather) Write(p []byte) (int, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.b) >= maxData && g.err == nil {
		g.ready.Wait()
	}
	if g.err != nil {
		return 0, g.err
	}
	g.b = append(g.b, p...)
	g.ready.Broadcast()
	return len(p), nil
}

func (g *gather) pass() {
	defer close(g.done)
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		for len(g.b) == 0 && !g.ended {
			g.ready.Wait()
		}
		if len(g.b) == 0 {
			return
		}
		b := g.b
		g.b = nil
		g.ready.Broadcast()
		g.mu.Unlock()
		_, err := g.out.Write(b)
		g.mu.Lock()
		if err != nil {
			g.err = err
			g.ready.Broadcast()
			return
		}
	}
}

// Close waits until all is passed on.
func (g *gather) Close() error {
	g.mu.Lock()
	g.ended = true
	g.ready.Broadcast()
	g.mu.Unlock()
	<-g.done
	return g.err
}
