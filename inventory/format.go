package inventory

import (
	"errors"
	"fmt"
)

// ErrNotRead is the error of an input of which only parts are at hand, for the other parts. What is missing so is
// no defect of the artifact.
var ErrNotRead = errors.New("not read")

// FormatError is a defect that stops the reading of one file, with the byte offset in that file where it was
// seen. The readers of file formats share it, so that each defect becomes a Problem in one way.
type FormatError struct {
	Offset  int64
	Message string
	Limit   bool // a limit of the limits table was hit
}

func (e *FormatError) Error() string { return fmt.Sprintf("%s at offset %d", e.Message, e.Offset) }
