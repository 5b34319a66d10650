package axml

import (
	"strconv"
	"strings"

	"appraise/android/axml/res"
	"appraise/inventory"
)

// compare notes where the strings beside an attribute say something else than what Android uses.
func (r *xmlReader) compare(a *Attr) {
	off := int(a.Offset)
	known, ok := attributeNames[a.ID]
	switch {
	case ok && a.Name != known:
		r.notes.Add(inventory.TraitAXMLRenamedAttribute, off, "attribute 0x%08x is named %q, Android knows it as %q", a.ID, short(a.Name), known)
	case ok && a.Namespace != androidNamespace && a.Namespace != "": // aapt2 can leave namespaces out
		r.notes.Add(inventory.TraitAXMLRenamedAttribute, off, "attribute 0x%08x, Android's %q, is in namespace %q", a.ID, known, short(a.Namespace))
	case a.ID == 0 && a.Namespace == androidNamespace:
		r.notes.Add(inventory.TraitAXMLAttributeNoID, off, "attribute %q of Android's namespace has no resource id", short(a.Name))
	}
	if a.HasRaw && !agrees(a.Raw, a.Value) {
		r.notes.Add(inventory.TraitAXMLValueMismatch, off, "attribute %q is %q as text and %q as the value", short(a.Name), short(a.Raw), short(a.Value.Text()))
	}
}

// agrees reports whether a compiler can have made the typed value from the raw text. Flags, units and
// colours need the definition of the attribute, so they are not compared.
func agrees(raw string, v res.Value) bool {
	text := strings.TrimSpace(raw)
	switch v.Type {
	case res.TypeString:
		return raw == v.String || unescape(raw) == v.String
	case res.TypeNull, res.TypeReference, res.TypeDynamicReference:
		return text == "" || text[0] == '@'
	case res.TypeAttribute, res.TypeDynamicAttribute:
		return text == "" || text[0] == '?'
	case res.TypeIntBoolean:
		b, err := strconv.ParseBool(text)
		return err != nil || b == v.Bool()
	case res.TypeIntDec:
		n, err := strconv.ParseInt(text, 10, 64)
		return err != nil || uint32(n) == v.Data
	}
	return true
}

// unescape resolves the escapes of a resource string, as aapt2 does when it keeps the raw text beside
// the value (ResourceUtils.cpp, StringBuilder).
func unescape(s string) string {
	var out strings.Builder
	for {
		plain, rest, found := strings.Cut(s, `\`)
		out.WriteString(plain)
		if !found || rest == "" {
			return out.String()
		}
		s = rest[1:]
		switch rest[0] {
		case 'n':
			out.WriteByte('\n')
		case 't':
			out.WriteByte('\t')
		case 'u':
			if len(rest) < 5 {
				return out.String()
			}
			n, err := strconv.ParseUint(rest[1:5], 16, 16)
			if err != nil {
				return out.String()
			}
			out.WriteRune(rune(n))
			s = rest[5:]
		default:
			out.WriteByte(rest[0])
		}
	}
}
