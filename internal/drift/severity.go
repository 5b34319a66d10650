package drift

import (
	"slices"

	"appraise/finding"
	"appraise/inventory"
)

// capabilities is how much it matters that an item gains a capability by asking for it.
var capabilities = map[inventory.CapabilityID]finding.Severity{
	inventory.CapKeystrokes:         finding.High,
	inventory.CapScreenRead:         finding.High,
	inventory.CapAccessibility:      finding.High,
	inventory.CapReadCodes:          finding.High,
	inventory.CapNotificationsRead:  finding.High,
	inventory.CapSMSSend:            finding.High,
	inventory.CapDeviceAdmin:        finding.High,
	inventory.CapVPN:                finding.High,
	inventory.CapRemoteCode:         finding.High,
	inventory.CapOverlay:            finding.Medium,
	inventory.CapCallLog:            finding.Medium,
	inventory.CapCallMake:           finding.Medium,
	inventory.CapPhoneState:         finding.Medium,
	inventory.CapContacts:           finding.Medium,
	inventory.CapCalendar:           finding.Medium,
	inventory.CapLocation:           finding.Medium,
	inventory.CapLocationBackground: finding.Medium,
	inventory.CapCamera:             finding.Medium,
	inventory.CapMicrophone:         finding.Medium,
	inventory.CapPhotos:             finding.Medium,
	inventory.CapFiles:              finding.Medium,
	inventory.CapInstallApps:        finding.Medium,
	inventory.CapListApps:           finding.Medium,
	inventory.CapNativeBridge:       finding.Medium,
	inventory.CapExtControl:         finding.Medium,
	inventory.CapPageRead:           finding.Medium,
	inventory.CapPageModify:         finding.Medium,
	inventory.CapRequestsRedirect:   finding.Medium,
	inventory.CapAffiliateRewrite:   finding.Medium,
	inventory.CapCookies:            finding.Medium,
	inventory.CapHistory:            finding.Medium,
	inventory.CapEraseTraces:        finding.Medium,
	inventory.CapAutofill:           finding.Medium,
	inventory.CapAccountToken:       finding.Medium,
	inventory.CapWallet:             finding.Medium,
	inventory.CapSettingsTakeover:   finding.Medium,
	inventory.CapClipboard:          finding.Low,
	inventory.CapClipboardWrite:     finding.Low,
	inventory.CapNotificationsPost:  finding.Low,
	inventory.CapSensors:            finding.Low,
	inventory.CapDownloads:          finding.Low,
	inventory.CapNetworkCleartext:   finding.Low,
	inventory.CapNearby:             finding.Low,
	inventory.CapTracking:           finding.Low,
}

// Gains lists the capabilities whose gain has a severity, in display order.
func Gains(severity finding.Severity) []inventory.CapabilityID {
	return slices.DeleteFunc(slices.Clone(inventory.Capabilities), func(id inventory.CapabilityID) bool { return capabilities[id] != severity })
}

// traits are those whose arrival matters more than a little.
var traits = map[inventory.TraitID]finding.Severity{
	inventory.TraitJanus:                 finding.High,
	inventory.TraitSignerConfusion:       finding.High,
	inventory.TraitPublicSigningKey:      finding.High,
	inventory.TraitReadersDisagree:       finding.High,
	inventory.TraitZipDexPrefix:          finding.High,
	inventory.TraitZipHiddenRecords:      finding.High,
	inventory.TraitZipSeveralManifest:    finding.High,
	inventory.TraitSplitDiffers:          finding.High,
	inventory.TraitDebuggable:            finding.Medium,
	inventory.TraitTestOnly:              finding.Medium,
	inventory.TraitHiddenLauncher:        finding.Medium,
	inventory.TraitUserCATrusted:         finding.Medium,
	inventory.TraitWeakCustomPermission:  finding.Medium,
	inventory.TraitRedefinesPermission:   finding.Medium,
	inventory.TraitAXMLRenamedAttribute:  finding.Medium,
	inventory.TraitAXMLValueMismatch:     finding.Medium,
	inventory.TraitAXMLMalformed:         finding.Medium,
	inventory.TraitGrantedAtInstall:      finding.Medium,
	inventory.TraitSeveralSigningBlocks:  finding.Medium,
	inventory.TraitDuplicateSigningBlock: finding.Medium,
	inventory.TraitDebugCertificate:      finding.Medium,
	inventory.TraitWeakSigningKey:        finding.Medium,
	inventory.TraitWeakSigningDigest:     finding.Medium,
	inventory.TraitRollbackAllowed:       finding.Medium,
	inventory.TraitZipDuplicateName:      finding.Medium,
	inventory.TraitZipOverlap:            finding.Medium,
	inventory.TraitZipLocalMismatch:      finding.Medium,
}

// everySite are the host patterns that reach every site of a scheme.
var everySite = map[string]bool{"<all_urls>": true, "*://*/*": true, "https://*/*": true, "http://*/*": true}

// capability is the severity of one capability as an item has it.
func capability(c inventory.Capability) finding.Severity {
	s := capabilities[c.ID]
	if c.Qualifier != "" && c.Qualifier != fullAccess {
		s = lower(s)
	}
	switch c.Exposure {
	case inventory.Granted, inventory.Active:
		s = higher(s)
	case inventory.Optional:
		s = lower(s)
	}
	return s
}

func lower(s finding.Severity) finding.Severity {
	if s == finding.Info {
		return s
	}
	return s - 1
}

func higher(s finding.Severity) finding.Severity { return min(s+1, finding.Critical) }

// signatureState is the severity of another word for a signature.
func signatureState(from, to inventory.SignatureState) finding.Severity {
	rank := map[inventory.SignatureState]int{inventory.Verified: 2, inventory.Partial: 1}
	switch {
	case to == inventory.Invalid:
		return finding.Critical
	case to == inventory.Unsigned:
		return finding.High
	case rank[to] < rank[from]:
		return finding.Medium
	}
	return finding.Info
}

// build is the severity of another word for who made an item.
func build(from, to finding.Match) finding.Severity {
	switch {
	case to == finding.Lookalike, to == finding.Mismatch, from == finding.Official:
		return finding.High
	case to == finding.Official:
		return finding.Info
	}
	return finding.Low
}

func route(to finding.RouteVerdict) finding.Severity {
	if to == finding.Sideload || to == finding.Development {
		return finding.Medium
	}
	return finding.Info
}

// arrived is the severity of an item that was not there before.
func arrived(item *inventory.Item, match finding.Match) finding.Severity {
	if item.Signature.State == inventory.Invalid || match == finding.Lookalike || match == finding.Mismatch {
		return finding.High
	}
	return finding.Low
}
