package zipsafe

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGaps(t *testing.T) {
	padding := sigLocal + strings.Repeat("\x00", 24) + "\x04\x00pad!"
	tests := []struct {
		name  string
		craft craft
		parts []part
		want  []Gap
	}{
		{name: "none", parts: []part{{name: "a", body: "1"}, {name: "b", body: "2"}}},
		{name: "prefix", craft: craft{prefix: "dex\n"}, parts: []part{{name: "a", body: "1"}}, want: []Gap{{0, 4}}},
		{name: "between", parts: []part{{name: "a", body: "1"}, {name: "b", before: "hidden", body: "2"}}, want: []Gap{{32, 38}}},
		{name: "padding between", parts: []part{{name: "a", body: "1"}, {name: "b", before: padding, body: "2"}}},
		{name: "padding and more", parts: []part{{name: "a", body: "1"}, {name: "b", before: padding + "x", body: "2"}}, want: []Gap{{66, 67}}},
		{name: "data descriptor", parts: []part{{name: "a", body: "1", flags: flagDataDescriptor}, {name: "b", before: "PK\x07\x08............", body: "2"}}},
		{name: "too long for a data descriptor", parts: []part{{name: "a", body: "1", flags: flagDataDescriptor}, {name: "b", before: "PK\x07\x08.............", body: "2"}}, want: []Gap{{32, 49}}},
		{name: "before the directory", craft: craft{beforeDir: "block"}, parts: []part{{name: "a", body: "1"}}, want: []Gap{{32, 37}}},
		{name: "no entry", craft: craft{beforeDir: "block"}, want: []Gap{{0, 5}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := open(t, tt.craft.build(t, tt.parts...)).Gaps
			if diff := cmp.Diff(got, tt.want); diff != "" {
				t.Errorf("got - want +\n%s", diff)
			}
		})
	}
}
