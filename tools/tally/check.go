package main

import (
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// cannotRun is the exit code by which a check says that it could not look, as distinct from having found
// something (sysexits' EX_TEMPFAIL).
const cannotRun = 75

// check runs one command. Its output is shown only when it did not pass.
func check(b book, name string, command []string, w io.Writer) error {
	start := time.Now()
	out, err := exec.Command(command[0], command[1:]...).CombinedOutput()
	o := verdict(err)
	report(w, o, name, start)
	if o != passed {
		fmt.Fprintf(w, "%s", out)
	}
	if err != nil && len(out) == 0 {
		fmt.Fprintln(w, err)
	}
	if err := b.add(o, name); err != nil {
		return err
	}
	if o == failed {
		return fmt.Errorf("%s failed", name)
	}
	return nil
}

func verdict(err error) outcome {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return passed
	case errors.As(err, &exit) && exit.ExitCode() == cannotRun:
		return notRun
	}
	return failed
}

func report(w io.Writer, o outcome, name string, start time.Time) {
	fmt.Fprintf(w, "%-8s %s (%.1f s)\n", o, name, time.Since(start).Seconds())
}
