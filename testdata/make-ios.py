#!/usr/bin/env python3
"""Makes the iOS samples with Python's plistlib: make-ios.py [DIR], by default samples/ios beside this file.

Both are bundles as they lie in an IPA's Payload folder, but hold no code: the file that CFBundleExecutable names is a
line of text. Nothing is signed. samples/ios/README.md says what each is for.
"""
import os
import plistlib
import sys

PLACEHOLDER = "This is not code. It stands where an app's program lies.\n"


def info(ident, name, kind, version, build, **more):
    base = {
        "BuildMachineOSBuild": "24C101",
        "CFBundleDevelopmentRegion": "en",
        "CFBundleDisplayName": name,
        "CFBundleExecutable": name.replace(" ", ""),
        "CFBundleIdentifier": ident,
        "CFBundleInfoDictionaryVersion": "6.0",
        "CFBundleName": name.replace(" ", ""),
        "CFBundlePackageType": kind,
        "CFBundleShortVersionString": version,
        "CFBundleSignature": "????",
        "CFBundleSupportedPlatforms": ["iPhoneOS"],
        "CFBundleVersion": build,
        "DTCompiler": "com.apple.compilers.llvm.clang.1_0",
        "DTPlatformName": "iphoneos",
        "DTPlatformVersion": "18.2",
        "DTSDKName": "iphoneos18.2",
        "DTXcode": "1620",
        "MinimumOSVersion": "14.0",
        "UIDeviceFamily": [1],
        "UIRequiredDeviceCapabilities": ["arm64"],
    }
    return {**base, **more}


def keyboard(ident, name, version, build, open_access):
    return info(ident, name, "XPC!", version, build, NSExtension={
        "NSExtensionAttributes": {
            "IsASCIICapable": False,
            "PrefersRightToLeft": False,
            "PrimaryLanguage": "en-US",
            "RequestsOpenAccess": open_access,
        },
        "NSExtensionPointIdentifier": "com.apple.keyboard-service",
        "NSExtensionPrincipalClass": name + ".KeyboardViewController",
    })


# Not the app of that name: the official identifier is com.alibaba.iAliexpress, with a small e.
FAKE = info(
    "com.alibaba.iAliExpress", "AliExpress", "APPL", "8.104.0", "2041",
    CFBundleURLTypes=[{"CFBundleTypeRole": "Editor", "CFBundleURLName": "com.alibaba.iAliExpress", "CFBundleURLSchemes": ["aliexpress"]}],
    LSRequiresIPhoneOS=True,
    NSAppTransportSecurity={"NSAllowsArbitraryLoads": True},
    NSCameraUsageDescription="Take a photo of an item to search for it.",
    NSContactsUsageDescription="Find friends who already shop here and send them coupons.",
    NSLocationAlwaysAndWhenInUseUsageDescription="Show delivery offers near you, also while the app is closed.",
    NSLocationWhenInUseUsageDescription="Show delivery offers near you.",
    NSPhotoLibraryUsageDescription="Add pictures to a review.",
    UIBackgroundModes=["location", "remote-notification"],
    UILaunchStoryboardName="Launch",
)

PLAIN = info(
    "com.example.plainkeyboard", "Plain Keyboard", "APPL", "2.0.1", "57",
    LSRequiresIPhoneOS=True,
    UILaunchStoryboardName="Launch",
)

XML, BINARY = plistlib.FMT_XML, plistlib.FMT_BINARY
BUNDLES = {
    "AliExpress.app": (BINARY, FAKE),
    "AliExpress.app/PlugIns/QuickType.appex": (XML, keyboard("com.alibaba.iAliExpress.quicktype", "QuickType", "8.104.0", "2041", True)),
    "PlainKeyboard.app": (XML, PLAIN),
    "PlainKeyboard.app/PlugIns/Keyboard.appex": (BINARY, keyboard("com.example.plainkeyboard.keyboard", "Keyboard", "2.0.1", "57", False)),
}


def put(folder, name, data):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def main():
    beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), "samples", "ios")
    folder = sys.argv[1] if len(sys.argv) > 1 else beside
    for bundle, (form, values) in BUNDLES.items():
        put(folder, bundle + "/Info.plist", plistlib.dumps(values, fmt=form))
        put(folder, bundle + "/PkgInfo", (values["CFBundlePackageType"] + values["CFBundleSignature"]).encode())
        put(folder, bundle + "/" + values["CFBundleExecutable"], PLACEHOLDER.encode())


main()
