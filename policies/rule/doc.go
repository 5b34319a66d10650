// Package rule reads, compiles and applies the rules of a policy: one YAML file a rule, with a
// condition in CEL (the Common Expression Language) over the facts of one item.
//
// In a condition every id is a constant of its own type: cap.read_codes, trait.zip_overlap,
// build.lookalike, route.sideload, platform.ios, level.granted, grade.wired, reach.named. Ids that hold
// a dash are written with an underscore. A text in quotes is accepted by permission alone, so that a
// misspelt id is an error when the policy is loaded and never a rule that silently holds for nothing.
// A condition has no loop, no regular expression and a bounded length, and its cost is limited.
package rule
