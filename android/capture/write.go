package capture

import (
	"archive/zip"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"appraise/android/capture/files"
	"appraise/android/capture/lists"
	"appraise/internal/limits"
)

// indexName is the first entry of a bundle: what the other entries are.
const indexName = "capture.json"

// outPath and partPath are the only names of entries besides indexName. They hold nothing of the phone's text.
func outPath(name string) string { return "out/" + name + ".txt" }

func partPath(apk int, offset int64) string {
	return "apk/" + strconv.Itoa(apk) + "/" + strconv.FormatInt(offset, 10) + ".bin"
}

// Write writes the capture as a bundle that Read gives back: a ZIP of capture.json, out/NAME.txt for each output and
// apk/N/OFFSET.bin for each part of the Nth APK. The same capture gives the same bytes: outputs are sorted by name,
// APKs and packages by name and path, and there are no times. Text of the index that is no UTF-8 is written with
// U+FFFD. Nothing is written of a capture that Read would refuse: an output that is not in Names, parts of an APK that
// overlap, or more than limits.CaptureFiles, DumpBytes and CapturePart allow.
func (c *Capture) Write(w io.Writer) error {
	sorted := c.sorted()
	texts, err := sorted.texts()
	if err != nil {
		return err
	}
	text, err := json.MarshalIndent(sorted.index(texts), "", " ")
	if err != nil {
		return err
	}
	archive := zip.NewWriter(w)
	if err := writeEntry(archive, indexName, zip.Deflate, append(text, '\n')); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		if err := writeEntry(archive, outPath(name), zip.Deflate, texts[name]); err != nil {
			return err
		}
	}
	for i, apk := range sorted.APKs {
		for _, part := range apk.Parts {
			if err := writeEntry(archive, partPath(i, part.Offset), zip.Store, part.Data); err != nil {
				return err
			}
		}
	}
	return archive.Close()
}

func writeEntry(archive *zip.Writer, name string, method uint16, data []byte) error {
	entry, err := archive.CreateHeader(&zip.FileHeader{Name: name, Method: method})
	if err != nil {
		return err
	}
	_, err = entry.Write(data)
	return err
}

// sorted is the capture with its lists in their one order.
func (c *Capture) sorted() *Capture {
	s := *c
	s.APKs = slices.Clone(c.APKs)
	slices.SortStableFunc(s.APKs, func(a, b APK) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Path, b.Path))
	})
	s.Packages = slices.Clone(c.Packages)
	slices.SortStableFunc(s.Packages, func(a, b lists.Package) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.User, b.User))
	})
	return &s
}

// texts are the texts to write, or what keeps the capture from being written.
func (c *Capture) texts() (map[string][]byte, error) {
	texts, count := map[string][]byte{}, 1
	for name, o := range c.Outputs {
		switch {
		case !IsName(name):
			return nil, fmt.Errorf("%q is no output of a capture", name)
		case o.Text == nil:
			continue
		case len(o.Text) > limits.DumpBytes:
			return nil, files.OverLimit(0, "output %s of %d bytes, over the limit of %d", name, len(o.Text), int64(limits.DumpBytes))
		}
		text, err := filter(name, o.Text)
		if err != nil {
			return nil, err
		}
		texts[name] = text
		count++
	}
	for i := range c.APKs {
		if fault := c.APKs[i].partsFault(); fault != "" {
			return nil, fmt.Errorf("APK %q has %s", c.APKs[i].Path, fault)
		}
		count += max(1, len(c.APKs[i].Parts))
	}
	if count > limits.CaptureFiles {
		return nil, files.OverLimit(0, "capture of %d files, over the limit of %d", count, limits.CaptureFiles)
	}
	return texts, nil
}

func (c *Capture) index(texts map[string][]byte) *lists.Index {
	out := &lists.Index{Schema: lists.Schema, Source: c.Source, Tool: c.Tool, Created: c.Created, Rooted: c.Rooted,
		Outputs: []lists.Output{}, Packages: c.Packages, Problems: c.Problems}
	for _, name := range slices.Sorted(maps.Keys(c.Outputs)) {
		o := c.Outputs[name]
		row := lists.Output{Name: name, Exit: o.Exit, Cut: o.Cut, Reason: o.Reason}
		if text, ok := texts[name]; ok {
			size := int64(len(text))
			row.Size = &size
		}
		out.Outputs = append(out.Outputs, row)
	}
	for _, apk := range c.APKs {
		row := lists.APK{Package: apk.Package, Path: apk.Path, Split: apk.Split, Size: apk.Size, Reason: apk.Reason}
		for _, part := range apk.Parts {
			row.Parts = append(row.Parts, lists.Part{Offset: part.Offset, Size: int64(len(part.Data))})
		}
		out.APKs = append(out.APKs, row)
	}
	return out
}
