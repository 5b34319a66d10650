/*
Appraise tells, for the apps and browser extensions it is shown, what each one is, who made it and how it
arrived, what it can do to its user, and what to do about it. It works offline and changes nothing.

Usage:

	appraise                      say what can be looked at on this computer
	appraise scan PATH...         read files and folders, and judge what they hold
	appraise explain WORD         tell what a word of a report means

# Scan

Scan reads APKs, IPAs, .app folders, Info.plist files, and browser extensions as folders, CRX or XPI files.
What a file is, is told by its content. Folders are walked; symbolic links are never followed out of them,
and nothing but regular files is opened. Archives are read in memory; nothing is unpacked to disk.

The answer has four parts: what needs attention, with why and what to do; the inventory, with two words for
each item (build: who made it; route: how it got here); who can see or read what; and what was not read or
not checked. The same in full, for programs: --format json (the schema is finding/report.schema.json).

# Exit codes

	0  no finding at or over --fail-on (default high)
	1  a finding at or over --fail-on
	2  wrong usage, configuration or policy
	3  something was not read that could change the answer, or there was nothing to read
	4  internal failure

1 wins over 3. Go itself ends a program that ran out of memory with 2 and a line that starts with
"fatal error:" or "runtime:".

# Privacy

Home folders and user names in paths are hidden in every output; --show-personal shows them. Nothing is sent
anywhere. SOURCE_DATE_EPOCH sets the time in a report; NO_COLOR or --no-color switches colour off.
*/
package main
