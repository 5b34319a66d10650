package plistsafe

import (
	"bytes"
	"encoding/xml"
	"io"
	"strings"

	"appraise/internal/limits"
)

// xmlGuard walks the same tokens as the library, but keeps no more than one frame per open element.
type xmlGuard struct {
	text  []byte
	kind  Kind
	dec   *xml.Decoder
	doc   *Doc
	stack []element
	depth int // open dictionaries and arrays
	nodes int
	roots int    // values seen at the top
	end   int64  // of the part that is one property list
	out   []byte // text as changed for the library; nil while it is unchanged
}

// element is one open element.
type element struct {
	name   string
	offset int64
	text   []byte          // of a key
	keys   map[string]bool // of a dictionary
	await  bool            // a dictionary's key has no value yet
	chars  int64           // offset of the last text of a number or date
}

// containers tells for each element of a property list whether it holds values.
var containers = map[string]bool{
	"plist": true, "dict": true, "array": true, "key": false, "string": false, "integer": false,
	"real": false, "true": false, "false": false, "date": false, "data": false,
}

// guardXML checks the whole text and returns it as the library can read it.
func guardXML(text []byte, k Kind) ([]byte, *Doc, error) {
	g := &xmlGuard{text: text, kind: k, dec: xml.NewDecoder(bytes.NewReader(text)), doc: &Doc{}}
	// The declared encoding is judged by declaration, which names it.
	g.dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	if err := g.walk(); err != nil {
		return nil, nil, err
	}
	return g.clean(), g.doc, nil
}

func (g *xmlGuard) walk() error {
	for g.doc.TrailingOffset == 0 {
		at := g.dec.InputOffset()
		token, err := g.dec.RawToken()
		switch {
		case err == io.EOF:
			return g.finish(at)
		case err != nil && g.closed():
			g.doc.TrailingOffset = at
		case err != nil:
			return malformed(g.dec.InputOffset(), "malformed XML: %q", err.Error())
		default:
			if err := g.token(token, at); err != nil {
				return err
			}
		}
	}
	return nil
}

// closed reports whether the list is complete, so that whatever follows is trailing data.
func (g *xmlGuard) closed() bool { return len(g.stack) == 0 && g.roots > 0 }

func (g *xmlGuard) finish(at int64) error {
	switch {
	case len(g.stack) > 0:
		return malformed(at, "property list ends inside <%s>", g.stack[len(g.stack)-1].name)
	case g.roots == 0:
		return malformed(at, "property list holds no value")
	}
	return nil
}

func (g *xmlGuard) token(token xml.Token, at int64) error {
	switch token := token.(type) {
	case xml.StartElement:
		return g.open(token.Name, at)
	case xml.EndElement:
		return g.close(token.Name, at)
	case xml.CharData:
		g.chars(token, at)
	case xml.Directive:
		return g.directive(token, at)
	case xml.ProcInst:
		return declaration(token, at)
	}
	return nil
}

// declaration refuses encodings by name; the text is UTF-8 by now if it is of a form that is read at all.
func declaration(token xml.ProcInst, at int64) error {
	if token.Target != "xml" {
		return nil
	}
	_, rest, found := strings.Cut(string(token.Inst), "encoding")
	if !found {
		return nil
	}
	name := strings.Trim(strings.TrimLeft(rest, xmlSpace+"="), xmlSpace)
	if len(name) > 1 {
		name, _, _ = strings.Cut(name[1:], name[:1])
	}
	if !strings.EqualFold(name, "utf-8") {
		return malformed(at, "property list in the encoding %q; only UTF-8 and UTF-16 are read", name)
	}
	return nil
}

func (g *xmlGuard) directive(token xml.Directive, at int64) error {
	if g.closed() {
		g.doc.TrailingOffset = at
		return nil
	}
	fields := strings.Fields(string(token))
	if len(g.stack) > 0 || len(fields) < 2 || fields[0] != "DOCTYPE" || fields[1] != "plist" {
		return malformed(at, "XML directive other than DOCTYPE plist")
	}
	if bytes.ContainsAny(token, "[<") {
		return malformed(at, "DOCTYPE with declarations of its own")
	}
	return nil
}

func (g *xmlGuard) open(name xml.Name, at int64) error {
	holds, known := containers[name.Local]
	if !known || name.Space != "" {
		if g.closed() {
			g.doc.TrailingOffset = at
			return nil
		}
		return malformed(at, "unknown element %q in a property list", name.Local)
	}
	if err := g.place(name.Local, at); err != nil || g.doc.TrailingOffset != 0 {
		return err
	}
	e := element{name: name.Local, offset: at}
	if name.Local != "plist" {
		if g.nodes++; g.nodes > g.kind.Nodes {
			return tooManyNodes(at, g.kind)
		}
		if holds {
			if g.depth++; g.depth > limits.PlistDepth {
				return tooDeep(at)
			}
		}
	}
	if name.Local == "dict" {
		e.keys = map[string]bool{}
	}
	g.stack = append(g.stack, e)
	return nil
}

// place checks that an element may stand where it does.
func (g *xmlGuard) place(name string, at int64) error {
	if len(g.stack) == 0 || g.stack[len(g.stack)-1].name == "plist" {
		return g.placeRoot(name, at)
	}
	parent := &g.stack[len(g.stack)-1]
	switch {
	case name == "plist", !containers[parent.name]:
		return malformed(at, "element <%s> inside <%s>", name, parent.name)
	case parent.name == "array" && name == "key":
		return malformed(at, "key outside a dictionary")
	case parent.name != "dict":
		return nil
	case name == "key" && parent.await:
		return malformed(at, "key without a value")
	case name != "key" && !parent.await:
		return malformed(at, "value without a key")
	}
	parent.await = name == "key"
	return nil
}

func (g *xmlGuard) placeRoot(name string, at int64) error {
	switch {
	case g.roots > 0:
		g.doc.TrailingOffset = at
		g.end = at
	case name == "plist" && len(g.stack) == 0:
	case name == "dict":
		g.roots++
	default:
		return malformed(at, "root of the property list is <%s>, no dictionary", name)
	}
	return nil
}

func (g *xmlGuard) close(name xml.Name, at int64) error {
	if g.closed() {
		g.doc.TrailingOffset = at
		return nil
	}
	if len(g.stack) == 0 || g.stack[len(g.stack)-1].name != name.Local || name.Space != "" {
		return malformed(at, "end of an element %q that isn't open", name.Local)
	}
	e := g.stack[len(g.stack)-1]
	if e.await {
		return malformed(at, "key without a value")
	}
	g.stack = g.stack[:len(g.stack)-1]
	switch e.name {
	case "dict", "array":
		g.depth--
	case "key":
		g.key(e)
	case "integer", "real", "date":
		g.tighten(e.chars, at)
	}
	g.end = g.dec.InputOffset()
	return nil
}

func (g *xmlGuard) key(e element) {
	dict := g.stack[len(g.stack)-1]
	if dict.keys[string(e.text)] {
		g.doc.Duplicates = append(g.doc.Duplicates, Duplicate{string(e.text), e.offset})
	}
	dict.keys[string(e.text)] = true
}

func (g *xmlGuard) chars(token xml.CharData, at int64) {
	if len(g.stack) == 0 {
		if g.closed() && len(bytes.Trim(token, xmlSpace)) > 0 {
			g.doc.TrailingOffset = at
		}
		return
	}
	top := &g.stack[len(g.stack)-1]
	switch top.name {
	case "key":
		top.text = append(top.text, token...)
	case "integer", "real", "date":
		top.chars = at
	case "data":
		g.blankForeign(at, g.dec.InputOffset())
	}
}

// tighten moves the white space around a number or date behind its end tag, which stands at close:
// CoreFoundation skips it there, the library doesn't.
func (g *xmlGuard) tighten(from, close int64) {
	raw := g.text[from:close]
	trimmed := bytes.Trim(raw, xmlSpace)
	if from == 0 || len(trimmed) == len(raw) || bytes.HasPrefix(trimmed, []byte("<")) {
		return
	}
	tag := g.text[close:g.dec.InputOffset()]
	out := g.edit()[from : from : close+int64(len(tag))]
	out = append(append(out, trimmed...), tag...)
	for len(out) < cap(out) {
		out = append(out, ' ')
	}
}

// blankForeign blanks what is no base64 in data: CoreFoundation passes over it. Data that is written
// with references or in a CDATA section is left as it is.
func (g *xmlGuard) blankForeign(from, to int64) {
	if bytes.ContainsAny(g.text[from:to], "&<") {
		return
	}
	for i := from; i < to; i++ {
		c := g.text[i]
		base64 := 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '+' || c == '/' || c == '='
		if !base64 && !strings.ContainsRune(xmlSpace, rune(c)) {
			g.edit()[i] = ' '
		}
	}
}

// edit returns the text to be changed. Changes keep its length, so that offsets stay true.
func (g *xmlGuard) edit() []byte {
	if g.out == nil {
		g.out = bytes.Clone(g.text)
	}
	return g.out
}

// clean returns the list as changed and without trailing data.
func (g *xmlGuard) clean() []byte {
	if g.out != nil {
		return g.out[:g.end]
	}
	return g.text[:g.end]
}
