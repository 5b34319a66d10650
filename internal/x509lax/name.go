package x509lax

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"appraise/internal/ber"
)

// attribute is one AttributeTypeAndValue of a Name.
type attribute struct {
	oid   string
	value ber.Element
}

// readName takes a Name apart: its RDNs in the order in which they stand, each with its attributes
// (sun.security.x509.X500Name.parseDER, RDN and AVA).
func readName(raw []byte) ([][]attribute, error) {
	r := newReader(raw)
	var name [][]attribute
	for rdns := r.enter(octetSequence); rdns.more(); {
		var rdn []attribute
		for members := rdns.enter(octetSet); members.more(); {
			fields := members.enter(octetSequence)
			rdn = append(rdn, attribute{fields.oid(), fields.next()})
			fields.end()
		}
		name = append(name, rdn)
	}
	r.end()
	if *r.err != nil {
		return nil, *r.err
	}
	return name, nil
}

// nameText writes a Name after RFC 4514, with ", " between its RDNs.
func nameText(raw []byte) string {
	name, err := readName(raw)
	if err != nil {
		return hexText(raw)
	}
	slices.Reverse(name) // RFC 4514 section 2.1: starting with the last
	var rdns []string
	for _, rdn := range name {
		var parts []string
		for _, a := range rdn {
			parts = append(parts, keyword(a.oid)+"="+a.text())
		}
		rdns = append(rdns, strings.Join(parts, "+"))
	}
	return strings.Join(rdns, ", ")
}

// keyword is the name that sun.security.x509.AVA prints for an attribute type, or its OID. The rows up to UID are
// those of RFC 4514 section 3.
func keyword(oid string) string {
	for _, row := range [...]struct{ oid, keyword string }{
		{"2.5.4.3", "CN"}, {"2.5.4.7", "L"}, {"2.5.4.8", "ST"}, {"2.5.4.10", "O"}, {"2.5.4.11", "OU"}, {"2.5.4.6", "C"},
		{"2.5.4.9", "STREET"}, {"0.9.2342.19200300.100.1.25", "DC"}, {"0.9.2342.19200300.100.1.1", "UID"},
		{"2.5.4.12", "T"}, {"2.5.4.46", "DNQ"}, {"2.5.4.4", "SURNAME"}, {"2.5.4.42", "GIVENNAME"},
		{"2.5.4.43", "INITIALS"}, {"2.5.4.44", "GENERATION"}, {"2.5.4.5", "SERIALNUMBER"}, {"1.2.840.113549.1.9.1", "EMAILADDRESS"},
	} {
		if row.oid == oid {
			return row.keyword
		}
	}
	return oid
}

func (a *attribute) text() string {
	text, ok := stringText(&a.value)
	if !ok {
		return hexText(a.value.Raw)
	}
	return escape(text)
}

func hexText(b []byte) string { return "#" + hex.EncodeToString(b) }

// stringText decodes a string type. Bytes that aren't UTF-8 in a type of 8 bits a character are taken for Latin-1,
// as the tools do that wrote them.
func stringText(e *ber.Element) (string, bool) {
	b, err := e.Octets()
	if err != nil || e.Class != ber.Universal {
		return "", false
	}
	switch e.Tag {
	case ber.UTF8String:
		return string(b), utf8.Valid(b)
	case ber.PrintableString, ber.IA5String, ber.TeletexString, ber.NumericString, ber.VisibleString:
		if utf8.Valid(b) {
			return string(b), true
		}
		return wide(b, 1), true
	case ber.BMPString:
		return utf16Text(b), len(b)%2 == 0
	case ber.UniversalString:
		return wide(b, 4), len(b)%4 == 0
	}
	return "", false
}

func utf16Text(b []byte) string {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	return string(utf16.Decode(units))
}

// wide decodes characters of size bytes each; one that Unicode doesn't have becomes U+FFFD.
func wide(b []byte, size int) string {
	var text strings.Builder
	for ; len(b) >= size; b = b[size:] {
		var r uint32
		for _, c := range b[:size] {
			r = r<<8 | uint32(c)
		}
		text.WriteRune(rune(min(r, utf8.MaxRune+1)))
	}
	return text.String()
}

// escape writes a value after RFC 4514 section 2.4.
func escape(s string) string {
	var text strings.Builder
	for i, r := range s {
		last := i == len(s)-1
		switch {
		case r == 0:
			text.WriteString(`\00`)
			continue
		case strings.ContainsRune(`"+,;<>\`, r), i == 0 && r == '#', r == ' ' && (i == 0 || last):
			text.WriteByte('\\')
		}
		text.WriteRune(r)
	}
	return text.String()
}

// SameName compares two raw Names as javax.security.auth.x500.X500Principal does: in values of the types PrintableString and
// UTF8String of the attributes that RFC 2253 names, ASCII case, runs of spaces and the type don't count; nor does the order
// of the attributes of one RDN. Unlike there, other characters count as they are encoded, not by case or Unicode form.
// Names that can't be read are equal when their bytes are.
func SameName(a, b []byte) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, err := readName(a)
	if err != nil {
		return false
	}
	y, err := readName(b)
	return err == nil && slices.EqualFunc(x, y, func(x, y []attribute) bool { return slices.Equal(canonical(x), canonical(y)) })
}

// canonical is one list of texts for all spellings of an RDN.
func canonical(rdn []attribute) []string {
	var parts []string
	for _, a := range rdn {
		parts = append(parts, a.oid+a.canonical())
	}
	slices.Sort(parts)
	return parts
}

// canonical starts with = before text and with # before hex, neither of which is in an OID.
func (a *attribute) canonical() string {
	text := string(a.value.Content)
	isText := a.value.Raw[0] == byte(ber.PrintableString) || a.value.Raw[0] == byte(ber.UTF8String)
	if !isText || !foldable(a.oid) || strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return hexText(encode(a.value.Raw[0], a.value.Content))
	}
	spaces := func(r rune) bool { return r == ' ' }
	return "=" + strings.ToLower(strings.Join(strings.FieldsFunc(text, spaces), " "))
}

// foldable tells the attributes of RFC 2253 section 2.3. The JDK compares the encoding of others.
func foldable(oid string) bool {
	switch keyword(oid) {
	case "CN", "L", "ST", "O", "OU", "C", "STREET", "DC", "UID":
		return true
	}
	return false
}
