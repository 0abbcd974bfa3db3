// Command disputectl is the operator's tool for the dispute closer: it checks and compiles the merchant's policy, reads
// and works the cases in the table, and runs the whole system on one machine.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command"
	"disputecloser/cmd/disputectl/internal/delivery"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // A second Ctrl-C ends the process at once.
	env := &access.Env{
		Console: cli.Console{
			Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
			Now: time.Now, Getenv: os.Getenv, IsTerminal: cli.IsTerminal,
		},
		OpenTable: access.OpenTable, Shell: access.AWSShell, Cloud: access.Connect, Deployer: access.FindDeployer, Execute: access.Execute, HTTP: delivery.Client(),
	}
	code := command.Run(ctx, env, os.Args[1:])
	stop()
	os.Exit(code)
}
