package policies

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"appraise/policies/brand"
	"appraise/policies/rule"
)

// PackError is one thing that is wrong with the file of a brand pack, with what to write instead.
type PackError struct {
	Line    int // from 1; 0 = not known
	Message string
}

// LintPack reads the file of a brand pack and lists all that is wrong with it. name is the id that the pack
// must have, "" where the file may be called anything. The pack is nil where it can't be read at all.
func LintPack(name string, b []byte) (*brand.Pack, []PackError) {
	pack := new(brand.Pack)
	if err := rule.Decode(b, pack); err != nil {
		return nil, decodeErrors(err)
	}
	if name == "" {
		name = pack.Brand
	}
	var root yaml.Node
	_ = yaml.Unmarshal(b, &root) // it was read above; without lines the complaints are still told
	var out []PackError
	for _, c := range pack.Complaints(name) {
		out = append(out, PackError{lineOf(&root, c), complaint(c).Error()})
	}
	return pack, out
}

var linePrefix = regexp.MustCompile(`^line (\d+): `)

// decodeErrors takes the line out of each error of the YAML reader.
func decodeErrors(err error) []PackError {
	var out []PackError
	for text := range strings.SplitSeq(err.Error(), "\n") {
		e := PackError{Message: text}
		if m := linePrefix.FindStringSubmatch(text); m != nil {
			e.Line, _ = strconv.Atoi(m[1]) // digits
			e.Message = text[len(m[0]):]
		}
		out = append(out, e)
	}
	return out
}

// lineOf finds the entry that a complaint is about: the first text that is its id in its section of the file.
func lineOf(root *yaml.Node, c *brand.Complaint) int {
	if len(root.Content) == 0 {
		return 0
	}
	section, _, _ := strings.Cut(c.Where, " ")
	pairs := root.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i].Value != section {
			continue
		}
		if line := lineBelow(pairs[i+1], c.ID); line > 0 && c.ID != section {
			return line
		}
		return pairs[i].Line
	}
	return 0
}

// lineBelow finds a text below a node. Aliases are not followed: what they name stands elsewhere in the file.
func lineBelow(n *yaml.Node, text string) int {
	if n.Kind == yaml.ScalarNode && n.Value == text {
		return n.Line
	}
	for _, child := range n.Content {
		if line := lineBelow(child, text); line > 0 {
			return line
		}
	}
	return 0
}

// ReadPack reads the file of a brand pack, whatever the file is called.
func ReadPack(b []byte) (*brand.Pack, error) {
	pack, bad := LintPack("", b)
	var errs []error
	for _, e := range bad {
		errs = append(errs, errors.New(e.Message))
	}
	return pack, errors.Join(errs...)
}
