package bundle

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/protowire"

	"appraise/internal/limits"
	"appraise/inventory"
)

func TestAppBundle(t *testing.T) {
	manifest := fixture(t, "bundle-manifest.pb")
	z := open(t, pack(t, entry{bundleConfig, nil, false}, entry{baseManifest, manifest, true}, entry{"maps/manifest/AndroidManifest.xml", module2(), true}))
	if !IsBundle(z) || IsSet(z) {
		t.Fatalf("got bundle %v, set %v", IsBundle(z), IsSet(z))
	}
	item := ReadBundle(z)
	want := []string{"aab com.example.uploaded 300 unverifiable",
		"not checked: : an Android App Bundle: what developers upload to a store, not what phones install; its signature is the upload key's and is not compared",
		"not checked: : only its names, versions and permissions were read"}
	if diff := cmp.Diff(lines([]*inventory.Item{item}), want); diff != "" {
		t.Errorf("got - want +\n%s", diff)
	}
	states := []inventory.PermissionState{inventory.StateRequested}
	wantPermissions := []inventory.Permission{
		{Name: "android.permission.CAMERA", States: states, MaxSDK: 30}, {Name: "android.permission.RECORD_AUDIO", States: states, MinSDK: 23},
	}
	if diff := cmp.Diff(item.Permissions, wantPermissions); diff != "" {
		t.Errorf("permissions: got - want +\n%s", diff)
	}
	if app := item.Detail.Android; item.Version != "1.5" || app.MinSDK != 21 || app.TargetSDK != 34 {
		t.Errorf("got version %q, API %d, target %d", item.Version, app.MinSDK, app.TargetSDK)
	}
}

func message(fields ...[]byte) []byte { return slices.Concat(fields...) }

func bytesField(num protowire.Number, b []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), b)
}

func intField(num protowire.Number, n uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(nil, num, protowire.VarintType), n)
}

func node(name string, fields ...[]byte) []byte {
	return bytesField(nodeElement, message(append([][]byte{bytesField(elementName, []byte(name))}, fields...)...))
}

func attr(id uint64, value string) []byte {
	return bytesField(elementAttribute, message(bytesField(attributeName, []byte("name")), bytesField(attributeValue, []byte(value)), intField(attributeResource, id)))
}

// module2 is the manifest of a feature that asks for the microphone.
func module2() []byte {
	return node("manifest", bytesField(elementChild, node("uses-permission-sdk-23", attr(0x01010003, "android.permission.RECORD_AUDIO"))))
}

func TestMalformedModules(t *testing.T) {
	deep := node("x")
	for range 10_000 {
		deep = node("x", bytesField(elementChild, deep))
	}
	many := func(n int) []byte {
		return node("manifest", slices.Repeat(attr(0x01010003, "x"), n))
	}
	children := func(n int) []byte {
		return node("manifest", slices.Repeat(bytesField(elementChild, nil), n))
	}
	tests := []struct {
		name string
		b    []byte
		want string // part of the error, "" for none
	}{
		{"nothing", nil, "no manifest element"},
		{"another root", node("application"), "no manifest element"},
		{"a group", protowire.AppendTag(nil, 1, protowire.StartGroupType), "malformed protobuf field"},
		{"a field number of zero", []byte{0, 0}, "malformed protobuf field"},
		{"a length past the end", []byte{0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f}, "cut or malformed"},
		{"a varint of eleven bytes", append([]byte{0x08}, slices.Repeat([]byte{0xff}, 11)...), "cut or malformed"},
		{"elements deep down", node("manifest", bytesField(elementChild, deep)), ""},
		{"attributes at the limit", many(limits.AXMLAttributes), ""},
		{"attributes over it", many(limits.AXMLAttributes + 1), "more than 4096 attributes"},
		{"elements at the limit", children(limits.AXMLElements), ""},
		{"elements over it", children(limits.AXMLElements + 1), "more than 200000 elements"},
	}
	for _, tt := range tests {
		_, err := parseModule(tt.b)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: got %v, want %q", tt.name, err, tt.want)
		}
		var format *inventory.FormatError
		if err != nil && !errors.As(err, &format) {
			t.Errorf("%s: got %T", tt.name, err)
		}
	}
}

// A compiled number is what counts, whatever the text says.
func TestCompiledNumber(t *testing.T) {
	item := bytesField(attributeItem, bytesField(itemPrimitive, intField(primitiveDecimal, 300)))
	b := node("manifest", bytesField(elementAttribute, message(bytesField(attributeValue, []byte("1")), intField(attributeResource, 0x0101021b), item)))
	m, err := parseModule(b)
	if err != nil || m.versionCode != 300 {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestTruncatedModule(t *testing.T) {
	whole := fixture(t, "bundle-manifest.pb")
	_, _, n := protowire.ConsumeField(whole) // what follows the element is where it stood in its source
	whole = whole[:n]
	for n := range whole {
		if m, err := parseModule(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes: got %+v", n, len(whole), m)
		}
	}
}

func FuzzParseModule(f *testing.F) {
	f.Add(fixture(f, "bundle-manifest.pb"))
	f.Add(module2())
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := parseModule(b)
		var format *inventory.FormatError
		if err != nil && !errors.As(err, &format) {
			t.Errorf("got %T", err)
		}
		if err == nil && m == nil {
			t.Error("neither a module nor an error")
		}
	})
}
