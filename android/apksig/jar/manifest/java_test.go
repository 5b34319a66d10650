package manifest

import "testing"

// What a JDK 17 makes of the same bytes.
func TestDecode(t *testing.T) {
	const r = "\ufffd"
	tests := []struct{ in, want string }{
		{"", ""}, {"a/é/日本/😀", "a/é/日本/😀"}, {"\xff", r}, {"\xff\xfe", r + r}, {"\xc0\x80", r + r}, {"a\xe2\x82", "a" + r},
		{"\xe2\x82a", r + "a"}, {"\xe2a", r + "a"}, {"\xed\xa0\x80", r}, {"\xed\xa0", r}, {"\xe0\x80\x80", r + r + r}, {"\xe0\xa0a", r + "a"},
		{"\xf0\x9f\x98", r}, {"\xf0\x9f\x98a", r + "a"}, {"\xf0\x9fa", r + "a"}, {"\xf0\x80\x80\x80", r + r + r + r}, {"\xf4\x90\x80\x80", r + r + r + r},
		{"\xf4\x8f\xbf\xbf", "\U0010ffff"}, {"\xf5\x80\x80\x80", r + r + r + r}, {"\xc3/", r + "/"}, {"\x80\xc3\xa9", r + "é"}, {r, r},
	}
	for _, tt := range tests {
		if got := Decode([]byte(tt.in)); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestFold(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"Name", "nAME", true}, {"Name", "Nome", false}, {"SHA1", "ſha1", true}, {"K", "\u212a", true}, {"i", "ı", true}, {"i", "İ", true},
		{"é", "É", true}, {"SS", "ß", false}, {"-", "_", false},
	}
	for _, tt := range tests {
		if got := Fold(tt.a) == Fold(tt.b); got != tt.want {
			t.Errorf("%q, %q: got %v, want %v", tt.a, tt.b, got, tt.want)
		}
		if got := string(foldName(nil, []byte(tt.a))); got != Fold(tt.a) {
			t.Errorf("%q: got %q, want %q", tt.a, got, Fold(tt.a))
		}
	}
}

func TestDecodeBase64(t *testing.T) {
	tests := []struct {
		in, want string
		wrong    bool
	}{
		{in: ""}, {in: "QUJD", want: "ABC"}, {in: "QUI=", want: "AB"}, {in: "QUI", want: "AB"}, {in: "QQ==", want: "A"}, {in: "QQ", want: "A"},
		{in: "QUJ=", want: "AB"}, {in: "QQ=", wrong: true}, {in: "QQ===", wrong: true}, {in: "QUI==", wrong: true}, {in: "QUJD=", wrong: true},
		{in: "QUJD====", wrong: true}, {in: "Q", wrong: true}, {in: "=", wrong: true}, {in: "==", wrong: true}, {in: "QQ==QQ==", wrong: true},
		{in: " QUJD", wrong: true}, {in: "QUJD ", wrong: true}, {in: "QU\nJD", wrong: true}, {in: "QUJ\rD", wrong: true}, {in: "-_AA", wrong: true}, {in: "QU\x00D", wrong: true},
	}
	for _, tt := range tests {
		got, err := decodeBase64([]byte(tt.in))
		if (err != nil) != tt.wrong || string(got) != tt.want || !tt.wrong && got == nil {
			t.Errorf("%q: got %q, %v, want %q", tt.in, got, err, tt.want)
		}
	}
}
