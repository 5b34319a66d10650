package x509lax

import (
	"encoding/hex"
	"errors"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
	"appraise/inventory"
)

func TestParseCertificateFixtures(t *testing.T) {
	for _, tc := range []struct{ name, subject, key string }{
		{"rsa.der", "CN=Android Debug, O=Android, C=US", "RSA-1024"},
		{"ec.der", `CN=EC \"quoted\"\, and\+more\;é\<\>, O=\ lead and trail\ `, "EC-256"},
		{"dsa.der", "CN=DSA, O=keytool", "DSA-1024"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := read(t, "testdata", tc.name)
			c := parse(t, b)
			got := []string{c.SubjectText(), c.KeyText(), hex.EncodeToString(c.Raw)}
			if d := cmp.Diff(got, []string{tc.subject, tc.key, hex.EncodeToString(b)}); d != "" {
				t.Error(d)
			}
			if c.HasKeyUsage || c.UnknownCritical != nil || len(c.Extensions) == 0 {
				t.Errorf("got %+v", c)
			}
			for n := range b {
				if _, err := ParseCertificate(b[:n]); err == nil {
					t.Errorf("the first %d bytes: got no error", n)
				}
			}
			if _, err := ParseCertificate(append(b[:len(b):len(b)], 0)); err == nil {
				t.Error("a byte more: got no error")
			}
		})
	}
}

// openssl and keytool tell the same of the fixtures.
func TestFixturesAgainstOpenSSL(t *testing.T) {
	for _, name := range []string{"rsa.der", "ec.der", "dsa.der"} {
		c := parse(t, read(t, "testdata", name))
		text := string(openssl(t, "testdata", "x509", "-inform", "DER", "-in", name, "-noout", "-subject", "-serial",
			"-fingerprint", "-sha256", "-startdate", "-enddate", "-nameopt", "RFC2253,utf8,-esc_msb,sep_comma_plus_space"))
		const openSSLTime = "Jan _2 15:04:05 2006 GMT"
		got := "subject=" + c.SubjectText() + "\nserial=" + strings.ToUpper(hex.EncodeToString(trimZero(c.Serial))) +
			"\nsha256 Fingerprint=" + colons(c.SHA256()) + "\nnotBefore=" + c.NotBefore.Format(openSSLTime) + "\nnotAfter=" +
			c.NotAfter.Format(openSSLTime) + "\n"
		if d := cmp.Diff(got, text); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		sha1 := string(openssl(t, "testdata", "x509", "-inform", "DER", "-in", name, "-noout", "-fingerprint", "-sha1"))
		if want := "sha1 Fingerprint=" + colons(c.SHA1()) + "\n"; sha1 != want {
			t.Errorf("got %s, want %s", want, sha1)
		}
	}
}

func colons(hex string) string {
	var pairs []string
	for i := 0; i < len(hex); i += 2 {
		pairs = append(pairs, strings.ToUpper(hex[i:i+2]))
	}
	return strings.Join(pairs, ":")
}

func trimZero(b []byte) []byte {
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	return b
}

func TestSubjectAgainstKeytool(t *testing.T) {
	for _, name := range []string{"rsa.der", "dsa.der"} {
		text := string(tool(t, "testdata", "keytool", "-J-Duser.language=en", "-printcert", "-file", name))
		owner, _, _ := strings.Cut(strings.TrimPrefix(text, "Owner: "), "\n")
		if got := parse(t, read(t, "testdata", name)).SubjectText(); got != owner {
			t.Errorf("got %q, want %q", got, owner)
		}
	}
}

func TestJavaHash(t *testing.T) {
	for in, want := range map[string]string{"": "1", "\x00": "1f", "\xff": "1e", "\x80\x7f\x01": "fffea341", "abc": "1ecc1"} {
		c := &Certificate{Raw: []byte(in)}
		if got := c.JavaHash(); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
}

const hashSource = `public class H { public static void main(String[] a) throws Exception {
	System.out.println(Integer.toHexString(java.util.Arrays.hashCode(java.nio.file.Files.readAllBytes(java.nio.file.Path.of(a[0])))));
}}`

func TestJavaHashAgainstJava(t *testing.T) {
	if _, err := exec.LookPath("javac"); err != nil {
		t.Skip("javac is not installed")
	}
	dir := t.TempDir()
	write(t, []byte(hashSource), dir, "H.java")
	raw := read(t, "testdata", "rsa.der")
	write(t, raw, dir, "c.der")
	got := parse(t, raw).JavaHash()
	if want := strings.TrimSpace(string(tool(t, dir, "java", "H.java", "c.der"))); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestExtensionsFromOpenSSL(t *testing.T) {
	dir := t.TempDir()
	openssl(t, dir, "genrsa", "-out", "k.pem", "1024")
	make := func(t *testing.T, extensions ...string) *Certificate {
		args := []string{"req", "-x509", "-new", "-key", "k.pem", "-subj", "/CN=x", "-outform", "DER"}
		for _, x := range extensions {
			args = append(args, "-addext", x)
		}
		return parse(t, openssl(t, dir, args...))
	}
	for _, tc := range []struct {
		name       string
		extensions []string
		usage      KeyUsage
		has        bool
		unknown    []string
	}{
		{"none", nil, 0, false, nil},
		{"signing", []string{"keyUsage=critical,digitalSignature,nonRepudiation"}, DigitalSignature | NonRepudiation, true, nil},
		{"no signing", []string{"keyUsage=keyEncipherment,keyCertSign,cRLSign"}, KeyEncipherment | KeyCertSign | CRLSign, true, nil},
		{"nine bits", []string{"keyUsage=keyAgreement,encipherOnly,decipherOnly"}, KeyAgreement | EncipherOnly | DecipherOnly, true, nil},
		{"known critical", []string{"extendedKeyUsage=critical,codeSigning", "nsCertType=critical,objsign"}, 0, false, nil},
		{
			"unknown critical", []string{"1.2.3.4=critical,ASN1:NULL", "1.2.3.5=ASN1:NULL", "1.2.840.113635.100.6.1.3=critical,ASN1:NULL"},
			0, false, []string{"1.2.3.4", "1.2.840.113635.100.6.1.3"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := make(t, tc.extensions...)
			got := []any{c.KeyUsage, c.HasKeyUsage, c.UnknownCritical}
			if d := cmp.Diff(got, []any{tc.usage, tc.has, tc.unknown}); d != "" {
				t.Error(d)
			}
		})
	}
	c := make(t, "1.2.3.4=critical,ASN1:NULL")
	want := Extension{OID: "1.2.3.4", Critical: true, Value: []byte{5, 0}}
	if d := cmp.Diff(c.Extensions[len(c.Extensions)-1], want); d != "" {
		t.Error(d)
	}
}

// parts are the elements of a certificate, for changing one.
type parts struct {
	version, serial, algorithm, issuer, validity, subject, spki, extensions, outer, signature []byte
}

func fromFixture(t testing.TB) parts {
	c := parse(t, read(t, "testdata", "rsa.der"))
	algorithm := seq(der(6, []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11}), []byte{5, 0})
	return parts{
		version: []byte{0xa0, 3, 2, 1, 2}, serial: []byte{2, 1, 1}, algorithm: algorithm, issuer: c.Issuer,
		validity: seq(der(0x17, []byte("200102030405Z")), der(0x18, []byte("20500102030405Z"))), subject: c.Subject, spki: c.SPKI,
		outer: algorithm, signature: der(3, []byte{0}, c.Signature),
	}
}

func (p parts) build() []byte {
	tbs := seq(p.version, p.serial, p.algorithm, p.issuer, p.validity, p.subject, p.spki, p.extensions)
	return seq(tbs, p.outer, p.signature)
}

// BER: the same certificate with an indefinite length and a length that is longer than needed.
func TestBERCertificate(t *testing.T) {
	raw := read(t, "testdata", "rsa.der") // 30 82 xx xx ...
	indefinite := append(append([]byte{0x30, 0x80}, raw[4:]...), 0, 0)
	long := append([]byte{0x30, 0x83, 0, raw[2], raw[3]}, raw[4:]...)
	for name, b := range map[string][]byte{"indefinite": indefinite, "long": long} {
		c := parse(t, b)
		if c.KeyText() != "RSA-1024" || c.SHA256() == parse(t, raw).SHA256() || len(c.Raw) != len(b) {
			t.Errorf("%s: got %+v", name, c)
		}
		for n := range b {
			if _, err := ParseCertificate(b[:n]); err == nil {
				t.Errorf("%s: the first %d bytes: got no error", name, n)
			}
		}
	}
}

func isLimit(err error) bool {
	var format *inventory.FormatError
	return errors.As(err, &format) && format.Limit
}

func TestCertificateBombs(t *testing.T) {
	p := fromFixture(t)
	p.subject = seq(der(0x31, make([]byte, 65_000)))
	if _, err := ParseCertificate(append(p.build(), make([]byte, limits.CertificateBytes)...)); !isLimit(err) {
		t.Errorf("got %v, want a limit", err)
	}
	p = fromFixture(t)
	p.subject = seq([]byte(strings.Repeat("\x31\x00", 31_000)))
	if got := parse(t, p.build()).SubjectText(); len(got) > 100_000 {
		t.Errorf("got a subject of %d bytes", len(got))
	}
	const count = 6_000
	var list []byte
	for i := range count {
		list = append(list, seq(der(6, []byte{0x2a, 0x81 + byte(i/128), byte(i % 128)}), der(4))...)
	}
	p = fromFixture(t)
	p.extensions = der(0xa3, seq(list))
	if got := len(parse(t, p.build()).Extensions); got != count {
		t.Errorf("got %d extensions", got)
	}
}
