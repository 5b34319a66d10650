// Package floors holds the test that keeps docs/ARCHITECTURE.md true: every package has a room and a
// floor there, imports point to lower floors only, and a third-party module is imported by the
// packages of its row alone.
package floors
