package ber

import (
	"math/big"
	"strconv"
	"time"

	"appraise/internal/limits"
	"appraise/inventory"
)

// OIDText is the dotted text of an OBJECT IDENTIFIER of at most limits.OIDBytes (X.690 section 8.19).
func (e *Element) OIDText() (string, error) {
	switch {
	case e.Constructed || len(e.Content) == 0 || e.Content[len(e.Content)-1]&0x80 != 0:
		return "", malformed(e.Offset, "object identifier is empty or cut short")
	case len(e.Content) > limits.OIDBytes:
		return "", &inventory.FormatError{Offset: int64(e.Offset), Limit: true, Message: "object identifier is too long"}
	}
	text := make([]byte, 0, 32)
	for rest := e.Content; len(rest) > 0; {
		n := 0
		for rest[n]&0x80 != 0 {
			n++
		}
		if len(text) == 0 {
			text = append(text, firstArcs(rest[:n+1])...)
		} else {
			text = appendArc(append(text, '.'), rest[:n+1])
		}
		rest = rest[n+1:]
	}
	return string(text), nil
}

// appendArc writes an arc in decimal; those of up to 63 bits, nearly all, without a big number.
func appendArc(text, b []byte) []byte {
	if len(b) > shortArc {
		return append(text, arc(b).String()...)
	}
	return strconv.AppendInt(text, smallArc(b), 10)
}

// firstArcs tells the two arcs that share one number: 40*first+second.
func firstArcs(b []byte) string {
	if len(b) == 1 {
		root := min(int64(b[0])/40, 2)
		return strconv.FormatInt(root, 10) + "." + strconv.FormatInt(int64(b[0])-40*root, 10)
	}
	n, root := arc(b), int64(2)
	if n.IsInt64() && n.Int64() < 80 {
		root = n.Int64() / 40
	}
	n.Sub(n, big.NewInt(root*40))
	return strconv.FormatInt(root, 10) + "." + n.String()
}

// shortArc is how many octets fit an int64.
const shortArc = 9

func smallArc(b []byte) (n int64) {
	for _, c := range b {
		n = n<<7 | int64(c&0x7f)
	}
	return n
}

func arc(b []byte) *big.Int {
	if len(b) <= shortArc {
		return big.NewInt(smallArc(b))
	}
	n := new(big.Int)
	for _, c := range b {
		n.Or(n.Lsh(n, 7), big.NewInt(int64(c&0x7f)))
	}
	return n
}

// Int is the value of an INTEGER. Needless leading octets are tolerated; no octet at all is an error.
func (e *Element) Int() (*big.Int, error) {
	n, err := e.Uint()
	if err != nil || e.Content[0]&0x80 == 0 {
		return n, err
	}
	return n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(len(e.Content))*8)), nil
}

// Uint is the value of an INTEGER whose octets are read as a positive number even if its sign bit is set, as some
// old tools leave out the zero octet before it.
func (e *Element) Uint() (*big.Int, error) {
	if e.Constructed || len(e.Content) == 0 {
		return nil, malformed(e.Offset, "integer without octets")
	}
	return new(big.Int).SetBytes(e.Content), nil
}

// Bits is a primitive BIT STRING and how many bits of its last octet are unused (X.690 section 8.6).
func (e *Element) Bits() (bits []byte, unused int, err error) {
	if e.Constructed || len(e.Content) == 0 || e.Content[0] > 7 || len(e.Content) == 1 && e.Content[0] != 0 {
		return nil, 0, malformed(e.Offset, "bit string in parts or without a count of unused bits")
	}
	return e.Content[1:], int(e.Content[0]), nil
}

// Bool is the value of a BOOLEAN: any octet but zero is true (X.690 section 8.2.2).
func (e *Element) Bool() (bool, error) {
	if e.Constructed || len(e.Content) != 1 {
		return false, malformed(e.Offset, "boolean of %d octets", len(e.Content))
	}
	return e.Content[0] != 0, nil
}

// Time reads a UTCTime or GeneralizedTime: with or without seconds and fractions, with Z, with an offset or (out of
// the standard, but met) with neither. Years of two digits are of 1950 to 2049 (RFC 5280 section 4.1.2.5.1).
func (e *Element) Time() (time.Time, error) {
	switch e.Tag {
	case UTCTime:
		at, err := e.time("060102150405Z0700", "0601021504Z0700", "060102150405", "0601021504")
		if at.Year() >= 2050 {
			at = at.AddDate(-100, 0, 0)
		}
		return at, err
	case GeneralizedTime:
		return e.time("20060102150405Z0700", "200601021504Z0700", "20060102150405", "200601021504")
	}
	return time.Time{}, malformed(e.Offset, "time with tag %d", e.Tag)
}

func (e *Element) time(layouts ...string) (time.Time, error) {
	const longest = 32 // bytes: more than any form needs
	if e.Class == Universal && !e.Constructed && len(e.Content) <= longest {
		for _, layout := range layouts {
			if at, err := time.Parse(layout, string(e.Content)); err == nil {
				return at.UTC(), nil
			}
		}
	}
	return time.Time{}, malformed(e.Offset, "unreadable time")
}
