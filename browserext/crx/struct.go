// Package crx reads the header of Chrome extension packages, Cr24 versions 2 and 3: where the ZIP
// starts and which extension it claims to be. It does not check signatures and does not open the ZIP.
//
// Sources: chromium components/crx_file/crx3.proto and crx_verifier.cc at 5e5d91b.
package crx

import (
	"fmt"

	"appraise/inventory"
)

// Magic marks and fixed sizes.
const (
	magic      = "Cr24"
	magicDelta = "CrOD"

	prefixSize = 12 // magic, version, header length
	crx2Prefix = 16 // magic, version, key length, signature length
	idBytes    = 16
)

// Marks by which a ZIP reader would find an end record inside the header; Chrome refuses both.
const (
	sigEOCD      = "PK\x05\x06"
	sigLocator64 = "PK\x06\x07"
)

// Field numbers of CrxFileHeader, AsymmetricKeyProof and SignedData in crx3.proto.
const (
	fieldRSAProof   = 2
	fieldECDSAProof = 3
	fieldSignedData = 10000

	fieldPublicKey = 1
	fieldCRXID     = 1
)

// Header is what stands before the ZIP of a package.
type Header struct {
	Version int    // 2 or 3
	ID      string // 32 letters a to p; from the key for version 2, as declared for version 3
	Proofs  int    // signatures; none of them is checked here
	// OwnKey says that the key of a proof gives the ID. Without one Chrome refuses the package: the ID is a claim.
	OwnKey    bool
	ZipOffset int64
}

// FormatError is a defect of the header, with the offset where it was seen.
type FormatError = inventory.FormatError

func malformed(offset int64, format string, args ...any) error {
	return &FormatError{Offset: offset, Message: fmt.Sprintf(format, args...)}
}

func overLimit(offset int64, format string, args ...any) error {
	return &FormatError{Offset: offset, Message: fmt.Sprintf(format, args...), Limit: true}
}
