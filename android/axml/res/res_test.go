package res_test

import (
	"strings"
	"testing"

	"appraise/android/axml/axmltest"
	"appraise/android/axml/res"
)

// Short names for what the tests write with.
var (
	words     = axmltest.Words
	makeChunk = axmltest.Chunk
	makePool  = axmltest.Pool
	makePool8 = axmltest.Pool8
	rawPool   = axmltest.RawPool
)

func TestValue(t *testing.T) {
	type reading struct {
		Text string
		Int  int64
		OK   bool
		Bool bool
	}
	tests := []struct {
		name  string
		value res.Value
		want  reading
	}{
		{"null", res.Value{}, reading{}},
		{"null reference", res.NewValue(res.TypeReference, 0), reading{}},
		{"reference", res.Value{Type: res.TypeReference, Data: 0x7f010001}, reading{Text: "@0x7f010001"}},
		{"dynamic reference", res.Value{Type: res.TypeDynamicReference, Data: 0x00030000}, reading{Text: "@0x00030000"}},
		{"theme attribute", res.Value{Type: res.TypeAttribute, Data: 0x7f010001}, reading{Text: "?0x7f010001"}},
		{"string", res.Value{Type: res.TypeString, String: "x"}, reading{Text: "x"}},
		{"true as text", res.Value{Type: res.TypeString, String: "true"}, reading{Text: "true", Bool: true}},
		{"number as text", res.Value{Type: res.TypeString, String: "21"}, reading{Text: "21", Int: 21, OK: true}},
		{"hexadecimal as text", res.Value{Type: res.TypeString, String: "0x1f"}, reading{Text: "0x1f", Int: 31, OK: true}},
		{"codename", res.Value{Type: res.TypeString, String: "Q"}, reading{Text: "Q"}},
		{"underscores", res.Value{Type: res.TypeString, String: "0x1_0"}, reading{Text: "0x1_0"}},
		{"float", res.Value{Type: res.TypeFloat, Data: 0x3fc00000}, reading{Text: "1.5"}},
		{"negative", res.Value{Type: res.TypeIntDec, Data: 0xfffffffd}, reading{Text: "-3", Int: -3, OK: true, Bool: true}},
		{"flags", res.Value{Type: res.TypeIntHex, Data: 0x12}, reading{Text: "0x12", Int: 18, OK: true, Bool: true}},
		{"true", res.Value{Type: res.TypeIntBoolean, Data: 0xffffffff}, reading{Text: "true", Int: -1, OK: true, Bool: true}},
		{"true as 1", res.Value{Type: res.TypeIntBoolean, Data: 1}, reading{Text: "true", Int: 1, OK: true, Bool: true}},
		{"false", res.Value{Type: res.TypeIntBoolean}, reading{Text: "false", OK: true}},
		{"colour", res.Value{Type: res.TypeIntColorRGB4, Data: 0xffff0000}, reading{Text: "#ffff0000", Int: -65536, OK: true, Bool: true}},
		{"dimension", res.Value{Type: res.TypeDimension, Data: 0x401}, reading{Text: "0x401"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n, ok := test.value.Int()
			got := reading{test.value.Text(), n, ok, test.value.Bool()}
			if got != test.want {
				t.Errorf("got %+v, want %+v", got, test.want)
			}
		})
	}
}

func TestStrings(t *testing.T) {
	long := strings.Repeat("a", 0x8123)
	texts := []string{"plain", "", "é日本😀", strings.Repeat("ab", 100), "nul\x00inside", long}
	for _, pool := range []struct {
		name string
		b    []byte
	}{{"UTF-16", makePool(texts...)}, {"UTF-8", makePool8(texts...)}} {
		t.Run(pool.name, func(t *testing.T) {
			c, err := res.ReadChunk(pool.b, 0, len(pool.b))
			if err != nil {
				t.Fatal(err)
			}
			p, err := res.ReadPool(pool.b, c)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range texts {
				// aapt cuts the length of a string this long to 15 bits in UTF-8, as makePool8 does.
				got, defect := p.At(i)
				if got != want || defect != res.Intact {
					t.Errorf("string %d: got %d bytes %.20q, defect %d, want %d bytes", i, len(got), got, defect, len(want))
				}
			}
		})
	}
}

func TestStringDefects(t *testing.T) {
	tests := []struct {
		name string
		b    []byte
		text string
		want res.Defect
	}{
		{"UTF-8 without its end", rawPool(1, axmltest.UTF8, words(0), []byte{2, 2, 'a', 'b'}), "ab", res.Unterminated},
		{"UTF-16 without its end", rawPool(1, 0, words(0), []byte{1, 0, 'a', 0}), "a", res.Unterminated},
		{"UTF-8 with another length", rawPool(1, axmltest.UTF8, words(0), []byte{1, 2, 'a', 'b', 0}), "ab", res.WrongLength},
		{"UTF-8 with a character cut off", rawPool(1, axmltest.UTF8, words(0), []byte{1, 1, 0xe6, 0}), "\xe6", res.WrongLength},
		{"surrogates in UTF-8", rawPool(1, axmltest.UTF8, words(0), []byte{2, 6, 0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80, 0}), "\xed\xa0\xbd\xed\xb8\x80", res.Intact},
		{"lone surrogate in UTF-16", rawPool(1, 0, words(0), []byte{1, 0, 0x3d, 0xd8, 0, 0}), "\ufffd", res.Intact},
		{"offset outside", rawPool(1, axmltest.UTF8, words(4), []byte{0, 0, 0}), "", res.Outside},
		{"no second length in UTF-8", rawPool(1, axmltest.UTF8, words(3), []byte{0, 0, 0, 5}), "", res.Outside},
		{"half a length in UTF-8", rawPool(1, axmltest.UTF8, words(3), []byte{0, 0, 0, 0x80}), "", res.Outside},
		{"half a length in UTF-16", rawPool(1, 0, words(2), []byte{0, 0, 0, 0x80}), "", res.Outside},
		{"length beyond the pool", rawPool(1, axmltest.UTF8, words(0), []byte{9, 9, 'a', 0}), "", res.Outside},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := res.ReadChunk(test.b, 0, len(test.b))
			if err != nil {
				t.Fatal(err)
			}
			p, err := res.ReadPool(test.b, c)
			if err != nil {
				t.Fatal(err)
			}
			if text, got := p.At(0); got != test.want || text != test.text {
				t.Errorf("got %q, %d, want %q, %d", text, got, test.text, test.want)
			}
		})
	}
}

func TestReadPool(t *testing.T) {
	tests := []struct {
		name  string
		b     []byte
		count int // -1 = an error
	}{
		{"empty", makePool(), 0},
		{"empty, string data nowhere", makeChunk(res.StringPoolType, words(0, 0, 0, 4e9, 0)), 0},
		{"string data nowhere", makeChunk(res.StringPoolType, words(1, 0, 0, 4e9, 0), words(0)), -1},
		{"short header", makeChunk(res.StringPoolType, words(1, 0, 0, 24), words(0)), -1},
		{"styles", makeChunk(res.StringPoolType, words(1, 1, 0, 36, 40), words(0, 0), words(0), words(0xffffffff)), 1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c, err := res.ReadChunk(test.b, 0, len(test.b))
			if err != nil {
				t.Fatal(err)
			}
			p, err := res.ReadPool(test.b, c)
			if (err != nil) != (test.count < 0) || err == nil && (p.Count != test.count || p.Oversold()) {
				t.Errorf("got %+v, %v, want %d strings", p, err, test.count)
			}
		})
	}
}

// FuzzPool reads a string pool and its strings.
func FuzzPool(f *testing.F) {
	f.Add(makePool("a", "b"))
	f.Add(makePool8("a", "é日本😀"))
	f.Add(rawPool(1, axmltest.UTF8, words(0), []byte{1, 2, 'a', 'b', 0}))
	f.Fuzz(func(_ *testing.T, b []byte) {
		c, err := res.ReadChunk(b, 0, len(b))
		if err != nil {
			return
		}
		p, err := res.ReadPool(b, c)
		if err != nil {
			return
		}
		p.Weigh()
		for i := range min(p.Count, 100) { // they may overlap
			p.At(i)
		}
	})
}

// Every prefix of a pool is refused.
func TestTruncated(t *testing.T) {
	whole := makePool("plain", "", "é日本😀")
	for n := range whole {
		if _, err := res.ReadChunk(whole[:n], 0, n); err == nil {
			t.Errorf("the first %d of %d bytes were read", n, len(whole))
		}
	}
}
