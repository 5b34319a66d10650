package res

import (
	"fmt"
	"math"
	"strconv"
	"strings"
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

// Value is a typed value (Res_value). String is set for TypeString only.
type Value struct {
	Type   uint8
	Data   uint32
	String string
}

// NewValue reads the type and data of a Res_value. A reference to 0 is how compilers write @null; Android
// takes it for no value (AssetManager::retrieveAttributes).
func NewValue(typ uint8, data uint32) Value {
	v := Value{Type: typ, Data: data}
	if v.IsReference() && data == 0 {
		return Value{}
	}
	return v
}

// IsReference reports whether the value names a resource.
func (v Value) IsReference() bool {
	return v.Type == TypeReference || v.Type == TypeDynamicReference
}

// Bool is the value as Android reads a boolean attribute (TypedArray.getBoolean): any integer but 0, or
// the text "1", "true" or "TRUE".
func (v Value) Bool() bool {
	if v.Type == TypeString {
		return v.String == "1" || v.String == "true" || v.String == "TRUE"
	}
	return v.integer() && v.Data != 0
}

// Int is the value as Android reads an integer attribute: any integer type, or text that spells one
// in decimal, octal or hexadecimal.
func (v Value) Int() (int64, bool) {
	switch {
	case v.integer():
		return int64(int32(v.Data)), true
	case v.Type == TypeString && !strings.Contains(v.String, "_"): // which ParseInt would skip
		n, err := strconv.ParseInt(v.String, 0, 32)
		return n, err == nil
	}
	return 0, false
}

func (v Value) integer() bool { return v.Type >= TypeFirstInt && v.Type <= TypeLastInt }

// Text is the value in words: a string as it stands, a number in decimal (flags in hexadecimal), true or
// false, "@0x7f010001" for a resource and "?0x7f010001" for a theme attribute.
func (v Value) Text() string {
	switch v.Type {
	case TypeNull:
		return ""
	case TypeString:
		return v.String
	case TypeReference, TypeDynamicReference:
		return fmt.Sprintf("@0x%08x", v.Data)
	case TypeAttribute, TypeDynamicAttribute:
		return fmt.Sprintf("?0x%08x", v.Data)
	case TypeFloat:
		return strconv.FormatFloat(float64(math.Float32frombits(v.Data)), 'g', -1, 32)
	case TypeIntDec:
		return strconv.Itoa(int(int32(v.Data)))
	case TypeIntBoolean:
		return strconv.FormatBool(v.Data != 0)
	case TypeIntColorARGB8, TypeIntColorRGB8, TypeIntColorARGB4, TypeIntColorRGB4:
		return fmt.Sprintf("#%08x", v.Data)
	}
	return fmt.Sprintf("0x%x", v.Data)
}
