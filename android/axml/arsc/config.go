package arsc

import (
	"fmt"
	"strings"

	"appraise/android/axml/res"
)

// Config is the configuration of a device under which a value holds.
type Config struct {
	Default bool   // the value holds where no other one fits better
	Text    string // short qualifiers as in "de-AT", "v24", "night", "density", "other"; "" for the default
}

// within is the configuration of a value that a reference reaches: both have to hold.
func (c Config) within(outer Config) Config {
	switch {
	case outer.Default:
		return c
	case c.Default || c.Text == outer.Text:
		return outer
	}
	return Config{Text: outer.Text + "-" + c.Text}
}

// config reads the ResTable_config of a type chunk: its size first, then fields that older compilers cut off.
func (t typeChunk) config() Config {
	from := t.Off + typeHeaderSize - 4
	size := min(uint64(res.U32(t.b, from)), uint64(t.Body()-from))
	raw := make([]byte, configSize) // zero = any
	copy(raw, t.b[from:from+int(size)])
	clear(raw[:4])
	var parts []string
	if language := locale(raw[8:10], 'a'); language != "" {
		parts = append(parts, language)
	}
	if region := locale(raw[10:12], '0'); region != "" {
		parts = append(parts, region)
	}
	if res.U16(raw, 14) != 0 {
		parts = append(parts, "density")
	}
	if raw[29]&0x30 == 0x20 { // uiMode
		parts = append(parts, "night")
		raw[29] &^= 0x30
	}
	version := res.U16(raw, 24)
	clear(raw[8:12])
	clear(raw[14:16])
	clear(raw[24:26])
	if strings.Trim(string(raw), "\x00") != "" {
		parts = append(parts, "other")
	}
	if version != 0 {
		parts = append(parts, fmt.Sprintf("v%d", version))
	}
	return Config{Default: len(parts) == 0, Text: strings.Join(parts, "-")}
}

// locale unpacks a language or region: two ASCII letters, or with the top bit set three characters of
// five bits each above base (ResTable_config::unpackLanguageOrRegion).
func locale(b []byte, base byte) string {
	switch {
	case b[0] == 0:
		return ""
	case b[0]&0x80 == 0:
		return string(b)
	}
	return string([]byte{b[1]&0x1f + base, b[1]>>5 + b[0]&0x03<<3 + base, b[0]&0x7c>>2 + base})
}
