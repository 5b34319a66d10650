//go:build unix

package fakedevice

import (
	"os/exec"
	"syscall"
)

// ownGroup makes the command the first of a process group, so that all it starts ends with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(cmd *exec.Cmd) { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
