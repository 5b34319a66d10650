package finding

import (
	"encoding/json"
	"io"

	"appraise/inventory"
)

// Schema is the version of the report's JSON. A field's meaning never changes under one schema.
const Schema = "appraise.report/1"

// Report is the result of one run; every output format is rendered from it.
type Report struct {
	Schema      string           `json:"schema"`
	Tool        Tool             `json:"tool"`
	Policy      PolicyInfo       `json:"policy"`
	Started     string           `json:"started"` // RFC 3339, UTC
	Complete    bool             `json:"complete"`
	Personal    bool             `json:"personal_data_shown,omitempty"`
	Sources     []Source         `json:"sources"`
	Items       []inventory.Item `json:"items"`
	Assessments []Assessment     `json:"assessments"` // one per item, in the items' order
	Matrix      Matrix           `json:"matrix"`
	Paths       []Path           `json:"paths,omitempty"`
	Changes     []Change         `json:"changes,omitempty"`
	Gate        Gate             `json:"gate"`
	Summary     Summary          `json:"summary"`
}

// Tool names the program that made the report.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// PolicyInfo names the policy that judged.
type PolicyInfo struct {
	Preset   string   `json:"preset"`
	Digest   string   `json:"digest"` // sha256:… over every policy file in order
	Rules    int      `json:"rules"`
	Brands   []string `json:"brands"`
	Waivers  string   `json:"waivers,omitempty"`
	Baseline string   `json:"baseline,omitempty"`
}

// Source is one input of the run.
type Source struct {
	ID       string              `json:"id"`
	Kind     string              `json:"kind"` // file, folder, phone, profile, bundle
	Name     string              `json:"name"`
	Device   *Device             `json:"device,omitempty"`
	Problems []inventory.Problem `json:"problems,omitempty"` // parts of the input that became no item
	// NotChecked is what the source as a whole can't tell.
	NotChecked []string `json:"not_checked,omitempty"`
}

// Device describes a phone.
type Device struct {
	Platform string `json:"platform"`
	Model    string `json:"model,omitempty"`
	SDK      int    `json:"sdk,omitempty"`
	Patch    string `json:"patch,omitempty"`
}

// Assessment is what the policy says of one item.
type Assessment struct {
	Item       string    `json:"item"` // the item's key
	Build      Build     `json:"build"`
	Route      Route     `json:"route"`
	Attention  Attention `json:"attention"`
	Findings   []Finding `json:"findings"`
	NotChecked []string  `json:"not_checked,omitempty"`
}

// Build says who made the item, as far as proved.
type Build struct {
	Match      Match  `json:"match"`
	Brand      string `json:"brand,omitempty"`
	Tampered   bool   `json:"tampered,omitempty"` // the signature is invalid; Match stays recorded
	Why        string `json:"why,omitempty"`
	PinSources int    `json:"pin_sources,omitempty"`
	PinDate    string `json:"pin_date,omitempty"`
	Pin        *Pin   `json:"pin,omitempty"`
}

// Pin is the pinned identity that a build was compared with, with where it comes from.
type Pin struct {
	SHA256     string   `json:"sha256"`
	Channel    string   `json:"channel,omitempty"`
	Confidence string   `json:"confidence"`
	Sources    []string `json:"sources"`
	Date       string   `json:"date,omitempty"`
}

// Route says how the item got where it is.
type Route struct {
	Verdict  RouteVerdict `json:"verdict"`
	Detail   string       `json:"detail,omitempty"`
	Store    string       `json:"store,omitempty"`
	Strength Strength     `json:"strength"`
	Why      string       `json:"why,omitempty"`
}

// Finding is one thing a rule found in one item.
type Finding struct {
	Rule        string                 `json:"rule"`
	Severity    Severity               `json:"severity"`
	Confidence  inventory.Confidence   `json:"confidence"`
	Capability  inventory.CapabilityID `json:"capability,omitempty"`
	Grade       inventory.Grade        `json:"evidence_grade,omitzero"`
	Title       string                 `json:"title"`
	Why         string                 `json:"why"`
	Do          string                 `json:"do"`
	Undo        string                 `json:"undo,omitempty"`
	Peers       string                 `json:"peers,omitempty"`
	Evidence    []inventory.Evidence   `json:"evidence,omitempty"`
	References  []string               `json:"references,omitempty"`
	Advice      string                 `json:"advice,omitempty"` // id of the advice row it implements
	Fingerprint string                 `json:"fingerprint"`
	Status      Status                 `json:"status"`
}

// Matrix is "who can do what".
type Matrix struct {
	Columns []inventory.CapabilityID `json:"columns"`
	Rows    []MatrixRow              `json:"rows"`
}

// MatrixRow is one item's row; Cells has one entry a column.
type MatrixRow struct {
	Item   string `json:"item"`
	Cells  []Cell `json:"cells"`
	System bool   `json:"system"`
}

// Path is a chain of findings that together make a way to harm.
type Path struct {
	Item     string   `json:"item"`
	Title    string   `json:"title"`
	Severity Severity `json:"severity"`
	Hops     []Hop    `json:"hops"`
}

// Hop is one step of a Path.
type Hop struct {
	What     string               `json:"what"`
	Evidence []inventory.Evidence `json:"evidence,omitempty"`
}

// Change is one difference between two inventories.
type Change struct {
	Item     string   `json:"item"`
	Kind     string   `json:"kind"`
	Name     string   `json:"name,omitempty"`
	From     string   `json:"from,omitempty"`
	To       string   `json:"to,omitempty"`
	Severity Severity `json:"severity"`
}

// Gate is the verdict on the whole run.
type Gate struct {
	FailOn        string   `json:"fail_on"` // none, low, medium, high, critical
	Failed        bool     `json:"failed"`
	Exit          int      `json:"exit"`
	New           int      `json:"new"`
	Known         int      `json:"known"`
	Waived        int      `json:"waived"`
	UnusedWaivers []string `json:"unused_waivers"`
}

// Summary counts the run.
type Summary struct {
	Items      int            `json:"items"`
	Act        int            `json:"act"`
	Check      int            `json:"check"`
	None       int            `json:"none"`
	Incomplete int            `json:"incomplete"`
	Findings   SeverityCounts `json:"findings"`
	NotChecked []string       `json:"not_checked"`
}

// SeverityCounts counts open findings by severity.
type SeverityCounts struct {
	Critical int `json:"critical"`
	High     int `json:"high"`
	Medium   int `json:"medium"`
	Low      int `json:"low"`
	Info     int `json:"info"`
}

// Add counts one finding.
func (c *SeverityCounts) Add(s Severity) {
	switch s {
	case Critical:
		c.Critical++
	case High:
		c.High++
	case Medium:
		c.Medium++
	case Low:
		c.Low++
	default:
		c.Info++
	}
}

// WriteJSON writes the report as indented JSON. Invalid UTF-8 becomes U+FFFD and <, > and & are
// written as escapes, so that the document can be embedded anywhere.
func (r *Report) WriteJSON(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}
