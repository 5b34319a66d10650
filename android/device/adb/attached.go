package adb

import (
	"context"
	"strings"

	"appraise/internal/limits"
)

// Attached is one device as adb devices -l lists it.
type Attached struct {
	Phone
	Model string // as adb spells it, "Pixel_8"; "" where adb doesn't know it. Not terminal-safe.
}

// List asks adb for the phones that it knows, in the order of adb devices. Of the options the program and the address
// count.
func List(ctx context.Context, opt Options) ([]Attached, error) {
	l := &Link{}
	var err error
	if l.program, err = findADB(opt.Program); err != nil {
		return nil, err
	}
	if l.server, err = serverArguments(opt.Address); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, limits.CommandTime)
	defer cancel()
	cmd := l.command(ctx, "devices", "-l")
	out := &bounded{limit: limits.DeviceListBytes}
	cmd.Stdout = out
	if err := cmd.Run(); err != nil {
		return nil, &Error{NoADB, "adb devices: " + err.Error(), "adb start-server starts one; --adb names another"}
	}
	return parseAttached(string(out.b)), nil
}

// parseAttached reads the long list: serial, state, then words like model:Pixel_8 (AOSP packages/modules/adb,
// append_transport).
func parseAttached(text string) []Attached {
	var list []Attached
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if len(words) < 2 || strings.HasPrefix(line, "*") || strings.HasPrefix(line, "List of devices") {
			continue
		}
		one := Attached{Phone: Phone{Serial: words[0], State: words[1]}}
		for _, word := range words[2:] {
			if model, ok := strings.CutPrefix(word, "model:"); ok && one.Model == "" {
				one.Model = model
			}
		}
		list = append(list, one)
	}
	return list
}

// Serial is the serial of the phone, which is personal: it is there to be taken out of texts.
func (l *Link) Serial() string { return l.serial }
