package device

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"appraise/android/capture"
	"appraise/android/device/adb"
	"appraise/android/dump"
	"appraise/android/dump/access"
	"appraise/inventory"
)

// asked is a question on its way: the ways that are left, and the last answer.
type asked struct {
	question
	key   string // name in the capture
	left  []string
	job   *adb.Job
	fault string
}

// outputs asks the phone everything and puts the answers into the capture.
func (c *collector) outputs(ctx context.Context) error {
	c.tell(0, 0, "asking the phone")
	err := c.ask(ctx, c.prepare(first[:], 0))
	properties, _ := dump.GetProp(c.capture.Outputs[capture.GetProp].Text)
	c.link.SDK, _ = strconv.Atoi(properties["ro.build.version.sdk"])
	c.rooted()
	list := c.prepare(questions[:], 0)
	users := c.users()
	for _, user := range users {
		list = append(list, c.prepare(questions[:], user)...)
	}
	if err == nil {
		err = c.ask(ctx, list)
	} else {
		c.record(list, adb.Why(err))
	}
	for _, user := range append([]int{0}, users...) {
		if err == nil {
			err = c.roles(ctx, user)
		} else {
			c.missing(capture.ForUser(capture.Roles, user), "not asked: "+adb.Why(err))
		}
	}
	if err == nil {
		err = c.settings(ctx)
	}
	return err
}

// users are those asked for beside 0, once each.
func (c *collector) users() []int {
	var out []int
	for _, u := range c.link.opt.Users {
		if u > 0 && capture.IsName(capture.ForUser(capture.PackagesList, u)) && !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	return out
}

// prepare makes the questions for one user; those that the phone is too old for are answered at once.
func (c *collector) prepare(list []question, user int) []*asked {
	var out []*asked
	for _, q := range list {
		if user != 0 && !q.users {
			continue
		}
		key := capture.ForUser(q.name, user)
		if sdk := c.link.SDK; sdk > 0 && sdk < q.since {
			c.missing(key, fmt.Sprintf("phones have it since API level %d, this one has %d", q.since, sdk))
			continue
		}
		out = append(out, &asked{question: q, key: key, left: q.commands(user, c.link.SDK)})
	}
	return out
}

// ask runs the first way of each question, then the next one of those that gave no answer, until none is left.
func (c *collector) ask(ctx context.Context, list []*asked) error {
	all := list
	defer func() { c.record(all, "not asked") }()
	for len(list) > 0 {
		var jobs []*adb.Job
		for _, a := range list {
			a.job = c.job(a.left[0], a.name)
			a.left = a.left[1:]
			jobs = append(jobs, a.job)
		}
		err := c.link.Run(ctx, jobs)
		var next []*asked
		for _, a := range list {
			a.fault = a.question.fault(a.job)
			if a.fault != "" && len(a.left) > 0 && a.job.Done {
				next = append(next, a)
			}
		}
		if err != nil {
			return err
		}
		list = next
	}
	return nil
}

// job is a command with the limits of its output.
func (c *collector) job(command, name string) *adb.Job {
	b := c.link.opt.bounds
	j := &adb.Job{Command: command, Limit: b.output, Timeout: b.command}
	if row, ok := capture.Lookup(name); ok && row.Time > 0 && strings.HasPrefix(command, "dumpsys") {
		j.Timeout = b.dumpsys
	}
	if name == capture.Notification {
		j.Filter = access.FilterNotification
	}
	return j
}

// record puts the answers into the capture.
func (c *collector) record(list []*asked, unasked string) {
	for _, a := range list {
		if _, done := c.capture.Outputs[a.key]; done {
			continue
		}
		switch {
		case a.job == nil:
			c.missing(a.key, unasked)
		case a.fault != "" && (a.job.Done || len(a.job.Text) == 0):
			c.missing(a.key, a.job.Command+": "+a.fault)
		default:
			c.add(a.key, a.job)
		}
	}
}

// add takes over a job's output.
func (c *collector) add(key string, j *adb.Job) {
	// The name is one of capture's own.
	_ = c.capture.Add(key, j.Text, j.Exit)
	o := c.capture.Outputs[key]
	if !j.Done {
		o.Exit, o.Cut, o.Reason = -1, true, j.Reason
	} else if !o.Cut && expired(o.Text) {
		o.Cut, o.Reason = true, "the phone's own time limit cut it"
	}
	c.capture.Outputs[key] = o
	if o.Cut {
		c.problem(inventory.Problem{File: key, Offset: int64(len(o.Text)), Message: "cut: " + o.Reason, Limit: j.Over, Matters: true})
	}
}

func (c *collector) problem(p inventory.Problem) {
	c.capture.Problems = append(c.capture.Problems, p)
}

// expired finds what dumpsys prints where a service takes too long (AOSP frameworks/native, dumpsys.cpp).
func expired(text []byte) bool {
	tail := text[max(0, len(text)-512):]
	return bytes.Contains(tail, []byte("DUMP TIMEOUT (")) && bytes.Contains(tail, []byte("EXPIRED ***"))
}

func (c *collector) missing(key, reason string) {
	if _, there := c.capture.Outputs[key]; !there {
		c.capture.Outputs[key] = capture.Output{Exit: -1, Reason: reason}
	}
}

// rooted says what the shell is and whether it finds su.
func (c *collector) rooted() {
	o := c.capture.Outputs[capture.ID]
	if o.Text == nil || o.Cut {
		return
	}
	found := bytes.HasPrefix(o.Text, []byte("uid=0("))
	for line := range bytes.Lines(o.Text) {
		line = bytes.TrimSpace(line)
		found = found || bytes.HasPrefix(line, []byte("/")) && bytes.HasSuffix(line, []byte("/su"))
	}
	c.capture.Rooted = &found
}

// roles asks for each role and joins the answers: role, tab, holder.
func (c *collector) roles(ctx context.Context, user int) error {
	key := capture.ForUser(capture.Roles, user)
	if sdk := c.link.SDK; sdk > 0 && sdk < sinceRoles {
		c.missing(key, fmt.Sprintf("phones have it since API level %d, this one has %d", sinceRoles, sdk))
		return nil
	}
	var jobs []*adb.Job
	for _, role := range roles {
		jobs = append(jobs, c.job(fmt.Sprintf("cmd role get-role-holders --user %d %s", user, role), capture.Roles))
	}
	err := c.link.Run(ctx, jobs)
	var text bytes.Buffer
	fault := ""
	for i, j := range jobs {
		if f := (question{}).fault(j); f != "" {
			fault = j.Command + ": " + f
			continue
		}
		holders := bytes.Join(bytes.Fields(j.Text), []byte(";"))
		fmt.Fprintf(&text, "%s\t%s\n", roles[i], holders)
	}
	c.joined(key, text.Bytes(), fault)
	return err
}

// settings asks for single settings where a list was not to be had.
func (c *collector) settings(ctx context.Context) error {
	for _, name := range []string{capture.SettingsSecure, capture.SettingsGlobal} {
		if o := c.capture.Outputs[name]; o.Text != nil || strings.HasPrefix(o.Reason, "not asked") {
			continue
		}
		var jobs []*adb.Job
		for _, key := range settingKeys[name] {
			jobs = append(jobs, c.job("settings get "+strings.TrimPrefix(name, "settings-")+" "+key, name))
		}
		err := c.link.Run(ctx, jobs)
		var text bytes.Buffer
		fault := ""
		for i, j := range jobs {
			if f := (question{}).fault(j); f != "" {
				fault = j.Command + ": " + f
				continue
			}
			fmt.Fprintf(&text, "%s=%s\n", settingKeys[name][i], bytes.TrimSpace(j.Text))
		}
		if text.Len() > 0 {
			delete(c.capture.Outputs, name)
			c.joined(name, text.Bytes(), fault)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// joined records an output that was put together from several; fault is why some of it is missing.
func (c *collector) joined(key string, text []byte, fault string) {
	if len(text) == 0 {
		c.missing(key, fault)
		return
	}
	c.add(key, &adb.Job{Text: text, Done: fault == "", Exit: 0, Reason: fault})
}

func (c *collector) tell(done, total int, what string) {
	if c.link.opt.Progress != nil {
		c.link.opt.Progress(done, total, what)
	}
}
