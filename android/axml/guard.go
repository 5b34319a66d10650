package axml

import (
	"appraise/android/axml/res"
	"appraise/internal/limits"
)

// xmlGuard holds the preconditions under which androidbinary v1.0.6 reads a binary XML file within
// bounds. That module turns the file into text first: it decodes every string of every pool up front,
// writes each raw value and each name out, escaped, and searches the declared namespaces in a line
// for every name.
type xmlGuard struct {
	refused    bool
	text       int // bytes it decodes or writes
	prefix     int // longest namespace prefix
	names      int // names that may be written with a prefix
	namespaces int
}

// escaped is how many bytes one byte of a value can become in XML text: a quote is "&#34;".
const escaped = 5

func (g *xmlGuard) pool(p *res.Pool, sum int, fit bool) {
	if p.Header != res.PoolHeaderSize || !fit || p.Oversold() {
		g.refused = true
	}
	g.text += sum + res.StringCost*p.Count
}

func (g *xmlGuard) namespace(prefix string) {
	g.namespaces++
	g.prefix = max(g.prefix, len(prefix))
}

func (g *xmlGuard) tag(e *Element) {
	g.names++
	g.text += len(e.Name)
}

func (g *xmlGuard) attribute(a *Attr) {
	g.names++
	g.text += len(a.Name) + escaped*len(a.Raw)
}

func (g *xmlGuard) allows() bool {
	return !g.refused && g.namespaces <= limits.AXMLDepth && g.text+g.names*g.prefix <= limits.AXMLStringBytes
}
