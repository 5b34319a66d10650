package remedy

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"appraise/internal/limits"
	"appraise/internal/textsafe"
)

// Command is one command of the phone's shell, word by word.
type Command []string

// Text is the command as the phone's shell, mksh, has to read it. A double quote is written $'\042': older Windows
// PowerShell would break a program's argument that holds one.
func (c Command) Text() string {
	words := make([]string, len(c))
	for i, word := range c {
		words[i] = deviceWord(word)
	}
	return strings.Join(words, " ")
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,-]+$`)

func deviceWord(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return strings.ReplaceAll(posixQuoted(word), `"`, `'$'\042''`)
}

func posixQuoted(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// fault says why a command can't be printed: what a person sees and copies must be what is run.
func (c Command) fault() string {
	for _, word := range c {
		if !utf8.ValidString(word) || strings.ContainsFunc(word, func(r rune) bool { return !textsafe.Raw(r) }) {
			return "its command would hold characters that can't be shown"
		}
	}
	if len(c.Text()) > limits.FixCommandBytes {
		return fmt.Sprintf("its command would be longer than %d bytes", limits.FixCommandBytes)
	}
	return ""
}

// Target says which phone a command is for. Empty fields leave the choice to adb.
type Target struct {
	Serial string
	Host   string // of the adb server
	Port   string
}

var (
	serialForm = regexp.MustCompile(`^[A-Za-z0-9._:\[\]%][A-Za-z0-9._:\[\]%-]{0,127}$`)
	// serverForm is a name, an IPv4 address, or an IPv6 address in brackets, and a port.
	serverForm = regexp.MustCompile(`^(?:\[([0-9A-Fa-f][0-9A-Za-z.:%]{0,127}|:[0-9A-Za-z.:%]{0,127})\]|([A-Za-z0-9][A-Za-z0-9._-]{0,252})):([0-9]{1,5})$`)
)

// NewTarget checks a serial and the host:port of an adb server; either may be empty.
func NewTarget(serial, address string) (Target, error) {
	if serial != "" && !serialForm.MatchString(serial) {
		return Target{}, fmt.Errorf("%q is no serial of a phone", serial)
	}
	if address == "" {
		return Target{Serial: serial}, nil
	}
	m := serverForm.FindStringSubmatch(address)
	if m == nil {
		return Target{}, fmt.Errorf("%q is no host:port of an adb server", address)
	}
	if port, err := strconv.ParseUint(m[3], 10, 16); err != nil || port == 0 {
		return Target{}, fmt.Errorf("%q: no such port", address)
	}
	return Target{serial, m[1] + m[2], m[3]}, nil
}

// Argv is the whole command on this computer: adb and its arguments, the last of which the phone's shell reads.
func (t Target) Argv(c Command) []string { return append(t.adb(), "shell", c.Text()) }

func (t Target) adb() []string {
	argv := []string{"adb"}
	if t.Host != "" {
		argv = append(argv, "-H", t.Host, "-P", t.Port)
	}
	if t.Serial != "" {
		argv = append(argv, "-s", t.Serial)
	}
	return argv
}

// Shell is a shell of this computer.
type Shell string

// The shells that commands are printed for.
const (
	POSIX      Shell = "sh"
	PowerShell Shell = "powershell"
)

// Shells lists them.
func Shells() []Shell { return []Shell{POSIX, PowerShell} }

// powershellWord is what PowerShell takes as one word without quotes; "," "@" "%" and a dot behind "-" mean something there.
var powershellWord = regexp.MustCompile(`^([A-Za-z0-9_/][A-Za-z0-9_./:-]*|--?[A-Za-z]+)$`)

// Line writes argv as one line of the shell. Words with control characters must not be in it.
func (s Shell) Line(argv []string) string {
	words := make([]string, len(argv))
	for i, word := range argv {
		words[i] = s.word(word)
	}
	return strings.Join(words, " ")
}

func (s Shell) word(word string) string {
	if s == PowerShell {
		if powershellWord.MatchString(word) {
			return word
		}
		return "'" + doubleQuotes(word) + "'"
	}
	if plainWord.MatchString(word) {
		return word
	}
	return posixQuoted(word)
}

// doubleQuotes doubles what PowerShell takes for a single quote: ASCII's and four typographic ones.
func doubleQuotes(word string) string {
	var out strings.Builder
	for _, r := range word {
		if slices.Contains([]rune{'\'', '\u2018', '\u2019', '\u201a', '\u201b'}, r) {
			out.WriteRune(r)
		}
		out.WriteRune(r)
	}
	return out.String()
}
