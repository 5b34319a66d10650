package report

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"appraise/inventory"
)

func TestSignedBy(t *testing.T) {
	r := reportOf("app")
	r.Items[0] = inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, ID: "a", Name: "Shop", Signature: inventory.Signature{
		State: inventory.Verified, Schemes: []inventory.Scheme{{Name: "v1", State: inventory.Verified}, {Name: "v2", State: inventory.Verified}},
		Signers: []inventory.Signer{{SHA256: strings.Repeat("0123456789abcdef", 4), Subject: `O=Example, CN=Smith\, Jones`}},
	}}
	bad := r.Items[0]
	bad.ID, bad.Name, bad.Signature = "b", "Bad", inventory.Signature{State: inventory.Invalid, Signers: bad.Signature.Signers}
	open := r.Items[0]
	open.ID, open.Name, open.Signature = "c", "Open", inventory.Signature{}
	r.Items = append(r.Items, r.Items[0], bad, open)
	for range 3 {
		r.Assessments = append(r.Assessments, r.Assessments[0])
		r.Matrix.Rows = append(r.Matrix.Rows, r.Matrix.Rows[0])
	}
	var out bytes.Buffer
	if err := Write(&out, "table", r, Options{}); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(out.String(), "SIGNED BY\n")
	got, _, _ = strings.Cut(got, "\n\n")
	want := `signature    signer     who it says it is  items
invalid      -          -                  Bad
verified v2  01234567…  Smith\\, Jones     Shop (a) and 1 more`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestNoSignatureNoTable(t *testing.T) {
	r := reportOf("app")
	r.Items[0].Signature = inventory.Signature{}
	var out bytes.Buffer
	if err := Write(&out, "table", r, Options{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "SIGNED BY") {
		t.Errorf("got\n%s\nwant no table of signers", out.String())
	}
}

func TestCommonName(t *testing.T) {
	for _, test := range []struct{ subject, want string }{
		{"CN=Android Debug, O=Android, C=US", "Android Debug"},
		{"C=US, O=Android, CN=Android Debug", "Android Debug"},
		{`O=a\, CN=b, CN=c`, "c"},
		{`CN=a\, b, O=x`, `a\, b`},
		{"O=Example", "O=Example"},
		{"", ""},
		{`CN=a\`, `CN=a\`[3:]},
		{`O=\`, `O=\`},
	} {
		if got := commonName(test.subject); got != test.want {
			t.Errorf("%q: got %q, want %q", test.subject, got, test.want)
		}
	}
}
