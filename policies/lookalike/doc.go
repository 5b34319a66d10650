// Package lookalike tells how near one name is to another: letters that are drawn alike, edits, and words
// that copies join with a name. It knows no brand and judges nothing.
package lookalike
