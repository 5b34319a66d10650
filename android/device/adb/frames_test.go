package adb

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"appraise/android/dump/access"
)

const token = "@@TOKEN"

// frame is what a script prints for one job.
func frame(number, exit int, text, errors string) string {
	return fmt.Sprintf("%s b\n%s\n%s %d %d\n%s\n\n%s e\n", token, text, token, number, exit, errors, token)
}

func readFrame(input string, limit int64) (*Job, bool) {
	f := &frames{r: bufio.NewReaderSize(strings.NewReader(input), 16), marker: []byte(token + " ")}
	j := &Job{Limit: limit, Timeout: time.Minute}
	return j, f.job(func() {}, 0, j)
}

func TestFrames(t *testing.T) {
	for _, text := range []string{"", "\n", "a", "a\n", "a\n\n", "\n\na", strings.Repeat("long ", 1000), "a\r\n", "@@TOKE", "x@@TOKEN 0 0", " @@TOKEN 0 0\n", "\x00\xff\n\x00"} {
		j, ok := readFrame(frame(0, 3, text, "complaint"), 10_000)
		if !ok || !j.Done || string(j.Text) != text || j.Exit != 3 || !strings.HasPrefix(string(j.Errors), "complaint\n") {
			t.Errorf("%q: got %q, exit %d, errors %q, done %v", text, j.Text, j.Exit, j.Errors, j.Done)
		}
	}
}

// A frame that is cut anywhere is not done.
func TestFramesTruncated(t *testing.T) {
	whole := frame(0, 0, "some\ntext", "")
	for n := range len(whole) - 1 {
		if j, ok := readFrame(whole[:n], 10_000); ok || j.Done {
			t.Errorf("%q counts as whole", whole[:n])
		}
	}
}

func TestFramesLimit(t *testing.T) {
	text := strings.Repeat("0123456789\n", 100)
	if j, ok := readFrame(frame(0, 0, text, ""), int64(len(text))); !ok || string(j.Text) != text {
		t.Errorf("a text as long as its Limit: got %d bytes, %v", len(j.Text), j.Reason)
	}
	if j, ok := readFrame(frame(0, 0, text, ""), 50); ok || !j.Over || len(j.Text) > 51 || j.Reason == "" {
		t.Errorf("got %d bytes, over %v, %q", len(j.Text), j.Over, j.Reason)
	}
}

func TestFramesOutOfOrder(t *testing.T) {
	for _, input := range []string{frame(1, 0, "a", ""), strings.Replace(frame(0, 0, "a", ""), " 0 0", " 0 x", 1), strings.Replace(frame(0, 0, "a", ""), " b\n", " e\n", 1)} {
		if j, ok := readFrame(input, 100); ok || j.Done {
			t.Errorf("%q counts as whole", input)
		}
	}
}

// What is dropped while streaming is in no job's text.
func TestFramesFilter(t *testing.T) {
	input := frame(0, 0, "Current Notification Manager state:\n  secret text\n  Notification listeners:\n    Allowed notification listeners:\n      a.b/.C (user: 0 isPrimary: true)\n", "")
	f := &frames{r: bufio.NewReader(strings.NewReader(input)), marker: []byte(token + " ")}
	j := &Job{Limit: 10_000, Timeout: time.Minute, Filter: access.FilterNotification}
	if !f.job(func() {}, 0, j) || bytes.Contains(j.Text, []byte("secret")) || !bytes.Contains(j.Text, []byte("a.b/.C")) {
		t.Errorf("got %q", j.Text)
	}
	f = &frames{r: bufio.NewReader(strings.NewReader(input)), marker: []byte(token + " ")}
	j = &Job{Limit: 10_000, Timeout: time.Minute, Filter: func(io.Writer, io.Reader) error { return io.ErrShortWrite }}
	if f.job(func() {}, 0, j) || j.Reason == "" {
		t.Errorf("a filter's error is not told: %+v", j)
	}
}

func FuzzFrames(f *testing.F) {
	f.Add(frame(0, 0, "text", "errors"))
	f.Add("@@TOKEN b\nendless")
	f.Fuzz(func(t *testing.T, input string) {
		j, ok := readFrame(input, 1000)
		if int64(len(j.Text)) > 1001 || ok != j.Done {
			t.Errorf("%d bytes, %v, done %v", len(j.Text), ok, j.Done)
		}
	})
}

func FuzzLists(f *testing.F) {
	f.Add("12 /data/app/a/base.apk")
	f.Add("-rw-r--r-- system   system      1234 2020-01-02 03:04 base.apk")
	f.Fuzz(func(t *testing.T, text string) {
		FirstLine([]byte(text))
		(&Link{}).pick(parsePhones(text))
	})
}
