package access

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"appraise/android/dump"
	"appraise/android/dump/lines"
	"appraise/internal/limits"
)

// FilterNotification copies of dumpsys notification what NotificationDump reads and nothing else: who may listen and
// listens, each app's head line and the importance of its channels, and a complaint of the command where it stands before
// any output. The notifications with their texts, names and ids of channels, and channels of single conversations, are
// dropped while streaming. Lines over
// limits.DumpLineBytes are dropped. The error is that of reading or writing.
func FilterNotification(dst io.Writer, src io.Reader) error {
	in, out := bufio.NewReaderSize(src, limits.DumpLineBytes), bufio.NewWriter(dst)
	f := noticeFilter{}
	for {
		line, err := in.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if err = skipLine(in); err != nil && !errors.Is(err, io.EOF) {
				return errors.Join(err, out.Flush())
			}
			if err == nil {
				continue
			}
			line = nil
		}
		if len(line) > 0 {
			if werr := f.line(out, line); werr != nil {
				return werr
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return out.Flush()
		case err != nil:
			return errors.Join(err, out.Flush())
		}
	}
}

// skipLine reads to the end of a line that is too long.
func skipLine(in *bufio.Reader) error {
	for {
		if _, err := in.ReadSlice('\n'); !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
	}
}

// noticeFilter decides line by line.
type noticeFilter struct {
	started bool // the command's own output has begun
	part    listenerPart
	indent  int
	app     bool // inside an app's settings
}

func (f *noticeFilter) line(out *bufio.Writer, line []byte) error {
	trimmed := bytes.TrimRight(line, "\r\n")
	if !f.started {
		trimmed = bytes.TrimPrefix(trimmed, []byte(lines.ByteOrderMark))
	}
	indent, text := lines.Indented(trimmed)
	if !f.keeps(indent, text) {
		return nil
	}
	if channel, ok := bytes.CutPrefix(text, []byte(channelStart)); ok && f.app {
		trimmed = append(bytes.Repeat([]byte(" "), indent), bareChannel(channel)...)
	}
	if _, err := out.Write(trimmed); err != nil {
		return err
	}
	return out.WriteByte('\n')
}

// keeps reports whether a line is one of those that are kept.
func (f *noticeFilter) keeps(indent int, text []byte) bool {
	if len(text) == 0 {
		return false
	}
	if indent == 0 && lines.Complaint(text) {
		return !f.started
	}
	f.started = true
	if part, ok := listenerTitle(text); ok {
		f.part, f.indent, f.app = part, indent, false
		return true
	}
	if rest, ok := bytes.CutPrefix(text, []byte("AppSettings: ")); ok {
		name, _, _ := bytes.Cut(rest, []byte(" ("))
		f.part, f.app = noListeners, dump.PackageName(name)
		return f.app
	}
	if f.part != noListeners && indent > f.indent {
		return listenerLine(f.part, text)
	}
	f.part = noListeners
	if !f.app || bytes.HasPrefix(text, []byte("NotificationChannelGroup{")) {
		return false
	}
	f.app = bytes.HasPrefix(text, []byte(channelStart))
	return f.app && !conversation(text)
}

// listenerLine reports whether a line of a list of listeners names components and nothing else.
func listenerLine(part listenerPart, text []byte) bool {
	if part == liveListeners {
		names, _ := beforeUser(text, " (user ")
		_, ok := dump.Component(names)
		return ok
	}
	names, _ := beforeUser(text, " (user: ")
	if part != allowedListeners {
		_, ok := dump.Component(names)
		return ok
	}
	for name := range bytes.SplitSeq(names, []byte(":")) {
		if _, ok := dump.Component(name); ok {
			return true
		}
	}
	return false
}
