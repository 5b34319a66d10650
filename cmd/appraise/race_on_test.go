//go:build race

package main

// raceDetector says that memory and time are the detector's, not the program's.
const raceDetector = true
