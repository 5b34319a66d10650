package fakedevice

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"
)

// Commands of the transport (AOSP packages/modules/adb, protocol.txt).
const (
	cmdCNXN = 0x4e584e43
	cmdAUTH = 0x48545541
	cmdOPEN = 0x4e45504f
	cmdOKAY = 0x59414b4f
	cmdWRTE = 0x45545257
	cmdCLSE = 0x45534c43

	version   = 0x01000001 // from here on checksums are not looked at
	maxData   = 1 << 20
	authToken = 1
)

var le = binary.LittleEndian

// message is one transport message.
type message struct {
	command, arg0, arg1 uint32
	data                []byte
}

func readMessage(r io.Reader) (message, error) {
	var head [24]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return message{}, err
	}
	m := message{command: le.Uint32(head[:]), arg0: le.Uint32(head[4:]), arg1: le.Uint32(head[8:])}
	length := le.Uint32(head[12:])
	if le.Uint32(head[20:]) != ^m.command || length > maxData {
		return message{}, fmt.Errorf("no transport message: %x", head)
	}
	m.data = make([]byte, length)
	_, err := io.ReadFull(r, m.data)
	return m, err
}

func (m message) bytes() []byte {
	b := make([]byte, 24, 24+len(m.data))
	sum := uint32(0)
	for _, c := range m.data {
		sum += uint32(c)
	}
	for i, v := range []uint32{m.command, m.arg0, m.arg1, uint32(len(m.data)), sum, ^m.command} {
		le.PutUint32(b[4*i:], v)
	}
	return append(b, m.data...)
}

// transport is one connection of an adb server.
type transport struct {
	device *Device
	conn   net.Conn
	write  sync.Mutex

	mu      sync.Mutex
	streams map[uint32]*stream
	last    uint32
}

// serve answers until the connection ends.
func (t *transport) serve() {
	defer t.end()
	for {
		m, err := readMessage(t.conn)
		if err != nil {
			return
		}
		t.handle(m)
	}
}

func (t *transport) end() {
	t.conn.Close()
	t.mu.Lock()
	streams := t.streams
	t.streams = nil
	t.mu.Unlock()
	for _, s := range streams {
		s.shut()
	}
}

func (t *transport) send(m message) error {
	t.write.Lock()
	defer t.write.Unlock()
	_, err := t.conn.Write(m.bytes())
	return err
}

func (t *transport) handle(m message) {
	switch m.command {
	case cmdCNXN, cmdAUTH:
		t.greet()
	case cmdOPEN:
		t.open(m)
	default:
		t.mu.Lock()
		s := t.streams[m.arg1]
		t.mu.Unlock()
		if s != nil {
			s.handle(m)
		}
	}
}

// greet answers the host's greeting, or never accepts it.
func (t *transport) greet() {
	switch t.device.opt.Refuse {
	case Unauthorized:
		t.send(message{command: cmdAUTH, arg0: authToken, data: make([]byte, 20)})
		return
	case Offline:
		return
	}
	const banner = "device::ro.product.name=fake;ro.product.model=Fake_Phone;ro.product.device=fake;features="
	t.send(message{command: cmdCNXN, arg0: version, arg1: maxData, data: []byte(banner + t.device.features() + "\x00")})
}

func (t *transport) open(m message) {
	t.mu.Lock()
	if t.streams == nil {
		t.mu.Unlock()
		return
	}
	t.last++
	s := &stream{t: t, local: t.last, remote: m.arg0, acknowledged: make(chan struct{}, 1), done: make(chan struct{})}
	s.in, s.feed = io.Pipe()
	t.streams[s.local] = s
	t.mu.Unlock()
	service := string(m.data)
	for len(service) > 0 && service[len(service)-1] == 0 {
		service = service[:len(service)-1]
	}
	run := t.device.service(service)
	if run == nil {
		s.forget()
		t.send(message{command: cmdCLSE, arg1: s.remote})
		return
	}
	t.send(message{command: cmdOKAY, arg0: s.local, arg1: s.remote})
	t.device.running.Add(1)
	go func() {
		defer t.device.running.Done()
		run(s)
		s.Close()
	}()
}

// stream is one open service.
type stream struct {
	t             *transport
	local, remote uint32
	acknowledged  chan struct{}
	done          chan struct{}
	once          sync.Once
	in            *io.PipeReader // what the host sends
	feed          *io.PipeWriter
}

func (s *stream) handle(m message) {
	switch m.command {
	case cmdOKAY:
		select {
		case s.acknowledged <- struct{}{}:
		default:
		}
	case cmdWRTE:
		go func() { // one at a time: the host waits for the OKAY
			if _, err := s.feed.Write(m.data); err == nil {
				s.t.send(message{command: cmdOKAY, arg0: s.local, arg1: s.remote})
			}
		}()
	case cmdCLSE:
		s.shut()
	}
}

// Read gives what the host sends.
func (s *stream) Read(p []byte) (int, error) { return s.in.Read(p) }

// Write sends p in messages and waits for the acknowledgement of each. The device's faults act here.
func (s *stream) Write(p []byte) (int, error) {
	written := 0
	for written < len(p) {
		chunk := p[written:min(len(p), written+maxData)]
		if err := s.t.device.fault(s, &chunk); err != nil {
			return written, err
		}
		if err := s.t.send(message{command: cmdWRTE, arg0: s.local, arg1: s.remote, data: chunk}); err != nil {
			return written, err
		}
		select {
		case <-s.acknowledged:
		case <-s.done:
			return written, net.ErrClosed
		}
		written += len(chunk)
		s.t.device.sent.Add(int64(len(chunk)))
	}
	return written, nil
}

// Close ends the stream from this side.
func (s *stream) Close() error {
	if s.forget() {
		s.t.send(message{command: cmdCLSE, arg0: s.local, arg1: s.remote})
	}
	s.shut()
	return nil
}

// forget takes the stream out of the transport; false where it is gone already.
func (s *stream) forget() bool {
	s.t.mu.Lock()
	defer s.t.mu.Unlock()
	_, ok := s.t.streams[s.local]
	delete(s.t.streams, s.local)
	return ok
}

// shut ends what waits for the stream.
func (s *stream) shut() {
	s.once.Do(func() {
		s.forget()
		close(s.done)
		s.feed.Close()
		s.in.Close()
	})
}
