package limits

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
)

// Every exported constant of limits.go stands in Table, so that `explain limits` tells all of them.
func TestTableIsComplete(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "limits.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	table, err := os.ReadFile("table.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		gen, ok := decl.(*ast.GenDecl)
		if !ok || gen.Tok != token.CONST {
			continue
		}
		for _, spec := range gen.Specs {
			for _, name := range spec.(*ast.ValueSpec).Names {
				if name.IsExported() && !strings.Contains(string(table), name.Name) {
					t.Errorf("limits.go declares %s, but table.go has no row for it: add one", name.Name)
				}
			}
		}
	}
}

func TestTableIDsAreUnique(t *testing.T) {
	seen := map[string]bool{}
	for _, row := range Table() {
		if seen[row.ID] || row.Value <= 0 || row.Meaning == "" {
			t.Errorf("row %q: ids are unique, values positive, meanings written", row.ID)
		}
		seen[row.ID] = true
	}
}
