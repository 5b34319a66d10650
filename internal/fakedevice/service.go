package fakedevice

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// service returns what runs a service, nil for one that the device doesn't have.
func (d *Device) service(name string) func(*stream) {
	switch kind, rest, _ := strings.Cut(name, ":"); {
	case kind == "exec":
		return func(s *stream) { d.raw(s, rest) }
	case kind == "shell":
		return func(s *stream) { d.raw(s, rest) }
	case strings.HasPrefix(kind, "shell,"):
		return func(s *stream) { d.shell(s, rest) }
	case kind == "sync":
		return d.sync
	}
	return nil
}

// raw runs a command as adbd does without the shell protocol: one stream for both outputs, no exit code.
func (d *Device) raw(s *stream, command string) {
	d.run(s, command, nil, s, s)
}

// Ids of the shell protocol's packets (shell_protocol.h).
const (
	packetStdin = iota
	packetStdout
	packetStderr
	packetExit
	packetCloseStdin
)

// shell runs a command under the shell protocol.
func (d *Device) shell(s *stream, command string) {
	stdin, feed := io.Pipe()
	defer stdin.Close()
	go readPackets(s, feed)
	var mu sync.Mutex
	code := d.run(s, command, stdin, packets{s, &mu, packetStdout}, packets{s, &mu, packetStderr})
	packets{s, &mu, packetExit}.Write([]byte{byte(code)})
}

// readPackets passes on what the host types.
func readPackets(s io.Reader, feed *io.PipeWriter) {
	defer feed.Close()
	for {
		var head [5]byte
		if _, err := io.ReadFull(s, head[:]); err != nil {
			return
		}
		b := make([]byte, min(le.Uint32(head[1:]), maxData))
		if _, err := io.ReadFull(s, b); err != nil || head[0] == packetCloseStdin {
			return
		}
		if head[0] == packetStdin {
			feed.Write(b)
		}
	}
}

// packets writes one of the two outputs.
type packets struct {
	s  *stream
	mu *sync.Mutex
	id byte
}

func (p packets) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	packet := append([]byte{p.id, 0, 0, 0, 0}, b...)
	le.PutUint32(packet[1:], uint32(len(b)))
	if _, err := p.s.Write(packet); err != nil {
		return 0, err
	}
	return len(b), nil
}

// sync serves adb pull and ls (AOSP packages/modules/adb, SYNC.TXT and file_sync_protocol.h).
func (d *Device) sync(s *stream) {
	for {
		var head [8]byte
		if _, err := io.ReadFull(s, head[:]); err != nil {
			return
		}
		path := make([]byte, min(le.Uint32(head[4:]), 4096))
		if _, err := io.ReadFull(s, path); err != nil {
			return
		}
		host := filepath.Join(d.Root, filepath.Clean("/"+string(path)))
		var err error
		switch id := string(head[:4]); id {
		case "STAT":
			_, err = s.Write(stat1(host))
		case "STA2", "LST2":
			_, err = s.Write(stat2(id, host))
		case "RECV":
			err = sendFile(s, host)
		default:
			return
		}
		if err != nil {
			return
		}
	}
}

func stat1(host string) []byte {
	b := append([]byte("STAT"), make([]byte, 12)...)
	if info, err := os.Stat(host); err == nil {
		le.PutUint32(b[4:], unixMode(info))
		le.PutUint32(b[8:], uint32(info.Size()))
		le.PutUint32(b[12:], uint32(info.ModTime().Unix()))
	}
	return b
}

func stat2(id, host string) []byte {
	b := append([]byte(id), make([]byte, 68)...)
	info, err := os.Stat(host)
	if err != nil {
		le.PutUint32(b[4:], 2) // ENOENT
		return b
	}
	le.PutUint32(b[24:], unixMode(info))
	le.PutUint32(b[28:], 1)
	le.PutUint64(b[40:], uint64(info.Size()))
	for at := 48; at < 72; at += 8 {
		le.PutUint64(b[at:], uint64(info.ModTime().Unix()))
	}
	return b
}

func unixMode(info os.FileInfo) uint32 {
	if info.IsDir() {
		return 0o040755
	}
	return 0o100644
}

func sendFile(s io.Writer, host string) error {
	f, err := os.Open(host)
	if err != nil {
		text := fmt.Sprintf("open failed: %v", errors.Unwrap(err))
		return frame(s, "FAIL", []byte(text))
	}
	defer f.Close()
	buffer := make([]byte, 64<<10)
	for {
		n, err := f.Read(buffer)
		if n > 0 {
			if err := frame(s, "DATA", buffer[:n]); err != nil {
				return err
			}
		}
		switch {
		case errors.Is(err, io.EOF):
			return frame(s, "DONE", nil)
		case err != nil:
			return frame(s, "FAIL", []byte("read failed"))
		}
	}
}

func frame(s io.Writer, id string, b []byte) error {
	packet := append([]byte(id), 0, 0, 0, 0)
	le.PutUint32(packet[4:], uint32(len(b)))
	_, err := s.Write(append(packet, b...))
	return err
}

// fault makes the connection fail as the options say, once so many bytes went out. It may shorten the chunk.
func (d *Device) fault(s *stream, chunk *[]byte) error {
	f, sent := d.opt.Fault, d.sent.Load()
	left := f.After - sent
	if f.Kind == NoFault || left >= int64(len(*chunk)) || f.Once && !d.armed.CompareAndSwap(true, false) {
		return nil
	}
	if left > 0 {
		s.t.send(message{command: cmdWRTE, arg0: s.local, arg1: s.remote, data: (*chunk)[:left]})
		d.sent.Add(left)
	}
	switch f.Kind {
	case Drop:
		if !f.Once {
			d.listener.Close()
		}
		s.t.conn.Close()
	case Truncate:
		s.Close()
	case Stall:
		<-s.done
	}
	return net.ErrClosed
}
