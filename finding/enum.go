package finding

import "appraise/inventory"

var (
	severityNames  = []string{"info", "low", "medium", "high", "critical"}
	attentionNames = []string{"none", "check", "incomplete", "act"}
	matchNames     = []string{"unclaimed", "official", "mismatch", "lookalike", "name-only", "unverifiable"}
	routeNames     = []string{"unknown", "store", "system", "sideload", "development", "policy"}
	strengthNames  = []string{"claimed", "proved"}
	statusNames    = []string{"open", "baseline", "waived"}
	cellNames      = []string{"no", "may-ask", "allowed", "now"}
)

// Severity is how much a finding matters.
type Severity uint8

// The severities, in rising order.
const (
	Info Severity = iota
	Low
	Medium
	High
	Critical
)

// Severities lists the severity words in rising order.
func Severities() []string { return severityNames }

func (s Severity) String() string                { return inventory.EnumName(severityNames, s) }
func (s Severity) MarshalText() ([]byte, error)  { return []byte(s.String()), nil }
func (s *Severity) UnmarshalText(b []byte) error { return inventory.ParseEnum(severityNames, b, s) }

// Attention is the one word per item: what its reader should do with it.
type Attention uint8

// The attentions, in rising order. Adding a finding or an unread part never lowers the word.
const (
	None       Attention = iota // none of the others among what was checked
	Check                       // an open finding of severity medium
	Incomplete                  // an unread part that could change the verdict
	Act                         // an open finding of severity high or critical
)

func (a Attention) String() string                { return inventory.EnumName(attentionNames, a) }
func (a Attention) MarshalText() ([]byte, error)  { return []byte(a.String()), nil }
func (a *Attention) UnmarshalText(b []byte) error { return inventory.ParseEnum(attentionNames, b, a) }

// Match is the verdict on who made a build.
type Match uint8

// The build verdicts.
const (
	Unclaimed    Match = iota // no pack names it and it resembles none: no statement
	Official                  // signature verified and a pinned certificate in its lineage
	Mismatch                  // name pinned, signature verified, none of its certificates pinned
	Lookalike                 // a name near the brand's but not equal
	NameOnly                  // on the pack's list; who signed it is not proven official
	Unverifiable              // listed and pinned, but what is at hand can't be checked
)

func (m Match) String() string                { return inventory.EnumName(matchNames, m) }
func (m Match) MarshalText() ([]byte, error)  { return []byte(m.String()), nil }
func (m *Match) UnmarshalText(b []byte) error { return inventory.ParseEnum(matchNames, b, m) }

// RouteVerdict is the verdict on how an item got where it is.
type RouteVerdict uint8

// The routes.
const (
	RouteUnknown RouteVerdict = iota
	Store
	System
	Sideload
	Development
	Policy
)

func (r RouteVerdict) String() string                { return inventory.EnumName(routeNames, r) }
func (r RouteVerdict) MarshalText() ([]byte, error)  { return []byte(r.String()), nil }
func (r *RouteVerdict) UnmarshalText(b []byte) error { return inventory.ParseEnum(routeNames, b, r) }

// Strength says what a route rests on.
type Strength uint8

// The strengths.
const (
	Claimed Strength = iota
	Proved
)

func (s Strength) String() string                { return inventory.EnumName(strengthNames, s) }
func (s Strength) MarshalText() ([]byte, error)  { return []byte(s.String()), nil }
func (s *Strength) UnmarshalText(b []byte) error { return inventory.ParseEnum(strengthNames, b, s) }

// Status says whether a finding still counts.
type Status uint8

// The statuses.
const (
	Open Status = iota
	Baseline
	Waived
)

func (s Status) String() string                { return inventory.EnumName(statusNames, s) }
func (s Status) MarshalText() ([]byte, error)  { return []byte(s.String()), nil }
func (s *Status) UnmarshalText(b []byte) error { return inventory.ParseEnum(statusNames, b, s) }

// Cell is one cell of the who-can matrix.
type Cell uint8

// The cells, in rising order.
const (
	CellNo Cell = iota
	CellMayAsk
	CellAllowed
	CellNow
)

func (c Cell) String() string                { return inventory.EnumName(cellNames, c) }
func (c Cell) MarshalText() ([]byte, error)  { return []byte(c.String()), nil }
func (c *Cell) UnmarshalText(b []byte) error { return inventory.ParseEnum(cellNames, b, c) }
