package jar

import (
	"crypto"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"appraise/android/apksig/jar/entry"
	"appraise/android/apksig/jar/manifest"
	"appraise/internal/limits"
)

const (
	metaInf      = "META-INF/"
	manifestName = metaInf + "MANIFEST.MF"
)

// verifier is one run of Verify. It goes the way of apksig's V1SchemeVerifier.Signers.verify and stops where that does.
type verifier struct {
	Input
	Result
	*entry.Archive
	reader *entry.Reader
	left   int64        // bytes that the manifest and signature files still to read may have
	newer  map[int]bool // Schemes

	errors, warnings issues

	sigFiles map[string]int // .SF name -> place in files
	blocks   []int          // places in files

	text     []byte                      // of the manifest
	main     *manifest.Section           // of the manifest; nil where it is empty
	sections map[string]manifest.Section // of the manifest, by name
	sums     map[crypto.Hash][]byte      // of the whole manifest
}

func (v *verifier) run() error {
	v.survey()
	if v.findDuplicates(); v.errors.any() {
		return nil
	}
	at, ok := v.Index[manifestName]
	if !ok {
		v.errors.add(noManifest, "no %s", manifestName)
		return nil
	}
	if err := v.readManifest(&v.Files[at]); err != nil || v.errors.any() {
		return err
	}
	signers := v.pairs()
	if v.errors.any() {
		return nil
	}
	if ok, err := v.checkBlocks(signers); err != nil || !ok {
		return err
	}
	signers, err := v.checkSigFiles(signers)
	if err != nil || len(signers) == 0 {
		return err
	}
	used, content, err := v.checkContent(signers)
	if err != nil || v.errors.any() {
		return err
	}
	v.settle(signers, used, content)
	return nil
}

// survey finds the files of the signature and those among them that lack their partner.
func (v *verifier) survey() {
	v.sigFiles = map[string]int{}
	hasBlock := map[string]bool{} // by name without extension
	for i := range v.Files {
		name := v.Files[i].Name
		if !strings.HasPrefix(name, metaInf) {
			continue
		}
		switch base, isBlock := blockBase(name); {
		case name == manifestName:
			v.Present = true
		case strings.HasSuffix(name, ".SF"):
			v.Present = true
			v.sigFiles[name] = i
		case isBlock:
			v.Present = true
			v.blocks = append(v.blocks, i)
			hasBlock[base] = true
		}
	}
	_, hasManifest := v.Index[manifestName]
	var leftover []int
	for name, i := range v.sigFiles {
		if !hasManifest || !hasBlock[strings.TrimSuffix(name, ".SF")] {
			leftover = append(leftover, i)
		}
	}
	strangers := 0
	for _, i := range v.blocks {
		if _, ok := v.sigFileOf(i); ok && hasManifest {
			continue
		}
		leftover = append(leftover, i)
		if strangers++; strangers <= limits.SignersV2 {
			v.addStrangers(&v.Files[i])
		}
	}
	slices.Sort(leftover)
	for _, i := range leftover {
		v.Leftover = append(v.Leftover, v.Files[i].Name)
	}
}

// blockBase cuts the extension off the name of a signature block.
func blockBase(name string) (base string, ok bool) {
	for _, extension := range []string{".RSA", ".DSA", ".EC"} {
		if base, ok := strings.CutSuffix(name, extension); ok {
			return base, true
		}
	}
	return "", false
}

// sigFileOf finds the .SF of the block.
func (v *verifier) sigFileOf(block int) (int, bool) {
	base, _ := blockBase(v.Files[block].Name)
	i, ok := v.sigFiles[base+".SF"]
	return i, ok
}

func (v *verifier) findDuplicates() {
	if len(v.Index) == len(v.Files) {
		return
	}
	told := map[string]bool{}
	for i := range v.Files {
		if name := v.Files[i].Name; v.Index[name] != i && !told[name] {
			told[name] = true
			v.errors.add(duplicateEntry, "more than one entry %s", quoted(name))
		}
	}
}

// readManifest reads the manifest and its sections, each of which has to name an entry of its own.
func (v *verifier) readManifest(f *entry.File) (err error) {
	if v.text, err = readText(v.reader, f, &v.left); err != nil {
		return err
	}
	v.ManifestDigest, v.HasManifest = sha256.Sum256(v.text), true
	v.sums, v.sections = map[crypto.Hash][]byte{}, map[string]manifest.Section{}
	p := manifest.NewSections(v.text)
	if main, ok := p.Next(); ok {
		v.main = &main
	}
	for n := 1; ; n++ {
		s, ok := p.Next()
		if !ok {
			return nil
		}
		if n > limits.JARSections {
			return overLimit(f.HeaderOffset, "%s has more than %d sections", manifestName, limits.JARSections)
		}
		_, seen := v.sections[s.Name]
		_, exists := v.Index[s.Name]
		switch {
		case !s.Named:
			v.errors.add(unnamedSection, "section %d of %s does not start with a name", n, manifestName)
			continue
		case seen:
			v.errors.add(duplicateSection, "more than one section %s in %s", quoted(s.Name), manifestName)
		case !exists:
			v.errors.add(missingEntry, "%s names %s, which is not there", manifestName, quoted(s.Name))
		}
		v.sections[s.Name] = s
	}
}

// pairs returns the blocks that have their .SF, in directory order.
func (v *verifier) pairs() []*signer {
	var out []*signer
	for _, i := range v.blocks {
		block := &v.Files[i]
		at, ok := v.sigFileOf(i)
		if !ok {
			base, _ := blockBase(block.Name)
			v.warnings.add(missingFile, "%s without %s", quoted(block.Name), quoted(base+".SF"))
			continue
		}
		out = append(out, &signer{block: block, sigFile: &v.Files[at], sums: map[crypto.Hash][]byte{}})
	}
	switch {
	case len(out) == 0:
		v.errors.add(noSignatures, "no signature block with its signature file")
	case len(out) > limits.SignersV2:
		v.errors.add(maxSignatures, "%d signers, Android takes at most %d", len(out), limits.SignersV2)
	}
	return out
}

// checkBlocks checks each signature block against its .SF; ok is false where one fails.
func (v *verifier) checkBlocks(signers []*signer) (ok bool, err error) {
	ok = true
	for _, s := range signers {
		if err := v.checkBlock(s); err != nil {
			return false, err
		}
		if s.errors.any() {
			ok = false
			v.Signers = append(v.Signers, s.result())
		}
	}
	return ok, nil
}

// checkSigFiles checks each .SF against the manifest and returns the signers that Android doesn't pass over; none
// where one fails.
func (v *verifier) checkSigFiles(signers []*signer) ([]*signer, error) {
	var remaining []*signer
	for _, s := range signers {
		if err := v.checkSigFile(s); err != nil {
			return nil, err
		}
		switch {
		case s.ignored:
			v.Ignored = append(v.Ignored, s.result())
		case s.errors.any():
			v.Signers = append(v.Signers, s.result())
		default:
			remaining = append(remaining, s)
		}
	}
	switch {
	case len(v.Signers) > 0:
		return nil, nil
	case len(remaining) == 0:
		v.errors.add(noSignatures, "Android passes over every signature")
	}
	return remaining, nil
}

// settle completes the result of a verified APK. content is the weakest of the entries' digests.
func (v *verifier) settle(signers []*signer, used signerSet, content crypto.Hash) {
	v.Verified = true
	protected := map[string]bool{manifestName: true}
	var chain crypto.Hash // the strongest signer's weakest step
	for i, s := range signers {
		if !used.has(i) {
			v.Ignored = append(v.Ignored, s.result())
			continue
		}
		v.Signers = append(v.Signers, s.result())
		protected[s.block.Name], protected[s.sigFile.Name] = true, true
		chain = max(chain, min(s.signed, s.listed))
	}
	v.WeakDigest = weak(min(content, chain))
	for i := range v.Files {
		if name := v.Files[i].Name; strings.HasPrefix(name, metaInf) && !protected[name] {
			v.Unprotected = append(v.Unprotected, name)
			v.warnings.add(unprotectedEntry, "%s is covered by no signature", quoted(name))
		}
	}
}

// sum returns the digest of the whole manifest.
func (v *verifier) sum(h crypto.Hash) []byte { return memo(v.sums, h, v.text) }

// memo computes each digest of the text once.
func memo(sums map[crypto.Hash][]byte, h crypto.Hash, text []byte) []byte {
	if sums[h] == nil {
		d := h.New()
		d.Write(text)
		sums[h] = d.Sum(nil)
	}
	return sums[h]
}

// signerSet is a set of signers by their places; limits.SignersV2 fit.
type signerSet uint16

func (s signerSet) has(i int) bool { return s&(1<<i) != 0 }

// names lists the names of the blocks.
func (s signerSet) names(signers []*signer) string {
	var out []string
	for i, one := range signers {
		if s.has(i) {
			out = append(out, fmt.Sprint(quoted(one.block.Name)))
		}
	}
	return strings.Join(out, ", ")
}
