// Package policies judges what readers found. It holds the embedded policy (rules, brand packs, stores,
// capabilities, advice, presets), reads a user's own over it, and turns items into assessments.
//
// # Scope
//
// The shopping table (rules of scope shopping) judges an item whose build is not unclaimed, an item that
// the user names, and an extension that names a core domain of a brand among its sites. Other products of
// a brand's group are on its list, but they are not that shop: they are judged when the user names them.
// An extension that may act on every site reaches a brand as well, but that alone never gives more than
// low. Everywhere else only tricks, look-alikes, listed ids, code evidence, invalid signatures and special
// access that is switched on give findings.
//
// # Presets
//
// The preset default is that. The preset fleet is the strict one, for managed devices: the shopping table
// judges every app that did not come with the system, whatever its build.
//
// # What is never done
//
// No network, no score, no automatic change. The attention of an item is the word of its worst open
// finding or unread part, so that bad news can't improve it.
package policies
