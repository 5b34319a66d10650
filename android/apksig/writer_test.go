package apksig_test

// A writer of APK Signing Blocks, for the files that no tool makes: schemes v2, v3 and v3.1 with any ranges,
// attributes, lineage and damage. writer_format_test.go has the structures; writer_check_test.go holds the writer to
// what real tools write and accept.

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// identity is a key with its certificate.
type identity struct {
	key  crypto.Signer
	cert []byte
}

// fingerprint is the SHA-256 of the certificate as tools print it.
func (i identity) fingerprint() string {
	digest := sha256.Sum256(i.cert)
	return hex.EncodeToString(digest[:])
}

// testIdentity reads a pair of testdata/keys, "rsa-2048" or "ec-p256".
func testIdentity(t testing.TB, name string) identity {
	t.Helper()
	key, err := x509.ParsePKCS8PrivateKey(readPEM(t, name+".key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	return identity{key.(crypto.Signer), readPEM(t, name+".cert.pem")}
}

func readPEM(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "keys", name))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("%s holds no PEM block", name)
	}
	return block.Bytes
}

// newIdentity makes a certificate for a key.
func newIdentity(t testing.TB, name string, key crypto.Signer) identity {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:     time.Date(2076, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return identity{key, cert}
}

// algorithm is what apksigner signs with for this kind and size of key.
func (i identity) algorithm() uint32 {
	switch key := i.key.Public().(type) {
	case *rsa.PublicKey:
		if key.N.BitLen() > 3072 {
			return rsaPKCS1512
		}
		return rsaPKCS1256
	case *ecdsa.PublicKey:
		if key.Curve.Params().BitSize > 256 {
			return ecdsa512
		}
	}
	return ecdsa256
}

func hashOf(algorithm uint32) crypto.Hash {
	switch algorithm {
	case rsaPSS512, rsaPKCS1512, ecdsa512:
		return crypto.SHA512
	}
	return crypto.SHA256
}

func (i identity) sign(t testing.TB, algorithm uint32, message []byte) []byte {
	t.Helper()
	hash := hashOf(algorithm)
	var options crypto.SignerOpts = hash
	if algorithm == rsaPSS256 || algorithm == rsaPSS512 {
		options = &rsa.PSSOptions{SaltLength: rsa.PSSSaltLengthEqualsHash, Hash: hash}
	}
	signature, err := i.key.Sign(rand.Reader, sum(hash, message), options)
	if err != nil {
		t.Fatal(err)
	}
	return signature
}

// signerSpec says how one signer is to be written.
type signerSpec struct {
	by             identity
	algorithms     []uint32 // none: the one that fits the key
	minSDK, maxSDK uint32   // v3 and v3.1
	attributes     []record
	beforeSigning  func(*signer) // may change everything that is signed
	afterSigning   func(*signer) // may break the rest
}

// blockSpec is one pair of the signing block: a scheme's with signers, else one with the bytes of raw. The same id
// may come several times.
type blockSpec struct {
	id      uint32
	signers []signerSpec
	raw     []byte
}

// signAPK signs an APK whose signing block, if it has one, is replaced. The digests are right unless a signerSpec
// changes them.
func signAPK(t testing.TB, unsigned []byte, blocks ...blockSpec) []byte {
	t.Helper()
	a, err := splitAPK(unsigned)
	if err != nil {
		t.Fatal(err)
	}
	a.pairs = nil
	for _, b := range blocks {
		pair := record{b.id, b.raw}
		if b.signers != nil {
			var signers []signer
			for _, spec := range b.signers {
				signers = append(signers, a.sign(t, spec, b.id != pairV2))
			}
			pair = encodeScheme(b.id, signers)
		}
		a.pairs = append(a.pairs, pair)
	}
	a.pad()
	return a.bytes()
}

func (a archive) sign(t testing.TB, spec signerSpec, ranged bool) signer {
	t.Helper()
	publicKey, err := x509.MarshalPKIXPublicKey(spec.by.key.Public())
	if err != nil {
		t.Fatal(err)
	}
	s := signer{certs: [][]byte{spec.by.cert}, attributes: spec.attributes, publicKey: publicKey,
		minSDK: spec.minSDK, maxSDK: spec.maxSDK, outerMin: spec.minSDK, outerMax: spec.maxSDK}
	algorithms := spec.algorithms
	if algorithms == nil {
		algorithms = []uint32{spec.by.algorithm()}
	}
	for _, algorithm := range algorithms {
		s.digests = append(s.digests, record{algorithm, a.digest(hashOf(algorithm))})
	}
	if spec.beforeSigning != nil {
		spec.beforeSigning(&s)
	}
	for _, algorithm := range algorithms {
		s.signatures = append(s.signatures, record{algorithm, spec.by.sign(t, algorithm, s.signedData(ranged))})
	}
	if spec.afterSigning != nil {
		spec.afterSigning(&s)
	}
	return s
}

// rotation is the lineage attribute for keys, oldest first; flags[i] is what key i may still do.
func rotation(t testing.TB, keys []identity, flags []uint32) record {
	t.Helper()
	var nodes []lineageNode
	for i, key := range keys {
		n := lineageNode{cert: key.cert, flags: flags[i]}
		if i < len(keys)-1 { // the newest has signed none yet: 0, as apksigner writes it
			n.algorithm = key.algorithm()
		}
		if i > 0 {
			n.parentAlgorithm = nodes[i-1].algorithm
			n.signature = keys[i-1].sign(t, n.parentAlgorithm, n.signedData())
		}
		nodes = append(nodes, n)
	}
	return record{attributeLineage, encodeLineage(nodes)}
}
