package stamp

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/android/apksig/sigblock"
	"appraise/internal/limits"
	"appraise/inventory"
)

func TestSourceStampFields(t *testing.T) {
	ec, rsa := keys(t)
	unknown := numbered{0x0999, []byte("by an algorithm of tomorrow")}
	for _, test := range []struct {
		name   string
		change func(s *stampFile)
		state  inventory.SignatureState
		want   []string
	}{
		{"good", func(s *stampFile) {}, inventory.Verified, nil},
		{"empty attributes", func(s *stampFile) { s.attributes = []numbered{} }, inventory.Verified, nil},
		{"bytes after all", func(s *stampFile) { s.attributes = []numbered{}; s.rest = []byte("more") }, inventory.Verified, nil},
		{"garbage for a certificate", func(s *stampFile) { s.cert = []byte("certificate") }, inventory.Invalid, []string{"SOURCE_STAMP_MALFORMED_CERTIFICATE"}},
		{"no certificate", func(s *stampFile) { s.cert = nil }, inventory.Invalid, []string{"SOURCE_STAMP_MALFORMED_CERTIFICATE"}},
		{"another certificate", func(s *stampFile) { s.cert = rsa.cert }, inventory.Invalid, []string{"SOURCE_STAMP_CERTIFICATE_MISMATCH_BETWEEN_SIGNATURE_BLOCK_AND_APK"}},
		{"entry of another certificate", func(s *stampFile) { s.entry[31] ^= 1 }, inventory.Invalid, []string{"SOURCE_STAMP_CERTIFICATE_MISMATCH_BETWEEN_SIGNATURE_BLOCK_AND_APK"}},
		{"empty entry", func(s *stampFile) { s.entry = []byte{} }, inventory.Invalid, []string{"SOURCE_STAMP_CERTIFICATE_MISMATCH_BETWEEN_SIGNATURE_BLOCK_AND_APK"}},
		{"long entry", func(s *stampFile) { s.entry = append(s.entry, 0) }, inventory.Invalid, []string{"SOURCE_STAMP_CERTIFICATE_MISMATCH_BETWEEN_SIGNATURE_BLOCK_AND_APK"}},
		{"no entry", func(s *stampFile) { s.entry = nil }, inventory.Unverifiable, []string{WithoutEntry}},
		{"no digests", func(s *stampFile) { s.digests = nil }, inventory.Unverifiable, []string{"SOURCE_STAMP_NO_SIGNATURE"}},
		{"digests of v3.1 alone", func(s *stampFile) { s.digests = map[int]map[sigblock.ContentDigest][]byte{31: {}} }, inventory.Unverifiable, []string{"SOURCE_STAMP_NO_SIGNATURE"}},
		{"v3.1 as well", func(s *stampFile) {
			s.digests[31] = map[sigblock.ContentDigest][]byte{sigblock.ChunkedSHA512: []byte("unsigned")}
		}, inventory.Verified, nil},
		{"a scheme that nothing asks for", func(s *stampFile) { s.schemes[2] = signatures(numbered{ecdsaID, []byte("bad")}) }, inventory.Verified, nil},
		{"no signature for v1", func(s *stampFile) { s.schemes[1] = nil }, inventory.Invalid, []string{"SOURCE_STAMP_NO_SIGNATURE"}},
		{"no signature for v3", func(s *stampFile) { s.schemes[3] = nil }, inventory.Invalid, []string{"SOURCE_STAMP_NO_SIGNATURE"}},
		{"empty list for v3", func(s *stampFile) { s.schemes[3] = signatures() }, inventory.Invalid, []string{"SOURCE_STAMP_NO_SIGNATURE"}},
		{"signature over other digests", func(s *stampFile) { s.schemes[3] = signatures(numbered{ecdsaID, ec.sign(t, []byte("other"))}) }, inventory.Invalid, []string{"SOURCE_STAMP_DID_NOT_VERIFY"}},
		{"signature of another form", func(s *stampFile) { s.schemes[3] = signatures(numbered{ecdsaID, []byte("bad")}) }, inventory.Invalid, []string{"SOURCE_STAMP_VERIFY_EXCEPTION"}},
		{"algorithm of another key", func(s *stampFile) { s.schemes[3] = signatures(numbered{rsaSHA256, make([]byte, 256)}) }, inventory.Invalid, []string{"SOURCE_STAMP_VERIFY_EXCEPTION"}},
		{"unknown algorithm alone", func(s *stampFile) { s.schemes[3] = signatures(unknown) }, inventory.Invalid, []string{"[SOURCE_STAMP_UNKNOWN_SIG_ALGORITHM]", "SOURCE_STAMP_NO_SIGNATURE"}},
		{"unknown algorithm as well", func(s *stampFile) {
			s.schemes[3] = signatures(unknown, numbered{ecdsaID, ec.sign(t, digestRecords(s.digests[3]))})
		}, inventory.Verified, []string{"[SOURCE_STAMP_UNKNOWN_SIG_ALGORITHM]"}},
		{"signature cut", func(s *stampFile) { s.schemes[3] = field(field(u32(ecdsaID), u32(5), []byte("bad"))) }, inventory.Invalid, []string{"SOURCE_STAMP_MALFORMED_SIGNATURE"}},
		{"list of signatures cut", func(s *stampFile) { s.schemes[3] = field(u32(9)) }, inventory.Invalid, []string{"SOURCE_STAMP_MALFORMED_SIGNATURE"}},
		{"scheme cut", func(s *stampFile) { s.more = field(u32(2)) }, inventory.Invalid, []string{"SOURCE_STAMP_MALFORMED_SIGNATURE"}},
		{"list of schemes cut", func(s *stampFile) { s.more = u32(9) }, inventory.Invalid, []string{"SOURCE_STAMP_MALFORMED_SIGNATURE"}},
		{"of two for one scheme the last counts", func(s *stampFile) { s.more = field(u32(3), signatures(numbered{ecdsaID, ec.sign(t, nil)})) }, inventory.Invalid, []string{"SOURCE_STAMP_DID_NOT_VERIFY"}},
		{"rest that is no attributes", func(s *stampFile) { s.rest = []byte{1} }, inventory.Invalid, []string{"SOURCE_STAMP_MALFORMED_SIGNATURE"}},
		{"attributes without signatures", func(s *stampFile) { s.attributes = []numbered{}; s.attributed = field() }, inventory.Invalid, []string{"SOURCE_STAMP_NO_SIGNATURE"}},
		{"attributes with a wrong signature", func(s *stampFile) {
			s.attributes, s.attributed = []numbered{}, signatures(numbered{ecdsaID, ec.sign(t, []byte("other"))})
		}, inventory.Invalid, []string{"SOURCE_STAMP_DID_NOT_VERIFY"}},
		{"attributes that are none", func(s *stampFile) { s.blob = []byte{1} }, inventory.Invalid, []string{"SOURCE_STAMP_MALFORMED_SIGNATURE"}},
		{"attribute without an id", func(s *stampFile) { s.blob = field(field([]byte{1})) }, inventory.Invalid, []string{"SOURCE_STAMP_MALFORMED_ATTRIBUTE"}},
		{"list of attributes cut", func(s *stampFile) { s.blob = field(u32(9)) }, inventory.Invalid, []string{"SOURCE_STAMP_MALFORMED_ATTRIBUTE"}},
		{"unknown attribute", func(s *stampFile) { s.attributes = []numbered{{7, nil}} }, inventory.Verified, []string{"[SOURCE_STAMP_UNKNOWN_ATTRIBUTE]"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := sample(t)
			test.change(f)
			in := f.input()
			in.File = open(t, file(numbered{sigblock.IDSourceStampV2, field(f.content())}))
			s, problems := judge(t, in)
			if s.State != test.state {
				t.Errorf("%v, want %v", s.State, test.state)
			}
			if diff := cmp.Diff(problems, test.want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSourceStampAttributes(t *testing.T) {
	ec, rsa := keys(t)
	unsigned := append(u32(1), node(t, rsa.cert, nil, 0, rsaSHA256)...)
	unsigned = append(unsigned, node(t, ec.cert, &ec, rsaSHA256, ecdsaID)...)
	for _, test := range []struct {
		name  string
		id    uint32
		value []byte
		time  string
		want  []string
	}{
		{"time", attrTime, u64(1_700_000_000), "2023-11-14T22:13:20Z", nil},
		{"time in 16 bytes", attrTime, append(u64(1), u64(0)...), "1970-01-01T00:00:01Z", nil},
		{"last time with four digits", attrTime, u64(253402300799), "9999-12-31T23:59:59Z", nil},
		{"time after that", attrTime, u64(253402300800), "", nil},
		{"largest time", attrTime, u64(math.MaxInt64), "", nil},
		{"time zero", attrTime, u64(0), "", []string{"SOURCE_STAMP_INVALID_TIMESTAMP"}},
		{"time zero in 16 bytes", attrTime, append(u64(0), u64(1)...), "", []string{"SOURCE_STAMP_INVALID_TIMESTAMP"}},
		{"negative time", attrTime, u64(math.MaxUint64), "", []string{"SOURCE_STAMP_INVALID_TIMESTAMP"}},
		{"time in 7 bytes", attrTime, make([]byte, 7), "", []string{"SOURCE_STAMP_MALFORMED_ATTRIBUTE"}},
		{"lineage", attrProofOfRotation, lineage(t), "", nil},
		{"lineage that ends too early", attrProofOfRotation, append(u32(1), node(t, rsa.cert, nil, 0, rsaSHA256)...), "", []string{"SOURCE_STAMP_POR_CERT_MISMATCH"}},
		{"lineage of version 2", attrProofOfRotation, u32(2), "", []string{"SOURCE_STAMP_POR_CERT_MISMATCH"}},
		{"lineage that nobody signed", attrProofOfRotation, unsigned, "", []string{"SOURCE_STAMP_POR_DID_NOT_VERIFY"}},
		{"empty lineage", attrProofOfRotation, u32(1), "", []string{"SOURCE_STAMP_MALFORMED_LINEAGE"}},
		{"lineage of nothing", attrProofOfRotation, nil, "", []string{"SOURCE_STAMP_MALFORMED_LINEAGE"}},
		{"lineage cut", attrProofOfRotation, lineage(t)[:900], "", []string{"SOURCE_STAMP_MALFORMED_LINEAGE"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := sample(t)
			f.attributes = []numbered{{test.id, test.value}}
			v := newSource(f.input())
			v.block(field(f.content()))
			state := inventory.Invalid
			if test.want == nil {
				state = inventory.Verified
			}
			if v.stamp.State != state || v.stamp.Time != test.time {
				t.Errorf("%v at %q, want %v at %q", v.stamp.State, v.stamp.Time, state, test.time)
			}
			if diff := cmp.Diff(ids(v.stamp), test.want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSourceStampHalves: what is reported where the block or the entry is missing.
func TestSourceStampHalves(t *testing.T) {
	good := sample(t)
	v1, v2 := numbered{sigblock.IDSourceStampV1, []byte("first version")}, numbered{sigblock.IDSourceStampV2, field(good.content())}
	for _, test := range []struct {
		name  string
		pairs []numbered
		entry []byte
		want  []string
	}{
		{"neither", nil, nil, nil},
		{"entry alone", nil, good.entry, []string{"SOURCE_STAMP_SIG_MISSING"}},
		{"unreadable entry alone", nil, []byte{}, []string{"SOURCE_STAMP_SIG_MISSING"}},
		{"entry and first version", []numbered{v1}, good.entry, []string{"SOURCE_STAMP_SIG_MISSING"}},
		{"first version alone", []numbered{v1}, nil, []string{WithoutEntry}},
		{"block alone", []numbered{v2}, nil, []string{WithoutEntry}},
		{"both versions", []numbered{v1, v2}, nil, []string{WithoutEntry}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := good.input()
			in.File, in.Entry = open(t, file(test.pairs...)), test.entry
			s, problems := judge(t, in)
			if diff := cmp.Diff(problems, test.want); diff != "" || s.State != inventory.Unverifiable {
				t.Errorf("%v %s", s.State, diff)
			}
			if test.want != nil && s.Kind != kindSource {
				t.Errorf("kind %q", s.Kind)
			}
		})
	}
}

func TestSourceStampRange(t *testing.T) {
	_, rsa := keys(t)
	f := sample(t)
	f.id, f.cert = rsa, rsa.cert
	sum := sha256.Sum256(rsa.cert)
	f.entry = sum[:]
	f.schemes[3] = signatures(numbered{rsaPSSSHA256, []byte("by an algorithm of API level 23")})
	for _, test := range []struct {
		name           string
		minSDK, maxSDK int
		want           []string
	}{
		{"old", 1, 22, []string{"SOURCE_STAMP_NO_SUPPORTED_SIGNATURE"}},
		{"new", 1, noEnd, []string{"SOURCE_STAMP_VERIFY_EXCEPTION"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			in := f.input()
			in.MinSDK, in.MaxSDK = test.minSDK, test.maxSDK
			v := newSource(in)
			v.block(field(f.content()))
			if diff := cmp.Diff(ids(v.stamp), test.want); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestSourceStampLimits: a bound that is hit leaves no verdict; the largest list within it is read.
func TestSourceStampLimits(t *testing.T) {
	ec, _ := keys(t)
	repeat := func(b []byte, n int) []byte { return bytes.Repeat(b, n) }
	unknown := field(u32(0x0999), field(nil))
	for _, test := range []struct {
		name   string
		limit  int
		change func(s *stampFile, n int)
	}{
		{"schemes", limits.SignerDigests - 2, func(s *stampFile, n int) { s.more = repeat(field(u32(7), field()), n) }},
		{"signatures", limits.SignerDigests - 1, func(s *stampFile, n int) {
			good := field(u32(ecdsaID), field(ec.sign(t, digestRecords(s.digests[3]))))
			s.schemes[3] = field(repeat(unknown, n), good)
		}},
		{"attributes", limits.SignerAttributes, func(s *stampFile, n int) { s.blob = field(repeat(field(u32(7)), n)) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			for more, state := range []inventory.SignatureState{inventory.Verified, inventory.Unverifiable} {
				f := sample(t)
				test.change(f, test.limit+more)
				v := newSource(f.input())
				v.block(field(f.content()))
				if v.stamp.State != state {
					t.Errorf("%d: %v, want %v: %v", test.limit+more, v.stamp.State, state, ids(v.stamp))
				}
				if over := slices.Contains(ids(v.stamp), "SOURCE_STAMP_OVER_LIMIT"); over != (more == 1) {
					t.Errorf("%d: %v", test.limit+more, ids(v.stamp))
				}
			}
		})
	}
}

// TestSourceStampTruncated cuts a stamp at every place, with its outer length as it was and made to fit.
func TestSourceStampTruncated(t *testing.T) {
	f := sample(t)
	f.attributes = []numbered{{attrTime, u64(1)}, {attrProofOfRotation, lineage(t)}}
	whole := f.content()
	verified := 0
	for n := range whole {
		v := newSource(f.input())
		v.block(field(whole)[:n])
		if v.stamp.State != inventory.Invalid {
			t.Errorf("%d of %d bytes: %v", n, len(whole)+4, v.stamp.State)
		}
		v = newSource(f.input())
		v.block(field(whole[:n]))
		if v.stamp.State == inventory.Verified {
			verified++
		}
	}
	if verified != 1 { // the one without the attributes
		t.Errorf("%d shortened stamps verified", verified)
	}
}

// TestSourceStampChanged changes every byte of real stamps: none verifies.
func TestSourceStampChanged(t *testing.T) {
	for name, schemes := range map[string][]int{"apksigner-v1v2v3-stamp.apk": {1, 2, 3}, "apksigner-v3-stamp.apk": {3}} {
		apk := read(t, "../testdata/"+name)
		in := input(t, apk, schemes...)
		pair, _ := in.File.Pair(sigblock.IDSourceStampV2)
		whole := value(t, in.File, pair)
		for at := range whole {
			changed := slices.Clone(whole)
			changed[at] ^= 1
			v := newSource(in)
			v.block(changed)
			if v.stamp.State == inventory.Verified {
				t.Errorf("%s: byte %d of %d can be changed", name, at, len(whole))
			}
		}
		for scheme := range in.Digests {
			changed := input(t, apk, schemes...)
			for _, d := range changed.Digests[scheme] {
				d[0] ^= 1
			}
			if _, problems := judge(t, changed); !slices.Equal(problems, []string{"SOURCE_STAMP_DID_NOT_VERIFY"}) {
				t.Errorf("%s with another digest of v%d: %v", name, scheme, problems)
			}
		}
	}
}

// TestUnreadable: an error of the file is no verdict.
func TestUnreadable(t *testing.T) {
	good := sample(t)
	apk := file(numbered{sigblock.IDSourceStampV2, field(good.content())}, numbered{sigblock.IDFrosting, []byte("metadata")})
	r := &breaking{apk: apk}
	f, err := sigblock.Open(r, int64(len(apk)))
	if err != nil {
		t.Fatal(err)
	}
	r.broken = true
	in := good.input()
	in.File = f
	if s, present, err := VerifySource(in); s != nil || !present || !errors.Is(err, errBroken) {
		t.Errorf("source stamp %+v, %t, %v", s, present, err)
	}
	if s, present, err := VerifyFrosting(f); s != nil || !present || !errors.Is(err, errBroken) {
		t.Errorf("frosting %+v, %t, %v", s, present, err)
	}
}

var errBroken = errors.New("broken")

// breaking is a file that stops to be readable.
type breaking struct {
	apk    []byte
	broken bool
}

func (b *breaking) ReadAt(p []byte, off int64) (int, error) {
	if b.broken {
		return 0, errBroken
	}
	return bytes.NewReader(b.apk).ReadAt(p, off)
}

// seeds are stamps with every attribute, for the fuzz test.
func seeds(t testing.TB) (out [][]byte) {
	for _, a := range [][]numbered{nil, {{attrTime, u64(1)}}, {{attrProofOfRotation, lineage(t)}}, {{7, nil}}} {
		f := sample(t)
		f.attributes = a
		out = append(out, field(f.content()))
	}
	return out
}
