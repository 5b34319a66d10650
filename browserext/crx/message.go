package crx

import (
	"google.golang.org/protobuf/encoding/protowire"

	"appraise/internal/limits"
)

// message is what is taken from a CrxFileHeader.
type message struct {
	keys [][]byte // public key of each proof, RSA and ECDSA, nil where a proof has none
	id   []byte   // crx_id of the signed header data
}

// readMessage reads a CrxFileHeader; offset is where b stands in the package. Nesting has two levels by
// construction: unknown fields are skipped by their length, and groups are refused.
func readMessage(b []byte, offset int64) (message, error) {
	var m message
	err := eachField(b, offset, func(f field) error {
		switch f.number {
		case fieldRSAProof, fieldECDSAProof:
			return m.addProof(f)
		case fieldSignedData:
			return m.takeID(f)
		}
		return nil
	})
	if err == nil && m.id == nil {
		err = malformed(offset, "header without signed data: no crx_id")
	}
	return m, err
}

func (m *message) addProof(f field) error {
	if len(m.keys) == limits.CRXProofs {
		return overLimit(f.offset, "more than %d proofs", limits.CRXProofs)
	}
	var key []byte
	err := eachField(f.value, f.offset, func(f field) error {
		if f.number != fieldPublicKey {
			return nil
		}
		if len(f.value) > limits.CRXKey {
			return overLimit(f.offset, "public key of %d bytes, over the limit of %d", len(f.value), limits.CRXKey)
		}
		key = f.value
		return nil
	})
	m.keys = append(m.keys, key)
	return err
}

// takeID reads SignedData. As protobuf has it, the last field of a number wins.
func (m *message) takeID(f field) error {
	m.id = nil
	return eachField(f.value, f.offset, func(f field) error {
		if f.number != fieldCRXID {
			return nil
		}
		if len(f.value) != idBytes {
			return malformed(f.offset, "crx_id of %d bytes, not %d", len(f.value), idBytes)
		}
		m.id = f.value
		return nil
	})
}

// field is one length-delimited field and where its value stands in the package.
type field struct {
	number protowire.Number
	value  []byte
	offset int64
}

// eachField visits the length-delimited fields of b. Numbers are skipped; every other wire type is
// refused, since crx3.proto has none. protowire's own error texts are not used: they differ from one
// build to the next.
func eachField(b []byte, offset int64, visit func(field) error) error {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return malformed(offset, "field tag is malformed or cut")
		}
		b, offset = b[n:], offset+int64(n)
		var value []byte
		switch kind {
		case protowire.VarintType:
			_, n = protowire.ConsumeVarint(b)
		case protowire.BytesType:
			value, n = protowire.ConsumeBytes(b)
		default:
			return malformed(offset, "field %d has wire type %d", number, kind)
		}
		if n < 0 {
			return malformed(offset, "field %d is malformed or cut", number)
		}
		if kind == protowire.BytesType {
			if err := visit(field{number, value, offset + int64(n-len(value))}); err != nil {
				return err
			}
		}
		b, offset = b[n:], offset+int64(n)
	}
	return nil
}
