package device

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"appraise/internal/limits"
)

// A label's resource table is read whole when it is small; larger ones, the smallest first, as long as all that is
// read stays within a share of the APKs' size.
const (
	smallTable = 256 << 10
	readShare  = 50 // one byte of so many
)

// fetch is one range on its way.
type fetch struct {
	file *file
	Range
	job *job
}

// read asks for what the files still lack, one round after the other, until none lacks anything.
func (c *collector) read(ctx context.Context, files []*file, want Want) error {
	if c.link.sdk > 0 && c.link.sdk < sdkN {
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

// dd reads whole blocks with versions of dd that know no other unit, and else in pieces of 64 KiB. The end of the file
// cuts the last block.
func (c *collector) dd(path string, r Range) *job {
	command := fmt.Sprintf("dd if=%s bs=65536 iflag=skip_bytes,count_bytes skip=%d count=%d", quote(path), r.Offset, r.Length)
	if !c.bytewise {
		command = fmt.Sprintf("dd if=%s bs=%d skip=%d count=%d", quote(path), blockAlign, r.Offset/blockAlign, (r.Length+blockAlign-1)/blockAlign)
	}
	j := c.job(command, "")
	j.limit, j.quiet = r.Length, true
	return j
}

// probe finds out whether dd counts in bytes (toybox since Android 12, busybox; before, blocks alone).
func (c *collector) probe(ctx context.Context) error {
	j := c.job("echo abcdef | dd bs=4 iflag=skip_bytes,count_bytes skip=2 count=2", "")
	j.quiet = true
	err := c.link.run(ctx, []*job{j})
	c.bytewise = j.done && string(j.text) == "cd"
	return err
}

// fetch runs the jobs and takes over what they brought. A file whose answer has another length than asked for is
// given up; the others are not touched by it.
func (c *collector) fetch(ctx context.Context, fetches []fetch) error {
	var jobs []*job
	for _, f := range fetches {
		jobs = append(jobs, f.job)
	}
	err := c.link.run(ctx, jobs)
	for _, f := range fetches {
		length := int64(len(f.job.text))
		switch {
		case f.job.done && length == f.Length && c.ranged+length > limits.RangeBytes:
			f.file.fail(fmt.Sprintf("more than %d bytes of all APKs", int64(limits.RangeBytes)))
		case f.job.done && length == f.Length:
			c.ranged += length
			keep(&f.file.APK, f.Offset, f.job.text)
		case err != nil:
		case f.job.over:
			f.file.fail(fmt.Sprintf("the phone gave more than the %d bytes at %d that were asked for", f.Length, f.Offset))
		case !f.job.done:
			f.file.fail(f.job.reason)
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
