package rule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
)

// check parses and checks a condition. Its errors say what to write instead.
func check(env *cel.Env, condition string) (*cel.Ast, error) {
	parsed, issues := env.Parse(condition)
	if issues.Err() != nil {
		return nil, errors.New(place(issues.Errors()[0]))
	}
	if err := constantsKnown(condition); err != nil {
		return nil, err
	}
	if err := noBareText(parsed.NativeRep().Expr()); err != nil {
		return nil, err
	}
	checked, issues := env.Check(parsed)
	if issues.Err() != nil {
		return nil, explain(issues)
	}
	if !checked.OutputType().IsExactType(types.BoolType) {
		return nil, fmt.Errorf("the condition gives a %s: write one that holds or doesn't, such as can(cap.contacts)", checked.OutputType())
	}
	return checked, nil
}

var (
	quotedText = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	// constant finds what is written as one, dashes included, which CEL reads as a subtraction.
	constant = regexp.MustCompile(`\b(?:` + prefixes() + `)\.[a-z0-9_]+(?:-[a-z0-9_]+)*`)
)

// constantsKnown looks at the constants before CEL does, whose complaint about one that doesn't exist is
// about fields of the variable before the dot.
func constantsKnown(condition string) error {
	known := names()
	for _, c := range constant.FindAllString(quotedText.ReplaceAllString(condition, `""`), -1) {
		if strings.Contains(c, "-") {
			return fmt.Errorf("%q: ids are written with underscores in conditions: write %s", c, strings.ReplaceAll(c, "-", "_"))
		}
		if !slices.Contains(known, c) {
			return errors.New(unknownName(c))
		}
	}
	return nil
}

func prefixes() string {
	var out []string
	for _, l := range lists {
		out = append(out, l.prefix)
	}
	return strings.Join(out, "|")
}

// noBareText refuses every text in quotes but the argument of permission.
func noBareText(e ast.Expr) error {
	var bad string
	found := false
	ast.PreOrderVisit(e, ast.NewExprVisitor(func(e ast.Expr) {
		if e.Kind() == ast.CallKind && e.AsCall().FunctionName() == "permission" {
			return
		}
		for _, child := range operands(e) {
			if s, ok := literal(child); ok && !found {
				bad, found = s, true
			}
		}
	}))
	if s, ok := literal(e); ok {
		bad, found = s, true
	}
	if !found {
		return nil
	}
	return fmt.Errorf("%q is a text where an id belongs: %s", bad, constantFor(bad))
}

func operands(e ast.Expr) []ast.Expr {
	switch e.Kind() {
	case ast.CallKind:
		call := e.AsCall()
		if call.IsMemberFunction() {
			return append([]ast.Expr{call.Target()}, call.Args()...)
		}
		return call.Args()
	case ast.ListKind:
		return e.AsList().Elements()
	case ast.MapKind:
		var out []ast.Expr
		for _, entry := range e.AsMap().Entries() {
			out = append(out, entry.AsMapEntry().Key(), entry.AsMapEntry().Value())
		}
		return out
	}
	return nil
}

func literal(e ast.Expr) (string, bool) {
	if e.Kind() != ast.LiteralKind {
		return "", false
	}
	s, ok := e.AsLiteral().(types.String)
	return string(s), ok
}

// constantFor tells how to write the id that a bare text means.
func constantFor(text string) string {
	bare := text
	if _, id, ok := strings.Cut(text, "."); ok {
		bare = id
	}
	id := strings.ReplaceAll(strings.ToLower(bare), "_", "-")
	byID := map[string]string{}
	for _, l := range slices.Backward(lists) { // the first list that knows an id wins
		for _, w := range l.words {
			byID[w.id] = l.constant(w)
		}
	}
	if c, ok := byID[id]; ok {
		return "write " + c
	}
	if near := Suggest(id, keys(byID)); near != "" {
		return "did you mean " + byID[near] + "?"
	}
	return "write a constant such as cap.keystrokes; only permission(\"…\") takes a text"
}

func keys(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// place is a message of CEL with its column.
func place(e *common.Error) string {
	return fmt.Sprintf("column %d: %s", e.Location.Column()+1, e.Message)
}

var (
	undeclared = regexp.MustCompile(`^undeclared reference to '([^']*)'`)
	noOverload = regexp.MustCompile(`^found no matching overload for '([^']*)' applied to '(.*)'$`)
)

// explain turns the checker's first message into a sentence that says what to write.
func explain(issues *cel.Issues) error {
	first := issues.Errors()[0]
	if m := undeclared.FindStringSubmatch(first.Message); m != nil {
		return errors.New(unknownName(m[1]))
	}
	if m := noOverload.FindStringSubmatch(first.Message); m != nil {
		return errors.New(wrongTypes(m[1], m[2]))
	}
	return errors.New(place(first))
}

func unknownName(name string) string {
	shown := name
	if op, ok := operators.FindReverse(name); ok {
		shown = op
	}
	if near := Suggest(name, names()); near != "" {
		return fmt.Sprintf("unknown name %q: did you mean %s?", shown, near)
	}
	if prefix, _, ok := strings.Cut(name, "."); ok {
		for _, l := range lists {
			if l.prefix == prefix {
				return fmt.Sprintf("unknown %s %q: the %s constants are %s", l.typ, shown, prefix, l.sample())
			}
		}
	}
	return fmt.Sprintf("unknown name %q: a condition knows &&, ||, !, ==, !=, <, <=, >, >=, the constants and %s", shown, strings.Join(functionNames(), ", "))
}

// sample shows a short list whole and the start of a long one.
func (l *list) sample() string {
	var out []string
	for i, w := range l.words {
		if i == 7 {
			return strings.Join(out, ", ") + ", …"
		}
		out = append(out, l.constant(w))
	}
	return strings.Join(out, ", ")
}

// names lists everything that a condition can name.
func names() []string {
	out := functionNames()
	for _, v := range variableTable() {
		out = append(out, v.name)
	}
	for _, l := range lists {
		for _, w := range l.words {
			out = append(out, l.constant(w))
		}
	}
	return out
}

func functionNames() []string {
	var out []string
	for _, f := range functionTable() {
		out = append(out, f.name)
	}
	return out
}

func wrongTypes(name, got string) string {
	for _, f := range functionTable() {
		if f.name == name {
			return fmt.Sprintf("%s%s: it takes one %s, as in %s", name, got, f.arg, f.example())
		}
	}
	if op, ok := operators.FindReverse(name); ok {
		return fmt.Sprintf("%s can't join %s: compare things of one kind, such as exposure(cap.contacts) >= level.granted", op, got)
	}
	return fmt.Sprintf("%s can't take %s", name, got)
}

func (f function) example() string {
	for _, l := range lists {
		if l.typ == f.arg {
			return f.name + "(" + l.constant(l.words[0]) + ")"
		}
	}
	return f.name + `("android.permission.READ_CONTACTS")`
}
