package main

import (
	"fmt"
	"io"
	"strings"

	"appraise/android/capture"
	"appraise/internal/remedy"
	"appraise/internal/textsafe"
	"appraise/inventory"
)

// fixPage writes one plan. Commands stand alone on their lines, to be copied whole.
type fixPage struct {
	w       io.Writer
	opts    fixOptions
	target  remedy.Target
	shell   remedy.Shell
	capture *capture.Capture
}

func (p fixPage) print(plan *remedy.Plan) {
	if len(plan.Steps)+len(plan.Told) > 0 {
		p.warn()
	}
	p.source(plan)
	for i, step := range plan.Steps {
		p.step(i+1, step)
	}
	p.told(plan.Told)
	p.lacking(plan)
	if len(plan.Steps) > 0 {
		fmt.Fprint(p.w, `
Where the phone answers with an error, that command changed nothing: do it in Settings (Xiaomi and others want "USB
debugging (Security settings)" first). Afterwards "appraise phone" shows what the phone says then. In the end switch USB
debugging off and revoke its authorisations: Settings > System > Developer options.
`)
	}
}

// warn comes before everything that speaks of a change.
func (p fixPage) warn() {
	save := []string{"appraise", "phone", "--save", "FILE"}
	if p.opts.serial != "" {
		save = append(save, "--serial", p.opts.serial)
	}
	if p.opts.address != "" {
		save = append(save, "--adb", p.opts.address)
	}
	fmt.Fprintf(p.w, `Before you change anything: taking access away from an app, or removing it, can alert whoever installed it, and can
destroy evidence. Save what the phone says first:
    %s
If someone may have put the app there to watch you, talk to a local support service first, from another device.

`, p.shell.Line(save))
}

func (p fixPage) source(plan *remedy.Plan) {
	from := "as the phone says now"
	if p.opts.from != "" {
		from = "as saved in " + textsafe.Line(p.opts.from)
		if p.capture.Created != "" {
			from += " (" + textsafe.Line(p.capture.Created) + ")"
		}
	}
	about := ""
	if p.opts.capability != "" {
		about = ", " + p.opts.capability
	}
	fmt.Fprintf(p.w, "%s, user %d%s: %s.\n", plan.Package, plan.User, about, from)
	switch {
	case len(plan.Steps) > 0:
		fmt.Fprintln(p.w, "Nothing was changed. The commands below are for you to run; each undo brings back what stood there when it was read.\nUndo the last one first.")
	case len(plan.Told) > 0:
		fmt.Fprintln(p.w, "No command is offered.")
	case len(plan.Lacking) == 0:
		fmt.Fprintln(p.w, "Nothing of note is switched on or granted.")
	}
}

func (p fixPage) step(number int, s remedy.Step) {
	fmt.Fprintf(p.w, "\n%d. %s\n", number, accessLine(s.Kind, s.What, s.Gives))
	for _, note := range s.Notes {
		fmt.Fprintf(p.w, "   Note: %s.\n", textsafe.Line(note))
	}
	p.commands(s.Do)
	fmt.Fprintln(p.w, "   Undo:")
	p.commands(s.Undo)
}

// commands are printed as they are: remedy lets none pass that can't be shown.
func (p fixPage) commands(list []remedy.Command) {
	for _, c := range list {
		fmt.Fprintf(p.w, "    %s\n", p.shell.Line(p.target.Argv(c)))
	}
}

func accessLine(kind remedy.Kind, what string, gives []inventory.CapabilityID) string {
	text := string(kind) + " " + textsafe.Line(what)
	if kind == remedy.Disable {
		text = "the app as a whole: switched off, nothing of it is deleted"
	}
	if len(gives) > 0 {
		words := make([]string, len(gives))
		for i, id := range gives {
			words[i] = string(id)
		}
		text += " (" + strings.Join(words, ", ") + ")"
	}
	return text
}

func (p fixPage) told(list []remedy.Told) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(p.w, "\nNot offered as a command:")
	for _, t := range list {
		line := "switching the app off as a whole"
		if t.Kind != remedy.Disable {
			line = accessLine(t.Kind, t.What, t.Gives)
		}
		fmt.Fprintf(p.w, "- %s: %s.\n", line, textsafe.Line(t.Why))
		if t.Instead != "" {
			fmt.Fprintf(p.w, "  On the phone: %s.\n", t.Instead)
		}
	}
}

func (p fixPage) lacking(plan *remedy.Plan) {
	if len(plan.Lacking) == 0 {
		return
	}
	fmt.Fprintln(p.w, "\nNot known, so that more may be switched on than stands here:")
	for _, gap := range plan.Lacking {
		row, _ := capture.Lookup(gap.Name)
		fmt.Fprintf(p.w, "- %s (%s): %s.\n", row.Tells, gap.Name, textsafe.Line(gap.Why))
	}
	if p.opts.from != "" {
		fmt.Fprintln(p.w, "  Without --from the attached phone is asked.")
	}
}
