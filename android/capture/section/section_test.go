package section

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"appraise/android/capture/files"
	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

const dashes = "-------------------------------------------------------------------------------\n"

const text = "------ SYSTEM PROPERTIES (getprop) ------\n[a]: [b]\n------ 0.009s was the duration of 'SYSTEM PROPERTIES' ------\n" +
	"------ DUMPSYS CRITICAL (/system/bin/dumpsys) ------\n" +
	dashes + "DUMP OF SERVICE CRITICAL notification:\nshort\n--------- 0.1s was the duration of dumpsys notification, ending at: x\n" +
	"------ DUMPSYS NORMAL (/system/bin/dumpsys) ------\n" +
	dashes + "DUMP OF SERVICE adb:\nkeys\n--------- 0.1s was the duration of dumpsys adb, ending at: x\n" +
	dashes + "DUMP OF SERVICE notification:\nlong\n------ own line ------\n--------- 0.1s was the duration of dumpsys notification, ending at: x\n" +
	dashes + "DUMP OF SERVICE package:\nPackages:\n--------- 0.1s was the duration of dumpsys package, ending at: x\n" +
	"------ PROCESSES (ps) ------\n1 init\n"

func wanted(service string) bool {
	return slices.Contains([]string{Properties, "notification", "package", "user"}, service)
}

func TestSplit(t *testing.T) {
	for name, in := range map[string]io.Reader{"whole": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text)),
		"CRLF": strings.NewReader(strings.ReplaceAll(text, "\n", "\r\n"))} {
		var b files.Budget
		got, twice, err := Split(in, &b, wanted)
		if err != nil || len(twice) > 0 {
			t.Fatal(name, twice, err)
		}
		want := []Section{{Service: Properties, Text: []byte("[a]: [b]")}, {Service: "notification", Text: []byte("long\n------ own line ------")}, {Service: "package", Text: []byte("Packages:")}}
		for i := range got {
			got[i].Text = bytes.TrimSpace(bytes.ReplaceAll(got[i].Text, []byte("\r"), nil))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if b.Kept == 0 || b.Kept > int64(len(text)+100) {
			t.Errorf("%s: %d bytes counted", name, b.Kept)
		}
	}
}

// What is taken is what splitting the whole text gives, where no service stands twice.
func TestSplitAgreesWithDump(t *testing.T) {
	once := strings.ReplaceAll(text, "CRITICAL notification", "CRITICAL window")
	whole, _ := dump.BugreportSections([]byte(once))
	got, _, err := Split(strings.NewReader(once), &files.Budget{}, wanted)
	if err != nil || len(got) != 3 {
		t.Fatal(got, err)
	}
	for _, s := range got {
		if diff := cmp.Diff(string(whole[s.Service]), string(s.Text)); diff != "" {
			t.Errorf("%s (-whole +streamed):\n%s", s.Service, diff)
		}
	}
}

func TestSplitFaults(t *testing.T) {
	broken := errors.New("broken")
	end := strings.Index(text, "Packages:") + 4
	for _, tt := range []struct {
		name  string
		in    io.Reader
		fault bool // of the section; else err
		kept  int64
	}{
		{"ends inside", strings.NewReader(text[:end]), true, 0},
		{"breaks inside", io.MultiReader(strings.NewReader(text[:end]), iotest.ErrReader(broken)), true, 0},
		{"breaks outside", io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken)), false, 0},
		{"too much kept", strings.NewReader(text), true, limits.CaptureKept - 150},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := Split(tt.in, &files.Budget{Kept: tt.kept}, wanted)
			last := got[len(got)-1]
			if (last.Fault != nil) != tt.fault || (err != nil) == tt.fault {
				t.Errorf("fault %v, error %v", last.Fault, err)
			}
		})
	}
}

func TestUserLines(t *testing.T) {
	got := string(UserLines([]byte("Users:\n  UserInfo{0:A {B}:c13} serialNo=0\n    State: RUNNING_UNLOCKED\n    Account name: x\n  UserInfo{10:W:30}\n    State: -1\n  UserInfo{11:no end\nUserInfo{12:Z:0}")))
	want := "\tUserInfo{0:A {B}:c13} running\n\tUserInfo{10:W:30}\n\tUserInfo{12:Z:0}\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	users, notes := dump.Users([]byte(got))
	if len(users) != 3 || len(notes) > 0 || !users[0].Running || users[1].Running {
		t.Errorf("they are read as %v, %v", users, notes)
	}
}

func TestSettings(t *testing.T) {
	got, notes := Settings([]byte("SECURE SETTINGS (user 0)\n_id:1 name:b pkg:x value:2=3\n_id:1 name:a pkg:x value:1 default:0 defaultSystemSet:true\nSECURE SETTINGS (user 10)\n"))
	if string(got["secure"]) != "a=1\nb=2=3\n" || got["secure@10"] != nil || len(notes) > 0 {
		t.Errorf("got %q, %v", got, notes)
	}
}

func FuzzSplit(f *testing.F) {
	f.Add(text)
	f.Add(strings.ReplaceAll(text, "\n", "\r\n"))
	f.Add("UserInfo{0:A:0}\nState: RUNNING\nDUMP OF SERVICE user:\nDUMP OF SERVICE user:\n")
	f.Fuzz(func(t *testing.T, text string) {
		list, _, _ := Split(strings.NewReader(text), &files.Budget{}, wanted)
		for _, s := range list {
			if !wanted(s.Service) || !strings.Contains(text, string(s.Text)) {
				t.Errorf("section %q is none of the text", s.Service)
			}
		}
		UserLines([]byte(text))
		Settings([]byte(text))
	})
}

// What an app writes into a service's dump neither ends its section nor begins another unseen.
func TestSplitForged(t *testing.T) {
	const end = "--------- 0.1s was the duration of dumpsys "
	whole := func(body string) string {
		return dashes + "DUMP OF SERVICE adb:\nkeys\n" + end + "adb, ending at: x\n" +
			dashes + "DUMP OF SERVICE package:\n" + body + end + "package, ending at: x\n"
	}
	for name, tt := range map[string]struct{ text, want string }{
		"another's end":   {whole("one\n" + end + "adb, ending at: x\ntwo\n"), "two"},
		"its own end":     {whole("one\n" + end + "package, ending at: x\ntwo\n"), "two"},
		"a title":         {whole("one\nDUMP OF SERVICE adb:\ntwo\n"), "two"},
		"a part's title":  {whole("one\n------ SYSTEM PROPERTIES (getprop) ------\ntwo\n"), "two"},
		"a service whole": {whole("one\n" + dashes + "DUMP OF SERVICE adb:\ntwo\n"), "one"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _, err := Split(strings.NewReader(tt.text), &files.Budget{}, wanted)
			if err != nil || len(got) != 1 || !bytes.Contains(got[0].Text, []byte(tt.want)) {
				t.Fatal(got, err)
			}
			matters := slices.ContainsFunc(got[0].Notes, func(n lines.Note) bool { return n.Matters })
			if plain := name == "a part's title"; matters == plain {
				t.Errorf("notes %v", got[0].Notes)
			}
		})
	}
	elsewhere := dashes + "DUMP OF SERVICE adb:\nDUMP OF SERVICE package:\n------ SYSTEM PROPERTIES (getprop) ------\nforged\n" + end + "adb, ending at: x\n"
	if got, _, err := Split(strings.NewReader(elsewhere), &files.Budget{}, wanted); err != nil || len(got) > 0 {
		t.Error(got, err)
	}
}
