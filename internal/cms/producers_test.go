package cms

import (
	"archive/zip"
	"bytes"
	"crypto/x509"
	"encoding/hex"
	"io"
	"maps"
	"math/big"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/internal/zipsafe"
)

func tool(t *testing.T, dir, name string, args ...string) []byte {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, stderr.String())
	}
	return out
}

func write(t *testing.T, b []byte, path ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(path...), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

const content = "what is signed\nin two lines\n"

// openSSLSigners makes two signers, rsa and ec, and what they sign, in a folder.
func openSSLSigners(t *testing.T) string {
	t.Helper()
	if out, err := exec.Command("openssl", "version").Output(); err != nil || !strings.HasPrefix(string(out), "OpenSSL 3.") {
		t.Skip("OpenSSL 3 is not installed")
	}
	dir := t.TempDir()
	write(t, []byte(content), dir, "content")
	tool(t, dir, "openssl", "genrsa", "-out", "rsa.key", "2048")
	tool(t, dir, "openssl", "ecparam", "-genkey", "-noout", "-name", "secp384r1", "-out", "ec.key")
	for _, name := range []string{"rsa", "ec"} {
		tool(t, dir, "openssl", "req", "-x509", "-new", "-key", name+".key", "-subj", "/O=tests/CN="+name, "-out", name+".crt")
	}
	return dir
}

func TestOpenSSL(t *testing.T) {
	dir := openSSLSigners(t)
	const rsa, ec = "CN=rsa, O=tests", "CN=ec, O=tests"
	for _, tc := range []struct {
		name         string
		args         []string
		certificates []string
		signers      int
		attributes   int
		attached     bool
	}{
		{"detached", []string{"-signer", "rsa"}, []string{rsa}, 1, 4, false},
		{"stream", []string{"-signer", "rsa", "-stream"}, []string{rsa}, 1, 4, true},
		{"stream, attached", []string{"-signer", "ec", "-stream", "-nodetach"}, []string{ec}, 1, 4, true},
		{"attached", []string{"-signer", "ec", "-nodetach"}, []string{ec}, 1, 4, true},
		{"no capabilities", []string{"-signer", "rsa", "-nosmimecap"}, []string{rsa}, 1, 3, false},
		{"no attributes", []string{"-signer", "rsa", "-nosmimecap", "-noattr"}, []string{rsa}, 1, 0, false},
		{"no certificates", []string{"-signer", "rsa", "-nocerts"}, nil, 1, 4, false},
		{"key id", []string{"-signer", "ec", "-keyid"}, []string{ec}, 1, 4, false},
		{"SHA-1", []string{"-signer", "rsa", "-md", "sha1"}, []string{rsa}, 1, 4, false},
		{"two signers", []string{"-signer", "rsa", "-signer", "ec"}, []string{rsa, ec}, 2, 4, false},
		{"two signers, stream, no attributes", []string{"-signer", "rsa", "-signer", "ec", "-stream", "-noattr"}, []string{rsa, ec}, 2, 0, true},
		{"another certificate", []string{"-signer", "rsa", "-certfile", "ec.crt"}, []string{ec, rsa}, 1, 4, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := tool(t, dir, "openssl", slices.Concat([]string{"cms", "-sign", "-binary", "-in", "content", "-outform", "DER"}, keys(tc.args))...)
			s := parseLax(t, b)
			var got []string
			for _, c := range s.Certificates {
				got = append(got, c.SubjectText())
			}
			if d := cmp.Diff(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(tc.certificates))); d != "" {
				t.Error(d)
			}
			if len(s.Signers) != tc.signers || len(s.Signers[0].Attributes) != tc.attributes || (s.Content != nil) != tc.attached {
				t.Errorf("got %+v", factsOf(s))
			}
			if tc.attached && string(s.Content) != content {
				t.Errorf("got content %q", s.Content)
			}
			checkSigners(t, s, tc.certificates == nil)
		})
	}
}

// keys turns "-signer NAME" into the files of that signer.
func keys(args []string) []string {
	var out []string
	for i, arg := range args {
		if i > 0 && args[i-1] == "-signer" {
			out = append(out, arg+".crt", "-inkey", arg+".key")
		} else {
			out = append(out, arg)
		}
	}
	return out
}

func checkSigners(t *testing.T, s *SignedData, absent bool) {
	t.Helper()
	for i := range s.Signers {
		switch err := verify(s, &s.Signers[i], []byte(content)); {
		case absent && err != errNoSigner:
			t.Errorf("signer %d: got %v, want %v", i, err, errNoSigner)
		case !absent && err != nil:
			t.Errorf("signer %d: got %v", i, err)
		}
		if err := verify(s, &s.Signers[i], []byte("other")); err == nil {
			t.Errorf("signer %d over other content: got no error", i)
		}
	}
}

func TestOpenSSLCertificateFacts(t *testing.T) {
	dir := openSSLSigners(t)
	s := parse(t, tool(t, dir, "openssl", "cms", "-sign", "-in", "content", "-outform", "DER", "-signer", "rsa.crt", "-inkey", "rsa.key"))
	c := s.Certificates[0]
	text := string(tool(t, dir, "openssl", "x509", "-in", "rsa.crt", "-noout", "-serial", "-fingerprint", "-sha256", "-subject", "-nameopt",
		"RFC2253,sep_comma_plus_space"))
	serial := strings.TrimPrefix(hex.EncodeToString(c.Serial), "00")
	got := "serial=" + serial + "\nsha256 fingerprint=" + c.SHA256() + "\nsubject=" + strings.ToLower(c.SubjectText()) + "\n"
	if d := cmp.Diff(got, strings.ReplaceAll(strings.ToLower(text), ":", "")); d != "" {
		t.Error(d)
	}
	if !bytes.Equal(s.Signers[0].Serial, c.Serial) || !bytes.Equal(s.Signers[0].Issuer, c.Issuer) {
		t.Errorf("got signer %x, %x", s.Signers[0].Issuer, s.Signers[0].Serial)
	}
}

func TestJarsigner(t *testing.T) {
	for _, tc := range []struct{ algorithm, size, block string }{{"RSA", "2048", "RSA"}, {"EC", "256", "EC"}, {"DSA", "2048", "DSA"}} {
		t.Run(tc.algorithm, func(t *testing.T) {
			dir := t.TempDir()
			makeJar(t, dir)
			tool(t, dir, "keytool", "-genkeypair", "-keystore", "k.p12", "-storetype", "PKCS12", "-storepass", "changeit",
				"-alias", "a", "-keyalg", tc.algorithm, "-keysize", tc.size, "-dname", "CN="+tc.algorithm+", O=keytool")
			tool(t, dir, "jarsigner", "-keystore", "k.p12", "-storepass", "changeit", "-sigfile", "CERT", "a.jar", "a")
			blocks := signatureFiles(t, filepath.Join(dir, "a.jar"))
			block, ok := blocks["META-INF/CERT."+tc.block]
			if !ok {
				t.Fatalf("got %v", slices.Collect(maps.Keys(blocks)))
			}
			s := parse(t, block)
			if len(s.Signers) != 1 || s.Certificates[0].SubjectText() != "CN="+tc.algorithm+", O=keytool" {
				t.Errorf("got %+v", factsOf(s))
			}
			if err := verify(s, &s.Signers[0], blocks["META-INF/CERT.SF"]); err != nil {
				t.Error(err)
			}
		})
	}
}

func makeJar(t *testing.T, dir string) {
	t.Helper()
	var jar bytes.Buffer
	z := zip.NewWriter(&jar)
	f, err := z.Create("a.txt")
	if err == nil {
		_, err = io.WriteString(f, "a")
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	write(t, jar.Bytes(), dir, "a.jar")
}

// signatureFiles are the .SF files and signature blocks under META-INF/ of an archive.
func signatureFiles(t *testing.T, name string) map[string][]byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	z, err := zipsafe.Open(f, info.Size())
	if err != nil {
		t.Logf("%s: %v", filepath.Base(name), err)
		return nil
	}
	files := map[string][]byte{}
	for i := range z.Entries {
		e := &z.Entries[i]
		if !strings.HasPrefix(e.Name, "META-INF/") || !slices.Contains([]string{".SF", ".RSA", ".DSA", ".EC"}, path.Ext(e.Name)) {
			continue
		}
		b, err := z.ReadFile(e, limits.JARManifestBytes)
		if err != nil {
			t.Logf("%s: %v", filepath.Base(name), err)
			continue
		}
		files[e.Name] = b
	}
	return files
}

// Vectors of apksig that are wrong on purpose in what verify checks.
func wrongOnPurpose(name string) bool {
	for _, part := range []string{"-wrong-digest-", "-wrong-signature-", "missing-digest", "multiple-good-digests"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// Every signature block of the vectors parses, and verifies over its .SF but for those that must not.
func TestCorpus(t *testing.T) {
	names, err := filepath.Glob("../../../shared/corpus/apksig/*.apk")
	if err != nil || len(names) == 0 {
		t.Skip("the vectors of apksig are not here")
	}
	blocks, verified := 0, 0
	kinds := map[x509lax.KeyAlgorithm]int{}
	for _, name := range names {
		files := signatureFiles(t, name)
		for entry, b := range files {
			ext := path.Ext(entry)
			if ext == ".SF" {
				continue
			}
			blocks++
			s, err := Parse(b)
			if err != nil {
				t.Errorf("%s, %s: %v", filepath.Base(name), entry, err)
				continue
			}
			if len(s.Unparsed) != 0 || len(s.Certificates) == 0 || len(s.Signers) == 0 {
				t.Errorf("%s, %s: got %d certificates unread, %d read, %d signers", filepath.Base(name), entry, len(s.Unparsed), len(s.Certificates), len(s.Signers))
			}
			for _, c := range s.Certificates {
				checkAgainstGo(t, c)
			}
			for i := range s.Signers {
				err := verify(s, &s.Signers[i], files[strings.TrimSuffix(entry, ext)+".SF"])
				if err == nil {
					verified++
					key, _ := s.Certificate(&s.Signers[i]).PublicKey()
					kinds[key.Algorithm]++
				} else if !wrongOnPurpose(filepath.Base(name)) {
					t.Errorf("%s, %s, signer %d: %v", filepath.Base(name), entry, i, err)
				} else {
					t.Logf("%s, %s, signer %d: %v", filepath.Base(name), entry, i, err)
				}
			}
		}
	}
	t.Logf("%d blocks, %d signers verify: %v", blocks, verified, kinds)
}

// checkAgainstGo compares a certificate with what crypto/x509 reads of it, if it does.
func checkAgainstGo(t *testing.T, c *x509lax.Certificate) {
	t.Helper()
	want, err := x509.ParseCertificate(c.Raw)
	if err != nil {
		t.Logf("%s: crypto/x509 refuses it: %v", c.SubjectText(), err)
		return
	}
	type fields struct {
		TBS, Issuer, Subject, SPKI, Signature []byte
		NotBefore, NotAfter                   time.Time
		Serial                                string
		KeyUsage, Extensions                  int
	}
	got := fields{
		c.TBS, c.Issuer, c.Subject, c.SPKI, c.Signature, c.NotBefore, c.NotAfter,
		new(big.Int).SetBytes(c.Serial).String(), int(c.KeyUsage), len(c.Extensions),
	}
	if d := cmp.Diff(got, fields{
		want.RawTBSCertificate, want.RawIssuer, want.RawSubject, want.RawSubjectPublicKeyInfo, want.Signature, want.NotBefore, want.NotAfter,
		want.SerialNumber.String(), int(want.KeyUsage), len(want.Extensions),
	}); d != "" {
		t.Errorf("%s: %s", c.SubjectText(), d)
	}
}
