package ios

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"appraise/internal/limits"
	"appraise/internal/plistsafe"
	"appraise/inventory"
)

// bundle is one bundle: the app, or one inside it.
type bundle struct {
	r    *reader
	dir  string  // inside the input
	file string  // its Info.plist, for evidence
	app  *bundle // the app that it is inside of; nil for the app itself
	info root
	note *inventory.NestedBundle // nil for the app itself
}

func (r *reader) bundle(dir string, app *bundle) *bundle {
	b := &bundle{r: r, dir: dir, file: path.Join(dir, infoPlist), app: app}
	b.info = newRoot(nil, b.wrongType)
	return b
}

func (b *bundle) wrongType(detail string) { b.trait(inventory.TraitWrongType, detail) }

func (b *bundle) trait(id inventory.TraitID, detail string) {
	b.r.item.AddTrait(id, inventory.Evidence{File: b.file, Detail: detail})
}

// capability records what the bundle's Info.plist proves that it may ask for.
func (b *bundle) capability(id inventory.CapabilityID, qualifier, detail string, reach ...string) {
	b.r.item.AddCapability(inventory.Capability{
		ID: id, Exposure: inventory.Requested, Confidence: inventory.Proved, Qualifier: qualifier, Reach: reach,
		Evidence: []inventory.Evidence{{File: b.file, Detail: detail}},
	})
}

func (b *bundle) load() bool {
	text, err := readFile(b.r.fsys, b.file, limits.InfoPlistBytes)
	if err != nil {
		b.r.item.AddProblem(problem(b.file, err))
		return false
	}
	return b.decode(text)
}

func (b *bundle) decode(text []byte) bool {
	doc, err := plistsafe.Decode(text, plistsafe.InfoPlist)
	if err != nil {
		b.r.item.AddProblem(problem(b.file, err))
		return false
	}
	b.info = newRoot(doc.Root, b.wrongType)
	if len(doc.Duplicates) > 0 {
		b.duplicates(doc)
	}
	if doc.TrailingOffset != 0 {
		b.r.item.AddTrait(inventory.TraitPlistTrailingData, inventory.Evidence{File: b.file, Offset: doc.TrailingOffset, Detail: "data that readers of property lists pass over"})
	}
	return true
}

func (b *bundle) duplicates(doc *plistsafe.Doc) {
	used := "last"
	if doc.Binary {
		used = "first"
	}
	var keys []string
	for _, d := range doc.Duplicates {
		keys = append(keys, d.Key)
	}
	detail := fmt.Sprintf("given more than once, iOS uses the %s value: %s", used, some(sorted(keys)))
	b.r.item.AddTrait(inventory.TraitDuplicatePlistKey, inventory.Evidence{File: b.file, Offset: doc.Duplicates[0].Offset, Detail: detail})
}

// declare records everything that the Info.plist says.
func (b *bundle) declare() {
	if b.app == nil {
		b.identity()
		b.facts()
	} else {
		b.nestedIdentity()
	}
	b.traces()
	sensors := b.usageKeys()
	keyboard := b.extension()
	if keyboard && len(sensors) > 0 {
		b.trait(inventory.TraitKeyboardUsesSensors, "keyboard with "+strings.Join(sensors, ", "))
	}
	b.transport()
	b.queries()
}

// nestedFolders hold bundles of their own. Frameworks hold code only; they are counted.
var nestedFolders = []string{"plugins", "extensions", "watch", "appclips"}

// nested reads the bundles inside a bundle.
func (r *reader) nested(parent *bundle, depth int) {
	app := parent
	if parent.app != nil {
		app = parent.app
	}
	for _, folder := range r.folders(parent.dir) {
		dir := path.Join(parent.dir, folder)
		if strings.EqualFold(folder, "Frameworks") {
			r.frameworks(dir)
		}
		if !slices.Contains(nestedFolders, strings.ToLower(folder)) {
			continue
		}
		for _, name := range r.folders(dir) {
			if !hasSuffix(name, ".appex") && !hasSuffix(name, ".app") {
				continue
			}
			if !r.room(path.Join(dir, name), depth) {
				return
			}
			r.readNested(path.Join(dir, name), app, depth)
		}
	}
}

// room reports whether one more nested bundle may be read.
func (r *reader) room(dir string, depth int) bool {
	message := ""
	if r.bundles++; r.bundles > limits.BundlesPerApp {
		message = fmt.Sprintf("more than %d bundles inside the app; the rest was not read", limits.BundlesPerApp)
		dir = "."
	} else if depth > limits.BundleDepth {
		message = fmt.Sprintf("bundles are nested deeper than %d", limits.BundleDepth)
	}
	if message != "" {
		r.item.AddProblem(inventory.Problem{File: dir, Message: message, Limit: true, Matters: true})
	}
	return message == ""
}

func (r *reader) readNested(dir string, app *bundle, depth int) {
	b := r.bundle(dir, app)
	b.note = &inventory.NestedBundle{Path: strings.TrimPrefix(dir, strings.TrimPrefix(app.dir+"/", "./"))}
	if b.load() {
		b.declare()
	}
	r.detail.Bundles = append(r.detail.Bundles, *b.note)
	r.nested(b, depth+1)
}

func (r *reader) frameworks(dir string) {
	entries, err := fs.ReadDir(r.fsys, dir)
	if err != nil {
		r.item.AddProblem(problem(dir, err))
	}
	for _, entry := range entries {
		if hasSuffix(entry.Name(), ".framework") || hasSuffix(entry.Name(), ".dylib") {
			r.detail.Frameworks++
		}
	}
}
