#!/bin/sh
# Builds the APKs of one small app in parts, and the manifest of an app bundle, with aapt, aapt2 and apksigner.
#
# The content is reproducible, the signatures are not: both keys are made here and deleted with the work folder.
# Needs (Debian packages): aapt, android-framework-res, apksigner and the keytool that comes with its Java.
set -eu
cd "$(dirname "$0")"

framework=${FRAMEWORK:-/usr/share/android-framework-res/framework-res.apk}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

for key in one other; do
	keytool -genkeypair -keystore "$work/$key.p12" -storetype PKCS12 -storepass sample -alias sample -keyalg EC -keysize 256 \
		-dname "CN=Parts sample $key" -startdate '2026/01/01 00:00:00' -validity 18250 2>/dev/null
done

# build NAME KEY PACKAGE VERSION ATTRIBUTES BODY
build() {
	cat >"$work/AndroidManifest.xml" <<XML
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="$3" android:versionCode="$4" android:versionName="1.$4" $5>
$6
</manifest>
XML
	aapt package -f -I "$framework" -M "$work/AndroidManifest.xml" -F "$work/$1"
	apksigner sign --ks "$work/$2.p12" --ks-pass pass:sample --min-sdk-version 24 --v1-signing-enabled false \
		--v4-signing-enabled false --out "$1" "$work/$1"
}

sdk='<uses-sdk android:minSdkVersion="24" android:targetSdkVersion="34"/>'
base="$sdk<uses-permission android:name=\"android.permission.CAMERA\"/>
<application android:hasCode=\"false\" android:label=\"Parts\"><activity android:name=\"com.example.parts.Main\" android:exported=\"true\">
<intent-filter><action android:name=\"android.intent.action.MAIN\"/><category android:name=\"android.intent.category.LAUNCHER\"/></intent-filter>
</activity></application>"
config='<application android:hasCode="false"/>'

build base.apk one com.example.parts 7 '' "$base"
build whole-older.apk one com.example.parts 6 '' "$base"
build split_config.de.apk one com.example.parts 7 'split="config.de" configForSplit=""' "$config"
build split_maps.apk one com.example.parts 7 'split="maps"' "$sdk<uses-permission android:name=\"android.permission.ACCESS_FINE_LOCATION\"/>
<application android:hasCode=\"false\"><service android:name=\"com.example.parts.Maps\" android:exported=\"true\"/></application>"
build split_maps.config.de.apk one com.example.parts 7 'split="maps.config.de" configForSplit="maps"' "$config"
build resigned.apk other com.example.parts 7 'split="config.de" configForSplit=""' "$config"
build version-8.apk one com.example.parts 8 'split="config.de" configForSplit=""' "$config"
build package-other.apk one com.example.other 7 'split="config.de" configForSplit=""' "$config"

cat >"$work/AndroidManifest.xml" <<XML
<manifest xmlns:android="http://schemas.android.com/apk/res/android" package="com.example.uploaded" android:versionCode="300" android:versionName="1.5">
<uses-sdk android:minSdkVersion="21" android:targetSdkVersion="34"/>
<uses-permission android:name="android.permission.CAMERA" android:maxSdkVersion="30"/>
<application android:hasCode="false" android:label="Uploaded"/>
</manifest>
XML
aapt2 link --proto-format -I "$framework" --manifest "$work/AndroidManifest.xml" -o "$work/module.zip"
unzip -p "$work/module.zip" AndroidManifest.xml >bundle-manifest.pb
