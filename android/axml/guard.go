package axml

import "appraise/internal/limits"

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

// stringCost is what the module allocates for a string of a pool beside its bytes: header and offset, twice.
const stringCost = 24

// escaped is how many bytes one byte of a value can become in XML text: a quote is "&#34;".
const escaped = 5

func (g *xmlGuard) pool(p *pool, sum int, fit bool) {
	if p.header != poolHeaderSize || !fit || p.oversold() {
		g.refused = true
	}
	g.text += sum + stringCost*p.count
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

// tableGuard holds the preconditions under which androidbinary v1.0.6 reads a resource table within
// bounds. That module decodes every string of every pool and every entry of every type up front, and takes
// any offset table for one of 32-bit offsets.
type tableGuard struct {
	refused bool
	text    int
	total   int // entries
}

func (g *tableGuard) pool(p *pool) {
	sum, fit := p.weigh()
	if p.header != poolHeaderSize || !fit || p.oversold() {
		g.refused = true
	}
	g.text += sum + stringCost*p.count
}

func (g *tableGuard) entries(t typeChunk) {
	g.total += int(t.count)
	if g.refused || t.flags != 0 {
		g.refused = true
		return
	}
	for i := range int(t.count) {
		at := u32(t.b, t.body()+4*i)
		if at != noEntry && uint64(t.start)+uint64(at) >= uint64(t.size) {
			g.refused = true
			return
		}
	}
}

func (g *tableGuard) allows() bool {
	return !g.refused && g.text <= limits.AXMLStringBytes && g.total <= limits.ARSCLibraryEntries
}
