package device

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"

	"appraise/internal/fakedevice"
)

// kind is the kind of an *Error, which has to say what to do.
func kind(t *testing.T, err error) Kind {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an *Error", err)
	}
	if e.Message == "" || e.Hint == "" {
		t.Errorf("got message %q, hint %q", e.Message, e.Hint)
	}
	return e.Kind
}

func TestNoServerAtAddress(t *testing.T) {
	if why := fakedevice.Missing(); why != "" {
		t.Skip(why)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	for _, address := range []string{address, "nonsense", "-x:1", "127.0.0.1:0", "127.0.0.1:99999"} {
		_, err := Collect(context.Background(), Options{Address: address})
		if got := kind(t, err); got != NoADB {
			t.Errorf("%s: got kind %d, want %d", address, got, NoADB)
		}
	}
}

func TestWhichPhone(t *testing.T) {
	d := fakedevice.Start(t, fakedevice.Options{})
	second := d.Second(t, fakedevice.Options{SDK: 30})
	for _, test := range []struct {
		name, serial string
		want         Kind
	}{
		{"several", "", Several},
		{"unknown", "127.0.0.1:1", NoDevice},
		{"hostile", "-s;reboot", NoDevice},
	} {
		_, err := Collect(context.Background(), Options{Address: d.Address(), Serial: test.serial})
		if got := kind(t, err); got != test.want {
			t.Errorf("%s: got kind %d, want %d", test.name, got, test.want)
		}
		if strings.Contains(err.Error(), d.Serial) {
			t.Errorf("%s: %q holds a serial", test.name, err)
		}
	}
	c := collect(t, d, Options{Serial: second.Serial})
	if got := string(c.Outputs["getprop"].Text); !strings.Contains(got, "[30]") {
		t.Errorf("got the other phone: %q", got)
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		name    string
		refusal fakedevice.Refusal
		want    Kind
	}{{"unauthorized", fakedevice.Unauthorized, Unauthorized}, {"offline", fakedevice.Offline, Offline}} {
		d := fakedevice.Start(t, fakedevice.Options{Refuse: test.refusal})
		c, err := Collect(context.Background(), Options{Address: d.Address()})
		if got := kind(t, err); got != test.want || c != nil {
			t.Errorf("%s: got kind %d, want %d (%v)", test.name, got, test.want, err)
		}
	}
}

func TestServerRemains(t *testing.T) {
	d := fakedevice.Start(t, fakedevice.Options{})
	collect(t, d, Options{})
	phones, err := Phones(context.Background(), d.Address())
	if err != nil || len(phones) != 1 {
		t.Errorf("got %v, %v, want the one phone", phones, err)
	}
}
