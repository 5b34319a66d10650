package res

import (
	"fmt"

	"appraise/internal/limits"
	"appraise/inventory"
)

// Note is a way in which a file differs from what Android's compilers write.
type Note struct {
	Trait  inventory.TraitID
	Offset int64
	Detail string // artifact text in it is quoted
}

// Malformed says why nothing could be read, and where.
func Malformed(offset int, format string, args ...any) *inventory.FormatError {
	return &inventory.FormatError{Offset: int64(offset), Message: fmt.Sprintf(format, args...)}
}

// OverLimit says which limit a file is over, and where.
func OverLimit(offset int, format string, args ...any) *inventory.FormatError {
	e := Malformed(offset, format, args...)
	e.Limit = true
	return e
}

// Notes collects notes. It keeps the first limits.AXMLNotes of each trait, so that a file can't
// make a report grow with its tricks.
type Notes []Note

// Add takes a note, with the place in the file. Artifact text in it is to be quoted.
func (l *Notes) Add(trait inventory.TraitID, offset int, format string, args ...any) {
	count := 0
	for _, n := range *l {
		if n.Trait == trait {
			count++
		}
	}
	if count < limits.AXMLNotes {
		*l = append(*l, Note{Trait: trait, Offset: int64(offset), Detail: fmt.Sprintf(format, args...)})
	}
}
