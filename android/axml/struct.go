package axml

import "appraise/android/axml/res"

// Chunk types (ResourceTypes.h, ResChunk_header).
const (
	resXMLType           = 0x0003
	resXMLFirstChunkType = 0x0100
	resXMLStartNamespace = 0x0100
	resXMLEndNamespace   = 0x0101
	resXMLStartElement   = 0x0102
	resXMLEndElement     = 0x0103
	resXMLCData          = 0x0104
	resXMLLastChunkType  = 0x017f
	resXMLResourceMap    = 0x0180
)

// Sizes in bytes of fixed structures (ResourceTypes.h).
const (
	nodeHeaderSize   = 16 // ResXMLTree_node
	attrExtSize      = 20 // ResXMLTree_attrExt
	attributeSize    = 20 // ResXMLTree_attribute
	endElementSize   = 8  // ResXMLTree_endElementExt
	namespaceExtSize = 8  // ResXMLTree_namespaceExt
	cdataExtSize     = 12 // ResXMLTree_cdataExt
)

const (
	noString = 0xffffffff

	androidNamespace = "http://schemas.android.com/apk/res/android"
)

// Document is one binary XML file as Android reads it.
type Document struct {
	Root  *Element
	Notes []res.Note
	// Truncated says that reading stopped at a broken chunk, or that elements were left open: Root holds
	// what came before.
	Truncated bool
	// Library says that every precondition holds under which androidbinary.NewXMLFile stays within
	// bounds on the same bytes. It can still return an error or panic.
	Library bool
}

// Element is one XML element.
type Element struct {
	Namespace, Name string
	Line            int    // in the source file, as the compiler recorded it
	Offset          int64  // of its start chunk in the file
	Text            string // its character data, joined
	Attrs           []Attr // in file order
	Children        []*Element
}

// AttrID returns the attribute with the resource id. Compilers sort attributes by id and Android relies on
// it: one that follows a higher id is not found (AttributeResolution.cpp, RetrieveAttributes). ParseXML notes
// such attributes.
func (e *Element) AttrID(id uint32) (Attr, bool) {
	for i := range e.Attrs {
		switch a := &e.Attrs[i]; {
		case a.ID == id:
			return *a, true
		case a.ID > id:
			return Attr{}, false
		}
	}
	return Attr{}, false
}

// AttrName returns the first attribute of that name without a namespace, which is how Android finds
// package, split and all attributes of a network security configuration. Read it with Attr.Text.
func (e *Element) AttrName(name string) (Attr, bool) {
	for i := range e.Attrs {
		if e.Attrs[i].Namespace == "" && e.Attrs[i].Name == name {
			return e.Attrs[i], true
		}
	}
	return Attr{}, false
}

// Attr is one attribute of an element.
type Attr struct {
	Namespace, Name string // as the string pool spells them; decoration where ID is not 0
	ID              uint32 // from the resource map; 0 = none
	Value           res.Value
	Raw             string // the text of the source file, where the compiler kept it
	HasRaw          bool
	Offset          int64 // in the file
}

// Text is the value of an attribute that is found by name: there Android prefers the raw text
// (XmlBlock.Parser.getAttributeValue). For an attribute found by id use Value.
func (a Attr) Text() string {
	if a.HasRaw {
		return a.Raw
	}
	return a.Value.Text()
}
