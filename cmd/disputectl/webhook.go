package main

import "github.com/spf13/cobra"

func (a *app) webhookCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "webhook",
		Short:   "Register the webhook at WooshPay, and see what is registered",
		GroupID: groupSystem,
		Example: `  disputectl webhook create --stack dispute-closer-test
  disputectl webhook list --stack dispute-closer-test`,
		Args: onlyCommands,
		RunE: help,
	}
	cmd.AddCommand(a.webhookCreateCommand(), a.webhookListCommand())
	return cmd
}
