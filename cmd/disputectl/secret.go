package main

import "github.com/spf13/cobra"

func (a *app) secretCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "secret",
		Short:   "Store WooshPay's key and signing secret",
		GroupID: groupSystem,
		Example: `  disputectl secret set api-key --stack dispute-closer-test
  disputectl secret set signing --stack dispute-closer-test <secret.txt`,
		Args: onlyCommands,
		RunE: help,
	}
	cmd.AddCommand(a.secretSetCommand())
	return cmd
}
