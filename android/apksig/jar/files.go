package jar

import (
	"errors"
	"fmt"

	"appraise/android/apksig/jar/entry"
	"appraise/internal/limits"
	"appraise/inventory"
)

// readText returns the content of a manifest or signature file and takes its size off left, what all of
// them together may still have.
func readText(r *entry.Reader, f *entry.File, left *int64) ([]byte, error) {
	if int64(f.Size) > *left {
		return nil, overLimit(f.HeaderOffset, "with %s more than %d bytes of manifest and signature files", quoted(f.Name), int64(limits.JARSignatureBytes))
	}
	*left -= int64(f.Size)
	return r.Read(f, limits.JARManifestBytes, limits.JARManifestRatio)
}

// within puts the place of an entry to an error about its content, whose offsets count inside the entry.
func within(f *entry.File, err error) error {
	var format *inventory.FormatError
	if errors.As(err, &format) {
		return &inventory.FormatError{Offset: f.HeaderOffset, Message: fmt.Sprintf("%s: %v", quoted(f.Name), format), Limit: format.Limit}
	}
	return fmt.Errorf("%s: %w", quoted(f.Name), err)
}

func malformed(offset int64, format string, args ...any) *inventory.FormatError {
	return &inventory.FormatError{Offset: offset, Message: fmt.Sprintf(format, args...)}
}

func overLimit(offset int64, format string, args ...any) *inventory.FormatError {
	return &inventory.FormatError{Offset: offset, Message: fmt.Sprintf(format, args...), Limit: true}
}
