package scan

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"appraise/finding"
	"appraise/inventory"
)

// homes matches the folders in which systems keep their users: Linux, macOS, Windows.
var homes = regexp.MustCompile(`((?:^|[/\\])(?:home|Users)[/\\])([^/\\]+)`)

// redactor hides who owns the computer: the home of the person who runs it becomes ~, other users
// become user-1, user-2 in the order in which they are met.
type redactor struct {
	home  string
	users []string
}

func newRedactor() *redactor {
	home, err := os.UserHomeDir()
	if err != nil || home == "/" {
		home = ""
	}
	return &redactor{home: filepath.ToSlash(home)}
}

func (r *redactor) text(s string) string {
	if r.home != "" {
		s = replaceFolder(s, r.home, "~")
	}
	return homes.ReplaceAllStringFunc(s, func(match string) string {
		parts := homes.FindStringSubmatch(match)
		i := slices.Index(r.users, parts[2])
		if i < 0 {
			i = len(r.users)
			r.users = append(r.users, parts[2])
		}
		return parts[1] + "user-" + strconv.Itoa(i+1)
	})
}

// replaceFolder replaces folder by short where it stands as a whole path component.
func replaceFolder(s, folder, short string) string {
	var b strings.Builder
	for {
		before, after, found := strings.Cut(s, folder)
		if !found {
			return b.String() + s
		}
		b.WriteString(before)
		if after == "" || strings.ContainsRune(`/\"' :`, rune(after[0])) {
			b.WriteString(short)
		} else {
			b.WriteString(folder)
		}
		s = after
	}
}

func (r *redactor) problems(list []inventory.Problem) {
	for i := range list {
		list[i].File, list[i].Message = r.text(list[i].File), r.text(list[i].Message)
	}
}

// redact hides user names in every path of the report. It runs before the policy judges, so that no
// finding can repeat one.
func redact(report *finding.Report) {
	r := newRedactor()
	for i := range report.Sources {
		report.Sources[i].Name = r.text(report.Sources[i].Name)
		r.problems(report.Sources[i].Problems)
	}
	for i := range report.Items {
		item := &report.Items[i]
		item.Key, item.Location = r.text(item.Key), r.text(item.Location)
		r.problems(item.Problems)
	}
}
