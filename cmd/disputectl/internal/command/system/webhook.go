package system

import (
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
)

// Webhook returns `disputectl webhook`.
func Webhook(env *access.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "webhook",
		Short:   "Register the webhook at WooshPay, and see what is registered",
		GroupID: Group,
		Example: `  disputectl webhook create --stack dispute-closer-test
  disputectl webhook list --stack dispute-closer-test`,
		Args: cli.OnlyCommands,
		RunE: cli.Help,
	}
	cmd.AddCommand(webhookCreateCommand(env), webhookListCommand(env))
	return cmd
}
