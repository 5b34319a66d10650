package scheme

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"

	"appraise/android/apksig/sigblock"
	"appraise/inventory"
)

// CompareContent compares the digests that verified signatures vouch for with the content. A digest that differs is
// one of the block's Errors; the error returned says that the content could not be read, as *inventory.FormatError
// where the file has a form that the digest can't be taken of.
func (b *Block) CompareContent(f *sigblock.File) error {
	var kinds []sigblock.ContentDigest
	for _, s := range b.Signers {
		kinds = append(kinds, s.content...)
	}
	slices.Sort(kinds)
	kinds = slices.Compact(kinds)
	actual, err := f.Digests(kinds...)
	if errors.Is(err, sigblock.ErrAlignment) {
		return &inventory.FormatError{Offset: f.BlockStart, Message: err.Error()}
	}
	if err != nil {
		return err
	}
	for _, s := range b.Signers {
		for _, d := range s.digests {
			a, known := sigblock.FindAlgorithm(d.ID)
			if known && slices.Contains(kinds, a.Content) && !bytes.Equal(d.Value, actual[a.Content]) {
				s.fail("APK_DIGEST_DID_NOT_VERIFY", "the content is not what was signed: its %s digest is %x, signed was %s", a.Content, actual[a.Content], shortHex(d.Value))
			}
		}
	}
	return nil
}

// shortHex keeps a message short where an artifact's digest is longer than any digest.
func shortHex(b []byte) string {
	if len(b) > 64 {
		return fmt.Sprintf("%x… (%d bytes)", b[:64], len(b))
	}
	return fmt.Sprintf("%x", b)
}

// ContentDigests are those that the signers of the block name, by kind: of several signers, those of the last. They
// are proved where the block has no Errors.
func (b *Block) ContentDigests() map[sigblock.ContentDigest][]byte {
	out := map[sigblock.ContentDigest][]byte{}
	for _, s := range b.Signers {
		maps.Copy(out, s.ContentDigests())
	}
	return out
}

// ContentDigests are those that the signer names, by kind, proved where the block has no Errors.
func (s *Signer) ContentDigests() map[sigblock.ContentDigest][]byte {
	out := map[sigblock.ContentDigest][]byte{}
	for _, d := range s.digests {
		if a, known := sigblock.FindAlgorithm(d.ID); known {
			out[a.Content] = d.Value
		}
	}
	return out
}
