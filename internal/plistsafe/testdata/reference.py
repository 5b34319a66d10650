#!/usr/bin/env python3
"""Python's plistlib as a producer of property lists and as a second opinion on them.

reference.py make DIR      writes generated property lists in both forms into DIR, the same ones each time
reference.py fixtures DIR  writes info.xml.plist and info.binary.plist, the fixtures kept beside this file
reference.py read FILE...  prints one JSON line a file: its values with their types, or null where plistlib refuses it
"""
import base64
import datetime
import json
import os
import plistlib
import random
import struct
import sys

WORDS = ["CFBundleIdentifier", "NSContactsUsageDescription", "名前", "Ключ", "", "a b", "é<&>\"'", "😀", "x" * 300, "~ipad"]


def value(rnd, depth):
    kind = rnd.randrange(11 if depth < 4 else 8)
    if kind == 0:
        return rnd.choice([True, False])
    if kind == 1:
        return rnd.choice([0, 1, 255, 256, 65535, 65536, 2**31, 2**32, 2**63 - 1, 2**64 - 1, rnd.randrange(2**40)])
    if kind == 2:
        return -rnd.choice([1, 128, 129, 2**31, 2**63, rnd.randrange(1, 2**40)])
    if kind == 3:
        return rnd.choice([0.0, -1.5, 1e300, rnd.random()])
    if kind == 4:
        return rnd.randbytes(rnd.choice([0, 1, 14, 15, 16, 300]))
    if kind == 5:
        return datetime.datetime(2001, 1, 1) + datetime.timedelta(seconds=rnd.randrange(-10**9, 10**9))
    if kind in (6, 7):
        return rnd.choice(WORDS) * rnd.randrange(1, 4)
    if kind == 8:
        return [value(rnd, depth + 1) for _ in range(rnd.randrange(20))]
    return table(rnd, depth + 1)


def table(rnd, depth):
    return {rnd.choice(WORDS) + str(rnd.randrange(50)): value(rnd, depth) for _ in range(rnd.randrange(20))}


def make(folder):
    for seed in range(60):
        root = table(random.Random(seed), 0)
        for name, form in (("xml", plistlib.FMT_XML), ("bin", plistlib.FMT_BINARY)):
            with open(os.path.join(folder, f"{seed:03}.{name}.plist"), "wb") as f:
                plistlib.dump(root, f, fmt=form)


def fixtures(folder):
    info = {
        "CFBundleIdentifier": "com.example.notes",
        "CFBundleDisplayName": "Notizen · 备忘录",
        "CFBundleShortVersionString": "2.4.1",
        "UIDeviceFamily": [1, 2],
        "LSRequiresIPhoneOS": True,
        "Built": datetime.datetime(2025, 3, 1, 12, 0, 0),
        "Ratio": 0.75,
        "Below": -12,
        "Key": bytes(range(32)),
        "NSAppTransportSecurity": {"NSExceptionDomains": {"example.com": {"NSIncludesSubdomains": True}}},
        "NSContactsUsageDescription": "Kontakte aus Ihrem Adressbuch vorschlagen.",
    }
    for name, form in (("xml", plistlib.FMT_XML), ("binary", plistlib.FMT_BINARY)):
        with open(os.path.join(folder, f"info.{name}.plist"), "wb") as f:
            plistlib.dump(info, f, fmt=form)


def tagged(v):
    if isinstance(v, bool):
        return ["bool", v]
    if isinstance(v, plistlib.UID):
        return ["uid", str(v.data)]
    if isinstance(v, int):
        return ["int", str(v)]
    if isinstance(v, float):
        return ["real", struct.pack(">d", v).hex()]
    if isinstance(v, bytes):
        return ["data", base64.b64encode(v).decode()]
    if isinstance(v, datetime.datetime):
        return ["date", v.strftime("%Y-%m-%dT%H:%M:%S")]
    if isinstance(v, str):
        return ["string", v]
    if isinstance(v, list):
        return ["array", [tagged(x) for x in v]]
    if isinstance(v, dict):
        return ["dict", {k: tagged(x) for k, x in v.items()}]
    return ["other", repr(v)]


def read(names):
    for name in names:
        try:
            with open(name, "rb") as f:
                print(json.dumps(tagged(plistlib.load(f))))
        except Exception:  # whatever plistlib raises on a bad list
            print("null")


if __name__ == "__main__":
    if sys.argv[1] == "make":
        make(sys.argv[2])
    elif sys.argv[1] == "fixtures":
        fixtures(sys.argv[2])
    else:
        read(sys.argv[2:])
