// Package dump reads the text that Android's own commands print: here properties, users, settings, the parts of a bug
// report, and names of packages and components, which all the others need; package packages reads what is installed,
// package access what it is allowed. Each format has its eras and its makers' variants; one function reads all of
// a format. Nothing in these packages judges, and nothing is shown: all text is the phone's own and may be hostile.
//
// Every function takes one command's whole output, reads what it can and never fails: what it could not read
// is told in notes. Limits: limits.DumpUsers, DumpEntries, DumpNotes, DumpLineBytes.
//
// These texts have no quoting: an app can put line ends into what it names itself and so forge lines about itself or
// about others. Where a fact stands twice, the readers keep the first, tell it, and never lose an entry over it; what
// several commands say should be compared.
package dump

// Properties are the system properties that getprop prints.
type Properties map[string]string

// User is one user of the phone.
type User struct {
	ID      int
	Name    string // personal
	Flags   int    // as printed, hexadecimal there
	Running bool
	Profile bool // a work profile or another managed profile of a user
}

// Settings are the key=value lines of one namespace. The text "null" and an absent key are the same: absent.
type Settings map[string]string
