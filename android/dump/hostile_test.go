package dump_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// Every reader takes every prefix of every fixture, and every fixture of another command.
func TestTruncated(t *testing.T) {
	for _, era := range eras {
		for _, p := range parsers {
			b := fixture(t, era, p.name)
			for i := 0; i < len(b); i++ {
				if b[i] == '\n' && (i < 8<<10 || i%7 == 0) || i%97 == 0 && (i < 8<<10 || i%(97*11) == 0) {
					p.read(b[:i])
				}
			}
		}
	}
	for _, p := range append(parsers, extra...) {
		for _, other := range parsers {
			p.read(fixture(t, "sdk34", other.name))
		}
	}
}

// One era is cut at each line and each 97th byte without exception.
func TestTruncatedEverywhere(t *testing.T) {
	for _, p := range parsers {
		b := fixture(t, "sdk36", p.name)
		for i := range b {
			if b[i] == '\n' || i%97 == 0 {
				p.read(b[:i])
			}
		}
	}
}

// Line ends, byte order marks and complaints in between change nothing.
func TestSameInOtherClothes(t *testing.T) {
	for _, era := range eras {
		for _, p := range parsers {
			plain := fixture(t, era, p.name)
			want := fmt.Sprintf("%+v", p.read(plain))
			crlf := bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\n"))
			for name, b := range map[string][]byte{
				"crlf": crlf, "old adb": bytes.ReplaceAll(plain, []byte("\n"), []byte("\r\r\n")), "bom": append([]byte("\xef\xbb\xbf"), plain...),
				"utf-16": decoded(utf16le(plain, true)), "utf-16 without mark": decoded(utf16le(plain, false)),
			} {
				if got := fmt.Sprintf("%+v", p.read(b)); got != want && !strings.Contains(want, "0x") {
					t.Errorf("%s %s, %s:\n%s", era, p.name, name, cmp.Diff(want, got))
				}
			}
		}
	}
}

func decoded(b []byte) []byte {
	out, _ := dump.Decode(b)
	return out
}

func utf16le(b []byte, mark bool) []byte {
	var out []byte
	if mark {
		out = append(out, 0xff, 0xfe)
	}
	for _, unit := range utf16.Encode([]rune(string(b))) {
		out = append(out, byte(unit), byte(unit>>8))
	}
	return out
}

// A complaint in the middle is told and joins no value.
func TestComplaints(t *testing.T) {
	got, notes := dump.SettingsList([]byte("adb_enabled=1\nException occurred while executing 'list':\njava.lang.SecurityException: no\n\tat android.os.Parcel.x(Parcel.java:1)\nb=2\n"))
	if diff := cmp.Diff(dump.Settings{"adb_enabled": "1", "b": "2"}, got); diff != "" || len(notes) != 3 || !notes[2].Matters {
		t.Errorf("(-want +got)\n%s%v", diff, notes)
	}
	if value, notes := dump.SettingsGet([]byte("cmd: Can't find service: settings\n")); value != "" || len(notes) != 1 {
		t.Errorf("%q, %v", value, notes)
	}
}

// Names that no package can have lead nowhere; classes may have any.
func TestHostileNames(t *testing.T) {
	for _, name := range []string{"a b", "x'; touch y; '", "$(id)", "-x", ".a", "a..b", "a.", "", "a/b", "é.x", strings.Repeat("a", 300)} {
		if dump.PackageName(name) {
			t.Errorf("%q is a package name", name)
		}
		if got := dump.Components(name + "/.A:com.example.ok/.A"); len(got) != 1 {
			t.Errorf("%q: %v", name, got)
		}
	}
	// A class may be any text; what it can't be is empty, and no control character is left of it.
	for class, want := range map[string]string{"": "", "a b": "a b", "$(x)`": "$(x)`", "a\x1b[1m": `a\x1b[1m`, "a\xff": `a\xff`, "a\u009b": `a\xc2\x9b`} {
		got := dump.Components("com.example/" + class)
		if want == "" && len(got) != 0 || want != "" && (len(got) != 1 || got[0] != "com.example/"+want) {
			t.Errorf("class %q: %q", class, got)
		}
	}
	if got, unread := dump.ComponentList("null:12 km/h:com.example.ok/.A:text"); len(got) != 1 || len(unread) != 2 {
		t.Errorf("got %q, unread %q", got, unread)
	}
}

// The limits hold, each is told, and none takes long.
func TestBombs(t *testing.T) {
	long := bytes.Repeat([]byte("x"), 10<<20)
	var users, deep bytes.Buffer
	users.WriteString("Users:\n")
	for i := range 5_000 {
		fmt.Fprintf(&users, "\tUserInfo{%d:U:c13} running\n", 5_000-i)
	}
	for i := range 5_000 {
		fmt.Fprintf(&deep, "%sx:\n", strings.Repeat(" ", i))
	}
	if got, notes := dump.Users(users.Bytes()); len(got) != limits.DumpUsers || !limited(notes) {
		t.Errorf("%d users, notes %v", len(got), notes)
	}
	for _, p := range append(parsers, extra...) {
		p.read(long)
		p.read(deep.Bytes())
		p.read(append(append([]byte("Packages:\n  Package [a.b] (1):\n    versionName="), long...), "\n    userId=5\n"...))
		p.read(bytes.Repeat([]byte("k=\n"), 1<<18))
		p.read(bytes.Repeat([]byte("\n"), 1<<20))
		p.read(bytes.Repeat([]byte{0, 1, 0xff, '[', '{', ':'}, 1<<18))
	}
}

func limited(notes []lines.Note) bool {
	for _, n := range notes {
		if n.Limit {
			return true
		}
	}
	return false
}

// Values of very many lines take time in proportion to their length: a reader that joined them one by one would not end.
func TestManyLines(t *testing.T) {
	rest := bytes.Repeat([]byte("a b\n"), limits.DumpLineBytes/4)
	dump.GetProp(append([]byte("[k]: [v\n"), rest...))
	dump.SettingsList(append([]byte("k=v\n"), rest...))
	dump.Users(append([]byte("UserInfo{0:N\n"), rest...))
	dump.SettingsGet(rest)
}

// What is not an output at all gives nothing.
func TestJunk(t *testing.T) {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Skip("no binary to read")
	}
	self = self[:min(len(self), 1<<20)]
	for _, p := range append(parsers, extra...) {
		p.read(self)
	}
}
