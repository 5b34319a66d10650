package x509lax

import "testing"

func rdn(oid []byte, tag byte, value string) []byte {
	return set(ava(oid, tag, value))
}

func ava(oid []byte, tag byte, value string) []byte {
	return seq(der(6, oid), der(tag, []byte(value)))
}

var (
	cn    = []byte{0x55, 4, 3}
	email = []byte{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1}
	other = []byte{0x2a, 3, 4}
)

func TestNameText(t *testing.T) {
	for _, tc := range []struct {
		name string
		in   []byte
		want string
	}{
		{"order of RFC 4514", seq(rdn([]byte{0x55, 4, 6}, 0x13, "US"), rdn([]byte{0x55, 4, 10}, 0x0c, "O"), rdn(cn, 0x0c, "N")), "CN=N, O=O, C=US"},
		{"several values", seq(set(ava(cn, 0x13, "a"), ava(email, 0x16, "b@c"))), "CN=a+EMAILADDRESS=b@c"},
		{"other type", seq(rdn(other, 0x13, "x")), "1.2.3.4=x"},
		{"escapes", seq(rdn(cn, 0x0c, "#a, \"b\"\\<c>;+\x00 ")), `CN=\#a\, \"b\"\\\<c\>\;\+\00\ `},
		{"one space", seq(rdn(cn, 0x0c, " ")), `CN=\ `},
		{"Latin-1 in a Teletex string", seq(rdn(cn, 0x14, "M\xfcller")), "CN=Müller"},
		{"UTF-8 in a printable string", seq(rdn(cn, 0x13, "Müller")), "CN=Müller"},
		{"UTF-16", seq(rdn(cn, 0x1e, "\x00M\x00\xfc\xd8\x3d\xde\x00")), "CN=Mü😀"},
		{"odd UTF-16", seq(rdn(cn, 0x1e, "\x00M\x00")), "CN=#1e03004d00"},
		{"UTF-32", seq(rdn(cn, 0x1c, "\x00\x00\x00M\x00\x01\xf6\x00\xff\xff\xff\xff")), "CN=M😀\ufffd"},
		{"wrong UTF-8", seq(rdn(cn, 0x0c, "M\xfc")), "CN=#0c024dfc"},
		{"not text", seq(rdn(cn, 0x02, "\x01")), "CN=#020101"},
		{"text in parts", seq(set(seq(der(6, cn), der(0x2c, der(4, []byte("a")), der(4, []byte("b")))))), "CN=ab"},
		{"not a name", []byte{5, 0}, "#0500"},
		{"nothing", nil, "#"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := nameText(tc.in); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestSameName(t *testing.T) {
	base := seq(rdn(cn, 0x13, "Some One"))
	for _, tc := range []struct {
		name string
		a, b []byte
		want bool
	}{
		{"the same bytes", base, base, true},
		{"another string type", base, seq(rdn(cn, 0x0c, "Some One")), true},
		{"case and spaces", base, seq(rdn(cn, 0x0c, " some  ONE ")), true},
		{"another value", base, seq(rdn(cn, 0x13, "Some Two")), false},
		{"another type", base, seq(rdn(other, 0x13, "Some One")), false},
		{"a type without folding", base, seq(rdn(cn, 0x14, "Some One")), false},
		{"more", base, seq(rdn(cn, 0x13, "Some One"), rdn(cn, 0x13, "Some One")), false},
		{"order in an RDN", seq(set(ava(cn, 0x13, "a"), ava(other, 0x13, "b"))), seq(set(ava(other, 0x13, "b"), ava(cn, 0x0c, "a"))), true},
		{"a string type of an attribute that RFC 2253 doesn't name", seq(rdn(email, 0x13, "a")), seq(rdn(email, 0x0c, "a")), false},
		{"case of an attribute that RFC 2253 doesn't name", seq(rdn(email, 0x16, "a")), seq(rdn(email, 0x16, "A")), false},
		{"another space", base, seq(rdn(cn, 0x0c, "Some\tOne")), false},
		{"another letter that has the same small one", seq(rdn(cn, 0x0c, "İ")), seq(rdn(cn, 0x0c, "i")), false},
		{"one RDN or two", seq(set(ava(cn, 0x13, "a"), ava(other, 0x13, "b"))), seq(rdn(cn, 0x13, "a"), rdn(other, 0x13, "b")), false},
		{"text that looks like two", seq(set(ava(cn, 0x13, `a"+1.2.3.4="b`))), seq(set(ava(cn, 0x13, "a"), ava(other, 0x13, "b"))), false},
		{"broken and the same", []byte{5, 0}, []byte{5, 0}, true},
		{"broken and not", []byte{5, 0}, []byte{5}, false},
		{"broken and whole", base, []byte{5}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := SameName(tc.a, tc.b); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
			if got := SameName(tc.b, tc.a); got != tc.want {
				t.Errorf("the other way: got %v, want %v", got, tc.want)
			}
		})
	}
}
