package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"appraise/internal/fakedevice"
)

// hello is the first line that the phone's process prints.
type hello struct {
	Address string   // of the adb server
	Port    int      // of the same
	Serial  string   // of the phone
	Names   []string // of the apps
	Paths   []string // of their APKs on the phone, in the same order
}

// phone is the other process.
type phone struct {
	hello   hello
	cmd     *exec.Cmd
	ask     io.WriteCloser
	answers *bufio.Reader
}

func startPhone(opt options) (*phone, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &phone{cmd: exec.Command(self, append([]string{"-phone", "-work", opt.work, "-packages", fmt.Sprint(opt.packages)}, opt.apks...)...)}
	p.cmd.Stderr = os.Stderr
	if p.ask, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.answers = bufio.NewReader(out)
	if err := p.read(&p.hello); err != nil {
		p.end()
		return nil, fmt.Errorf("the phone doesn't start: %w", err)
	}
	return p, nil
}

func (p *phone) read(into any) error {
	line, err := p.answers.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, into)
}

// sent is how many bytes the phone has sent until now.
func (p *phone) sent() (int64, error) {
	if _, err := io.WriteString(p.ask, "\n"); err != nil {
		return 0, err
	}
	var n int64
	err := p.read(&n)
	return n, err
}

// command is the measured one.
func (p *phone) command(opt options) []string {
	return []string{opt.appraise, "phone", "--adb", p.hello.Address, "--serial", p.hello.Serial, "--format", "json"}
}

func (p *phone) end() {
	p.ask.Close()
	p.cmd.Wait()
}

// serve is the phone's process: it prints its hello, then for each line that comes in how many bytes were sent, and
// ends with its input or at a signal.
func serve(opt options, in io.Reader, out io.Writer) (err error) {
	b := &bed{work: opt.work}
	defer b.end()
	defer func() {
		if why, ok := recover().(stop); ok {
			err = why.err
		}
	}()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	d := fakedevice.Start(b, fakedevice.Options{SDK: 34, Packages: packages(opt)})
	answers := json.NewEncoder(out)
	if err := answers.Encode(helloOf(d)); err != nil {
		return err
	}
	return answer(d, in, answers, signals)
}

// answer tells for every line how many bytes were sent.
func answer(d *fakedevice.Device, in io.Reader, answers *json.Encoder, signals <-chan os.Signal) error {
	lines := make(chan struct{})
	go func() {
		defer close(lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			lines <- struct{}{}
		}
	}()
	for {
		select {
		case <-signals:
			return nil
		case _, more := <-lines:
			if !more {
				return nil
			}
			if err := answers.Encode(d.Sent()); err != nil {
				return err
			}
		}
	}
}

func helloOf(d *fakedevice.Device) hello {
	h := hello{Address: d.Address(), Port: d.ADBPort, Serial: d.Serial}
	for _, p := range d.Packages() {
		h.Names = append(h.Names, p.Name)
		h.Paths = append(h.Paths, p.Path)
	}
	return h
}

// packages are the apps, with the APKs in turn. They came from a store and hold what many apps hold.
func packages(opt options) []fakedevice.Package {
	var out []fakedevice.Package
	for i := range opt.packages {
		out = append(out, fakedevice.Package{
			Name: fmt.Sprintf("com.example.p%03d", i), Base: opt.apks[i%len(opt.apks)],
			Installer: "com.android.vending", Initiator: "com.android.vending",
			Permissions: map[string]bool{
				"android.permission.ACCESS_FINE_LOCATION": i%5 == 0, "android.permission.CAMERA": i%3 == 0, "android.permission.INTERNET": true,
				"android.permission.POST_NOTIFICATIONS": i%2 == 0, "android.permission.READ_CONTACTS": i%7 == 0,
			},
		})
	}
	return out
}
