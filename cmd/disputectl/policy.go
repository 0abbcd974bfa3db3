package main

import (
	"github.com/spf13/cobra"

	"disputecloser/shared/policy/source"
)

func (a *app) policyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "policy",
		Short:   "Check and compile the merchant's rules",
		GroupID: groupPolicy,
		Example: `  disputectl policy check policy.yaml
  disputectl policy compile policy.yaml -o policy.json`,
		Args: onlyCommands,
		RunE: help,
	}
	cmd.AddCommand(a.policyCheckCommand(), a.policyCompileCommand())
	return cmd
}

// checkPolicy reads a policy file and finds everything that is wrong with it. A file that cannot be read is a failure.
func (a *app) checkPolicy(name string) (source.Result, error) {
	text, err := a.read(name)
	if err != nil {
		return source.Result{}, err
	}
	return source.Check(name, text), nil
}
