// Package x509lax reads X.509 certificates and public keys as they stand in old and odd apps, and checks signatures
// with them. crypto/x509 refuses many that Android installs.
//
// Tolerated in a certificate: BER, negative and zero serial numbers, unreadable times, any string type, unknown
// extensions, keys that can't be read (PublicKey tells), an RSA modulus encoded as a negative INTEGER. Not tolerated:
// a wrong structure, and extensions that can't be read as a list, for a critical one might be among them.
//
// Nothing here decides on trust: there are no chains, times or revocation.
package x509lax
