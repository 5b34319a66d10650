package ber

// Class is the class of a tag (X.690 section 8.1.2.2).
type Class uint8

// The classes of tags, as they are encoded.
const (
	Universal Class = iota
	Application
	Context
	Private
)

// Tag is the number of a tag within its class.
type Tag uint32

// The universal tags used here (X.680 section 8.4).
const (
	Boolean         Tag = 1
	Integer         Tag = 2
	BitString       Tag = 3
	OctetString     Tag = 4
	Null            Tag = 5
	OID             Tag = 6
	UTF8String      Tag = 12
	Sequence        Tag = 16
	Set             Tag = 17
	NumericString   Tag = 18
	PrintableString Tag = 19
	TeletexString   Tag = 20
	IA5String       Tag = 22
	UTCTime         Tag = 23
	GeneralizedTime Tag = 24
	VisibleString   Tag = 26
	UniversalString Tag = 28
	BMPString       Tag = 30
)

// Element is one BER value. Its slices point into the bytes read.
type Element struct {
	Class       Class
	Tag         Tag
	Constructed bool
	Indefinite  bool   // the length was of the indefinite form
	Offset      int    // of Raw in the bytes given to NewReader or Parse
	Raw         []byte // header, content and end-of-contents, as they stand
	Content     []byte // without header and end-of-contents

	content int // offset of Content in Raw
	depth   int // elements around this one
}

// Is tells whether the element has this tag.
func (e *Element) Is(class Class, tag Tag) bool { return e.Class == class && e.Tag == tag }

// Children reads the elements inside a constructed element. A primitive one, or one limits.BERDepth levels deep, is
// an error.
func (e *Element) Children() (*Reader, error) {
	if !e.Constructed {
		return nil, malformed(e.Offset, "primitive element where elements are expected")
	}
	if e.depth+1 >= maxDepth {
		return nil, tooDeep(e.Offset)
	}
	return &Reader{data: e.Content, base: e.Offset + e.content, depth: e.depth + 1}, nil
}

// Octets is the content of an OCTET STRING, whatever its own tag is (it may be replaced by an implicit one): as it
// stands when primitive, joined from its parts when constructed (X.690 section 8.7). Each part is an OCTET STRING.
func (e *Element) Octets() ([]byte, error) {
	if !e.Constructed {
		return e.Content, nil
	}
	return e.join(nil)
}

func (e *Element) join(to []byte) ([]byte, error) {
	parts, err := e.Children()
	if err != nil {
		return nil, err
	}
	if to == nil {
		to = []byte{} // an empty string is not an absent one
	}
	for parts.More() {
		part, err := parts.Expect(Universal, OctetString)
		if err != nil {
			return nil, err
		}
		if !part.Constructed {
			to = append(to, part.Content...)
		} else if to, err = part.join(to); err != nil {
			return nil, err
		}
	}
	return to, nil
}
