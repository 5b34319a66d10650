package main

import (
	"strings"
	"testing"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name, names string
		args, want  []string // want: row names
	}{
		{"one program", "", []string{"/bin/a", "x"}, []string{"a"}},
		{"two programs", "", []string{"a", "x", "--", "b"}, []string{"a", "b"}},
		{"named", "one,two", []string{"a", "--", "b"}, []string{"one", "two"}},
		{"too few names", "one", []string{"a", "--", "b"}, nil},
		{"none", "", nil, nil},
		{"second missing", "", []string{"a", "--"}, nil},
		{"three programs", "", []string{"a", "--", "b", "x", "--", "c"}, []string{"a", "b", "c"}},
		{"middle missing", "", []string{"a", "--", "--", "c"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			programs, err := split(tt.args, tt.names)
			var got []string
			for _, p := range programs {
				got = append(got, p.Name)
			}
			if strings.Join(got, " ") != strings.Join(tt.want, " ") || (err == nil) != (tt.want != nil) {
				t.Errorf("got %q, error %v, want %q", got, err, tt.want)
			}
		})
	}
}
