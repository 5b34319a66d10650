package android

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"appraise/android/axml"
	"appraise/android/axml/res"
	"appraise/inventory"
)

// API levels where Android's rules change.
const (
	sdkJellyBeanMR1 = 17 // providers are closed by default
	sdkMarshmallow  = 23 // dangerous permissions are asked for
	sdkNougat       = 24 // certificates added by the user no longer count
	sdkPie          = 28 // no cleartext by default
	sdkQ            = 29 // scoped storage, background location
	sdkTiramisu     = 33 // media permissions replace storage
)

// sdkLevel is one API level as an attribute states it, "" where none does: a number or a codename such as "Tiramisu".
type sdkLevel struct {
	text, codename string
	number         int
}

// manifest reads the whole manifest.
func (r *reader) manifest(doc *axml.Document) {
	if r.root = doc.Root; r.root.Name != "manifest" {
		r.unread(manifestName, errors.New("no manifest element at the root"))
		return
	}
	r.identity()
	r.usesSDK()
	r.declaredPermissions()
	r.lists()
	if r.application != nil {
		r.applicationFlags()
		r.components()
	}
	r.permissions()
	r.componentCapabilities()
	r.network()
	r.oneTimeCodes()
	r.traits()
	r.secondOpinion(doc)
}

// identity reads the attributes of the root element.
func (r *reader) identity() {
	r.item.ID = named(r.root, "package")
	r.app.Split = named(r.root, "split")
	r.app.ConfigForSplit = named(r.root, "configForSplit")
	if r.app.Split != "" {
		r.item.Kind = inventory.KindSplit
	}
	r.item.Version = r.text(r.root, axml.AttrIDVersionName)
	r.item.VersionCode = r.number(r.root, axml.AttrIDVersionCodeMajor)<<32 | r.number(r.root, axml.AttrIDVersionCode)&0xffffffff
	r.app.SharedUserID = r.text(r.root, axml.AttrIDSharedUserId)
	r.app.CompileSDK = level(r.number(r.root, axml.AttrIDCompileSdkVersion))
	if !packageName.MatchString(r.item.ID) {
		r.trait(inventory.TraitBadPackageName, r.at(r.root, "package %q", r.item.ID))
	}
}

// packageName is the rule of FrameworkParsingPackageUtils.validateName with a separator required. The
// framework itself is the one package without a dot.
var packageName = regexp.MustCompile(`^(?:android|[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)+)$`)

// usesSDK reads the API levels. The smallest device is the highest minimum of all elements, as apksig
// counts it; the target is the last element's, as in parseUsesSdk.
func (r *reader) usesSDK() {
	for e := range children(r.root, "uses-sdk") {
		r.minSDK, r.targetSDK = r.sdkLevel(e, axml.AttrIDMinSdkVersion), r.sdkLevel(e, axml.AttrIDTargetSdkVersion)
		target := r.targetSDK
		if target.text == "" {
			target = r.minSDK
		}
		r.app.MinSDK = max(r.app.MinSDK, r.minSDK.number)
		r.app.TargetSDK, r.app.TargetCodename = target.number, target.codename
		r.app.MaxSDK = level(r.number(e, axml.AttrIDMaxSdkVersion))
	}
}

// target is the API level that Android's rules follow: 0 when nothing is declared.
func (r *reader) target() int {
	if r.app.TargetCodename != "" {
		return 10000 // CUR_DEVELOPMENT, what Android takes a codename for
	}
	return r.app.TargetSDK
}

// sdkLevel reads a level as parseUsesSdk does: what is no string is a number.
func (r *reader) sdkLevel(e *axml.Element, id uint32) sdkLevel {
	v, ok := r.value(e, id)
	if !ok || v.IsReference() {
		return sdkLevel{}
	}
	text := v.String
	if v.Type != res.TypeString {
		text = strconv.Itoa(int(int32(v.Data)))
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return sdkLevel{text: text, codename: text}
	}
	return sdkLevel{text: text, number: level(n)}
}

// level keeps an API level within what the model can hold; nonsense below zero is "not declared".
func level(n int64) int { return int(min(max(n, 0), 1<<31-1)) }

// protections are the base levels of a permission (PermissionInfo.PROTECTION_MASK_BASE).
var protections = [...]string{"normal", "dangerous", "signature", "signatureOrSystem", "internal"}

func (r *reader) declaredPermissions() {
	for e := range children(r.root, "permission") {
		name := r.guard(e, axml.AttrIDName)
		if name == "" {
			continue
		}
		r.own[name] = r.protection(e)
		r.app.DeclaredPermissions = append(r.app.DeclaredPermissions, inventory.DeclaredPermission{
			Name: name, Protection: r.own[name], Group: r.text(e, axml.AttrIDPermissionGroup),
		})
		if strings.HasPrefix(name, platform) && r.item.ID != "android" {
			r.trait(inventory.TraitRedefinesPermission, r.at(e, "permission %s", name))
		}
	}
}

// protection is the base level; what states none, or none that is known, is normal.
func (r *reader) protection(e *axml.Element) string {
	if base := r.number(e, axml.AttrIDProtectionLevel) & 0xf; base < int64(len(protections)) {
		return protections[base]
	}
	return protections[0]
}

// lists reads what the root element enumerates. Of several application elements Android reads the first.
func (r *reader) lists() {
	for e := range children(r.root, "application") {
		if r.application != nil {
			r.trait(inventory.TraitSeveralApplications, r.at(e, "another application element; Android reads the first"))
			continue
		}
		r.application = e
	}
	for e := range children(r.root, "uses-feature") {
		if name := r.text(e, axml.AttrIDName); name != "" {
			required, _ := r.worst(e, axml.AttrIDRequired, true)
			r.app.Features = append(r.app.Features, inventory.AndroidFeature{Name: name, Required: required})
		}
	}
	for e := range children(r.root, "instrumentation") {
		target := r.text(e, axml.AttrIDTargetPackage)
		r.app.Instrumentation = append(r.app.Instrumentation, target)
		if target != "" && target != r.item.ID {
			r.trait(inventory.TraitInstrumentsOtherApp, r.at(e, "instrumentation of %s", target))
		}
	}
	for e := range children(r.root, "queries") {
		r.queries(e)
	}
}

// categories are the values of appCategory (ApplicationInfo.CATEGORY_*).
var categories = [...]string{"game", "audio", "video", "image", "social", "news", "maps", "productivity", "accessibility"}

func (r *reader) applicationFlags() {
	e := r.application
	r.app.Libraries = r.names(e, "uses-library")
	r.app.Application = inventory.AndroidApplication{
		Name: r.className(r.text(e, axml.AttrIDName)), Label: r.text(e, axml.AttrIDLabel),
		Permission: r.guard(e, axml.AttrIDPermission), Process: r.text(e, axml.AttrIDProcess),
		Debuggable: r.boolean(e, axml.AttrIDDebuggable, false), TestOnly: r.boolean(e, axml.AttrIDTestOnly, false),
		AllowBackup: r.flag(e, axml.AttrIDAllowBackup), HasCode: r.flag(e, axml.AttrIDHasCode),
		UsesCleartextTraffic:  r.flag(e, axml.AttrIDUsesCleartextTraffic),
		LegacyExternalStorage: r.boolean(e, axml.AttrIDRequestLegacyExternalStorage, false),
	}
	r.item.Name = r.app.Application.Label
	if r.boolean(e, axml.AttrIDIsGame, false) {
		r.app.Application.Category = categories[0]
	}
	if v, ok := r.value(e, axml.AttrIDAppCategory); ok && v.Data < uint32(len(categories)) {
		r.app.Application.Category = categories[v.Data]
	}
	r.icon()
}
