package adb

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"appraise/internal/limits"
)

// Job is one command on the phone and what came of it. What of the phone's own words is in the command has to be
// quoted.
type Job struct {
	Command string
	Limit   int64 // bytes of output; more is not waited for
	Timeout time.Duration
	Filter  func(dst io.Writer, src io.Reader) error // what is kept of the output, nil = all
	Quiet   bool                                     // its standard error is dropped, which saves the phone a process

	Done   bool // it ended by itself and all of its output was read
	Exit   int
	Text   []byte
	Errors []byte // standard error, its start
	Reason string // why it isn't done
	Over   bool   // the reason is the limit
}

// The function is no single letter: mksh has r and others as aliases.
//
// Scripts are short enough for what carries them: a request to the adb server has four hexadecimal digits of length,
// and phones before Android 7 take services of at most 4 KiB (AOSP packages/modules/adb, MAX_PAYLOAD_V1).
const (
	scriptBytes    = 30_000
	oldScriptBytes = 3_900
	sdkN           = 24
)

// ScriptBytes is how long one script may be. A job that is longer gets a script of its own.
func (l *Link) ScriptBytes() int {
	if l.SDK > 0 && l.SDK < sdkN {
		return oldScriptBytes
	}
	return scriptBytes
}

// maxStuck is how many commands in a row may give nothing before the phone counts as gone.
const maxStuck = 3

// Run runs the jobs in order in as few scripts as hold them. What a job's end means is in the job; the error is ErrLost,
// that of ctx, or of kind Failed.
func (l *Link) Run(ctx context.Context, jobs []*Job) error {
	for len(jobs) > 0 {
		n, err := l.batch(ctx, jobs)
		if err != nil {
			for _, j := range jobs[n:] {
				j.give("not asked: " + Why(err))
			}
			return err
		}
		jobs = jobs[n:]
	}
	return nil
}

// Why is an error in words for a capture.
func Why(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "the time for reading the phone is over"
	}
	return err.Error()
}

// give records why a job isn't done, once.
func (j *Job) give(reason string) {
	if !j.Done && j.Reason == "" {
		j.Reason = reason
	}
}

// batch runs as many jobs as fit one script and tells how many it is through with. A job that hangs, overflows or loses
// the connection ends the script, not the batches after it.
func (l *Link) batch(ctx context.Context, jobs []*Job) (int, error) {
	token := "@@" + rand.Text()
	size, count := l.ScriptBytes(), 0
	script := strings.Builder{}
	fmt.Fprintf(&script, "exec 3>&1 </dev/null;T=%s;_f(){ echo;echo \"$T $1 $2\";echo \"$3\";echo;echo \"$T e\";}\n", token)
	for _, j := range jobs {
		line := fmt.Sprintf("echo \"$T b\";e=$( { %s;} 2>&1 >&3 3>&-);_f %d $? \"$e\"\n", j.Command, count)
		if j.Quiet {
			line = fmt.Sprintf("echo \"$T b\";%s 2>/dev/null;_f %d $?\n", j.Command, count)
		}
		if count > 0 && script.Len()+len(line) > size {
			break
		}
		script.WriteString(line)
		count++
	}
	return l.watch(ctx, script.String(), token, jobs[:count])
}

// watch runs one script and reads its frames.
func (l *Link) watch(ctx context.Context, script, token string, jobs []*Job) (int, error) {
	run, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := l.execOut(run, script)
	complaint := &bounded{limit: 1024}
	cmd.Stderr = complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, &Error{Failed, "adb: " + err.Error(), "adb devices tells whether it works at all"}
	}
	f := &frames{r: bufio.NewReaderSize(out, 64<<10), marker: []byte(token + " ")}
	ended := 0
	for i, j := range jobs {
		j.Limit = min(j.Limit, l.room)
		ok := f.job(cancel, i, j)
		l.room -= int64(len(j.Text))
		if !ok {
			break
		}
		ended++
	}
	cancel()
	cmd.Wait()
	if ctx.Err() != nil {
		return ended, ctx.Err()
	}
	if ended == len(jobs) {
		l.stuck = 0
		return ended, nil
	}
	return ended + 1, l.broken(ctx, jobs[ended], ended > 0, complaint.b)
}

// broken decides what it means that a job did not come to its end.
func (l *Link) broken(ctx context.Context, j *Job, moved bool, complaint []byte) error {
	if moved || len(j.Text) > 0 {
		l.stuck = 0
	}
	l.stuck++
	if l.stuck >= maxStuck || !l.returns(ctx) {
		j.give("the phone went away")
		return ErrLost
	}
	reason := "the connection ended before its end"
	if text := FirstLine(complaint); text != "" {
		reason += ": " + text
	}
	j.give(reason)
	return nil
}

// frames reads what a script prints: for each job a line "TOKEN b", its output, an empty line's worth of line feed,
// "TOKEN NUMBER EXIT", its standard error, and "TOKEN e". The token is new for each script, so that no text that was on
// the phone before holds it.
type frames struct {
	r      *bufio.Reader
	marker []byte
}

// job reads the frame of one job; false where it did not come to its end.
func (f *frames) job(cancel context.CancelFunc, number int, j *Job) bool {
	timer := time.AfterFunc(j.Timeout, cancel)
	defer timer.Stop()
	started := time.Now()
	ok := f.read(number, j)
	if !ok && time.Since(started) >= j.Timeout {
		j.give(fmt.Sprintf("no end of its output in %s", j.Timeout))
	}
	return ok
}

func (f *frames) read(number int, j *Job) bool {
	if words, ok := f.until(io.Discard, limits.MessageBytes); !ok || words != "b" { // a shell may say something before
		return false
	}
	var kept bytes.Buffer
	if j.Quiet {
		kept.Grow(int(j.Limit) + bytes.MinRead)
	}
	head, ok := f.output(&kept, j)
	j.Text = kept.Bytes()
	if !ok {
		return false
	}
	numberText, exit, _ := strings.Cut(head, " ")
	if numberText != strconv.Itoa(number) {
		j.give("the phone's answers are out of order")
		return false
	}
	var err error
	if j.Exit, err = strconv.Atoi(exit); err != nil {
		j.give("the phone tells no exit code")
		return false
	}
	errors := &bounded{limit: 1024}
	if _, ok := f.until(errors, limits.DumpLineBytes); !ok {
		return false
	}
	j.Errors, j.Done = errors.b, true
	return true
}

// output reads the job's output through its filter and gives the words of the frame's end.
func (f *frames) output(kept *bytes.Buffer, j *Job) (head string, ok bool) {
	if j.Filter == nil {
		head, ok = f.until(kept, j.Limit)
	} else {
		in, out := io.Pipe()
		filtered := make(chan error, 1)
		go func() {
			err := j.Filter(kept, in)
			io.Copy(io.Discard, in)
			filtered <- err
		}()
		head, ok = f.until(out, j.Limit)
		out.Close()
		if err := <-filtered; err != nil {
			j.give(err.Error())
			ok = false
		}
	}
	if !ok && head == overflow {
		j.Over = true
		j.give(fmt.Sprintf("longer than %d bytes; the rest is not read", j.Limit))
	}
	return head, ok
}

// overflow stands for the words of a frame that has no end within its limit.
const overflow = "overflow"

// until copies to w up to the next line that starts with the marker, and gives the rest of that line. The line feed
// before the marker belongs to the frame.
func (f *frames) until(w io.Writer, limit int64) (words string, ok bool) {
	start, feed := true, false
	left := limit + 1
	for {
		part, err := f.r.ReadSlice('\n')
		if start && bytes.HasPrefix(part, f.marker) && err == nil {
			return string(bytes.TrimSpace(part[len(f.marker):])), true
		}
		if feed {
			w.Write([]byte{'\n'})
		}
		whole := part
		part, feed = bytes.CutSuffix(part, []byte{'\n'})
		start = feed
		if left -= int64(len(whole)); left < 0 {
			w.Write(part[:max(0, int64(len(part))+left)])
			return overflow, false
		}
		w.Write(part)
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
			return "", false
		}
	}
}
