package main

import (
	"fmt"
	"os"

	"appraise/internal/textsafe"
)

// version is set by the build.
var version = ""

func main() { os.Exit(run()) }

// run turns a panic of the program itself into exit code 4: Go's own code for it is 2, which means wrong usage.
func run() (code int) {
	defer func() {
		if r := recover(); r != nil {
			fmt.Fprintf(os.Stderr, "appraise: internal error: %s\n", textsafe.Line(fmt.Sprint(r)))
			code = exitInternal
		}
	}()
	return execute(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}
