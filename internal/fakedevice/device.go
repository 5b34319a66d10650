// Package fakedevice is an Android phone for tests and benchmarks: an ADB daemon on loopback that the real adb client
// talks to. It runs the commands it is sent under mksh, with stand-ins for Android's own commands that answer from
// text files under Root and, where they change state, edit those files. Files of the phone lie under Root too.
//
// It imitates the transport and the commands' texts, not Android: what it proves of a program holds for the shell and
// for adb, and for a phone only as far as the texts are a phone's.
package fakedevice

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// TB is the part of testing.TB that Start needs; a benchmark program may bring its own.
type TB interface {
	Helper()
	Cleanup(func())
	TempDir() string
	Skip(...any)
	Fatal(...any)
}

// Refusal is a way not to accept the host.
type Refusal uint8

// Refusals.
const (
	Accept       Refusal = iota
	Unauthorized         // the owner never accepts this computer's key
	Offline              // it answers nothing
)

// FaultKind is a way in which a connection fails.
type FaultKind uint8

// Kinds of faults.
const (
	NoFault  FaultKind = iota
	Drop               // the connection ends; without Once the phone never comes back
	Stall              // nothing more comes
	Truncate           // the stream ends early, as if all were well
)

// Fault happens once After bytes of streams went out.
type Fault struct {
	Kind  FaultKind
	After int64
	Once  bool
}

// Options describe one phone.
type Options struct {
	SDK      int // API level; 0 = as Folder's getprop says, else 34
	Packages []Package
	// Folder holds text files by the names of a capture's outputs ("settings-secure.txt", "package@10.txt"), which
	// stand for the made ones. Texts does the same by name, and stands over Folder.
	Folder string
	Texts  map[string]string
	// Script holds shell code that runs in place of a command, by the command's first words: "dumpsys package", "stat".
	// The functions of standins/lib.sh are at hand.
	Script map[string]string

	Refuse      Refusal
	Fault       Fault
	NoShellV2   bool // as before Android 7
	NoIflag     bool // dd without iflag, as older toybox
	OldToolbox  bool // neither stat nor wc nor head nor tail, as before Android 6
	NoInstaller bool // pm list packages without -i
	ManyUsers   bool // a Samsung phone with several users: pm list packages without --user throws
	Rooted      bool // su is there
}

// Package is one installed package.
type Package struct {
	Name   string
	Base   string            // file on this computer that is its base APK; "" = none is there
	Splits map[string]string // split name -> file
	System bool
	UID    int // 0 = counted from 10100
	// Installer and Initiator are printed as they stand; "" = null.
	Installer, Initiator string
	Permissions          map[string]bool // requested at run time -> granted
	Path                 string          // of the base on the phone; "" = as the API level has it
	NotListed            bool            // splits= of dumpsys doesn't tell the splits
}

// Device is a running phone.
type Device struct {
	Serial  string // as adb knows it
	ADBPort int    // of the adb server that knows it
	Root    string // the phone's files; Root/.text has its texts
	Work    string // the folder its shell runs in: empty unless a command wrote there
	Home    string // HOME of the adb server

	opt      Options
	fake     string // stand-ins
	sh       string
	adb      string
	listener net.Listener
	sent     atomic.Int64
	armed    atomic.Bool
	running  sync.WaitGroup
	mu       sync.Mutex
	conns    map[*transport]bool
	closed   bool
}

// Start makes a phone and an adb server that knows it. It skips the test where adb, a shell or a tool is missing.
// All ends with the test.
func Start(t TB, opt Options) *Device {
	t.Helper()
	if why := Missing(); why != "" {
		t.Skip(why)
	}
	server, err := startServer(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.stop)
	return start(t, opt, server.port, server.home)
}

// Second attaches another phone to the same adb server.
func (d *Device) Second(t TB, opt Options) *Device {
	t.Helper()
	return start(t, opt, d.ADBPort, d.Home)
}

func start(t TB, opt Options, port int, home string) *Device {
	t.Helper()
	d, err := listen(t.TempDir(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	d.ADBPort, d.Home = port, home
	if opt.Refuse == Offline {
		// adb would wait ten seconds for an answer.
		cmd := d.command("connect", d.Serial)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
		return d.await(t)
	}
	if text, err := d.ADB("connect", d.Serial); err != nil && opt.Refuse == Accept {
		t.Fatal(fmt.Errorf("adb connect: %w: %s", err, text))
	}
	return d.await(t)
}

// await waits until the adb server lists the phone.
func (d *Device) await(t TB) *Device {
	t.Helper()
	for range 500 {
		if text, _ := d.ADB("devices"); strings.Contains(text, d.Serial+"\t") {
			return d
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal(errors.New("adb does not list the phone"))
	return nil
}

// Missing says which program a phone needs and is not here, "" where all are.
func Missing() string {
	if _, err := exec.LookPath("adb"); err != nil {
		return "adb is not installed"
	}
	if _, err := findShell(); err != nil {
		return "neither mksh nor busybox is installed"
	}
	if _, err := exec.LookPath("busybox"); err != nil {
		return "busybox is not installed"
	}
	return ""
}

func findShell() (string, error) {
	for _, name := range []string{"mksh", "busybox"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("no shell")
}

// listen makes the phone's files and waits for an adb server.
func listen(dir string, opt Options) (*Device, error) {
	d := &Device{opt: opt, conns: map[*transport]bool{}, Root: filepath.Join(dir, "root"), Work: filepath.Join(dir, "work"), fake: filepath.Join(dir, "fake")}
	d.armed.Store(true)
	var err error
	if d.adb, err = exec.LookPath("adb"); err != nil {
		return nil, err
	}
	if d.sh, err = findShell(); err != nil {
		return nil, err
	}
	for _, folder := range []string{d.Root, d.Work, d.fake} {
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	if err := d.furnish(); err != nil {
		return nil, err
	}
	if d.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	d.Serial = d.listener.Addr().String()
	go d.accept()
	return d, nil
}

func (d *Device) accept() {
	for {
		conn, err := d.listener.Accept()
		if err != nil {
			return
		}
		t := &transport{device: d, conn: conn, streams: map[uint32]*stream{}}
		d.mu.Lock()
		if d.closed {
			conn.Close()
		}
		d.conns[t] = true
		d.mu.Unlock()
		go func() {
			t.serve()
			d.mu.Lock()
			delete(d.conns, t)
			d.mu.Unlock()
		}()
	}
}

// Close ends the phone and what runs on it.
func (d *Device) Close() {
	d.listener.Close()
	d.mu.Lock()
	d.closed = true
	for t := range d.conns {
		t.conn.Close()
	}
	d.mu.Unlock()
	d.running.Wait()
}

// Sent is how many bytes streams have carried to the host.
func (d *Device) Sent() int64 { return d.sent.Load() }

// Address is what --adb takes.
func (d *Device) Address() string { return fmt.Sprintf("127.0.0.1:%d", d.ADBPort) }

// ADB runs the real adb against the device's server, without choosing a device.
func (d *Device) ADB(args ...string) (string, error) {
	out, err := d.command(args...).CombinedOutput()
	return string(out), err
}

func (d *Device) command(args ...string) *exec.Cmd {
	cmd := exec.Command(d.adb, append([]string{"-P", fmt.Sprint(d.ADBPort)}, args...)...)
	cmd.Env = serverEnv(d.Home)
	return cmd
}

// Shell runs a command on the phone through adb and returns both outputs.
func (d *Device) Shell(command string) (string, error) {
	return d.ADB("-s", d.Serial, "shell", command)
}

// Text is a text file of the phone by its name in a capture.
func (d *Device) Text(name string) (string, error) {
	b, err := os.ReadFile(filepath.Join(d.Root, ".text", name+".txt"))
	return string(b), err
}

// State is every text of the phone, so that two moments can be compared.
func (d *Device) State() (map[string]string, error) {
	out := map[string]string{}
	folder := filepath.Join(d.Root, ".text")
	entries, err := os.ReadDir(folder)
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return nil, err
		}
		out[strings.TrimSuffix(e.Name(), ".txt")] = string(b)
	}
	return out, err
}

// Written lists what commands left in the folder where the shell runs and in the phone's root: an injected command
// leaves its mark there.
func (d *Device) Written() []string {
	var out []string
	filepath.WalkDir(d.Work, func(path string, e fs.DirEntry, err error) error {
		if err == nil && path != d.Work {
			out = append(out, path)
		}
		return nil
	})
	sort.Strings(out)
	return out
}

func (d *Device) features() string {
	if d.opt.NoShellV2 || d.opt.SDK < 24 {
		return "cmd"
	}
	return "cmd,shell_v2,stat_v2"
}

// Packages are the packages of the options, completed.
func (d *Device) Packages() []Package { return d.opt.Packages }
