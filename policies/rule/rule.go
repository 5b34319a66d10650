package rule

import (
	"cel.dev/cel-go/cel"

	"appraise/finding"
	"appraise/inventory"
)

// Rule is one loaded rule. The zero value holds for nothing.
type Rule struct {
	ID    string
	Title string // one line; names who can do what
	// Capabilities: the condition is asked once for each, as "this". At most one of Capabilities and Traits is set.
	Capabilities []inventory.CapabilityID
	// Traits: the condition is asked once for each that the item carries.
	Traits []inventory.TraitID
	// Narrowed chooses among the entries of a capability: false, those that are not narrowed to a part
	// (approximate, selected-only, write-only); true, narrowed ones where the item has no other; nil, all.
	Narrowed *bool
	Scope    Scope
	// Elsewhere is the severity of a rule of scope Shopping for items out of scope; nil: it doesn't hold there.
	Elsewhere  *finding.Severity
	Severity   Severity
	Confidence inventory.Confidence // of findings without a capability
	When       string               // the condition as written
	Why        string
	Do         string
	Undo       string
	Peers      string
	References []string
	Advice     string // id of an advice row
	Examples   []Example

	program cel.Program
}

// Scope says which items a rule judges.
type Scope uint8

// The scopes.
const (
	Any      Scope = iota
	Shopping       // a row of the shopping table: items in scope, raised one step where they came from outside a store
)

// Severity is one word, or a row by exposure.
type Severity struct {
	Word finding.Severity
	// Rows by exposure, Optional to Active; nil: Word in every case. A missing row is the row below it.
	Rows map[inventory.Exposure]finding.Severity
}

// At returns the severity at an exposure; false: the table starts above it. What cannot be known
// counts as optional.
func (s Severity) At(e inventory.Exposure) (finding.Severity, bool) {
	if s.Rows == nil {
		return s.Word, true
	}
	for e = max(e, inventory.Optional); e >= inventory.Optional; e-- {
		if sev, ok := s.Rows[e]; ok {
			return sev, true
		}
	}
	return 0, false
}

// Example is one item with what the rule must do on it.
type Example struct {
	Fires    bool
	Note     string
	Shopping bool              // the item is named with --expect shopping
	Severity *finding.Severity // nil: not stated
	Item     inventory.Item
}

// Hit is one place where a rule holds.
type Hit struct {
	Capability inventory.CapabilityID
	Trait      inventory.TraitID
	Severity   finding.Severity
	Exposure   inventory.Exposure // of the capability
	Confidence inventory.Confidence
	Grade      inventory.Grade
	Evidence   []inventory.Evidence // of the capability or trait; empty for other rules
}
