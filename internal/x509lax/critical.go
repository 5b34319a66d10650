package x509lax

import "bytes"

// checkCritical reads an extension that the JDK knows as its class does: the certificate is refused when that fails and
// the extension is critical. What ends up critical in signers' certificates and above them is read; any other is
// refused, though the JDK reads it.
func (r reader) checkCritical(x Extension) {
	in := r.inside(x.Value)
	switch x.OID {
	case oidKeyUsage:
		in.keyUsage(x.Value)
	case oidNetscapeType:
		in.bitsOf(in.only(octetBitString))
	case oidSubjectKeyID:
		in.only(octetOctetString)
	case oidOCSPNoCheck: // any
	case oidBasicConstraints:
		in.list().checkBasicConstraints()
	case oidExtKeyUsage:
		for in := in.list(); in.more(); {
			in.oid()
		}
	case oidSubjectAltName:
		in := in.list()
		in.generalName()
		for in.more() {
			in.generalName()
		}
	case oidNameConstraints:
		in.list().checkNameConstraints()
	case oidPolicies: // without qualifiers
		for in := in.list(); in.more(); {
			policy := in.enter(octetSequence)
			policy.oid()
			policy.end()
		}
	case oidPolicyConstraints:
		in.list().checkPolicyConstraints()
	case oidInhibitAnyPolicy:
		if in.integer() < 0 {
			r.fail(0, "negative number of certificates")
		}
		in.end()
	default:
		r.fail(0, "critical extension %s is not read", x.OID)
	}
}

// list opens the SEQUENCE that a value must be.
func (r reader) list() reader { return r.open(r.only(octetSequence)) }

// checkBasicConstraints leaves out what follows, and everything when the first element isn't a BOOLEAN.
func (r reader) checkBasicConstraints() {
	if !r.more() {
		return
	}
	ca := r.next()
	if ca.Raw[0] != octetBoolean {
		return
	}
	_, err := ca.Bool()
	if r.check(err); r.more() {
		r.integer()
	}
}

// checkPolicyConstraints reads the two numbers, each or none.
func (r reader) checkPolicyConstraints() {
	for last := byte(0); r.more(); {
		e := r.next()
		if n := len(e.Content); e.Raw[0] <= last || e.Raw[0] != 0x80 && e.Raw[0] != 0x81 || n == 0 || n > 4 {
			r.fail(e.Offset, "unexpected element in policy constraints")
		}
		last = e.Raw[0]
	}
}

// checkNameConstraints reads the permitted and the excluded names, without bounds.
func (r reader) checkNameConstraints() {
	for last := byte(0); r.more(); {
		e := r.next()
		if e.Raw[0] <= last || e.Raw[0] != 0xa0 && e.Raw[0] != 0xa1 {
			r.fail(e.Offset, "unexpected element in name constraints")
		}
		last = e.Raw[0]
		for trees := r.open(e); trees.more(); {
			tree := trees.enter(octetSequence)
			tree.generalName()
			tree.end()
		}
	}
}

// generalName reads names of people, machines and things. The JDK reads more kinds, URIs by a grammar of their own.
func (r reader) generalName() {
	e := r.next()
	ok := false
	switch n := len(e.Content); e.Raw[0] {
	case 0x81: // rfc822Name
		domain := e.Content[bytes.IndexByte(e.Content, '@')+1:]
		ok = len(domain) > 0 && string(domain) != "."
	case 0x82: // dNSName: any
		ok = true
	case 0xa4: // directoryName
		r.open(e).name()
		ok = true
	case 0x87: // iPAddress, with a mask or without
		ok = n == 4 || n == 8 || n == 16 || n == 32
	}
	if !ok {
		r.fail(e.Offset, "name %#02x of %d bytes is not read", e.Raw[0], len(e.Content))
	}
}
