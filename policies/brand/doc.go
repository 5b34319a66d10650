// Package brand holds the pinned identity of brands: which packages, bundles and extensions are listed,
// who signs them, which hosts are theirs, which ids public lists report, and which names resemble theirs.
//
// Every entry of a pack says where it comes from and how sure it is; a pin is never more than that. Names
// in a pack are text of third parties: they are shown, and never a key.
package brand
