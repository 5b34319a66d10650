package main

import (
	"errors"
	"fmt"
	"os"
)

// bed is what a test would give to the phone, a fakedevice.TB: folders and an orderly end.
type bed struct {
	work     string // absolute, because the phone's shell runs elsewhere
	cleanups []func()
}

// stop is the panic by which Fatal and Skip leave a function that counts on them not to return.
type stop struct{ err error }

func (b *bed) Helper() {}

func (b *bed) Cleanup(f func()) { b.cleanups = append(b.cleanups, f) }

func (b *bed) TempDir() string {
	folder, err := os.MkdirTemp(b.work, "phone-")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { os.RemoveAll(folder) })
	return folder
}

func (b *bed) Skip(why ...any)  { b.Fatal(why...) }
func (b *bed) Fatal(why ...any) { panic(stop{errors.New(fmt.Sprint(why...))}) }

// end runs the cleanups, the last first.
func (b *bed) end() {
	for i := len(b.cleanups) - 1; i >= 0; i-- {
		b.cleanups[i]()
	}
}
