package plistsafe

import (
	"bytes"
	"errors"

	"howett.net/plist"
)

// Decode reads one property list within the bounds of k. The root must be a dictionary. The error is
// a *FormatError; an empty file is one, because it declares nothing and so must not read as "asks for nothing".
func Decode(b []byte, k Kind) (*Doc, error) {
	if int64(len(b)) > k.Bytes {
		return nil, overLimit(k.Bytes, "property list larger than %d bytes", k.Bytes)
	}
	if bytes.HasPrefix(b, []byte(magic)) {
		text, doc, err := guardBinary(b, k)
		if err != nil {
			return nil, err
		}
		return parse(text, doc, plist.BinaryFormat)
	}
	src, err := openText(b)
	if err != nil {
		return nil, err
	}
	text, doc, err := guardXML(src.text, k)
	if err != nil {
		return nil, src.relocate(err)
	}
	for i := range doc.Duplicates {
		doc.Duplicates[i].Offset = src.place(doc.Duplicates[i].Offset)
	}
	if doc.TrailingOffset != 0 {
		doc.TrailingOffset = src.place(doc.TrailingOffset)
	}
	return parse(text, doc, plist.XMLFormat)
}

// parse hands guarded bytes to the library. It takes any format it can make sense of, so the answer
// must be of the format that was guarded; recover is the last net under its own bounds checks.
func parse(text []byte, guarded *Doc, format int) (doc *Doc, err error) {
	defer func() {
		if r := recover(); r != nil {
			doc, err = nil, malformed(0, "property list not readable: %q", r)
		}
	}()
	var root any
	got, err := plist.Unmarshal(text, &root)
	if err != nil {
		return nil, malformed(0, "property list not readable: %q", err.Error())
	}
	if got != format {
		return nil, malformed(0, "property list changes its format while it is read")
	}
	dict, ok := root.(map[string]any)
	if !ok {
		return nil, malformed(0, "root of the property list is no dictionary")
	}
	guarded.Root = dict
	return guarded, nil
}

// relocate turns an offset in the UTF-8 text into one of the file.
func (s *source) relocate(err error) error {
	var format *FormatError
	if errors.As(err, &format) {
		format.Offset = s.place(format.Offset)
	}
	return err
}
