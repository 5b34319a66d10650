// Package android reads an APK into an inventory item: what its manifest asks for and declares, the
// capabilities that follow, and the tricks it plays on readers. It holds the permission table.
//
// Attributes are read by resource id and typed value, as Android reads them; androidbinary gives a
// second opinion where package axml vouches that it is safe to run. Everything is requested at most:
// only a phone can say what was granted. Signatures are not looked at here.
//
// Behaviour follows AOSP's ParsingPackageUtils.java, data/etc/platform.xml (split permissions),
// XmlConfigSource.java and ManifestConfigSource.java (network security), DevicePolicyManagerService.java.
package android

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/shogo82148/androidbinary"

	"appraise/android/axml"
	"appraise/android/axml/arsc"
	"appraise/android/axml/res"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

const manifestName, tableName = "AndroidManifest.xml", "resources.arsc"

// Read reads one APK of size bytes. It always returns an item; what can't be read becomes a problem of it.
func Read(r io.ReaderAt, size int64) *inventory.Item {
	z, err := zipsafe.Open(r, size)
	if err != nil {
		item := newReader(nil).item
		item.AddProblem(problem("", err))
		return item
	}
	item, _ := ReadArchive(z, false)
	return item
}

// ReadArchive reads one APK from its opened archive, under the same terms as Read. The manifest is nil where it can't be read.
// alone leaves out the second manifest reader, for callers that don't look for tricks.
func ReadArchive(z *zipsafe.Reader, alone bool) (*inventory.Item, *axml.Document) {
	r := newReader(z)
	r.alone = alone
	if z.Size > limits.APKBytes {
		r.item.AddProblem(inventory.Problem{Message: "larger than Android can install", Limit: true, Matters: true})
	} else if doc := r.document(manifestName); doc != nil {
		r.readTable()
		r.manifest(doc)
	}
	if r.valuesCut || r.table.Exhausted() {
		r.item.AddProblem(inventory.Problem{File: tableName, Message: "too many values to look at them all", Limit: true, Matters: true})
	}
	for _, c := range r.capabilities {
		r.item.AddCapability(*c)
	}
	for _, t := range z.Traits() {
		r.item.AddTrait(t.ID, t.Evidence...)
	}
	r.item.Sort()
	return r.item, r.documents[manifestName]
}

// reader gathers one APK.
type reader struct {
	zip  *zipsafe.Reader
	item *inventory.Item
	app  *inventory.AndroidDetail

	table       *arsc.Table // nil when absent or unreadable; its methods allow that
	secondTable *androidbinary.TableFile

	root              *axml.Element
	application       *axml.Element // nil when there is none
	parts             []part
	minSDK, targetSDK sdkLevel          // as the last uses-sdk element states them
	own               map[string]string // declared permission -> protection
	requested         map[string]*request

	source       string            // file that the elements at hand belong to
	raw          map[string][]byte // what was inflated, by name
	documents    map[string]*axml.Document
	unreadParts  int
	alone        bool // no second opinion is wanted
	valuesCut    bool // a resource has more values than were looked at
	candidates   map[uint32][]res.Value
	places       map[inventory.TraitID]int
	capabilities map[[2]string]*inventory.Capability // by id and qualifier
}

func newReader(z *zipsafe.Reader) *reader {
	app := &inventory.AndroidDetail{}
	return &reader{
		item: &inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, Detail: inventory.Detail{Android: app}},
		zip:  z, app: app, source: manifestName, own: map[string]string{}, requested: map[string]*request{},
		raw: map[string][]byte{}, documents: map[string]*axml.Document{}, candidates: map[uint32][]res.Value{},
		places: map[inventory.TraitID]int{}, capabilities: map[[2]string]*inventory.Capability{},
	}
}

// readTable reads the resource table. Splits and code-only APKs have none.
func (r *reader) readTable() {
	if _, ok := r.zip.Lookup(tableName); !ok {
		return
	}
	if b := r.bytes(tableName, limits.ResourcesBytes); b != nil {
		var err error
		if r.table, err = arsc.Parse(b); err != nil {
			r.unread(tableName, err)
		} else {
			r.notes(tableName, r.table.Notes)
		}
	}
}

// bytes returns one entry, or nil with a problem on the item. An entry without bytes can't be read either.
func (r *reader) bytes(name string, limit int64) []byte {
	e, ok := r.zip.Lookup(name)
	if !ok {
		r.unread(name, errors.New("not in the archive"))
		return nil
	}
	b, err := r.zip.ReadFile(e, limit)
	if err == nil && len(b) == 0 {
		err = errors.New("empty")
	}
	if err != nil {
		r.unread(name, err)
		return nil
	}
	r.raw[name] = b
	return b
}

// document reads a binary XML file, once; nil with a problem on the item where it can't be read. What it
// holds could always change a verdict.
func (r *reader) document(name string) *axml.Document {
	doc, ok := r.documents[name]
	if ok {
		return doc
	}
	if b := r.bytes(name, limits.ManifestBytes); b != nil {
		var err error
		if doc, err = axml.ParseXML(b); err != nil {
			r.unread(name, err)
		} else if r.notes(name, doc.Notes); doc.Truncated {
			r.unread(name, errors.New("reading stopped early at a malformed part"))
		}
	}
	r.documents[name] = doc
	return doc
}

func (r *reader) notes(file string, notes []res.Note) {
	for _, n := range notes {
		r.trait(n.Trait, inventory.Evidence{File: file, Offset: n.Offset, Detail: n.Detail})
	}
}

// unread records a part that could change a verdict; of many limits.AppEvidence are told.
func (r *reader) unread(file string, err error) {
	if r.unreadParts++; r.unreadParts <= limits.AppEvidence {
		r.item.AddProblem(problem(file, err))
	}
}

// trait records a trait; limits.AppEvidence places are kept of each.
func (r *reader) trait(id inventory.TraitID, e inventory.Evidence) {
	if r.places[id]++; r.places[id] <= limits.AppEvidence {
		r.item.AddTrait(id, e)
	}
}

// can records a capability by one piece of evidence; limits.AppEvidence places are kept of each.
func (r *reader) can(id inventory.CapabilityID, qualifier string, confidence inventory.Confidence, e inventory.Evidence) {
	key := [2]string{string(id), qualifier}
	if r.capabilities[key] == nil {
		r.capabilities[key] = &inventory.Capability{ID: id, Exposure: inventory.Requested, Qualifier: qualifier}
	}
	c := r.capabilities[key]
	c.Confidence = max(c.Confidence, confidence)
	if len(c.Evidence) < limits.AppEvidence && !slices.Contains(c.Evidence, e) {
		c.Evidence = append(c.Evidence, e)
	}
}

// at is evidence at one element of the file at hand.
func (r *reader) at(e *axml.Element, format string, args ...any) inventory.Evidence {
	return inventory.Evidence{File: r.source, Offset: e.Offset, Detail: fmt.Sprintf(format, args...)}
}

// problem turns a reader's error into a problem. What the archive says of an entry keeps its archive offset
// in the message, because a problem's offset counts from the start of its file.
func problem(file string, err error) inventory.Problem {
	p := inventory.Problem{File: file, Message: err.Error(), Matters: !errors.Is(err, inventory.ErrNotRead)}
	var xmlErr *inventory.FormatError
	var zipErr *zipsafe.FormatError
	switch {
	case errors.As(err, &xmlErr):
		p.Offset, p.Message, p.Limit = xmlErr.Offset, xmlErr.Message, xmlErr.Limit
	case errors.As(err, &zipErr) && file == "":
		p.Offset, p.Message, p.Limit = zipErr.Offset, zipErr.Message, zipErr.Limit
	case zipErr != nil:
		p.Limit = zipErr.Limit
	}
	return p
}
