package jar

import (
	"bytes"
	"cmp"
	"crypto"
	"hash"
	"io"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"appraise/android/apksig/jar/entry"
	"appraise/android/apksig/jar/manifest"
	"appraise/internal/limits"
)

// job is one entry whose content has to give digests.
type job struct {
	file *entry.File
	want []manifest.Digest
	got  [][]byte
	err  error
}

// checkContent checks every entry outside META-INF against the manifest, and that all have the same signers (apksig
// verifyJarEntriesAgainstManifestAndSigners). It returns these and the weakest entry's digest.
func (v *verifier) checkContent(signers []*signer) (used signerSet, weakest crypto.Hash, err error) {
	jobs, used, err := v.plan(signers)
	if err != nil {
		return 0, 0, err
	}
	if used == 0 {
		v.errors.add(noSignedEntries, "no entry is signed")
		return 0, 0, nil
	}
	weakest = crypto.SHA512
	for _, j := range jobs {
		weakest = min(weakest, manifest.Strongest(j.want))
	}
	return used, weakest, nil
}

// plan goes over the entries in the order of their local headers, and has their content hashed.
func (v *verifier) plan(signers []*signer) ([]*job, signerSet, error) {
	w := &work{v: v, signers: signers, attributes: manifest.DigestAttributes(manifest.OfSection)}
	var stop error
	for _, i := range v.byOffset() {
		if stop = w.add(i); stop != nil {
			break // entries before it may be wrong, too, and come first
		}
	}
	if !v.SkipContent {
		if err := v.hash(w.jobs); err != nil {
			return nil, 0, err
		}
	}
	if stop != nil {
		return nil, 0, stop
	}
	w.tell()
	return w.jobs, w.first, nil
}

// byOffset lists the places of the entries that have to be signed.
func (v *verifier) byOffset() []int {
	var out []int
	for i := range v.Files {
		if !strings.HasPrefix(v.Files[i].Name, metaInf) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(v.Files[a].HeaderOffset, v.Files[b].HeaderOffset) })
	return out
}

// work is what checkContent has to do, in order.
type work struct {
	v          *verifier
	signers    []*signer
	attributes map[string]int
	first      signerSet // signers of the first signed entry, firstName
	firstName  string
	size       uint64
	jobs       []*job
	told       []func() // issues in order; those of jobs once they are done
}

func (w *work) later(id, format string, args ...any) {
	w.told = append(w.told, func() { w.v.errors.add(id, format, args...) })
}

func (w *work) tell() {
	for _, tell := range w.told {
		tell()
	}
}

// add judges one entry as far as that goes without its content.
func (w *work) add(i int) error {
	f := &w.v.Files[i]
	listed, ok := w.v.sections[f.Name]
	if !ok {
		w.later(noDigestInManifest, "%s is not in the manifest", quoted(f.Name))
		return nil
	}
	var by signerSet
	for n, s := range w.signers {
		if s.names[i] {
			by |= 1 << n
		}
	}
	switch {
	case by == 0:
		w.later(entryNotSigned, "%s is signed by nobody", quoted(f.Name))
		return nil
	case w.first == 0:
		w.first, w.firstName = by, f.Name
	case by != w.first:
		w.later(entrySignersMismatch, "%s is signed by %s, but %s by %s",
			quoted(w.firstName), w.first.names(w.signers), quoted(f.Name), by.names(w.signers))
		return nil
	}
	want, err := w.v.Range.digests(w.v.text[listed.Start:listed.End], w.attributes)
	switch {
	case err != nil:
		return within(f, err)
	case len(want) == 0:
		w.later(noDigestInManifest, "the manifest has no digest for %s", quoted(f.Name))
		return nil
	}
	if w.size += f.Size; w.size > limits.ZipTotalDeclared {
		return overLimit(f.HeaderOffset, "more than %d bytes in all entries", int64(limits.ZipTotalDeclared))
	}
	j := &job{file: f, want: want}
	w.jobs = append(w.jobs, j)
	if !w.v.SkipContent {
		w.told = append(w.told, func() { w.v.compare(j) })
	}
	return nil
}

// compare tells which of an entry's digests differ.
func (v *verifier) compare(j *job) {
	for i, d := range j.want {
		if !bytes.Equal(j.got[i], d.Sum) {
			v.errors.add(digestDidNotVerify, "%v digest of %s in the manifest is another", d.Hash, quoted(j.file.Name))
		}
	}
}

// parallelFrom is the size of an APK in bytes from which its entries are worth several workers.
const parallelFrom = 1 << 18

// hash does the jobs over all processors. Of several errors it returns the one of the first job: jobs are taken in
// order, and those before a wrong one are always done.
func (v *verifier) hash(jobs []*job) error {
	if v.Zip.Size < parallelFrom {
		for _, j := range jobs {
			if err := j.do(v.reader); err != nil {
				return err
			}
		}
		return nil
	}
	var next, wrong atomic.Int64
	wrong.Store(int64(len(jobs)))
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(jobs)) {
		group.Go(func() {
			r := v.Archive.NewReader()
			for {
				i := next.Add(1) - 1
				if i >= wrong.Load() {
					return
				}
				if jobs[i].err = jobs[i].do(r); jobs[i].err != nil {
					lower(&wrong, i)
				}
			}
		})
	}
	group.Wait()
	if i := wrong.Load(); i < int64(len(jobs)) {
		return jobs[i].err
	}
	return nil
}

// lower makes n at most i.
func lower(n *atomic.Int64, i int64) {
	for old := n.Load(); i < old && !n.CompareAndSwap(old, i); old = n.Load() {
	}
}

// do hashes the content with every digest that is wanted, in one pass.
func (j *job) do(r *entry.Reader) error {
	hashes := make([]hash.Hash, len(j.want))
	writers := make([]io.Writer, len(j.want))
	for i, d := range j.want {
		hashes[i] = d.Hash.New()
		writers[i] = hashes[i]
	}
	if err := r.Copy(io.MultiWriter(writers...), j.file); err != nil {
		return err
	}
	for _, h := range hashes {
		j.got = append(j.got, h.Sum(nil))
	}
	return nil
}
