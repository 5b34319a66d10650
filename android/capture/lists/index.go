// Package lists reads the JSON lists of a bundle: capture.json, which tells what a saved capture holds, and those of an
// AndroidQF acquisition. Members that are not known are left out, and so never kept. All text is the phone's own and may be
// hostile. Limits: limits.CaptureFiles, DumpPackages, SetMembers, JSONDepth.
package lists

import (
	"bytes"

	"appraise/android/capture/files"
	"appraise/internal/limits"
	"appraise/inventory"
)

// Schema is the version of the bundle format, the first member of capture.json.
const Schema = "appraise.capture/1"

// Index is the form of capture.json.
type Index struct {
	Schema   string              `json:"schema"`
	Source   string              `json:"source"`
	Tool     string              `json:"tool,omitempty"`
	Created  string              `json:"created,omitempty"`
	Rooted   *bool               `json:"rooted,omitempty"`
	Outputs  []Output            `json:"outputs"`
	APKs     []APK               `json:"apks,omitempty"`
	Packages []Package           `json:"packages,omitempty"`
	Problems []inventory.Problem `json:"problems,omitempty"`
}

// Output is one output of a command. One without a file has Size nil.
type Output struct {
	Name   string `json:"name"`
	Exit   int    `json:"exit"`
	Size   *int64 `json:"size,omitempty"`
	Cut    bool   `json:"cut,omitempty"`
	Reason string `json:"reason,omitempty"`
}

// APK is one APK of the phone, and which of its parts are in the bundle.
type APK struct {
	Package string `json:"package"`
	Path    string `json:"path"`
	Split   string `json:"split,omitempty"`
	Size    int64  `json:"size"`
	Reason  string `json:"reason,omitempty"`
	Parts   []Part `json:"parts,omitempty"`
}

// Part is one range of an APK; both are bytes.
type Part struct {
	Offset int64 `json:"offset"`
	Size   int64 `json:"size"`
}

// list is one JSON text of a bundle.
type list struct{ *files.JSON }

// ParseIndex reads capture.json. A later version of the schema is refused. The error is an *inventory.FormatError, also for a
// list with more rows than limits.CaptureFiles, DumpPackages and SetMembers allow.
func ParseIndex(text []byte) (*Index, error) {
	in := &Index{}
	j := list{files.NewJSON(text)}
	err := j.Object(files.Fields{
		"schema":  func() error { return j.schema(&in.Schema) },
		"source":  func() error { return j.String(&in.Source) },
		"tool":    func() error { return j.String(&in.Tool) },
		"created": func() error { return j.String(&in.Created) },
		"rooted":  func() error { return j.Maybe(&in.Rooted) },
		"outputs": func() error { return j.Array(func() error { return j.indexOutput(in) }) },
		"apks":    func() error { return j.Array(func() error { return j.indexAPK(in) }) },
		"packages": func() error {
			return j.Array(func() error { return j.pkg(&in.Packages, ourFields) })
		},
		"problems": func() error { return j.Array(func() error { return j.problem(in) }) },
	})
	err = j.finish(err)
	if err == nil && in.Schema == "" {
		err = files.Malformed(0, "capture.json tells no schema")
	}
	return in, err
}

// finish adds to the error of a text that it does not end where it should.
func (j list) finish(err error) error {
	if err == nil {
		err = j.End()
	}
	return err
}

func (j list) schema(to *string) error {
	if err := j.String(to); err != nil {
		return err
	}
	if *to != Schema {
		return files.Malformed(j.Offset(), "schema %.50q, this version reads %q", *to, Schema)
	}
	return nil
}

func (j list) indexOutput(in *Index) error {
	var row Output
	err := j.Object(files.Fields{
		"name": func() error { return j.String(&row.Name) },
		"exit": func() error { return j.Int(&row.Exit) },
		"size": func() error {
			row.Size = new(int64)
			return j.Int64(row.Size)
		},
		"cut":    func() error { return j.Bool(&row.Cut) },
		"reason": func() error { return j.String(&row.Reason) },
	})
	in.Outputs = append(in.Outputs, row)
	return j.count(err, len(in.Outputs), limits.CaptureFiles, "outputs")
}

func (j list) indexAPK(in *Index) error {
	var row APK
	err := j.Object(files.Fields{
		"package": func() error { return j.String(&row.Package) },
		"path":    func() error { return j.String(&row.Path) },
		"split":   func() error { return j.String(&row.Split) },
		"size":    func() error { return j.Int64(&row.Size) },
		"reason":  func() error { return j.String(&row.Reason) },
		"parts": func() error {
			return j.Array(func() error {
				var part Part
				err := j.Object(files.Fields{
					"offset": func() error { return j.Int64(&part.Offset) },
					"size":   func() error { return j.Int64(&part.Size) },
				})
				row.Parts = append(row.Parts, part)
				return j.count(err, len(row.Parts), limits.CaptureFiles, "parts of one APK")
			})
		},
	})
	in.APKs = append(in.APKs, row)
	return j.count(err, len(in.APKs), limits.CaptureFiles, "APKs")
}

func (j list) problem(in *Index) error {
	var p inventory.Problem
	err := j.Object(files.Fields{
		"file":    func() error { return j.String(&p.File) },
		"offset":  func() error { return j.Int64(&p.Offset) },
		"message": func() error { return j.String(&p.Message) },
		"limit":   func() error { return j.Bool(&p.Limit) },
		"matters": func() error { return j.Bool(&p.Matters) },
	})
	in.Problems = append(in.Problems, p)
	return j.count(err, len(in.Problems), limits.CaptureFiles, "problems")
}

// count adds to the error of an element that there are more of its kind than may be.
func (j list) count(err error, n, max int, what string) error {
	if err == nil && n > max {
		err = files.OverLimit(j.Offset(), "more than %d %s", max, what)
	}
	return err
}

// IsIndex reports whether a text starts as capture.json of any version does.
func IsIndex(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n\xef\xbb\xbf"), []byte("{")) && bytes.Contains(head, []byte(`"appraise.capture/`))
}
