package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/ptytest"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/policy"
)

// writers are the command lines that write a file, without its name, and the permissions of a new one.
var writers = map[string]fs.FileMode{
	"export -o": 0o600, "export --format csv -o": 0o600, "policy compile policy.yaml -o": 0o644,
}

// content is what a command line writes.
func content(t *testing.T, line string) string {
	t.Helper()
	code, stdout, stderr := writes(t, t.TempDir(), line, "-")
	if code != cli.Fine || stdout == "" || stderr == "" {
		t.Fatalf("%s -: exit code %d, %q, %q", line, code, stdout, stderr)
	}
	return stdout
}

// left are the names in a folder beside the policy's.
func left(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != "policy.yaml" {
			names = append(names, e.Name())
		}
	}
	return strings.Join(names, " ")
}

func TestFilesAreReplacedWholeAndLinksAreFollowed(t *testing.T) {
	for line, mode := range writers {
		want := content(t, line)
		for name, test := range map[string]struct {
			prepare func(dir string) error
			mode    fs.FileMode
			left    string // target is what was written
		}{
			"new":   {func(string) error { return nil }, mode, "target"},
			"there": {func(dir string) error { return os.WriteFile(dir+"/target", []byte("old"), 0o640) }, 0o640, "target"},
			"link": {func(dir string) error {
				return errors.Join(os.WriteFile(dir+"/target", nil, 0o604), os.Symlink("target", dir+"/link"))
			}, 0o604, "link target"},
			"link to nothing": {func(dir string) error { return os.Symlink("target", dir+"/link") }, mode, "link target"},
			"absolute link":   {func(dir string) error { return os.Symlink(dir+"/target", dir+"/link") }, mode, "link target"},
			"link to a link": {func(dir string) error {
				return errors.Join(os.Symlink("second", dir+"/link"), os.Symlink("./target", dir+"/second"))
			}, mode, "link second target"},
			"link through another folder": {func(dir string) error {
				return errors.Join(os.MkdirAll(dir+"/a/b", 0o700), os.Symlink("a/b", dir+"/folder"), os.Symlink("folder/../../target", dir+"/link"))
			}, mode, "a folder link target"},
		} {
			dir := t.TempDir()
			try(t, test.prepare(dir))
			file := "target"
			if strings.Contains(test.left, "link") {
				file = "link"
			}
			code, _, stderr := writes(t, dir, line, file)
			info, err := os.Lstat(filepath.Join(dir, "target"))
			if code != cli.Fine || err != nil || info.Mode() != test.mode || left(t, dir) != test.left {
				t.Errorf("%s, %s: exit code %d, %s, %v, %v, left %s", line, name, code, stderr, info, err, left(t, dir))
				continue
			}
			got, err := os.ReadFile(filepath.Join(dir, "target"))
			if err != nil || !sameWriting(string(got), want) {
				t.Errorf("%s, %s: %v, %q", line, name, err, got)
			}
		}
	}
}

func TestWhatCannotBeWrittenIsLeftAsItWas(t *testing.T) {
	for line := range writers {
		for name, test := range map[string]struct {
			prepare func(dir string) error
			want    string
		}{
			"folder":    {func(dir string) error { return os.Mkdir(dir+"/target", 0o700) }, "is a directory"},
			"loop":      {func(dir string) error { return os.Symlink("target", dir+"/target") }, "too many levels of symbolic links"},
			"no folder": {func(dir string) error { return os.Symlink("nowhere/x", dir+"/target") }, "no such file"},
			"not a folder": {func(dir string) error {
				return errors.Join(os.WriteFile(dir+"/f", nil, 0o600), os.Symlink("f/x", dir+"/target"))
			}, "not a directory"},
		} {
			dir := t.TempDir()
			try(t, test.prepare(dir))
			before := left(t, dir)
			code, _, stderr := writes(t, dir, line, "target")
			if code != cli.Misused || !strings.Contains(stderr, "cannot write target: "+test.want) || left(t, dir) != before {
				t.Errorf("%s, %s: exit code %d, %s, left %s", line, name, code, stderr, left(t, dir))
			}
		}
	}
	if os.Geteuid() == 0 {
		return // Root may write whatever it likes.
	}
	dir := t.TempDir()
	try(t, os.WriteFile(dir+"/target", []byte("mine"), 0o400))
	if code, _, stderr := writes(t, dir, "export -o", "target"); code != cli.Misused || !strings.Contains(stderr, "permission denied") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestPipesAreWrittenThrough directly and by a link, and stay what they are.
func TestPipesAreWrittenThrough(t *testing.T) {
	for line := range writers {
		want := content(t, line)
		for _, name := range []string{"pipe", "link"} {
			dir := t.TempDir()
			try(t, errors.Join(syscall.Mkfifo(dir+"/pipe", 0o600), os.Symlink("pipe", dir+"/link")))
			read := make(chan string, 1)
			go func() {
				text, _ := os.ReadFile(dir + "/pipe")
				read <- string(text)
			}()
			code, _, stderr := writes(t, dir, line, name)
			info, err := os.Lstat(dir + "/pipe")
			if code != cli.Fine || err != nil || info.Mode().Type() != fs.ModeNamedPipe || left(t, dir) != "link pipe" {
				t.Fatalf("%s %s: exit code %d, %s, %v, %v", line, name, code, stderr, info, err)
			}
			if got := <-read; !sameWriting(got, want) {
				t.Errorf("%s %s: got %q", line, name, got)
			}
		}
	}
}

// TestABrokenPipeIsAnError has a reader that goes away.
func TestABrokenPipeIsAnError(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	try(t, syscall.Mkfifo(pipe, 0o600))
	go func() {
		if f, err := os.Open(pipe); err == nil {
			_ = f.Close()
		}
	}()
	s, err := (&access.Env{}).Output(pipe, cli.OwnerOnly)
	try(t, err)
	for reads := true; reads; { // until the reader is gone
		_, _ = s.WriteString("x")
		reads = s.Flush() == nil
	}
	if err := s.Commit(); err == nil || !strings.Contains(err.Error(), "cannot write "+pipe+": broken pipe") {
		t.Errorf("%v", err)
	}
}

// TestAPipeWithoutAReaderIsGivenUp when Ctrl-C comes.
func TestAPipeWithoutAReaderIsGivenUp(t *testing.T) {
	d := newDesk(t)
	a := d.at()
	a.Dir = t.TempDir()
	try(t, syscall.Mkfifo(a.Dir+"/pipe", 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	code, _, stderr := runIn(ctx, a, strings.NewReader(""), "export", "-o", "pipe")
	if code != cli.Interrupted || stderr != "disputectl: interrupted\n" {
		t.Errorf("exit code %d, %q", code, stderr)
	}
	f, err := os.OpenFile(a.Dir+"/pipe", os.O_RDWR, 0) // It lets the one that waits go on.
	try(t, err)
	try(t, f.Close())
}

func TestStandardOutputHasManyNames(t *testing.T) {
	for line := range writers {
		want := content(t, line)
		dir := t.TempDir()
		try(t, os.Symlink("/dev/stdout", dir+"/link"))
		for _, name := range []string{"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1", fmt.Sprintf("/proc/%d/fd/1", os.Getpid()), "link"} {
			code, stdout, stderr := writes(t, dir, line, name)
			if code != cli.Fine || !sameWriting(stdout, want) || left(t, dir) != "link" {
				t.Errorf("%s %s: exit code %d, %q, %s", line, name, code, stdout, stderr)
			}
		}
	}
	_, stdout, stderr := writes(t, t.TempDir(), "policy compile policy.yaml -o", "-")
	if _, err := policy.Load([]byte(stdout)); err != nil || !strings.Contains(stderr, "-: from policy.yaml: live, 1 rule, 2 tests, hash ") {
		t.Errorf("%v; %q, %q", err, stdout, stderr)
	}
}

func TestAStandardOutputThatIsFull(t *testing.T) {
	for line := range writers {
		d := newDesk(t)
		a := d.at()
		a.Dir = t.TempDir()
		try(t, os.WriteFile(filepath.Join(a.Dir, "policy.yaml"), []byte(atOnce), 0o600))
		var errs bytes.Buffer
		a.Stdin, a.Stdout, a.Stderr, a.Now = strings.NewReader(""), full{}, &errs, time.Now
		if code := command.Run(t.Context(), a, append(strings.Fields(line), "-")); code != cli.Misused || !strings.Contains(errs.String(), "cannot write the standard output: no space") {
			t.Errorf("%s: exit code %d, %s", line, code, errs.String())
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space") }

// TestAnOpenDescriptorIsWrittenFromWhereItStands and the file behind it is not replaced.
func TestAnOpenDescriptorIsWrittenFromWhereItStands(t *testing.T) {
	dir := t.TempDir()
	f, err := os.OpenFile(dir+"/log", os.O_RDWR|os.O_CREATE, 0o600)
	try(t, err)
	defer f.Close()
	_, err = f.WriteString("before\n")
	try(t, err)
	code, _, stderr := writes(t, dir, "policy compile policy.yaml -o", fmt.Sprintf("/dev/fd/%d", f.Fd()))
	if _, err := f.WriteString("after\n"); err != nil {
		t.Error(err)
	}
	text, err := os.ReadFile(dir + "/log")
	if code != cli.Fine || err != nil || !strings.HasPrefix(string(text), "before\n{") || !strings.HasSuffix(string(text), "}\nafter\n") && !strings.HasSuffix(string(text), "}after\n") {
		t.Errorf("exit code %d, %s, %v, %q", code, stderr, err, text)
	}
	if code, _, stderr := writes(t, dir, "export -o", "/dev/fd/999"); code != cli.Misused || !strings.Contains(stderr, "cannot write /dev/fd/999: ") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestATerminalByItsName is written through, and obeys nothing either.
func TestATerminalByItsName(t *testing.T) {
	_, d := hostileWorld(t)
	person, program := ptytest.Terminal(t)
	device, err := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", program.Fd()))
	try(t, err)
	shown := make(chan string, 1)
	go func() {
		var all []byte
		for part := make([]byte, 4096); !bytes.Contains(all, []byte("END")); {
			n, err := person.Read(part)
			if err != nil {
				break
			}
			all = append(all, part[:n]...)
		}
		shown <- strings.ReplaceAll(string(all), "\r\n", "\n")
	}()
	if code, _, stderr := runIn(t.Context(), d.at(), strings.NewReader(""), "export", "-o", device); code != cli.Fine {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	_, err = io.WriteString(program, "END")
	try(t, err)
	if got := <-shown; !strings.Contains(got, "dp_1") || strings.ContainsFunc(got, screen.Harmful) {
		t.Errorf("%q", got)
	}
}

// TestAnotherProcessesPipeIsWrittenThrough though its link has no file.
func TestAnotherProcessesPipeIsWrittenThrough(t *testing.T) {
	child := exec.CommandContext(t.Context(), "sleep", "60")
	pipe, err := child.StdoutPipe()
	try(t, err)
	try(t, child.Start())
	code, stdout, stderr := writes(t, t.TempDir(), "policy compile policy.yaml -o", fmt.Sprintf("/proc/%d/fd/1", child.Process.Pid))
	try(t, child.Process.Kill())
	text, err := io.ReadAll(pipe)
	_ = child.Wait() // It was killed.
	if _, loadErr := policy.Load(text); code != cli.Fine || err != nil || loadErr != nil || strings.Contains(stdout, "{") {
		t.Errorf("exit code %d, %q, %s, %v, %v, %q", code, stdout, stderr, err, loadErr, text)
	}
}
