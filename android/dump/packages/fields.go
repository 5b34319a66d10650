package packages

import (
	"bytes"

	"appraise/android/dump/lines"
)

// field numbers the fields that stand once in a block.
type field uint8

const (
	uidField field = iota
	pathField
	splitsField
	versionField
	nameField
	installerField
	installerUIDField
	initiatorField
	originatorField
	ownerField
	sourceField
	flagsField
	pkgFlagsField
	signaturesField
	signingField
	timeField
	firstField
	sharedField
)

// once reports whether a field is seen for the first time in its block; a second one is told and marked.
func (p *packageReader) once(f field, key []byte) bool {
	bit := uint32(1) << f
	if p.block.fields&bit != 0 {
		p.doubt(p.word(key))
		return false
	}
	p.block.fields |= bit
	return true
}

// field reads "key=value" of a package. Keys that are not known are left out.
// Source: com.android.server.pm.Settings.dumpPackageLPr, Android 5 to 16.
func (p *packageReader) field(key, value []byte) {
	if p.arrival(key, value) {
		return
	}
	pkg := &p.block.pkg
	switch string(key) {
	case "userId", "appId":
		if p.once(uidField, key) {
			value, _, _ = bytes.Cut(value, []byte(" "))
			if n, ok := lines.Small(value); ok {
				pkg.UID = n
			}
		}
	case "sharedUser":
		if p.once(sharedField, key) {
			pkg.SharedUser = p.word(sharedUser(value))
		}
	case "codePath":
		if p.once(pathField, key) {
			pkg.CodePath = string(value)
		}
	case "splits":
		if p.once(splitsField, key) {
			pkg.Splits = p.splits(value)
		}
	case "versionCode":
		if p.once(versionField, key) {
			p.version(value)
		}
	case "versionName":
		if p.once(nameField, key) {
			pkg.VersionName = string(value)
		}
	case "lastUpdateTime":
		if p.once(timeField, key) {
			pkg.LastTime = string(value)
		}
	case "firstInstallTime":
		if p.once(firstField, key) {
			p.block.firstInstall = string(value)
		}
	default:
		p.marks(key, value)
	}
}

// arrival reads the fields that tell how a package came.
func (p *packageReader) arrival(key, value []byte) bool {
	pkg := &p.block.pkg
	switch string(key) {
	case "installerPackageName":
		p.name(installerField, key, value, &pkg.Installer)
	case "initiatingPackageName":
		p.name(initiatorField, key, value, &pkg.Initiator)
	case "originatingPackageName":
		p.name(originatorField, key, value, &pkg.Originator)
	case "updateOwnerPackageName":
		p.name(ownerField, key, value, &pkg.UpdateOwner)
	case "installerPackageUid":
		p.count(installerUIDField, key, value, &pkg.InstallerUID)
	case "packageSource":
		p.count(sourceField, key, value, &pkg.PackageSource)
	default:
		return false
	}
	return true
}

func (p *packageReader) name(f field, key, value []byte, to *string) {
	if p.once(f, key) && string(value) != "null" {
		*to = p.word(value)
	}
}

func (p *packageReader) count(f field, key, value []byte, to **int) {
	if n, ok := lines.Small(value); p.once(f, key) && ok {
		*to = &n
	}
}

// marks reads flags and signatures.
func (p *packageReader) marks(key, value []byte) {
	pkg := &p.block.pkg
	switch string(key) {
	case "flags":
		if p.once(flagsField, key) && pkg.Flags == nil {
			pkg.Flags = p.flagList(value)
		}
	case "pkgFlags":
		if p.once(pkgFlagsField, key) {
			pkg.Flags = p.flagList(value)
		}
	case "privateFlags", "privatePkgFlags", "pkgPrivateFlags", "privateFlagsExt":
		for _, flag := range p.flagList(value) {
			if len(pkg.Private) < 4*maxFlags && !has(pkg.Private, flag) {
				pkg.Private = append(pkg.Private, flag)
			}
		}
	case "apkSigningVersion":
		if n, ok := lines.Small(value); p.once(signingField, key) && ok {
			pkg.Signing = n
		}
	case "signatures":
		if p.once(signaturesField, key) {
			pkg.Hash, pkg.Past = signatureHashes(value)
		}
	}
}

// version reads "120 minSdk=24 targetSdk=34".
func (p *packageReader) version(value []byte) {
	pkg := &p.block.pkg
	for i, part := range bytes.Fields(value) {
		key, text, ok := bytes.Cut(part, []byte("="))
		n, plain := lines.Small(text)
		switch {
		case i == 0:
			pkg.VersionCode, _ = lines.Number(part)
		case !ok || !plain:
		case string(key) == "minSdk":
			pkg.MinSDK = n
		case string(key) == "targetSdk":
			pkg.TargetSDK = n
		}
	}
}

// splits reads "[base, config.de:3]"; the number is the revision of a split.
func (p *packageReader) splits(value []byte) []string {
	var splits []string
	for part := range bytes.SplitSeq(bytes.Trim(value, "[]"), []byte(",")) {
		part, _, _ = bytes.Cut(bytes.TrimSpace(part), []byte(":"))
		if len(part) > 0 && p.fits(len(splits), "splits") {
			splits = append(splits, p.word(part))
		}
	}
	return splits
}

// flagList reads "[ SYSTEM HAS_CODE ]" and "[ USER_SET|POLICY_FIXED]". Equal lists are one slice.
func (p *packageReader) flagList(value []byte) []string {
	if list, ok := p.flags[string(value)]; ok {
		return list
	}
	var list []string
	for flag := range bytes.FieldsFuncSeq(value, func(r rune) bool { return r == ' ' || r == '|' || r == '[' || r == ']' || r == ',' }) {
		if len(list) < maxFlags {
			list = append(list, p.word(flag))
		}
	}
	if len(p.flags) < maxFlagLists && len(value) < maxFlagText {
		p.flags[string(value)] = list
	}
	return list
}

// No list of flags is longer than a word has bits; a phone has a few hundred different lists, each shorter than this.
const (
	maxFlags     = 64
	maxFlagLists = 10_000
	maxFlagText  = 1024 // bytes of a list that is kept to be shared
)

// sharedUser reads the name in "SharedUserSetting{1a2b3c android.uid.system/1000}".
func sharedUser(value []byte) []byte {
	text, ok := between(value, "{", "}")
	if !ok {
		return nil
	}
	if i := bytes.IndexByte(text, ' '); i >= 0 {
		text = text[i+1:]
	}
	if i := bytes.LastIndexByte(text, '/'); i >= 0 {
		text = text[:i]
	}
	return text
}

// between gives what stands between the first start and the next end after it.
func between(b []byte, start, end string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(b, []byte(start))
	if !ok {
		return nil, false
	}
	text, _, ok := bytes.Cut(rest, []byte(end))
	return text, ok
}

// signatureHashes reads "PackageSignatures{5d6e7f8 version:3, signatures:[0badcafe], past signatures:[1f flags: 17]}" and
// the older "PackageSignatures{5d6e7f8 [0badcafe]}". Several signers are joined by commas.
func signatureHashes(value []byte) (string, []string) {
	current, past, _ := bytes.Cut(value, []byte("past signatures:"))
	text, _ := between(current, "[", "]")
	var hash []byte
	for _, h := range hashes(text) {
		if len(hash) > 0 {
			hash = append(hash, ',')
		}
		hash = append(hash, h...)
	}
	text, _ = between(past, "[", "]")
	return string(hash), hashes(text)
}

// hashes reads "1a2b flags: 17, 3c4d".
func hashes(text []byte) []string {
	var list []string
	for part := range bytes.SplitSeq(text, []byte(",")) {
		part, _, _ = bytes.Cut(bytes.TrimSpace(part), []byte(" "))
		if hexadecimal(part) && len(part) <= 8 && len(list) < maxFlags {
			list = append(list, string(part))
		}
	}
	return list
}
