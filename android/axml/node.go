package axml

import "appraise/internal/limits"

// node reads one ResXMLTree_node.
func (r *xmlReader) node(c chunk) *FormatError {
	if c.header < nodeHeaderSize {
		return formatError(c.off, "node 0x%04x with a header of %d bytes", c.typ, c.header)
	}
	var ext int
	var read func(chunk) *FormatError
	switch c.typ {
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
		r.malformed(c.off, "unknown node 0x%04x", c.typ)
		return nil
	}
	if c.size-c.header < ext {
		return formatError(c.off, "node 0x%04x of %d bytes", c.typ, c.size)
	}
	if read == nil {
		return nil
	}
	return read(c)
}

func (r *xmlReader) namespace(c chunk) *FormatError {
	prefix, err := r.str(u32(r.b, c.body()), c.body())
	if err != nil {
		return err
	}
	r.guard.namespace(prefix)
	return nil
}

func (r *xmlReader) startElement(c chunk) *FormatError {
	e := &Element{Line: int(u32(r.b, c.off+8)), Offset: int64(c.off)}
	ns, name := u32(r.b, c.body()), u32(r.b, c.body()+4)
	var err *FormatError
	if e.Namespace, err = r.str(ns, c.body()); err != nil {
		return err
	}
	if e.Name, err = r.str(name, c.body()+4); err != nil {
		return err
	}
	r.guard.tag(e)
	if err := r.attributes(c, e); err != nil {
		return err
	}
	return r.push(c, e, ns, name)
}

// push hangs an element below the open one and opens it.
func (r *xmlReader) push(c chunk, e *Element, ns, name uint32) *FormatError {
	if r.elements++; r.elements > limits.AXMLElements {
		return limitError(c.off, "more than %d elements", limits.AXMLElements)
	}
	if len(r.open) == limits.AXMLDepth {
		return limitError(c.off, "elements nested more than %d deep", limits.AXMLDepth)
	}
	switch {
	case len(r.open) > 0:
		parent := r.open[len(r.open)-1].Element
		parent.Children = append(parent.Children, e)
	case r.doc.Root == nil:
		r.doc.Root = e
	default:
		r.malformed(c.off, "second root element %q, which Android does not read", short(e.Name))
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

func (r *xmlReader) endElement(c chunk) *FormatError {
	if len(r.open) == 0 {
		r.malformed(c.off, "end of an element that was not begun")
		return nil
	}
	// Android closes the innermost element whatever the name; other readers may not.
	top := &r.open[len(r.open)-1]
	if u32(r.b, c.body()) != top.ns || u32(r.b, c.body()+4) != top.name {
		r.malformed(c.off, "end of another element than %q", short(top.Name))
	}
	r.guard.tag(top.Element)
	r.pop()
	return nil
}

func (r *xmlReader) cdata(c chunk) *FormatError {
	text, err := r.str(u32(r.b, c.body()), c.body())
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
func (r *xmlReader) attributes(c chunk, e *Element) *FormatError {
	ext := c.body()
	start, stride, count := int(u16(r.b, ext+8)), int(u16(r.b, ext+10)), int(u16(r.b, ext+12))
	if count == 0 {
		return nil
	}
	if start != attrExtSize || stride != attributeSize {
		r.malformed(ext+8, "attributes at %d, %d bytes apart", start, stride)
	}
	if stride == 0 {
		count = 1 // they are all the same bytes
	}
	if start+stride*count > c.size-c.header || start+stride*(count-1)+attributeSize > c.size-c.header {
		return formatError(ext+8, "%d attributes of %d bytes in an element of %d bytes", count, stride, c.size)
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
func (r *xmlReader) countAttributes(off, count int) *FormatError {
	if count > limits.AXMLAttributes {
		return limitError(off, "%d attributes of one element, over the limit of %d", count, limits.AXMLAttributes)
	}
	r.attrs += count
	if most := min(limits.AXMLAllAttributes, len(r.b)/attributeSize); r.attrs > most {
		return limitError(off, "more than %d attributes", most)
	}
	return nil
}

func (r *xmlReader) attribute(off int, a *Attr) *FormatError {
	ns, name, raw := u32(r.b, off), u32(r.b, off+4), u32(r.b, off+8)
	a.Offset = int64(off)
	a.ID = r.resourceID(name)
	a.Value = newValue(r.b[off+15], u32(r.b, off+16))
	a.HasRaw = uint64(raw) < uint64(len(r.strings))
	var err *FormatError
	if a.Namespace, err = r.str(ns, off); err != nil {
		return err
	}
	if a.Name, err = r.str(name, off+4); err != nil {
		return err
	}
	if a.Raw, err = r.str(raw, off+8); err != nil {
		return err
	}
	if a.Value.Type == TypeString {
		if a.Value.String, err = r.str(a.Value.Data, off+16); err != nil {
			return err
		}
	}
	r.guard.attribute(a)
	r.compare(a)
	return nil
}
