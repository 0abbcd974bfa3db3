// Package policies holds the commands below `disputectl policy`.
package policies

import (
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
)

// Command returns `disputectl policy`.
func Command(env *access.Env) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "policy",
		Short:   "Write, check, try and compile the merchant's rules",
		GroupID: Group,
		Long: `Write, check, try and compile the merchant's rules. From nothing to live: new writes a
first file, check finds what is wrong with it, backtest shows what it would have closed,
explain shows why, and diff shows what a change of it would change.`,
		Example: `  disputectl policy new --threshold usd=1500
  disputectl policy check policy.yaml
  disputectl policy backtest --cases disputes.jsonl
  disputectl policy compile policy.yaml -o policy.json`,
		Args: cli.OnlyCommands,
		RunE: cli.Help,
	}
	cmd.AddCommand(
		newCommand(&env.Console), schemaCommand(&env.Console), checkCommand(&env.Console), explainCommand(env),
		backtestCommand(env), diffCommand(&env.Console), compileCommand(&env.Console),
	)
	return cmd
}

// Group is the group under which the help lists these commands.
const Group = "policy"
