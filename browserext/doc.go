// Package browserext reads browser extensions (an unpacked folder, a CRX, an XPI) into an
// inventory.Item: what the manifest asks for, what that allows on which sites, and how the package is
// built. It reads manifests of version 2 and 3 for Chrome and Firefox as the browsers read them, which
// is laxer than JSON. It checks no signature and analyses no script; a package with scripts says so by
// the trait scripts-not-read.
//
// Everything read is bounded by internal/limits. An item is always returned; what could not be read is
// a Problem on it.
package browserext
