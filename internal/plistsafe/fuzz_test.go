package plistsafe

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"
)

// Every prefix of a valid list is refused; none panics or is taken for a smaller list.
func TestTruncated(t *testing.T) {
	xml := fixture(t, "info.xml.plist")
	whole := len(xml) - 1 // the last line feed is no part of the list
	for name, list := range map[string][]byte{
		"XML":    xml[:whole],
		"binary": fixture(t, "info.binary.plist"),
		"UTF-16": utf16Bytes(bytes.TrimSpace(xmlList("<key>a</key><string>b</string>")), binary.LittleEndian, bomUTF16LE),
	} {
		if _, err := Decode(list, InfoPlist); err != nil {
			t.Errorf("%s, whole: %v", name, err)
		}
		for n := range list {
			doc, err := Decode(list[:n], InfoPlist)
			var format *FormatError
			if !errors.As(err, &format) {
				t.Errorf("%s cut at %d: got %v, %v, want a *FormatError", name, n, doc, err)
			} else if format.Offset < 0 || format.Offset > int64(len(list)) {
				t.Errorf("%s cut at %d: offset %d", name, n, format.Offset)
			}
		}
	}
}

// Every single changed byte gives an answer.
func TestCorrupted(t *testing.T) {
	for _, name := range []string{"info.xml.plist", "info.binary.plist"} {
		list := fixture(t, name)
		for i := range list {
			for _, flip := range []byte{0x01, 0x80, 0xFF} {
				list[i] ^= flip
				if doc, err := Decode(list, InfoPlist); (doc == nil) == (err == nil) {
					t.Errorf("%s, byte %d: got %v, %v", name, i, doc, err)
				}
				list[i] ^= flip
			}
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(fixture(f, "info.xml.plist"))
	f.Add(fixture(f, "info.binary.plist"))
	f.Add(laughs(8, 10))
	f.Add(xmlDeep(130))
	f.Add(binaryDeep(130))
	f.Add(xmlList("<key>a</key><integer> 7 </integer><key>a</key><data>AQ I=</data>"))
	f.Add(utf16Bytes(xmlList(""), binary.BigEndian, bomUTF16BE))
	f.Add(bplist(1, 1, []byte{0xD2, 4, 1, 2, 3}, str("a"), []byte{0x10, 1}, []byte{0x10, 2}, wide("a")))
	f.Fuzz(func(t *testing.T, b []byte) {
		doc, err := Decode(b, InfoPlist)
		var format *FormatError
		switch {
		case err != nil && !errors.As(err, &format):
			t.Errorf("error of another kind: %v", err)
		case err == nil && doc.Root == nil:
			t.Error("no error and no dictionary")
		}
	})
}
