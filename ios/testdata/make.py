#!/usr/bin/env python3
"""Makes the sample bundles of the ios tests with Python's plistlib: make.py [DIR], by default beside this file.

The trees are laid out as Xcode lays them out. Executables are text that says so.
"""
import os
import plistlib
import sys

XML, BINARY = plistlib.FMT_XML, plistlib.FMT_BINARY
JS = "// Placeholder: the tests read what the property list says about this file, not the file.\n"


def info(ident, name, kind="APPL", **more):
    base = {
        "CFBundleDevelopmentRegion": "en",
        "CFBundleExecutable": name,
        "CFBundleIdentifier": ident,
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleName": name,
        "CFBundlePackageType": kind,
        "CFBundleShortVersionString": "3.2.1",
        "CFBundleSupportedPlatforms": ["iPhoneOS"],
        "CFBundleVersion": "321",
        "DTPlatformName": "iphoneos",
        "DTSDKName": "iphoneos18.2",
        "MinimumOSVersion": "15.0",
        "UIDeviceFamily": [1, 2],
    }
    return {**base, **more}


def extension(ident, name, point, **attributes):
    return info(ident, name, "XPC!", NSExtension={
        "NSExtensionAttributes": attributes,
        "NSExtensionPointIdentifier": point,
        "NSExtensionPrincipalClass": name + ".Principal",
    })


NOTES = info(
    "com.example.notes", "Notes",
    CFBundleDisplayName="Notizbuch 备忘录",
    CFBundleURLTypes=[{"CFBundleURLName": "com.example.notes", "CFBundleURLSchemes": ["examplenotes"]}],
    LSApplicationQueriesSchemes=["mailto", "tel", "weixin"],
    LSRequiresIPhoneOS=True,
    NSAppTransportSecurity={
        "NSAllowsLocalNetworking": True,
        "NSExceptionDomains": {
            "files.example.com": {"NSExceptionAllowsInsecureHTTPLoads": True, "NSIncludesSubdomains": True},
            "old.example.com": {"NSExceptionMinimumTLSVersion": "TLSv1.0"},
        },
    },
    NSBonjourServices=["_examplenotes._tcp"],
    NSCalendarsWriteOnlyAccessUsageDescription="Trägt Erinnerungen in Ihren Kalender ein.",
    NSCameraUsageDescription="拍摄纸质笔记。",
    NSContactsUsageDescription="Для отправки заметки выберите получателя.",
    NSLocationAlwaysAndWhenInUseUsageDescription="لتذكيرك عند الوصول إلى مكان ما.",
    NSLocationTemporaryUsageDescriptionDictionary={"Pin": "Μία φορά, για την ακριβή θέση της σημείωσης."},
    NSLocationWhenInUseUsageDescription="Um den Ort einer Notiz zu speichern.",
    NSPhotoLibraryAddUsageDescription="ノートを画像として保存します。",
    NSUserTrackingUsageDescription="",
    SKAdNetworkItems=[{"SKAdNetworkIdentifier": "example1.skadnetwork"}, {"SKAdNetworkIdentifier": "example2.skadnetwork"}],
    UIBackgroundModes=["location", "remote-notification"],
    UIFileSharingEnabled=True,
)

SAFARI_MANIFEST = """{
  "manifest_version": 3,
  "name": "Coupons",
  "version": "1.0",
  "host_permissions": ["https://*.example.com/*"],
  "content_scripts": [{"matches": ["https://shop.example.org/*"], "js": ["content.js"]}]
}
"""

BUNDLES = {
    # The app's own list is binary, as Xcode builds it; nested ones alternate.
    "notes.app": (BINARY, NOTES),
    "notes.app/PlugIns/NotesKeys.appex": (XML, {
        **extension("com.example.notes.keys", "NotesKeys", "com.apple.keyboard-service",
                    IsASCIICapable=False, PrefersRightToLeft=False, PrimaryLanguage="de-DE", RequestsOpenAccess=True),
        "NSMicrophoneUsageDescription": "Zum Diktieren.",
    }),
    "notes.app/PlugIns/Share.appex": (BINARY, extension(
        "com.example.notes.share", "Share", "com.apple.share-services",
        NSExtensionActivationRule={"NSExtensionActivationSupportsWebPageWithMaxCount": 1},
        NSExtensionJavaScriptPreprocessingFile="Preprocess")),
    "notes.app/Extensions/Shortcuts.appex": (XML, info(
        "com.example.notes.shortcuts", "Shortcuts", "XPC!",
        EXAppExtensionAttributes={"EXExtensionPointIdentifier": "com.apple.appintents-extension"})),
    "notes.app/Watch/NotesWatch.app": (BINARY, info(
        "com.example.notes.watch", "NotesWatch", CFBundleSupportedPlatforms=["WatchOS"], DTPlatformName="watchos",
        MinimumOSVersion="9.0", UIDeviceFamily=[4], WKApplication=True, WKCompanionAppBundleIdentifier="com.example.notes",
        NSFallDetectionUsageDescription="Détecte une chute pour prévenir un proche.")),
    "notes.app/Watch/NotesWatch.app/PlugIns/Face.appex": (XML, extension(
        "com.example.notes.watch.face", "Face", "com.apple.widgetkit-extension")),
    "notes.app/AppClips/Clip.app": (XML, info("com.example.notes.Clip", "Clip", NSAppClip={"NSAppClipRequestLocationConfirmation": False})),
    "notes.app/Frameworks/Paper.framework": (BINARY, info("com.example.paper", "Paper", "FMWK")),
    "coupons.app": (XML, info("com.example.coupons", "Coupons", NSAppTransportSecurity={"NSAllowsArbitraryLoads": True})),
    "coupons.app/PlugIns/Web.appex": (BINARY, extension("com.example.coupons.web", "Web", "com.apple.Safari.web-extension")),
}

FILES = {
    "notes.app/PkgInfo": "APPL????",
    "notes.app/Notes": "This is not code.\n",
    "notes.app/_CodeSignature/CodeResources": "This is not a seal.\n",
    "notes.app/PlugIns/Share.appex/Preprocess.js": JS,
    "coupons.app/PlugIns/Web.appex/Resources/manifest.json": SAFARI_MANIFEST,
    "coupons.app/PlugIns/Web.appex/Resources/content.js": JS,
}


def put(folder, name, data):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for bundle, (form, values) in BUNDLES.items():
        put(folder, bundle + "/Info.plist", plistlib.dumps(values, fmt=form))
    for name, text in FILES.items():
        put(folder, name, text.encode())


main()
