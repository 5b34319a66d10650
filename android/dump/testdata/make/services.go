package main

import (
	"fmt"
	"strings"
)

func getprop(e era) string {
	brand, model := "example", "Example Phone"
	if e.samsung {
		brand, model = "samsung", "SM-X000X"
	}
	return fmt.Sprintf(`[dalvik.vm.heapsize]: [512m]
[persist.sys.locale]: [de-DE]
[persist.sys.timezone]: [Europe/Berlin]
[ro.boot.verifiedbootstate]: [green]
[ro.boot.flash.locked]: [1]
[ro.build.characteristics]: [default]
[ro.build.fingerprint]: [%[1]s/phone/phone:%[2]s/EX1/1:user/release-keys]
[ro.build.notes]: [line one
line two]
[ro.build.tags]: [release-keys]
[ro.build.type]: [user]
[ro.build.version.release]: [%[2]s]
[ro.build.version.sdk]: [%[3]d]
[ro.build.version.security_patch]: [%[4]s]
[ro.debuggable]: [0]
[ro.product.brand]: [%[1]s]
[ro.product.manufacturer]: [%[1]s]
[ro.product.model]: [%[5]s]
[ro.secure]: [1]
[ro.serialno]: [EXAMPLE000000]
[sys.usb.state]: [adb]
`, brand, e.release, e.sdk, e.patch, model)
}

// op is a mode of an app-op, of a whole uid where the package is "".
type op struct {
	pkg, name, mode, access, reject string
}

var ops = []op{
	{"com.example.messenger", "CAMERA", "allow", "2026-01-03", ""},
	{"com.example.messenger", "RECORD_AUDIO", "allow", "2026-01-03", ""},
	{"com.example.maps", "FINE_LOCATION", "allow", "2026-01-04", "2026-01-02"},
	{"com.example.bank", "CAMERA", "ignore", "", "2025-12-30"},
	{"com.alibaba.aliexpresshd", "CAMERA", "allow", "2025-12-24", ""},
	{"com.example.coupons", "SYSTEM_ALERT_WINDOW", "allow", "2026-01-04", ""},
	{"com.example.coupons", "READ_SMS", "allow", "2026-01-04", ""},
	{"com.example.coupons", "REQUEST_INSTALL_PACKAGES", "allow", "", ""},
	{"com.example.coupons", "ACCESS_RESTRICTED_SETTINGS", "allow", "", ""},
	{"com.android.vending", "REQUEST_INSTALL_PACKAGES", "default", "", ""},
}

func appops(e era) string {
	var out strings.Builder
	out.WriteString("Current AppOps Service state:\n")
	if e.sdk >= 29 {
		out.WriteString("  Settings:\n    top_state_settle_time=+5s0ms\n    fg_service_state_settle_time=+5s0ms\n    bg_state_settle_time=+1s0ms\n\n")
	}
	out.WriteString("  Op mode watchers:\n    Op COARSE_LOCATION:\n      #0: ModeCallback{12983a3 watchinguid=-1 flags=0x1 from uid=1000 pid=1807}\n    Op SYSTEM_ALERT_WINDOW:\n      #0: ModeCallback{21558a8 watchinguid=-1 flags=0x1 from uid=u0a124 pid=3315}\n\n")
	out.WriteString("  Uid 1000:\n")
	if e.sdk >= 28 {
		out.WriteString("    state=pers\n")
	}
	out.WriteString("    Package android:\n")
	writeOp(&out, e, op{"android", "WAKE_LOCK", "allow", "2026-01-05", ""})
	last := 0
	for _, a := range apps {
		if a.uid == last || !e.has(a) {
			continue
		}
		last = a.uid
		writeUID(&out, e, a)
	}
	if e.work != 0 && !e.samsung {
		fmt.Fprintf(&out, "  Uid u%da211:\n    state=cch\n      COARSE_LOCATION: mode=ignore\n    Package com.example.workdpc:\n", e.work)
		writeOp(&out, e, op{"com.example.workdpc", "CAMERA", "ignore", "", ""})
	}
	out.WriteString("\n  Restrictions for token android.os.BinderProxy@1a2b3c4:\n      Restricted ops:\n        user: 0 SYSTEM_ALERT_WINDOW\n")
	return out.String()
}

func writeUID(out *strings.Builder, e era, a app) {
	mine := []op{}
	for _, o := range ops {
		if o.pkg == a.name && (o.name != "ACCESS_RESTRICTED_SETTINGS" || e.sdk >= 33) {
			mine = append(mine, o)
		}
	}
	if len(mine) == 0 {
		return
	}
	fmt.Fprintf(out, "  Uid u0a%d:\n", a.uid-10000)
	if e.sdk >= 28 {
		out.WriteString("    state=cch\n")
	}
	if e.sdk >= 30 {
		out.WriteString("    capability=---\n    appWidgetVisible=false\n")
	}
	if a.name == "com.example.maps" {
		mode := "foreground"
		if e.sdk < 29 {
			mode = "allow"
		}
		fmt.Fprintf(out, "      COARSE_LOCATION: mode=%s\n", number(e, mode))
	}
	fmt.Fprintf(out, "    Package %s:\n", a.name)
	for _, o := range mine {
		writeOp(out, e, o)
	}
}

// number gives a mode as versions before Android 9 print it.
func number(e era, mode string) string {
	if e.sdk >= 28 {
		return mode
	}
	return map[string]string{"allow": "0", "ignore": "1", "deny": "2", "default": "3", "foreground": "4"}[mode]
}

func writeOp(out *strings.Builder, e era, o op) {
	switch {
	case e.sdk < 28:
		fmt.Fprintf(out, "      %s: mode=%s", o.name, number(e, o.mode))
		if o.access != "" {
			out.WriteString("; time=+1h2m3s4ms ago")
		}
		if o.reject != "" {
			out.WriteString("; rejectTime=+9d2h3m4s5ms ago")
		}
		out.WriteByte('\n')
		return
	case o.name == "FINE_LOCATION":
		fmt.Fprintf(out, "      %s (%s / switch COARSE_LOCATION=allow): \n", o.name, o.mode)
	default:
		fmt.Fprintf(out, "      %s (%s): \n", o.name, o.mode)
	}
	if o.access == "" && o.reject == "" {
		return
	}
	if e.sdk < 30 {
		if o.access != "" {
			fmt.Fprintf(out, "          Access: top = %s 03:04:05 (-1d2h3m4s)\n                  cch = 2025-11-01 03:04:05 (-64d2h)\n", o.access)
		}
		if o.reject != "" {
			fmt.Fprintf(out, "          Reject: bg = %s 03:00:00 (-1d2h7m)\n", o.reject)
		}
		return
	}
	out.WriteString("        null=[\n")
	if o.access != "" {
		fmt.Fprintf(out, "          Access: [fg-s] %s 03:04:05.678 (-1d2h3m4s) duration=+1m2s\n", o.access)
		fmt.Fprintf(out, "          Access: [cch-s] 2025-11-01 03:04:05.678 (-64d2h)\n")
	}
	if o.reject != "" {
		fmt.Fprintf(out, "          Reject: [bg-s]%s 03:00:00.000 (-1d2h7m)\n", o.reject)
	}
	out.WriteString("        ]\n")
}

func secure(e era) string {
	out := `accessibility_enabled=1
android_id=0123456789abcdef
always_on_vpn_app=null
assistant=
autofill_service=com.example.vault/.Fill
bluetooth_name=Example=Phone
default_input_method=com.example.keyboard/.ImeService
enabled_accessibility_services=com.example.screenreader/.ReaderService:com.example.coupons/com.example.coupons.Watcher
enabled_input_methods=com.example.keyboard/.ImeService;921088104;-1335428251
enabled_notification_listeners=com.example.launcher/.Badges:com.example.coupons/.Reader:com.example.removed/.Old
install_non_market_apps=1
lock_screen_owner_info=if found
please call the desk, ext=7
sms_default_application=com.example.sms
user_setup_complete=1
`
	if e.sdk < 26 {
		out = strings.Replace(out, "autofill_service=com.example.vault/.Fill\n", "", 1)
	}
	if e.sdk >= 34 {
		out += "credential_service=com.example.vault/.Credentials\n"
	}
	return out
}

func global(e era) string {
	out := "adb_enabled=1\n"
	if e.sdk >= 30 {
		out += "adb_wifi_enabled=0\n"
	}
	out += "airplane_mode_on=0\ndevelopment_settings_enabled=1\ndevice_name=Example Phone\nhttp_proxy=:0\npackage_verifier_user_consent=1\n"
	if e.sdk >= 28 {
		out += "private_dns_mode=hostname\nprivate_dns_specifier=dns.example.net\n"
	}
	return out + "verifier_verify_adb_installs=1\n"
}

func system(era) string {
	return "font_scale=1.0\nringtone=content://media/internal/audio/media/20?title=Example&canonical=1\nscreen_brightness=102\n"
}

func accessibility(e era) string {
	const reader = "Service[label=Vorlesen, feedbackType[FEEDBACK_SPOKEN], capabilities=27, eventTypes=TYPES_ALL_MASK, notificationTimeout=0"
	const watcher = "Service[label=Coupons, gratis, feedbackType[FEEDBACK_GENERIC], capabilities=41, eventTypes=[TYPE_VIEW_CLICKED, TYPE_VIEW_TEXT_CHANGED], notificationTimeout=100"
	head := "ACCESSIBILITY MANAGER (dumpsys accessibility)\n\n"
	switch {
	case e.samsung:
		return head + `currentUserId=0
User state[attributes:{id=0, currentUser=true, touchExplorationEnabled=false, displayMagnificationEnabled=false
  }
  installed services: {
    0 : com.example.screenreader/.ReaderService
    1 : com.example.coupons/.Watcher
  }
  enabled services: {
    0 : com.example.screenreader/.ReaderService
    1 : com.example.coupons/.Watcher
  }
  binding services: {
  }
  bound services:{
    ` + reader + `]
    ` + watcher + `]
  }
User state[attributes:{id=150, currentUser=false
  }
  installed services: {
  }
  enabled services: {
  }
`
	case e.sdk < 29:
		return head + "User state[attributes:{id=0, currentUser=true, touchExplorationEnabled=true, displayMagnificationEnabled=false, autoclickEnabled=false}\n" +
			"           services:{" + reader + "], \n                     " + watcher + "]}]\n"
	}
	button := ", requestA11yBtn=false]"
	return head + "User state[\n     attributes:{id=0, touchExplorationEnabled=true, serviceHandlesDoubleTap=false, installedServiceCount=2, magnificationModes={}}\n" +
		"     shortcut key:{}\n     button:{}\n     button target:{null}\n" +
		"     Bound services:{" + reader + button + ", \n                     " + watcher + button + "}\n" +
		"     Enabled services:{{com.example.screenreader/com.example.screenreader.ReaderService}, {com.example.coupons/com.example.coupons.Watcher}}\n" +
		"     Binding services:{}\n     Crashed services:{}\n     Client list info:{\n Registered clients:{\n  [com.example.launcher][com.example.bank]}}]\n"
}

func imeAll(e era) string {
	return `com.example.keyboard/.ImeService:
  mId=com.example.keyboard/.ImeService mSettingsActivityName=com.example.keyboard.Settings mIsVrOnly=false mSupportsSwitchingToNextInputMethod=true
  mIsDefaultResId=0x7f05000a
  Service:
    priority=0 preferredOrder=0 match=0x108000 specificIndex=-1 isDefault=false
    ServiceInfo:
      name=com.example.keyboard.ImeService
      packageName=com.example.keyboard
com.example.messenger/.StickerKeyboard:
  mId=com.example.messenger/.StickerKeyboard mSettingsActivityName=null mIsVrOnly=false
  Service:
    priority=0
`
}

func notification(e era) string {
	var out strings.Builder
	out.WriteString("Current Notification Manager state:\n  Notification List:\n")
	out.WriteString("    NotificationRecord(0x0a1b2c3d: pkg=com.example.messenger user=UserHandle{0} id=7 tag=null importance=4 key=0|com.example.messenger|7|null|10201: Notification(channel=chats))\n")
	out.WriteString("      uid=10201 userId=0\n      tickerText=Invented: your code is 000000\n      extras={\n        android.title=String (Invented Sender)\n        android.text=String (your code is 000000\nsecond line of an invented message)\n      }\n")
	out.WriteString("      effectiveNotificationChannel=NotificationChannel{mId='chats', mName=Invented, mDescription=, mImportance=4, mBypassDnd=false}\n\n  mSoundNotificationKey=null\n")
	out.WriteString("  RankingConfig:\n    mSignalExtractors.length = 13\n")
	channels(&out, e)
	out.WriteString("\n  Notification listeners:\n")
	const coupons, badges = "com.example.coupons/com.example.coupons.Reader", "com.example.launcher/com.example.launcher.Badges"
	if e.sdk >= 26 {
		out.WriteString("    Allowed notification listeners:\n      com.example.launcher/.Badges:" + coupons + " (user: 0 isPrimary: true)\n")
		if e.work != 0 {
			fmt.Fprintf(&out, "      com.example.launcher/.Badges (user: %d isPrimary: true)\n", e.work)
		}
	}
	if e.sdk >= 31 {
		out.WriteString("    Has user set:\n      userId=0 value={true=[com.example.coupons]}\n")
	}
	proxy := "android.service.notification.INotificationListener$Stub$Proxy@"
	out.WriteString("    All notification listeners (2) enabled for current profiles:\n      ComponentInfo{" + badges + "}\n      ComponentInfo{" + coupons + "}\n")
	out.WriteString("    Live notification listeners (3):\n      ComponentInfo{com.android.systemui/com.android.systemui.statusbar.NotificationListener} (user -1): " + proxy + "c1d4d0f SYSTEM\n")
	out.WriteString("      ComponentInfo{" + badges + "} (user 0): " + proxy + "e8e919c\n      ComponentInfo{" + coupons + "} (user 0): " + proxy + "9db7a5a\n")
	out.WriteString("    Snoozed notification listeners (0):\n\n  Notification assistant services:\n    Allowed notification assistants:\n      android.ext.services/android.ext.services.notification.Assistant (user: 0 isPrimary: true)\n    Live notification assistants (1):\n      ComponentInfo{android.ext.services/android.ext.services.notification.Assistant} (user 0): x@1\n\n  Zen Mode:\n    mInterruptionFilter=1\n")
	return out.String()
}

func channels(out *strings.Builder, e era) {
	switch {
	case e.sdk >= 29:
		out.WriteString("    per-package config version: 4\nPackagePreferences:\n")
	default:
		out.WriteString("    per-package config:\n      Records:\n")
	}
	channel := func(id, name string, importance int, conversation string) {
		if e.sdk < 26 {
			return
		}
		fmt.Fprintf(out, "          NotificationChannel{mId='%s', mName=%s, mDescription=, mImportance=%d, mBypassDnd=false, mLockscreenVisibility=-1000, mSound=content://settings/system/notification_sound, mLights=false, mLightColor=0, mVibration=null, mUserLockedFields=0, mVibrationEnabled=false, mShowBadge=true, mDeleted=false, mGroup='null'", id, name, importance)
		if e.sdk >= 30 {
			fmt.Fprintf(out, ", mBlockableSystem=false, mAllowBubbles=-1, mImportanceLockedByOEM=false, mOriginalImp=%d, mParent=null, mConversationId='%s'", importance, conversation)
		}
		out.WriteString("}\n")
	}
	out.WriteString("      AppSettings: com.example.messenger (10201) importance=DEFAULT userSet=true\n")
	channel("chats", "Cha...", 4, "null")
	if e.sdk >= 30 {
		channel("chats|000", "Inv...", 4, "invented-person-000")
	}
	out.WriteString("      AppSettings: com.alibaba.aliexpresshd (10205)\n")
	channel("orders", "Ord...", 3, "null")
	channel("promotions", "Pro...", 0, "null")
	out.WriteString("      AppSettings: com.example.bank (10203) importance=NONE userSet=true\n")
	if e.sdk >= 26 {
		out.WriteString("          NotificationChannelGroup{mId='g', mName=Gro..., mDescription=, mBlocked=false}\n")
	}
	out.WriteString("    Restored without uid:\n")
}

func devicePolicy(e era) string {
	out := "Current Device Policy Manager state:\n"
	if e.sdk >= 33 {
		out += "  Immutable state:\n    mHasFeature=true\n    mIsWatch=false\n  Device Owner Type: -1\n"
	}
	if e.work != 0 {
		owner := "com.example.workdpc/com.example.workdpc.Admin"
		if e.samsung {
			owner = "com.samsung.example.folder/com.samsung.example.folder.Admin"
		}
		pkg, _, _ := strings.Cut(owner, "/")
		out += fmt.Sprintf("  Profile Owner (User %d): \n    admin=ComponentInfo{%s}\n    name=%s\n    package=%s\n    canAccessDeviceIds=false\n\n", e.work, owner, e.workName, pkg)
	}
	head := "  Enabled Device Admins (User 0, provisioningState: 0):\n    com.example.findmine/.Admin:\n"
	if e.sdk < 28 {
		head = "  Enabled Device Admins (User 0):\n    ComponentInfo{com.example.findmine/com.example.findmine.Admin}:\n"
	}
	return out + head + "      uid=10210\n      testOnlyAdmin=false\n      policies:\n        reset-password\n        force-lock\n        wipe-data\n      passwordQuality=0x0\n      minimumPasswordLength=0\n      disableCamera=false\n      trustAgentInfos:\n  mPasswordOwner=-1\n  Encryption Status: per-user\n"
}

func owners(e era) string {
	switch {
	case e.sdk < 31:
		return "Error: unknown command 'list-owners'\n"
	case e.samsung:
		return "1 owner:\nUser 150: admin=com.samsung.example.folder/com.samsung.example.folder.Admin,ProfileOwner\n"
	case e.work != 0:
		return "1 owner:\nUser 10: admin=com.example.workdpc/com.example.workdpc.Admin,ManagedProfileOwner\n"
	}
	return "no owners\n"
}

func roles(e era) string {
	if e.sdk < 29 {
		return "cmd: Can't find service: role\n"
	}
	return "android.app.role.SMS\tcom.example.sms\nandroid.app.role.DIALER\tcom.example.dialer\nandroid.app.role.BROWSER\t\nandroid.app.role.HOME\tcom.example.launcher\nandroid.app.role.ASSISTANT\t\nandroid.app.role.CALL_SCREENING\t\nandroid.app.role.CALL_REDIRECTION\t\n"
}

func appLinks(e era) string {
	if e.sdk < 31 {
		return "Unknown command: get-app-links\n"
	}
	var out strings.Builder
	for _, pkg := range []string{"com.alibaba.aliexpresshd", "com.example.bank"} {
		digest := make([]string, 32)
		for i := range digest {
			digest[i] = fmt.Sprintf("%02X", sum("digest", pkg, i)&0xff)
		}
		fmt.Fprintf(&out, "  %s:\n    ID: 01234567-89ab-cdef-0123-%012x\n    Signatures: [%s]\n    Domain verification state:\n      www.example.com: verified\n      shop.example.net: 1024\n    User 0:\n      Verification link handling allowed: true\n      Selection state:\n        Disabled:\n          shop.example.net\n", pkg, sum("id", pkg), strings.Join(digest, ":"))
	}
	return out.String()
}
