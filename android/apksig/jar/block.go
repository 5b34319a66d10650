package jar

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"

	"appraise/android/apksig/jar/entry"
	"appraise/internal/ber"
	"appraise/internal/cms"
	"appraise/internal/limits"
	"appraise/internal/x509lax"
	"appraise/inventory"
)

// Signed attributes (RFC 5652 sections 11.1 and 11.2).
const (
	oidContentType   = "1.2.840.113549.1.9.3"
	oidMessageDigest = "1.2.840.113549.1.9.4"
)

// signer is a signature block with its .SF.
type signer struct {
	block, sigFile   *entry.File
	text             []byte                 // of the .SF
	sums             map[crypto.Hash][]byte // of text
	chain            []*x509lax.Certificate
	errors, warnings issues
	ignored          bool
	names            []bool      // which of entry.Archive's Files its .SF names
	signed           crypto.Hash // with which the .SF is signed
	listed           crypto.Hash // the weakest of those with which the .SF protects what it names
}

func (s *signer) result() Signer {
	return Signer{Name: s.block.Name, Certificates: s.chain, Errors: s.errors.all(), Warnings: s.warnings.all()}
}

// refusal is what Java reports as an exception about one SignerInfo: the block fails with the issue.
type refusal struct{ id, reason string }

func (r *refusal) Error() string { return r.reason }

func refuse(id, format string, args ...any) *refusal {
	return &refusal{id, fmt.Sprintf(format, args...)}
}

// errNotSigned is the answer to a SignerInfo that doesn't verify without being wrong.
var errNotSigned = errors.New("not signed")

// checkBlock checks the signature block against the .SF and names the certificate that made the signature (apksig
// Signer.verifySigBlockAgainstSigFile). What is wrong with the signature becomes the signer's issue.
func (v *verifier) checkBlock(s *signer) error {
	raw, err := v.reader.Read(s.block, limits.CMSBytes, limits.ZipRatio)
	if err != nil {
		return err
	}
	if s.text, err = readText(v.reader, s.sigFile, &v.left); err != nil {
		return err
	}
	data, err := cms.Parse(raw)
	switch {
	case isLimit(err):
		return within(s.block, err)
	case err != nil:
		s.errors.add(parseException, "reading %s: %v", quoted(s.block.Name), err)
	case len(data.Signers) == 0:
		s.errors.add(noSigners, "%s holds no signature", quoted(s.block.Name))
	case len(data.Unparsed) > 0:
		s.errors.add(parseException, "%s holds %d certificates that can't be read", quoted(s.block.Name), len(data.Unparsed))
	default:
		return v.checkSignerInfos(s, data)
	}
	return nil
}

// isLimit reports whether a limit stopped the reading.
func isLimit(err error) bool {
	var format *inventory.FormatError
	return errors.As(err, &format) && format.Limit
}

// checkSignerInfos checks the first SignerInfo, or all where the oldest platform does; the first that verifies names
// the signer. A wrong one fails the block even when another verifies.
func (v *verifier) checkSignerInfos(s *signer, data *cms.SignedData) error {
	infos := data.Signers
	if v.Range.Min < apiNougat {
		infos = infos[:1]
	}
	var verified []*x509lax.Certificate
	for i := range infos {
		certificate, hash, err := v.checkSignerInfo(s, data, &infos[i])
		var r *refusal
		switch {
		case err == nil:
			if len(verified) == 0 {
				s.signed = hash
			}
			verified = append(verified, certificate)
		case errors.As(err, &r):
			s.errors.add(r.id, "%s against %s: %s", quoted(s.block.Name), quoted(s.sigFile.Name), r.reason)
			return nil
		case !errors.Is(err, errNotSigned):
			return within(s.block, err)
		}
	}
	if len(verified) == 0 {
		s.errors.add(didNotVerify, "%s does not verify against %s", quoted(s.block.Name), quoted(s.sigFile.Name))
		return nil
	}
	s.chain = chain(data.Certificates, verified[0])
	v.addUnused(data.Certificates, append(verified, s.chain...))
	return nil
}

// checkSignerInfo returns the certificate that signed the .SF, and the hash by which the signature depends on it
// (apksig Signer.verifySignerInfoAgainstSigFile).
func (v *verifier) checkSignerInfo(s *signer, data *cms.SignedData, info *cms.SignerInfo) (*x509lax.Certificate, crypto.Hash, error) {
	a, refused := lookup(info.DigestOID, info.SignatureOID, v.Range)
	if refused != "" {
		return nil, 0, refuse(unsupportedAlgorithm, "digest %s with signature %s is not supported at API levels %s",
			friendly(info.DigestOID), friendly(info.SignatureOID), refused)
	}
	certificate, key, err := signingKey(data, info, a)
	if err != nil {
		return nil, 0, err
	}
	var signed []byte
	hash := a.signature.Hash
	if info.SignedAttributes == nil {
		signed = s.sum(hash)
	} else {
		if err := v.checkAttributes(s, data, info, a.digest); err != nil {
			return nil, 0, err
		}
		signed, hash = memo(map[crypto.Hash][]byte{}, hash, info.SignedBytes()), min(a.digest, hash)
	}
	switch err := key.Verify(a.signature, signed, info.Signature); {
	case err == nil:
		return certificate, hash, nil
	case errors.Is(err, x509lax.ErrMismatch):
		return nil, 0, errNotSigned
	default:
		return nil, 0, refuse(verifyException, "%v", err)
	}
}

// sum returns the digest of the .SF.
func (s *signer) sum(h crypto.Hash) []byte { return memo(s.sums, h, s.text) }

// signingKey finds the certificate by issuer and serial number, the only way that Android knows, and asks whether it may
// sign. Neither its dates nor who issued it matter.
func signingKey(data *cms.SignedData, info *cms.SignerInfo, a algorithm) (*x509lax.Certificate, *x509lax.PublicKey, error) {
	if info.Issuer == nil {
		return nil, nil, refuse(verifyException, "the signer is not named by issuer and serial number")
	}
	c := data.Certificate(info)
	switch {
	case c == nil:
		return nil, nil, refuse(verifyException, "the signer's certificate is not there")
	case len(c.UnknownCritical) > 0:
		return nil, nil, refuse(verifyException, "the signer's certificate has the critical extension %s, which Android does not know", c.UnknownCritical[0])
	case c.HasKeyUsage && c.KeyUsage&(x509lax.DigitalSignature|x509lax.NonRepudiation) == 0:
		return nil, nil, refuse(verifyException, "the signer's certificate is not for signatures")
	}
	key, err := c.PublicKey()
	switch {
	case isLimit(err):
		return nil, nil, err
	case err != nil:
		return nil, nil, refuse(verifyException, "the signer's key: %v", err)
	case key.Algorithm != a.signature.Key:
		return nil, nil, refuse(verifyException, "the signer's key is %v, the signature %v", key.Algorithm, a.signature.Key)
	}
	return c, key, nil
}

// checkAttributes checks that the signed attributes speak of the .SF. Before apiKitKat Android didn't look at the digest
// among them.
func (v *verifier) checkAttributes(s *signer, data *cms.SignedData, info *cms.SignerInfo, h crypto.Hash) error {
	if v.Range.Min < apiKitKat {
		return refuse(verifyException, "signed attributes are not checked before API level %d", apiKitKat)
	}
	seen := map[string]bool{}
	for _, a := range info.Attributes {
		if seen[a.OID] {
			return refuse(parseException, "signed attribute %s stands twice", a.OID)
		}
		seen[a.OID] = true
	}
	if v.Range.Max >= apiNougat {
		e, err := single(info, oidContentType, ber.OID)
		if err != nil {
			return err
		}
		switch contentType, err := e.OIDText(); {
		case err != nil:
			return refuse(parseException, "content type in the signed attributes: %v", err)
		case contentType != data.ContentType:
			return errNotSigned
		}
	}
	e, err := single(info, oidMessageDigest, ber.OctetString)
	if err != nil {
		return err
	}
	switch digest, err := e.Octets(); {
	case err != nil:
		return refuse(parseException, "digest in the signed attributes: %v", err)
	case !bytes.Equal(digest, s.sum(h)):
		return errNotSigned
	}
	return nil
}

// single returns the one value of a signed attribute.
func single(info *cms.SignerInfo, oid string, tag ber.Tag) (*ber.Element, error) {
	a, err := info.Attribute(oid)
	switch {
	case err != nil:
		return nil, refuse(parseException, "%v", err)
	case a == nil || len(a.Values) == 0:
		return nil, refuse(verifyException, "no attribute %s among the signed ones", oid)
	case len(a.Values) > 1:
		return nil, refuse(parseException, "signed attribute %s has %d values", oid, len(a.Values))
	}
	e, _, err := ber.Parse(a.Values[0])
	if err != nil || !e.Is(ber.Universal, tag) {
		return nil, refuse(parseException, "signed attribute %s is of another type", oid)
	}
	return &e, nil
}

// chain follows issuers from the leaf as far as their certificates are given (apksig Signer.getCertificateChain). It is for
// people: nothing is checked.
func chain(given []*x509lax.Certificate, leaf *x509lax.Certificate) []*x509lax.Certificate {
	out, taken := []*x509lax.Certificate{leaf}, map[*x509lax.Certificate]bool{leaf: true}
	for last := leaf; !bytes.Equal(last.Subject, last.Issuer); last = out[len(out)-1] {
		n := len(out)
		for _, c := range given {
			if !taken[c] && bytes.Equal(c.Subject, last.Issuer) {
				taken[c] = true
				out = append(out, c)
				break
			}
		}
		if len(out) == n {
			break
		}
	}
	return out
}

// addUnused adds the certificates that are neither used nor already listed.
func (v *verifier) addUnused(given, used []*x509lax.Certificate) {
	known := map[string]bool{}
	for _, c := range append(used, v.Unused...) {
		known[string(c.Raw)] = true
	}
	for _, c := range given {
		if !known[string(c.Raw)] {
			known[string(c.Raw)] = true
			v.Unused = append(v.Unused, c)
		}
	}
}

// addStrangers adds the certificates of a block that signs nothing. What can't be read of it has no say in the verdict.
func (v *verifier) addStrangers(block *entry.File) {
	raw, err := v.reader.Read(block, limits.CMSBytes, limits.ZipRatio)
	if err != nil {
		return
	}
	if data, err := cms.Parse(raw); err == nil {
		v.addUnused(data.Certificates, nil)
	}
}
