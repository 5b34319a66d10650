package packages

import (
	"bytes"
	"encoding/hex"
	"strings"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// AppLinksDump reads pm get-app-links: for each package its signers' SHA-256 and the verification state of its
// domains (verified, none, approved …, or a number). Only packages with domains to verify are printed.
// Source: com.android.server.pm.verify.domain.DomainVerificationDebug.
func AppLinksDump(b []byte) ([]AppLinks, []lines.Note) {
	r := linkReader{Reader: lines.NewReader(b)}
	for {
		line, ok := r.Next()
		if !ok {
			return r.out, r.List()
		}
		if indent, text := lines.Indented(line); len(text) > 0 {
			r.take(indent, text)
		}
	}
}

type linkReader struct {
	lines.Reader
	out     []AppLinks
	current *AppLinks
	indent  int // of the package
	domains int // indentation of "Domain verification state:", -1 outside
	count   int
	seen    map[string]bool
}

func (r *linkReader) take(indent int, text []byte) {
	if r.current == nil || indent <= r.indent {
		r.open(indent, text)
		return
	}
	if r.domains >= 0 && indent > r.domains {
		r.domain(text)
		return
	}
	r.domains = -1
	switch {
	case string(text) == "Domain verification state:":
		r.domains = indent
	case bytes.HasPrefix(text, []byte("Signatures: [")):
		r.signatures(text[len("Signatures: ["):])
	}
}

func (r *linkReader) open(indent int, text []byte) {
	r.current, r.domains = nil, -1
	name, ok := bytes.CutSuffix(text, []byte(":"))
	if !ok || !dump.PackageName(name) {
		return
	}
	switch {
	case r.seen[string(name)]:
		r.Add(r.Line(), "package "+string(name)+" stands twice")
		return
	case len(r.out) >= limits.DumpPackages:
		r.Limit(r.Line(), "packages left out")
		return
	case r.seen == nil:
		r.seen = map[string]bool{}
	}
	r.seen[string(name)] = true
	r.out = append(r.out, AppLinks{Package: string(name)})
	r.current, r.indent = &r.out[len(r.out)-1], indent
}

// signatures reads "AA:BB:…, CC:DD:…]".
func (r *linkReader) signatures(text []byte) {
	list, _, _ := bytes.Cut(text, []byte("]"))
	for part := range bytes.SplitSeq(list, []byte(",")) {
		digest := strings.ToLower(strings.ReplaceAll(string(bytes.TrimSpace(part)), ":", ""))
		if b, err := hex.DecodeString(digest); err != nil || len(b) != 32 {
			if len(digest) > 0 {
				r.Add(r.Line(), "no SHA-256 digest: "+lines.Quote([]byte(digest)))
			}
			continue
		}
		if len(r.current.Signatures) < limits.LineageNodes {
			r.current.Signatures = append(r.current.Signatures, digest)
		}
	}
}

// domain reads "example.com: verified".
func (r *linkReader) domain(text []byte) {
	name, state, ok := bytes.Cut(text, []byte(": "))
	if !ok || len(name) == 0 {
		return
	}
	if r.count >= limits.DumpEntries {
		r.Limit(r.Line(), "domains left out")
		return
	}
	if r.current.Domains == nil {
		r.current.Domains = map[string]string{}
	}
	if _, twice := r.current.Domains[string(name)]; !twice {
		r.count++
		r.current.Domains[string(name)] = string(state)
	}
}
