package apksig_test

// The structures of an APK Signing Block as the writer of writer_test.go has them, and their bytes both ways.
//
// Layout: source.android.com/docs/security/features/apksigning/v2 and /v3; for v3.1, the lineage and the padding the
// apksig library, internal/apk/ApkSigningBlockUtils, internal/apk/v3 and SigningCertificateLineage.

import (
	"bytes"
	"crypto"
	_ "crypto/sha512" // for crypto.SHA512
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Ids of pairs.
const (
	pairV2      = 0x7109871a
	pairV3      = 0xf05368c0
	pairV31     = 0x1b93ad61
	pairPadding = 0x42726577
)

// Ids of attributes in signed data.
const (
	attributeStripping      = 0xbeeff00d // v2: u32 id of the scheme that must be there as well
	attributeLineage        = 0x3ba06f8c // v3, v3.1
	attributeRotationMinSDK = 0x559f8b02 // v3: u32
	attributeDevRelease     = 0xc2a6b3ba // v3.1: empty
)

// Signature algorithms.
const (
	rsaPSS256   = 0x0101
	rsaPSS512   = 0x0102
	rsaPKCS1256 = 0x0103
	rsaPKCS1512 = 0x0104
	ecdsa256    = 0x0201
	ecdsa512    = 0x0202
)

// noMaxSDK is the greatest max SDK of a v3 signer: no upper end.
const noMaxSDK = math.MaxInt32

// errShort says that a structure ends before its content does.
var errShort = errors.New("structure is cut short")

// record is a number with bytes: a digest, a signature, an attribute or a pair of the block.
type record struct {
	id    uint32
	value []byte
}

// signer is one signer of a v2, v3 or v3.1 block. The fields marked v3 are not in v2.
type signer struct {
	digests          []record
	certs            [][]byte
	minSDK, maxSDK   uint32 // v3: in the signed data
	attributes       []record
	signedRest       []byte // after the attributes; tools write an empty element there
	outerMin         uint32 // v3: beside the signed data
	outerMax         uint32 // v3
	signatures       []record
	publicKey        []byte
	rest             []byte
	signedAttributes []byte // unparsed, where they are no sequence of attributes
}

// lineageNode is one node of a proof of rotation, oldest first.
type lineageNode struct {
	cert            []byte
	parentAlgorithm uint32
	signedRest      []byte
	flags           uint32
	algorithm       uint32 // that this node signs the next one with
	signature       []byte // by the node before
}

// archive is an APK in its parts. The EOCD record holds the offset of the central directory as without a block.
type archive struct {
	contents, directory, eocd []byte
	pairs                     []record
}

// --- reading

// lengthPrefixed cuts a u32 length and its bytes off b.
func lengthPrefixed(b []byte) (element, rest []byte, err error) {
	if len(b) < 4 || uint64(binary.LittleEndian.Uint32(b)) > uint64(len(b)-4) {
		return nil, nil, errShort
	}
	n := 4 + int(binary.LittleEndian.Uint32(b))
	return b[4:n], b[n:], nil
}

// number cuts a u32 off b.
func number(b []byte) (uint32, []byte, error) {
	if len(b) < 4 {
		return 0, nil, errShort
	}
	return binary.LittleEndian.Uint32(b), b[4:], nil
}

// elements cuts b into its length-prefixed elements.
func elements(b []byte) ([][]byte, error) {
	var out [][]byte
	for len(b) > 0 {
		element, rest, err := lengthPrefixed(b)
		if err != nil {
			return nil, err
		}
		out, b = append(out, element), rest
	}
	return out, nil
}

// records reads elements that are a number with bytes, where inner says that these have a length of their own.
func records(b []byte, inner bool) ([]record, error) {
	list, err := elements(b)
	if err != nil {
		return nil, err
	}
	var out []record
	for _, element := range list {
		id, value, err := number(element)
		if err == nil && inner {
			var rest []byte
			value, rest, err = lengthPrefixed(value)
			if len(rest) > 0 {
				err = errors.New("bytes after the value of a record")
			}
		}
		if err != nil {
			return nil, err
		}
		out = append(out, record{id, value})
	}
	return out, nil
}

// fields reads a structure field by field and keeps the first error.
type fields struct {
	rest []byte
	err  error
}

func (f *fields) bytes() (out []byte) {
	if f.err == nil {
		out, f.rest, f.err = lengthPrefixed(f.rest)
	}
	return out
}

func (f *fields) number() (out uint32) {
	if f.err == nil {
		out, f.rest, f.err = number(f.rest)
	}
	return out
}

func (f *fields) records() (out []record) {
	b := f.bytes()
	if f.err == nil {
		out, f.err = records(b, true)
	}
	return out
}

// parseScheme reads the value of a v2, v3 or v3.1 pair.
func parseScheme(pair record) ([]signer, error) {
	outer := fields{rest: pair.value}
	list, err := elements(outer.bytes())
	if err := errors.Join(outer.err, err); err != nil {
		return nil, err
	}
	if len(outer.rest) > 0 {
		return nil, errors.New("bytes after the signers")
	}
	var out []signer
	for _, element := range list {
		s, err := parseSigner(element, pair.id != pairV2)
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func parseSigner(b []byte, ranged bool) (s signer, err error) {
	outer := fields{rest: b}
	signed := fields{rest: outer.bytes()}
	s.digests = signed.records()
	certs, err := elements(signed.bytes())
	s.certs = certs
	if ranged {
		s.minSDK, s.maxSDK = signed.number(), signed.number()
		s.outerMin, s.outerMax = outer.number(), outer.number()
	}
	attributes := signed.bytes()
	if list, err := records(attributes, false); err == nil {
		s.attributes = list
	} else {
		s.signedAttributes = attributes
	}
	s.signatures, s.publicKey = outer.records(), outer.bytes()
	s.signedRest, s.rest = signed.rest, outer.rest
	return s, errors.Join(err, signed.err, outer.err)
}

// parseLineage reads the value of a lineage attribute.
func parseLineage(b []byte) ([]lineageNode, error) {
	version, b, err := number(b)
	if err == nil && version != 1 {
		err = fmt.Errorf("lineage version %d", version)
	}
	if err != nil {
		return nil, err
	}
	list, err := elements(b)
	var out []lineageNode
	for _, element := range list {
		node := fields{rest: element}
		signed := fields{rest: node.bytes()}
		n := lineageNode{cert: signed.bytes(), parentAlgorithm: signed.number(), flags: node.number(), algorithm: node.number(), signature: node.bytes()}
		n.signedRest = signed.rest
		if len(node.rest) > 0 {
			node.err = errors.New("bytes after a node")
		}
		out, err = append(out, n), errors.Join(err, signed.err, node.err)
	}
	return out, err
}

// splitAPK takes an APK apart. Without a signing block there are no pairs.
func splitAPK(b []byte) (archive, error) {
	end := bytes.LastIndex(b, []byte("PK\x05\x06"))
	for ; end >= 0; end = bytes.LastIndex(b[:end], []byte("PK\x05\x06")) {
		if len(b)-end >= 22 && int(binary.LittleEndian.Uint16(b[end+20:])) == len(b)-end-22 {
			break
		}
	}
	if end < 0 {
		return archive{}, errors.New("no EOCD record")
	}
	directory := int(binary.LittleEndian.Uint32(b[end+16:]))
	if directory > end {
		return archive{}, errShort
	}
	a := archive{contents: b[:directory], directory: b[directory:end], eocd: slices.Clone(b[end:])}
	return a, a.cutBlock()
}

// cutBlock moves the pairs of the signing block out of the contents.
func (a *archive) cutBlock() error {
	all := a.contents
	if len(all) < 32 || string(all[len(all)-16:]) != "APK Sig Block 42" {
		return nil
	}
	size := binary.LittleEndian.Uint64(all[len(all)-24:])
	if size < 24 || size > uint64(len(all)-8) {
		return errShort
	}
	start := len(all) - int(size) - 8
	for body := all[start+8 : len(all)-24]; len(body) > 0; {
		if len(body) < 12 || binary.LittleEndian.Uint64(body) > uint64(len(body)-8) {
			return errShort
		}
		n := 8 + int(binary.LittleEndian.Uint64(body))
		a.pairs = append(a.pairs, record{binary.LittleEndian.Uint32(body[8:]), body[12:n]})
		body = body[n:]
	}
	a.contents = all[:start]
	binary.LittleEndian.PutUint32(a.eocd[16:], uint32(start))
	return nil
}

// --- writing

func u32(n uint32) []byte { return binary.LittleEndian.AppendUint32(nil, n) }

// prefixed puts a u32 length before the parts joined.
func prefixed(parts ...[]byte) []byte {
	b := bytes.Join(parts, nil)
	return append(u32(uint32(len(b))), b...)
}

// encodeRecords is what records reads, with the length of the whole before it.
func encodeRecords(list []record, inner bool) []byte {
	var out [][]byte
	for _, r := range list {
		if inner {
			r.value = prefixed(r.value)
		}
		out = append(out, prefixed(u32(r.id), r.value))
	}
	return prefixed(out...)
}

// signedData is what the signatures of s are made over.
func (s signer) signedData(ranged bool) []byte {
	var certs [][]byte
	for _, cert := range s.certs {
		certs = append(certs, prefixed(cert))
	}
	out := slices.Concat(encodeRecords(s.digests, true), prefixed(certs...))
	if ranged {
		out = slices.Concat(out, u32(s.minSDK), u32(s.maxSDK))
	}
	attributes := encodeRecords(s.attributes, false)
	if s.signedAttributes != nil {
		attributes = prefixed(s.signedAttributes)
	}
	return slices.Concat(out, attributes, s.signedRest)
}

func (s signer) encode(ranged bool) []byte {
	out := prefixed(s.signedData(ranged))
	if ranged {
		out = slices.Concat(out, u32(s.outerMin), u32(s.outerMax))
	}
	return slices.Concat(out, encodeRecords(s.signatures, true), prefixed(s.publicKey), s.rest)
}

func encodeScheme(id uint32, signers []signer) record {
	var out [][]byte
	for _, s := range signers {
		out = append(out, prefixed(s.encode(id != pairV2)))
	}
	return record{id, prefixed(prefixed(out...)[4:])}
}

func (n lineageNode) signedData() []byte {
	return slices.Concat(prefixed(n.cert), u32(n.parentAlgorithm), n.signedRest)
}

func encodeLineage(nodes []lineageNode) []byte {
	out := u32(1)
	for _, n := range nodes {
		out = append(out, prefixed(prefixed(n.signedData()), u32(n.flags), u32(n.algorithm), prefixed(n.signature))...)
	}
	return out
}

// block is the APK Signing Block with the pairs of a; nothing when there are none.
func (a archive) block() []byte {
	if len(a.pairs) == 0 {
		return nil
	}
	var body []byte
	for _, p := range a.pairs {
		body = binary.LittleEndian.AppendUint64(body, uint64(4+len(p.value)))
		body = slices.Concat(body, u32(p.id), p.value)
	}
	size := binary.LittleEndian.AppendUint64(nil, uint64(len(body)+24))
	return slices.Concat(size, body, size, []byte("APK Sig Block 42"))
}

// pad adds the pair that makes the block's size a multiple of 4096.
func (a *archive) pad() {
	missing := (4096 - len(a.block())%4096) % 4096
	if missing == 0 {
		return
	}
	if missing < 12 {
		missing += 4096
	}
	a.pairs = append(a.pairs, record{pairPadding, make([]byte, missing-12)})
}

// bytes puts the APK together.
func (a archive) bytes() []byte {
	block := a.block()
	eocd := slices.Clone(a.eocd)
	binary.LittleEndian.PutUint32(eocd[16:], uint32(len(a.contents)+len(block)))
	return slices.Concat(a.contents, block, a.directory, eocd)
}

// digest is the content digest over chunks of 1 MiB.
func (a archive) digest(hash crypto.Hash) []byte {
	const chunkSize = 1 << 20
	var digests []byte
	var count uint32
	for _, region := range [][]byte{a.contents, a.directory, a.eocd} {
		for chunk := range slices.Chunk(region, chunkSize) {
			digests = append(digests, sum(hash, []byte{0xa5}, u32(uint32(len(chunk))), chunk)...)
			count++
		}
	}
	return sum(hash, []byte{0x5a}, u32(count), digests)
}

func sum(hash crypto.Hash, parts ...[]byte) []byte {
	h := hash.New()
	for _, part := range parts {
		h.Write(part)
	}
	return h.Sum(nil)
}
