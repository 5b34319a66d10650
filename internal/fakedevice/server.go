package fakedevice

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"time"
)

// server is an adb server of our own, in the foreground, so that it can be ended by its process.
type server struct {
	port int
	home string
	cmd  *exec.Cmd
}

// startServer starts adb's server on a free port and waits until it listens.
func startServer(home string) (*server, error) {
	for range 5 {
		s, err := tryServer(home)
		if err == nil {
			return s, nil
		}
		if s != nil {
			s.stop()
		}
	}
	return nil, fmt.Errorf("the adb server does not start: %w", os.ErrDeadlineExceeded)
}

func tryServer(home string) (*server, error) {
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	s := &server{port: port, home: home}
	s.cmd = exec.Command("adb", "-P", fmt.Sprint(port), "server", "nodaemon")
	s.cmd.Env = serverEnv(home)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for range 500 {
		conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
		if err == nil {
			conn.Close()
			return s, nil
		}
		time.Sleep(20 * time.Millisecond)
	}
	return s, os.ErrDeadlineExceeded
}

func (s *server) stop() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// serverEnv keeps adb's keys and logs in home, and keeps it from looking for emulators on this computer.
func serverEnv(home string) []string {
	env := []string{"HOME=" + home, "TMPDIR=" + home, "ADB_LOCAL_TRANSPORT_MAX_PORT=5553"}
	for _, v := range os.Environ() {
		switch name, _, _ := strings.Cut(v, "="); name {
		case "PATH", "LANG", "SYSTEMROOT":
			env = append(env, v)
		}
	}
	return env
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
