package policies

import (
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"appraise/finding"
	"appraise/internal/limits"
	"appraise/policies/brand"
	"appraise/policies/provenance"
	"appraise/policies/rule"
)

//go:embed rules/*.yaml brands/*.yaml presets/*.yaml stores.yaml advice.yaml capabilities.tsv
var embedded embed.FS

// Options say which policy to load.
type Options struct {
	Preset string // "default" (also when empty) or "fleet"
	// Dir is a user's policy: rules/*.yaml and brands/*.yaml add to the embedded ones or replace those of
	// the same name, stores.yaml replaces the embedded one. nil: none.
	Dir   fs.FS
	Brand string // id of the one brand pack to use; empty: all
	// Pack is the YAML of one brand pack to use instead of all others; Brand is not looked at then. nil: none.
	Pack []byte
}

// Policy is a loaded policy. It is safe for use by several goroutines.
type Policy struct {
	info         finding.PolicyInfo
	preset       preset
	rules        []*rule.Rule // by id
	packs        []*brand.Pack
	stores       *provenance.Stores
	capabilities []CapabilityInfo
	advice       []AdviceRow
}

// Load reads the embedded policy and a user's own over it. The error lists every file that is wrong,
// each with a sentence that says what to write.
func Load(opt Options) (*Policy, error) {
	files, err := gather(embedded, opt.Dir)
	if err != nil {
		return nil, err
	}
	p := new(Policy)
	if p.preset, err = loadPreset(opt.Preset, files); err != nil {
		return nil, err
	}
	for _, step := range []struct {
		file string
		load func([]byte) error
	}{
		{"capabilities.tsv", func(b []byte) (err error) { p.capabilities, err = loadCapabilities(b); return err }},
		{"advice.yaml", func(b []byte) (err error) { p.advice, err = loadAdvice(b); return err }},
		{"stores.yaml", p.loadStores},
	} {
		if err := step.load(files[step.file]); err != nil {
			return nil, fmt.Errorf("%s: %w", step.file, err)
		}
	}
	var packs, rules error
	spread(2, func(i int) {
		if i == 0 {
			rules = p.loadRules(files)
		} else {
			packs = p.loadPacks(files, opt)
		}
	})
	if err := errors.Join(packs, rules); err != nil {
		return nil, err
	}
	p.info = p.describe(files, opt.Pack)
	return p, nil
}

func (p *Policy) loadStores(b []byte) (err error) {
	p.stores, err = provenance.LoadStores(b)
	return err
}

// describe names the loaded policy; files are those that it was loaded from. A pack that was given alone
// stands for all brand files.
func (p *Policy) describe(files map[string][]byte, pack []byte) finding.PolicyInfo {
	if pack != nil {
		for _, name := range below(files, "brands") {
			delete(files, "brands/"+name+".yaml")
		}
		files["brands/"+p.packs[0].Brand+".yaml"] = pack
	}
	info := finding.PolicyInfo{Preset: p.preset.ID, Digest: digest(files), Rules: len(p.rules), Brands: []string{}}
	for _, pack := range p.packs {
		info.Brands = append(info.Brands, pack.Brand)
	}
	return info
}

// gather returns every policy file by its path: ours with the user's over them.
func gather(ours, user fs.FS) (map[string][]byte, error) {
	files := map[string][]byte{}
	if err := walk(ours, files); err != nil {
		return nil, err
	}
	if user == nil {
		return files, nil
	}
	own := map[string][]byte{}
	if err := walk(user, own); err != nil {
		return nil, fmt.Errorf("policy folder: %w", err)
	}
	for name := range own {
		if !allowed(name) {
			return nil, fmt.Errorf("policy folder: unknown file %q: it holds rules/NAME.yaml, brands/NAME.yaml and stores.yaml, nothing else", name)
		}
	}
	maps.Copy(files, own)
	return files, nil
}

func allowed(name string) bool {
	dir, base := path.Split(name)
	return name == "stores.yaml" || (dir == "rules/" || dir == "brands/") && strings.HasSuffix(base, ".yaml")
}

func walk(fsys fs.FS, files map[string][]byte) error {
	return fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			if name != "." && !slices.Contains([]string{"rules", "brands", "presets"}, name) {
				return fmt.Errorf("unknown folder %q: it holds the folders rules and brands, nothing else", name)
			}
			return nil
		case len(files) >= limits.PolicyFiles:
			return fmt.Errorf("more than %d files", limits.PolicyFiles)
		}
		b, err := readFile(fsys, name)
		files[name] = b
		return err
	})
}

func readFile(fsys fs.FS, name string) ([]byte, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limits.PolicyBytes+1))
	if err != nil {
		return nil, err
	}
	if len(b) > limits.PolicyBytes {
		return nil, fmt.Errorf("%q is larger than %d bytes", name, limits.PolicyBytes)
	}
	return b, nil
}

// digest covers the name and the bytes of every file in order, each with its length.
func digest(files map[string][]byte) string {
	h := sha256.New()
	write := func(b []byte) {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(b))))
		h.Write(b)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		write([]byte(name))
		write(files[name])
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// below lists the files of a folder in order, by their names without folder and ending.
func below(files map[string][]byte, folder string) []string {
	var out []string
	for name := range files {
		if base, ok := strings.CutPrefix(name, folder+"/"); ok {
			out = append(out, strings.TrimSuffix(base, ".yaml"))
		}
	}
	slices.Sort(out)
	return out
}

func (p *Policy) loadPacks(files map[string][]byte, opt Options) error {
	if opt.Pack != nil {
		return p.loadOwnPack(opt.Pack)
	}
	names, only := below(files, "brands"), opt.Brand
	if only != "" && !slices.Contains(names, only) {
		return rule.Unknown("policy", "brand", only, names)
	}
	var errs []error
	for _, name := range names {
		if only != "" && name != only {
			continue
		}
		pack, err := loadPack(name, files["brands/"+name+".yaml"])
		if err != nil {
			errs = append(errs, fmt.Errorf("brands/%s.yaml: %w", name, err))
			continue
		}
		p.packs = append(p.packs, pack)
	}
	return errors.Join(errs...)
}

// loadOwnPack uses one pack alone, whatever its file is called.
func (p *Policy) loadOwnPack(b []byte) error {
	pack, err := ReadPack(b)
	if err != nil {
		return fmt.Errorf("brand pack: %w", err)
	}
	p.packs = append(p.packs, pack)
	return nil
}

func loadPack(name string, b []byte) (*brand.Pack, error) {
	pack := new(brand.Pack)
	if err := rule.Decode(b, pack); err != nil {
		return nil, err
	}
	return pack, checkPack(pack, name)
}

func checkPack(pack *brand.Pack, name string) error {
	var errs []error
	for _, c := range pack.Complaints(name) {
		errs = append(errs, complaint(c))
	}
	return errors.Join(errs...)
}

// complaint says which word was probably meant.
func complaint(c *brand.Complaint) error {
	if c.What != "" {
		return rule.Unknown(c.Where, c.What, c.Got, c.Known)
	}
	return c
}

func (p *Policy) loadRules(files map[string][]byte) error {
	var advice []string
	for _, row := range p.advice {
		advice = append(advice, row.ID)
	}
	loader, err := rule.NewLoader(advice)
	if err != nil {
		return err
	}
	names := below(files, "rules")
	p.rules = make([]*rule.Rule, len(names))
	errs := make([]error, len(names))
	spread(len(names), func(i int) {
		var err error
		if p.rules[i], err = loader.Load(names[i], files["rules/"+names[i]+".yaml"]); err != nil {
			errs[i] = fmt.Errorf("rules/%s.yaml: %w", names[i], err)
		}
	})
	return errors.Join(errs...)
}

// spread calls f for 0 to n-1 over the processors at hand and returns when all are done.
func spread(n int, f func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				f(int(i))
			}
		})
	}
	workers.Wait()
}
