package device

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"appraise/android/device/adb"
	"appraise/internal/limits"
)

// A label's resource table is read whole when it is small; larger ones, the smallest first, as long as all that is
// read of APKs stays within a share of their size: a fiftieth, less what the phone's texts take beside it.
const (
	smallTable = 256 << 10
	readShare  = 55 // one byte of so many
)

// fetch is one range on its way.
type fetch struct {
	file *file
	Range
	job *adb.Job
}

// sdkN is the first API level that goes by newer signatures than v1.
const sdkN = 24

// read asks for what the files still lack, one round after the other, until none lacks anything.
func (c *collector) read(ctx context.Context, files []*file, want Want) error {
	if c.link.SDK > 0 && c.link.SDK < sdkN {
		want |= V1
	}
	for {
		var fetches []fetch
		waiting := 0
		for _, f := range files {
			if f.Reason != "" || f.Size == 0 {
				continue
			}
			ranges, err := f.plan.next(want)
			if err != nil {
				f.Reason = "not all was read: " + err.Error()
				continue
			}
			if len(ranges) > 0 {
				waiting++
			}
			for _, r := range ranges {
				fetches = append(fetches, fetch{f, r, c.dd(f.Path, r)})
			}
		}
		c.tell(len(files)-waiting, len(files), "reading apps")
		if len(fetches) == 0 {
			return nil
		}
		if err := c.fetch(ctx, fetches); err != nil {
			return err
		}
	}
}

// endsAtOnce is how many files one head or tail is asked for.
const endsAtOnce = 100

// ends reads the start and the end of many files with two processes instead of two each. What does not come as it
// should, from tools without -c among others, is left to dd.
func (c *collector) ends(ctx context.Context, files []*file) error {
	var fit []*file
	for _, f := range files {
		if f.Reason == "" && f.Size > headBytes+tailBytes && f.Size <= limits.APKBytes {
			fit = append(fit, f)
		}
	}
	var jobs []*adb.Job
	var chunks [][]*file
	for chunk := range slices.Chunk(fit, endsAtOnce) {
		if chunk = c.short(chunk); len(chunk) < 2 { // of one file the tools print no name
			continue
		}
		words, names := "", int64(0)
		for _, f := range chunk {
			words += " " + adb.Quote(f.Path)
			names += int64(len(f.Path)) + 16
		}
		chunks = append(chunks, chunk)
		for _, tool := range endTools {
			j := c.job(fmt.Sprintf("%s -c %d%s", tool.name, tool.length, words), "")
			j.Limit, j.Quiet = int64(len(chunk))*tool.length+names, true
			jobs = append(jobs, j)
		}
	}
	err := c.link.Run(ctx, jobs)
	for i, j := range jobs {
		c.split(j.Text, chunks[i/len(endTools)], endTools[i%len(endTools)])
	}
	return err
}

// endTool reads one end of files.
type endTool struct {
	name   string
	length int64
	atEnd  bool
}

var endTools = [...]endTool{{"head", headBytes, false}, {"tail", tailBytes, true}}

// short drops of the files those that make the script too long for an old phone.
func (c *collector) short(files []*file) []*file {
	room := c.link.ScriptBytes() / 2
	for i, f := range files {
		if room -= len(f.Path) + 8; room < 0 {
			return files[:i]
		}
	}
	return files
}

// split takes apart what head and tail print of several files: before each a line with its name, and the bytes, whose
// number is known. The first thing that is not as expected ends it.
func (c *collector) split(text []byte, files []*file, tool endTool) {
	for i, f := range files {
		title := "==> " + f.Path + " <==\n"
		if i > 0 {
			title = "\n" + title
		}
		rest, ok := bytes.CutPrefix(text, []byte(title))
		if !ok || int64(len(rest)) < tool.length || c.ranged+tool.length > limits.RangeBytes {
			return
		}
		at := int64(0)
		if tool.atEnd {
			at = f.Size - tool.length
		}
		keep(&f.APK, at, bytes.Clone(rest[:tool.length]))
		c.ranged += tool.length
		text = rest[tool.length:]
	}
}

// dd reads whole blocks with versions of dd that know no other unit, and else in pieces of 64 KiB. The end of the file
// cuts the last block.
func (c *collector) dd(path string, r Range) *adb.Job {
	command := fmt.Sprintf("dd if=%s bs=65536 iflag=skip_bytes,count_bytes skip=%d count=%d", adb.Quote(path), r.Offset, r.Length)
	if !c.bytewise {
		command = fmt.Sprintf("dd if=%s bs=%d skip=%d count=%d", adb.Quote(path), blockAlign, r.Offset/blockAlign, (r.Length+blockAlign-1)/blockAlign)
	}
	j := c.job(command, "")
	j.Limit, j.Quiet = r.Length, true
	return j
}

// probe finds out whether dd counts in bytes (toybox since Android 12, busybox; before, blocks alone).
func (c *collector) probe(ctx context.Context) error {
	j := c.job("echo abcdef | dd bs=4 iflag=skip_bytes,count_bytes skip=2 count=2", "")
	j.Quiet = true
	err := c.link.Run(ctx, []*adb.Job{j})
	c.bytewise = j.Done && string(j.Text) == "cd"
	return err
}

// fetch runs the jobs and takes over what they brought. A file whose answer has another length than asked for is
// given up; the others are not touched by it.
func (c *collector) fetch(ctx context.Context, fetches []fetch) error {
	var jobs []*adb.Job
	for _, f := range fetches {
		jobs = append(jobs, f.job)
	}
	err := c.link.Run(ctx, jobs)
	for _, f := range fetches {
		length := int64(len(f.job.Text))
		switch {
		case f.job.Done && length == f.Length && c.ranged+length > limits.RangeBytes:
			f.file.fail(fmt.Sprintf("more than %d bytes of all APKs", int64(limits.RangeBytes)))
		case f.job.Done && length == f.Length:
			c.ranged += length
			keep(&f.file.APK, f.Offset, f.job.Text)
		case err != nil:
		case f.job.Over:
			f.file.fail(fmt.Sprintf("the phone gave more than the %d bytes at %d that were asked for", f.Length, f.Offset))
		case !f.job.Done:
			f.file.fail(f.job.Reason)
		default:
			f.file.fail(fmt.Sprintf("the phone gave %d of %d bytes at %d", length, f.Length, f.Offset))
		}
	}
	return err
}

func (f *file) fail(why string) {
	if f.Reason == "" {
		f.Reason = "not all was read: " + why
	}
}

// labels reads the resource tables of base APKs whose label is wanted, the smallest first.
func (c *collector) labels(ctx context.Context, files []*file) error {
	total := int64(0)
	var wanted []*file
	for _, f := range files {
		total += f.Size
		if f.Split != "" || f.Reason != "" || f.plan.table == nil {
			continue
		}
		if c.link.opt.Label == nil || c.link.opt.Label(&f.APK) {
			wanted = append(wanted, f)
		}
	}
	cost := func(f *file) int64 { return f.plan.entry(f.plan.table).Length }
	slices.SortStableFunc(wanted, func(a, b *file) int { return cmp.Compare(cost(a), cost(b)) })
	left := total/readShare - c.ranged
	var chosen []*file
	for _, f := range wanted {
		n := cost(f)
		if n > smallTable && n > left || n > limits.RangeAPK/2 {
			f.Reason = fmt.Sprintf("%s: its resource table takes %d bytes", LabelNotRead, n)
			continue
		}
		left -= n
		chosen = append(chosen, f)
	}
	return c.read(ctx, chosen, Label)
}
