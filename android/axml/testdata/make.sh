#!/bin/sh
# Rebuilds the fixtures from src. Needs Debian's packages aapt and android-framework-res (API 29).
set -eu
cd "$(dirname "$0")"
framework=/usr/share/android-framework-res/framework-res.apk
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

take() { # apk, prefix
    unzip -qo "$1" -d "$work/$2"
    cp "$work/$2/AndroidManifest.xml" "$2-manifest.bin"
    cp "$work/$2/resources.arsc" "$2-resources.bin"
    cp "$work/$2/res/xml/network.xml" "$2-network.bin"
    aapt dump xmltree "$1" AndroidManifest.xml >"$2-manifest.txt"
    aapt dump xmltree "$1" res/xml/network.xml >"$2-network.txt"
    aapt dump --values resources "$1" >"$2-resources.txt"
}

aapt package -f -M src/AndroidManifest.xml -S src/res -I "$framework" -F "$work/aapt.apk"
take "$work/aapt.apk" aapt

aapt2 compile --dir src/res -o "$work/res.zip"
link() { # prefix, options
    prefix=$1
    shift
    aapt2 link -o "$work/$prefix.apk" --manifest src/AndroidManifest.xml -I "$framework" "$@" "$work/res.zip"
    take "$work/$prefix.apk" "$prefix"
}
link aapt2
link aapt2-raw --keep-raw-values
link aapt2-bare --no-xml-namespaces
sed -i.orig 's/minSdkVersion="21"/minSdkVersion="28"/' src/AndroidManifest.xml
link aapt2-sparse --enable-sparse-encoding
mv src/AndroidManifest.xml.orig src/AndroidManifest.xml
link aapt2-library --shared-lib
# Equal to those of another link.
rm aapt2-raw-resources.* aapt2-raw-network.* aapt2-bare-resources.* aapt2-bare-network.* aapt2-sparse-manifest.* aapt2-sparse-network.* aapt2-library-network.*
chmod 644 ./*.bin
