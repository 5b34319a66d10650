package stamp

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

const kindFrosting = "frosting"

// playKeys are the public keys that frosting names by their index, as SubjectPublicKeyInfo in base64: the value of
// finsky.peer_app_sharing_api.frosting_public_keys in com.android.vending 11.2.14. Newer keys may exist.
var playKeys = []string{
	"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEZH2+1+E07dnErAD3L6BbTnaohU0bbXriNlJI7VxJU+LjdSwPyXR5pomARAMoyPkMksLz/gitUPtFuJoPL2ziEw==",
}

// ecdsaSHA256 is how every frosting is signed.
var ecdsaSHA256 = x509lax.SignatureAlgorithm{Key: x509lax.EC, Hash: crypto.SHA256}

// VerifyFrosting checks Google Play's metadata: its signature by a known key of Play, and that the file is the one
// whose digest was signed. present is false where the APK carries none; the error tells that the file could not be
// read.
//
// Problems are FROSTING_MALFORMED, FROSTING_NO_ENABLED_ENTRY, FROSTING_UNKNOWN_KEY, FROSTING_DID_NOT_VERIFY,
// FROSTING_DIGEST_MISMATCH and FROSTING_OVER_LIMIT. An unknown key, no enabled entry and a limit leave it
// Unverifiable; the others make it Invalid. SHA256 is that of the key's SubjectPublicKeyInfo, where its signature
// is good.
//
// Source: the format as public notes and apkverifier's signingblock/frosting.go describe it. No public APK with a
// verifiable frosting was at hand to test with.
func VerifyFrosting(f *sigblock.File) (s *inventory.Stamp, present bool, err error) {
	return verifyFrosting(f, playKeys)
}

func verifyFrosting(f *sigblock.File, keys []string) (*inventory.Stamp, bool, error) {
	pair, ok := f.Pair(sigblock.IDFrosting)
	if !ok {
		return nil, false, nil
	}
	s := &inventory.Stamp{Kind: kindFrosting}
	if pair.Size > limits.FrostingBytes {
		give(s, inventory.Unverifiable, "FROSTING_OVER_LIMIT", "it has %d bytes, over the limit of %d", pair.Size, int64(limits.FrostingBytes))
		return s, true, nil
	}
	value, err := f.Value(pair)
	if err != nil {
		return nil, true, err
	}
	entry, err := parseFrosting(value)
	switch {
	case errors.Is(err, errNoEntry):
		give(s, inventory.Unverifiable, "FROSTING_NO_ENABLED_ENTRY", "none of its entries is in force")
	case err != nil:
		give(s, inventory.Invalid, "FROSTING_MALFORMED", "%v", err)
	case int64(entry.key) >= int64(len(keys)):
		give(s, inventory.Unverifiable, "FROSTING_UNKNOWN_KEY", "signed with key %d of Google Play, which is not known here", entry.key)
	case !entry.verify(keys[entry.key], s):
		give(s, inventory.Invalid, "FROSTING_DID_NOT_VERIFY", "its signature is not one by Google Play's key %d", entry.key)
	default:
		return s, true, compareFile(f, entry, s)
	}
	return s, true, nil
}

func give(s *inventory.Stamp, state inventory.SignatureState, id, format string, args ...any) {
	s.State = state
	s.Problems = append(s.Problems, inventory.SignatureProblem{ID: id, Message: fmt.Sprintf(format, args...)})
}

// verify checks the signature of an entry and names the key in the stamp.
func (e *frosting) verify(key string, s *inventory.Stamp) bool {
	spki, err := base64.StdEncoding.DecodeString(key)
	if err != nil {
		return false
	}
	public, err := x509lax.ParsePublicKey(spki)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(e.signed)
	if public.Verify(ecdsaSHA256, sum[:], e.signature) != nil {
		return false
	}
	name := sha256.Sum256(spki)
	s.SHA256 = hex.EncodeToString(name[:])
	return true
}

func compareFile(f *sigblock.File, e *frosting, s *inventory.Stamp) error {
	sum, err := fileDigest(f)
	if err != nil {
		return err
	}
	if !bytes.Equal(sum, e.file) {
		give(s, inventory.Invalid, "FROSTING_DIGEST_MISMATCH", "it was made for another file, of digest %x", e.file)
		return nil
	}
	s.State = inventory.Verified
	return nil
}

// fileDigest is the SHA-256 that frosting signs: the entries, the v2 signature with its id, the central directory,
// and the end record as if there were no signing block.
func fileDigest(f *sigblock.File) ([]byte, error) {
	h := sha256.New()
	if err := addRange(h, f, 0, f.BlockStart); err != nil {
		return nil, err
	}
	if v2, ok := f.Pair(sigblock.IDV2); ok && v2.Size > 0 {
		h.Write(binary.LittleEndian.AppendUint32(nil, v2.ID))
		if err := addRange(h, f, v2.Offset, v2.Offset+v2.Size); err != nil {
			return nil, err
		}
	}
	if err := addRange(h, f, f.Directory, f.End); err != nil {
		return nil, err
	}
	end, err := f.Value(sigblock.Pair{Offset: f.End, Size: f.Size - f.End})
	if err != nil {
		return nil, err
	}
	binary.LittleEndian.PutUint32(end[16:], uint32(f.BlockStart))
	h.Write(end)
	return h.Sum(nil), nil
}

// addRange hashes the bytes from..to of the file, a piece at a time.
func addRange(h hash.Hash, f *sigblock.File, from, to int64) error {
	const pieceBytes = 1 << 20
	for at := from; at < to; at += pieceBytes {
		b, err := f.Value(sigblock.Pair{Offset: at, Size: min(pieceBytes, to-at)})
		if err != nil {
			return err
		}
		h.Write(b)
	}
	return nil
}
