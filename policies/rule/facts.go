package rule

import (
	"regexp"
	"slices"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"

	"appraise/finding"
	"appraise/inventory"
)

// Reach says whether a capability of an extension works on the pages of a brand.
type Reach uint8

// The reaches, in rising order.
const (
	ReachNone  Reach = iota
	ReachBroad       // on every site, the brand's included
	ReachNamed       // on sites it names, the brand's among them
)

// Likeness says how an item resembles a brand without being on its list.
type Likeness uint8

// The likenesses; the order has no meaning.
const (
	LikenessNone     Likeness = iota
	LikenessLabel             // its whole name is the brand's
	LikenessKeyword           // the brand's name is a part of its id
	LikenessShape             // its id looks the same as a listed one
	LikenessCase              // its id differs from a listed one in case only
	LikenessNear              // its id, or a part of it, is one edit away from a listed one or from the brand's name
	LikenessNearName          // its whole name is one edit away from the brand's
	LikenessFar               // its id or name is two edits away, and another sign points to the brand
)

// Listing says how an id stands on a public list of reports.
type Listing uint8

// The listings, in rising order.
const (
	ListingNone        Listing = iota
	ListingCompromised         // single builds were reported, and this one isn't known to be one of them
	ListingOld                 // reported once, still offered by its vendor
	ListingListed              // a public list names the id; no report was read
	ListingReported            // a named researcher or company reported it
)

// Sureness is the confidence of a brand pack in one of its entries.
type Sureness uint8

// The levels of sureness, in rising order.
const (
	SureLow Sureness = iota
	SureMedium
	SureHigh
)

// Facts is what a condition can ask about one item. It serves one goroutine at a time.
type Facts struct {
	Item      *inventory.Item
	Build     finding.Match
	Tampered  bool
	PinStrong bool // the pin that a mismatch rests on condemns alone
	// SignerConfused: the signer is pinned, and the mismatch rests on certificates of somebody else beside it.
	SignerConfused bool
	PublicKey      bool // it is signed with a key that is public
	Unaffiliated   bool // its name holds the brand's among other words
	Likeness       Likeness
	Route          finding.RouteVerdict
	InScope        bool
	// Reach tells how one entry of a capability reaches the pages of a brand; nil: not at all.
	Reach func(inventory.Capability) Reach
	// RedirectsPages: a request rule sends whole pages of the brand to a foreign site. RedirectsParts: frames or parts of them.
	RedirectsPages, RedirectsParts bool
	Listing                        Listing
	ListingConfidence              Sureness

	vars map[string]any
	act  cel.Activation
	// this and chosen are those of the question at hand: what is asked about "this" is asked about the chosen entries.
	this   inventory.CapabilityID
	chosen []inventory.Capability
}

// OffStore reports whether the item came from outside a store.
func (f *Facts) OffStore() bool {
	return f.Route == finding.Sideload || f.Route == finding.Development
}

// byDesign reports whether the item is a trusted part of the system: delivered with it, and its signer pinned.
func (f *Facts) byDesign() bool { return f.Item.System && f.Build == finding.Official }

// narrowing qualifiers: the capability reaches only a part of what its id says.
var narrowing = []string{"approximate", "selected-only", "write-only", "named-only", "script-visible"}

// entries returns the item's entries of a capability as Rule.Narrowed chooses them.
func (f *Facts) entries(id inventory.CapabilityID, narrowed *bool) []inventory.Capability {
	var whole, part []inventory.Capability
	for _, c := range f.Item.Capabilities {
		switch {
		case c.ID != id:
		case slices.Contains(narrowing, c.Qualifier):
			part = append(part, c)
		default:
			whole = append(whole, c)
		}
	}
	switch {
	case narrowed == nil:
		return append(whole, part...)
	case !*narrowed:
		return whole
	case len(whole) > 0:
		return nil
	default:
		return part
	}
}

// best folds the entries of a capability into the strongest of each measure.
func best(entries []inventory.Capability) (e inventory.Exposure, c inventory.Confidence, g inventory.Grade) {
	for _, entry := range entries {
		e, c, g = max(e, entry.Exposure), max(c, entry.Confidence), max(g, entry.Grade)
	}
	return e, c, g
}

// reach is the strongest reach of some entries.
func (f *Facts) reach(entries []inventory.Capability) Reach {
	r := ReachNone
	if f.Reach != nil {
		for _, c := range entries {
			r = max(r, f.Reach(c))
		}
	}
	return r
}

// byReach parts entries by their reach, so that what is requested for one site and optional for the
// brand's is judged as optional there.
func (f *Facts) byReach(entries []inventory.Capability) [][]inventory.Capability {
	var groups [ReachNamed + 1][]inventory.Capability
	for i, c := range entries {
		r := f.reach(entries[i : i+1])
		groups[r] = append(groups[r], c)
	}
	return slices.DeleteFunc(groups[:], func(g []inventory.Capability) bool { return len(g) == 0 })
}

// bind makes the activation that conditions are evaluated in; it is made once and holds "this" for each ask.
func (f *Facts) bind() (cel.Activation, error) {
	if f.act != nil {
		return f.act, nil
	}
	f.vars = map[string]any{
		"platform": platforms.value(string(f.Item.Platform)), "kind": kinds.value(string(f.Item.Kind)),
		"build": builds.at(int(f.Build)), "route": routes.at(int(f.Route)), "likeness": likenesses.at(int(f.Likeness)),
		"listing": listings.at(int(f.Listing)), "listing_confidence": surenesses.at(int(f.ListingConfidence)),
		"in_scope": f.InScope, "off_store": f.OffStore(), "system": f.Item.System, "tampered": f.Tampered, "pin_strong": f.PinStrong, "signer_confused": f.SignerConfused, "public_key": f.PublicKey,
		"unaffiliated": f.Unaffiliated, "redirects_pages": f.RedirectsPages, "redirects_parts": f.RedirectsParts,
		"min_sdk": 0, "target_sdk": 0,
	}
	if a := f.Item.Detail.Android; a != nil {
		f.vars["min_sdk"], f.vars["target_sdk"] = a.MinSDK, a.TargetSDK
	}
	act, err := cel.FunctionVars(f.vars, f.functions())
	f.act = act
	return act, err
}

// fullAccess is the qualifier of a keyboard that asks for the network and shared storage (iOS).
const fullAccess = "full-access"

func (f *Facts) functions() map[string]cel.LateBoundFunction {
	// entriesOf is total: the checker let only a capability through.
	entriesOf := func(args []ref.Val) []inventory.Capability {
		id := inventory.CapabilityID(text(args[0]))
		if id == f.this {
			return f.chosen
		}
		return f.entries(id, nil)
	}
	return map[string]cel.LateBoundFunction{
		"can": func(_ string, args ...ref.Val) ref.Val {
			e, _, _ := best(entriesOf(args))
			return types.Bool(e >= inventory.Requested)
		},
		"may": func(_ string, args ...ref.Val) ref.Val { return types.Bool(len(entriesOf(args)) > 0) },
		"exposure": func(_ string, args ...ref.Val) ref.Val {
			e, _, _ := best(entriesOf(args))
			return levels.at(int(e))
		},
		"confidence": func(_ string, args ...ref.Val) ref.Val {
			_, c, _ := best(entriesOf(args))
			return confidences.at(int(c))
		},
		"grade": func(_ string, args ...ref.Val) ref.Val {
			_, _, g := best(entriesOf(args))
			return grades.at(int(g))
		},
		"brand_reach": func(_ string, args ...ref.Val) ref.Val { return reaches.at(int(f.reach(entriesOf(args)))) },
		"full_access": func(_ string, args ...ref.Val) ref.Val {
			return types.Bool(slices.ContainsFunc(entriesOf(args), func(c inventory.Capability) bool { return c.Qualifier == fullAccess }))
		},
		"trait_seen": func(_ string, args ...ref.Val) ref.Val {
			return types.Bool(f.Item.HasTrait(inventory.TraitID(text(args[0]))))
		},
		"on_core_file": func(_ string, args ...ref.Val) ref.Val {
			return types.Bool(f.onCoreFile(inventory.TraitID(text(args[0]))))
		},
		"permission": func(_ string, args ...ref.Val) ref.Val { return types.Bool(f.permission(text(args[0]))) },
	}
}

// coreFile is a file that decides what an artifact is or runs. Evidence names it as its file, or in
// quotes at the start of its detail where it is an entry of the container.
var coreFile = regexp.MustCompile(`^"?(AndroidManifest\.xml|resources\.arsc|classes\d*\.dex|(Payload/[^/"]+\.app/)?Info\.plist|manifest\.json)("|$)`)

func (f *Facts) onCoreFile(id inventory.TraitID) bool {
	return slices.ContainsFunc(f.Item.Traits, func(t inventory.Trait) bool {
		return t.ID == id && slices.ContainsFunc(t.Evidence, func(e inventory.Evidence) bool {
			return coreFile.MatchString(e.File) || strings.HasPrefix(e.Detail, `"`) && coreFile.MatchString(e.Detail)
		})
	})
}

// permission reports whether the item asks for the permission and was not denied it.
func (f *Facts) permission(name string) bool {
	return slices.ContainsFunc(f.Item.Permissions, func(p inventory.Permission) bool {
		return p.Name == name && !slices.Contains(p.States, inventory.StateDenied)
	})
}
