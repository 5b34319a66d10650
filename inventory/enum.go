package inventory

import "fmt"

// Enums are small ordered integers that are written as words in JSON and on screen.
// The position of a name in its table is its value and its order.

var (
	exposureNames   = []string{"unknown", "optional", "requested", "granted", "active"}
	confidenceNames = []string{"inferred", "seen", "proved"}
	gradeNames      = []string{"", "possible", "listens", "wired", "egress"}
	signatureNames  = []string{"unverifiable", "verified", "partial", "unsigned", "invalid"}
	stateNames      = []string{"requested", "optional", "granted", "denied", "withheld"}
)

// EnumName returns the word of value v in names; a value outside the table is shown as its number.
func EnumName[E ~uint8](names []string, v E) string {
	if int(v) < len(names) {
		return names[v]
	}
	return fmt.Sprintf("(%d)", uint8(v))
}

// ParseEnum finds word in names and stores its value in v.
func ParseEnum[E ~uint8](names []string, word []byte, v *E) error {
	for i, name := range names {
		if name == string(word) {
			*v = E(i)
			return nil
		}
	}
	return fmt.Errorf("%q is none of %q", word, names)
}

// Exposure says how far a power reaches: optional < requested < granted < active.
// An artifact without a device gives requested at most.
type Exposure uint8

// The exposures, in rising order.
const (
	ExposureUnknown Exposure = iota // cannot be known from what was read
	Optional                        // may be asked for later
	Requested                       // in the manifest
	Granted                         // the user or the system said yes
	Active                          // switched on or used now
)

func (e Exposure) String() string                { return EnumName(exposureNames, e) }
func (e Exposure) MarshalText() ([]byte, error)  { return []byte(e.String()), nil }
func (e *Exposure) UnmarshalText(b []byte) error { return ParseEnum(exposureNames, b, e) }

// Confidence says how well a capability is known: inferred < seen < proved.
type Confidence uint8

// The confidences, in rising order.
const (
	Inferred Confidence = iota // by combination or by a claim
	Seen                       // code evidence with file and line
	Proved                     // a platform fact: manifest, system record, verified signature, declarative rule
)

func (c Confidence) String() string                { return EnumName(confidenceNames, c) }
func (c Confidence) MarshalText() ([]byte, error)  { return []byte(c.String()), nil }
func (c *Confidence) UnmarshalText(b []byte) error { return ParseEnum(confidenceNames, b, c) }

// Grade is the ladder of script evidence: possible < listens < wired < egress.
// The zero value means that no script evidence applies.
type Grade uint8

// The grades, in rising order.
const (
	NoGrade  Grade = iota
	Possible       // reach to pages with input; no listener seen
	Listens        // a listener reads a key or a value that was not seen to leave it
	Wired          // the value reaches storage, a message or a lasting variable
	Egress         // the value reaches the network
)

func (g Grade) String() string                { return EnumName(gradeNames, g) }
func (g Grade) MarshalText() ([]byte, error)  { return []byte(g.String()), nil }
func (g *Grade) UnmarshalText(b []byte) error { return ParseEnum(gradeNames, b, g) }

// SignatureState says what was proved about who signed an item.
type SignatureState uint8

// The signature states. Partial: the signer's signature holds but not all content was compared.
const (
	Unverifiable SignatureState = iota
	Verified
	Partial
	Unsigned
	Invalid
)

func (s SignatureState) String() string                { return EnumName(signatureNames, s) }
func (s SignatureState) MarshalText() ([]byte, error)  { return []byte(s.String()), nil }
func (s *SignatureState) UnmarshalText(b []byte) error { return ParseEnum(signatureNames, b, s) }

// PermissionState is one state of one permission. A permission can have several; they are never merged.
type PermissionState uint8

// The permission states.
const (
	StateRequested PermissionState = iota
	StateOptional
	StateGranted
	StateDenied
	StateWithheld
)

func (s PermissionState) String() string                { return EnumName(stateNames, s) }
func (s PermissionState) MarshalText() ([]byte, error)  { return []byte(s.String()), nil }
func (s *PermissionState) UnmarshalText(b []byte) error { return ParseEnum(stateNames, b, s) }
