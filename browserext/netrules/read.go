// Package netrules reads static declarativeNetRequest rulesets: it finds the rules that redirect a
// request or change headers among the many that block and allow, and says where each leads. Source: the
// public reference of chrome.declarativeNetRequest and its schema (extensions/common/api/
// declarative_net_request.idl), and MDN's for Firefox.
package netrules

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"appraise/browserext/laxjson"
	"appraise/internal/limits"
	"appraise/inventory"
)

// File is what one static ruleset holds that matters here.
type File struct {
	Rules     int
	Redirects []inventory.RedirectRule
	Headers   []HeaderRule // the first limits.Evidence rules that change headers
}

// HeaderRule is a rule that changes headers of requests or answers.
type HeaderRule struct {
	From     []string // as in inventory.RedirectRule
	Evidence inventory.Evidence
}

// Room is what may still be kept for one extension.
type Room struct {
	rules    int // redirects
	patterns int // of their conditions
}

// NewRoom is the room that limits.RedirectRules and RulePatterns give to one extension.
func NewRoom() *Room { return &Room{rules: limits.RedirectRules, patterns: limits.RulePatterns} }

// Leaves reports whether a redirect of this kind can send a request to another place.
func Leaves(kind string) bool {
	switch kind {
	case "url", "host", "regex", "header":
		return true
	}
	return false
}

// Read reads a ruleset rule by rule. Most are block or allow rules of ad blockers, a hundred
// thousand in one file; only those whose text can hold a redirect or a header change are looked into.
// With an error, a *laxjson.FormatError, comes what was read before it. name stands in the evidence.
func Read(name string, text []byte, room *Room) (File, error) {
	before := *room
	file, err := stream(name, laxjson.BlankBOM(text), room)
	var format *laxjson.FormatError
	if errors.As(err, &format) && !format.Limit && len(text) <= limits.JSONBytes {
		lenient, laxErr := laxjson.Standardize(text)
		if laxErr != nil {
			return file, laxErr
		}
		*room = before
		return stream(name, lenient, room)
	}
	return file, err
}

func stream(name string, text []byte, room *Room) (File, error) {
	var file File
	dec := json.NewDecoder(bytes.NewReader(text))
	broken := func(message string) (File, error) {
		return file, &laxjson.FormatError{Offset: min(dec.InputOffset(), int64(len(text))), Message: message}
	}
	if token, err := dec.Token(); err != nil || token != json.Delim('[') {
		return broken("ruleset is no list of rules")
	}
	where := laxjson.Places{File: name, Text: text}
	for dec.More() {
		var raw json.RawMessage
		if err := dec.Decode(&raw); err != nil {
			return broken("ruleset is no JSON that browsers read")
		}
		file.Rules++
		if !interesting(raw) {
			continue
		}
		offset := int(dec.InputOffset()) - len(raw)
		if err := file.keep(raw, &where, offset, room); err != nil {
			return file, err
		}
	}
	if _, err := dec.Token(); err != nil {
		return broken("ruleset ends before its list does")
	}
	return file, nil
}

// interesting reports whether a rule can redirect or change headers. A backslash may spell the word.
func interesting(raw []byte) bool {
	return bytes.Contains(raw, []byte("redirect")) || bytes.Contains(raw, []byte("modifyHeaders")) || bytes.IndexByte(raw, '\\') >= 0
}

// keep parses one rule at its offset and files it if it redirects or changes headers.
func (f *File) keep(raw []byte, where *laxjson.Places, offset int, room *Room) error {
	doc, err := laxjson.Parse(raw)
	if err != nil {
		var format *laxjson.FormatError
		if errors.As(err, &format) {
			return &laxjson.FormatError{Offset: int64(offset) + format.Offset, Message: "rule: " + format.Message, Limit: format.Limit}
		}
		return err
	}
	condition, _ := doc.Root.Get("condition")
	rules, headers := readRule(doc.Root)
	for _, rule := range rules {
		if room.rules--; room.rules < 0 {
			return &laxjson.FormatError{Offset: int64(offset), Message: fmt.Sprintf("extension holds more than %d redirect rules", limits.RedirectRules), Limit: true}
		}
		if room.patterns -= len(rule.From) + len(rule.Initiators); room.patterns < 0 {
			rule.From, rule.Initiators = nil, nil // every request: wider than the rule, never narrower
		}
		rule.Evidence = where.At(offset, "rule %d: %s", rule.RuleID, tell(rule))
		f.Redirects = append(f.Redirects, rule)
	}
	if headers && len(f.Headers) < limits.Evidence {
		from, _ := requestPatterns(condition)
		f.Headers = append(f.Headers, HeaderRule{From: from, Evidence: where.At(offset, "rule changes headers")})
	}
	return nil
}

// tell says in one phrase what a redirect does.
func tell(rule inventory.RedirectRule) string {
	what := rule.Kind
	if rule.To != "" {
		what += " to " + rule.To
	}
	if len(rule.Params) > 0 {
		what += " " + strings.Join(rule.Params[:min(len(rule.Params), limits.Evidence)], " ")
	}
	if rule.Condition != "" {
		what += fmt.Sprintf(" for %q", rule.Condition)
	}
	return what
}
