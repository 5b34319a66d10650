package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// asProgram makes the test binary be the program, for tests that watch a whole process.
const asProgram = "APPRAISE_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	testscript.Main(m, map[string]func(){"appraise": main})
}

// TestScripts runs the command line stories of testdata/script; SAMPLES is the samples folder.
func TestScripts(t *testing.T) {
	samples, err := filepath.Abs("../../testdata/samples")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("SAMPLES", samples)
			env.Setenv("SOURCE_DATE_EPOCH", "1763769600")
			env.Setenv("ANDROID_ADB_SERVER_PORT", "1") // nothing listens there
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": checkStatus,
		},
	})
}

// checkStatus runs a command and compares its exit code: status CODE command args...
func checkStatus(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: status CODE command args...")
	}
	got := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v: %v", args[1:], err)
	}
	if strconv.Itoa(got) != args[0] {
		ts.Fatalf("%v: got exit code %d, want %s", args[1:], got, args[0])
	}
}
