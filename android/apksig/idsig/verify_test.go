package idsig

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/apksig/sigblock"
)

const (
	rsaSHA256   = 0x0103
	ecdsaSHA256 = 0x0201
)

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
	return load("ec-p256", ecdsaSHA256), load("rsa-2048", rsaSHA256)
}

func readPEM(t testing.TB, name string) []byte {
	t.Helper()
	block, _ := pem.Decode(read(t, "../testdata/keys/"+name))
	if block == nil {
		t.Fatalf("%s holds no PEM block", name)
	}
	return block.Bytes
}

// apk is any file: the scheme knows nothing of its content.
var apk = bytes.Repeat([]byte("content "), 1000)

// sample is a signature over apk by one key, or by two.
func sample(t testing.TB, signers int) *Signature {
	t.Helper()
	root, err := sigblock.MerkleRoot(bytes.NewReader(apk), int64(len(apk)), nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &Signature{Version: 2, HashAlgorithm: 1, Log2BlockSize: 12, Salt: []byte{}, RootHash: root}
	ec, rsa := keys(t)
	for i, id := range []identity{ec, rsa}[:signers] {
		info := Info{APKDigest: []byte{byte(i), 1, 2, 3}, Certificate: id.cert, AdditionalData: []byte{}, PublicKey: spki(t, id), AlgorithmID: id.algorithm}
		if i > 0 {
			info.BlockID = sigblock.IDV31
		}
		s.Infos = append(s.Infos, info)
		sign(t, s, i, id)
	}
	return s
}

func spki(t testing.TB, id identity) []byte {
	t.Helper()
	b, err := x509.MarshalPKIXPublicKey(id.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func sign(t testing.TB, s *Signature, i int, id identity) {
	t.Helper()
	sum := sha256.Sum256(s.signedData(int64(len(apk)), &s.Infos[i]))
	var err error
	if s.Infos[i].Signature, err = id.key.Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
		t.Fatal(err)
	}
}

func expected(s *Signature) (out []Expected) {
	for _, i := range s.Infos {
		out = append(out, Expected{slices.Clone(i.Certificate), slices.Clone(i.APKDigest)})
	}
	return out
}

func ids(list []Issue) (out []string) {
	for _, i := range list {
		out = append(out, i.ID)
	}
	return out
}

// flip returns b with its last byte changed.
func flip(b []byte) []byte {
	b = slices.Clone(b)
	b[len(b)-1] ^= 1
	return b
}

func TestVerifyDamaged(t *testing.T) {
	ec, rsa := keys(t)
	for _, test := range []struct {
		name   string
		change func(s *Signature)
		want   []string
	}{
		{"nothing", func(*Signature) {}, nil},
		{"version", func(s *Signature) { s.Version = 3 }, []string{"V4_SIG_VERSION_NOT_CURRENT"}},
		{"hash algorithm", func(s *Signature) { s.HashAlgorithm = 2 }, []string{"V4_SIG_DID_NOT_VERIFY"}},
		{"block size", func(s *Signature) { s.Log2BlockSize = 13 }, []string{"V4_SIG_DID_NOT_VERIFY"}},
		{"salt", func(s *Signature) { s.Salt = []byte{1} }, []string{"V4_SIG_DID_NOT_VERIFY"}},
		{"root hash", func(s *Signature) { s.RootHash = flip(s.RootHash) }, []string{"V4_SIG_DID_NOT_VERIFY"}},
		{"APK digest", func(s *Signature) { s.Infos[0].APKDigest = flip(s.Infos[0].APKDigest) }, []string{"V4_SIG_DID_NOT_VERIFY"}},
		{"certificate", func(s *Signature) { s.Infos[0].Certificate = flip(s.Infos[0].Certificate) }, []string{"V4_SIG_DID_NOT_VERIFY"}},
		{"additional data", func(s *Signature) { s.Infos[0].AdditionalData = []byte{1} }, []string{"V4_SIG_DID_NOT_VERIFY"}},
		{"public key off the curve", func(s *Signature) { s.Infos[0].PublicKey = flip(s.Infos[0].PublicKey) }, []string{"V4_SIG_MALFORMED_PUBLIC_KEY"}},
		{"public key of another kind", func(s *Signature) { s.Infos[0].PublicKey = spki(t, rsa) }, []string{"V4_SIG_MALFORMED_PUBLIC_KEY"}},
		{"no public key", func(s *Signature) { s.Infos[0].PublicKey = nil }, []string{"V4_SIG_MALFORMED_PUBLIC_KEY"}},
		{"unknown algorithm", func(s *Signature) { s.Infos[0].AlgorithmID = 0x0999 }, []string{"V4_SIG_UNKNOWN_SIG_ALGORITHM"}},
		{"algorithm of another kind", func(s *Signature) { s.Infos[0].AlgorithmID = rsaSHA256 }, []string{"V4_SIG_MALFORMED_PUBLIC_KEY"}},
		{"signature", func(s *Signature) { s.Infos[0].Signature = flip(s.Infos[0].Signature) }, []string{"V4_SIG_DID_NOT_VERIFY"}},
		{"no signature", func(s *Signature) { s.Infos[0].Signature = nil }, []string{"V4_SIG_VERIFY_EXCEPTION"}},
		{"no signer", func(s *Signature) { s.Infos = nil }, []string{"V4_SIG_NO_SIGNATURES"}},
		{"signed: hash algorithm", func(s *Signature) { s.HashAlgorithm = 2; sign(t, s, 0, ec) }, []string{"V4_SIG_APK_ROOT_DID_NOT_VERIFY"}},
		{"signed: block size", func(s *Signature) { s.Log2BlockSize = 13; sign(t, s, 0, ec) }, []string{"V4_SIG_APK_ROOT_DID_NOT_VERIFY"}},
		{"signed: salt, which apksig does not use", func(s *Signature) { s.Salt = []byte{1}; sign(t, s, 0, ec) }, nil},
		{"signed: root hash", func(s *Signature) { s.RootHash = flip(s.RootHash); sign(t, s, 0, ec) }, []string{"V4_SIG_APK_ROOT_DID_NOT_VERIFY"}},
		{"signed: no root hash", func(s *Signature) { s.RootHash = nil; sign(t, s, 0, ec) }, []string{"V4_SIG_APK_ROOT_DID_NOT_VERIFY"}},
		{"signed: APK digest", func(s *Signature) { s.Infos[0].APKDigest = nil; sign(t, s, 0, ec) }, []string{"V4_SIG_V2_V3_DIGESTS_MISMATCH"}},
		{"signed: certificate", func(s *Signature) { s.Infos[0].Certificate = []byte{1}; sign(t, s, 0, ec) }, []string{"V4_SIG_MALFORMED_CERTIFICATE"}},
		{"signed: no certificate", func(s *Signature) { s.Infos[0].Certificate = nil; sign(t, s, 0, ec) }, []string{"V4_SIG_MALFORMED_CERTIFICATE"}},
		{"signed: additional data", func(s *Signature) { s.Infos[0].AdditionalData = []byte{1}; sign(t, s, 0, ec) }, nil},
		{"signed by another key", func(s *Signature) {
			s.Infos[0].PublicKey, s.Infos[0].AlgorithmID = spki(t, rsa), rsaSHA256
			sign(t, s, 0, rsa)
		}, []string{"V4_SIG_PUBLIC_KEY_MISMATCH_BETWEEN_CERTIFICATE_AND_SIGNATURES_RECORD"}},
		{"signed by another signer", func(s *Signature) {
			s.Infos[0] = Info{Certificate: rsa.cert, PublicKey: spki(t, rsa), AlgorithmID: rsaSHA256}
			sign(t, s, 0, rsa)
		}, []string{"V4_SIG_V2_V3_SIGNERS_MISMATCH", "V4_SIG_V2_V3_DIGESTS_MISMATCH"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := sample(t, 1)
			want := expected(s)
			test.change(s)
			got := ids(s.Verify(bytes.NewReader(apk), int64(len(apk)), false, want))
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestVerifySecondSigner(t *testing.T) {
	_, rsa := keys(t)
	for _, test := range []struct {
		name   string
		change func(s *Signature, want []Expected) []Expected
		want   []string
	}{
		{"two of two", func(s *Signature, want []Expected) []Expected { return want }, nil},
		{"two of one", func(s *Signature, want []Expected) []Expected { return want[:1] }, []string{"V4_SIG_MULTIPLE_SIGNERS"}},
		{"one of two", func(s *Signature, want []Expected) []Expected { s.Infos = s.Infos[:1]; return want }, []string{"V41_SIG_NEEDS_TWO_SIGNERS"}},
		{"one of three", func(s *Signature, want []Expected) []Expected {
			s.Infos = s.Infos[:1]
			return append(want, want[0])
		}, []string{"V4_SIG_MULTIPLE_SIGNERS"}},
		{"none of the APK's own", func(s *Signature, want []Expected) []Expected { return nil }, []string{"V4_SIG_V2_V3_SIGNERS_MISMATCH"}},
		{"order", func(s *Signature, want []Expected) []Expected { return []Expected{want[1], want[0]} },
			[]string{"V4_SIG_V2_V3_SIGNERS_MISMATCH", "V4_SIG_V2_V3_DIGESTS_MISMATCH", "V4_SIG_V2_V3_SIGNERS_MISMATCH", "V4_SIG_V2_V3_DIGESTS_MISMATCH"}},
		{"second signature", func(s *Signature, want []Expected) []Expected {
			s.Infos[1].Signature = flip(s.Infos[1].Signature)
			return want
		}, []string{"V4_SIG_DID_NOT_VERIFY"}},
		{"second digest", func(s *Signature, want []Expected) []Expected {
			s.Infos[1].APKDigest = flip(s.Infos[1].APKDigest)
			sign(t, s, 1, rsa)
			return want
		}, []string{"V4_SIG_V2_V3_DIGESTS_MISMATCH"}},
		{"block id, which nothing signs", func(s *Signature, want []Expected) []Expected { s.Infos[1].BlockID = 7; return want }, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, err := Parse(write(sample(t, 2)))
			if err != nil {
				t.Fatal(err)
			}
			want := test.change(s, expected(s))
			got := ids(s.Verify(bytes.NewReader(apk), int64(len(apk)), false, want))
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestVerifyContent(t *testing.T) {
	s := sample(t, 1)
	longer := append(slices.Clone(apk), 0)
	for _, test := range []struct {
		name string
		file []byte
		skip bool
		want []string
	}{
		{"changed", flip(apk), false, []string{"V4_SIG_APK_ROOT_DID_NOT_VERIFY"}},
		{"changed and skipped", flip(apk), true, nil},
		{"longer", longer, false, []string{"V4_SIG_DID_NOT_VERIFY"}},
		{"longer and skipped", longer, true, []string{"V4_SIG_DID_NOT_VERIFY"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := ids(s.Verify(bytes.NewReader(test.file), int64(len(test.file)), test.skip, expected(s)))
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Error(diff)
			}
		})
	}
	got := ids(s.Verify(broken{}, int64(len(apk)), false, expected(s)))
	if diff := cmp.Diff(got, []string{"V4_SIG_VERIFY_EXCEPTION"}); diff != "" {
		t.Error(diff)
	}
}

func TestVerifyTree(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(tree []byte) []byte
		skip   bool
		want   []string
	}{
		{"none", func([]byte) []byte { return nil }, false, nil},
		{"good", func(tree []byte) []byte { return tree }, false, nil},
		{"empty", func([]byte) []byte { return []byte{} }, false, []string{"V4_SIG_APK_TREE_DID_NOT_VERIFY"}},
		{"first byte", func(tree []byte) []byte { tree[0] ^= 1; return tree }, false, []string{"V4_SIG_APK_TREE_DID_NOT_VERIFY"}},
		{"last byte", flip, true, []string{"V4_SIG_APK_TREE_DID_NOT_VERIFY"}},
		{"a leaf", func(tree []byte) []byte { tree[5000] ^= 1; return tree }, false, []string{"V4_SIG_APK_TREE_DID_NOT_VERIFY"}},
		{"short", func(tree []byte) []byte { return tree[:4096] }, false, []string{"V4_SIG_APK_TREE_DID_NOT_VERIFY"}},
		{"long", func(tree []byte) []byte { return append(tree, make([]byte, 4096)...) }, false, []string{"V4_SIG_APK_TREE_DID_NOT_VERIFY"}},
		{"levels the other way round", func(tree []byte) []byte { return append(tree[4096:], tree[:4096]...) }, false, []string{"V4_SIG_APK_TREE_DID_NOT_VERIFY"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := sample(t, 1)
			content := bytes.Repeat(apk, 100)
			tree := hashTree(content)
			s.RootHash, s.Tree = digest(tree[:4096]), test.change(tree)
			sum := sha256.Sum256(s.signedData(int64(len(content)), &s.Infos[0]))
			ec, _ := keys(t)
			s.Infos[0].Signature, _ = ec.key.Sign(rand.Reader, sum[:], crypto.SHA256)
			got := ids(s.Verify(bytes.NewReader(content), int64(len(content)), test.skip, expected(s)))
			if diff := cmp.Diff(got, test.want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// hashTree is the hash tree over content, of two levels at most.
func hashTree(content []byte) []byte {
	fill := func(b []byte) []byte { return append(b, make([]byte, (4096-len(b)%4096)%4096)...) }
	level := func(b []byte) (out []byte) {
		for block := range slices.Chunk(fill(slices.Clone(b)), 4096) {
			out = append(out, digest(block)...)
		}
		return fill(out)
	}
	leaves := level(content)
	if len(leaves) == 4096 {
		return leaves
	}
	return append(level(leaves), leaves...)
}

func digest(b []byte) []byte {
	sum := sha256.Sum256(b)
	return sum[:]
}

// broken is a file that can't be read.
type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("broken") }

var _ io.ReaderAt = broken{}

func TestBest(t *testing.T) {
	short, long, verity := []byte{1}, []byte{2}, []byte{3}
	for _, test := range []struct {
		name    string
		digests map[sigblock.ContentDigest][]byte
		want    []byte
	}{
		{"none", nil, nil},
		{"all", map[sigblock.ContentDigest][]byte{sigblock.ChunkedSHA256: short, sigblock.ChunkedSHA512: long, sigblock.VeritySHA256: verity}, long},
		{"verity", map[sigblock.ContentDigest][]byte{sigblock.ChunkedSHA256: short, sigblock.VeritySHA256: verity}, verity},
		{"of the manifest", map[sigblock.ContentDigest][]byte{sigblock.ManifestSHA256: short}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Best(test.digests); !bytes.Equal(got, test.want) {
				t.Errorf("%x, want %x", got, test.want)
			}
		})
	}
}

// TestRealDamaged changes every byte of a real file before its tree: none is verified, but for the length fields'
// neighbours that nothing signs.
func TestRealDamaged(t *testing.T) {
	const name = "../testdata/apksigner-v2v3v4-ec256.apk"
	content, b := read(t, name), read(t, name+".idsig")
	want := own(t, content)
	whole, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	end := len(b) - int(whole.TreeSize) - 4
	for at := range end {
		changed := slices.Clone(b)
		changed[at] ^= 1
		s, err := Parse(changed)
		if err == nil && s.Verify(bytes.NewReader(content), int64(len(content)), true, want) == nil {
			t.Errorf("byte %d of %d can be changed", at, end)
		}
	}
}
