package sigblock_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"testing"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
)

const ecdsa256 = 0x0201

// node is one node of a lineage to be written.
type node struct {
	certificate, signedData, signature []byte
	parent, flags, algorithm           uint32
}

func lp(parts ...[]byte) []byte {
	b := slices.Concat(parts...)
	return append(le.AppendUint32(nil, uint32(len(b))), b...)
}

func (n node) bytes() []byte {
	return lp(lp(n.signedData), le.AppendUint32(nil, n.flags), le.AppendUint32(nil, n.algorithm), lp(n.signature))
}

func encode(nodes []node) []byte {
	out := le.AppendUint32(nil, 1)
	for _, n := range nodes {
		out = append(out, n.bytes()...)
	}
	return out
}

// identities makes n keys, each with a certificate.
func identities(t testing.TB, n int) (keys []*ecdsa.PrivateKey, certificates [][]byte) {
	t.Helper()
	for i := range n {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		template := &x509.Certificate{SerialNumber: big.NewInt(int64(i + 1)), Subject: pkix.Name{CommonName: fmt.Sprint("key ", i)}}
		certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
		if err != nil {
			t.Fatal(err)
		}
		keys, certificates = append(keys, key), append(certificates, certificate)
	}
	return keys, certificates
}

// chain is a right lineage; change may change a node before its successor signs.
func chain(t testing.TB, keys []*ecdsa.PrivateKey, certificates [][]byte, change func(i int, n *node)) []node {
	t.Helper()
	var out []node
	for i, c := range certificates {
		n := node{certificate: c, flags: 23, algorithm: ecdsa256}
		if i > 0 {
			n.parent = out[i-1].algorithm
		}
		if change != nil {
			change(i, &n)
		}
		n.signedData = append(lp(n.certificate), le.AppendUint32(nil, n.parent)...)
		if i > 0 {
			sum := sha256.Sum256(n.signedData)
			var err error
			if n.signature, err = keys[i-1].Sign(rand.Reader, sum[:], crypto.SHA256); err != nil {
				t.Fatal(err)
			}
		}
		out = append(out, n)
	}
	return out
}

func TestLineage(t *testing.T) {
	keys, certificates := identities(t, 4)
	good := func(change func(i int, n *node)) []byte { return encode(chain(t, keys, certificates, change)) }
	damaged := func(change func([]node)) []byte {
		nodes := chain(t, keys, certificates, nil)
		change(nodes)
		return encode(nodes)
	}
	at := func(place int, change func(*node)) func(int, *node) {
		return func(i int, n *node) {
			if i == place {
				change(n)
			}
		}
	}
	cyclic := [][]byte{certificates[0], certificates[1], certificates[0]}
	many, manyCertificates := identities(t, limits.LineageNodes+1)
	tests := []struct {
		name  string
		value []byte
		nodes int
		want  error
	}{
		{name: "four keys", value: good(nil), nodes: 4},
		{name: "one key", value: encode(chain(t, keys, certificates[:1], nil)), nodes: 1},
		{name: "newest signs with nothing", value: good(at(3, func(n *node) { n.algorithm = 0 })), nodes: 4},
		{name: "first node names a parent", value: good(at(0, func(n *node) { n.parent = 0x0103 })), nodes: 4},
		{name: "flags changed after signing", value: damaged(func(n []node) { n[1].flags = 31 }), nodes: 4}, // the node before doesn't cover them
		{name: "no node", value: le.AppendUint32(nil, 1)},
		{name: "64 keys", value: encode(chain(t, many, manyCertificates[:limits.LineageNodes], nil)), nodes: limits.LineageNodes},
		{name: "65 keys", value: encode(chain(t, many, manyCertificates, nil)), want: sigblock.ErrLineageLimit},
		{name: "nothing", want: sigblock.ErrLineageMalformed},
		{name: "version 0", value: append(make([]byte, 4), good(nil)[4:]...), want: sigblock.ErrLineageVersion},
		{name: "version 2", value: append([]byte{2, 0, 0, 0}, good(nil)[4:]...), want: sigblock.ErrLineageVersion},
		{name: "cyclic", value: encode(chain(t, []*ecdsa.PrivateKey{keys[0], keys[1], keys[0]}, cyclic, nil)), want: sigblock.ErrLineageUnverified},
		{name: "same key twice", value: encode(chain(t, []*ecdsa.PrivateKey{keys[0], keys[0]}, [][]byte{certificates[0], certificates[0]}, nil)), want: sigblock.ErrLineageUnverified},
		{name: "signature of another node", value: damaged(func(n []node) { n[2].signature = n[1].signature }), want: sigblock.ErrLineageUnverified},
		{name: "no signature", value: damaged(func(n []node) { n[1].signature = nil }), want: sigblock.ErrLineageUnverified},
		{name: "signed by another key", value: encode(chain(t, []*ecdsa.PrivateKey{keys[3], keys[1], keys[2]}, certificates, nil)), want: sigblock.ErrLineageUnverified},
		{name: "nodes in another order", value: damaged(func(n []node) { n[1], n[2] = n[2], n[1] }), want: sigblock.ErrLineageUnverified},
		{name: "first left out", value: damaged(func(n []node) { n[0] = n[1] }), want: sigblock.ErrLineageUnverified},
		{name: "parent algorithm", value: good(at(2, func(n *node) { n.parent = 0x0202 })), want: sigblock.ErrLineageUnverified},
		{name: "algorithm of another digest", value: good(at(1, func(n *node) { n.algorithm = 0x0202 })), want: sigblock.ErrLineageUnverified},
		{name: "algorithm of another key", value: good(at(1, func(n *node) { n.algorithm = 0x0103 })), want: sigblock.ErrLineageUnverified},
		{name: "unknown algorithm", value: good(at(1, func(n *node) { n.algorithm = 0xdead })), want: sigblock.ErrLineageMalformed},
		{name: "no certificate", value: good(at(3, func(n *node) { n.certificate = []byte("none") })), want: sigblock.ErrLineageUnverified},
		{name: "certificate with a byte after it", value: good(at(3, func(n *node) { n.certificate = append(slices.Clone(n.certificate), 0) })), want: sigblock.ErrLineageUnverified},
		{name: "certificate over the limit", value: good(at(3, func(n *node) { n.certificate = make([]byte, limits.CertificateBytes+1) })), want: sigblock.ErrLineageLimit},
		{name: "trailing byte", value: append(good(nil), 0), want: sigblock.ErrLineageMalformed},
		{name: "trailing node of no bytes", value: append(good(nil), 0, 0, 0, 0), want: sigblock.ErrLineageMalformed},
		{name: "length of 2 GiB", value: append(good(nil), 0xff, 0xff, 0xff, 0x7f), want: sigblock.ErrLineageMalformed},
		{name: "length of all ones", value: append(good(nil), 0xff, 0xff, 0xff, 0xff), want: sigblock.ErrLineageMalformed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := sigblock.ParseLineage(tt.value, nil)
			if tt.want != nil {
				if !errors.Is(err, tt.want) || got != nil {
					t.Errorf("got %d nodes, %v, want %v", len(got), err, tt.want)
				}
				return
			}
			if err != nil || len(got) != tt.nodes {
				t.Fatalf("got %d nodes, %v, want %d", len(got), err, tt.nodes)
			}
			for i, n := range got {
				if got.Index(n.Certificate) != i {
					t.Errorf("node %d: got the place %d", i, got.Index(n.Certificate))
				}
			}
		})
	}
}

// A lineage that was cut is an error, but where whole nodes are left.
func TestLineageTruncated(t *testing.T) {
	keys, certificates := identities(t, 3)
	nodes := chain(t, keys, certificates, nil)
	whole := encode(nodes)
	ends := map[int]int{4: 0}
	at := 4
	for i, n := range nodes {
		at += len(n.bytes())
		ends[at] = i + 1
	}
	for n := range len(whole) + 1 {
		got, err := sigblock.ParseLineage(whole[:n], nil)
		if want, ok := ends[n]; ok != (err == nil) || len(got) != want {
			t.Errorf("%d of %d bytes: got %d nodes, %v", n, len(whole), len(got), err)
		}
	}
}

// No change of a bit makes another certificate a successor. Bits of the oldest certificate outside its key are free, and those of the flags.
func TestLineageBits(t *testing.T) {
	keys, certificates := identities(t, 3)
	nodes := chain(t, keys, certificates, nil)
	whole := encode(nodes)
	want, err := sigblock.ParseLineage(whole, nil)
	if err != nil {
		t.Fatal(err)
	}
	free := 0
	for i := range whole {
		for bit := range 8 {
			b := bytes.Clone(whole)
			b[i] ^= 1 << bit
			got, err := sigblock.ParseLineage(b, nil)
			if err != nil {
				continue
			}
			free++
			for j, n := range got[1:] {
				if !bytes.Equal(n.Certificate.Raw, want[j+1].Certificate.Raw) {
					t.Errorf("bit %d of byte %d: another certificate of node %d", bit, i, j+1)
				}
			}
		}
	}
	t.Logf("%d bits are free", free)
}

func TestStartsWith(t *testing.T) {
	keys, certificates := identities(t, 3)
	parse := func(nodes []node) sigblock.Lineage {
		l, err := sigblock.ParseLineage(encode(nodes), nil)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	all := chain(t, keys, certificates, nil)
	whole := parse(all)
	flags := slices.Clone(all)
	flags[0].flags = 31
	algorithm := slices.Clone(all[:2])
	algorithm[1].algorithm = 0
	tests := []struct {
		name    string
		shorter sigblock.Lineage
		want    bool
	}{
		{"itself", whole, true},
		{"none", nil, true},
		{"its beginning", parse(all[:2]), true},
		{"other flags", parse(flags), false},
		{"another algorithm", parse(algorithm), false},
		{"its end", parse(chain(t, keys[1:], certificates[1:], nil)), false},
		{"signed anew", parse(chain(t, keys, certificates, nil)), false},
	}
	for _, tt := range tests {
		if got := whole.StartsWith(tt.shorter); got != tt.want {
			t.Errorf("%s: got %v", tt.name, got)
		}
	}
	if whole[:2].StartsWith(whole) {
		t.Error("a shorter lineage starts with a longer one")
	}
	other, err := x509lax.ParseCertificate(certificates[2])
	if err != nil {
		t.Fatal(err)
	}
	if got := whole[:2].Index(other); got != -1 {
		t.Errorf("stranger: got the place %d", got)
	}
}

func FuzzLineage(f *testing.F) {
	keys, certificates := identities(f, 3)
	good := chain(f, keys, certificates, nil)
	f.Add(encode(good))
	f.Add(encode(good[:1]))
	f.Add(le.AppendUint32(nil, 1))
	f.Add(append(encode(good), 0, 0, 0, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		l, err := sigblock.ParseLineage(b, nil)
		if err != nil {
			for _, known := range []error{sigblock.ErrLineageMalformed, sigblock.ErrLineageUnverified, sigblock.ErrLineageVersion} {
				if errors.Is(err, known) {
					return
				}
			}
			t.Fatalf("got an error of another kind: %v", err)
		}
		if len(l) > limits.LineageNodes {
			t.Fatalf("got %d nodes", len(l))
		}
		for i, n := range l {
			if l.Index(n.Certificate) != i {
				t.Fatalf("node %d stands at %d, too", i, l.Index(n.Certificate))
			}
			if i == 0 {
				continue
			}
			a, ok := sigblock.FindAlgorithm(l[i-1].Algorithm)
			key, err := l[i-1].Certificate.PublicKey()
			if !ok || err != nil || len(n.Signature) == 0 || a.Signature.Key != key.Algorithm {
				t.Fatalf("node %d is not signed by the one before", i)
			}
		}
	})
}
