package fakedevice

import (
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"appraise/android/dump"
	"appraise/android/dump/packages"
)

// furnish makes the phone's files.
func (d *Device) furnish() error {
	if err := d.install(); err != nil {
		return err
	}
	if err := d.scripts(); err != nil {
		return err
	}
	texts, err := d.given()
	if err != nil {
		return err
	}
	if d.opt.SDK == 0 {
		d.opt.SDK = 34
		properties, _ := dump.GetProp([]byte(texts["getprop"]))
		if n, err := strconv.Atoi(properties["ro.build.version.sdk"]); err == nil {
			d.opt.SDK = n
		}
	}
	known, _ := packages.List([]byte(texts["packages-list"]))
	d.opt.Packages = slices.Clone(d.opt.Packages)
	if d.opt.Packages == nil && d.opt.Folder == "" { // every phone has this one
		d.opt.Packages = []Package{{Name: "android", Path: "/system/framework/framework-res.apk", UID: 1000, System: true}}
	}
	for i := range d.opt.Packages {
		d.opt.Packages[i] = d.complete(d.opt.Packages[i], i, known)
		if err := d.place(d.opt.Packages[i]); err != nil {
			return err
		}
	}
	return d.write(texts)
}

// complete fills in what a package leaves open.
func (d *Device) complete(p Package, i int, known []packages.Listed) Package {
	if p.UID == 0 {
		p.UID = 10100 + i
	}
	for _, k := range known {
		if p.Path == "" && k.Name == p.Name {
			p.Path = k.Path
		}
	}
	if p.Path == "" {
		p.Path = d.defaultPath(p, i)
	}
	return p
}

// defaultPath is where Android of the API level puts a base APK.
func (d *Device) defaultPath(p Package, i int) string {
	mark := fmt.Sprintf("%022x==", i)
	switch {
	case p.System:
		return "/system/app/" + p.Name + "/" + p.Name + ".apk"
	case d.opt.SDK >= 30:
		return "/data/app/~~" + mark + "/" + p.Name + "-" + mark + "/base.apk"
	case d.opt.SDK >= 26:
		return "/data/app/" + p.Name + "-" + mark + "/base.apk"
	}
	return "/data/app/" + p.Name + "-1/base.apk"
}

// place puts the APKs of a package where the phone has them: linked where that can be done.
func (d *Device) place(p Package) error {
	for path, file := range p.files() {
		if file == "" {
			continue
		}
		target := filepath.Join(d.Root, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			return err
		}
		if err := os.Link(file, target); err != nil {
			if err := copyFile(target, file); err != nil {
				return err
			}
		}
	}
	return nil
}

// files are the package's APKs: path on the phone -> file on this computer.
func (p Package) files() map[string]string {
	out := map[string]string{p.Path: p.Base}
	for name, file := range p.Splits {
		out[p.splitPath(name)] = file
	}
	return out
}

// splitPath is the path of a split beside its base.
func (p Package) splitPath(name string) string {
	return p.Path[:strings.LastIndexByte(p.Path, '/')+1] + "split_" + name + ".apk"
}

func copyFile(target, source string) error {
	in, err := os.Open(source)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(target)
	if err != nil {
		return err
	}
	if _, err := io.Copy(out, in); err != nil {
		out.Close()
		return err
	}
	return out.Close()
}

// given are the texts of the folder and, over them, those of the options.
func (d *Device) given() (map[string]string, error) {
	texts := map[string]string{}
	if d.opt.Folder != "" {
		files, err := filepath.Glob(filepath.Join(d.opt.Folder, "*.txt"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			texts[strings.TrimSuffix(filepath.Base(file), ".txt")] = string(b)
		}
	}
	maps.Copy(texts, d.opt.Texts)
	return texts, nil
}

// write writes the texts, those made of the packages where none are given.
func (d *Device) write(given map[string]string) error {
	texts := d.texts()
	maps.Copy(texts, given)
	d.sets(texts)
	folder := filepath.Join(d.Root, ".text")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(folder, ".paths"), []byte(d.paths(texts)), 0o644); err != nil {
		return err
	}
	for name, text := range texts {
		if err := os.WriteFile(filepath.Join(folder, name+".txt"), []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}
