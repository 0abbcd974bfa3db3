package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal is a pseudo terminal: what is typed goes into the person's end.
func terminal(t *testing.T) (person, program *os.File) {
	t.Helper()
	person, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fd := int(person.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	opened = append(opened, person, program)
	return person, program
}

// opened are the terminals of all tests. They stay open: a read that was interrupted ends later, and sets its terminal
// back by a number that must not be another's by then.
var opened []*os.File

func echoes(terminal int) bool {
	state, err := unix.IoctlGetTermios(terminal, unix.TCGETS)
	return err == nil && state.Lflag&unix.ECHO != 0
}

// awaitSilence waits until the program reads without echo, or for too long.
func awaitSilence(terminal int) {
	for deadline := time.Now().Add(5 * time.Second); echoes(terminal) && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
}

func TestASecretIsTypedUnseen(t *testing.T) {
	person, program := terminal(t)
	fd, shown := int(program.Fd()), &bytes.Buffer{}
	a := &app{stdin: program, stderr: shown}
	silent := make(chan bool, 1)
	go func() {
		awaitSilence(fd)
		silent <- !echoes(fd)
		_, _ = person.WriteString("sk_test_typed\n")
	}()
	got, err := a.typedSecret(t.Context(), apiKeyWord)
	if got != "sk_test_typed" || err != nil || strings.Contains(shown.String(), got) {
		t.Errorf("got %q, %v; shown: %s", got, err, shown)
	}
	if !<-silent || !echoes(fd) {
		t.Error("it echoes while the secret is typed, or no more afterwards")
	}
}

func TestAnInterruptedPromptLeavesTheTerminalEchoing(t *testing.T) {
	person, program := terminal(t)
	fd := int(program.Fd())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		awaitSilence(fd)
		cancel()
	}()
	_, err := (&app{stdin: program, stderr: &bytes.Buffer{}}).typedSecret(ctx, apiKeyWord)
	if err == nil || !strings.Contains(err.Error(), "nothing was stored") {
		t.Errorf("got %v", err)
	}
	if !echoes(fd) {
		t.Error("the terminal stays silent")
	}
	_, _ = person.WriteString("\n") // ends the read that is left behind
}
