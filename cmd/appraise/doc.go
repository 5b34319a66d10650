/*
Appraise tells, for the apps and browser extensions it is shown, what each one is, who made it and how it
arrived, what it can do to its user, and what to do about it. It works offline and changes nothing.

Usage:

	appraise                      say what can be looked at on this computer
	appraise scan PATH...         read files and folders, and judge what they hold
	appraise phone                read a whole Android phone over adb, and judge its apps
	appraise verify PATH...       check the signatures of Android apps, and whose they are
	appraise diff OLD NEW         tell what changed from one version, folder or report to another
	appraise explain WORD         tell what a word of a report means

# Scan

Scan reads APKs, IPAs, .app folders, Info.plist files, and browser extensions as folders, CRX or XPI files.
What a file is, is told by its content. Folders are walked; symbolic links are never followed out of them,
and nothing but regular files is opened. Archives are read in memory; nothing is unpacked to disk.

The answer has four parts: what needs attention, with why and what to do; the inventory, with two words for
each item (build: who made it; route: how it got here); who can see or read what; and what was not read or
not checked. The same in full, for programs: --format json (the schema is finding/report.schema.json).

What was signed by whom stands in a table of its own where a signature was checked. --min-sdk and --max-sdk narrow
the Android versions that a signature is judged for; --brand takes the name of a built-in brand pack or the file of
one's own, NAME.yaml.

# Phone

Phone reads an attached Android phone with the user's own adb, without copying its apps: which apps there are, how they
came and who signed them, what they were allowed, what is switched on that reaches into other apps, and how the phone is
set. Nothing is pushed, installed or changed; messages, contacts, pictures, accounts and logs are not read. Of each APK
from outside the system the parts are read that tell signer, manifest and name: some hundred thousand bytes of an app of
many million. --save keeps all of it in a bundle, from which scan gives the same findings later; scan reads the folders
of AndroidQF and bug reports in the same way, as far as they carry the same facts. Such a bundle holds what the phone
printed, its serial included: it is readable by its owner alone, and should stay so.

The first 24 lines hold the answer: the phone and the age of its patches, what needs attention, who can see or read what
(now: switched on or used; allowed; may ask), which keyboards, accessibility services, notification listeners and device
admins are on, the system's own included, how much was not checked, and the reminder to switch USB debugging off and to
revoke its authorisations. The same in full follows.

A word on a signature says what was proved: the signer's signature was checked, and the phone compared the content when
it installed the app. It does not compare what came with it, and on a rooted phone nothing of this is worth anything.
--verify full reads every app from outside the system whole and compares it here. How an app came is "claimed" wherever
it rests on the phone's record of the installer, which can be set by whoever installs over adb.

Several phones are told apart by --serial; without it phone names them by number and model and reads none. Audit only a
phone that is yours, or whose owner agrees. Taking access away from software can be noticed by whoever put it there: the
advice says where help should come first.

# Verify

Verify checks APK signatures as Android does: v1, v2, v3 and v3.1, for every Android version from the app's lowest
on. One line of verdict an item says whether the signature holds; below it stand who signed, with the whole SHA-256
of the certificate, what Android versions do differently, how the key was changed, what a brand pack says of the
signer, and what a store stamped. Problems have apksig's names. No rule is asked: scan judges what an app may do.

A signature that holds says that nothing was changed since it was made. Who made it, the name in the certificate
does not prove: only a pinned digest does. Signatures of iOS apps and browser extensions are not verified by this
version.

# Diff

Diff compares two inventories, each a file, a folder, or a report that scan saved as JSON, and tells what came and
went, another signer or version, new permissions and powers, and how else an item is built. Items are paired by
platform, kind and id. Each change has a severity of its own ("appraise explain changes" lists them). Android
refuses an update whose signer is another one, unless the old key proved the new one; diff tells these two apart.

# Exit codes

	0  no finding, or for diff no change, at or over --fail-on (default high); for verify: every signature holds
	1  a finding or change at or over --fail-on; for verify: a signature that is invalid, missing, or holds for a
	   part of the asked Android versions only, a look-alike, or another signer than the pinned one
	2  wrong usage, configuration or policy, or a saved report that can't be read; several phones and no --serial
	3  something was not read that could change the answer, or there was nothing to read; for verify also what
	   can't be checked; for phone also one that went away half-way
	4  internal failure; for phone: no adb, no phone, or one that does not accept this computer

With --require-official, verify gives 1 as well for an item that no brand pack names, and 3 for one whose signer is
not proved. 1 wins over 3. Go itself ends a program that ran out of memory with 2 and a line that starts with
"fatal error:" or "runtime:".

# Privacy

Home folders and user names in paths, and the serials of phones, are hidden in every output; --show-personal shows
them. Of a phone neither accounts nor messages are read. Nothing is sent anywhere. SOURCE_DATE_EPOCH sets the time in a report; NO_COLOR or --no-color switches colour off.
*/
package main
