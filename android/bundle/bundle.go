// Package bundle reads one Android app, given as one APK or as the APKs that it was split into, into one
// inventory item: what android reads of each part, and what apksig proves of it.
package bundle

// Options narrow the platforms that a signature is judged for.
type Options struct {
	MinSDK, MaxSDK int // API levels; 0 = the app's own lowest, and no upper end
}
