// Package arsc reads resource tables (resources.arsc) within bounds and looks up what a resource can be: its simple
// values, configuration by configuration, references followed. Ways in which a table differs from what Android's own
// compilers write come back as notes under the trait ids of package inventory.
//
// It also tells, before any other reader sees the bytes, whether they keep within the bounds under
// which the androidbinary module neither exhausts memory nor loops (the Library field).
//
// Sources: frameworks/base libs/androidfw ResourceTypes.h and ResourceTypes.cpp.
package arsc
