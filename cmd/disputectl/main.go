// Command disputectl is the operator's hand on the dispute closer: it checks and compiles the merchant's policy, reads
// the cases in the table, and runs the whole system on one machine.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // A second Ctrl-C ends the process at once.
	a := &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		now: time.Now, getenv: os.Getenv, open: openTable,
	}
	code := a.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
