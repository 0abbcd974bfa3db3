//go:build parts

package tools

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// maven plays Maven: it writes two files with a pause between them, and a line for each time that it is called.
const maven = `#!/bin/bash
for word; do case $word in -DoutputDirectory=*) out=${word#*=} ;; esac; done
echo called >> "$CALLS"
printf one > "$out/a.jar"
sleep "$PAUSE"
printf "$SECOND" > "$out/b.jar"
`

// A workshop is a copy of the installer with only DynamoDB Local to install.
type workshop struct {
	t    *testing.T
	root string
}

func newWorkshop(t *testing.T) workshop {
	t.Helper()
	w := workshop{t, t.TempDir()}
	for _, name := range []string{"install.sh", "locked.py", "dynamodb-local/pom.xml"} {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		w.write(filepath.Join("tools", name), string(data))
	}
	w.write("bin/mvn", maven)
	w.pin("two")
	return w
}

func (w workshop) write(name, text string) {
	w.t.Helper()
	path := filepath.Join(w.root, name)
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o755)); err != nil {
		w.t.Fatal(err)
	}
}

// pin says what the second file must hold.
func (w workshop) pin(second string) {
	w.t.Helper()
	w.write("tools/dynamodb-local/files.sha256", fmt.Sprintf("%x  a.jar\n%x  b.jar\n", sha256.Sum256([]byte("one")), sha256.Sum256([]byte(second))))
}

func (w workshop) installer(pause, second string) (*exec.Cmd, *bytes.Buffer) {
	cmd := exec.Command("bash", "tools/install.sh", "dynamodb-local")
	cmd.Dir = w.root
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(w.root, "bin")+":"+os.Getenv("PATH"), "PAUSE="+pause, "SECOND="+second, "CALLS="+filepath.Join(w.root, "calls"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	return cmd, &said
}

// installed returns what the second file of the installed part holds, or "" if none is installed. A part that lacks a
// file fails the test.
func (w workshop) installed() string {
	w.t.Helper()
	link := filepath.Join(w.root, ".tools", "dynamodb-local")
	if _, err := os.Lstat(link); errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	var texts []string
	for _, name := range []string{"a.jar", "b.jar"} {
		data, err := os.ReadFile(filepath.Join(link, name))
		if err != nil {
			w.t.Fatalf("half of a part is installed: %v", err)
		}
		texts = append(texts, string(data))
	}
	if texts[0] != "one" {
		w.t.Fatalf("a.jar holds %q", texts[0])
	}
	return texts[1]
}

func (w workshop) mustInstall(pause, second string) {
	w.t.Helper()
	cmd, said := w.installer(pause, second)
	if err := cmd.Run(); err != nil {
		w.t.Fatalf("%v\n%s", err, said)
	}
	if got := w.installed(); got != second {
		w.t.Fatalf("installed %q, not %q\n%s", got, second, said)
	}
}

func (w workshop) calls() int {
	data, err := os.ReadFile(filepath.Join(w.root, "calls"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.t.Fatal(err)
	}
	return strings.Count(string(data), "called")
}

// killedAfter starts an installation and kills it, with all it started, after a while.
func (w workshop) killedAfter(d time.Duration, second string) {
	w.t.Helper()
	cmd, _ := w.installer("0.1", second)
	if err := cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	time.Sleep(d)
	if err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		w.t.Fatal(err)
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
}

func TestAnInstallationKilledAtAnyMomentLeavesNoHalf(t *testing.T) {
	w := newWorkshop(t)
	for d := range 12 {
		w.killedAfter(time.Duration(d)*30*time.Millisecond, "two")
		if got := w.installed(); got != "" && got != "two" {
			t.Fatalf("installed %q", got)
		}
	}
	w.mustInstall("0", "two")
	w.pin("three")
	for d := range 12 {
		w.killedAfter(time.Duration(d)*30*time.Millisecond, "three")
		if got := w.installed(); got != "two" && got != "three" {
			t.Fatalf("a killed upgrade left %q, neither the old part nor the new one", got)
		}
	}
	w.mustInstall("0", "three")
	parts, err := filepath.Glob(filepath.Join(w.root, ".tools", "parts", "dynamodb-local-*"))
	if err != nil || len(parts) != 1 {
		t.Errorf("left in .tools/parts: %v, %v", parts, err)
	}
}

func TestTwoInstallationsAtOnceInstallOnce(t *testing.T) {
	w := newWorkshop(t)
	first, said := w.installer("0.3", "two")
	second, saidToo := w.installer("0.3", "two")
	if err := errors.Join(first.Start(), second.Start()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(first.Wait(), second.Wait()); err != nil {
		t.Fatalf("%v\n%s\n%s", err, said, saidToo)
	}
	if got := w.installed(); got != "two" || w.calls() != 1 {
		t.Errorf("installed %q by %d calls of Maven\n%s\n%s", got, w.calls(), said, saidToo)
	}
	if all := said.String() + saidToo.String(); !strings.Contains(all, "tools: dynamodb-local: ") || !strings.Contains(all, "waiting for it") {
		t.Errorf("one of the two must say for what it waits:\n%s", all)
	}
}

// What a killed installer had started may live on, and write. The next one waits for it.
func TestWhatAKilledInstallerLeftRunningKeepsTheLock(t *testing.T) {
	w := newWorkshop(t)
	cmd, _ := w.installer("0.5", "two")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); w.calls() == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("Maven was not called")
		}
	}
	if err := cmd.Process.Kill(); err != nil { // only the one that was typed
		t.Fatal(err)
	}
	w.mustInstall("0", "two")
	if err := cmd.Wait(); err == nil {
		t.Error("the killed installer ended as if it had not been killed")
	}
	if w.calls() != 1 {
		t.Errorf("Maven was called %d times; the one that lived on had to be waited for", w.calls())
	}
}

func TestFilesThatAreNotPinnedAreRefused(t *testing.T) {
	w := newWorkshop(t)
	cmd, said := w.installer("0", "forged")
	if err := cmd.Run(); err == nil || !strings.Contains(said.String(), "other files than tools/dynamodb-local/files.sha256 lists") {
		t.Errorf("%v\n%s", err, said)
	}
	if got := w.installed(); got != "" {
		t.Errorf("installed %q", got)
	}
}

func TestAnUnknownPartIsNamed(t *testing.T) {
	out, err := exec.Command("bash", "install.sh", "sam", "nosuch").CombinedOutput()
	if err == nil || !strings.Contains(string(out), "no part is called nosuch") {
		t.Errorf("%v: %s", err, out)
	}
}
