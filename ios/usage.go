package ios

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"appraise/internal/limits"
	"appraise/inventory"
)

// usageKey matches the keys that explain a request for access; NSSensorKitUsageDetail is in the table by name.
var usageKey = regexp.MustCompile(`^[A-Z].*UsageDescription(Dictionary)?$`)

// placeholder matches a text that the build should have replaced.
var placeholder = regexp.MustCompile(`^\s*\$(\(.*\)|\{.*\})\s*$`)

// legacyBefore tells the iOS version from which on a legacy key means nothing by itself (the rows' meanings say the same).
var legacyBefore = map[string]int{
	"NSLocationUsageDescription":                   8,
	"NSBluetoothPeripheralUsageDescription":        13,
	"NSNearbyInteractionAllowOnceUsageDescription": 15,
}

// usageKeys records every usage key of the bundle and returns those that give the camera or the microphone.
func (b *bundle) usageKeys() (sensors []string) {
	var keys []string
	for base, spellings := range b.info.spellings {
		if _, known := b.r.usage[base]; known || usageKey.MatchString(base) {
			keys = append(keys, spellings...)
		}
	}
	slices.Sort(keys)
	if left := limits.UsageKeys - b.r.keys; len(keys) > left {
		b.r.item.AddProblem(inventory.Problem{File: b.file, Message: fmt.Sprintf("more than %d usage keys in the app; the rest was not read", limits.UsageKeys), Limit: true, Matters: true})
		keys = keys[:left]
	}
	b.r.keys += len(keys)
	for _, key := range keys {
		if b.usageKey(key) {
			sensors = append(sensors, key)
		}
	}
	if b.note != nil {
		b.note.Usage = keys
	}
	return sensors
}

// usageKey records one key and reports whether it gives the camera or the microphone.
func (b *bundle) usageKey(key string) bool {
	info, known := b.r.usage[baseKey(key)]
	b.r.item.AddPermission(inventory.Permission{
		Name: key, States: []inventory.PermissionState{inventory.StateRequested}, Type: "usage", Text: b.usageText(key), Unknown: !known,
	})
	if !known {
		b.trait(inventory.TraitUnknownUsageKey, key)
		return false
	}
	ids, qualifier, remark := b.usageGives(info)
	for _, id := range ids {
		b.capability(id, qualifier, "usage key "+key+remark)
	}
	return slices.Contains(ids, inventory.CapCamera) || slices.Contains(ids, inventory.CapMicrophone)
}

// usageGives tells what a key lets the bundle ask for, where the table alone can't.
func (b *bundle) usageGives(info UsageKeyInfo) (ids []inventory.CapabilityID, qualifier, remark string) {
	switch info.Platform {
	case platformWatch, platformVision, platformMac:
		if !b.systems()[info.Platform] {
			return nil, "", ""
		}
	case platformLegacy:
		before := legacyBefore[info.Key]
		if b.minimumMajor() >= before {
			return nil, "", ""
		}
		remark = fmt.Sprintf(", which counts on systems before iOS %d only", before)
	}
	switch info.Key {
	case "NSLocationAlwaysAndWhenInUseUsageDescription", "NSLocationAlwaysUsageDescription":
		if b.locatesInBackground() {
			return info.Capabilities, "", " with the background mode location"
		}
		return []inventory.CapabilityID{inventory.CapLocation}, "", " without the background mode location"
	case "NSCalendarsWriteOnlyAccessUsageDescription":
		return info.Capabilities, "write-only", ""
	}
	return info.Capabilities, "", remark
}

// locatesInBackground reports whether the bundle or the app around it, on whose behalf an extension
// asks, keeps running for location.
func (b *bundle) locatesInBackground() bool {
	if slices.Contains(b.info.allTexts("UIBackgroundModes"), "location") {
		return true
	}
	return b.app != nil && b.app.locatesInBackground()
}

// usageText returns what the user is told, and notes a text that tells nothing.
func (b *bundle) usageText(key string) string {
	base := baseKey(key)
	if !strings.HasSuffix(base, "Dictionary") && !strings.HasSuffix(base, "Detail") {
		text := b.info.text(key)
		if _, ok := b.info.values[key].(string); ok && tellsNothing(text) {
			b.trait(inventory.TraitEmptyUsageText, fmt.Sprintf("%s is %q", key, text))
		}
		return text
	}
	purposes, ok := b.info.dict.dict(key)
	if !ok {
		return ""
	}
	var texts, empty []string
	for _, name := range sortedKeys(purposes.values) {
		text := purposeText(purposes.values[name])
		texts = append(texts, name+": "+text)
		if tellsNothing(text) {
			empty = append(empty, name)
		}
	}
	switch {
	case len(texts) == 0:
		b.trait(inventory.TraitEmptyUsageText, key+" is empty")
	case len(empty) > 0:
		b.trait(inventory.TraitEmptyUsageText, key+" has no text for "+plural(len(empty), "purpose")+": "+some(empty))
	}
	return strings.Join(texts, "; ")
}

// purposeText is the text of one purpose: a string, or for SensorKit a dictionary with a Description.
func purposeText(v any) string {
	if inner, ok := v.(map[string]any); ok {
		v = inner["Description"]
	}
	text, _ := v.(string)
	return text
}

func tellsNothing(text string) bool {
	return strings.TrimSpace(text) == "" || placeholder.MatchString(text)
}
