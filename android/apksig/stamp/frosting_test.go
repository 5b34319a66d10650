package stamp

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/inventory"
)

// varint writes a number in groups of seven bits, the lowest first.
func varint(n int) (out []byte) {
	for ; n >= 0x80; n >>= 7 {
		out = append(out, byte(n)|0x80)
	}
	return append(out, byte(n))
}

func sized(b []byte) []byte { return append(varint(len(b)), b...) }

// metadata is a frosting. What is nil is made right by value.
type metadata struct {
	t       testing.TB
	id      identity
	message []byte
	before  [][]byte // entries before the one in force
	flag    int      // not 0: disabled
	key     int
	digest  []byte
	after   [][]byte
	gap     []byte // between the entries and the signatures
	others  [][]byte
	sig     []byte // other than the right one
	none    bool   // no signature for the entry
	rest    []byte
}

// v2 is the pair whose value the digest covers.
var v2 = numbered{sigblock.IDV2, []byte("signature by scheme v2")}

// carrier is the APK with the frosting's value.
func carrier(value []byte, pairs ...numbered) []byte {
	return file(append(pairs, numbered{sigblock.IDFrosting, value})...)
}

func frosted(t testing.TB) *metadata {
	ec, _ := keys(t)
	// The digest as the format has it, by hand: the directory comes right after the entries.
	whole := file()
	at := len("the entries of the archive, as they stand")
	signed := append(append([]byte(nil), whole[:at]...), u32(v2.id)...)
	signed = append(append(signed, v2.value...), whole[at:]...)
	sum := sha256.Sum256(signed)
	return &metadata{t: t, id: ec, message: []byte("message"), digest: sum[:]}
}

func (m *metadata) value() []byte {
	entries, list := []byte(nil), []byte(nil)
	for _, e := range m.before {
		entries = append(entries, sized(e)...)
		list = append(list, sized([]byte("signature of an entry before"))...)
	}
	entries = append(entries, sized(append(append(varint(m.flag), varint(m.key)...), m.digest...))...)
	end := len(entries)
	for _, e := range m.after {
		entries = append(entries, sized(e)...)
	}
	data := append(sized(m.message), sized(entries)...)
	sig := m.sig
	if sig == nil {
		sig = m.id.sign(m.t, data[:len(data)-len(entries)+end])
	}
	if !m.none {
		list = append(list, sized(sig)...)
	}
	for _, other := range m.others {
		list = append(list, sized(other)...)
	}
	return append(append(sized(append(data, m.gap...)), sized(list)...), m.rest...)
}

// table is a table of keys with that of the identities in their order.
func table(t testing.TB, list ...identity) (out []string) {
	t.Helper()
	for _, id := range list {
		b, err := x509.MarshalPKIXPublicKey(id.key.Public())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, base64.StdEncoding.EncodeToString(b))
	}
	return out
}

func spkiDigest(key string) string {
	spki, _ := base64.StdEncoding.DecodeString(key)
	sum := sha256.Sum256(spki)
	return hex.EncodeToString(sum[:])
}

func TestFrosting(t *testing.T) {
	ec, rsa := keys(t)
	known := table(t, ec, rsa)
	digest := make([]byte, sha256.Size)
	disabled := append([]byte{1, 0}, digest...)
	for _, test := range []struct {
		name   string
		change func(m *metadata)
		state  inventory.SignatureState
		want   []string
	}{
		{"good", func(m *metadata) {}, inventory.Verified, nil},
		{"long message", func(m *metadata) { m.message = make([]byte, 70_000) }, inventory.Verified, nil},
		{"no message", func(m *metadata) { m.message = nil }, inventory.Verified, nil},
		{"disabled entries before", func(m *metadata) { m.before = [][]byte{disabled, {2}} }, inventory.Verified, nil},
		{"entries after, which it doesn't sign", func(m *metadata) { m.after = [][]byte{disabled, {0}} }, inventory.Verified, nil},
		{"more signatures", func(m *metadata) { m.others = [][]byte{{}, {1, 2}} }, inventory.Verified, nil},
		{"bytes between entries and signatures", func(m *metadata) { m.gap = []byte{1, 2, 3} }, inventory.Verified, nil},
		{"bytes after the signatures", func(m *metadata) { m.rest = []byte{1} }, inventory.Verified, nil},
		{"disabled alone", func(m *metadata) { m.flag = 300 }, inventory.Unverifiable, []string{"FROSTING_NO_ENABLED_ENTRY"}},
		{"unknown key", func(m *metadata) { m.key = 2 }, inventory.Unverifiable, []string{"FROSTING_UNKNOWN_KEY"}},
		{"largest key", func(m *metadata) { m.key = 1<<31 - 1 }, inventory.Unverifiable, []string{"FROSTING_UNKNOWN_KEY"}},
		{"key beyond the numbers", func(m *metadata) { m.key = 1 << 31 }, inventory.Invalid, []string{"FROSTING_MALFORMED"}},
		{"key of six bytes", func(m *metadata) { m.key = 1 << 36 }, inventory.Invalid, []string{"FROSTING_MALFORMED"}},
		{"another key of the table", func(m *metadata) { m.key = 1 }, inventory.Invalid, []string{"FROSTING_DID_NOT_VERIFY"}},
		{"signed by another key", func(m *metadata) { m.id = rsa }, inventory.Invalid, []string{"FROSTING_DID_NOT_VERIFY"}},
		{"signature over something else", func(m *metadata) { m.sig = ec.sign(t, []byte("other")) }, inventory.Invalid, []string{"FROSTING_DID_NOT_VERIFY"}},
		{"garbage for a signature", func(m *metadata) { m.sig = []byte("signature") }, inventory.Invalid, []string{"FROSTING_DID_NOT_VERIFY"}},
		{"empty signature", func(m *metadata) { m.sig = []byte{} }, inventory.Invalid, []string{"FROSTING_DID_NOT_VERIFY"}},
		{"no signature for the entry", func(m *metadata) { m.none, m.before = true, [][]byte{disabled} }, inventory.Invalid, []string{"FROSTING_MALFORMED"}},
		{"no signatures", func(m *metadata) { m.none = true }, inventory.Invalid, []string{"FROSTING_MALFORMED"}},
		{"another file", func(m *metadata) { m.digest = digest }, inventory.Invalid, []string{"FROSTING_DIGEST_MISMATCH"}},
		{"short digest", func(m *metadata) { m.digest = digest[:31] }, inventory.Invalid, []string{"FROSTING_MALFORMED"}},
		{"long digest", func(m *metadata) { m.digest = append(digest, 0) }, inventory.Invalid, []string{"FROSTING_MALFORMED"}},
		{"empty entry before", func(m *metadata) { m.before = [][]byte{{}} }, inventory.Invalid, []string{"FROSTING_MALFORMED"}},
		{"endless number before", func(m *metadata) { m.before = [][]byte{{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}} }, inventory.Invalid, []string{"FROSTING_MALFORMED"}},
		{"number cut before", func(m *metadata) { m.before = [][]byte{{0xff}} }, inventory.Invalid, []string{"FROSTING_MALFORMED"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := frosted(t)
			test.change(m)
			s, present, err := verifyFrosting(open(t, carrier(m.value(), v2)), known)
			if err != nil || !present || s.Kind != kindFrosting {
				t.Fatal(s, present, err)
			}
			if s.State != test.state {
				t.Errorf("%v, want %v", s.State, test.state)
			}
			if diff := cmp.Diff(ids(s), test.want); diff != "" {
				t.Error(diff)
			}
			want := ""
			if test.state == inventory.Verified || slices.Equal(test.want, []string{"FROSTING_DIGEST_MISMATCH"}) {
				want = spkiDigest(known[0])
			}
			if s.SHA256 != want {
				t.Errorf("key %q, want %q", s.SHA256, want)
			}
		})
	}
}

// TestFrostingFile changes what the digest covers, and what it doesn't.
func TestFrostingFile(t *testing.T) {
	ec, _ := keys(t)
	m := frosted(t)
	good := carrier(m.value(), v2)
	f := open(t, good)
	at := func(offset int64) func([]byte) { return func(b []byte) { b[offset] ^= 1 } }
	padding := numbered{sigblock.IDVerityPadding, make([]byte, 99)}
	for _, test := range []struct {
		name   string
		apk    []byte
		change func(apk []byte)
		state  inventory.SignatureState
	}{
		{"first byte", good, at(0), inventory.Invalid},
		{"last byte of the entries", good, at(f.BlockStart - 1), inventory.Invalid},
		{"v2 signature", good, at(f.Pairs[0].Offset), inventory.Invalid},
		{"directory", good, at(f.Directory), inventory.Invalid},
		{"comment", good, at(f.Size - 1), inventory.Invalid},
		{"end record", good, at(f.End + 4), inventory.Invalid},
		{"another pair as well", carrier(m.value(), padding, v2), at(f.BlockStart + 20), inventory.Verified},
		{"v2 signature gone", carrier(m.value(), padding), func([]byte) {}, inventory.Invalid},
		{"v2 signature empty", carrier(m.value(), numbered{sigblock.IDV2, nil}), func([]byte) {}, inventory.Invalid},
		{"second v2 signature, which nobody reads", carrier(m.value(), v2, numbered{sigblock.IDV2, []byte("more")}), func([]byte) {}, inventory.Verified},
	} {
		t.Run(test.name, func(t *testing.T) {
			apk := slices.Clone(test.apk)
			test.change(apk)
			s, _, err := verifyFrosting(open(t, apk), table(t, ec))
			if err != nil || s.State != test.state {
				t.Errorf("%+v, %v, want %v", s, err, test.state)
			}
		})
	}
}

// TestFrostingWithoutV2: an APK may carry none.
func TestFrostingWithoutV2(t *testing.T) {
	ec, _ := keys(t)
	m := frosted(t)
	sum := sha256.Sum256(file())
	m.digest = sum[:]
	for _, pairs := range [][]numbered{nil, {{sigblock.IDV2, nil}}} {
		s, _, err := verifyFrosting(open(t, carrier(m.value(), pairs...)), table(t, ec))
		if err != nil || s.State != inventory.Verified {
			t.Errorf("%+v, %v", s, err)
		}
	}
}

// TestPlayKeys: the table holds the key that it is meant to hold, and a stranger's frosting is not Play's.
func TestPlayKeys(t *testing.T) {
	if got, want := spkiDigest(playKeys[0]), "7c5ce2a4a6c14d78aa8ff605d0bfd7fc8be6855104a256a3a3cc9f80bd565188"; got != want {
		t.Errorf("key 0 is %s, want %s", got, want)
	}
	s, present, err := VerifyFrosting(open(t, carrier(frosted(t).value(), v2)))
	if err != nil || !present || !slices.Equal(ids(s), []string{"FROSTING_DID_NOT_VERIFY"}) || s.State != inventory.Invalid {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestFrostingLimit(t *testing.T) {
	ec, _ := keys(t)
	m := frosted(t)
	m.message = make([]byte, limits.FrostingBytes-500)
	m.rest = make([]byte, limits.FrostingBytes-len(m.value()))
	// The signature's size varies by a few bytes.
	good := m.value()
	good = append(good, make([]byte, 8)...)[:limits.FrostingBytes]
	for _, test := range []struct {
		name  string
		value []byte
		state inventory.SignatureState
		want  []string
	}{
		{"largest", good, inventory.Verified, nil},
		{"larger", append(slices.Clone(good), 0), inventory.Unverifiable, []string{"FROSTING_OVER_LIMIT"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s, _, err := verifyFrosting(open(t, carrier(test.value, v2)), table(t, ec))
			if err != nil || s.State != test.state || !slices.Equal(ids(s), test.want) {
				t.Errorf("%+v, %v", s, err)
			}
		})
	}
}

func TestFrostingTruncated(t *testing.T) {
	ec, _ := keys(t)
	m := frosted(t)
	m.before = [][]byte{{1}}
	whole := m.value()
	for n := range whole {
		if f, err := parseFrosting(whole[:n]); err == nil {
			t.Fatalf("%d of %d bytes: %+v", n, len(whole), f)
		}
		s, _, err := verifyFrosting(open(t, carrier(whole[:n], v2)), table(t, ec))
		if err != nil || s.State != inventory.Invalid {
			t.Fatalf("%d of %d bytes: %+v, %v", n, len(whole), s, err)
		}
	}
}

// TestFrostingChanged changes every byte of a frosting: none that is signed or a length can be changed.
func TestFrostingChanged(t *testing.T) {
	ec, _ := keys(t)
	m := frosted(t)
	m.before = [][]byte{{1}}
	whole := m.value()
	unsigned := len(sized([]byte("signature of an entry before"))) - 1 // the bytes of a signature that nobody reads
	can := 0
	for at := range whole {
		changed := slices.Clone(whole)
		changed[at] ^= 1
		s, _, err := verifyFrosting(open(t, carrier(changed, v2)), table(t, ec))
		if err != nil {
			t.Fatal(err)
		}
		if s.State == inventory.Verified {
			can++
		}
	}
	if can != unsigned {
		t.Errorf("%d bytes can be changed, want %d", can, unsigned)
	}
}

func FuzzFrosting(f *testing.F) {
	for _, change := range []func(m *metadata){
		func(m *metadata) {},
		func(m *metadata) { m.before = [][]byte{{1}} },
		func(m *metadata) { m.key = 300 },
		func(m *metadata) { m.flag = 1 },
	} {
		m := frosted(f)
		change(m)
		f.Add(m.value())
	}
	ec, _ := keys(f)
	known := table(f, ec)
	f.Fuzz(func(t *testing.T, b []byte) {
		s, present, err := verifyFrosting(open(t, carrier(b, v2)), known)
		if err != nil || !present {
			t.Fatal(present, err)
		}
		if (s.State == inventory.Verified) != (len(s.Problems) == 0) {
			t.Errorf("%v with problems %v", s.State, s.Problems)
		}
	})
}
