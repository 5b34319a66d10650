package main

import (
	"fmt"
	"strings"
)

func users(e era) string {
	out := "Users:\n\tUserInfo{0:Owner:c13} running\n"
	if e.work != 0 {
		out += fmt.Sprintf("\tUserInfo{%d:%s:%s} running\n", e.work, e.workName, e.workFlags)
	}
	return out
}

func packagesList(e era) string {
	var out strings.Builder
	for _, a := range apps {
		if !e.has(a) {
			continue
		}
		file := e.folder(a) + "/base.apk"
		if a.name == "android" {
			file = "/system/framework/framework-res.apk"
		} else if !strings.HasPrefix(a.path, "/data") {
			file = a.path + a.path[strings.LastIndex(a.path, "/"):] + ".apk"
		}
		fmt.Fprintf(&out, "package:%s=%s", file, a.name)
		installer := a.installer
		if installer == "" {
			installer = "null"
		}
		fmt.Fprintf(&out, "  installer=%s", installer)
		if e.sdk >= 26 {
			fmt.Fprintf(&out, " uid:%d", a.uid)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

func packageDump(e era) string {
	var out strings.Builder
	fmt.Fprintf(&out, "Database versions:\n  Internal:\n    sdkVersion=%d databaseVersion=3\n    fingerprint=example/phone/phone:%s/EX1/1:user/release-keys\n\n", e.sdk, e.release)
	out.WriteString("Verifiers:\n  Required: com.android.vending (uid=10034)\n\n")
	resolver(&out, e)
	out.WriteString("Permissions:\n  Permission [com.example.maps.permission.C2D] (3f2a1b0):\n    sourcePackage=com.example.maps\n    uid=10202 gids=null type=0 prot=signature\n\n")
	out.WriteString("Key Set Manager:\n  [com.example.maps]\n      Signing KeySets: 7\n\nPackages:\n")
	for _, a := range apps {
		if e.has(a) {
			writePackage(&out, e, a, false)
		}
	}
	if e.sdk >= 30 {
		out.WriteString("\nQueries:\n  system apps queryable: false\n  forceQueryable:\n    com.example.launcher\n  queries via package name:\n    com.example.bank:\n      com.example.vault\n")
	}
	out.WriteString("\nHidden system packages:\n")
	for _, a := range apps {
		if a.updated {
			writePackage(&out, e, a, true)
		}
	}
	sharedUsers(&out, e)
	out.WriteString("\nPackage Changes:\n  Sequence number=12\n  User 0:\n    seq=1, package=com.example.coupons\n\nCompiler stats:\n  [com.example.maps]\n     base.apk - 1200\n")
	return out.String()
}

func resolver(out *strings.Builder, e era) {
	filter := ""
	if e.sdk >= 26 {
		filter = " filter 8d1dd5f"
	}
	fmt.Fprintf(out, "Activity Resolver Table:\n  Non-Data Actions:\n      android.intent.action.MAIN:\n        1f2e3d4 com.example.launcher/.Home%s\n\n", filter)
	fmt.Fprintf(out, "Receiver Resolver Table:\n  Full MIME Types:\n      application/vnd.wap.mms-message:\n        5ef9a46 com.example.sms/.PushReceiver%s\n\n", filter)
	out.WriteString("  Non-Data Actions:\n")
	fmt.Fprintf(out, "      android.provider.Telephony.SMS_DELIVER:\n        5ef9a47 com.example.sms/.SmsReceiver%s\n          Action: \"android.provider.Telephony.SMS_DELIVER\"\n", filter)
	fmt.Fprintf(out, "      android.provider.Telephony.SMS_RECEIVED:\n        5ef9a48 com.example.coupons/.Codes%s\n          Action: \"android.provider.Telephony.SMS_RECEIVED\"\n          mPriority=999, mOrder=0, mHasStaticPartialTypes=false, mHasDynamicPartialTypes=false\n", filter)
	fmt.Fprintf(out, "      android.intent.action.BOOT_COMPLETED:\n        5ef9a49 com.example.messenger/com.example.messenger.boot.Boot%s\n        5ef9a50 com.example.coupons/.Boot%s\n", filter, filter)
	fmt.Fprintf(out, "      com.example.maps.REFRESH:\n        5ef9a51 com.example.maps/.Refresh%s\n\n", filter)
	fmt.Fprintf(out, "  MIME Typed Actions:\n      android.provider.Telephony.WAP_PUSH_DELIVER:\n        5ef9a46 com.example.sms/.PushReceiver%s\n\n", filter)
	fmt.Fprintf(out, "Service Resolver Table:\n  Non-Data Actions:\n      android.view.InputMethod:\n        5ef9a52 com.example.keyboard/.ImeService%s\n\n", filter)
}

func (e era) flags(a app, factory bool) string {
	words := []string{}
	if a.system {
		words = append(words, "SYSTEM")
	}
	words = append(words, "HAS_CODE")
	if a.updated && !factory {
		words = append(words, "UPDATED_SYSTEM_APP")
	}
	return "[ " + strings.Join(append(words, "ALLOW_CLEAR_USER_DATA"), " ") + " ]"
}

func (e era) private(a app) string {
	if a.priv {
		return "[ PRIVILEGED DIRECT_BOOT_AWARE ]"
	}
	return "[ ]"
}

func (e era) signatures(a app) string {
	if e.sdk <= 27 {
		return fmt.Sprintf("PackageSignatures{%07x [%08x]}", sum("id", a.name)>>4, sum("key", a.signer))
	}
	past := ""
	if a.signer == "maps" && e.sdk >= 30 {
		past = fmt.Sprintf("%08x flags: 17", sum("oldkey", a.signer))
	}
	return fmt.Sprintf("PackageSignatures{%07x version:%d, signatures:[%08x], past signatures:[%s]}", sum("id", a.name)>>4, e.scheme(), sum("key", a.signer), past)
}

func (e era) scheme() int {
	if e.sdk >= 30 {
		return 3
	}
	return 2
}

func writePackage(out *strings.Builder, e era, a app, factory bool) {
	folder, version := e.folder(a), a.version
	if factory {
		folder, version = a.factoryPath, a.factoryVersion
	}
	p := func(form string, args ...any) { fmt.Fprintf(out, "    "+form+"\n", args...) }
	fmt.Fprintf(out, "  Package [%s] (%x):\n", a.name, sum("pkg", a.name, factory)>>4)
	id := "userId"
	if e.sdk >= 34 {
		id = "appId"
	}
	p("%s=%d", id, a.uid)
	if e.sdk >= 36 {
		p("pccId=-1")
	}
	if a.sharedUser != "" {
		p("sharedUser=SharedUserSetting{87d5a2 %s/%d}", a.sharedUser, a.uid)
	}
	p("pkg=Package{%07x %s}", sum("obj", a.name)>>4, a.name)
	p("codePath=%s", folder)
	p("resourcePath=%s", folder)
	p("legacyNativeLibraryDir=%s/lib", folder)
	if e.sdk >= 30 {
		p("extractNativeLibs=true")
	}
	p("primaryCpuAbi=arm64-v8a")
	p("versionCode=%d minSdk=21 targetSdk=%d", version, min(a.target, e.sdk))
	if e.sdk >= 30 {
		p("minExtensionVersions=[]")
	}
	p("versionName=%s", a.versionName)
	p("splits=[%s]", strings.Join(append([]string{"base"}, a.splits...), ", "))
	p("apkSigningVersion=%d", e.scheme())
	if e.sdk <= 29 {
		p("applicationInfo=ApplicationInfo{%07x %s}", sum("ai", a.name)>>4, a.name)
	}
	p("flags=%s", e.flags(a, factory))
	p("privateFlags=%s", e.private(a))
	if e.sdk >= 30 {
		p("forceQueryable=false")
		p("queriesPackages=[com.example.bank]")
	}
	p("dataDir=/data/user/0/%s", a.name)
	p("supportsScreens=[small, medium, large, xlarge, resizeable, anyDensity]")
	p("usesOptionalLibraries:")
	p("  androidx.window.extensions")
	if !factory {
		arrived(p, e, a)
	}
	p("signatures=%s", e.signatures(a))
	p("installPermissionsFixed=true")
	p("pkgFlags=%s", e.flags(a, factory))
	if e.sdk >= 33 {
		p("privatePkgFlags=%s", e.private(a))
		p("apexModuleName=null")
	}
	permissions(p, e, a, factory)
}

func arrived(p func(string, ...any), e era, a app) {
	day := fmt.Sprintf("20%02d-%02d-%02d", 17+(e.sdk-25)*9/11, 1+a.uid%12, 1+a.uid%28)
	p("timeStamp=%s 03:04:05", day)
	if e.sdk < 33 {
		p("firstInstallTime=%s 03:04:05", day)
	}
	p("lastUpdateTime=%s 03:04:06", day)
	null := func(s string) string {
		if s == "" {
			return "null"
		}
		return s
	}
	if e.sdk < 34 {
		if a.installer != "" {
			p("installerPackageName=%s", a.installer)
		}
		if e.sdk == 33 {
			p("packageSource=%d", a.source)
		}
		return
	}
	p("installerPackageName=%s", null(a.installer))
	uid := -1
	if a.installer != "" {
		uid = 10034
	}
	p("installerPackageUid=%d", uid)
	p("initiatingPackageName=%s", null(a.initiator))
	p("originatingPackageName=%s", null(a.originator))
	if a.name == "com.example.bank" {
		p("updateOwnerPackageName=%s", store)
	}
	p("packageSource=%d", a.source)
	p("appMetadataFilePath=null")
	if e.sdk >= 36 {
		p("appMetadataSource=0")
	}
}

func permissions(p func(string, ...any), e era, a app, factory bool) {
	if a.name == "com.example.maps" {
		p("declared permissions:")
		p("  com.example.maps.permission.C2D: prot=signature, INSTALLED")
	}
	p("requested permissions:")
	for _, name := range a.requested {
		switch {
		case !e.known(name):
		case e.sdk >= 30 && (name == "READ_SMS" || name == "RECEIVE_SMS"):
			p("  %s: restricted=true", permission(name))
		default:
			p("  %s", permission(name))
		}
	}
	if a.sharedUser == "" && len(a.install) > 0 {
		installed(p, e, a)
	}
	userState(p, e, a, 0, factory)
	if e.work != 0 {
		userState(p, e, a, e.work, factory)
	}
}

func installed(p func(string, ...any), e era, a app) {
	p("install permissions:")
	for _, name := range a.install {
		if e.known(name) {
			p("  %s: granted=true", permission(name))
		}
	}
}

func userState(p func(string, ...any), e era, a app, user int, factory bool) {
	in := user == 0 && !a.workOnly || user != 0 && a.work
	extra := ""
	if e.sdk >= 30 {
		extra = " distractionFlags=0"
	}
	tail := ""
	if e.sdk >= 26 {
		tail = " instant=false"
	}
	if e.sdk >= 28 {
		tail += " virtual=false"
	}
	if e.sdk >= 34 {
		tail += " quarantined=false"
	}
	if e.sdk >= 36 {
		tail += " appLockEnabled=false"
	}
	inode := int(sum("inode", a.name, user) % 1_000_000)
	if a.name == "com.example.maps" && e.sdk == 25 {
		inode = -inode
	}
	p("User %d: ceDataInode=%d installed=%v hidden=false suspended=false%s stopped=%v notLaunched=false enabled=0%s", user, inode, in, extra, !in, tail)
	if e.sdk >= 30 {
		reason := 0
		if a.installer != "" {
			reason = 4
		}
		p("  installReason=%d", reason)
	}
	if e.sdk >= 33 {
		p("  firstInstallTime=2024-%02d-%02d 01:02:03", 1+a.uid%12, 1+a.uid%28)
		p("  uninstallReason=0")
		p("  overlay paths:")
		p("    /product/overlay/NavigationBarModeGestural/NavigationBarModeGesturalOverlay.apk")
	}
	p("  gids=[3003]")
	if a.sharedUser == "" && !factory {
		runtime(p, e, a, in)
	}
	if a.name == "com.example.coupons" {
		p("  disabledComponents:")
		p("    com.example.coupons.Main")
	}
}

func runtime(p func(string, ...any), e era, a app, in bool) {
	p("  runtime permissions:")
	for _, name := range a.runtime {
		if !e.known(name) {
			continue
		}
		plain, denied := strings.CutPrefix(name, "-")
		granted := !denied && in
		flags := ""
		switch {
		case e.sdk < 30 && granted:
			flags = ", flags=[ USER_SET ]"
		case e.sdk >= 30 && a.system:
			flags = ", flags=[ GRANTED_BY_DEFAULT|USER_SENSITIVE_WHEN_GRANTED]"
		case e.sdk >= 30 && (plain == "READ_SMS" || plain == "RECEIVE_SMS"):
			flags = ", flags=[ USER_SET|RESTRICTION_INSTALLER_EXEMPT]"
		case e.sdk >= 30:
			flags = ", flags=[ USER_SET|USER_SENSITIVE_WHEN_GRANTED|USER_SENSITIVE_WHEN_DENIED]"
		}
		p("    %s: granted=%v%s", permission(plain), granted, flags)
	}
}

func sharedUsers(out *strings.Builder, e era) {
	id := "userId"
	if e.sdk >= 34 {
		id = "appId"
	}
	fmt.Fprintf(out, "\nShared users:\n  SharedUser [android.uid.system] (87d5a2):\n    %s=1000\n", id)
	if e.sdk >= 28 {
		out.WriteString("    Packages\n      PackageSetting{3a2b1c android/1000}\n")
	}
	out.WriteString("    install permissions:\n")
	for _, name := range apps[0].install {
		fmt.Fprintf(out, "      %s: granted=true\n", permission(name))
	}
	out.WriteString("    User 0: \n      gids=[1065, 3002, 3003]\n      runtime permissions:\n")
	for _, name := range apps[0].runtime {
		fmt.Fprintf(out, "        %s: granted=true, flags=[ SYSTEM_FIXED|GRANTED_BY_DEFAULT ]\n", permission(name))
	}
}
