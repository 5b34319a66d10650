#!/bin/sh
# Installs the Debian packages that the tests read or run, where that can be done: only what is missing, and only
# with apt-get, as root or with sudo that asks no password. Elsewhere it names what is missing and what for; the
# tests that need it skip, and the exit code is 0.
set -u

# file or command | package | what the tests need it for
needs='aapt|aapt|building APKs to read
/usr/share/android-framework-res/framework-res.apk|android-framework-res|building APKs to read
apksigner|apksigner|signing them; a second opinion on signatures
zipalign|zipalign|aligning them, for the benchmark and make-signed.sh
keytool|default-jre-headless|making throw-away keys
openssl|openssl|making throw-away keys, the benchmark
/usr/share/chromium/extensions/ublock-origin|webext-ublock-origin-chromium|a real Chromium extension
/usr/share/mozilla/extensions/{ec8030f7-c20a-464f-9b0e-13a3a9e97384}/uBlock0@raymondhill.net|webext-ublock-origin-firefox|a real Firefox extension
adb|adb|a phone that the tests make up, and that real adb talks to
mksh|mksh|its shell
toybox|toybox|its tools
busybox|busybox|its other tools
python3|python3|a second opinion on property lists and archives
npm|npm|fetching real APKs'

# missing: the lines of needs whose file or command isn't there.
missing() {
	echo "$needs" | while IFS='|' read -r thing package what; do
		[ -e "$thing" ] || command -v "$thing" >/dev/null || echo "$thing|$package|$what"
	done
}

# as_root: how to run a command as root without being asked; fails when there is no way.
as_root() {
	[ "$(id -u)" = 0 ] && return
	sudo -n true 2>/dev/null && echo 'sudo -n'
}

install() {
	command -v apt-get >/dev/null || { echo "get-packages: there is no apt-get here" >&2; return; }
	sudo=$(as_root) || { echo "get-packages: neither root nor sudo without a password: nothing is installed" >&2; return; }
	$sudo apt-get -qq update </dev/null || echo "get-packages: apt-get update did not succeed; going on with the lists at hand" >&2
	# One at a time: a package that this system can't have doesn't keep the others away.
	missing | cut -d'|' -f2 | while read -r package; do
		echo "get-packages: installing $package"
		$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$package" </dev/null >/dev/null ||
			echo "get-packages: $package can't be installed" >&2
	done
}

[ -z "$(missing)" ] && exit 0
install
missing | while IFS='|' read -r thing package what; do
	echo "get-packages: $package is missing ($what); tests that need it skip" >&2
done
exit 0
