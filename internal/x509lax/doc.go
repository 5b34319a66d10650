// Package x509lax reads X.509 certificates and public keys as they stand in old and odd apps, and checks signatures
// with them. crypto/x509 refuses many that Android installs.
//
// A certificate is read as apksig reads it, with the CertificateFactory of JDK 17, and refused where that refuses it:
// unreadable times, names and keys; signature algorithms that differ; extensions that stand twice, or are critical and
// unreadable; anything left over. Tolerated is what the JDK tolerates: lengths longer than needed, negative and zero
// serial numbers, any string type, unknown extensions and kinds of keys, an RSA modulus encoded as a negative INTEGER.
//
// Where this is stricter than the JDK, comments say so. Besides, nothing may follow a certificate, PEM isn't read, and
// there is no second try as in apksig's X509CertificateUtils, which drops left-over elements and adds missing constructed
// bits: what it was made for, lengths longer than needed, JDK 17 reads itself.
//
// Nothing here decides on trust: there are no chains, times or revocation.
package x509lax
