// Package match reads the URL match patterns of browser extensions (as in "*://*.example.com/*"):
// it parses one, tells what it contains, and says which of a list reach a domain.
//
// The grammar is the one of Chrome and Firefox together, so that a pattern which either accepts is
// accepted: <all_urls>, or scheme://host/path with "*" as scheme (http and https), as whole host, as
// first label of a host, and anywhere in the path. Sources: the public match-pattern pages of
// Chrome and MDN, and the pattern in Firefox's manifest schema (ESR 153).
package match
