// Package scan is the public way in: it finds what lies at a path, reads it, lets a policy judge it
// and returns the report. Nothing is written, nothing reaches the network, and no input can stop the
// others from being reported.
package scan
