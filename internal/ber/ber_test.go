package ber

import (
	"encoding/hex"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
	"appraise/inventory"
)

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestParse(t *testing.T) {
	for _, tc := range []struct {
		name, in           string
		class              Class
		tag                Tag
		indefinite         bool
		content, raw, rest string
	}{
		{"short", "0401ff 00", Universal, OctetString, false, "ff", "0401ff", "00"},
		{"empty", "0500", Universal, Null, false, "", "0500", ""},
		{"long form", "04 8101 ff", Universal, OctetString, false, "ff", "048101ff", ""},
		{"long form with zeros", "04 8400000001 ff", Universal, OctetString, false, "ff", "048400000001ff", ""},
		{"high tag", "9f 8148 01 aa", Context, 200, false, "aa", "9f814801aa", ""},
		{"high tag form of a low tag", "9f 05 00", Context, 5, false, "", "9f0500", ""},
		{"indefinite", "3080 0500 0000 ff", Universal, Sequence, true, "0500", "308005000000", "ff"},
		{"indefinite in indefinite", "3080 a080 0500 0000 0000", Universal, Sequence, true, "a08005000000", "3080a080050000000000", ""},
		{"zeros inside", "3080 0402 0000 0000", Universal, Sequence, true, "04020000", "3080040200000000", ""},
		{"application", "6000", Application, 0x00, false, "", "6000", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, rest, err := Parse(unhex(t, tc.in))
			if err != nil {
				t.Fatal(err)
			}
			got := []any{e.Class, e.Tag, e.Indefinite, hex.EncodeToString(e.Content), hex.EncodeToString(e.Raw), hex.EncodeToString(rest)}
			want := []any{tc.class, tc.tag, tc.indefinite, tc.content, tc.raw, tc.rest}
			if d := cmp.Diff(got, want); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		offset   int64
	}{
		{"nothing", "", 0},
		{"no length", "30", 1},
		{"length cut short", "308201", 1},
		{"content cut short", "040200", 1},
		{"length of 2^31", "0484 80000000 00", 1},
		{"length of 2^32-1", "0484 ffffffff 00", 1},
		{"length of five octets", "0485 0000000001 00", 1},
		{"length of 127 octets", "04ff 00", 1},
		{"high tag cut short", "9f81", 1},
		{"high tag over 31 bits", "9f 9080808000 00", 1},
		{"indefinite primitive", "0480 0000", 0},
		{"indefinite without end", "3080 0500", 4},
		{"half an end", "3080 0500 00", 5},
		{"end without beginning", "0000", 0},
		{"end with contents", "0001 00", 0},
		{"constructed end", "2000", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, _, err := Parse(unhex(t, tc.in))
			var format *inventory.FormatError
			if !errors.As(err, &format) {
				t.Fatalf("got %v, want a FormatError", err)
			}
			if format.Offset != tc.offset {
				t.Errorf("got %v, want offset %d", err, tc.offset)
			}
		})
	}
}

func TestOffsets(t *testing.T) {
	r := NewReader(unhex(t, "0500 3080 a003 0401ff 0000 0500"))
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	outer, in, err := r.Enter(Universal, Sequence)
	if err != nil {
		t.Fatal(err)
	}
	_, deep, err := in.Enter(Context, 0)
	if err != nil {
		t.Fatal(err)
	}
	e, err := deep.Expect(Universal, OctetString)
	if err != nil {
		t.Fatal(err)
	}
	got := []int{outer.Offset, e.Offset, deep.Offset(), in.Offset(), r.Offset()}
	if d := cmp.Diff(got, []int{2, 6, 9, 9, 11}); d != "" {
		t.Error(d)
	}
	if err := in.End(); err != nil {
		t.Error(err)
	}
	if err := r.End(); err == nil {
		t.Error("got no error for the bytes left")
	}
}

func TestExpectAndOptional(t *testing.T) {
	r := NewReader(unhex(t, "0500 0101ff"))
	if _, found, err := r.Optional(Context, 0); found || err != nil {
		t.Errorf("got %v, %v", found, err)
	}
	if e, found, err := r.Optional(Universal, Null); !found || err != nil || e.Offset != 0 {
		t.Errorf("got %v, %v", found, err)
	}
	if _, err := r.Expect(Universal, Integer); err == nil {
		t.Error("got no error for another tag")
	}
	if _, found, err := r.Optional(Universal, Null); found || err != nil {
		t.Errorf("got %v, %v at the end", found, err)
	}
	e, _, _ := Parse(unhex(t, "0500"))
	if _, err := e.Children(); err == nil {
		t.Error("got no error for the children of a primitive element")
	}
}

func TestOctets(t *testing.T) {
	for _, tc := range []struct{ name, in, want string }{
		{"primitive", "0402 0102", "0102"},
		{"constructed", "2406 0401 01 0401 02", "0102"},
		{"indefinite", "2480 0401 01 0400 0401 02 0000", "0102"},
		{"constructed in constructed", "2480 2480 0401 01 0000 2403 0401 02 0000", "0102"},
		{"implicit tag", "a080 0401 01 0401 02 0000", "0102"},
		{"no parts", "2400", ""},
		{"a part of another type", "2402 0500", "error"},
		{"a part that is cut", "2402 0405", "error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e, _, err := Parse(unhex(t, tc.in))
			if err != nil {
				t.Fatal(err)
			}
			b, err := e.Octets()
			got := hex.EncodeToString(b)
			if err != nil {
				got = "error"
			} else if b == nil {
				got = "nil"
			}
			if got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestOIDText(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		{"0603 2a0304", "1.2.3.4"},
		{"0606 2a864886f70d", "1.2.840.113549"},
		{"0601 00", "0.0"},
		{"0601 27", "0.39"},
		{"0601 28", "1.0"},
		{"0601 4f", "1.39"},
		{"0601 50", "2.0"},
		{"0602 8837", "2.999"},
		{"0602 8001", "0.1"},
		{"060b 81ffffffffffffffffff7f", "2.2361183241434822606767"},
		{"060c 69 81ffffffffffffffffff7f", "2.25.2361183241434822606847"},
		{"0600", "error"},
		{"0601 80", "error"},
		{"0602 2a86", "error"},
	} {
		e, _, err := Parse(unhex(t, tc.in))
		if err != nil {
			t.Fatal(err)
		}
		got, err := e.OIDText()
		if err != nil {
			got = "error"
		}
		if got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.in, got, tc.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for _, tc := range []struct{ in, signed, unsigned string }{
		{"0201 00", "0", "0"},
		{"0201 7f", "127", "127"},
		{"0201 80", "-128", "128"},
		{"0202 0080", "128", "128"},
		{"0202 ff80", "-128", "65408"},
		{"0203 000001", "1", "1"},
		{"0200", "error", "error"},
		{"2203 020101", "error", "error"},
	} {
		e, _, err := Parse(unhex(t, tc.in))
		if err != nil {
			t.Fatal(err)
		}
		signed, unsigned := "error", "error"
		if n, err := e.Int(); err == nil {
			signed = n.String()
		}
		if n, err := e.Uint(); err == nil {
			unsigned = n.String()
		}
		if signed != tc.signed || unsigned != tc.unsigned {
			t.Errorf("%s: got %s and %s, want %s and %s", tc.in, signed, unsigned, tc.signed, tc.unsigned)
		}
	}
}

func TestBitsAndBool(t *testing.T) {
	for _, in := range []string{"0300", "0301 01", "0302 08ff", "2304 0302 00ff"} {
		e, _, _ := Parse(unhex(t, in))
		if _, _, err := e.Bits(); err == nil {
			t.Errorf("%s: got no error", in)
		}
	}
	e, _, _ := Parse(unhex(t, "0303 04fff0"))
	if bits, unused, err := e.Bits(); err != nil || unused != 4 || hex.EncodeToString(bits) != "fff0" {
		t.Errorf("got %x, %d, %v", bits, unused, err)
	}
	for in, want := range map[string]bool{"010100": false, "0101ff": true, "010101": true} {
		e, _, _ := Parse(unhex(t, in))
		if got, err := e.Bool(); err != nil || got != want {
			t.Errorf("%s: got %v, %v", in, got, err)
		}
	}
	e, _, _ = Parse(unhex(t, "01020000"))
	if _, err := e.Bool(); err == nil {
		t.Error("got no error for a boolean of two octets")
	}
}

func TestTime(t *testing.T) {
	for _, tc := range []struct {
		tag      Tag
		in, want string
	}{
		{UTCTime, "491231235959Z", "2049-12-31T23:59:59Z"},
		{UTCTime, "500101000000Z", "1950-01-01T00:00:00Z"},
		{UTCTime, "680101000000Z", "1968-01-01T00:00:00Z"},
		{UTCTime, "9912312359Z", "1999-12-31T23:59:00Z"},
		{UTCTime, "991231235959+0200", "1999-12-31T21:59:59Z"},
		{UTCTime, "991231235959", "1999-12-31T23:59:59Z"},
		{GeneralizedTime, "20500101000000Z", "2050-01-01T00:00:00Z"},
		{GeneralizedTime, "20500101000000.5Z", "2050-01-01T00:00:00.5Z"},
		{GeneralizedTime, "20500101000000-0100", "2050-01-01T01:00:00Z"},
		{GeneralizedTime, "99991231235959Z", "9999-12-31T23:59:59Z"},
		{UTCTime, "991331235959Z", "error"},
		{UTCTime, "", "error"},
		{GeneralizedTime, "991231235959Z", "error"},
		{GeneralizedTime, "20500101000000." + strings.Repeat("9", 90) + "Z", "error"},
		{Null, "", "error"},
	} {
		e, _, err := Parse(append([]byte{byte(tc.tag), byte(len(tc.in))}, tc.in...))
		if err != nil {
			t.Fatal(err)
		}
		at, err := e.Time()
		got := at.Format(time.RFC3339Nano)
		if err != nil {
			got = "error"
		}
		if got != tc.want {
			t.Errorf("%s: got %s, want %s", tc.in, got, tc.want)
		}
	}
}

// openssl asn1parse is another reader: it sees the same structure in what openssl writes.
func TestAgainstOpenSSL(t *testing.T) {
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	key, err := exec.Command("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-outform", "DER").Output()
	if err != nil {
		t.Fatal(err)
	}
	parse := exec.Command("openssl", "asn1parse", "-inform", "DER")
	parse.Stdin = strings.NewReader(string(key))
	text, err := parse.Output()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := count(t, NewReader(key)), strings.Count(string(text), "\n"); got != want {
		t.Errorf("got %d elements, want %d", got, want)
	}
}

func count(t *testing.T, r *Reader) int {
	n := 0
	for r.More() {
		e, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		if n++; e.Constructed {
			children, err := e.Children()
			if err != nil {
				t.Fatal(err)
			}
			n += count(t, children)
		}
	}
	return n
}

func TestTruncated(t *testing.T) {
	for _, in := range []string{"3080 a003 0401ff 2480 0401 01 0000 9f8148 01 aa 0000", "3082000b a003 0401ff 9f814802 aabb"} {
		whole := unhex(t, in)
		if _, rest, err := Parse(whole); err != nil || len(rest) != 0 {
			t.Fatal(err, rest)
		}
		for n := range whole {
			if _, _, err := Parse(whole[:n]); err == nil {
				t.Errorf("%d bytes of %s: got no error", n, in)
			}
		}
	}
}

func isLimit(err error) bool {
	var format *inventory.FormatError
	return errors.As(err, &format) && format.Limit
}

func TestDepthBomb(t *testing.T) {
	const depth = 500_000
	for name, b := range map[string][]byte{
		"open":   []byte(strings.Repeat("\x30\x80", depth)),
		"closed": []byte(strings.Repeat("\x30\x80", depth) + strings.Repeat("\x00\x00", depth)),
	} {
		if _, _, err := Parse(b); !isLimit(err) {
			t.Errorf("%s: got %v, want a limit", name, err)
		}
	}
	b := []byte{0x04, 0x00}
	for range 60 {
		b = append([]byte{0x24, 0x81, byte(len(b))}, b...)
	}
	e, _, err := Parse(b)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.Octets(); !isLimit(err) {
		t.Errorf("got %v, want a limit", err)
	}
	levels := 1
	for levels < 100 {
		children, err := e.Children()
		if err != nil {
			break
		}
		if e, err = children.Next(); err != nil {
			t.Fatal(err)
		}
		levels++
	}
	if levels != limits.BERDepth {
		t.Errorf("got %d levels, want %d", levels, limits.BERDepth)
	}
}

// As deep as allowed, the innermost with as many elements as fit: each level is walked once when it is opened.
func TestManyElementsBomb(t *testing.T) {
	const depth = limits.BERDepth
	b := []byte(strings.Repeat("\x30\x80", depth) + strings.Repeat("\x05\x00", limits.CMSBytes/2) + strings.Repeat("\x00\x00", depth))
	e, rest, err := Parse(b)
	if err != nil || len(rest) != 0 {
		t.Fatal(err)
	}
	for range depth - 1 {
		children, err := e.Children()
		if err != nil {
			t.Fatal(err)
		}
		if e, err = children.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := len(e.Content), limits.CMSBytes; got != want {
		t.Errorf("got %d bytes, want %d", got, want)
	}
}

func TestLengthBombAllocates(t *testing.T) {
	b := unhex(t, "2484 7fffffff 0484 7fffffff 00")
	if got := testing.AllocsPerRun(10, func() {
		if _, _, err := Parse(b); err == nil {
			t.Error("got no error")
		}
	}); got > 10 {
		t.Errorf("got %v allocations", got)
	}
}

func TestOIDBomb(t *testing.T) {
	for n, limit := range map[int]bool{limits.OIDBytes: false, limits.OIDBytes + 1: true, 60_000: true} {
		e := Element{Content: append([]byte(strings.Repeat("\xff", n-1)), 0x7f)}
		if _, err := e.OIDText(); isLimit(err) != limit {
			t.Errorf("%d bytes: got %v", n, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, in := range []string{
		"3080 a003 0401ff 2480 0401 01 0000 0000", "9f814801aa", "0484ffffffff", "3006 0601 2a 0201 80",
		"170d 3439313233313233353935395a", "0303 04fff0", "060c6981ffffffffffffffffff7f", "30803080308030800000",
	} {
		f.Add(unhex(f, in))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<12 {
			return
		}
		budget := 1 << 12
		walk(t, NewReader(b), b, &budget)
	})
}

// walk opens everything and calls everything: nothing panics, slices are where Offset says, errors are FormatErrors.
func walk(t *testing.T, r *Reader, whole []byte, budget *int) {
	for ; r.More() && *budget > 0; *budget-- {
		e, err := r.Next()
		if err != nil {
			checkFormat(t, err)
			return
		}
		if string(whole[e.Offset:e.Offset+len(e.Raw)]) != string(e.Raw) {
			t.Fatalf("got raw bytes that don't stand at offset %d", e.Offset)
		}
		_, octets := e.Octets()
		_, oid := e.OIDText()
		_, number := e.Int()
		_, _, bits := e.Bits()
		_, truth := e.Bool()
		_, at := e.Time()
		for _, err := range []error{octets, oid, number, bits, truth, at} {
			checkFormat(t, err)
		}
		children, err := e.Children()
		checkFormat(t, err)
		if err == nil {
			walk(t, children, whole, budget)
		}
	}
}

func checkFormat(t *testing.T, err error) {
	t.Helper()
	var format *inventory.FormatError
	if err != nil && !errors.As(err, &format) {
		t.Fatalf("got %v, want a FormatError", err)
	}
}
