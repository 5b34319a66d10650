package idsig

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"

	"appraise/android/apksig/sigblock"
	"appraise/internal/x509lax"
)

// Issue is one defect by apksig's name for it, as in ApkVerifier.Issue.
type Issue struct{ ID, Message string }

// Expected is what the APK's own signature says, which the v4 signature has to repeat.
type Expected struct {
	Certificate []byte // DER, of the signer
	Digest      []byte // the one that Best picks of the signer's content digests
}

// Best picks the content digest that a v4 signature repeats, nil where there is none that it can.
// Source: apksig's ApkSigningBlockUtils.pickBestDigestForV4.
func Best(digests map[sigblock.ContentDigest][]byte) []byte {
	for _, kind := range []sigblock.ContentDigest{sigblock.ChunkedSHA512, sigblock.VeritySHA256, sigblock.ChunkedSHA256} {
		if d := digests[kind]; d != nil {
			return d
		}
	}
	return nil
}

// Verify checks the root hash over the whole APK of size bytes in r (not with skipContent), the signature of each
// Info, and that their certificates and digests are those of the APK's own signers: of v3, else v2, first, of v3.1
// second. A hash tree in the file has to be the one of that root. Nothing returned means that it verified. Errors in
// reading the APK are issues, too.
// Source: V4SchemeVerifier, ApkVerifier.checkV4Signer.
func (s *Signature) Verify(r io.ReaderAt, size int64, skipContent bool, expected []Expected) []Issue {
	if s.Version != currentVersion {
		return issue("V4_SIG_VERSION_NOT_CURRENT", "version %d of the v4 signature, only %d is known", s.Version, currentVersion)
	}
	if len(s.Infos) == 0 {
		return issue("V4_SIG_NO_SIGNATURES", "it holds no signature")
	}
	for i := range s.Infos {
		if list := s.Infos[i].verify(s.signedData(size, &s.Infos[i])); list != nil {
			return list
		}
	}
	if list := s.checkRoot(r, size, skipContent); list != nil {
		return list
	}
	return s.compare(expected)
}

func issue(id, format string, args ...any) []Issue {
	return []Issue{{ID: id, Message: fmt.Sprintf(format, args...)}}
}

// signedData is what an Info's signature covers. Source: V4Signature.getSignedData.
func (s *Signature) signedData(size int64, info *Info) []byte {
	b := make([]byte, 4)
	b = le.AppendUint64(b, uint64(size))
	b = le.AppendUint32(b, s.HashAlgorithm)
	b = append(b, s.Log2BlockSize)
	for _, field := range [][]byte{s.Salt, s.RootHash, info.APKDigest, info.Certificate, info.AdditionalData} {
		b = le.AppendUint32(b, uint32(len(field)))
		b = append(b, field...)
	}
	le.PutUint32(b, uint32(len(b)))
	return b
}

// verify checks the signature and that the key is the certificate's.
func (i *Info) verify(data []byte) []Issue {
	a, ok := sigblock.FindAlgorithm(i.AlgorithmID)
	if !ok {
		return issue("V4_SIG_UNKNOWN_SIG_ALGORITHM", "signature algorithm 0x%x is unknown", i.AlgorithmID)
	}
	key, err := x509lax.ParsePublicKey(i.PublicKey)
	if err != nil || key.Algorithm != a.Signature.Key {
		return issue("V4_SIG_MALFORMED_PUBLIC_KEY", "the public key is none for %s", a.Name)
	}
	switch err := a.Verify(key, data, i.Signature); {
	case errors.Is(err, x509lax.ErrMismatch):
		return issue("V4_SIG_DID_NOT_VERIFY", "the signature by %s is not one over its data and an APK of this size", a.Name)
	case err != nil:
		return issue("V4_SIG_VERIFY_EXCEPTION", "the signature by %s can't be checked: %v", a.Name, err)
	}
	c, err := x509lax.ParseCertificate(i.Certificate)
	if err != nil {
		return issue("V4_SIG_MALFORMED_CERTIFICATE", "its certificate can't be read: %v", err)
	}
	if !bytes.Equal(c.SPKI, i.PublicKey) {
		return issue("V4_SIG_PUBLIC_KEY_MISMATCH_BETWEEN_CERTIFICATE_AND_SIGNATURES_RECORD", "the public key that signed is not that of the certificate")
	}
	return nil
}

// checkRoot compares the root hash with the content, and the tree with it. Like apksig it uses no salt, whatever the
// file names.
func (s *Signature) checkRoot(r io.ReaderAt, size int64, skipContent bool) []Issue {
	if s.HashAlgorithm != hashSHA256 || s.Log2BlockSize != log2BlockSize {
		return issue("V4_SIG_APK_ROOT_DID_NOT_VERIFY", "its hash tree is made with algorithm %d in blocks of 2^%d bytes, which Android does not know", s.HashAlgorithm, s.Log2BlockSize)
	}
	if !skipContent {
		if list := s.compareRoot(r, size); list != nil {
			return list
		}
	}
	if s.Tree != nil && !treeOf(s.Tree, size, s.RootHash) {
		return issue("V4_SIG_APK_TREE_DID_NOT_VERIFY", "its hash tree is not that of its root hash")
	}
	return nil
}

func (s *Signature) compareRoot(r io.ReaderAt, size int64) []Issue {
	root, err := sigblock.MerkleRoot(r, size, nil)
	if err != nil {
		return issue("V4_SIG_VERIFY_EXCEPTION", "its root hash can't be checked: %v", err)
	}
	if !bytes.Equal(root, s.RootHash) {
		return issue("V4_SIG_APK_ROOT_DID_NOT_VERIFY", "the content is not what was signed: its root hash is %x", root)
	}
	return nil
}

// treeOf reports whether tree is a hash tree under root over a file of size bytes. It has its levels from the top
// down; the root is the digest of its first block. Source: apksig's VerityTreeBuilder.
func treeOf(tree []byte, size int64, root []byte) bool {
	const block = 1 << log2BlockSize
	levels, total := treeLevels(size)
	if total != int64(len(tree)) || len(root) != sha256.Size {
		return false
	}
	above := root
	for _, length := range slices.Backward(levels) {
		level := tree[:length]
		tree = tree[length:]
		for at := 0; at < len(level); at += block {
			sum := sha256.Sum256(level[at : at+block])
			if !bytes.Equal(sum[:], above[:sha256.Size]) {
				return false
			}
			above = above[sha256.Size:]
		}
		above = level
	}
	return true
}

// treeLevels are the sizes of a hash tree's levels from the leaves up, each filled with zeros to whole blocks, and
// their sum.
func treeLevels(size int64) (levels []int64, total int64) {
	const block = 1 << log2BlockSize
	for n := size; len(levels) == 0 || n > block; {
		n = (n + block - 1) / block * sha256.Size
		level := (n + block - 1) / block * block
		levels, total = append(levels, level), total+level
	}
	return levels, total
}

// compare holds the signatures to the APK's own signers.
func (s *Signature) compare(expected []Expected) []Issue {
	switch {
	case len(expected) == 0:
		return issue("V4_SIG_V2_V3_SIGNERS_MISMATCH", "there is no v2 or v3 signature to which it could belong")
	case len(expected) == 2 && len(s.Infos) != 2:
		return issue("V41_SIG_NEEDS_TWO_SIGNERS", "it has %d signers, a v3.1 signature needs two", len(s.Infos))
	case len(s.Infos) != len(expected):
		return issue("V4_SIG_MULTIPLE_SIGNERS", "it has %d signers, the APK's own signature %d", len(s.Infos), len(expected))
	}
	var out []Issue
	for i, e := range expected {
		if !bytes.Equal(s.Infos[i].Certificate, e.Certificate) {
			out = append(out, issue("V4_SIG_V2_V3_SIGNERS_MISMATCH", "signer %d is not that of the APK's own signature", i+1)...)
		}
		if !bytes.Equal(s.Infos[i].APKDigest, e.Digest) {
			out = append(out, issue("V4_SIG_V2_V3_DIGESTS_MISMATCH", "the digest of signer %d is not that of the APK's own signature", i+1)...)
		}
	}
	return out
}
