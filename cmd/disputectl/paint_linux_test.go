package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/hostiletest"
	"disputecloser/cmd/disputectl/internal/ptytest"
	"disputecloser/cmd/disputectl/internal/screen"
)

// TestAScreenStandsBeforeBothOutputs whatever prints there, and by whatever function.
func TestAScreenStandsBeforeBothOutputs(t *testing.T) {
	a := &access.Env{}
	if code, _, stderr := invoke(t, a, "--version"); code != cli.Fine {
		t.Fatal(stderr)
	}
	var out, errs bytes.Buffer
	a.Stdout, a.Stderr = &out, &errs
	a.ScreenOutputs()
	fmt.Fprint(a.Stdout, hostiletest.Evil)
	fmt.Fprint(a.Stderr, hostiletest.Evil)
	for _, text := range []string{out.String(), errs.String()} {
		if strings.ContainsFunc(text, screen.Harmful) || !strings.HasSuffix(text, "FORGED: nothing is wrong") {
			t.Errorf("%q", text)
		}
	}
}

func TestACommandLineBeginsWithItsScreens(t *testing.T) {
	a := &access.Env{}
	invoke(t, a, "--version")
	_, out := a.Stdout.(*screen.Screen)
	_, errs := a.Stderr.(*screen.Screen)
	if !out || !errs {
		t.Errorf("%T, %T", a.Stdout, a.Stderr)
	}
}

// end is what follows the output of a command on a terminal.
const end = "-- the end --"

// onTerminal runs a command line whose output is a terminal, and returns what that is sent.
func onTerminal(t *testing.T, a *access.Env, args ...string) string {
	t.Helper()
	return onWideTerminal(t, a, 0, args...)
}

// onWideTerminal does so on a terminal of so many columns; 0 if it does not say.
func onWideTerminal(t *testing.T, a *access.Env, columns uint16, args ...string) string {
	t.Helper()
	return onTerminalAt(t, a, time.Time{}, columns, args...)
}

// onTerminalAt does so at an instant; now if that is zero.
func onTerminalAt(t *testing.T, a *access.Env, at time.Time, columns uint16, args ...string) string {
	t.Helper()
	person, program := ptytest.Terminal(t)
	try(t, unix.IoctlSetWinsize(int(program.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns}))
	var errs bytes.Buffer
	a.Stdin, a.Stdout, a.Stderr, a.Now = strings.NewReader(""), program, &errs, time.Now
	if !at.IsZero() {
		a.Now = func() time.Time { return at }
	}
	shown := make(chan string, 1)
	go func() {
		var all []byte
		for part := make([]byte, 4096); !bytes.Contains(all, []byte(end)); {
			n, err := person.Read(part)
			if err != nil {
				break
			}
			all = append(all, part[:n]...)
		}
		shown <- strings.ReplaceAll(strings.TrimSuffix(string(all), end), "\r\n", "\n")
	}()
	if code := command.Run(t.Context(), a, args); code != cli.Fine {
		t.Errorf("%s: exit code %d, %s", args, code, errs.String())
	}
	fmt.Fprint(program, end)
	return <-shown
}

func TestOnlyOurColoursReachATerminal(t *testing.T) {
	_, d := hostileWorld(t)
	const paused = "\x1b[31mpaused\x1b[0m since "
	shown := onTerminal(t, d.at(), "status")
	if err := hostiletest.Harmless(strings.Replace(shown, paused, "", 1)); err != nil || !strings.Contains(shown, paused) {
		t.Errorf("%v: %q", err, shown)
	}
	for _, env := range [][2]string{{"NO_COLOR", "1"}, {"TERM", "dumb"}} {
		a := d.at()
		a.Getenv = func(name string) string { return map[string]string{"TABLE": "disputes", env[0]: env[1]}[name] }
		if shown := onTerminal(t, a, "status"); strings.Contains(shown, "\x1b") || !strings.Contains(shown, " paused since ") {
			t.Errorf("%s: %q", env, shown)
		}
	}
}

// TestUrgencyHasColour on a terminal that wants colours, and none is counted as a column.
func TestUrgencyHasColour(t *testing.T) {
	w := newTown(t)
	env := map[string]string{access.StackVariable: "closer-test"}
	getenv := func(name string) string { return env[name] }
	const red, yellow, plain = "\x1b[31m", "\x1b[33m", "\x1b[0m"
	shown := onTownsTerminal(t, w, getenv, "list")
	for _, want := range []string{
		red + "dp_1failedB2nYhR8cVu4K" + plain, red + "failed" + plain + "     in 18 d", yellow + "dp_1inquiryK3yRzY7aGd5" + plain,
		yellow + "review" + plain, yellow + "scheduled" + plain, red + "in 9 h 54 min" + plain, "\ndp_1aboveD5pJgM6bNx1Wq ",
	} {
		if !strings.Contains(shown, want) {
			t.Errorf("no %q in\n%q", want, shown)
		}
	}
	bare := colours.ReplaceAllString(shown, "")
	env["NO_COLOR"] = "1"
	if shown := onTownsTerminal(t, w, getenv, "list"); shown != bare || strings.Contains(shown, "\x1b") {
		t.Errorf("NO_COLOR: %q, want %q", shown, bare)
	}
}

// onTownsTerminal runs a command in the town, at its time, on a terminal of 120 columns.
func onTownsTerminal(t *testing.T, w *world, getenv func(string) string, args ...string) string {
	t.Helper()
	a := w.env(getenv)
	return onTerminalAt(t, a, w.at, 120, args...)
}

// TestDataOnATerminalIsShown where a pipe would get its bytes.
func TestDataOnATerminalIsShown(t *testing.T) {
	_, d := hostileWorld(t)
	for _, args := range [][]string{{"export"}, {"export", "--format", "csv", "-o", "-"}, {"list", "--json"}} {
		shown := onTerminal(t, d.at(), args...)
		if !strings.Contains(shown, "dp_1") || strings.ContainsFunc(shown, screen.Harmful) {
			t.Errorf("%s: %q", args, shown)
		}
	}
}
