#!/bin/sh
# Makes the signed APKs of android/apksig/testdata from testdata/apk-src/signed, one per way of signing, with real
# tools: aapt, zipalign, apksigner, jarsigner. Then writes apksigner.tsv beside them: what apksigner says of each.
#
# The keys are throw-away: made anew in each run and deleted with the work folder, so two runs give different
# signatures. So the APKs are kept when all are there and hold what would be signed now; "make-signed.sh -f" makes
# them anew in any case. The two test keys in android/apksig/testdata/keys are kept; the tests sign with them.
#
# Needs (Debian packages): aapt, android-framework-res, zipalign, apksigner, openssl and a JDK (keytool, jarsigner).
set -eu
cd "$(dirname "$0")"
source=$PWD/apk-src/signed out=$PWD/../android/apksig/testdata
framework=${FRAMEWORK:-/usr/share/android-framework-res/framework-res.apk}
force=${1:-}

for tool in aapt zipalign apksigner jarsigner keytool openssl; do
	command -v "$tool" >/dev/null || { echo "make-signed: $tool is missing; see the head of $0" >&2; exit 1; }
done
[ -f "$framework" ] || { echo "make-signed: no framework at $framework (Debian: android-framework-res)" >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$out/keys" "$work/made"
cd "$work" # all names below are relative, so that they hold no space

# --- what is signed

# unsigned MIN: makes unsigned-MIN.apk, for platforms from API level MIN on.
unsigned() {
	[ -f "unsigned-$1.apk" ] && return
	aapt package -f -I "$framework" -M "$source/AndroidManifest.xml" -A "$source/assets" \
		--min-sdk-version "$1" --target-sdk-version 29 -F raw.apk
	zipalign -f 4 raw.apk "unsigned-$1.apk"
}

# content APK: size, method, checksum and name of every entry but the signature's own.
content() {
	aapt list -v "$1" | awk 'NF >= 8 && $NF !~ /^META-INF\/|^stamp-cert-sha256$/ { print $1, $2, $(NF-1), $NF }'
}

# --- keys: NAME.pk8 (PKCS #8, DER) and NAME.pem (certificate)

# key NAME OPTIONS...: a key by "openssl genpkey OPTIONS" with a certificate that it signs itself.
key() {
	name=$1
	shift
	openssl genpkey -quiet -out "$name.key" "$@"
	openssl pkcs8 -topk8 -nocrypt -in "$name.key" -outform DER -out "$name.pk8"
	openssl req -x509 -new -sha256 -key "$name.key" -subj "/CN=appraise test $name" -days 18250 -out "$name.pem"
}

rsa() { key "$1" -algorithm RSA -pkeyopt "rsa_keygen_bits:$2"; }
ec() { key "$1" -algorithm EC -pkeyopt "ec_paramgen_curve:$2" -pkeyopt ec_param_enc:named_curve; }

# dsa NAME BITS Q-BITS
dsa() {
	openssl genpkey -quiet -genparam -algorithm DSA -pkeyopt "dsa_paramgen_bits:$2" -pkeyopt "dsa_paramgen_q_bits:$3" -out "$1.param"
	key "$1" -paramfile "$1.param"
}

# keystore NAME SUBJECT: an RSA-2048 key in NAME.p12 as keytool makes it, the way of the Android tools' debug key.
keystore() {
	keytool -genkeypair -keystore "$1.p12" -storetype PKCS12 -storepass android -alias "$1" \
		-keyalg RSA -keysize 2048 -dname "$2" -validity 10950 2>/dev/null
}

# by NAME: apksigner's options for a key.
by() { echo "--key $1.pk8 --cert $1.pem"; }

make_keys() {
	rsa rsa1024 1024
	rsa rsa2048 2048
	rsa rsa2048-new 2048
	rsa rsa4096 4096
	ec ec256 P-256
	ec ec384 P-384
	ec ec521 P-521
	dsa dsa1024 1024 160
	dsa dsa2048 2048 256
	keystore androiddebugkey 'CN=Android Debug, O=Android, C=US'
	rsa stamp 2048
}

# test_key NAME KIND SIZE: a pair for the tests that sign themselves, made once. It guards nothing.
test_key() {
	[ -f "$out/keys/$1.key.pem" ] && return
	"$2" "$1" "$3"
	(echo 'test key, guards nothing' && cat "$1.key") >"$out/keys/$1.key.pem"
	cp "$1.pem" "$out/keys/$1.cert.pem"
}

# --- rotations: NAME.lineage

make_lineages() {
	# shellcheck disable=SC2046 # the options are words
	apksigner rotate --out two.lineage --old-signer $(by rsa2048) --new-signer $(by rsa2048-new)
	apksigner rotate --out first.lineage --old-signer $(by rsa2048) --new-signer $(by ec256)
	apksigner rotate --in first.lineage --out three.lineage --old-signer $(by ec256) --new-signer $(by rsa4096)
	apksigner rotate --out rollback.lineage --old-signer $(by rsa2048) --set-rollback true --new-signer $(by ec256)
}

# --- APKs

# sign NAME MIN SCHEMES OPTIONS...: SCHEMES are the digits of those to sign with, as in 12 for v1 and v2.
sign() {
	apk=apksigner-$1.apk min=$2 schemes=$3
	shift 3
	unsigned "$min"
	for scheme in 1 2 3 4; do
		case $schemes in *"$scheme"*) enabled=true ;; *) enabled=false ;; esac
		set -- "$@" "--v$scheme-signing-enabled" "$enabled"
	done
	# The options of a signer come last, after --next-signer and the like; those above hold wherever they stand.
	apksigner sign --in "unsigned-$min.apk" --out "made/$apk" "$@"
}

# jarsign NAME MIN KEYSTORE OPTIONS...
jarsign() {
	apk=jarsigner-$1.apk min=$2 store=$3
	shift 3
	unsigned "$min"
	cp "unsigned-$min.apk" "made/$apk"
	jarsigner -keystore "$store.p12" -storepass android "$@" "made/$apk" "$store" >/dev/null 2>&1
}

# shellcheck disable=SC2046 # the options are words
make_apks() {
	debug='--ks androiddebugkey.p12 --ks-pass pass:android'
	jarsign v1-debug-key 18 androiddebugkey
	jarsign v1-sha512-sections 24 androiddebugkey -digestalg SHA-512 -sigalg SHA512withRSA -sectionsonly
	sign v1-rsa2048 18 1 $(by rsa2048)
	sign v1-rsa2048-sha1 14 1 $(by rsa2048)
	sign v1-ec256 18 1 $(by ec256)
	sign v1-dsa1024-sha1 14 1 $(by dsa1024)
	sign v1-dsa2048 21 1 $(by dsa2048)
	sign v1-two-signers 18 1 $(by rsa2048) --next-signer $(by ec256)
	sign v2-rsa1024 24 2 $(by rsa1024)
	sign v2-rsa2048 24 2 $(by rsa2048)
	sign v2-rsa4096-sha512 24 2 $(by rsa4096)
	sign v2-ec256 24 2 $(by ec256)
	sign v2-ec384 24 2 $(by ec384)
	sign v2-ec521 24 2 $(by ec521)
	sign v2-dsa2048 24 2 $(by dsa2048)
	sign v2-verity 28 2 --verity-enabled $(by rsa2048)
	sign v3-rsa2048 28 3 $(by rsa2048)
	sign v3-ec256 33 3 $(by ec256)
	sign v1v2-rsa2048 18 12 $(by rsa2048)
	sign v1v2-two-signers 18 12 $(by rsa2048) --next-signer $(by ec256)
	sign v1v2v3-rsa2048 18 123 $(by rsa2048)
	sign v1v2v3-rsa1024 18 123 $(by rsa1024)
	sign v1v2v3-debug-key 18 123 $debug
	sign v2v3-verity 24 23 --verity-enabled $(by ec256)
	sign v2v3v4-rsa2048 24 234 $(by rsa2048)
	sign v2v3v4-ec256 24 234 $(by ec256)
	sign v1v2v3-stamp 18 123 --stamp-signer $(by stamp) --next-signer $(by rsa2048)
	sign v3-stamp 30 3 --stamp-signer $(by stamp) --next-signer $(by ec256)
	sign v1v2v3-rotated-two 18 123 --lineage two.lineage $(by rsa2048) --next-signer $(by rsa2048-new)
	sign v3-rotated-two 28 3 --lineage two.lineage $(by rsa2048-new)
	sign v1v2v3-rotated-three 18 123 --lineage three.lineage $(by rsa2048) --next-signer $(by rsa4096)
	sign v3-rotated-rollback 28 3 --lineage rollback.lineage $(by ec256)
}

# --- what apksigner says: apksigner.tsv

# row FILE MIN: one line; MIN is empty for the lowest platform of the manifest.
row() {
	set -- "$1" "$2" ${2:+--min-sdk-version "$2"}
	[ -f "$out/$1.idsig" ] && set -- "$@" --v4-signature-file "$out/$1.idsig"
	file=$1 min=$2
	shift 2
	apksigner verify -v --print-certs "$@" "$out/$file" 2>&1 | awk -v file="$file" -v min="$min" '
		/^Verifies$/ { ok = 1 }
		/^Verified using v[1-4] scheme/ { scheme[$3] = $NF == "true" }
		/^Verified for SourceStamp: true$/ { stamp = 1 }
		/^Signer #[0-9]+ certificate SHA-256 digest: / { signers = signers (signers ? "," : "") $NF }
		/^ERROR: / { sub(/^ERROR: /, ""); gsub(/\t/, " "); error = error ? error : $0 }
		END {
			printf "%s\t%s\t%s\t%d\t%d\t%d\t%s\t%d\t%d\t%s\n", file, min, ok ? "ok" : "fail",
				scheme["v1"], scheme["v2"], scheme["v3"], signers, scheme["v4"], stamp, error
		}'
}

verdicts() {
	printf 'file\tmin_sdk\tverdict\tv1\tv2\tv3\tsigners\tv4\tstamp\terror\n'
	for apk in "$out"/*.apk; do
		for min in '' 18 24 28 33; do
			row "$(basename "$apk")" "$min"
		done
	done
}

# up_to_date: every APK that would be made is there and holds what would be signed.
up_to_date() {
	for apk in made/*.apk; do
		[ -f "$out/${apk#made/}" ] && [ "$(content "$apk")" = "$(content "$out/${apk#made/}")" ] || return 1
	done
}

test_key rsa-2048 rsa 2048
test_key ec-p256 ec P-256
make_keys
make_lineages
make_apks
if [ "$force" != -f ] && up_to_date; then
	echo 'make-signed: android/apksig/testdata is up to date, kept'
else
	rm -f "$out"/*.apk "$out"/*.idsig
	cp made/* "$out/"
	echo "make-signed: $(find made -name '*.apk' | wc -l) APKs in android/apksig/testdata made anew, each signed with throw-away keys"
fi
verdicts >apksigner.tsv
if ! cmp -s apksigner.tsv "$out/apksigner.tsv"; then
	cp apksigner.tsv "$out/apksigner.tsv"
	echo 'make-signed: android/apksig/testdata/apksigner.tsv written'
fi
