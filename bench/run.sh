#!/bin/sh
# Measures appraise beside other programs, whole processes in turn, in one run (see bench/procbench). What isn't
# installed or can't be fetched is left out with a word why. aapt (Debian: aapt) is needed in any case.
#
# No two do quite the same work. aapt prints what the manifest says; "appraise scan" also verifies the signature,
# hashes the whole file and judges what it found. openssl only hashes: it is what reading the file must cost.
# apksigner and avast's apkverifier (bench/avast) verify signatures, as "appraise verify" does.
#
# "appraise phone" is measured on a fake phone, beside adb and apksigner (see bench/phonebench).
#
# RUNS (21), MANY_RUNS (5), VERIFY_RUNS (9) and PHONE_RUNS (5): measured rounds of the short, the long, the signature and
# the phone cases. MANY (200): APKs of the long case; SMALL (300): of the folder of small ones; PHONE (300): apps on the
# phone. CASES: which (start scan big small phone).
set -eu
cd "$(dirname "$0")/.."
runs=${RUNS:-21} many_runs=${MANY_RUNS:-5} verify_runs=${VERIFY_RUNS:-9} phone_runs=${PHONE_RUNS:-5}
many=${MANY:-200} small=${SMALL:-300} phone=${PHONE:-300} cases=${CASES:-start scan big small phone}
sample=testdata/samples/android/corner-shop.apk
avast=bin/bench-avast
big=bin/bench-cache/168mb.apk
apksigner_sample=10

has() { command -v "$1" >/dev/null; }
skip() { echo "bench: $1 skipped: $2" >&2; }

# megabytes FILE...: of all together.
megabytes() { cat "$@" | wc -c | awk '{ printf "%.1f", $1 / 1000000 }'; }

# fill FOLDER COUNT APK...: links to the APKs in turn, until there are enough.
fill() {
	folder=$1 wanted=$2 count=0
	shift 2
	mkdir -p "$folder"
	while [ "$count" -lt "$wanted" ]; do
		for apk in "$@"; do
			[ "$count" -lt "$wanted" ] || break
			count=$((count + 1))
			target=$folder/$(printf '%03d' "$count").apk
			ln "$apk" "$target" 2>/dev/null || cp "$apk" "$target"
		done
	done
}

# each FOLDER COMMAND...: words for procbench that run a command once an APK of a folder.
# The command gets the APK as its last argument.
each='folder=$1; shift; for apk in "$folder"/*.apk; do "$@" "$apk"; done'

# build_avast: its own module, because of its licence and so that nothing else needs it.
build_avast() {
	rm -f "$avast"
	why=$(cd bench/avast && go build -trimpath -o "../../$avast" . 2>&1) ||
		skip "avast's apkverifier" "$(echo "$why" | head -n 1)"
}

# make_padded TARGET BYTES: a big APK, kept between runs: a real one of 18 MB, a stored entry of so many random bytes,
# signed v2 and v3 with the test key. Its manifest says minSdkVersion 26, so no verifier has to be told a platform.
make_padded() {
	[ -f "$1" ] && return
	source=testdata/cache/apks/appium-uiautomator2-server-10.6.6/appium-uiautomator2-server-v10.6.6.apk
	[ -f "$source" ] || { skip "$1" "there is no $source (testdata/get-apks.sh)"; return 1; }
	for tool in zipalign openssl apksigner; do
		has "$tool" || { skip "$1" "$tool is missing"; return 1; }
	done
	keys=$PWD/android/apksig/testdata/keys
	mkdir -p "$work/big/assets"
	cp "$source" "$work/big/raw.apk"
	(
		cd "$work/big"
		openssl rand -out assets/pad.bin "$2"
		aapt add -0 bin raw.apk assets/pad.bin >/dev/null
		zipalign -f 4 raw.apk aligned.apk
		openssl pkcs8 -topk8 -nocrypt -in "$keys/rsa-2048.key.pem" -outform DER -out key.pk8
		apksigner sign --key key.pk8 --cert "$keys/rsa-2048.cert.pem" --v1-signing-enabled false --v2-signing-enabled true \
			--v3-signing-enabled true --v4-signing-enabled false --in aligned.apk --out signed.apk
	) || { skip "$1" 'it could not be made'; return 1; }
	mkdir -p "${1%/*}"
	mv "$work/big/signed.apk" "$1"
	rm -rf "$work/big"
}

# accepts APK: a program that doesn't verify what is right is fast for the wrong reason.
accepts() {
	said=$(bin/appraise verify "$1" 2>&1) && [ -n "$said" ] && return
	skip '"appraise verify"' "it doesn't accept $1, which is signed rightly"
	return 1
}

# --- cases

start() {
	bin/procbench -runs "$runs" -names 'appraise --help,aapt version' -title "Start alone, $runs pairs" \
		bin/appraise --help -- aapt version
}

scan() {
	bin/procbench -runs "$runs" -names appraise,aapt -title "One small APK, $runs pairs" \
		bin/appraise scan --format json "$sample" -- aapt dump badging "$sample"
	echo
	set -- testdata/samples/android/*.apk
	for apk in testdata/cache/apks/*/*.apk; do
		[ ! -f "$apk" ] || set -- "$@" "$apk"
	done
	fill "$work/many" "$many" "$@"
	bin/procbench -runs "$many_runs" -names 'appraise,aapt each' \
		-title "$many APKs ($# distinct, $(megabytes "$work/many"/*.apk) MB in all), $many_runs pairs: one appraise beside $many aapt" \
		bin/appraise scan --format json "$work/many" -- sh -c "$each" sh "$work/many" aapt dump badging
}

# big: one signature over many bytes.
big() {
	make_padded "$big" 150281000 && accepts "$big" || return 0 # 168.0 MB in all
	set -- bin/appraise verify "$big"
	names='appraise verify'
	! has openssl || { set -- "$@" -- openssl dgst -sha256 "$big"; names="$names,openssl sha256"; }
	! has apksigner || { set -- "$@" -- apksigner verify "$big"; names=$names,apksigner; }
	[ ! -x "$avast" ] || { set -- "$@" -- "$avast" "$big"; names=$names,avast; }
	bin/procbench -runs "$verify_runs" -names "$names" -title "One signed APK of $(megabytes "$big") MB, $verify_runs rounds
goals: wall at most x 0.70 of avast's, CPU at most x 1.35 of openssl's, peak memory at most 40 MB" "$@"
}

# small: many signatures over few bytes.
# Of many kinds, as a fleet has them: the samples, the fixtures, small published APKs and, where they are at hand, the
# public vectors of apksig, of which some are wrong on purpose.
small() {
	set -- testdata/samples/android/*.apk android/apksig/testdata/apksigner-*.apk
	for apk in ../shared/corpus/apksig/*.apk; do
		[ ! -s "$apk" ] || set -- "$@" "$apk"
	done
	for apk in testdata/cache/apks/*/*.apk; do
		[ ! -f "$apk" ] || [ "$(wc -c <"$apk")" -ge 1000000 ] || set -- "$@" "$apk"
	done
	fill "$work/small" "$small" "$@"
	what="$small signed APKs ($# distinct, $(megabytes "$work/small"/*.apk) MB in all), $verify_runs rounds"
	! accepts "$sample" || { verify_small && echo; }
	scan_small
}

verify_small() {
	set -- bin/appraise verify "$work/small"
	names='appraise verify'
	[ ! -x "$avast" ] || { set -- "$@" -- "$avast" "$work/small"; names=$names,avast; }
	note="goal: wall at most x 0.67 of avast's, that is 1.5 times its speed"
	if has apksigner; then
		fill "$work/some" "$apksigner_sample" "$work/small"/*5.apk # of every tenth, so that they are of many kinds
		set -- "$@" -- sh -c "$each" sh "$work/some" apksigner verify
		names="$names,apksigner x $apksigner_sample"
		note="$note
apksigner starts anew for each APK and gets $apksigner_sample of the $small only: all would take $((small / apksigner_sample)) times its figures"
	else
		skip apksigner 'it is missing'
	fi
	bin/procbench -runs "$verify_runs" -names "$names" -title "Verify $what
$note" "$@"
}

scan_small() {
	set -- bin/appraise scan --format json "$work/small"
	names='appraise scan'
	[ ! -x "$avast" ] || { set -- "$@" -- "$avast" "$work/small"; names=$names,avast; }
	bin/procbench -runs "$verify_runs" -names "$names,aapt each" -title "Scan $what
goal: wall at most x 1.43 of avast's, that is 0.7 times its speed" "$@" -- sh -c "$each" sh "$work/small" aapt dump badging
}

# phone: ten APKs of 0.2 to 44 MB, real ones and padded ones, 16.7 MB each on average: as 300 apps 5 GB.
phone() {
	for tool in adb apksigner busybox; do
		has "$tool" || { skip '"appraise phone"' "$tool is missing"; return 0; }
	done
	set --
	for apk in testdata/cache/apks/*/*.apk; do
		[ ! -f "$apk" ] || set -- "$@" "$apk"
	done
	for megabytes in 19 21 24 28 44; do
		padded=bin/bench-cache/${megabytes}mb.apk
		make_padded "$padded" $((megabytes * 1000000 - 17716000)) || return 0
		set -- "$@" "$padded"
	done
	bin/phonebench -work "$work" -runs "$phone_runs" -packages "$phone" "$@"
}

has aapt || { echo 'bench: aapt is missing (Debian: apt-get install aapt)' >&2; exit 1; }
make --no-print-directory build
go build -trimpath -o bin/ ./bench/procbench ./bench/phonebench
build_avast

# Inside bin, so that hard links reach the same file system.
work=$(mktemp -d bin/bench-XXXXXX)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

uname -srm
go version
echo "CPUs: $(getconf _NPROCESSORS_ONLN 2>/dev/null || echo unknown); $(uptime | sed 's/.*load/load/')"
echo 'Each figure is a median, with the least and the greatest; a ratio is the median over the rounds, of the first row'
echo 'by another. "<=" marks an upper bound.'
for name in $cases; do
	case $name in
	start | scan | big | small | phone) echo && "$name" ;;
	*) echo "bench: there is no case $name" >&2 && exit 1 ;;
	esac
done
