package adb

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// kind is the kind of an *Error, which has to say what to do.
func kind(t *testing.T, err error) Kind {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if e.Message == "" || e.Hint == "" {
		t.Errorf("got message %q, hint %q", e.Message, e.Hint)
	}
	return e.Kind
}

func TestNoADB(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("ANDROID_HOME", "")
	if program, err := findADB(""); err == nil {
		t.Logf("found %s in a usual place", program)
	} else if got := kind(t, err); got != NoADB {
		t.Errorf("got kind %d, want %d", got, NoADB)
	}
	sdk := t.TempDir()
	program := filepath.Join(sdk, "platform-tools", "adb")
	if err := os.MkdirAll(filepath.Dir(program), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("ANDROID_HOME", sdk)
	if got, err := findADB(""); err != nil || got != program {
		t.Errorf("got %q, %v, want %q", got, err, program)
	}
	_, err := Connect(context.Background(), Options{Program: filepath.Join(sdk, "none")})
	if got := kind(t, err); got != NoADB {
		t.Errorf("got kind %d, want %d", got, NoADB)
	}
}

func TestStates(t *testing.T) {
	for _, test := range []struct {
		list string
		want Kind
	}{
		{"", NoDevice},
		{"A\tunauthorized", Unauthorized},
		{"A\tauthorizing", Unauthorized},
		{"A\toffline", Offline},
		{"A\trecovery", Offline},
		{"A\tno permissions (missing udev rules? user is in the plugdev group); see [http://example.com]", Offline},
		{"A\tdevice\nB\toffline", Several},
		{"-A\tdevice", NoDevice},
		{"A b\tdevice", NoDevice},
	} {
		l := &Link{}
		_, err := l.pick(parsePhones(test.list))
		if got := kind(t, err); got != test.want {
			t.Errorf("%q: got kind %d, want %d", test.list, got, test.want)
		}
	}
}
