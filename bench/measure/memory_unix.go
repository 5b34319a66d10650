//go:build unix

package measure

import (
	"os"
	"runtime"
	"syscall"
)

// peakMemory is the peak resident memory of an ended process, in bytes.
func peakMemory(state *os.ProcessState) int64 {
	usage, ok := state.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return peakBytes(usage)
}

// ownPeakMemory is the same of this process. Linux lets a child start with the peak of its parent
// (mm/exec_mmap), so no child shows less.
func ownPeakMemory() int64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return peakBytes(&usage)
}

// peakBytes reads ru_maxrss: bytes on Apple's systems, kibibytes elsewhere.
func peakBytes(usage *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(usage.Maxrss)
	}
	return int64(usage.Maxrss) * 1024
}
