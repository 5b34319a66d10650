package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"appraise/internal/textsafe"
)

// Exit codes that no report gives; the others are the gate's.
const (
	exitUsage    = 2
	exitInternal = 4
)

// softMemory is a goal for the garbage collector, not a bound: the bounds are internal/limits.
const softMemory = 160 << 20

// heapGrowth lets the heap grow fivefold before it is collected: what is read of an artifact is small and soon done with.
const heapGrowth = 400

// userError is the caller's mistake, with what to do next.
type userError struct {
	err  error
	hint string
}

func (e *userError) Error() string { return e.err.Error() }
func (e *userError) Unwrap() error { return e.err }

func usagef(hint, format string, args ...any) error {
	return &userError{fmt.Errorf(format, args...), hint}
}

// exitCode ends the program with a code of the gate; its report has been written.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit %d", int(c)) }

// execute runs the command line and returns the exit code. It is the only place that prints errors.
func execute(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	debug.SetMemoryLimit(softMemory)
	debug.SetGCPercent(heapGrowth)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRootCmd()
	root.SetArgs(joinExpect(args))
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var code exitCode
	var user *userError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &user):
		printError(stderr, user.err, user.hint)
		return exitUsage
	}
	printError(stderr, err, "")
	return exitInternal
}

// printError makes the message safe: it may quote arguments and artifacts.
func printError(w io.Writer, err error, hint string) {
	fmt.Fprintf(w, "appraise: %s\n", textsafe.Message(err.Error()))
	if hint != "" {
		fmt.Fprintf(w, "hint: %s\n", textsafe.Message(hint))
	}
}

func newRootCmd() *cobra.Command {
	root := &cobra.Command{
		Use:   "appraise",
		Short: "Tell what apps and browser extensions are, who made them and what they can do",
		Long: `appraise reads Android apps, iOS apps and browser extensions, and tells for each what it is, who made it
and how it arrived, what it can do to its user, and what to do about it. It works offline and changes nothing.

Without a command it says what can be looked at on this computer.`,
		Example: `  appraise scan Downloads/shop.apk
  appraise scan ~/.config/google-chrome
  appraise phone
  appraise explain keystrokes`,
		Args:          noCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       programVersion(),
		RunE:          func(cmd *cobra.Command, _ []string) error { return runHere(cmd.Context(), cmd.OutOrStdout()) },
	}
	root.SetVersionTemplate("appraise {{.Version}}\n")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usagef(fmt.Sprintf("%q lists the flags", cmd.CommandPath()+" --help"), "%w", err)
	})
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SuggestionsMinimumDistance = 2
	root.AddCommand(newScanCmd(), newPhoneCmd(), newVerifyCmd(), newDiffCmd(), newBrandCmd(), newFixCmd(), newExplainCmd())
	return root
}

// noCommand refuses a first word that is no command, and points to scan where it is a path.
func noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if _, err := os.Lstat(args[0]); err == nil {
		return usagef(fmt.Sprintf("to read it: appraise scan %q", args[0]), "%q is no command", args[0])
	}
	hint := `"appraise --help" lists the commands`
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = fmt.Sprintf("did you mean %q?", "appraise "+near[0])
	}
	return usagef(hint, "%q is no command", args[0])
}

// joinExpect lets --expect take its two words as two arguments: --expect shopping ID.
func joinExpect(args []string) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		if args[i] == "--" {
			return append(out, args[i:]...)
		}
		if args[i] == "--expect" && i+2 < len(args) && args[i+1] == expectShopping && !strings.HasPrefix(args[i+2], "-") {
			out = append(out, "--expect="+args[i+1]+"="+args[i+2])
			i += 2
			continue
		}
		out = append(out, args[i])
	}
	return out
}

// programVersion is what the build was given, else what Go recorded.
func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "0.1.0-dev"
}
