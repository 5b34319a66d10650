package ios

import (
	"strings"

	"appraise/inventory"
)

// Extension points that need more than their row.
const (
	pointKeyboard      = "com.apple.keyboard-service"
	pointWebExtension  = "com.apple.Safari.web-extension"
	pointMessageFilter = "com.apple.identitylookup.message-filter"
	pointReportAlias   = "com.apple.deviceactivity.report-extension"
	pointReport        = "com.apple.deviceactivityui.report-extension"
	networkPoints      = "com.apple.networkextension."
)

const openAccess = "RequestsOpenAccess"

// messageServers are the two spellings in use of the server that gets the text of messages.
var messageServers = []string{"ILMessageFilterExtensionNetworkURL", "IDMessageFilterExtensionNetworkURL"}

// isExtension reports whether the Info.plist declares an app extension.
func (b *bundle) isExtension() bool {
	return len(b.info.spellings["NSExtension"])+len(b.info.spellings["EXAppExtensionAttributes"]) > 0
}

// extension records what an app extension can do and reports whether it is a keyboard.
func (b *bundle) extension() (keyboard bool) {
	found := false
	for _, ext := range b.info.allDicts("NSExtension") {
		attributes, _ := ext.dict("NSExtensionAttributes")
		keyboard = b.point(ext.text("NSExtensionPointIdentifier"), attributes) || keyboard
		found = true
	}
	for _, attributes := range b.info.allDicts("EXAppExtensionAttributes") {
		keyboard = b.point(attributes.text("EXExtensionPointIdentifier"), attributes) || keyboard
		found = true
	}
	if !found && (b.isExtension() || hasSuffix(b.dir, ".appex")) {
		b.trait(inventory.TraitUnknownPoint, "no extension point")
	}
	return keyboard
}

// point records one extension point and reports whether it is that of keyboards.
func (b *bundle) point(point string, attributes dict) bool {
	if b.note != nil {
		b.note.Point = point
	} else {
		b.r.detail.ExtensionPoint = point
	}
	if point == pointReportAlias {
		point = pointReport
	}
	b.pageScript(point, attributes)
	info, known := b.r.points[point]
	if !known {
		b.unknownPoint(point)
		return false
	}
	qualifier, detail := "", "extension point "+point
	switch point {
	case pointKeyboard:
		if attributes.flag(openAccess) {
			qualifier, detail = "full-access", detail+" with "+openAccess+": asks for the network too"
		}
	case pointMessageFilter:
		for _, key := range messageServers {
			if server := attributes.text(key); server != "" {
				detail += ", which sends the text of messages from unknown senders to " + server
			}
		}
	case pointWebExtension:
		if b.webExtension() {
			return false
		}
	}
	for _, id := range info.Capabilities {
		b.capability(id, qualifier, detail)
	}
	return point == pointKeyboard
}

func (b *bundle) unknownPoint(point string) {
	if point == "" {
		b.trait(inventory.TraitUnknownPoint, "no extension point")
		return
	}
	b.trait(inventory.TraitUnknownPoint, "extension point "+point)
	if strings.HasPrefix(point, networkPoints) {
		b.capability(inventory.CapVPN, "", "extension point "+point)
	}
}

// pageScript records a script that runs in the page a user shares. The row of such a point gives
// nothing by itself: without a script the extension gets what the user hands it.
func (b *bundle) pageScript(point string, attributes dict) {
	if script := attributes.text("NSExtensionJavaScriptPreprocessingFile"); script != "" {
		b.capability(inventory.CapPageRead, "", "extension point "+point+" with the page script "+script, "on-click")
	}
}
