package jar

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"appraise/android/apksig/jar/manifest"
)

// The signer below writes what the tests of real tools can't: odd texts with a right signature. What it writes is
// told from what the tools write in tools_test.go.

type testKey struct {
	key  *ecdsa.PrivateKey
	cert []byte
}

func newKey(t testing.TB, change func(*x509.Certificate)) testKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(4711), Subject: pkix.Name{CommonName: t.Name()}, NotAfter: time.Unix(1<<31, 0)}
	if change != nil {
		change(c)
	}
	cert, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return testKey{key, cert}
}

var (
	oidSHA256      = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}
	oidECKey       = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	oidData        = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 1}
	oidSigned      = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 7, 2}
	oidTypeAttr    = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 3}
	oidDigestAttr  = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 4}
	oidSigningTime = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 5}
)

type signerInfo struct {
	Version    int
	Sid        asn1.RawValue
	Digest     pkix.AlgorithmIdentifier
	Attributes asn1.RawValue `asn1:"optional"`
	Algorithm  pkix.AlgorithmIdentifier
	Signature  []byte
}

type signedData struct {
	Version      int
	Digests      []pkix.AlgorithmIdentifier `asn1:"set"`
	Content      struct{ Type asn1.ObjectIdentifier }
	Certificates asn1.RawValue
	Signers      asn1.RawValue // in the order given: Marshal would sort a set
}

func der(t testing.TB, v any) []byte {
	t.Helper()
	b, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// attribute is one signed attribute.
func attribute(t testing.TB, oid asn1.ObjectIdentifier, values ...any) []byte {
	var set []byte
	for _, v := range values {
		set = append(set, der(t, v)...)
	}
	return der(t, struct {
		OID    asn1.ObjectIdentifier
		Values asn1.RawValue
	}{oid, asn1.RawValue{Tag: 17, IsCompound: true, Bytes: set}})
}

// info signs text, by way of the attributes if there are any.
func (k testKey) info(t testing.TB, text []byte, attributes ...[]byte) signerInfo {
	t.Helper()
	c, err := x509.ParseCertificate(k.cert)
	if err != nil {
		t.Fatal(err)
	}
	sid := append(append([]byte{}, c.RawIssuer...), der(t, c.SerialNumber)...)
	i := signerInfo{
		Version: 1, Sid: asn1.RawValue{Tag: 16, IsCompound: true, Bytes: sid},
		Digest: pkix.AlgorithmIdentifier{Algorithm: oidSHA256}, Algorithm: pkix.AlgorithmIdentifier{Algorithm: oidECKey},
	}
	if len(attributes) > 0 {
		list := slices.Concat(attributes...)
		i.Attributes = asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: list}
		text = der(t, asn1.RawValue{Tag: 17, IsCompound: true, Bytes: list})
	}
	if i.Signature, err = ecdsa.SignASN1(rand.Reader, k.key, digestOf(crypto.SHA256, text)); err != nil {
		t.Fatal(err)
	}
	return i
}

func digestOf(h crypto.Hash, b []byte) []byte {
	d := h.New()
	d.Write(b)
	return d.Sum(nil)
}

// pkcs7 is a signature block.
func pkcs7(t testing.TB, certs [][]byte, infos ...signerInfo) []byte {
	t.Helper()
	var signers []byte
	for _, i := range infos {
		signers = append(signers, der(t, i)...)
	}
	data := signedData{
		Version:      1,
		Certificates: asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: slices.Concat(certs...)},
		Signers:      asn1.RawValue{Tag: 17, IsCompound: true, Bytes: signers},
	}
	data.Content.Type = oidData
	return der(t, struct {
		Type asn1.ObjectIdentifier
		Data asn1.RawValue
	}{oidSigned, asn1.RawValue{Class: 2, Tag: 0, IsCompound: true, Bytes: der(t, data)}})
}

// digestLine is an attribute with the digest of b.
func digestLine(name string, h crypto.Hash, suffix string, b []byte) string {
	return name + suffix + ": " + base64.StdEncoding.EncodeToString(digestOf(h, b)) + "\r\n"
}

const mainSection = "Manifest-Version: 1.0\r\n\r\n"

// manifestOf is an honest manifest of the files outside META-INF with one digest each.
func manifestOf(parts []part, name string, h crypto.Hash) string {
	var b strings.Builder
	b.WriteString(mainSection)
	for _, p := range parts {
		if !strings.HasPrefix(p.name, metaInf) && !strings.HasSuffix(p.name, "/") {
			fmt.Fprintf(&b, "Name: %s\r\n%s\r\n", p.name, digestLine(name, h, manifest.OfSection, p.body))
		}
	}
	return b.String()
}

// sigFileOf is an honest .SF of the manifest. head goes into its main section.
func sigFileOf(text, head, name string, h crypto.Hash) string {
	var b strings.Builder
	b.WriteString("Signature-Version: 1.0\r\n" + head + "\r\n")
	p := manifest.NewSections([]byte(text))
	p.Next()
	for s, ok := p.Next(); ok; s, ok = p.Next() {
		fmt.Fprintf(&b, "Name: %s\r\n%s\r\n", s.Name, digestLine(name, h, manifest.OfSection, []byte(text[s.Start:s.End])))
	}
	return b.String()
}

// whole is the attribute with the digest of the whole manifest.
func whole(text string) string {
	return digestLine("SHA-256", crypto.SHA256, manifest.OfManifest, []byte(text))
}

// signature is what sign makes of files; each field that is set stands in for the honest text.
type signature struct {
	manifest func(string) string
	sigFile  func(manifest string) string
	block    func(sigFile []byte) []byte
	head     string // further lines of the .SF's main section
	name     string // of .SF and block; CERT without one
}

// sign returns the files with a signature.
func sign(t testing.TB, k testKey, parts []part, s signature) []part {
	t.Helper()
	text := manifestOf(parts, "SHA-256", crypto.SHA256)
	if s.manifest != nil {
		text = s.manifest(text)
	}
	sf := sigFileOf(text, s.head+whole(text), "SHA-256", crypto.SHA256)
	if s.sigFile != nil {
		sf = s.sigFile(text)
	}
	block := func(b []byte) []byte { return pkcs7(t, [][]byte{k.cert}, k.info(t, b)) }
	if s.block != nil {
		block = s.block
	}
	name := metaInf + "CERT"
	if s.name != "" {
		name = metaInf + s.name
	}
	out := slices.Clone(parts)
	return append(out, part{name: manifestName, body: []byte(text)},
		part{name: name + ".SF", body: []byte(sf)}, part{name: name + ".EC", body: block([]byte(sf))})
}

// sample is some files to sign.
func sample() []part {
	return []part{
		{name: "AndroidManifest.xml", body: []byte("\x03\x00\x08\x00")},
		{name: "classes.dex", body: []byte(strings.Repeat("dex\n035\x00", 400)), method: 8},
		{name: "res/", body: nil},
		{name: "res/a.xml", body: []byte("a")},
	}
}

// replace changes the body of one part.
func replace(parts []part, name string, change func([]byte) []byte) []part {
	out := slices.Clone(parts)
	for i := range out {
		if out[i].name == name {
			out[i].body = change(slices.Clone(out[i].body))
		}
	}
	return out
}

func bigInt(n int64) *big.Int { return big.NewInt(n) }

func criticalExtension() []pkix.Extension {
	return []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}}
}
