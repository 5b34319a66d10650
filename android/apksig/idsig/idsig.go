// Package idsig reads and verifies the APK Signature Scheme v4: the file APK.idsig beside an APK, by which Android
// 11 and newer installs it while it is still being sent (adb's incremental installs). The scheme never stands alone:
// it has to name the signer and the digest of the APK's own v2 or v3 signature.
//
// Source: https://source.android.com/docs/security/features/apksigning/v4 and apksig's V4Signature and
// V4SchemeVerifier.
package idsig

import (
	"encoding/binary"
	"fmt"

	"appraise/internal/limits"
	"appraise/inventory"
)

const (
	currentVersion = 2
	hashSHA256     = 1
	log2BlockSize  = 12
	maxSalt        = 32
)

var le = binary.LittleEndian

// Signature is one .idsig file. Slices point into the bytes parsed.
type Signature struct {
	Version       uint32
	HashAlgorithm uint32 // 1 = SHA-256
	Log2BlockSize uint8  // of the hash tree
	Salt          []byte // of the hash tree; Android uses none
	RootHash      []byte // of the hash tree over the whole APK
	Infos         []Info // at least one
	Tree          []byte // the hash tree, nil where the file carries none
	TreeSize      int64  // bytes of the hash tree
}

// Info is one signature of the file.
type Info struct {
	BlockID        uint32 // 0 for the first, which belongs to the v3 or v2 signer
	APKDigest      []byte // of the APK's own signature
	Certificate    []byte // DER
	AdditionalData []byte
	PublicKey      []byte // SubjectPublicKeyInfo
	AlgorithmID    uint32 // as in the signing block
	Signature      []byte
}

// Parse reads an .idsig file of at most limits.V4SignatureBytes whose signatures have at most limits.V4SigningInfo
// bytes. As for apksig, bytes after the hash tree and after the fields of a part are ignored; unlike there, a hash tree
// that is cut short is an error. The error is an *inventory.FormatError.
func Parse(b []byte) (*Signature, error) {
	if len(b) > limits.V4SignatureBytes {
		return nil, &inventory.FormatError{Message: fmt.Sprintf("%d bytes, over the limit of %d", len(b), int64(limits.V4SignatureBytes)), Limit: true}
	}
	r := &reader{rest: b}
	s := &Signature{Version: r.uint32("version")}
	if r.err == nil && s.Version != currentVersion {
		return nil, &inventory.FormatError{Message: fmt.Sprintf("version %d of the v4 signature, only %d is known", s.Version, currentVersion)}
	}
	hashing := r.part("hashing information")
	signing := r.part("signatures")
	if r.err == nil && len(r.rest) > 0 {
		s.Tree = r.bytes("hash tree")
		s.TreeSize = int64(len(s.Tree))
	}
	if r.err != nil {
		return nil, r.err
	}
	if err := s.readHashing(hashing); err != nil {
		return nil, err
	}
	return s, s.readInfos(signing)
}

func (s *Signature) readHashing(r *reader) error {
	s.HashAlgorithm = r.uint32("hash algorithm")
	s.Log2BlockSize = r.uint8("block size")
	s.Salt = r.bytes("salt")
	if r.err == nil && len(s.Salt) > maxSalt {
		r.fail(fmt.Sprintf("salt of %d bytes, at most %d are allowed", len(s.Salt), maxSalt))
	}
	s.RootHash = r.bytes("root hash")
	return r.failure()
}

func (s *Signature) readInfos(r *reader) error {
	if len(r.rest) > limits.V4SigningInfo {
		return &inventory.FormatError{Offset: r.at, Message: fmt.Sprintf("signatures of %d bytes, over the limit of %d", len(r.rest), limits.V4SigningInfo), Limit: true}
	}
	s.Infos = append(s.Infos, readInfo(r, 0))
	for r.err == nil && len(r.rest) > 0 {
		id := r.uint32("block id")
		block := r.part("signature block")
		s.Infos = append(s.Infos, readInfo(block, id))
		if r.err == nil {
			r.err = block.err
		}
	}
	return r.failure()
}

func readInfo(r *reader, id uint32) Info {
	return Info{
		BlockID:        id,
		APKDigest:      r.bytes("APK digest"),
		Certificate:    r.bytes("certificate"),
		AdditionalData: r.bytes("additional data"),
		PublicKey:      r.bytes("public key"),
		AlgorithmID:    r.uint32("signature algorithm"),
		Signature:      r.bytes("signature"),
	}
}

// reader walks little-endian numbers and byte strings after their length. Once a field doesn't fit, err is set and
// every further field is empty.
type reader struct {
	rest []byte
	at   int64 // offset of rest in the file
	err  *inventory.FormatError
}

// failure is err as an error, nil where there is none.
func (r *reader) failure() error {
	if r.err != nil {
		return r.err
	}
	return nil
}

func (r *reader) fail(message string) {
	r.err, r.rest = &inventory.FormatError{Offset: r.at, Message: message}, nil
}

func (r *reader) take(n int64, what string) []byte {
	if r.err != nil {
		return nil
	}
	if n > int64(len(r.rest)) {
		r.fail(what + " runs past the end")
		return nil
	}
	b := r.rest[:n:n]
	r.rest, r.at = r.rest[n:], r.at+n
	return b
}

func (r *reader) uint8(what string) uint8 {
	if b := r.take(1, what); b != nil {
		return b[0]
	}
	return 0
}

func (r *reader) uint32(what string) uint32 {
	if b := r.take(4, what); b != nil {
		return le.Uint32(b)
	}
	return 0
}

func (r *reader) bytes(what string) []byte { return r.take(int64(r.uint32(what)), what) }

// part reads a byte string that has fields of its own.
func (r *reader) part(what string) *reader {
	b := r.bytes(what)
	return &reader{rest: b, at: r.at - int64(len(b)), err: r.err}
}
