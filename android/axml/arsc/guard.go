package arsc

import (
	"appraise/android/axml/res"
	"appraise/internal/limits"
)

// tableGuard holds the preconditions under which androidbinary v1.0.6 reads a resource table within
// bounds. That module decodes every string of every pool and every entry of every type up front, and takes
// any offset table for one of 32-bit offsets.
type tableGuard struct {
	refused bool
	text    int
	total   int // entries
}

func (g *tableGuard) pool(p *res.Pool) {
	sum, fit := p.Weigh()
	if p.Header != res.PoolHeaderSize || !fit || p.Oversold() {
		g.refused = true
	}
	g.text += sum + res.StringCost*p.Count
}

func (g *tableGuard) entries(t typeChunk) {
	g.total += int(t.count)
	if g.refused || t.flags != 0 {
		g.refused = true
		return
	}
	for i := range int(t.count) {
		at := res.U32(t.b, t.Body()+4*i)
		if at != noEntry && uint64(t.start)+uint64(at) >= uint64(t.Size) {
			g.refused = true
			return
		}
	}
}

func (g *tableGuard) allows() bool {
	return !g.refused && g.text <= limits.AXMLStringBytes && g.total <= limits.ARSCLibraryEntries
}
