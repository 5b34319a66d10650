package ber

const (
	constructedBit = 0x20
	highTag        = 0x1f // the number follows
	longForm       = 0x80
	// lengthOctets is how many octets a length may take: four, as in the JDK and in apksig.
	lengthOctets = 4
)

// header is what stands before the content of an element: X.690 sections 8.1.2 and 8.1.3.
type header struct {
	class       Class
	tag         Tag
	constructed bool
	indefinite  bool
	content     int // where the content starts in data
	length      int // of the content; 0 when indefinite
}

// isEnd tells the end-of-contents octets, which are no element.
func (h header) isEnd() bool { return h.class == Universal && h.tag == 0 }

// header reads the header at pos and checks that the content it declares lies within the data.
func (r *Reader) header(pos int) (header, error) {
	start := pos
	if pos >= len(r.data) {
		return header{}, malformed(r.base+pos, "missing element")
	}
	first := r.data[pos]
	h := header{class: Class(first >> 6), tag: Tag(first & highTag), constructed: first&constructedBit != 0}
	pos++
	var err error
	if h.tag == highTag {
		if h.tag, pos, err = r.tagNumber(pos); err != nil {
			return header{}, err
		}
	}
	if h.length, h.indefinite, h.content, err = r.length(pos); err != nil {
		return header{}, err
	}
	switch {
	case h.indefinite && !h.constructed:
		return header{}, malformed(r.base+start, "primitive element of indefinite length")
	case h.isEnd() && (h.length != 0 || h.constructed):
		return header{}, malformed(r.base+start, "end of contents with contents")
	}
	return h, nil
}

// tagNumber reads a tag number of the high form: seven bits an octet.
func (r *Reader) tagNumber(pos int) (Tag, int, error) {
	const most = 1<<31 - 1
	start := pos
	for tag := Tag(0); pos < len(r.data); pos++ {
		if tag > most>>7 {
			return 0, 0, malformed(r.base+start, "tag number over 31 bits")
		}
		b := r.data[pos]
		if tag = tag<<7 | Tag(b&0x7f); b&0x80 == 0 {
			return tag, pos + 1, nil
		}
	}
	return 0, 0, malformed(r.base+start, "tag number cut short")
}

func (r *Reader) length(pos int) (length int, indefinite bool, content int, err error) {
	if pos >= len(r.data) {
		return 0, false, 0, malformed(r.base+pos, "missing length")
	}
	start, first := pos, int(r.data[pos])
	pos++
	declared := uint64(first)
	if first == longForm {
		return 0, true, pos, nil
	}
	if first > longForm {
		count := first - longForm
		if count > lengthOctets {
			return 0, false, 0, malformed(r.base+start, "length of %d octets", count)
		}
		if count > len(r.data)-pos {
			return 0, false, 0, malformed(r.base+start, "length cut short")
		}
		declared = 0
		for _, b := range r.data[pos : pos+count] {
			declared = declared<<8 | uint64(b)
		}
		pos += count
	}
	if declared > uint64(len(r.data)-pos) {
		return 0, false, 0, malformed(r.base+start, "length %d exceeds the %d bytes left", declared, len(r.data)-pos)
	}
	return int(declared), false, pos, nil
}
