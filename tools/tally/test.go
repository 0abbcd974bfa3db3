package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

// An event is one line of `go test -json`.
type event struct {
	Action      string
	Package     string
	ImportPath  string // set instead of Package on a build's output
	Test        string
	Output      string
	Elapsed     float64 // seconds
	FailedBuild string
}

// test runs `go test -json` and counts each test that has no subtests of its own. A skipped test counts as
// failed: a part that is missing has to be installed, not passed over.
func test(b book, name string, command []string) error {
	start := time.Now()
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	r := newRun(b)
	scanErr := r.read(out)
	waitErr := cmd.Wait()
	if scanErr != nil {
		return fmt.Errorf("%s: read results: %w", name, scanErr)
	}
	if waitErr != nil && r.failed == 0 {
		r.record(failed, name+" ("+waitErr.Error()+")")
	}
	if r.err != nil {
		return r.err
	}
	if r.failed > 0 {
		report(os.Stdout, failed, name, start)
		return fmt.Errorf("%s: %d failed", name, r.failed)
	}
	report(os.Stdout, passed, fmt.Sprintf("%s: %d tests", name, r.passed), start)
	return nil
}

// A testRun is one `go test` in progress.
type testRun struct {
	book    book
	output  map[string][]string // by package and test, kept until it is known whether anybody wants it
	parents map[string]bool     // tests that have subtests; only the subtests count
	fails   map[string]int      // by package
	passed  int
	failed  int
	err     error
}

func newRun(b book) *testRun {
	return &testRun{book: b, output: map[string][]string{}, parents: map[string]bool{}, fails: map[string]int{}}
}

func (r *testRun) read(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text())
			continue
		}
		r.take(e)
	}
	return lines.Err()
}

func (r *testRun) take(e event) {
	if e.Package == "" {
		e.Package, _, _ = strings.Cut(e.ImportPath, " ")
	}
	switch e.Action {
	case "run":
		for i, c := range e.Test { // a subtest's own name may hold slashes, too
			if c == '/' {
				r.parents[e.Package+" "+e.Test[:i]] = true
			}
		}
	case "output", "build-output":
		r.output[e.key()] = append(r.output[e.key()], e.Output)
	case "pass", "fail", "skip":
		r.end(e)
	}
}

func (e event) key() string { return e.Package + " " + e.Test }

func (r *testRun) end(e event) {
	if e.Test == "" {
		r.endPackage(e)
		return
	}
	if e.Action == "pass" {
		if !r.parents[e.key()] {
			r.record(passed, e.key())
		}
	} else {
		r.endBadTest(e)
	}
	delete(r.output, e.key())
}

// endBadTest counts a failed or skipped test. A parent fails with its subtests: it counts only if none did.
func (r *testRun) endBadTest(e event) {
	r.show(e.key())
	if r.parents[e.key()] && r.fails[e.Package] > 0 {
		return
	}
	name := e.key()
	if e.Action == "skip" {
		name += " (skipped; a missing part fails, it is not skipped)"
	}
	r.fails[e.Package]++
	r.record(failed, name)
}

// endPackage shows how a package went. One that failed although no test of it did (it does not build, it
// panicked, it ran out of time) counts as one failure.
func (r *testRun) endPackage(e event) {
	if e.Action == "fail" {
		if e.FailedBuild != "" {
			r.show(strings.Fields(e.FailedBuild)[0] + " ")
		}
		r.showUnfinished(e.Package)
		if r.fails[e.Package] == 0 {
			r.record(failed, e.Package)
		}
	}
	if e.Action != "skip" || r.fails[e.Package] > 0 {
		fmt.Printf("  %-4s %s (%.1f s)\n", e.Action, e.Package, e.Elapsed)
	}
	delete(r.output, e.key())
}

func (r *testRun) showUnfinished(pkg string) {
	for key := range r.output {
		if strings.HasPrefix(key, pkg+" ") {
			r.show(key)
		}
	}
}

func (r *testRun) show(key string) {
	for _, line := range r.output[key] {
		fmt.Print(line)
	}
	delete(r.output, key)
}

func (r *testRun) record(o outcome, name string) {
	if o == passed {
		r.passed++
	} else {
		r.failed++
	}
	if err := r.book.add(o, name); err != nil {
		r.err = err
	}
}
