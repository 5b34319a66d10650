package apksig

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"appraise/android/apksig/scheme"
	"appraise/android/apksig/sigblock"
	"appraise/android/apksig/stamp"
	"appraise/internal/cms"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

// Below these sizes, in bits, a key is weak (NIST SP 800-131A).
var weakBelow = map[x509lax.KeyAlgorithm]int{x509lax.RSA: 2048, x509lax.DSA: 2048, x509lax.EC: 224}

// notes gathers what is worth knowing beyond the verdict.
type notes struct {
	*verifier
	whole *run
	best  *run // the run that names the signers
	out   []inventory.Trait
}

func (n *notes) add(id inventory.TraitID, e inventory.Evidence) {
	i := slices.IndexFunc(n.out, func(t inventory.Trait) bool { return t.ID == id })
	if i < 0 {
		i, n.out = len(n.out), append(n.out, inventory.Trait{ID: id})
	}
	if t := &n.out[i]; len(t.Evidence) < limits.AppEvidence && !slices.Contains(t.Evidence, e) {
		t.Evidence = append(t.Evidence, e)
	}
}

// traits lists the checks that apksig doesn't make, and facts about keys.
func (v *verifier) traits(whole, best *run, s inventory.Signature) ([]inventory.Trait, error) {
	stamps, problems := s.Stamps, s.Problems
	n := &notes{verifier: v, whole: whole, best: best}
	if slices.ContainsFunc(problems, func(p inventory.SignatureProblem) bool { return p.ID == "JANUS" }) {
		n.add(inventory.TraitJanus, inventory.Evidence{Detail: "a DEX file stands before the archive, and the JAR signature does not cover it"})
	}
	n.keys()
	n.lineage()
	n.v1()
	for _, s := range stamps {
		if slices.ContainsFunc(s.Problems, func(p inventory.SignatureProblem) bool { return p.ID == stamp.WithoutEntry }) {
			n.add(inventory.TraitStampWithoutEntry, inventory.Evidence{Detail: "the signing block holds a source stamp, and the entry that announces it is gone"})
		}
	}
	if err := n.pairs(); err != nil {
		return nil, err
	}
	if err := n.others(); err != nil {
		return nil, err
	}
	return n.out, nil
}

// keys looks at the certificates of the signers.
func (n *notes) keys() {
	if !n.best.verified() {
		return
	}
	_, list := n.best.effective()
	for _, c := range list {
		if isDebug(c.SubjectText()) {
			n.add(inventory.TraitDebugCertificate, inventory.Evidence{Detail: "signer " + named(c)})
		}
		if key, err := c.PublicKey(); err == nil && key.Bits < weakBelow[key.Algorithm] {
			n.add(inventory.TraitWeakSigningKey, inventory.Evidence{Detail: fmt.Sprintf("%s key of signer %s", c.KeyText(), named(c))})
		}
	}
}

// isDebug tells the certificate that Android's build tools make on each developer's computer. Every computer has
// its own key: only the name is the same, in any order.
func isDebug(subject string) bool {
	parts := strings.Split(subject, ", ")
	slices.Sort(parts)
	return slices.Equal(parts, []string{"C=US", "CN=Android Debug", "O=Android"})
}

func (n *notes) lineage() {
	lineage := n.best.lineage()
	if !n.best.verified() || len(lineage) < 2 {
		return
	}
	for i, node := range lineage[:len(lineage)-1] {
		n.add(inventory.TraitKeyRotated, inventory.Evidence{Detail: fmt.Sprintf("key %d of %d was %s", i+1, len(lineage), named(node.Certificate))})
		if node.Flags&sigblock.FlagRollback != 0 {
			n.add(inventory.TraitRollbackAllowed, inventory.Evidence{Detail: "old key " + named(node.Certificate)})
		}
	}
}

// v1 tells what JAR signing leaves open, where Android goes by it alone.
func (n *notes) v1() {
	r := n.whole.v1
	if n.best.verified() {
		r = n.best.v1
	}
	if r == nil {
		return
	}
	for _, name := range r.Leftover {
		n.add(inventory.TraitLeftoverSignature, inventory.Evidence{File: name, Detail: "a signature file without its partner"})
	}
	for _, c := range r.Unused {
		n.add(inventory.TraitSignerConfusion, inventory.Evidence{Detail: "a certificate that signs nothing: " + named(c)})
	}
	if id, _ := n.best.effective(); id != scheme.V1 || !n.best.verified() {
		return
	}
	for _, name := range r.Unprotected {
		n.add(inventory.TraitUnprotectedEntries, inventory.Evidence{File: name, Detail: "can be changed without breaking the signature"})
	}
	for _, gap := range n.zip.Gaps {
		if end := min(gap.End, n.file.BlockStart); gap.Start < end {
			n.add(inventory.TraitUnsignedBytes, inventory.Evidence{Offset: gap.Start, Detail: fmt.Sprintf("%d bytes that belong to no file", end-gap.Start)})
		}
	}
	if r.WeakDigest != "" {
		n.add(inventory.TraitWeakSigningDigest, inventory.Evidence{Detail: "its content is protected by " + r.WeakDigest + " alone"})
	}
}

// pairs looks at the signing block beyond the pairs that Android uses.
func (n *notes) pairs() error {
	f := n.file
	seen := map[uint32]bool{}
	for _, p := range f.Pairs {
		id, isScheme := map[uint32]scheme.ID{sigblock.IDV2: scheme.V2, sigblock.IDV3: scheme.V3, sigblock.IDV31: scheme.V31}[p.ID]
		if isScheme && seen[p.ID] {
			if err := n.repeated(p, id); err != nil {
				return err
			}
		}
		seen[p.ID] = true
		if p.Name() == "" || p.ID == sigblock.IDHybrid {
			value, err := f.Value(p)
			if err != nil {
				return err
			}
			n.add(inventory.TraitUnknownSigningBlock, inventory.Evidence{Offset: p.Offset,
				Detail: fmt.Sprintf("id 0x%08x, %d bytes, SHA-256 %x", p.ID, p.Size, sha256.Sum256(value))})
		}
	}
	return n.otherBlocks()
}

// otherBlocks looks for signing blocks in the gaps between entries: Android uses the one before the directory.
func (n *notes) otherBlocks() error {
	for _, gap := range n.zip.Gaps {
		end := min(gap.End, n.file.BlockStart)
		at, err := n.file.FindMark(gap.Start, max(gap.Start, end))
		if err != nil {
			return err
		}
		if at >= 0 {
			n.add(inventory.TraitSeveralSigningBlocks, inventory.Evidence{Offset: at, Detail: "the mark of another signing block than the one that Android uses"})
		}
	}
	return nil
}

// repeated tells which signer a second pair of a scheme names: readers that take the last pair see that one.
func (n *notes) repeated(p sigblock.Pair, id scheme.ID) error {
	value, err := n.file.Value(p)
	if err != nil {
		return err
	}
	b := scheme.Parse(id, value, n.context(id))
	detail := fmt.Sprintf("a second %s signature, which Android does not read", id)
	for i, c := range b.Certificates() {
		if i < shownSigners {
			detail += "; it names " + named(c)
		}
		n.foreign(c, fmt.Sprintf("a second %s signature", id))
	}
	n.add(inventory.TraitDuplicateSigningBlock, inventory.Evidence{Offset: p.Offset, Detail: detail})
	return nil
}

// foreign records a certificate that is neither a signer's nor in the rotation history.
func (n *notes) foreign(c *x509lax.Certificate, where string) {
	if n.best.lineage().Index(c) >= 0 {
		return
	}
	for _, b := range n.best.blocks() {
		if hasCertificate(b.Certificates(), c) {
			return
		}
	}
	if hasCertificate(n.best.v1Certificates(), c) {
		return
	}
	n.add(inventory.TraitSignerConfusion, inventory.Evidence{Detail: where + " names " + named(c)})
}

// shownSigners is how many signers of an unused signature are named in one sentence.
const shownSigners = 3

// context judges a signature that no version of the range reads by the first version that knew its scheme.
func (n *notes) context(id scheme.ID) scheme.Context {
	since := map[scheme.ID]int{scheme.V2: scheme.SinceV2, scheme.V3: scheme.SinceV3, scheme.V31: scheme.SinceV31}[id]
	return scheme.Context{MinSDK: max(n.opt.Range.Min, since), MaxSDK: NoUpperEnd, Memory: n.memory}
}

// others reads the signatures that the range doesn't consult, so that a signer named there and nowhere else
// is told: readers that look at another place would name that one.
func (n *notes) others() error {
	for _, s := range []struct {
		pair   uint32
		scheme scheme.ID
		read   *scheme.Block
	}{{sigblock.IDV31, scheme.V31, n.whole.v31}, {sigblock.IDV3, scheme.V3, n.whole.v3}, {sigblock.IDV2, scheme.V2, n.whole.v2}} {
		pair, ok := n.file.Pair(s.pair)
		if !ok || s.read != nil || !n.best.verified() {
			continue
		}
		value, err := n.file.Value(pair)
		if err != nil {
			return err
		}
		for _, c := range scheme.Parse(s.scheme, value, n.context(s.scheme)).Certificates() {
			n.foreign(c, fmt.Sprintf("the %s signature, which is not used,", s.scheme))
		}
	}
	if n.whole.v1 == nil && n.best.verified() {
		n.unusedJAR()
	}
	return nil
}

// unusedJAR looks at v1 signature files that no version of the range reads.
func (n *notes) unusedJAR() {
	_, manifest := n.zip.Lookup("META-INF/MANIFEST.MF")
	blocks := 0
	for i := range n.zip.Entries {
		e := &n.zip.Entries[i]
		base, ok := signatureBlockBase(e.Name)
		if !ok {
			continue
		}
		if blocks++; blocks > limits.SignersV2 {
			return
		}
		if _, file := n.zip.Lookup(base + ".SF"); !file || !manifest {
			n.add(inventory.TraitLeftoverSignature, inventory.Evidence{File: e.Name, Detail: "a v1 signature without the files it belongs to"})
		}
		for _, c := range n.jarSigners(e) {
			n.foreign(c, "the v1 signature "+strconv.Quote(e.Name)+", which is not used,")
		}
	}
}

func signatureBlockBase(name string) (string, bool) {
	for _, ext := range []string{".RSA", ".DSA", ".EC"} {
		if strings.HasPrefix(name, "META-INF/") && strings.HasSuffix(name, ext) {
			return strings.TrimSuffix(name, ext), true
		}
	}
	return "", false
}

// jarSigners returns the certificates of a signature block: those that sign, or, where none does, all.
func (n *notes) jarSigners(e *zipsafe.Entry) []*x509lax.Certificate {
	b, err := n.zip.ReadFile(e, limits.CMSBytes)
	if err != nil {
		return nil
	}
	data, err := cms.Parse(b)
	if err != nil {
		return nil
	}
	var out []*x509lax.Certificate
	for i := range data.Signers {
		if c := data.Certificate(&data.Signers[i]); c != nil {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		return data.Certificates
	}
	return out
}
