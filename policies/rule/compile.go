package rule

import (
	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// Bounds on one condition. Without loops its cost grows with its length only; the limit is a second line.
const (
	maxCondition = 4 << 10 // characters
	maxDepth     = 64
	maxCost      = 100_000
)

// function is one function of the conditions; the implementation is in Facts.functions.
type function struct {
	name   string
	arg    *cel.Type
	result *cel.Type
	says   string
}

func functionTable() []function {
	return []function{
		{"can", capabilities.typ, cel.BoolType, "the item has the capability, requested or more"},
		{"may", capabilities.typ, cel.BoolType, "the item has the capability in any form, optional included"},
		{"exposure", capabilities.typ, levels.typ, "the strongest exposure of the capability"},
		{"confidence", capabilities.typ, confidences.typ, "how well the capability is known"},
		{"grade", capabilities.typ, grades.typ, "what its scripts were seen to do"},
		{"brand_reach", capabilities.typ, reaches.typ, "whether the capability works on the brand's pages"},
		{"full_access", capabilities.typ, cel.BoolType, "the capability is a keyboard's that asks to send on what is typed"},
		{"trait_seen", traits.typ, cel.BoolType, "the item carries the trait"},
		{"on_core_file", traits.typ, cel.BoolType, "the trait was seen on a file that decides what the item is or runs"},
		{"permission", cel.StringType, cel.BoolType, "the item asks for the permission, in the platform's own spelling"},
	}
}

// variable is one variable of the conditions; Facts.bind sets it.
type variable struct {
	name string
	typ  *cel.Type
	says string
}

func variableTable() []variable {
	return []variable{
		{"platform", platforms.typ, "where the item lives"},
		{"kind", kinds.typ, "the form it was found in"},
		{"build", builds.typ, "the verdict on who made it"},
		{"route", routes.typ, "the verdict on how it got here"},
		{"likeness", likenesses.typ, "how it resembles a brand"},
		{"listing", listings.typ, "how its id stands on public lists"},
		{"listing_confidence", surenesses.typ, "the pack's confidence in that"},
		{"in_scope", cel.BoolType, "it is judged as shopping software"},
		{"off_store", cel.BoolType, "it came from outside a store"},
		{"system", cel.BoolType, "it came with the system"},
		{"tampered", cel.BoolType, "its signature is invalid"},
		{"pin_strong", cel.BoolType, "the pin that its build was compared with condemns alone"},
		{"signer_confused", cel.BoolType, "its signer is pinned, and certificates of somebody else stand beside it"},
		{"public_key", cel.BoolType, "it is signed with a key that is public, so that anyone can sign with it"},
		{"unaffiliated", cel.BoolType, "its name holds the brand's among other words"},
		{"redirects_pages", cel.BoolType, "its request rules send whole pages of the brand to a foreign site"},
		{"redirects_parts", cel.BoolType, "its request rules send frames or parts of the brand's pages to a foreign site"},
		{"min_sdk", cel.IntType, "lowest API level it runs on; 0 = not declared"},
		{"target_sdk", cel.IntType, "API level it is made for; 0 = not declared"},
	}
}

// compiler holds the three environments: conditions without "this", and with a capability or a trait as "this".
type compiler struct {
	plain, capability, trait *cel.Env
}

func newCompiler() (*compiler, error) {
	plain, err := cel.NewCustomEnv(declarations()...)
	if err != nil {
		return nil, err
	}
	withCapability, err := plain.Extend(cel.Variable("this", capabilities.typ))
	if err != nil {
		return nil, err
	}
	withTrait, err := plain.Extend(cel.Variable("this", traits.typ))
	return &compiler{plain, withCapability, withTrait}, err
}

func declarations() []cel.EnvOption {
	options := []cel.EnvOption{cel.ParserRecursionLimit(maxDepth), cel.ParserExpressionSizeLimit(maxCondition), cel.EagerlyValidateDeclarations(false)}
	for _, l := range lists {
		for _, w := range l.words {
			options = append(options, cel.Constant(l.constant(w), l.typ, w))
		}
	}
	for _, v := range variableTable() {
		options = append(options, cel.Variable(v.name, v.typ))
	}
	for _, f := range functionTable() {
		options = append(options, cel.Function(f.name, cel.Overload(f.name, []*cel.Type{f.arg}, f.result, cel.LateFunctionBinding())))
	}
	return append(options, operatorOptions()...)
}

// operatorOptions are all that a condition can use; the standard library is left out.
func operatorOptions() []cel.EnvOption {
	any1 := cel.TypeParamType("A")
	two := func(t *cel.Type) []*cel.Type { return []*cel.Type{t, t} }
	options := []cel.EnvOption{
		cel.Function("_&&_", cel.Overload("logical_and", two(cel.BoolType), cel.BoolType, cel.OverloadIsNonStrict())),
		cel.Function("_||_", cel.Overload("logical_or", two(cel.BoolType), cel.BoolType, cel.OverloadIsNonStrict())),
		cel.Function("!_", cel.Overload("logical_not", []*cel.Type{cel.BoolType}, cel.BoolType,
			cel.UnaryBinding(func(v ref.Val) ref.Val { return types.Bool(v != types.True) }))),
		cel.Function("_==_", cel.Overload("equals", two(any1), cel.BoolType)),
		cel.Function("_!=_", cel.Overload("not_equals", two(any1), cel.BoolType)),
	}
	for name, holds := range map[string]func(int) bool{
		"_<_": func(c int) bool { return c < 0 }, "_<=_": func(c int) bool { return c <= 0 },
		"_>_": func(c int) bool { return c > 0 }, "_>=_": func(c int) bool { return c >= 0 },
	} {
		overloads := []cel.FunctionOpt{cel.SingletonBinaryBinding(func(a, b ref.Val) ref.Val { return types.Bool(holds(compare(a, b))) }),
			cel.Overload(name+"_int", two(cel.IntType), cel.BoolType)}
		for _, l := range ordered {
			overloads = append(overloads, cel.Overload(name+"_"+l.prefix, two(l.typ), cel.BoolType))
		}
		options = append(options, cel.Function(name, overloads...))
	}
	return options
}

// compare orders two numbers or two words of one ordered list; the checker let nothing else through.
func compare(a, b ref.Val) int {
	if x, ok := a.(word); ok {
		y, _ := b.(word)
		return x.rank - y.rank
	}
	x, _ := a.(types.Int)
	y, _ := b.(types.Int)
	return int(max(min(x, 1<<30), -1<<30) - max(min(y, 1<<30), -1<<30))
}

// compile makes the program of a rule's condition.
func (c *compiler) compile(r *Rule) (cel.Program, error) {
	env := c.plain
	switch {
	case len(r.Capabilities) > 0:
		env = c.capability
	case len(r.Traits) > 0:
		env = c.trait
	}
	ast, err := check(env, r.When)
	if err != nil {
		return nil, err
	}
	return env.Program(ast, cel.CostLimit(maxCost), cel.EvalOptions(cel.OptOptimize))
}
