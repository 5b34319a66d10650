package plistsafe

import (
	"fmt"

	"appraise/internal/limits"
	"appraise/inventory"
)

// Kind is the pair of bounds of one kind of property list. Nodes counts every key and value as often
// as it is referred to. Nesting and expanded text have one bound for all kinds.
type Kind struct {
	Bytes int64
	Nodes int
}

// The kinds of property lists.
var (
	InfoPlist = Kind{limits.InfoPlistBytes, limits.InfoPlistNodes} // also entitlements and privacy manifests
	Profile   = Kind{limits.ProfileBytes, limits.ProfileNodes}     // body of a provisioning profile
	Seal      = Kind{limits.SealBytes, limits.SealNodes}           // CodeResources and inventories
)

// Doc is a decoded property list. Values are string, bool, int64 (negative), uint64, float32, float64,
// []byte, time.Time, []any and map[string]any; the UID of a keyed archive has a type of its own.
type Doc struct {
	Root       map[string]any
	Binary     bool
	Duplicates []Duplicate // in file order
	// TrailingOffset is where something follows the list that readers ignore; 0 = nothing does.
	TrailingOffset int64
}

// Duplicate is a key that one dictionary gives more than once.
type Duplicate struct {
	Key    string
	Offset int64 // of the later key (XML) or of the later value's reference (binary)
}

// FormatError is a defect that stops reading, with the byte offset where it was seen. Defects that
// only the library sees, such as a malformed number, have offset 0.
type FormatError = inventory.FormatError

func malformed(offset int64, format string, args ...any) error {
	return &FormatError{Offset: offset, Message: fmt.Sprintf(format, args...)}
}

func overLimit(offset int64, format string, args ...any) error {
	return &FormatError{Offset: offset, Message: fmt.Sprintf(format, args...), Limit: true}
}

func tooDeep(offset int64) error {
	return overLimit(offset, "property list nested deeper than %d", limits.PlistDepth)
}

func tooManyNodes(offset int64, k Kind) error {
	return overLimit(offset, "property list expands to more than %d nodes", k.Nodes)
}

func tooMuchText(offset int64) error {
	return overLimit(offset, "property list expands to more than %d bytes of text", limits.PlistTextBytes)
}
