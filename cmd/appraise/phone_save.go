package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"appraise/android/capture"
)

// saveFile is where a bundle is to be kept. It is made before the phone is read, so that nobody waits for a phone only
// to learn that there is no room for it, and is gone again where nothing was saved.
type saveFile struct {
	file   *os.File // nil: nothing is saved, or it is done
	target string   // the name in the end; "" where the file has it already
}

// newSaveFile makes the file, readable by the user alone. One that is there is replaced only with force, and then only
// once the new one is whole.
func newSaveFile(name string, force bool) (*saveFile, error) {
	const hint = "name a new file in a folder you may write to; --force replaces one"
	if name == "" {
		if force {
			return nil, usagef("name the file: --save phone.zip --force", "--force without --save replaces nothing")
		}
		return &saveFile{}, nil
	}
	var s saveFile
	var err error
	if info, statErr := os.Stat(name); statErr == nil && !info.Mode().IsRegular() {
		return nil, usagef(hint, "--save %q: it is there and no file", name)
	}
	if force {
		s.target = name
		s.file, err = os.CreateTemp(filepath.Dir(name), ".appraise-*")
	} else {
		s.file, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil, usagef(hint, "--save %q: the file is there already", name)
	case err != nil:
		return nil, usagef(hint, "--save: %w", err)
	}
	return &s, nil
}

// write keeps the bundle.
func (s *saveFile) write(c *capture.Capture) error {
	if s.file == nil {
		return nil
	}
	if err := c.Write(s.file); err != nil {
		return fmt.Errorf("saving what was read: %w", err)
	}
	if err := s.file.Close(); err != nil {
		return fmt.Errorf("saving what was read: %w", err)
	}
	if s.target != "" {
		if err := os.Rename(s.file.Name(), s.target); err != nil {
			return fmt.Errorf("saving what was read: %w", err)
		}
	}
	s.file = nil
	return nil
}

// discard removes a file that was not written whole.
func (s *saveFile) discard() {
	if s.file != nil {
		s.file.Close()
		os.Remove(s.file.Name())
	}
}
