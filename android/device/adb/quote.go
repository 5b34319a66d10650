package adb

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"appraise/android/dump"
)

// Paths that may stand in a command: under a partition that holds apps. Source: AOSP's partition names; my_* are Oppo's.
var appPath = regexp.MustCompile(`^/(data/app|data/preload|system|system_ext|product|vendor|odm|oem|apex|mnt|my_[a-z]+)/`)

var serial = regexp.MustCompile(`^[A-Za-z0-9._:\[\]%][A-Za-z0-9._:\[\]%-]{0,127}$`)

// maxPath is Linux' PATH_MAX.
const maxPath = 4096

func validSerial(s string) bool { return serial.MatchString(s) }

// ValidName reports whether a package name may stand in a command.
func ValidName(name string) bool { return len(name) < 256 && dump.PackageName(name) }

// CheckPath says why a path may not stand in a command.
func CheckPath(path string) error {
	switch {
	case path == "":
		return errors.New("the phone names no file")
	case len(path) > maxPath:
		return errors.New("its path is too long")
	case !utf8.ValidString(path):
		return errors.New("its path is no UTF-8")
	case strings.ContainsFunc(path, func(r rune) bool { return r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 }):
		return errors.New("its path holds control characters")
	case !appPath.MatchString(path):
		return errors.New("its path is outside the folders of apps")
	}
	for segment := range strings.SplitSeq(path, "/") {
		if segment == ".." {
			return errors.New("its path leads upwards")
		}
	}
	return nil
}

// Quote makes one word of the phone's shell out of s.
func Quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
