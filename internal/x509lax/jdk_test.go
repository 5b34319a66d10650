package x509lax

import (
	"bytes"
	"encoding/base64"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"
)

// The pieces of which the rows below are made.

var (
	rsaWithSHA1  = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5}
	rsaPSS       = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10}
	null         = []byte{5, 0}
	criticalFlag = []byte{1, 1, 0xff}
)

func times(before, after []byte) func(*parts) {
	return func(p *parts) { p.validity = seq(before, after) }
}

func utc(s string) []byte         { return der(0x17, []byte(s)) }
func generalized(s string) []byte { return der(0x18, []byte(s)) }

func subject(rdns ...[]byte) func(*parts) { return func(p *parts) { p.subject = seq(rdns...) } }

func algorithms(fields ...[]byte) func(*parts) {
	return func(p *parts) { p.algorithm = seq(fields...); p.outer = p.algorithm }
}

func version(n byte) func(*parts) { return func(p *parts) { p.version = []byte{0xa0, 3, 2, 1, n} } }

// extensions builds extensions of the id-ce arc; in each row: last octet of the OID, whether critical, value.
func extensions(list ...[]byte) func(*parts) {
	return func(p *parts) { p.extensions = der(0xa3, seq(list...)) }
}

func extension(id byte, fields ...[]byte) []byte {
	return seq(append([][]byte{der(6, []byte{0x55, 0x1d, id})}, fields...)...)
}

func critical(id byte, value ...[]byte) func(*parts) {
	return extensions(extension(id, criticalFlag, der(4, value...)))
}

func unknownExtension() []byte { return seq(der(6, other), der(4, null)) }

func key(oid []byte, parameters []byte, bits ...[]byte) func(*parts) {
	return func(p *parts) {
		p.spki = seq(seq(der(6, oid), parameters), der(3, append([][]byte{{0}}, bits...)...))
	}
}

func rsaKey2(numbers ...[]byte) func(*parts) { return key(rsaOID, null, seq(numbers...)) }

var (
	rsaOID     = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1}
	ecOID      = []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1}
	dsaOID     = []byte{0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1}
	p256       = der(6, []byte{0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7})
	brainpool  = der(6, []byte{0x2b, 0x24, 3, 3, 2, 8, 1, 1, 7})
	x25519     = []byte{0x2b, 0x65, 0x6e}
	modulus512 = der(2, append([]byte{0}, bytes.Repeat([]byte{0xf1}, 64)...))
	exponent   = []byte{2, 3, 1, 0, 1}
	point      = append([]byte{4}, make([]byte, 64)...) // not on any curve
)

func pss(fields ...[]byte) func(*parts) { return algorithms(der(6, rsaPSS), seq(fields...)) }

// Certificates that java.security.cert.CertificateFactory of JDK 17 refuses, each by one rule, and how it says so.
var refused = []struct {
	name   string
	change func(*parts)
	says   string
}{
	{"time that is none", times(utc("yesterday..."), utc("200102030405Z")), "Parse UTC time, invalid format"},
	{"time of another type", times(der(12, []byte("200102030405Z")), utc("200102030405Z")), "Invalid encoding for CertificateValidity"},
	{"time with a sign for a digit", times(utc("+00102030405Z"), utc("200102030405Z")), "Parse UTC time, invalid format"},
	{"time without zone", times(utc("200102030405"), utc("200102030405Z")), "Parse UTC time, invalid offset"},
	{"time with an offset but no seconds", times(utc("2001020304+0100"), utc("200102030405Z")), "Parse UTC time, invalid format"},
	{"time with an offset of a day", times(utc("200102030405+2400"), utc("200102030405Z")), "Parse UTC time, +hhmm"},
	{"time with an offset of 60 minutes", times(utc("200102030405+0160"), utc("200102030405Z")), "Parse UTC time, +hhmm"},
	{"UTC time with a fraction", times(utc("200102030405.5Z"), utc("200102030405Z")), "Parse UTC time, invalid offset"},
	{"no times", func(p *parts) { p.validity = seq() }, "No data encoded for CertificateValidity"},
	{"one time", func(p *parts) { p.validity = seq(utc("200102030405Z")) }, "Invalid encoding for CertificateValidity"},
	{"three times",
		func(p *parts) { p.validity = seq(utc("200102030405Z"), utc("200102030405Z"), utc("200102030405Z")) }, "Invalid encoding for CertificateValidity",
	},
	{"times in a set", func(p *parts) { p.validity[0] = 0x31 }, "Invalid encoded CertificateValidity, starting sequence tag missing"},

	{"signature algorithms that differ", func(p *parts) { p.outer = seq(der(6, rsaWithSHA1), null) }, "Signature algorithm mismatch"},
	{"signature parameters that differ",
		func(p *parts) { p.outer = bytes.Replace(p.outer, null, []byte{2, 1, 5}, 1); p.outer[1]++ }, "Signature algorithm mismatch",
	},
	{"algorithm with more than parameters", algorithms(der(6, rsaWithSHA1), null, null), "Invalid AlgorithmIdentifier: extra data"},
	{"algorithm with NULL that isn't empty", algorithms(der(6, rsaWithSHA1), []byte{5, 1, 0}), "invalid NULL"},
	{"algorithm without an OID", algorithms(null), "DerValue.getOID, not an OID 5"},
	{"algorithm in a set", func(p *parts) { p.algorithm[0] = 0x31 }, "algid parse error, not a sequence"},
	{"PSS with another mask generation", pss(der(0xa1, seq(der(6, rsaPSS)))), "Only MGF1 mgf is supported"},
	{"PSS with a mask generation without hash", pss(der(0xa1, seq(der(6, append(rsaPSS[:8:8], 8))))), "Missing MGF1 parameters"},
	{"PSS with a negative salt", pss(der(0xa2, []byte{2, 1, 0xff})), "Negative value for saltLength"},
	{"PSS with another trailer", pss(der(0xa3, []byte{2, 1, 2})), "Unsupported trailerField value 2"},
	{"PSS with something else", pss(der(0xa4, null)), "Invalid encoded PSSParameters"},
	{"PSS that is no sequence", algorithms(der(6, rsaPSS), der(4)), "Not the correct tag"},

	{"no issuer", func(p *parts) { p.issuer = seq() }, "Empty issuer DN not allowed in X509Certificates"},
	{"an issuer without attributes", func(p *parts) { p.issuer = seq(set()) }, "Empty issuer DN not allowed in X509Certificates"},
	{"no subject in version 1", func(p *parts) { p.version, p.subject = nil, seq() }, "Empty subject DN not allowed in v1 certificate"},
	{"no subject and no name in extensions",
		func(p *parts) { p.subject, p.extensions = seq(), der(0xa3, seq(unknownExtension())) }, "subject field is empty, and SubjectAlternativeName extension is absent",
	},
	{"no subject and a name that isn't critical", func(p *parts) {
		p.subject, p.extensions = seq(), der(0xa3, seq(extension(17, der(4, seq(der(0x82, []byte("a")))))))
	}, "SubjectAlternativeName extension MUST be marked critical when subject field is empty"},
	{"name that isn't one", subject(null), "X500 RDN"},
	{"RDN not a set", subject(seq(ava(cn, 12, "a"))), "X500 RDN"},
	{"attribute not a sequence", subject(set(set(der(6, cn), der(12)))), "AVA not a sequence"},
	{"attribute without a type", subject(set(seq(null, der(12)))), "DerValue.getOID, not an OID 5"},
	{"attribute without a value", subject(set(seq(der(6, cn)))), "Too short"},
	{"attribute with two values", subject(set(seq(der(6, cn), der(12), der(12)))), "AVA, extra bytes = 2"},
	{"length inside a name that exceeds it", subject(set(seq(der(6, cn), []byte{12, 1}))), "not enough content"},
	{"OID with needless octets", subject(rdn([]byte{0x55, 0x80, 4, 3}, 12, "a")), "Invalid DER encoding, useless extra octet detected"},
	{"OID that doesn't end", subject(rdn([]byte{0x55, 0x84}, 12, "a")), "Invalid DER encoding, not ended"},
	{"tag number over 30", subject(set(seq(der(6, cn), []byte{0x1f, 0x1f, 0}))), "Tag number over 30 at 9 is not supported"},

	{"key that isn't one", func(p *parts) { p.spki = seq() }, "Too short"},
	{"key with more", func(p *parts) { p.spki = seq(seq(der(6, other)), der(3, []byte{0}), null) }, "excess subject key"},
	{"key with eight unused bits", func(p *parts) { p.spki = seq(seq(der(6, other)), der(3, []byte{8, 0})) }, "Invalid number of padding bits"},
	{"key without octets but with unused bits", func(p *parts) { p.spki = seq(seq(der(6, other)), der(3, []byte{1})) }, "Not enough bytes in BitString"},
	{"key of nothing", func(p *parts) { p.spki = seq(seq(der(6, other)), der(3)) }, "Invalid encoding: zero length bit string"},
	{"RSA modulus of 496 bits",
		rsaKey2(der(2, append([]byte{0}, bytes.Repeat([]byte{0xf1}, 62)...)), exponent), "RSA keys must be at least 512 bits long",
	},
	{"RSA exponent 1", rsaKey2(modulus512, []byte{2, 1, 1}), "exponent is smaller than 3"},
	{"RSA exponent over the modulus",
		rsaKey2(modulus512, der(2, append([]byte{0}, bytes.Repeat([]byte{0xf2}, 64)...))), "exponent is larger than modulus",
	},
	{"RSA without exponent", rsaKey2(modulus512), "Invalid RSA public key"},
	{"RSA with three numbers", rsaKey2(modulus512, exponent, exponent), "Invalid RSA public key"},
	{"RSA with an empty number", rsaKey2(der(2), exponent), "Invalid RSA public key"},
	{"RSA with more after the numbers", key(rsaOID, null, seq(modulus512, exponent), null), "Invalid RSA public key"},
	{"EC without curve", key(ecOID, nil, point), "EC domain parameters must be encoded in the algorithm identifier"},
	{"EC on an unknown curve", key(ecOID, der(6, other), point), "Unknown named curve: 1.2.3.4"},
	{"EC on an explicit curve", key(ecOID, seq(), point), "Only named ECParameters supported"},
	{"EC with a short point", key(ecOID, p256, point[:63]), "Invalid EC key"},
	{"EC with a compressed point", key(ecOID, p256, []byte{2}, point[1:]), "Invalid EC key"},
	{"DSA with two parameters", key(dsaOID, seq([]byte{2, 1, 7}, []byte{2, 1, 3}), []byte{2, 1, 2}), "Too short"},
	{"DSA with a key that is no number", key(dsaOID, nil, null), "DerValue.getBigIntegerInternal, not expected 5"},
	{"X25519 with a short key", key(x25519, nil, make([]byte, 31)), "key length must be 32"},

	{"serial number of another type", func(p *parts) { p.serial = der(4, []byte{1}) }, "DerValue.getBigIntegerInternal, not expected 4"},
	{"empty serial number", func(p *parts) { p.serial = der(2) }, "Invalid encoding: zero length Int value"},
	{"version over 32 bits", func(p *parts) { p.version = der(0xa0, der(2, []byte{1, 0, 0, 0, 0})) }, "Integer exceeds maximum valid value"},
	{"extensions in version 1",
		func(p *parts) { p.version, p.extensions = nil, der(0xa3, seq(unknownExtension())) }, "no more data allowed for version 1 certificate",
	},
	{"extensions in version 2",
		func(p *parts) { version(1)(p); p.extensions = der(0xa3, seq(unknownExtension())) }, "Extensions not allowed in v2 certificate",
	},
	{"extensions in version 4",
		func(p *parts) { version(3)(p); p.extensions = der(0xa3, seq(unknownExtension())) }, "Extensions not allowed in v2 certificate",
	},
	{"unique id with eight unused bits", func(p *parts) { p.extensions = der(0x81, []byte{8, 0}) }, "Invalid number of padding bits"},
	{"empty unique id", func(p *parts) { p.extensions = der(0x82) }, "Invalid encoding: zero length bit string"},

	{"an extension twice", extensions(unknownExtension(), unknownExtension()), "Duplicate extensions not allowed"},
	{"a known extension twice", extensions(extension(14, der(4, der(4))), extension(14, der(4, der(4)))), "Duplicate extensions not allowed"},
	{"extensions not a list", func(p *parts) { p.extensions = der(0xa3, null) }, "Not the correct tag"},
	{"extension of another type", extensions(null), "toDerInputStream rejects tag type 5"},
	{"extension without an OID", extensions(seq(der(4))), "DerValue.getOID, not an OID 4"},
	{"extension without a value", extensions(seq(der(6, other))), "Too short"},
	{"extension with a value that is no string", extensions(seq(der(6, other), null)), "DerValue.getOctetString, not an Octet String: 5"},
	{"extension with a flag of two octets", extensions(seq(der(6, other), []byte{1, 2, 0, 0}, der(4))), "DerValue.getBoolean, invalid length 2"},
	{"length inside an extension that exceeds it", extensions(seq(der(6, other), []byte{4, 1})), "not enough content"},
	{"critical key usage that is none", critical(15, null), "DerValue.getBitString, not a bit string 5"},
	{"critical and empty key usage", critical(15), "Index 0 out of bounds for length 0"},
	{"critical key usage with more", critical(15, []byte{3, 2, 0, 0x80, 5, 0}), "extra data at the end"},
	{"critical basic constraints that are none", critical(19, null), "Invalid encoding of BasicConstraints"},
	{"critical basic constraints with a flag of two octets", critical(19, seq([]byte{1, 2, 0, 0})), "DerValue.getBoolean, invalid length 2"},
	{"critical basic constraints with another length", critical(19, seq(criticalFlag, null)), "Invalid encoding of BasicConstraints"},
	{"critical extended key usage that is none", critical(37, seq(null)), "DerValue.getOID, not an OID 5"},
	{"critical key identifier that is none", critical(14, null), "DerValue.getOctetString, not an Octet String: 5"},
	{"critical alternative name without names", critical(17, seq()), "No data available in passed DER encoded value"},
	{"critical alternative name of an unknown kind", critical(17, seq(der(0x89))), "Unrecognized GeneralName tag, (9)"},
	{"critical alternative name with an address of five bytes", critical(17, seq(der(0x87, make([]byte, 5)))), "Invalid IPAddressName"},
	{"critical alternative name with a directory name that is none", critical(17, seq(der(0xa4, null))), "X500 RDN"},
	{"critical alternative name without a mail domain", critical(17, seq(der(0x81, []byte("a@")))), "RFC822Name may not end with @"},
	{"critical name constraints with something else", critical(30, seq(der(0xa2))), "Invalid encoding of NameConstraintsExtension"},
	{"critical policies that are none", critical(32, seq(null)), "Invalid encoding of PolicyInformation"},
	{"critical policy constraints with something else", critical(36, seq(null)), "Invalid encoding of PolicyConstraint"},
	{"critical number of policies that is none", critical(54, null), "Invalid encoding of InhibitAnyPolicy: data not integer"},

	{"no signature", func(p *parts) { p.signature = nil }, "Too short"},
	{"signature not a bit string", func(p *parts) { p.signature[0] = 4 }, "DerValue.getBitString, not a bit string 4"},
	{"signature with eight unused bits", func(p *parts) { p.signature = der(3, []byte{8, 0}) }, "Invalid number of padding bits"},
	{"something after the signature", func(p *parts) { p.signature = append(p.signature, null...) }, "signed overrun, bytes = 2"},
	{"indefinite length inside a definite one",
		func(p *parts) { p.validity = append(append([]byte{0x30, 0x80}, p.validity[2:]...), 0, 0) }, "not enough content",
	},
}

// Certificates that no strict parser takes, but the JDK does.
var odd = []struct {
	name   string
	change func(*parts)
	check  func(*Certificate) bool // may be nil
}{
	{"as it is", func(*parts) {}, func(c *Certificate) bool {
		return c.SignatureOID == "1.2.840.113549.1.1.11" && len(c.Signature) == 128 && c.NotAfter.Equal(time.Date(2050, 1, 2, 3, 4, 5, 0, time.UTC))
	}},
	{"version 1", func(p *parts) { p.version = nil }, func(c *Certificate) bool { return c.Serial[0] == 1 }},
	{"version in a primitive element", func(p *parts) { p.version[0] = 0x80 }, nil},
	{"version 10", version(9), nil},
	{"serial zero", func(p *parts) { p.serial = []byte{2, 1, 0} }, func(c *Certificate) bool { return c.Serial[0] == 0 }},
	{"serial negative", func(p *parts) { p.serial = []byte{2, 2, 0x80, 1} }, func(c *Certificate) bool { return len(c.Serial) == 2 }},
	{"serial with needless zeros", func(p *parts) { p.serial = []byte{2, 3, 0, 0, 1} }, func(c *Certificate) bool { return len(c.Serial) == 3 }},
	{"parameters NULL and absent", func(p *parts) { p.outer = seq(p.outer[2:13]) }, nil},
	{"unknown signature algorithm", algorithms(der(6, other), der(0x30)), func(c *Certificate) bool { return c.SignatureOID == "1.2.3.4" }},
	{"PSS", pss(der(0xa0, seq(der(6, []byte{0x2b, 14, 3, 2, 26}), null)), der(0xa2, []byte{2, 1, 20}), der(0xa3, []byte{2, 1, 1})), nil},
	{"times with offset and fraction", times(utc("200102030405+2359"), generalized("20200102030405,25-0100")), func(c *Certificate) bool {
		return c.NotBefore.Equal(time.Date(2020, 1, 1, 3, 5, 5, 0, time.UTC)) && c.NotAfter.Equal(time.Date(2020, 1, 2, 4, 4, 5, 250e6, time.UTC))
	}},
	{"times without seconds", times(utc("6801020304Z"), generalized("202001020304Z")), func(c *Certificate) bool { return c.NotBefore.Year() == 1968 }},
	{"times backwards", times(utc("200102030405Z"), utc("190102030405Z")), nil},
	{"an empty RDN", subject(set(), rdn(cn, 12, "a")), nil},
	{"text in an attribute that isn't", subject(rdn(cn, 12, "\xff")), nil},
	{"no subject and no extensions", func(p *parts) { p.subject = seq() }, func(c *Certificate) bool { return c.SubjectText() == "" }},
	{"no subject and a critical name", func(p *parts) { p.subject = seq(); critical(17, seq(der(0x82, []byte("a"))))(p) }, nil},
	{"unknown key", key(other, nil, []byte("x")), func(c *Certificate) bool { return c.KeyText() == "unknown" }},
	{"EC off its curve", key(ecOID, p256, point), func(c *Certificate) bool { return c.KeyText() == "unknown" }},
	{"EC with a byte more", key(ecOID, p256, point, []byte{0}), func(c *Certificate) bool { return c.KeyText() == "unknown" }},
	{"EC on a brainpool curve", key(ecOID, brainpool, point), func(c *Certificate) bool { return c.KeyText() == "unknown" }},
	{"DSA without parameters", key(dsaOID, nil, []byte{2, 1, 2}), func(c *Certificate) bool { return c.KeyText() == "unknown" }},
	{"X25519", key(x25519, nil, make([]byte, 32)), func(c *Certificate) bool { return c.KeyText() == "unknown" }},
	{"RSA modulus encoded as negative", rsaKey2(der(2, modulus512[3:]), exponent), func(c *Certificate) bool {
		return c.KeyText() == "RSA-512" && bytes.Contains(c.SPKI, modulus512)
	}},
	{"RSA without NULL",
		key(rsaOID, nil, seq(modulus512, exponent)), func(c *Certificate) bool { return bytes.Contains(c.SPKI, append(der(6, rsaOID), null...)) },
	},
	{"unique ids",
		func(p *parts) { p.extensions = append(der(0x81, []byte{0, 1}), der(0x82, []byte{0, 1})...) }, func(c *Certificate) bool { return !c.HasKeyUsage },
	},
	{"something else where extensions stand",
		func(p *parts) { p.extensions = slices.Concat(null, der(0xa3, null)) }, func(c *Certificate) bool { return len(c.Extensions) == 0 },
	},
	{"something after the extensions",
		func(p *parts) { p.extensions = slices.Concat(der(0xa3, seq(unknownExtension())), null) }, func(c *Certificate) bool { return len(c.Extensions) == 1 },
	},
	{"something after the list of extensions", func(p *parts) { p.extensions = der(0xa3, seq(unknownExtension()), null) }, nil},
	{"no extension", extensions(), nil},
	{"extension as a set, with more", extensions(set(der(6, other), der(4), null)), func(c *Certificate) bool { return len(c.Extensions) == 1 }},
	{"extension whose value is in parts", extensions(seq(der(6, other), der(0x24, der(4, []byte("a")), der(4, []byte("b"))))), func(c *Certificate) bool {
		return string(c.Extensions[0].Value) == "ab"
	}},
	{"unreadable extensions that aren't critical",
		extensions(extension(19, der(4, null)), extension(17, der(4)), extension(37, der(4, seq(null)))), nil,
	},
	{"empty key usage", extensions(extension(15, der(4, []byte{3, 1, 0}))), func(c *Certificate) bool { return c.HasKeyUsage && c.KeyUsage == 0 }},
	{"key usage in another string",
		critical(15, der(4, []byte{3, 2, 6, 0xc0})), func(c *Certificate) bool { return c.KeyUsage == DigitalSignature|NonRepudiation },
	},
	{"unused bits that are set", critical(15, []byte{3, 2, 7, 0xff}), func(c *Certificate) bool { return c.KeyUsage == DigitalSignature }},
	{"unreadable key usage allows nothing",
		extensions(extension(15, der(4, null))), func(c *Certificate) bool { return c.HasKeyUsage && c.KeyUsage == 0 },
	},
	{"critical basic constraints with more", critical(19, seq(criticalFlag, []byte{2, 1, 3}, null)), nil},
	{"critical basic constraints of something else", critical(19, seq(null)), nil},
	{"critical names", critical(17, seq(der(0x81, []byte("a@b")), der(0x82), der(0xa4, seq()), der(0x87, make([]byte, 16)))), nil},
	{"critical name constraints", critical(30, seq(der(0xa0, seq(der(0x82, []byte(".b")))), der(0xa1, seq(der(0x81, []byte("b")))))), nil},
	{"critical policies", critical(32, seq(seq(der(6, other)))), nil},
	{"critical policy constraints", critical(36, seq(der(0x80, []byte{1}), der(0x81, []byte{2}))), nil},
	{"critical number of policies", critical(54, []byte{2, 1, 3}), nil},
	{"critical extended key usage and key identifier",
		extensions(extension(37, criticalFlag, der(4, seq(der(6, other)))), extension(14, criticalFlag, der(4, der(4)))), nil,
	},
	{"signature with unused bits",
		func(p *parts) { p.signature = der(3, []byte{4, 0xff}) }, func(c *Certificate) bool { return c.Signature[0] == 0xf0 },
	},
	{"lengths longer than needed", func(p *parts) {
		p.serial, p.validity = []byte{2, 0x81, 1, 1}, append([]byte{0x30, 0x82, 0, byte(len(p.validity) - 2)}, p.validity[2:]...)
	}, nil},
}

// Certificates that the JDK reads and this doesn't: ParseCertificate's comments say why.
var stricter = []struct {
	name   string
	change func(*parts)
}{
	{"a month of 31 days that has fewer", times(utc("200231030405Z"), utc("200102030405Z"))},
	{"an unreadable extension beside a readable one", extensions(extension(14, der(4, null)), extension(14, der(4, der(4))))},
	{"critical URI", critical(17, seq(der(0x86, []byte("http://a.example/"))))},
	{"critical extension of a certificate revocation list", critical(20, []byte{2, 1, 1})},
	{"PSS with another digest", pss(der(0xa0, seq(der(6, other))))},
}

func TestRefused(t *testing.T) {
	for _, tc := range refused {
		t.Run(tc.name, func(t *testing.T) {
			if c, err := ParseCertificate(changed(t, tc.change)); err == nil {
				t.Errorf("got %+v, the JDK says %q", c, tc.says)
			} else {
				checkFormat(t, err)
			}
		})
	}
}

func TestOdd(t *testing.T) {
	for _, tc := range odd {
		t.Run(tc.name, func(t *testing.T) {
			if c := parse(t, changed(t, tc.change)); tc.check != nil && !tc.check(c) {
				t.Errorf("got %+v", c)
			}
		})
	}
}

func TestStricter(t *testing.T) {
	for _, tc := range stricter {
		if c, err := ParseCertificate(changed(t, tc.change)); err == nil {
			t.Errorf("%s: got %+v", tc.name, c)
		}
	}
}

func changed(t testing.TB, change func(*parts)) []byte {
	p := fromFixture(t)
	change(&p)
	return p.build()
}

const factorySource = `public class F { public static void main(String[] a) throws Exception {
	System.out.println(Runtime.version().feature());
	var in = new java.io.BufferedReader(new java.io.InputStreamReader(System.in));
	for (String line; (line = in.readLine()) != null; ) {
		var b = new java.io.ByteArrayInputStream(java.util.Base64.getDecoder().decode(line));
		try {
			java.security.cert.CertificateFactory.getInstance("X.509").generateCertificate(b);
			System.out.println("accepted");
		} catch (java.security.cert.CertificateException e) {
			System.out.println("refused: " + String.valueOf(e.getMessage()).replace('\n', ' '));
		}
	}
}}`

// The JDK refuses and accepts what the tables say; JDK 17 in these words, others in their own.
func TestTablesAgainstJDK(t *testing.T) {
	if _, err := exec.LookPath("javac"); err != nil {
		t.Skip("javac is not installed")
	}
	var names, in, want []string
	add := func(name string, change func(*parts), says string) {
		names, want = append(names, name), append(want, says)
		in = append(in, base64.StdEncoding.EncodeToString(changed(t, change)))
	}
	for _, tc := range refused {
		add(tc.name, tc.change, tc.says)
	}
	for _, tc := range odd {
		add(tc.name, tc.change, "accepted")
	}
	for _, tc := range stricter {
		add(tc.name, tc.change, "accepted")
	}
	dir := t.TempDir()
	write(t, []byte(factorySource), dir, "F.java")
	cmd := exec.Command("java", "F.java")
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(strings.Join(in, "\n"))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	feature, answers, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	got := strings.Split(answers, "\n")
	if len(got) != len(want) {
		t.Fatalf("got %d answers to %d certificates", len(got), len(want))
	}
	for i := range got {
		same := strings.HasPrefix(got[i], "accepted") == (want[i] == "accepted")
		if !same || feature == "17" && !strings.Contains(got[i], want[i]) {
			t.Errorf("%s: got %q, want %q", names[i], got[i], want[i])
		}
	}
}
