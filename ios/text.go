package ios

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// namesShown is how many names one sentence lists before it counts the rest.
const namesShown = 5

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// some lists names for a sentence, quoted.
func some(names []string) string {
	var quoted []string
	for _, name := range names[:min(len(names), namesShown)] {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	text := strings.Join(quoted, ", ")
	if more := len(names) - namesShown; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// sorted sorts names and drops repeated ones.
func sorted(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}

func sortedKeys(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
