package inventory

import "fmt"

// FormatError is a defect that stops the reading of one file, with the byte offset in that file where it was
// seen. The readers of file formats share it, so that each defect becomes a Problem in one way.
type FormatError struct {
	Offset  int64
	Message string
	Limit   bool // a limit of the limits table was hit
}

func (e *FormatError) Error() string { return fmt.Sprintf("%s at offset %d", e.Message, e.Offset) }
