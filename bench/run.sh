#!/bin/sh
# Measures appraise beside aapt, whole processes in pairs, in one run (see bench/procbench). Needs aapt
# (Debian: aapt). The two don't do the same work: aapt prints what the manifest says; appraise also hashes the
# whole file and judges what it found.
#
# RUNS (21) and MANY_RUNS (5): measured pairs of the short and of the long cases. MANY (200): APKs of the long one.
set -eu
cd "$(dirname "$0")/.."
runs=${RUNS:-21} many_runs=${MANY_RUNS:-5} many=${MANY:-200}
sample=testdata/samples/android/corner-shop.apk

command -v aapt >/dev/null || { echo "bench: aapt is missing (Debian: apt-get install aapt)" >&2; exit 1; }
make --no-print-directory build
go build -trimpath -o bin/procbench ./bench/procbench

# Inside bin, so that hard links reach the same file system.
folder=$(mktemp -d bin/bench-XXXXXX)
trap 'rm -rf "$folder"' EXIT
trap 'exit 1' HUP INT TERM

# Samples and real APKs in turn, until there are enough.
set -- testdata/samples/android/*.apk
for apk in testdata/cache/apks/*/*.apk; do
	[ -f "$apk" ] || continue
	set -- "$@" "$apk"
done
distinct=$#
count=0
while [ "$count" -lt "$many" ]; do
	for apk in "$@"; do
		[ "$count" -lt "$many" ] || break
		count=$((count + 1))
		target=$folder/$(printf '%03d' "$count").apk
		ln "$apk" "$target" 2>/dev/null || cp "$apk" "$target"
	done
done
megabytes=$(cat "$folder"/*.apk | wc -c | awk '{ printf "%d", $1 / 1000000 }')

uname -srm
go version
echo "CPUs: $(getconf _NPROCESSORS_ONLN 2>/dev/null || echo unknown)"
echo 'Each figure is a median, with the least and the greatest; a ratio is the median over the pairs. "<=" marks an upper bound.'
echo
bin/procbench -runs "$runs" -names appraise,aapt -title "One small APK, $runs pairs" \
	bin/appraise scan --format json "$sample" -- aapt dump badging "$sample"
echo
bin/procbench -runs "$many_runs" -names 'appraise,aapt each' \
	-title "$many APKs ($distinct distinct, $megabytes MB in all), $many_runs pairs: one appraise beside $many aapt" \
	bin/appraise scan --format json "$folder" -- \
	sh -c 'for apk in "$1"/*.apk; do aapt dump badging "$apk"; done' sh "$folder"
echo
bin/procbench -runs "$runs" -names 'appraise --help,aapt version' -title "Start alone, $runs pairs" \
	bin/appraise --help -- aapt version
