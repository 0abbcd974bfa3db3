package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
)

// concurrency is what nobody imports without goroutines, of his own or of a server that he starts.
var concurrency = []string{"sync", "sync/atomic", "net/http/httptest", "golang.org/x/sync/errgroup", "testing/synctest"}

// contents is what a package's files hold, as far as it decides how its tests are run.
type contents struct {
	concurrent bool     // it starts goroutines, or shares memory with some
	short      bool     // its tests do less with -short, or some are left out under the race detector
	ministack  []string // the tests of files that start a MiniStack
}

func (c *contents) add(other contents) {
	c.concurrent = c.concurrent || other.concurrent
	c.short = c.short || other.short
	c.ministack = append(c.ministack, other.ministack...)
}

// look reads one file.
func look(name string, source []byte) (contents, error) {
	file, err := parser.ParseFile(token.NewFileSet(), name, source, 0)
	if err != nil {
		return contents{}, fmt.Errorf("look at %s: %w", name, err)
	}
	c := contents{short: bytes.Contains(source, []byte("\n//go:build !race\n")) || bytes.HasPrefix(source, []byte("//go:build !race\n"))}
	for _, i := range file.Imports {
		path, err := strconv.Unquote(i.Path.Value)
		if err != nil {
			return contents{}, fmt.Errorf("look at %s: %w", name, err)
		}
		c.concurrent = c.concurrent || slices.Contains(concurrency, path)
	}
	ministack := false
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			c.concurrent = true
		case *ast.CallExpr:
			switch called(n) {
			case "Parallel", "RunParallel":
				c.concurrent = true
			case "Short":
				c.short = true
			case "StartMiniStack", "RunMiniStack", "RunMiniStackAt":
				ministack = true
			}
		}
		return true
	})
	if ministack && strings.HasSuffix(name, "_test.go") {
		c.ministack = testsOf(file)
	}
	return c, nil
}

// called returns the last part of the called function's name.
func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

func testsOf(file *ast.File) []string {
	var names []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && strings.HasPrefix(f.Name.Name, "Test") && f.Name.Name != "TestMain" {
			names = append(names, f.Name.Name)
		}
	}
	return names
}
