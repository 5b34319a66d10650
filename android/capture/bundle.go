package capture

import (
	"errors"
	"io/fs"

	"appraise/android/capture/files"
	"appraise/android/capture/lists"
	"appraise/internal/limits"
)

// readBundle reads a bundle of our own. What capture.json says is checked like everything else: names against Names,
// parts against the size of their APK, sizes against what is there. Files that it does not name are not read.
func readBundle(t *files.Tree) (*Capture, error) {
	text, err := t.Read(indexName, limits.DumpBytes)
	if err != nil {
		return nil, err
	}
	in, err := lists.ParseIndex(text)
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
func readOutput(t *files.Tree, c *Capture, row lists.Output) error {
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
	c.restore(row.Name, text, o)
	return nil
}

// restore puts a text back that was decoded, and its cut told, before it was saved.
func (c *Capture) restore(name string, text []byte, o Output) {
	kept, err := filter(name, text)
	if err != nil {
		p := files.Problem(outPath(name), err)
		o.Cut, o.Reason = true, p.Message
		c.tell(p)
	}
	if o.Text = kept; kept == nil {
		o.Text = []byte{}
	}
	c.Outputs[name] = o
}

// readAPK takes one APK with those of its parts that are there and whole.
func readAPK(t *files.Tree, c *Capture, n int, row lists.APK) APK {
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
