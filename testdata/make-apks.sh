#!/bin/sh
# Builds the sample APKs of testdata/samples/android from testdata/apk-src with aapt and apksigner.
#
# The content is reproducible byte for byte. The signature is not: each build signs with a throw-away key that
# is deleted with the work folder. So a sample whose content hasn't changed is kept as it is.
#
# Needs (Debian packages): aapt, android-framework-res, apksigner and the keytool that comes with its Java.
set -eu
cd "$(dirname "$0")"

framework=${FRAMEWORK:-/usr/share/android-framework-res/framework-res.apk}
for tool in aapt apksigner keytool; do
	command -v "$tool" >/dev/null || { echo "make-apks: $tool is missing; see the head of $0" >&2; exit 1; }
done
[ -f "$framework" ] || { echo "make-apks: no framework at $framework (Debian: android-framework-res)" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# content APK: size, method, checksum and name of every entry but the signature's own.
content() {
	aapt list -v "$1" | awk 'NF >= 8 && $NF !~ /^META-INF\// { print $1, $2, $(NF-1), $NF }'
}

# build NAME SUBJECT KEYALG SIZE SIGNER-OPTIONS...
build() {
	name=$1 subject=$2 algorithm=$3 size=$4
	shift 4
	src=apk-src/$name out=samples/android/$name.apk
	aapt package -f -I "$framework" -M "$src/AndroidManifest.xml" -S "$src/res" -A "$src/assets" -F "$work/$name.apk"
	if [ -f "$out" ] && [ "$(content "$out")" = "$(content "$work/$name.apk")" ]; then
		echo "make-apks: $out is up to date, kept"
		return
	fi
	keytool -genkeypair -keystore "$work/$name.p12" -storetype PKCS12 -storepass sample -alias sample \
		-keyalg "$algorithm" -keysize "$size" -dname "$subject" -startdate '2026/01/01 00:00:00' -validity 18250 2>/dev/null
	apksigner sign --ks "$work/$name.p12" --ks-pass pass:sample --v4-signing-enabled false "$@" \
		--out "$work/$name-signed.apk" "$work/$name.apk"
	apksigner verify "$work/$name-signed.apk"
	mv "$work/$name-signed.apk" "$out"
	echo "make-apks: $out built and signed with a throw-away key"
}

mkdir -p samples/android
# Schemes v1, v2 and v3: the app runs on systems that know v1 only.
build corner-shop 'CN=Corner Shop sample, O=Example' RSA 2048
# Scheme v2 alone, key of nobody.
build fake-aliexpress 'CN=Throw-away sample key' EC 256 --v1-signing-enabled false --v3-signing-enabled false
# Schemes v2 and v3.
build messenger 'CN=Pigeon sample, O=Example' RSA 3072 --v1-signing-enabled false
