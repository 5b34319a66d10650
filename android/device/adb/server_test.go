package adb

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// serve answers one connection on loopback and returns its address.
func serve(t *testing.T, answer string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		request := make([]byte, len("000chost:devices"))
		if _, err := io.ReadFull(conn, request); err != nil || string(request) != "000chost:devices" {
			return
		}
		io.WriteString(conn, answer)
	}()
	return listener.Addr().String()
}

func TestPhones(t *testing.T) {
	for _, test := range []struct {
		name, answer string
		want         []Phone
		fails        bool
	}{
		{name: "none", answer: "OKAY0000"},
		{name: "two", answer: "OKAY001cA1\tdevice\nB2\tunauthorized\nC3", want: []Phone{{"A1", "device"}, {"B2", "unauthorized"}}},
		{name: "refused", answer: "FAIL0004nope", fails: true},
		{name: "cut", answer: "OKAY00ffA1", fails: true},
		{name: "bad length", answer: "OKAYzzzz", fails: true},
		{name: "nothing", answer: "", fails: true},
	} {
		got, err := Phones(context.Background(), serve(t, test.answer))
		if (err != nil) != test.fails {
			t.Errorf("%s: got error %v, want failure %v", test.name, err, test.fails)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestNoServer(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	if _, err := Phones(context.Background(), address); !errors.Is(err, ErrNoServer) {
		t.Errorf("got %v, want %v", err, ErrNoServer)
	}
}

func FuzzReadAnswer(f *testing.F) {
	f.Add("OKAY000aA1\tdevice\n")
	f.Add("OKAYffff")
	f.Fuzz(func(t *testing.T, answer string) {
		text, err := readAnswer(strings.NewReader(answer))
		if err == nil && len(text) > len(answer) {
			t.Errorf("%d bytes out of %d", len(text), len(answer))
		}
		parsePhones(text)
	})
}
