package main

import (
	"slices"
	"strings"
	"testing"
)

func TestLook(t *testing.T) {
	for _, c := range []struct {
		name, source string
		want         contents
	}{
		{"a.go", `func f() { g() }`, contents{}},
		{"a.go", `func f() { go g() }`, contents{concurrent: true}},
		{"a.go", `import "sync"; var w sync.WaitGroup; func f() { w.Go(g) }`, contents{concurrent: true}},
		{"a.go", `import "sync/atomic"; var n atomic.Int64`, contents{concurrent: true}},
		{"a_test.go", `import "net/http/httptest"; var s = httptest.NewServer(nil)`, contents{concurrent: true}},
		{"a_test.go", `func TestA(t *testing.T) { t.Parallel() }`, contents{concurrent: true}},
		{"a_test.go", `func TestA(t *testing.T) { if testing.Short() { n = 1 } }`, contents{short: true}},
		{"a_test.go", "//go:build !race\n", contents{short: true}},
		{"a_test.go", `func TestA(t *testing.T) { deploy(t) }; func deploy(t *testing.T) { localaws.StartMiniStack(t) }`, contents{ministack: []string{"TestA"}}},
		{"a_test.go", `func TestMain(m *testing.M) { localaws.RunMiniStack() }`, contents{}},
		{"a.go", `func StartMiniStack() { RunMiniStack() }`, contents{}},
	} {
		got, err := look(c.name, []byte(strings.Replace("package a\n"+c.source, "package a\n//go:build !race\n", "//go:build !race\n\npackage a\n", 1)))
		if err != nil {
			t.Fatal(err)
		}
		if got.concurrent != c.want.concurrent || got.short != c.want.short || !slices.Equal(got.ministack, c.want.ministack) {
			t.Errorf("%s: %+v, not %+v", c.source, got, c.want)
		}
	}
}

// Every package is tested in full at least once, and each with concurrency under the race detector.
func TestEveryPackageIsTested(t *testing.T) {
	t.Chdir("../..")
	said := map[string][]string{}
	for _, kind := range []string{"race", "plain", "ministack"} {
		var out strings.Builder
		if err := run([]string{kind}, &out); err != nil {
			t.Fatal(err)
		}
		said[kind] = strings.Fields(out.String())
	}
	all, err := list()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		raced, plain := slices.Contains(said["race"], p.ImportPath), slices.Contains(said["plain"], p.ImportPath)
		if !raced && !plain || p.holds.short && !plain || p.holds.concurrent && !raced {
			t.Errorf("%s: race %t, plain %t, holds %+v", p.ImportPath, raced, plain, p.holds)
		}
	}
	for pkg, kind := range map[string]string{
		"disputecloser/shared/policy": "plain", "disputecloser/shared/dispute": "plain",
		"disputecloser/internal/ledgertest": "race", "disputecloser/shared/wooshpay": "race", "disputecloser/cmd/disputectl": "ministack",
	} {
		if !slices.Contains(said[kind], pkg) {
			t.Errorf("%s is not of the kind %s: %s", pkg, kind, said[kind])
		}
	}
}
