// Package inventory is the model of facts: what an artifact says about itself and what was
// proved about it. Readers fill it, policies judge it, reports print it. It knows no severity,
// no brand and no store.
//
// Every enumeration has a safe zero value: an unset signature is unverifiable, an unset
// confidence is inferred, an unset exposure is unknown.
package inventory
