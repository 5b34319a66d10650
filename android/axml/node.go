package axml

import (
	"appraise/android/axml/res"
	"appraise/internal/limits"
	"appraise/inventory"
)

// node reads one ResXMLTree_node.
func (r *xmlReader) node(c res.Chunk) *inventory.FormatError {
	if c.Header < nodeHeaderSize {
		return res.Malformed(c.Off, "node 0x%04x with a header of %d bytes", c.Type, c.Header)
	}
	var ext int
	var read func(res.Chunk) *inventory.FormatError
	switch c.Type {
	case resXMLStartNamespace:
		ext, read = namespaceExtSize, r.namespace
	case resXMLEndNamespace:
		ext, read = namespaceExtSize, nil
	case resXMLStartElement:
		ext, read = attrExtSize, r.startElement
	case resXMLEndElement:
		ext, read = endElementSize, r.endElement
	case resXMLCData:
		ext, read = cdataExtSize, r.cdata
	default:
		r.malformed(c.Off, "unknown node 0x%04x", c.Type)
		return nil
	}
	if c.Size-c.Header < ext {
		return res.Malformed(c.Off, "node 0x%04x of %d bytes", c.Type, c.Size)
	}
	if read == nil {
		return nil
	}
	return read(c)
}

func (r *xmlReader) namespace(c res.Chunk) *inventory.FormatError {
	prefix, err := r.str(res.U32(r.b, c.Body()), c.Body())
	if err != nil {
		return err
	}
	r.guard.namespace(prefix)
	return nil
}

func (r *xmlReader) startElement(c res.Chunk) *inventory.FormatError {
	e := &Element{Line: int(res.U32(r.b, c.Off+8)), Offset: int64(c.Off)}
	ns, name := res.U32(r.b, c.Body()), res.U32(r.b, c.Body()+4)
	var err *inventory.FormatError
	if e.Namespace, err = r.str(ns, c.Body()); err != nil {
		return err
	}
	if e.Name, err = r.str(name, c.Body()+4); err != nil {
		return err
	}
	r.guard.tag(e)
	if err := r.attributes(c, e); err != nil {
		return err
	}
	return r.push(c, e, ns, name)
}

// push hangs an element below the open one and opens it.
func (r *xmlReader) push(c res.Chunk, e *Element, ns, name uint32) *inventory.FormatError {
	if r.elements++; r.elements > limits.AXMLElements {
		return res.OverLimit(c.Off, "more than %d elements", limits.AXMLElements)
	}
	if len(r.open) == limits.AXMLDepth {
		return res.OverLimit(c.Off, "elements nested more than %d deep", limits.AXMLDepth)
	}
	switch {
	case len(r.open) > 0:
		parent := r.open[len(r.open)-1].Element
		parent.Children = append(parent.Children, e)
	case r.doc.Root == nil:
		r.doc.Root = e
	default:
		r.malformed(c.Off, "second root element %q, which Android does not read", short(e.Name))
	}
	r.open = append(r.open, openElement{Element: e, ns: ns, name: name})
	return nil
}

// pop closes the innermost element.
func (r *xmlReader) pop() {
	last := len(r.open) - 1
	r.open[last].Text = string(r.open[last].text)
	r.open = r.open[:last]
}

func (r *xmlReader) endElement(c res.Chunk) *inventory.FormatError {
	if len(r.open) == 0 {
		r.malformed(c.Off, "end of an element that was not begun")
		return nil
	}
	// Android closes the innermost element whatever the name; other readers may not.
	top := &r.open[len(r.open)-1]
	if res.U32(r.b, c.Body()) != top.ns || res.U32(r.b, c.Body()+4) != top.name {
		r.malformed(c.Off, "end of another element than %q", short(top.Name))
	}
	r.guard.tag(top.Element)
	r.pop()
	return nil
}

func (r *xmlReader) cdata(c res.Chunk) *inventory.FormatError {
	text, err := r.str(res.U32(r.b, c.Body()), c.Body())
	if err != nil {
		return err
	}
	if len(r.open) > 0 {
		top := &r.open[len(r.open)-1]
		top.text = append(top.text, text...)
	}
	return nil
}

// attributes reads the attributes of a start element. Android honours attributeStart and attributeSize.
func (r *xmlReader) attributes(c res.Chunk, e *Element) *inventory.FormatError {
	ext := c.Body()
	start, stride, count := int(res.U16(r.b, ext+8)), int(res.U16(r.b, ext+10)), int(res.U16(r.b, ext+12))
	if count == 0 {
		return nil
	}
	if start != attrExtSize || stride != attributeSize {
		r.malformed(ext+8, "attributes at %d, %d bytes apart", start, stride)
	}
	if stride == 0 {
		count = 1 // they are all the same bytes
	}
	if start+stride*count > c.Size-c.Header || start+stride*(count-1)+attributeSize > c.Size-c.Header {
		return res.Malformed(ext+8, "%d attributes of %d bytes in an element of %d bytes", count, stride, c.Size)
	}
	if err := r.countAttributes(ext+12, count); err != nil {
		return err
	}
	e.Attrs = make([]Attr, count)
	var last uint32
	for i := range e.Attrs {
		a := &e.Attrs[i]
		if err := r.attribute(ext+start+stride*i, a); err != nil {
			return err
		}
		if a.ID != 0 && a.ID <= last {
			r.malformed(int(a.Offset), "attribute 0x%08x after 0x%08x, where Android does not look for it", a.ID, last)
		}
		last = max(last, a.ID)
	}
	return nil
}

// countAttributes keeps the number of attributes within the limits, and below what the file has room
// for when they don't overlap.
func (r *xmlReader) countAttributes(off, count int) *inventory.FormatError {
	if count > limits.AXMLAttributes {
		return res.OverLimit(off, "%d attributes of one element, over the limit of %d", count, limits.AXMLAttributes)
	}
	r.attrs += count
	if most := min(limits.AXMLAllAttributes, len(r.b)/attributeSize); r.attrs > most {
		return res.OverLimit(off, "more than %d attributes", most)
	}
	return nil
}

func (r *xmlReader) attribute(off int, a *Attr) *inventory.FormatError {
	ns, name, raw := res.U32(r.b, off), res.U32(r.b, off+4), res.U32(r.b, off+8)
	a.Offset = int64(off)
	a.ID = r.resourceID(name)
	a.Value = res.NewValue(r.b[off+15], res.U32(r.b, off+16))
	a.HasRaw = uint64(raw) < uint64(len(r.strings))
	var err *inventory.FormatError
	if a.Namespace, err = r.str(ns, off); err != nil {
		return err
	}
	if a.Name, err = r.str(name, off+4); err != nil {
		return err
	}
	if a.Raw, err = r.str(raw, off+8); err != nil {
		return err
	}
	if a.Value.Type == res.TypeString {
		if a.Value.String, err = r.str(a.Value.Data, off+16); err != nil {
			return err
		}
	}
	r.guard.attribute(a)
	r.compare(a)
	return nil
}
