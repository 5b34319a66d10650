package fakedevice

import (
	"embed"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

//go:embed standins
var standins embed.FS

// applets are the tools that the phone has beside the stand-ins: Android's own toybox where Debian's has them, else
// busybox. touch is there so that an injected command could leave its mark.
var applets = []string{"awk", "base64", "cat", "cp", "dd", "echo", "false", "grep", "head", "ls", "mv", "od", "printf", "rm", "sed",
	"sleep", "sort", "stat", "tail", "touch", "tr", "true", "wc", "which", "yes"}

// install writes the stand-ins and the links to the tools into the phone's only bin folder.
func (d *Device) install() error {
	bin := filepath.Join(d.fake, "bin")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return err
	}
	busybox, err := exec.LookPath("busybox")
	if err != nil {
		return err
	}
	toybox, known := toyboxApplets()
	for _, name := range applets {
		target := busybox
		if slices.Contains(known, name) {
			target = toybox
		}
		if err := os.Symlink(target, filepath.Join(bin, name)); err != nil {
			return err
		}
	}
	entries, err := standins.ReadDir("standins")
	if err != nil {
		return err
	}
	for _, e := range entries {
		text, err := standins.ReadFile("standins/" + e.Name())
		if err != nil {
			return err
		}
		path, mode := filepath.Join(d.fake, e.Name()), os.FileMode(0o644)
		if filepath.Ext(e.Name()) == "" {
			path, mode = filepath.Join(bin, e.Name()), 0o755
			text = append([]byte("#!"+d.shebang()+"\n"), text...)
		}
		if err := os.WriteFile(path, text, mode); err != nil {
			return err
		}
	}
	if d.opt.Rooted {
		return os.WriteFile(filepath.Join(bin, "su"), []byte("#!"+d.shebang()+"\nexit 1\n"), 0o755)
	}
	return nil
}

// toyboxApplets are the tools of toybox, none where it is not installed.
func toyboxApplets() (path string, names []string) {
	path, err := exec.LookPath("toybox")
	if err != nil {
		return "", nil
	}
	out, err := exec.Command(path).Output()
	if err != nil {
		return "", nil
	}
	return path, strings.Fields(string(out))
}

func (d *Device) shebang() string {
	if filepath.Base(d.sh) == "busybox" {
		return d.sh + " sh"
	}
	return d.sh
}

// scripts writes the code that stands for commands.
func (d *Device) scripts() error {
	folder := filepath.Join(d.fake, "script")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for name, code := range d.opt.Script {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(code+"\n"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (d *Device) environment() []string {
	env := []string{
		"PATH=" + filepath.Join(d.fake, "bin"), "FAKE=" + d.fake, "ROOT=" + d.Root, fmt.Sprintf("SDK=%d", d.opt.SDK),
		"TEXT=" + filepath.Join(d.Root, ".text"), "HOME=" + d.Work, "TMPDIR=" + d.fake, "LC_ALL=C.UTF-8",
	}
	if perl, err := exec.LookPath("perl"); err == nil {
		env = append(env, "PERL="+perl)
	}
	for name, on := range map[string]bool{
		"NOIFLAG": d.opt.NoIflag || d.opt.OldToolbox, "OLDTOOLBOX": d.opt.OldToolbox, "NOINSTALLER": d.opt.NoInstaller, "MANYUSERS": d.opt.ManyUsers,
	} {
		if on {
			env = append(env, name+"=1")
		}
	}
	return env
}

// run runs a command as the phone's shell and returns its exit code. The command ends with the stream.
func (d *Device) run(s *stream, command string, in io.Reader, out, errors io.Writer) int {
	args := append(strings.Fields(d.shebang())[1:], "-c", ". \"$FAKE/prelude.sh\"\n"+command)
	cmd := exec.Command(d.sh, args...)
	cmd.Env, cmd.Dir = d.environment(), d.Work
	gathered := newGather(out)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, gathered, errors
	if errors == out {
		cmd.Stderr = gathered
	}
	cmd.WaitDelay = time.Second
	defer gathered.Close()
	ownGroup(cmd)
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(errors, err)
		return 127
	}
	ended := make(chan struct{})
	go func() {
		select {
		case <-s.done:
		case <-ended:
		}
		killGroup(cmd)
	}()
	cmd.Wait()
	close(ended)
	return cmd.ProcessState.ExitCode()
}
