// Command avast verifies APKs with avast's apkverifier, so that bench/run.sh can time appraise beside it.
//
// Usage:
//
//	avast APK|FOLDER...
//
// A folder stands for its *.apk files, in order of their names. One line an APK says the scheme that was used and how
// many signers, or the error. The exit code is 1 when an APK did not verify.
//
// The library is under the LGPL. This is a module of its own for that reason too: appraise never imports it, never
// links it, and "go build" of the program doesn't fetch it.
package main

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"

	"github.com/avast/apkverifier"
)

func main() {
	paths, err := expand(os.Args[1:])
	if err != nil {
		fmt.Fprintf(os.Stderr, "avast: %v\n", err)
		os.Exit(2)
	}
	out := bufio.NewWriter(os.Stdout)
	code := 0
	for _, path := range paths {
		if err := verify(out, path); err != nil {
			fmt.Fprintf(out, "%s: %v\n", path, err)
			code = 1
		}
	}
	out.Flush()
	os.Exit(code)
}

// expand replaces each folder by the APKs in it.
func expand(args []string) ([]string, error) {
	var paths []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			paths = append(paths, arg)
			continue
		}
		apks, err := filepath.Glob(filepath.Join(arg, "*.apk"))
		if err != nil {
			return nil, err
		}
		paths = append(paths, apks...)
	}
	return paths, nil
}

// verify writes the line of an APK that verifies. The library is known to panic on some hostile input; that is an
// error of the APK here, so that one file doesn't end the measurement.
func verify(out *bufio.Writer, path string) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	result, err := apkverifier.Verify(path, nil)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: verified, scheme %d, %d signers\n", path, result.SigningSchemeId, len(result.SignerCerts))
	return nil
}
