// Command disputectl is the operator's hand on the dispute closer: it checks and compiles the merchant's policy, reads
// and works the cases in the table, and runs the whole system on one machine.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"disputecloser/cmd/disputectl/internal/delivery"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // A second Ctrl-C ends the process at once.
	a := &app{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		now: time.Now, getenv: os.Getenv,
		open: openTable, identity: awsIdentity, terminal: isTerminal,
		cloud: connect, web: delivery.Client(),
	}
	code := a.run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
