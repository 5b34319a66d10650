package bundle

import (
	"fmt"
	"strconv"

	"google.golang.org/protobuf/encoding/protowire"

	"appraise/android/axml"
	"appraise/internal/limits"
	"appraise/inventory"
)

// Field numbers of aapt's Resources.proto (frameworks/base/tools/aapt2/Resources.proto).
const (
	nodeElement = 1 // XmlNode.element

	elementName      = 3 // XmlElement.name
	elementAttribute = 4
	elementChild     = 5

	attributeNamespace = 1 // XmlAttribute.namespace_uri
	attributeName      = 2
	attributeValue     = 3
	attributeResource  = 5 // resource_id
	attributeItem      = 6 // compiled_item

	itemPrimitive       = 7 // Item.prim
	primitiveDecimal    = 6 // Primitive.int_decimal_value
	primitiveHexdecimal = 7 // Primitive.int_hexadecimal_value
)

// module is what the manifest of one module of an app bundle says.
type module struct {
	id, version       string
	versionCode       int64
	minSDK, targetSDK int
	permissions       []inventory.Permission
}

// element is one element of binary XML in protobuf form. Its children are read on demand, one level at a time.
type element struct {
	name     string
	byName   map[string]string // attributes without a namespace
	byID     map[uint32]string // attributes by resource id, as Android reads them
	children []field           // XmlNode messages
}

// field is one length-delimited field and where it starts.
type field struct {
	bytes  []byte
	offset int64
}

// parseModule reads the root element of a manifest and the elements right below it, and nothing deeper. The error
// is an *inventory.FormatError.
func parseModule(b []byte) (*module, error) {
	root, err := parseNode(field{b, 0})
	if err != nil {
		return nil, err
	}
	if root == nil || root.name != "manifest" {
		return nil, &inventory.FormatError{Message: "no manifest element at the root"}
	}
	m := &module{id: root.byName["package"], version: root.byID[axml.AttrIDVersionName]}
	m.versionCode = decimal(root.byID[axml.AttrIDVersionCodeMajor])<<32 | decimal(root.byID[axml.AttrIDVersionCode])&0xffffffff
	for _, child := range root.children {
		e, err := parseNode(child)
		if err != nil {
			return nil, err
		}
		if e != nil {
			m.take(e)
		}
	}
	return m, nil
}

func (m *module) take(e *element) {
	switch e.name {
	case "uses-sdk":
		m.minSDK, m.targetSDK = apiLevel(e.byID[axml.AttrIDMinSdkVersion]), apiLevel(e.byID[axml.AttrIDTargetSdkVersion])
	case "uses-permission", "uses-permission-sdk-23":
		if name := e.byID[axml.AttrIDName]; name != "" {
			p := inventory.Permission{Name: name, States: []inventory.PermissionState{inventory.StateRequested}, MaxSDK: apiLevel(e.byID[axml.AttrIDMaxSdkVersion])}
			if e.name != "uses-permission" {
				p.MinSDK = 23
			}
			m.permissions = append(m.permissions, p)
		}
	}
}

// decimal is 0 for what is no number.
func decimal(s string) int64 {
	n, err := strconv.ParseInt(s, 0, 64)
	if err != nil {
		return 0
	}
	return n
}

func apiLevel(s string) int { return int(min(max(decimal(s), 0), 1<<31-1)) }

// parseNode reads an XmlNode; nil where it is text.
func parseNode(f field) (*element, error) {
	var e *element
	err := f.each(func(num protowire.Number, child field, _ uint64) (err error) {
		if num == nodeElement {
			e, err = parseElement(child)
		}
		return err
	})
	return e, err
}

func parseElement(f field) (*element, error) {
	e := &element{byName: map[string]string{}, byID: map[uint32]string{}}
	attributes := 0
	err := f.each(func(num protowire.Number, child field, _ uint64) error {
		switch num {
		case elementName:
			e.name = string(child.bytes)
		case elementChild:
			if len(e.children) == limits.AXMLElements {
				return &inventory.FormatError{Offset: child.offset, Message: fmt.Sprintf("more than %d elements", limits.AXMLElements), Limit: true}
			}
			e.children = append(e.children, child)
		case elementAttribute:
			if attributes++; attributes > limits.AXMLAttributes {
				return &inventory.FormatError{Offset: child.offset, Message: fmt.Sprintf("more than %d attributes", limits.AXMLAttributes), Limit: true}
			}
			return e.attribute(child)
		}
		return nil
	})
	return e, err
}

// attribute adds one attribute. A compiled number is what bundletool goes by; else the text.
func (e *element) attribute(f field) error {
	var namespace, name, value string
	var id uint64
	err := f.each(func(num protowire.Number, child field, n uint64) error {
		switch num {
		case attributeNamespace:
			namespace = string(child.bytes)
		case attributeName:
			name = string(child.bytes)
		case attributeValue:
			value = string(child.bytes)
		case attributeResource:
			id = n
		case attributeItem:
			return compiled(child, &value)
		}
		return nil
	})
	switch {
	case err != nil:
		return err
	case id != 0 && id <= 1<<32-1:
		e.byID[uint32(id)] = value
	case namespace == "":
		e.byName[name] = value
	}
	return nil
}

// compiled replaces value by the number of an Item, where it is one.
func compiled(item field, value *string) error {
	return item.each(func(num protowire.Number, prim field, _ uint64) error {
		if num != itemPrimitive {
			return nil
		}
		return prim.each(func(num protowire.Number, _ field, n uint64) error {
			if num == primitiveDecimal || num == primitiveHexdecimal {
				*value = strconv.FormatInt(int64(int32(n)), 10)
			}
			return nil
		})
	})
}

// each calls take for every field of a message: with its bytes where it is length-delimited, with its number where
// it is a varint. Groups are malformed: no version of the format has them, and they nest.
func (f field) each(take func(protowire.Number, field, uint64) error) error {
	for at := 0; at < len(f.bytes); {
		num, kind, n := protowire.ConsumeTag(f.bytes[at:])
		if n < 0 || kind == protowire.StartGroupType || kind == protowire.EndGroupType {
			return &inventory.FormatError{Offset: f.offset + int64(at), Message: "malformed protobuf field"}
		}
		at += n
		var child field
		var value uint64
		switch kind {
		case protowire.BytesType:
			child.bytes, n = protowire.ConsumeBytes(f.bytes[at:])
			child.offset = f.offset + int64(at+n-len(child.bytes))
		case protowire.VarintType:
			value, n = protowire.ConsumeVarint(f.bytes[at:])
		default:
			n = protowire.ConsumeFieldValue(num, kind, f.bytes[at:])
		}
		if n < 0 {
			return &inventory.FormatError{Offset: f.offset + int64(at), Message: "protobuf field is cut or malformed"}
		}
		at += n
		if err := take(num, child, value); err != nil {
			return err
		}
	}
	return nil
}
