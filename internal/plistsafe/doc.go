// Package plistsafe reads property lists from hostile hands: a bounded guard over the whole file
// first, then howett.net/plist.
//
// The guard is needed because the library alone takes an empty file, junk and JSON for OpenStep text
// without an error, overflows the stack on deep nesting, and expands a binary list of 150 bytes to
// gigabytes. Only the XML and the binary form ("bplist00") are read.
//
// Where readers disagree, Apple's reading is returned: of a key given twice, XML lists keep the last
// value and binary lists the first (CFXMLParser and CFDictionaryCreate in
// apple/swift-corelibs-foundation). Each such key is told in [Doc.Duplicates].
package plistsafe
