package adb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"appraise/internal/limits"
)

// ErrNoServer means that nothing listens at the address: no adb server runs.
var ErrNoServer = errors.New("no adb server is running")

// Phone is one device that an adb server knows.
type Phone struct {
	Serial string // personal: redact before showing
	State  string // device, unauthorized, offline, recovery …
}

// Phones asks the adb server at address (host:port on loopback) for its devices. It starts no server and sends nothing
// to a phone.
// Source: the host:devices request of adb's SERVICES.TXT and OVERVIEW.TXT (AOSP packages/modules/adb).
func Phones(ctx context.Context, address string) ([]Phone, error) {
	dialer := net.Dialer{Timeout: limits.DeviceListTime}
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, ErrNoServer
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(limits.DeviceListTime)); err != nil {
		return nil, err
	}
	const request = "host:devices"
	if _, err := fmt.Fprintf(conn, "%04x%s", len(request), request); err != nil {
		return nil, fmt.Errorf("asking the adb server: %w", err)
	}
	text, err := readAnswer(conn)
	if err != nil {
		return nil, fmt.Errorf("reading the adb server's answer: %w", err)
	}
	return parsePhones(text), nil
}

// readAnswer reads OKAY, four hex digits of length, and the text.
func readAnswer(r io.Reader) (string, error) {
	head := make([]byte, 8)
	if _, err := io.ReadFull(r, head); err != nil {
		return "", err
	}
	if string(head[:4]) != "OKAY" {
		return "", fmt.Errorf("answer starts with %q", head[:4])
	}
	length, err := strconv.ParseUint(string(head[4:]), 16, 16)
	if err != nil || length > limits.DeviceListBytes {
		return "", fmt.Errorf("length %q is no number in range", head[4:])
	}
	text := make([]byte, length)
	if _, err := io.ReadFull(r, text); err != nil {
		return "", err
	}
	return string(text), nil
}

func parsePhones(text string) []Phone {
	var phones []Phone
	for line := range strings.Lines(text) {
		serial, state, ok := strings.Cut(strings.TrimRight(line, "\r\n"), "\t")
		if ok && serial != "" {
			phones = append(phones, Phone{serial, state})
		}
	}
	return phones
}
