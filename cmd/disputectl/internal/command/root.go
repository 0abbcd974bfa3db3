// Package command is the command line of disputectl. Each group of its help is a package below, with a file for each
// command:
//
//   - policies: `disputectl policy …`, about the merchant's rules
//   - cases: list, show, why, export, report, log, keep, close and release, about the cases in the table
//   - system: deploy, status, pause, resume, reconcile, doctor, redrive, webhook, secret and send, about a deployed stack
//   - localrun: demo, local, sandbox and sign, on this machine
//
// What they share is beside this package: cli (streams, files, exit codes), access (the table, AWS, WooshPay), operator
// (who acts, and why) and input (policies and events from files).
package command

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/command/cases"
	"disputecloser/cmd/disputectl/internal/command/localrun"
	"disputecloser/cmd/disputectl/internal/command/policies"
	"disputecloser/cmd/disputectl/internal/command/system"
	"disputecloser/cmd/disputectl/internal/demo"
	"disputecloser/shared/credential"
)

// Run carries out one command line and returns the exit code.
func Run(ctx context.Context, env *access.Env, args []string) int {
	env.Interrupted = ctx.Done()
	env.ScreenOutputs()
	if err := noSecretsIn(args); err != nil {
		return cli.Report(env.Stderr, err)
	}
	root := Root(env)
	root.SetArgs(args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return cli.Fine
	}
	if f := new(cli.ExitError); !errors.As(err, &f) {
		err = cli.Fail(cli.Misused, "see `"+cmd.CommandPath()+" --help`", "%s", cli.OneLine(err.Error()))
	}
	code := cli.Report(env.Stderr, err)
	if ctx.Err() != nil {
		return cli.Interrupted
	}
	return code
}

// noSecretsIn refuses a key or signing secret on the command line, before anything could send it to AWS as the name of a
// secret, store it as a reason or repeat it in an error. No argument or flag expects one.
func noSecretsIn(args []string) error {
	for _, arg := range args {
		if kind := credential.In(strings.TrimLeft(arg, "-")); kind != credential.None {
			return cli.Fail(cli.Misused, "give it on the standard input of `disputectl secret set`, and only the secret's name or ARN here;\n"+
				"  your shell may have kept it in its history: replace it at WooshPay if others can read that",
				"an argument holds %s, which is neither used nor repeated here", kind)
		}
	}
	return nil
}

// Root returns the command with all others below it.
func Root(env *access.Env) *cobra.Command {
	root := &cobra.Command{
		Use:   "disputectl",
		Short: "Work with the dispute closer: its policy, its cases, and the whole of it on one machine",
		Long: `disputectl checks and compiles the merchant's policy, reads and works the cases in the
table, and runs the whole system on one machine.

A deployment is named by --stack or DISPUTECTL_STACK: the stack, or its environment in the
samconfig.toml of the working directory, which need not be named if it is the only one. The
first line of what works on a deployment says which it is, and whether it moves live money.
What you do there (keep, close, release, pause, resume) is sent to the stack's API, signed
with your AWS credentials: who did it is what AWS says. Region and credentials are the AWS
SDK's own settings. Colours appear only on a terminal, and not with NO_COLOR.

Amounts are money on the screen, such as 18.19 USD, and whole numbers of the currency's minor
unit in JSON, CSV and files. Tables fit the terminal, or the columns that COLUMNS names.
` + "`disputectl completion --help`" + ` says how a shell completes ids, rules, stacks and currencies.

` + cli.ExitCodes,
		Example: `  disputectl demo
  disputectl policy check policy.yaml
  disputectl status --stack test
  disputectl list --stack test
  disputectl why dp_1234 --stack test`,
		Version:       built().String(),
		Args:          cli.OnlyCommands,
		RunE:          cli.Help,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddGroup(
		&cobra.Group{ID: policies.Group, Title: "The policy:"},
		&cobra.Group{ID: cases.Group, Title: "The cases in the table:"},
		&cobra.Group{ID: system.Group, Title: "The system:"},
		&cobra.Group{ID: localrun.Group, Title: "On this machine:"},
	)
	root.AddCommand(
		policies.Command(env),
		cases.List(env), cases.Show(env), cases.Why(env), cases.Export(env),
		cases.Report(env), cases.Log(env),
		cases.Keep(env), cases.Close(env), cases.Release(env),
		system.Status(env), system.Pause(env), system.Resume(env), system.Reconcile(env),
		system.Deploy(env), system.Doctor(env), system.Redrive(env), system.Webhook(env), system.Secret(env), system.Send(env),
		localrun.Demo(&env.Console, demo.Options{}), localrun.Local(&env.Console), localrun.Sandbox(&env.Console), localrun.Sign(&env.Console),
		versionCommand(&env.Console),
	)
	root.SetFlagErrorFunc(cli.FlagError)
	complete(root, env)
	return root
}

// complete has the flags completed that mean the same in every command.
func complete(cmd *cobra.Command, env *access.Env) {
	for name, completion := range map[string]access.Completion{"stack": env.CompleteStacks, "currency": access.CompleteCurrencies} {
		if cmd.Flags().Lookup(name) != nil {
			_ = cmd.RegisterFlagCompletionFunc(name, completion) // The flag is there.
		}
	}
	for _, below := range cmd.Commands() {
		complete(below, env)
	}
}
