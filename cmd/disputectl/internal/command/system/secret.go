package system

import (
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
)

// Secret returns `disputectl secret`.
func Secret(env *access.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "secret",
		Short:   "Store WooshPay's key and signing secret",
		GroupID: Group,
		Example: `  disputectl secret set api-key --stack dispute-closer-test
  disputectl secret set signing --stack dispute-closer-test <secret.txt`,
		Args: cli.OnlyCommands,
		RunE: cli.Help,
	}
	cmd.AddCommand(secretSetCommand(env))
	return cmd
}
