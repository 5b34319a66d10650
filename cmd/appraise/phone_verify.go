package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"appraise/android/bundle"
	"appraise/android/capture"
	"appraise/android/device"
	"appraise/finding"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// wholeReaders is how many apps are read from the phone at once.
const wholeReaders = 2

// whole is one package whose APKs are read whole.
type whole struct {
	files []*capture.APK
	items []*inventory.Item // one a user

	read *inventory.Item // what the files gave, nil where they were not read
	err  error           // why not
}

// verify compares the whole content of the apps that didn't come with the phone with their signatures. An app that
// can't be read whole keeps what was known, with a problem that makes the answer incomplete: it was asked for. The
// error is the context's.
func (p *phoneRun) verify(ctx context.Context, c *capture.Capture, r *finding.Report) error {
	list := wholeApps(c, r)
	sdk := 0
	for _, s := range r.Sources {
		if s.Device != nil {
			sdk = s.Device.SDK
		}
	}
	p.readWhole(ctx, list, sdk)
	p.bar.end()
	if err := ctx.Err(); err != nil {
		return readError(err)
	}
	for _, w := range list {
		for _, it := range w.items {
			w.apply(it)
		}
		if w.err != nil {
			r.Complete = false
		}
	}
	return nil
}

// wholeApps lists the packages to read, by name.
func wholeApps(c *capture.Capture, r *finding.Report) []*whole {
	byName := map[string]*whole{}
	for i := range r.Items {
		it := &r.Items[i]
		if it.Kind != inventory.KindApp || it.System {
			continue
		}
		if byName[it.ID] == nil {
			byName[it.ID] = &whole{}
		}
		byName[it.ID].items = append(byName[it.ID].items, it)
	}
	for i := range c.APKs {
		if w := byName[c.APKs[i].Package]; w != nil {
			w.files = append(w.files, &c.APKs[i])
		}
	}
	var list []*whole
	for _, w := range byName {
		slices.SortFunc(w.files, func(a, b *capture.APK) int {
			return cmp.Or(strings.Compare(a.Split, b.Split), strings.Compare(a.Path, b.Path))
		})
		list = append(list, w)
	}
	slices.SortFunc(list, func(a, b *whole) int { return strings.Compare(a.items[0].ID, b.items[0].ID) })
	return list
}

// readWhole reads the packages, and stops asking once the phone went away.
func (p *phoneRun) readWhole(ctx context.Context, list []*whole, sdk int) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if p.lost {
		cancel(errGone)
	}
	jobs := make(chan *whole)
	var readers sync.WaitGroup
	for range wholeReaders {
		readers.Go(func() {
			for w := range jobs {
				w.read, w.err = p.readOne(ctx, w.files, sdk)
				var failed *device.Error
				if errors.As(w.err, &failed) && failed.Kind == device.Lost {
					cancel(errGone)
				}
			}
		})
	}
	for i, w := range list {
		p.bar.show(i, len(list), "comparing apps with their signatures")
		jobs <- w
	}
	close(jobs)
	readers.Wait()
}

var errGone = errors.New("the phone went away")

// readOne reads the APKs of one app whole.
func (p *phoneRun) readOne(ctx context.Context, files []*capture.APK, sdk int) (*inventory.Item, error) {
	opt := bundle.Options{MinSDK: sdk, MaxSDK: sdk, OneReader: true}
	var parts []bundle.Part
	for _, apk := range files {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if apk.Size == 0 {
			return nil, errors.New(cmp.Or(apk.Reason, "its size is not known"))
		}
		f, err := p.link.APK(ctx, apk.Path, apk.Size)
		if err != nil {
			return nil, err
		}
		item, err := readFile(f, opt)
		if err != nil {
			return nil, err
		}
		parts = append(parts, bundle.Part{Name: path.Base(apk.Path), Item: item})
	}
	if len(parts) == 0 {
		return nil, errors.New("the phone told no file of it")
	}
	return bundle.Merge(parts, opt), nil
}

// readFile reads one APK whole. The error is the phone's; what is wrong with the APK is in the item.
func readFile(f *device.File, opt bundle.Options) (*inventory.Item, error) {
	watched := &watchedReader{r: f}
	z, err := zipsafe.Open(watched, f.Size())
	if watched.err() != nil {
		return nil, watched.err()
	}
	if err != nil {
		return nil, err
	}
	item := bundle.ReadAPK(z, nil, opt)
	return item, watched.err()
}

// apply gives the item the signature that was checked over the whole content.
func (w *whole) apply(it *inventory.Item) {
	if w.err != nil {
		it.AddProblem(inventory.Problem{Message: "its content was not compared with its signature: " + w.err.Error(), Matters: true})
		return
	}
	it.Signature = w.read.Signature
	for _, t := range w.read.Traits {
		it.AddTrait(t.ID, t.Evidence...)
	}
	for _, problem := range w.read.Problems {
		if !slices.Contains(it.Problems, problem) {
			it.AddProblem(problem)
		}
	}
	it.Sort()
}

// watchedReader remembers the first error of the phone, so that bytes which didn't come are not taken for bytes that
// are wrong.
type watchedReader struct {
	r      io.ReaderAt
	mu     sync.Mutex
	failed error
}

func (w *watchedReader) ReadAt(b []byte, at int64) (int, error) {
	n, err := w.r.ReadAt(b, at)
	if err != nil && err != io.EOF {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.failed == nil {
			w.failed = err
		}
	}
	return n, err
}

func (w *watchedReader) err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.failed
}
