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

	"appraise/android/axml"
	"appraise/internal/limits"
	"appraise/internal/zipsafe"
	"appraise/inventory"
)

const (
	manifestName = "AndroidManifest.xml"
	tableName    = "resources.arsc"
)

// Read reads one APK of size bytes. It always returns an item; what can't be read becomes a problem of it.
func Read(r io.ReaderAt, size int64) *inventory.Item {
	z, err := zipsafe.Open(r, size)
	if err != nil {
		item := newReader(nil).item
		item.AddProblem(problem("", err))
		return item
	}
	return ReadArchive(z)
}

// ReadArchive reads one APK from its opened archive, under the same terms as Read.
func ReadArchive(z *zipsafe.Reader) *inventory.Item {
	r := newReader(z)
	if z.Size > limits.APKBytes {
		r.item.AddProblem(inventory.Problem{Message: "larger than Android can install", Limit: true, Matters: true})
	} else if doc, ok := r.document(manifestName); ok {
		r.readTable()
		r.manifest(doc)
	}
	for _, c := range r.capabilities {
		r.item.AddCapability(*c)
	}
	for _, t := range z.Traits() {
		r.item.AddTrait(t.ID, t.Evidence...)
	}
	r.item.Sort()
	return r.item
}

// reader gathers one APK.
type reader struct {
	zip  *zipsafe.Reader
	item *inventory.Item
	app  *inventory.AndroidDetail

	table       *axml.Table // nil when absent or unreadable; its methods allow that
	tableUnread bool        // there is a table, but it could not be read
	tableRaw    []byte      // for the second opinion

	root        *axml.Element
	application *axml.Element // nil when there is none
	parts       []part
	minSDK      sdkLevel // as the last uses-sdk element states them
	targetSDK   sdkLevel
	own         map[string]string // declared permission -> protection
	requested   map[string]*request

	source       string // file that the elements at hand belong to
	files        map[string]*file
	candidates   map[uint32][]axml.Value
	places       map[inventory.TraitID]int
	capabilities map[[2]string]*inventory.Capability // by id and qualifier
}

func newReader(z *zipsafe.Reader) *reader {
	app := &inventory.AndroidDetail{}
	return &reader{
		zip:          z,
		item:         &inventory.Item{Platform: inventory.Android, Kind: inventory.KindApp, Detail: inventory.Detail{Android: app}},
		app:          app,
		own:          map[string]string{},
		requested:    map[string]*request{},
		source:       manifestName,
		files:        map[string]*file{},
		candidates:   map[uint32][]axml.Value{},
		places:       map[inventory.TraitID]int{},
		capabilities: map[[2]string]*inventory.Capability{},
	}
}

// readTable reads the resource table. Splits and code-only APKs have none.
func (r *reader) readTable() {
	if _, ok := r.zip.Lookup(tableName); !ok {
		return
	}
	r.tableRaw, r.tableUnread = r.bytes(tableName, limits.ResourcesBytes), true
	if r.tableRaw == nil {
		return
	}
	table, err := axml.ParseTable(r.tableRaw)
	if err != nil {
		r.item.AddProblem(problem(tableName, err))
		return
	}
	r.table, r.tableUnread = table, false
	r.notes(tableName, table.Notes)
}

// bytes returns one entry, or nil with a problem on the item.
func (r *reader) bytes(name string, limit int64) []byte {
	e, ok := r.zip.Lookup(name)
	if !ok {
		r.item.AddProblem(inventory.Problem{File: name, Message: "not in the archive", Matters: true})
		return nil
	}
	b, err := r.zip.ReadFile(e, limit)
	if err != nil {
		r.item.AddProblem(problem(name, err))
		return nil
	}
	return append([]byte{}, b...)
}

// file is one binary XML file of the archive; doc is nil where it can't be read.
type file struct {
	raw []byte
	doc *axml.Document
}

// document reads a binary XML file, once. What it holds could always change a verdict.
func (r *reader) document(name string) (*axml.Document, bool) {
	if f, ok := r.files[name]; ok {
		return f.doc, f.doc != nil
	}
	f := &file{raw: r.bytes(name, limits.ManifestBytes)}
	r.files[name] = f
	if f.raw == nil {
		return nil, false
	}
	doc, err := axml.ParseXML(f.raw)
	if err != nil {
		r.item.AddProblem(problem(name, err))
		return nil, false
	}
	f.doc = doc
	r.notes(name, doc.Notes)
	if doc.Truncated {
		r.item.AddProblem(inventory.Problem{File: name, Message: "reading stopped early at a malformed part", Matters: true})
	}
	return doc, true
}

func (r *reader) notes(file string, notes []axml.Note) {
	for _, n := range notes {
		r.trait(n.Trait, inventory.Evidence{File: file, Offset: n.Offset, Detail: n.Detail})
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
	if len(c.Evidence) < limits.AppEvidence {
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
	p := inventory.Problem{File: file, Message: err.Error(), Matters: true}
	var xmlErr *axml.FormatError
	var zipErr *zipsafe.FormatError
	if errors.As(err, &xmlErr) {
		p.Offset, p.Message, p.Limit = xmlErr.Offset, xmlErr.Message, xmlErr.Limit
	} else if errors.As(err, &zipErr) {
		p.Limit = zipErr.Limit
		if file == "" {
			p.Offset, p.Message = zipErr.Offset, zipErr.Message
		}
	}
	return p
}
