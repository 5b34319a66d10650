package packages

import "testing"

// seeds gives the fuzzer the head and the tail of each era's output of these commands.
func seeds(f *testing.F, names ...string) {
	for _, name := range names {
		for _, era := range eras {
			b := fixture(f, era, name)
			f.Add(b[:min(len(b), 4096)])
			f.Add(b[max(0, len(b)-4096):])
		}
	}
}

func FuzzRead(f *testing.F) {
	seeds(f, "package")
	f.Fuzz(func(_ *testing.T, b []byte) { Read(b) })
}

func FuzzList(f *testing.F) {
	seeds(f, "packages-list")
	f.Fuzz(func(_ *testing.T, b []byte) { List(b) })
}

func FuzzAppLinks(f *testing.F) {
	seeds(f, "app-links")
	f.Fuzz(func(_ *testing.T, b []byte) { AppLinksDump(b) })
}
