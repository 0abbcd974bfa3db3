package system

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/ptytest"
)

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
	person, program := ptytest.Terminal(t)
	fd, shown := int(program.Fd()), &bytes.Buffer{}
	console := &cli.Console{Stdin: program, Stderr: shown}
	silent := make(chan bool, 1)
	go func() {
		awaitSilence(fd)
		silent <- !echoes(fd)
		_, _ = person.WriteString("sk_test_typed\n")
	}()
	got, err := typedSecret(t.Context(), console, apiKeyWord)
	if got != "sk_test_typed" || err != nil || strings.Contains(shown.String(), got) {
		t.Errorf("got %q, %v; shown: %s", got, err, shown)
	}
	if !<-silent || !echoes(fd) {
		t.Error("it echoes while the secret is typed, or no more afterwards")
	}
}

func TestAnInterruptedPromptLeavesTheTerminalEchoing(t *testing.T) {
	person, program := ptytest.Terminal(t)
	fd := int(program.Fd())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		awaitSilence(fd)
		cancel()
	}()
	_, err := typedSecret(ctx, &cli.Console{Stdin: program, Stderr: &bytes.Buffer{}}, apiKeyWord)
	if err == nil || !strings.Contains(err.Error(), "nothing was stored") {
		t.Errorf("got %v", err)
	}
	if !echoes(fd) {
		t.Error("the terminal stays silent")
	}
	_, _ = person.WriteString("\n") // ends the read that is left behind
}
