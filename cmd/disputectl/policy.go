package main

import (
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/cmd/disputectl/internal/screen"
)

func (a *app) policyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "policy",
		Short:   "Write, check, try and compile the merchant's rules",
		GroupID: groupPolicy,
		Long: `Write, check, try and compile the merchant's rules. A way from nothing to live: new writes
a file to begin with, check finds what is wrong with it, backtest tells what it would have
closed, explain why it would or would not, and diff what a change of it changes.`,
		Example: `  disputectl policy new --threshold usd=1500
  disputectl policy check policy.yaml
  disputectl policy backtest --cases disputes.jsonl
  disputectl policy compile policy.yaml -o policy.json`,
		Args: onlyCommands,
		RunE: help,
	}
	cmd.AddCommand(
		a.policyNewCommand(), a.policySchemaCommand(), a.policyCheckCommand(), a.policyExplainCommand(),
		a.policyBacktestCommand(), a.policyDiffCommand(), a.policyCompileCommand(),
	)
	return cmd
}

// checkPolicy reads a policy file and finds everything that is wrong with it. A file that cannot be read is a failure.
func (a *app) checkPolicy(name string) (source.Result, error) {
	text, err := a.read(name)
	if err != nil {
		return source.Result{}, err
	}
	return source.Check(screen.Line(name), text), nil
}
