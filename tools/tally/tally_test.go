package main

import (
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
)

const stream = `{"Action":"run","Package":"p","Test":"TestParent"}
{"Action":"run","Package":"p","Test":"TestParent/good"}
{"Action":"pass","Package":"p","Test":"TestParent/good"}
{"Action":"run","Package":"p","Test":"TestParent/bad"}
{"Action":"fail","Package":"p","Test":"TestParent/bad"}
{"Action":"fail","Package":"p","Test":"TestParent"}
{"Action":"run","Package":"p","Test":"TestFiles"}
{"Action":"run","Package":"p","Test":"TestFiles/bad/a.yaml"}
{"Action":"pass","Package":"p","Test":"TestFiles/bad/a.yaml"}
{"Action":"pass","Package":"p","Test":"TestFiles"}
{"Action":"run","Package":"p","Test":"TestSkipped"}
{"Action":"skip","Package":"p","Test":"TestSkipped"}
{"Action":"run","Package":"p","Test":"TestAlone"}
{"Action":"pass","Package":"p","Test":"TestAlone"}
{"Action":"fail","Package":"p"}
{"ImportPath":"q [q.test]","Action":"build-fail"}
{"Action":"fail","Package":"q","FailedBuild":"q [q.test]"}
{"Action":"skip","Package":"empty"}
`

func TestEachLeafCountsOnce(t *testing.T) {
	b := book{path: filepath.Join(t.TempDir(), "results")}
	r := newRun(b)
	if err := r.read(strings.NewReader(stream)); err != nil {
		t.Fatal(err)
	}
	names, err := b.names()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(names[passed], ","); got != "p TestParent/good,p TestFiles/bad/a.yaml,p TestAlone" {
		t.Errorf("passed: %s", got)
	}
	want := "p TestParent/bad,p TestSkipped (skipped; a missing part fails, it is not skipped),q"
	if got := strings.Join(names[failed], ","); got != want {
		t.Errorf("failed: %s", got)
	}
}

func TestTotalIsGoodOnlyIfSomethingPassedAndNothingFailed(t *testing.T) {
	for _, c := range []struct {
		results []outcome
		last    string
		good    bool
	}{
		{nil, "0 passed, 0 failed", false},
		{[]outcome{passed, passed}, "2 passed, 0 failed", true},
		{[]outcome{passed, failed}, "1 passed, 1 failed", false},
		{[]outcome{notRun}, "0 passed, 0 failed", false},
		{[]outcome{passed, notRun}, "1 passed, 0 failed", true},
	} {
		b := book{path: filepath.Join(t.TempDir(), "results")}
		for _, o := range c.results {
			if err := b.add(o, "name"); err != nil {
				t.Fatal(err)
			}
		}
		var out strings.Builder
		err := total(b, &out)
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if last := lines[len(lines)-1]; last != c.last || (err == nil) != c.good {
			t.Errorf("%v: %q, %v", c.results, last, err)
		}
	}
}

func TestCheckTellsCouldNotRunFromFailed(t *testing.T) {
	b := book{path: filepath.Join(t.TempDir(), "results")}
	for command, want := range map[string]outcome{"exit 0": passed, "exit 75": notRun, "exit 3": failed} {
		err := check(b, command, []string{"sh", "-c", command}, io.Discard)
		if (err != nil) != (want == failed) {
			t.Errorf("%s: %v", command, err)
		}
		names, err := b.names()
		if err != nil || len(names[want]) != 1 {
			t.Errorf("%s is not recorded as %s: %v, %v", command, want, names, err)
		}
	}
	if err := check(b, "absent", []string{"/does/not/exist"}, io.Discard); err == nil || errors.Is(err, io.EOF) {
		t.Errorf("a command that is not there: %v", err)
	}
}
