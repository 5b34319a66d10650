// Package provenance decides the two words about where an item comes from: the build (who made it), from
// its signature and the brand packs, and the route (how it got here), from the facts of its arrival and
// policies/stores.yaml.
//
// The two are never merged. A claim (an installer name, a store's stamp) never makes a build official and
// never a route proved, and every verdict carries the sentence that says what it rests on.
package provenance
