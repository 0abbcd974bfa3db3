// Package architecture holds the tests of the tree's own shape.
package architecture

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "disputecloser/"

// core lists, for each package of the core, what else of this module it may import. Arrows point inwards:
// functions, then adapters, then closing, then policy, then dispute.
var core = map[string][]string{
	"shared/dispute":    {},
	"shared/fault":      {},
	"shared/credential": {},
	"shared/currency":   {},
	"shared/policy":     {"shared/dispute"},
	"shared/closing":    {"shared/dispute", "shared/fault", "shared/policy"},
}

// adapters may import the core and nothing of each other, nor of functions and commands.
var adapters = []string{"shared/wooshpay", "shared/dynamo", "internal/memory", "shared/secrets", "shared/metrics", "shared/pause", "shared/payload", "shared/notify", "shared/alarms"}

// lean lists what the deployed executable must not hold.
var lean = []string{"github.com/goccy/go-yaml", "github.com/spf13/cobra", "golang.org/x/text", "github.com/schollz/progressbar", "github.com/go-analyze/charts"}

func TestCoreImportsOnlyTheCore(t *testing.T) {
	for pkg, allowed := range core {
		for file, imports := range importsOf(t, pkg) {
			for _, path := range imports {
				inside, ours := strings.CutPrefix(path, module)
				switch {
				case ours && !slices.Contains(allowed, inside):
					t.Errorf("%s imports %s: the core's arrows point inwards", file, path)
				case !ours && strings.Contains(path, "."):
					t.Errorf("%s imports %s: the core needs the standard library only", file, path)
				case path == "net/http" || path == "os" || path == "net":
					t.Errorf("%s imports %s: the core does no I/O", file, path)
				}
			}
		}
	}
}

func TestAdaptersDoNotKnowEachOther(t *testing.T) {
	for _, pkg := range adapters {
		for file, imports := range importsOf(t, pkg) {
			for _, path := range imports {
				inside, ours := strings.CutPrefix(path, module)
				if ours && core[inside] == nil && inside != pkg {
					t.Errorf("%s imports %s: an adapter knows only the core", file, path)
				}
			}
		}
	}
}

func TestFunctionsStayLean(t *testing.T) {
	for _, pkg := range append([]string{"functions", "functions/webhook", "functions/closer", "functions/sweep", "functions/reconcile", "functions/operate", "functions/digest"}, adapters...) {
		for file, imports := range importsOf(t, pkg) {
			for _, path := range imports {
				for _, heavy := range lean {
					if strings.HasPrefix(path, heavy) {
						t.Errorf("%s imports %s, which does not belong into the deployed executable", file, path)
					}
				}
			}
		}
	}
}

// importsOf returns the imports of a package's files, without its tests. A package without files fails.
func importsOf(t *testing.T, pkg string) map[string][]string {
	t.Helper()
	found := map[string][]string{}
	dir := filepath.Join("..", "..", filepath.FromSlash(pkg))
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range parsed.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			found[file] = append(found[file], path)
		}
	}
	if len(files) == 0 {
		t.Fatalf("package %s has no files: %v", pkg, fs.ErrNotExist)
	}
	return found
}
