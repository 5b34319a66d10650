package sigblock_test

import (
	"errors"
	"math"
	"testing"

	"appraise/android/apksig/sigblock"

	"github.com/google/go-cmp/cmp"
)

func TestCursor(t *testing.T) {
	c := sigblock.Cursor{Rest: []byte("\x07\x00\x00\x00\x02\x00\x00\x00ab\x00\x00\x00\x00rest")}
	if n, ab, none := c.Uint32(), c.Bytes(), c.Bytes(); n != 7 || string(ab) != "ab" || none == nil || len(none) != 0 || string(c.Rest) != "rest" || c.Err != nil {
		t.Errorf("got %d, %q, %q, %+v", n, ab, none, c)
	}
	if got := c.Bytes(); got != nil || !errors.Is(c.Err, sigblock.ErrMalformed) || c.Rest != nil {
		t.Errorf("length past the end: got %q, %+v", got, c)
	}
	if n, b := c.Uint32(), c.Bytes(); n != 0 || b != nil || c.Err == nil {
		t.Errorf("after an error: got %d, %q, %v", n, b, c.Err)
	}
	for _, rest := range []string{"", "\x01", "\x01\x00\x00"} {
		c := sigblock.Cursor{Rest: []byte(rest)}
		if n := c.Uint32(); n != 0 || c.Err == nil {
			t.Errorf("%q: got %d, %v", rest, n, c.Err)
		}
	}
	for _, length := range []uint32{3, 0x7fffffff, 0x80000000, 0xffffffff} {
		c := sigblock.Cursor{Rest: append(le.AppendUint32(nil, length), 1, 2)}
		if b := c.Bytes(); b != nil || c.Err == nil {
			t.Errorf("length %d: got %x, %v", length, b, c.Err)
		}
	}
	whole := append(le.AppendUint32(nil, 1), 'a', 'b')
	c = sigblock.Cursor{Rest: whole}
	if _ = append(c.Bytes(), 'X'); string(whole[5:]) != "b" {
		t.Error("appending to a field wrote over the next one")
	}
}

func TestElements(t *testing.T) {
	tests := []struct {
		name  string
		in    string
		limit int
		want  []string
		more  bool
		err   bool
	}{
		{name: "none", limit: 1},
		{name: "two", in: "\x01\x00\x00\x00a\x00\x00\x00\x00", limit: 2, want: []string{"a", ""}},
		{name: "one more than the limit", in: "\x01\x00\x00\x00a\x00\x00\x00\x00", limit: 1, want: []string{"a"}, more: true},
		{name: "limit hit before damage", in: "\x01\x00\x00\x00a\xff", limit: 1, want: []string{"a"}, more: true},
		{name: "no room", in: "\x00\x00\x00\x00", more: true},
		{name: "damage", in: "\x01\x00\x00\x00a\x02\x00\x00\x00b", limit: 9, want: []string{"a"}, err: true},
		{name: "a byte left", in: "\x00\x00\x00\x00\x00", limit: 9, want: []string{""}, err: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list, more, err := sigblock.Elements([]byte(tt.in), tt.limit)
			var got []string
			for _, e := range list {
				got = append(got, string(e))
			}
			if diff := cmp.Diff(got, tt.want); diff != "" || more != tt.more || (err != nil) != tt.err {
				t.Errorf("more: %v, error: %v; got - want +\n%s", more, err, diff)
			}
		})
	}
}

// What each Android version of a range would check. Source: ApkSigningBlockUtilsLite.getSignaturesToVerify.
func TestToVerify(t *testing.T) {
	const (
		pss256, pss512, rsa256, rsa512, ec256, dsa256   = 0x0101, 0x0102, 0x0103, 0x0104, 0x0201, 0x0301
		verityRSA, verityEC, verityDSA, unknown, newest = 0x0421, 0x0423, 0x0425, 0xbeef, math.MaxInt32
	)
	tests := []struct {
		name     string
		ids      []uint32
		min, max int
		keys     bool
		want     []uint32
	}{
		{name: "none", min: 24, max: newest},
		{name: "unknown alone", ids: []uint32{unknown}, min: 24, max: newest},
		{name: "one", ids: []uint32{rsa256}, min: 24, max: newest, want: []uint32{rsa256}},
		{name: "strongest of two", ids: []uint32{rsa256, rsa512}, min: 24, max: newest, want: []uint32{rsa512}},
		{name: "strongest of two, first", ids: []uint32{rsa512, rsa256}, min: 24, max: newest, want: []uint32{rsa512}},
		{name: "first of equals", ids: []uint32{pss256, rsa256}, min: 24, max: newest, want: []uint32{pss256}},
		{name: "first of equals, the other way", ids: []uint32{rsa256, pss256, unknown}, min: 24, max: newest, want: []uint32{rsa256}},
		{name: "verity beside", ids: []uint32{rsa256, verityRSA}, min: 24, max: newest, want: []uint32{rsa256, verityRSA}},
		{name: "verity first", ids: []uint32{verityRSA, rsa512}, min: 24, max: newest, want: []uint32{verityRSA, rsa512}},
		{name: "verity is too new", ids: []uint32{rsa256, verityRSA}, min: 24, max: 27, want: []uint32{rsa256}},
		{name: "verity alone from 28", ids: []uint32{verityEC}, min: 28, max: newest, want: []uint32{verityEC}},
		{name: "verity alone from 27", ids: []uint32{verityEC}, min: 27, max: newest},
		{name: "verity alone up to 27", ids: []uint32{verityDSA}, min: 24, max: 27},
		{name: "lowest level is too old", ids: []uint32{rsa256}, min: 23, max: newest},
		{name: "ends before all", ids: []uint32{rsa256}, min: 20, max: 23},
		{name: "same twice", ids: []uint32{ec256, ec256}, min: 24, max: newest, want: []uint32{ec256}},
		{name: "DSA", ids: []uint32{dsa256}, min: 24, max: newest, want: []uint32{dsa256}},
		{name: "by keys: all levels", ids: []uint32{rsa256, ec256, pss512}, min: 30, max: newest, keys: true, want: []uint32{rsa256, ec256, pss512}},
		{name: "by keys: PSS is too new", ids: []uint32{pss512}, min: 22, max: newest, keys: true},
		{name: "by keys: verity is an old key", ids: []uint32{verityRSA}, min: 1, max: newest, keys: true, want: []uint32{verityRSA}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var in []sigblock.Signature
			for i, id := range tt.ids {
				in = append(in, sigblock.Signature{ID: id, Value: []byte{byte(i)}})
			}
			var got []uint32
			for _, s := range sigblock.ToVerify(in, tt.min, tt.max, tt.keys) {
				got = append(got, s.ID)
			}
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("got - want +\n%s", diff)
			}
		})
	}
	first := sigblock.ToVerify([]sigblock.Signature{{ID: ec256, Value: []byte{1}}, {ID: ec256, Value: []byte{2}}}, 24, 24, false)
	if len(first) != 1 || first[0].Value[0] != 1 {
		t.Errorf("same twice: got %v, want the first", first)
	}
}
