package capture

import (
	"errors"
	"io/fs"

	"appraise/android/capture/files"
	"appraise/internal/limits"
	"appraise/inventory"
)

// readBundle reads a bundle of our own. What capture.json says is checked like everything else: names against Names,
// parts against the size of their APK, sizes against what is there. Files that it does not name are not read.
func readBundle(t *files.Tree) (*Capture, error) {
	text, err := t.Read(indexName, limits.DumpBytes)
	if err != nil {
		return nil, err
	}
	in, err := parseIndex(text)
	if err != nil {
		return nil, err
	}
	c := &Capture{Source: in.Source, Tool: in.Tool, Created: in.Created, Rooted: in.Rooted,
		Outputs: map[string]Output{}, Packages: in.Packages, Problems: in.Problems}
	switch c.Source {
	case SourceADB, SourceAndroidQF, SourceBugreport, SourceDumps:
	default:
		c.Source = SourceBundle
	}
	for _, row := range in.Outputs {
		if err := readOutput(t, c, row); err != nil {
			return nil, err
		}
	}
	for i, row := range in.APKs {
		c.APKs = append(c.APKs, readAPK(t, c, i, row))
	}
	return c, nil
}

// readOutput takes one output. The error is that of a name that no output has, or that stands twice.
func readOutput(t *files.Tree, c *Capture, row indexOutput) error {
	_, twice := c.Outputs[row.Name]
	if !IsName(row.Name) || twice {
		return files.Malformed(0, "capture.json names an output %.100q that is unknown or stands twice", row.Name)
	}
	o := Output{Exit: row.Exit, Cut: row.Cut, Reason: row.Reason}
	if row.Size == nil {
		c.Outputs[row.Name] = o
		return nil
	}
	file := outPath(row.Name)
	text, err := t.Read(file, limits.DumpBytes)
	if err == nil && int64(len(text)) != *row.Size {
		err = files.Malformed(int64(len(text)), "%d bytes, capture.json tells %d", len(text), *row.Size)
	}
	if err != nil {
		p := files.Problem(file, err)
		c.tell(p)
		o.Cut, o.Reason = true, p.Message
	}
	if text == nil && err != nil {
		c.Outputs[row.Name] = o
		return nil
	}
	return c.restore(row.Name, text, o)
}

// restore puts a text back that was decoded, and its cut told, before it was saved.
func (c *Capture) restore(name string, text []byte, o Output) error {
	kept, err := filter(name, text)
	if err != nil {
		return err
	}
	if o.Text = kept; kept == nil {
		o.Text = []byte{}
	}
	c.Outputs[name] = o
	return nil
}

// readAPK takes one APK with those of its parts that are there and whole.
func readAPK(t *files.Tree, c *Capture, n int, row indexAPK) APK {
	apk := APK{Package: row.Package, Path: row.Path, Split: row.Split, Size: row.Size, Reason: row.Reason}
	for _, part := range row.Parts {
		file := partPath(n, part.Offset)
		data, err := t.Read(file, limits.CapturePart)
		if err == nil && int64(len(data)) != part.Size {
			err = files.Malformed(0, "%d bytes, capture.json tells %d", len(data), part.Size)
		}
		if err == nil {
			apk.Parts = append(apk.Parts, Part{part.Offset, data})
			if fault := apk.partsFault(); fault != "" {
				apk.Parts = apk.Parts[:len(apk.Parts)-1]
				err = files.Malformed(0, "capture.json tells %s", fault)
			}
		}
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				err = errors.New("not there, though capture.json names it")
			}
			p := files.Problem(file, err)
			c.tell(p)
			apk.Reason = p.Message
		}
	}
	return apk
}

// list is one JSON text of a bundle.
type list struct{ *files.JSON }

// parseIndex reads capture.json. A later version of the schema is refused.
func parseIndex(text []byte) (*index, error) {
	in := &index{}
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
	if err == nil {
		err = j.End()
	}
	if err == nil && in.Schema == "" {
		err = files.Malformed(0, "capture.json tells no schema")
	}
	return in, err
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

func (j list) indexOutput(in *index) error {
	var row indexOutput
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

func (j list) indexAPK(in *index) error {
	var row indexAPK
	err := j.Object(files.Fields{
		"package": func() error { return j.String(&row.Package) },
		"path":    func() error { return j.String(&row.Path) },
		"split":   func() error { return j.String(&row.Split) },
		"size":    func() error { return j.Int64(&row.Size) },
		"reason":  func() error { return j.String(&row.Reason) },
		"parts": func() error {
			return j.Array(func() error {
				var part indexPart
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

func (j list) problem(in *index) error {
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
