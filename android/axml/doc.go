// Package axml reads Android binary XML (AndroidManifest.xml, res/xml) within bounds. What it sees is what Android
// sees: attributes by resource id and typed values, not the strings beside them. Ways in which a file differs from what
// Android's own compilers write come back as notes under the trait ids of package inventory.
//
// It also tells, before any other reader sees the bytes, whether they keep within the bounds under
// which the androidbinary module neither exhausts memory nor loops (the Library field).
//
// Sources: frameworks/base libs/androidfw ResourceTypes.h and ResourceTypes.cpp.
package axml
