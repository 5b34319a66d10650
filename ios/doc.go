// Package ios reads iOS apps (an IPA, an .app or .appex folder, an Xcode archive, a loose Info.plist)
// into an inventory.Item: what the property lists declare, for the app and every bundle inside it.
//
// A usage key says that an app may ask; nothing here says that anybody agreed. Code signatures and
// entitlements are not read, so the signature stays unverifiable and the word of the property lists is
// all there is.
//
// Everything read is bounded by internal/limits. An item is always returned; what could not be read is
// a Problem on it. Symbolic links are never followed.
package ios
