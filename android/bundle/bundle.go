// Package bundle reads one Android app, given as one APK or as the APKs that it was split into, into one
// inventory item: what android reads of each part, and what apksig proves of it.
package bundle

// Options narrow the platforms that a signature is judged for.
type Options struct {
	MinSDK, MaxSDK int // API levels; 0 = the app's own lowest, and no upper end
	// SkipContent reads signers without comparing the content with its digests, for APKs of which only parts are at
	// hand (inventory.ErrNotRead). The best state of a signature is then partial.
	SkipContent bool
	// OneReader leaves out the second reading of manifests, which finds tricks that no signature depends on.
	OneReader bool
}
