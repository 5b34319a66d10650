package device

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"appraise/android/capture"
	"appraise/android/device/adb"
	"appraise/android/dump/packages"
	"appraise/internal/limits"
	"appraise/inventory"
)

// file is one APK that is being read.
type file struct {
	capture.APK
	plan  plan
	guess bool // the path was made of what dumpsys says of splits
}

var splitName = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$`)

// installed is a package whose APKs are wanted.
type installed struct {
	name, base string
	user       int
	splits     []string // file names without .apk
	sure       bool     // dumpsys tells its splits
}

// apks lists the APKs of the wanted packages, reads the parts of them that tell signer and manifest, and then labels.
func (c *collector) apks(ctx context.Context) error {
	apps := c.packages()
	c.tell(0, len(apps), "reading apps")
	files, err := c.find(ctx, apps)
	if err == nil && len(files) > 0 {
		err = c.probe(ctx)
	}
	if err == nil {
		err = c.ends(ctx, files)
	}
	if err == nil {
		err = c.read(ctx, files, Signer)
	}
	if err == nil {
		err = c.labels(ctx, files)
	}
	for _, f := range files {
		if err != nil && f.Reason == "" && !f.complete() {
			f.Reason = "not all was read: " + adb.Why(err)
		}
		f.Path = strings.ToValidUTF8(f.Path, "\uFFFD")
		c.capture.APKs = append(c.capture.APKs, f.APK)
	}
	slices.SortStableFunc(c.capture.APKs, func(a, b capture.APK) int {
		return cmp.Or(cmp.Compare(a.Package, b.Package), cmp.Compare(a.Path, b.Path))
	})
	return err
}

// complete reports whether all is there that Signer wants.
func (f *file) complete() bool {
	again := plan{apk: &f.APK}
	ranges, err := again.next(Signer)
	return ranges == nil && err == nil
}

// packages are those that were installed later, or all, of the users that were asked for.
func (c *collector) packages() []installed {
	told := map[string]packages.Package{}
	for _, p := range packages.Read(c.capture.Outputs[capture.PackageDump].Text).Packages {
		told[p.Name] = p
	}
	seen := map[[2]string]bool{}
	var out []installed
	for _, user := range append([]int{0}, c.users()...) {
		list, _ := packages.List(c.capture.Outputs[capture.ForUser(capture.PackagesList, user)].Text)
		system := c.system(user, list)
		for _, p := range list {
			key := [2]string{p.Name, p.Path}
			if !adb.ValidName(p.Name) || seen[key] || system[p.Name] && !c.link.opt.AllApps {
				continue
			}
			seen[key] = true
			out = append(out, installedFrom(p, told, user))
		}
	}
	return out
}

// system are the packages that came with the phone: as the phone lists them, else those that it doesn't list as
// installed later, else those outside the folders of installed apps.
func (c *collector) system(user int, list []packages.Listed) map[string]bool {
	out := map[string]bool{}
	if o := c.capture.Outputs[capture.ForUser(capture.PackagesSystem, user)]; o.Text != nil && !o.Cut {
		set, _ := packages.List(o.Text)
		for _, p := range set {
			out[p.Name] = true
		}
		return out
	}
	later := map[string]bool{}
	o := c.capture.Outputs[capture.ForUser(capture.PackagesThirdParty, user)]
	set, _ := packages.List(o.Text)
	for _, p := range set {
		later[p.Name] = true
	}
	for _, p := range list {
		if o.Text != nil && !o.Cut {
			out[p.Name] = !later[p.Name]
		} else {
			out[p.Name] = !strings.HasPrefix(p.Path, "/data/") && !strings.HasPrefix(p.Path, "/mnt/")
		}
	}
	return out
}

// installedFrom adds what dumpsys tells of the splits. The package manager names a split's file split_NAME.apk, beside
// the base (PackageInstallerSession); where dumpsys is not clear, pm path is asked.
func installedFrom(p packages.Listed, told map[string]packages.Package, user int) installed {
	out := installed{name: p.Name, base: p.Path, user: user}
	d, ok := told[p.Name]
	if !ok || p.Path == "" || len(d.Doubtful) > 0 || len(d.Splits) == 0 || len(d.Splits) > limits.SetMembers {
		return out
	}
	for _, name := range d.Splits {
		if name == "base" {
			continue
		}
		if !splitName.MatchString(name) {
			return out
		}
		out.splits = append(out.splits, "split_"+name)
	}
	out.sure = true
	return out
}

// find makes the list of files with their sizes. Paths of splits that dumpsys made us guess and that are not there,
// and those of packages that it is not clear about, are asked for with pm path.
func (c *collector) find(ctx context.Context, apps []installed) ([]*file, error) {
	var files []*file
	asked := map[string]installed{}
	for _, p := range apps {
		if !p.sure {
			asked[p.name] = p
		}
		files = append(files, newFile(p.name, p.base, ""))
		for _, split := range p.splits {
			f := newFile(p.name, path.Dir(p.base)+"/"+split+".apk", split)
			f.guess = true
			files = append(files, f)
		}
	}
	files = c.cap(files)
	err := c.sizes(ctx, files)
	gone := map[string]bool{}
	for _, f := range files {
		gone[f.Package] = gone[f.Package] || f.absent()
	}
	for _, p := range apps {
		if gone[p.name] {
			asked[p.name] = p
		}
	}
	if len(asked) == 0 || err != nil {
		return files, err
	}
	more, err := c.paths(ctx, apps, asked, files)
	if err != nil {
		return files, err
	}
	found := map[string]bool{}
	for _, f := range more {
		found[f.Package] = true
	}
	kept := files[:0]
	for _, f := range files {
		if _, again := asked[f.Package]; !again || !f.absent() || !f.guess && !found[f.Package] {
			kept = append(kept, f)
		}
	}
	fresh := c.cap(append(kept, more...))[len(kept):]
	err = c.sizes(ctx, fresh)
	return append(kept, fresh...), err
}

// absent reports whether the phone was asked for the file's size and told none.
func (f *file) absent() bool { return f.Size == 0 && adb.CheckPath(f.Path) == nil }

func newFile(pkg, path, split string) *file {
	f := &file{APK: capture.APK{Package: pkg, Path: path, Split: split}}
	f.plan.apk = &f.APK
	return f
}

// cap drops what is over the limit, and says so.
func (c *collector) cap(files []*file) []*file {
	if len(files) <= limits.RangeFiles {
		return files
	}
	c.problem(inventory.Problem{Message: fmt.Sprintf("%d APKs, over the limit of %d; the rest is not read", len(files), limits.RangeFiles), Limit: true, Matters: true})
	return files[:limits.RangeFiles]
}

// paths asks pm path of packages and gives the files that are not listed yet.
func (c *collector) paths(ctx context.Context, apps []installed, asked map[string]installed, files []*file) ([]*file, error) {
	known := map[[2]string]bool{}
	for _, f := range files {
		known[[2]string{f.Package, f.Path}] = f.Size > 0 || !f.guess
	}
	var jobs []*adb.Job
	var names []string
	named := map[string]bool{}
	for _, p := range apps {
		if _, ok := asked[p.name]; !ok || named[p.name] {
			continue
		}
		named[p.name] = true
		names = append(names, p.name)
		jobs = append(jobs, c.job(fmt.Sprintf("pm path --user %d %[2]s || pm path %[2]s", p.user, adb.Quote(p.name)), ""))
	}
	err := c.link.Run(ctx, jobs)
	var out []*file
	for i, j := range jobs {
		count := 0
		for line := range bytes.Lines(j.Text) {
			name, ok := strings.CutPrefix(strings.TrimRight(string(line), "\r\n"), "package:")
			if count++; !ok || known[[2]string{names[i], name}] || count > limits.SetMembers {
				continue
			}
			known[[2]string{names[i], name}] = true
			split := strings.TrimSuffix(path.Base(name), ".apk")
			if split == "base" {
				split = ""
			}
			out = append(out, newFile(names[i], name, split))
		}
	}
	return out, err
}

// sizes asks for the sizes of the files whose paths may stand in a command.
func (c *collector) sizes(ctx context.Context, files []*file) error {
	byPath := map[string][]*file{}
	var ask []string
	for _, f := range files {
		if err := adb.CheckPath(f.Path); err != nil {
			f.Reason = "not read: " + err.Error()
			continue
		}
		if byPath[f.Path] == nil {
			ask = append(ask, f.Path)
		}
		byPath[f.Path] = append(byPath[f.Path], f)
	}
	jobs := c.statJobs(ask)
	err := c.link.Run(ctx, jobs)
	for _, j := range jobs {
		for line := range bytes.Lines(j.Text) {
			number, name, _ := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
			c.sized(byPath[name], number)
		}
	}
	if err != nil {
		return err
	}
	return c.sizesAlone(ctx, ask, byPath)
}

// statJobs asks for many sizes with one process.
func (c *collector) statJobs(paths []string) []*adb.Job {
	most := c.link.ScriptBytes() / 2
	var jobs []*adb.Job
	words := ""
	flush := func() {
		if words != "" {
			jobs = append(jobs, c.job("stat -c '%s %n'"+words+" 2>/dev/null", ""))
		}
		words = ""
	}
	for _, p := range paths {
		if len(words)+len(p) > most {
			flush()
		}
		words += " " + adb.Quote(p)
	}
	flush()
	return jobs
}

// sizesAlone asks for the sizes that stat didn't tell: old phones have no stat.
func (c *collector) sizesAlone(ctx context.Context, paths []string, byPath map[string][]*file) error {
	var jobs []*adb.Job
	var left []string
	for _, p := range paths {
		if byPath[p][0].Size == 0 {
			left = append(left, p)
			jobs = append(jobs, c.job("wc -c "+adb.Quote(p)+" 2>/dev/null || ls -l "+adb.Quote(p), ""))
		}
	}
	err := c.link.Run(ctx, jobs)
	for i, j := range jobs {
		c.sized(byPath[left[i]], listedSize(string(j.Text)))
		for _, f := range byPath[left[i]] {
			if f.Size == 0 && f.Reason == "" && err == nil {
				f.Reason = "not read: the phone tells no size of it"
				if said := adb.FirstLine(j.Errors); said != "" {
					f.Reason += ": " + said
				}
			}
		}
	}
	return err
}

// listedSize finds the size in what wc -c or ls -l prints: the first word, or the word before the date.
func listedSize(line string) string {
	words := strings.Fields(line)
	for i := 1; i < len(words); i++ {
		if strings.Count(words[i], "-") == 2 && len(words[i]) == len("2006-01-02") {
			return words[i-1]
		}
	}
	if len(words) > 0 {
		return words[0]
	}
	return ""
}

func (c *collector) sized(files []*file, number string) {
	size, err := strconv.ParseInt(number, 10, 64)
	for _, f := range files {
		if err == nil && size > 0 && f.Size == 0 {
			f.Size = size
		}
	}
}
