package axml

import (
	"fmt"

	"appraise/internal/limits"
	"appraise/inventory"
)

// Chunk types (ResourceTypes.h, ResChunk_header).
const (
	resStringPoolType    = 0x0001
	resTableType         = 0x0002
	resXMLType           = 0x0003
	resXMLFirstChunkType = 0x0100
	resXMLStartNamespace = 0x0100
	resXMLEndNamespace   = 0x0101
	resXMLStartElement   = 0x0102
	resXMLEndElement     = 0x0103
	resXMLCData          = 0x0104
	resXMLLastChunkType  = 0x017f
	resXMLResourceMap    = 0x0180
	resTablePackageType  = 0x0200
	resTableTypeType     = 0x0201
	resTableTypeSpecType = 0x0202
)

// Sizes in bytes of fixed structures (ResourceTypes.h).
const (
	chunkHeaderSize  = 8
	poolHeaderSize   = 28
	nodeHeaderSize   = 16 // ResXMLTree_node
	attrExtSize      = 20 // ResXMLTree_attrExt
	attributeSize    = 20 // ResXMLTree_attribute
	endElementSize   = 8  // ResXMLTree_endElementExt
	namespaceExtSize = 8  // ResXMLTree_namespaceExt
	cdataExtSize     = 12 // ResXMLTree_cdataExt

	tableHeaderSize    = 12
	packageHeaderSize  = 284 // without typeIdOffset, which came later
	typeSpecHeaderSize = 16
	typeHeaderSize     = 24 // with the size of the configuration, which can end there
	configSize         = 64 // the newest ResTable_config
	entrySize          = 8  // ResTable_entry
	valueSize          = 8  // Res_value
)

const (
	typeSparse   = 0x01 // ResTable_type.flags
	typeOffset16 = 0x02
	entryComplex = 0x0001 // ResTable_entry.flags
	entryCompact = 0x0008
	noEntry      = 0xffffffff
)

const (
	poolUTF8 = 0x100 // ResStringPool_header.flags
	noString = 0xffffffff

	androidNamespace = "http://schemas.android.com/apk/res/android"
)

// Types of a Value (Res_value.dataType).
const (
	TypeNull             uint8 = 0x00
	TypeReference        uint8 = 0x01
	TypeAttribute        uint8 = 0x02
	TypeString           uint8 = 0x03
	TypeFloat            uint8 = 0x04
	TypeDimension        uint8 = 0x05
	TypeFraction         uint8 = 0x06
	TypeDynamicReference uint8 = 0x07
	TypeDynamicAttribute uint8 = 0x08
	TypeFirstInt         uint8 = 0x10
	TypeIntDec           uint8 = 0x10
	TypeIntHex           uint8 = 0x11
	TypeIntBoolean       uint8 = 0x12
	TypeIntColorARGB8    uint8 = 0x1c
	TypeIntColorRGB8     uint8 = 0x1d
	TypeIntColorARGB4    uint8 = 0x1e
	TypeIntColorRGB4     uint8 = 0x1f
	TypeLastInt          uint8 = 0x1f
)

// Document is one binary XML file as Android reads it.
type Document struct {
	Root  *Element
	Notes []Note
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
	Value           Value
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

// Note is a way in which a file differs from what Android's compilers write.
type Note struct {
	Trait  inventory.TraitID
	Offset int64
	Detail string // artifact text in it is quoted
}

// FormatError says why nothing could be read, and where.
type FormatError = inventory.FormatError

func formatError(offset int, format string, args ...any) *FormatError {
	return &FormatError{Offset: int64(offset), Message: fmt.Sprintf(format, args...)}
}

func limitError(offset int, format string, args ...any) *FormatError {
	e := formatError(offset, format, args...)
	e.Limit = true
	return e
}

// noteList collects notes. It keeps the first limits.AXMLNotes of each trait, so that a file can't
// make a report grow with its tricks.
type noteList []Note

func (l *noteList) add(trait inventory.TraitID, offset int, format string, args ...any) {
	count := 0
	for _, n := range *l {
		if n.Trait == trait {
			count++
		}
	}
	if count < limits.AXMLNotes {
		*l = append(*l, Note{Trait: trait, Offset: int64(offset), Detail: fmt.Sprintf(format, args...)})
	}
}
