package remedy

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"appraise/internal/limits"
)

// hostileWords are values that a phone may hold.
var hostileWords = []string{
	"", " ", "-", "--user", "-n", "a b", "a'b", `a"b`, "''", `""`, `'"'"'`, `\`, `\\`, `a\'b`, `a\"b`, `\042`, `$'\042'`,
	"$(touch PWNED)", "`touch PWNED`", "$PATH", "${IFS}", "$((1+1))", "; touch PWNED", "& touch PWNED", "| touch PWNED", "> PWNED", "< PWNED",
	"*", "?", "[a-z]", "{a,b}", "~", "~root", "!", "!!", "#", "a#b", "a=b", "=", "%", "%PATH%", "^", "@", "@a", ",", "a,b", "(a)", "%TEMP%",
	"$env:PATH", "$(Get-Process)", "`n", "--%", "-a.b", "-a:b", "1e3", "0x10", "&", "‘touch PWNED‘", "a’b", "‚", "‛", "“x”", "ä/é.Ö",
	"a.b/.C:d.e/.F$G", "a/b'c:d\"e$(touch PWNED):-f/.g", "x'; touch PWNED; '", `x"; touch PWNED; "`,
}

// shells are the host's shells of the kind sh that are installed here.
func shells(t *testing.T) [][]string {
	t.Helper()
	var found [][]string
	for _, shell := range [][]string{{"sh"}, {"dash"}, {"bash"}, {"mksh"}, {"mksh", "-o", "posix"}, {"busybox", "sh"}, {"zsh"}} {
		if _, err := exec.LookPath(shell[0]); err == nil {
			found = append(found, shell)
		}
	}
	if len(found) == 0 {
		t.Skip("no shell is installed")
	}
	return found
}

// deviceShells read what a phone's shell has to read.
func deviceShells(t *testing.T) [][]string {
	t.Helper()
	var found [][]string
	for _, shell := range [][]string{{"mksh"}, {"mksh", "-o", "posix"}, {"busybox", "sh"}} {
		if _, err := exec.LookPath(shell[0]); err == nil {
			found = append(found, shell)
		}
	}
	if len(found) == 0 {
		t.Skip("neither mksh nor busybox is installed")
	}
	return found
}

// evaluated lets a shell evaluate lines and returns the words of each. Nothing may be written on the way.
func evaluated(t *testing.T, shell []string, lines []string) [][]string {
	t.Helper()
	var script strings.Builder
	for _, line := range lines {
		script.WriteString("set -- " + line + "\nprintf '%s\\000' \"$@\"\nprintf '\\001'\n")
	}
	cmd := exec.Command(shell[0], append(shell[1:], "-c", script.String())...)
	cmd.Dir = t.TempDir()
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	if err != nil || complaints.Len() > 0 {
		t.Fatalf("%v: %v: %s", shell, err, complaints.Bytes())
	}
	if left, _ := exec.Command("ls", "-A", cmd.Dir).Output(); len(left) > 0 {
		t.Fatalf("%v wrote %s", shell, left)
	}
	var all [][]string
	for part := range strings.SplitSeq(strings.TrimSuffix(string(out), "\x01"), "\x01") {
		all = append(all, strings.Split(strings.TrimSuffix(part, "\x00"), "\x00"))
	}
	return all
}

// Both layers: the host's shell gives adb's exact arguments, and of those the phone's shell the command's exact words.
func TestTwoShells(t *testing.T) {
	target, err := NewTarget("127.0.0.1:5555", "[::1]:5037")
	if err != nil {
		t.Fatal(err)
	}
	var commands []Command
	var lines []string
	for _, word := range hostileWords {
		c := Command{"settings", "put", "--user", "0", "secure", "key", word, "end"}
		commands = append(commands, c)
		lines = append(lines, POSIX.Line(target.Argv(c)))
	}
	for _, shell := range shells(t) {
		for i, got := range evaluated(t, shell, lines) {
			if diff := cmp.Diff(got, target.Argv(commands[i])); diff != "" {
				t.Errorf("%v, %q (-got +want)\n%s", shell, hostileWords[i], diff)
			}
		}
	}
	for _, shell := range deviceShells(t) {
		var texts []string
		for _, c := range commands {
			argv := target.Argv(c)
			texts = append(texts, argv[len(argv)-1])
		}
		for i, got := range evaluated(t, shell, texts) {
			if diff := cmp.Diff(Command(got), commands[i]); diff != "" {
				t.Errorf("%v, %q (-got +want)\n%s", shell, hostileWords[i], diff)
			}
		}
	}
}

// PowerShell itself, where it is installed.
func TestPowerShell(t *testing.T) {
	program, err := exec.LookPath("pwsh")
	if err != nil {
		t.Skip("pwsh is not installed")
	}
	for _, word := range hostileWords {
		argv := Target{Serial: "emulator-5554"}.Argv(Command{"settings", "put", word})
		script := "function adb { foreach ($a in $args) { [Console]::Out.Write($a + [char]0) } }\n" + PowerShell.Line(argv)
		out, err := exec.Command(program, "-NoProfile", "-NonInteractive", "-Command", script).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); !cmp.Equal(got, argv[1:]) {
			t.Errorf("%q: got %q, want %q", word, got, argv[1:])
		}
	}
}

// PowerShell's rules for words, without PowerShell: a bare word of plain letters, or a verbatim string in which a quote
// of any of five kinds is doubled. No word holds a double quote, which older versions would break.
func TestPowerShellWords(t *testing.T) {
	for _, word := range hostileWords {
		argv := Target{Serial: "emulator-5554"}.Argv(Command{"settings", "put", word})
		line := PowerShell.Line(argv)
		got, ok := powershellWords(line)
		if diff := cmp.Diff(got, argv); diff != "" || !ok {
			t.Errorf("%q: %s: (-got +want)\n%s", word, line, diff)
		}
		if strings.Contains(line, `"`) {
			t.Errorf("%q: a double quote in %s", word, line)
		}
	}
	for _, test := range []struct{ word, want string }{
		{"com.example", "com.example"}, {"-s", "-s"}, {"-a.b", "'-a.b'"}, {"a,b", "'a,b'"}, {"@a", "'@a'"}, {"it's", "'it''s'"}, {"it’s", "'it’’s'"},
	} {
		if got := PowerShell.Line([]string{test.word}); got != test.want {
			t.Errorf("%q: got %s, want %s", test.word, got, test.want)
		}
	}
}

// powershellWords reads a line as PowerShell does, as far as the lines of this package go.
func powershellWords(line string) (words []string, ok bool) {
	quote := func(r rune) bool { return strings.ContainsRune("'‘’‚‛", r) }
	runes := []rune(line)
	for i := 0; i < len(runes); {
		word := ""
		switch {
		case runes[i] == ' ':
			i++
			continue
		case quote(runes[i]):
			for i++; ; i++ {
				if i >= len(runes) {
					return words, false
				}
				if quote(runes[i]) {
					if i+1 >= len(runes) || !quote(runes[i+1]) {
						break
					}
					i++
				}
				word += string(runes[i])
			}
			i++
		default:
			for ; i < len(runes) && runes[i] != ' '; i++ {
				if !unicode.IsLetter(runes[i]) && !unicode.IsDigit(runes[i]) && !strings.ContainsRune("_/.:-", runes[i]) {
					return words, false
				}
				word += string(runes[i])
			}
		}
		words = append(words, word)
	}
	return words, true
}

func TestFault(t *testing.T) {
	for _, test := range []struct {
		name, word string
		bad        bool
	}{
		{"plain", "a/b", false},
		{"quotes", `a'"b`, false},
		{"letters", "ä.Ö", false},
		{"newline", "a\nb", true},
		{"carriage return", "a\rb", true},
		{"tab", "a\tb", true},
		{"nul", "a\x00b", true},
		{"escape", "a\x1b[31mb", true},
		{"c1", "a\u009bb", true},
		{"bidi", "a\u202eb", true},
		{"zero width", "a\u200bb", true},
		{"line separator", "a\u2028b", true},
		{"no utf-8", "a\xffb", true},
		{"long", strings.Repeat("a", limits.FixCommandBytes), true},
		{"long by quoting", strings.Repeat("'", limits.FixCommandBytes/3), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := (Command{"settings", "put", test.word}).fault() != ""; got != test.bad {
				t.Errorf("got %v, want %v", got, test.bad)
			}
		})
	}
}

func TestNewTarget(t *testing.T) {
	for _, test := range []struct {
		name, serial, address string
		want                  []string
	}{
		{"none", "", "", []string{"adb"}},
		{"serial", "R58M123", "", []string{"adb", "-s", "R58M123"}},
		{"network", "192.0.2.1:5555", "", []string{"adb", "-s", "192.0.2.1:5555"}},
		{"server", "", "localhost:5937", []string{"adb", "-H", "localhost", "-P", "5937"}},
		{"server by address", "", "[::1]:5037", []string{"adb", "-H", "::1", "-P", "5037"}},
		{"option", "-s", "", nil},
		{"bare IPv6", "", "::1:5037", nil},
		{"brackets", "", "[$(id)]:5037", nil},
		{"injected", "a;b", "", nil},
		{"space", "a b", "", nil},
		{"newline", "a\n", "", nil},
		{"no port", "", "localhost", nil},
		{"port zero", "", "localhost:0", nil},
		{"port large", "", "localhost:65536", nil},
		{"port word", "", "localhost:adb", nil},
		{"host option", "", "-x:5037", nil},
		{"host injected", "", "$(id):5037", nil},
		{"no host", "", ":5037", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			target, err := NewTarget(test.serial, test.address)
			if (err != nil) != (test.want == nil) {
				t.Fatalf("got %v", err)
			}
			if err == nil && !cmp.Equal(target.adb(), test.want) {
				t.Errorf("got %q, want %q", target.adb(), test.want)
			}
		})
	}
}

// Whatever a word holds, one plain reading of either quoting gives it back.
func FuzzQuote(f *testing.F) {
	for _, word := range hostileWords {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		c := Command{"put", word}
		if c.fault() != "" {
			return
		}
		if got, ok := posixWords(c.Text()); !ok || !cmp.Equal(got, []string(c)) {
			t.Fatalf("phone: %s reads as %q", c.Text(), got)
		}
		argv := Target{}.Argv(c)
		if got, ok := posixWords(POSIX.Line(argv)); !ok || !cmp.Equal(got, argv) {
			t.Fatalf("sh: %s reads as %q", POSIX.Line(argv), got)
		}
		if got, ok := powershellWords(PowerShell.Line(argv)); !ok || !cmp.Equal(got, argv) {
			t.Fatalf("powershell: %s reads as %q", PowerShell.Line(argv), got)
		}
	})
}

// posixWords reads a line of bare plain words, strings in single quotes, \' and $'\042'; everything else is not ok.
func posixWords(line string) (words []string, ok bool) {
	word, in := "", false
	for i := 0; i < len(line); {
		switch rest := line[i:]; {
		case rest[0] == ' ':
			words, word, in = append(words, word), "", false
			i++
			continue
		case strings.HasPrefix(rest, `$'\042'`):
			word += `"`
			i += len(`$'\042'`)
		case strings.HasPrefix(rest, `\'`):
			word += "'"
			i += 2
		case rest[0] == '\'':
			end := strings.IndexByte(rest[1:], '\'')
			if end < 0 {
				return words, false
			}
			word += rest[1 : 1+end]
			i += end + 2
		default:
			if !plainWord.MatchString(rest[:1]) {
				return words, false
			}
			word += rest[:1]
			i++
		}
		in = true
	}
	if in {
		words = append(words, word)
	}
	return words, true
}
