package stamp

// Writers of source stamps and of small files to carry them, for the stamps that no tool makes. TestApksignerStamps
// and TestCorpus hold the reader to what real tools write.

import (
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/pem"
	"testing"

	"appraise/android/apksig/sigblock"
)

const (
	rsaPSSSHA256 = 0x0101
	rsaSHA256    = 0x0103
	ecdsaID      = 0x0201
)

var le = binary.LittleEndian

// field is bytes after their length.
func field(b ...[]byte) (out []byte) {
	n := 0
	for _, part := range b {
		n += len(part)
	}
	out = le.AppendUint32(out, uint32(n))
	for _, part := range b {
		out = append(out, part...)
	}
	return out
}

func u32(n uint32) []byte { return le.AppendUint32(nil, n) }
func u64(n uint64) []byte { return le.AppendUint64(nil, n) }

// identity is a key with its certificate.
type identity struct {
	key       crypto.Signer
	cert      []byte
	algorithm uint32
}

// keys are those of android/apksig/testdata/keys.
func keys(t testing.TB) (ec, rsa identity) {
	t.Helper()
	load := func(name string, algorithm uint32) identity {
		key, err := x509.ParsePKCS8PrivateKey(readPEM(t, name+".key.pem"))
		if err != nil {
			t.Fatal(err)
		}
		return identity{key.(crypto.Signer), readPEM(t, name+".cert.pem"), algorithm}
	}
	return load("ec-p256", ecdsaID), load("rsa-2048", rsaSHA256)
}

func readPEM(t testing.TB, name string) []byte {
	t.Helper()
	block, _ := pem.Decode(read(t, "../testdata/keys/"+name))
	if block == nil {
		t.Fatalf("%s holds no PEM block", name)
	}
	return block.Bytes
}

func (i identity) sign(t testing.TB, message []byte) []byte {
	t.Helper()
	sum := sha256.Sum256(message)
	sig, err := i.key.Sign(rand.Reader, sum[:], crypto.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	return sig
}

// numbered is a number with bytes.
type numbered struct {
	id    uint32
	value []byte
}

// signatures is a sequence of them.
func signatures(list ...numbered) (out []byte) {
	for _, s := range list {
		out = append(out, field(u32(s.id), field(s.value))...)
	}
	return field(out)
}

// stampFile is a source stamp and the APK that it stands for. What is nil or missing is made right by block.
type stampFile struct {
	t          testing.TB
	id         identity
	cert       []byte // in the block
	entry      []byte
	digests    map[int]map[sigblock.ContentDigest][]byte
	schemes    map[uint32][]byte // other than the right signatures, by scheme; empty: none
	more       []byte            // further elements after the schemes
	attributes []numbered
	blob       []byte // other than the attributes
	attributed []byte // other than the right signatures of the attributes
	rest       []byte // after everything
}

func sample(t testing.TB) *stampFile {
	ec, _ := keys(t)
	sum := sha256.Sum256(ec.cert)
	return &stampFile{
		t: t, id: ec, cert: ec.cert, entry: sum[:],
		digests: map[int]map[sigblock.ContentDigest][]byte{
			1: {sigblock.ManifestSHA256: []byte("of the manifest")},
			3: {sigblock.VeritySHA256: []byte("verity"), sigblock.ChunkedSHA256: []byte("chunks")},
		},
		schemes: map[uint32][]byte{},
	}
}

// content is the stamp's block inside its length.
func (s *stampFile) content() []byte {
	var schemes []byte
	for _, id := range []int{1, 2, 3} {
		list, other := s.schemes[uint32(id)]
		if digests := s.digests[id]; !other && digests != nil {
			list = signatures(numbered{s.id.algorithm, s.id.sign(s.t, digestRecords(digests))})
		}
		if len(list) > 0 {
			schemes = append(schemes, field(u32(uint32(id)), list)...)
		}
	}
	b := append(field(s.cert), field(schemes, s.more)...)
	if s.attributes != nil || s.blob != nil {
		if s.blob == nil {
			var list []byte
			for _, a := range s.attributes {
				list = append(list, field(u32(a.id), a.value)...)
			}
			s.blob = field(list)
		}
		if s.attributed == nil {
			s.attributed = signatures(numbered{s.id.algorithm, s.id.sign(s.t, s.blob)})
		}
		b = append(append(b, field(s.blob)...), s.attributed...)
	}
	return append(b, s.rest...)
}

// input is the APK without a stamp's block.
func (s *stampFile) input() Input {
	return Input{File: open(s.t, file()), Entry: s.entry, MinSDK: 1, MaxSDK: noEnd, Digests: s.digests}
}

// file is what sigblock takes for an APK: entries, a signing block with the pairs, a directory, an end record.
func file(pairs ...numbered) []byte {
	const entries, directory = "the entries of the archive, as they stand", "the central directory"
	b := []byte(entries)
	if pairs != nil {
		size := uint64(24)
		for _, p := range pairs {
			size += 12 + uint64(len(p.value))
		}
		b = append(b, u64(size)...)
		for _, p := range pairs {
			b = append(append(append(b, u64(4+uint64(len(p.value)))...), u32(p.id)...), p.value...)
		}
		b = append(append(b, u64(size)...), "APK Sig Block 42"...)
	}
	at := len(b)
	b = append(append(b, directory...), "PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00"...)
	b = append(append(b, u32(uint32(len(directory)))...), u32(uint32(at))...)
	return append(b, "\x07\x00comment"...)
}

// node is one certificate of a lineage and who signs it.
func node(t testing.TB, cert []byte, parent *identity, parentAlgorithm, algorithm uint32) []byte {
	signed := append(field(cert), u32(parentAlgorithm)...)
	var sig []byte
	if parent != nil {
		sig = parent.sign(t, signed)
	}
	return field(field(signed), u32(23), u32(algorithm), field(sig))
}

// lineage is a history in which rsa handed over to ec.
func lineage(t testing.TB) []byte {
	ec, rsa := keys(t)
	b := append(u32(1), node(t, rsa.cert, nil, 0, rsaSHA256)...)
	return append(b, node(t, ec.cert, &rsa, rsaSHA256, ecdsaID)...)
}
