package main

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/demo"
	"disputecloser/shared/credential"
)

// run carries out one command line and returns the exit code.
func (a *app) run(ctx context.Context, args []string) int {
	a.interrupted = ctx.Done()
	a.show()
	if err := noSecretsIn(args); err != nil {
		return report(a.stderr, err)
	}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	cmd, err := root.ExecuteContextC(ctx)
	if err == nil {
		return fine
	}
	if f := new(failure); !errors.As(err, &f) {
		err = fail(misused, "see `"+cmd.CommandPath()+" --help`", "%s", oneLine(err.Error()))
	}
	return report(a.stderr, err)
}

// noSecretsIn refuses a key or signing secret on the command line, before anything could send it to AWS as the name of a
// secret, store it as a reason or repeat it in an error. No argument or flag expects one.
func noSecretsIn(args []string) error {
	for _, arg := range args {
		if kind := credential.In(arg); kind != credential.None {
			return fail(misused, "give it on the standard input of `disputectl secret set`, and only the secret's name or ARN here;\n"+
				"  your shell may have kept it in its history: replace it at WooshPay if others can read that",
				"an argument holds %s, which is neither used nor repeated here", kind)
		}
	}
	return nil
}

// act is a command's deed. Its errors that are no failure mean that a part of the system did not answer; errors that
// cobra returns by itself mean a wrong command line.
func act(deed func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := deed(cmd, args)
		switch f := new(failure); {
		case err == nil || errors.As(err, &f):
			return err
		case errors.Is(err, context.Canceled):
			return errInterrupted
		}
		return &failure{code: unreachable, what: err.Error(), err: err}
	}
}

// groupPolicy is the group under which the help lists these commands.
const groupPolicy = "policy"

// groupCases is the group under which the help lists these commands.
const groupCases = "cases"

// groupSystem is the group under which the help lists these commands.
const groupSystem = "system"

// groupLocal is the group under which the help lists these commands.
const groupLocal = "local"

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "disputectl",
		Short: "Work with the dispute closer: its policy, its cases, and the whole of it on one machine",
		Long: `disputectl checks and compiles the merchant's policy, reads and works the cases in the
table, and runs the whole system on one machine.

The table is named by --table or TABLE. Region, credentials and endpoint are the AWS
SDK's own settings. Colours appear on a terminal alone, and not with NO_COLOR.

` + exitCodes,
		Example: `  disputectl demo
  disputectl policy check policy.yaml
  disputectl status --table disputes-test
  disputectl list --table disputes-test
  disputectl why dp_1234 --table disputes-test`,
		Version:       version(debug.ReadBuildInfo()),
		Args:          onlyCommands,
		RunE:          help,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddGroup(
		&cobra.Group{ID: groupPolicy, Title: "The policy:"},
		&cobra.Group{ID: groupCases, Title: "The cases in the table:"},
		&cobra.Group{ID: groupSystem, Title: "The system:"},
		&cobra.Group{ID: groupLocal, Title: "On this machine:"},
	)
	root.AddCommand(
		a.policyCommand(),
		a.listCommand(), a.showCommand(), a.whyCommand(), a.exportCommand(),
		a.keepCommand(), a.closeCommand(), a.releaseCommand(),
		a.statusCommand(), a.pauseCommand(), a.resumeCommand(), a.reconcileCommand(),
		a.doctorCommand(), a.webhookCommand(), a.secretCommand(), a.sendCommand(),
		a.demoCommand(demo.Options{}), a.localCommand(), a.sandboxCommand(), a.signCommand(),
	)
	return root
}

// help is the deed of a command that only has others below it.
func help(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// onlyCommands refuses what is no command, with the nearest one.
func onlyCommands(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	next := "see `" + cmd.CommandPath() + " --help`"
	cmd.SuggestionsMinimumDistance = 2
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		next = "did you mean `" + cmd.CommandPath() + " " + near[0] + "`?"
	}
	return fail(misused, next, "there is no command %q", cmd.CommandPath()+" "+args[0])
}

// oneLine joins the lines of cobra's longer errors.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
