package scan

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"appraise/internal/limits"
	"appraise/inventory"
)

// watch keeps the time of one reading. limits.ParseTime is for parsing; what a signature covers has to be read whole,
// so that a large file on a slow disk gets a second more for every limits.ReadRate bytes that were read of it, up to
// limits.ReadPasses times its length.
type watch struct {
	taken, length atomic.Int64

	mu      sync.Mutex
	given   bool      // the reading was given up
	closing io.Closer // what it reads
}

// reads names what is read, and closes it where the reading was given up.
func (w *watch) reads(c io.Closer, length int64) {
	w.length.Store(length)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing = c; w.given {
		c.Close()
	}
}

// giveUp closes what is read: every further read fails, so that the reader comes to its end.
func (w *watch) giveUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.given = true
	if w.closing != nil {
		w.closing.Close()
	}
}

// allowed is how long the reading may take, from its start.
func (w *watch) allowed(parseTime time.Duration) time.Duration {
	taken := min(w.taken.Load(), limits.ReadPasses*w.length.Load())
	return parseTime + time.Duration(taken/limits.ReadRate)*time.Second
}

// count returns r with its reads counted.
func (w *watch) count(r io.ReaderAt) io.ReaderAt { return &counted{r, &w.taken} }

type counted struct {
	r     io.ReaderAt
	taken *atomic.Int64
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.taken.Add(int64(n))
	return n, err
}

// runner is a goroutine that does one reading after the other: its stack, once grown, serves the next. A reading that
// is given up keeps its goroutine, and the runner takes another.
type runner struct{ jobs chan func() }

// run hands a job over.
func (r *runner) run(job func()) {
	if r.jobs == nil {
		jobs := make(chan func())
		r.jobs = jobs
		go func() {
			for job := range jobs {
				job()
			}
		}()
	}
	r.jobs <- job
}

// end lets the goroutine end after its job.
func (r *runner) end() {
	if r.jobs != nil {
		close(r.jobs)
		r.jobs = nil
	}
}

// guard runs one reading. It always returns: a panic, too much time and the end of the run each give a problem. What is
// given up is closed and ends by itself.
func guard(ctx context.Context, on *runner, c candidate, opt Options, read func(*watch) result) result {
	w := &watch{}
	done := make(chan result, 1)
	on.run(func() {
		defer func() {
			if r := recover(); r != nil {
				done <- result{items: failed(c, inventory.Problem{File: c.name, Message: fmt.Sprintf("internal error while reading: %v", r), Matters: true})}
			}
		}()
		done <- read(w)
	})
	start, parseTime := time.Now(), cmp.Or(opt.ParseTime, limits.ParseTime)
	timer := time.NewTimer(parseTime)
	defer timer.Stop()
	for {
		select {
		case r := <-done:
			return r
		case <-ctx.Done():
			w.giveUp()
			on.end()
			return result{items: failed(c, inventory.Problem{File: c.name, Message: "not read: the run was ended", Matters: true})}
		case <-timer.C:
			if left := w.allowed(parseTime) - time.Since(start); left > 0 {
				timer.Reset(left)
				continue
			}
			w.giveUp()
			on.end()
			return result{items: failed(c, inventory.Problem{File: c.name, Message: fmt.Sprintf("not read within %s", w.allowed(parseTime)), Limit: true, Matters: true})}
		}
	}
}
