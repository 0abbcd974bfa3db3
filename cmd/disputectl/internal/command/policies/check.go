package policies

import (
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
)

func checkCommand(console *cli.Console) *cobra.Command {
	var strict, asJSON bool
	cmd := &cobra.Command{
		Use:   "check FILE",
		Short: "Find everything that is wrong with a policy, in one pass",
		Long: `Find everything that is wrong with a policy file, in one pass: what is malformed, rules
that can never match or contradict their clocks, bounds beyond ceiling and budget, and
the policy's own tests that fail. It ends with what the file does, in one sentence for each
currency. FILE may be - for the standard input.

Warned of, beside what is contradictory: a bound from about 500 US dollars, a ceiling from
5,000 and a daily budget from 50,000, by coarse magnitudes. Where a bound is set in a currency
whose minor unit is not sure, it says why.

Exit codes: 0 fine, 1 an error (with --strict a warning, too), 2 the file cannot be read.`,
		Example: `  disputectl policy check policy.yaml
  disputectl policy check --strict policy.yaml
  disputectl policy check --json policy.yaml`,
		Args: cobra.ExactArgs(1),
		RunE: cli.RunE(func(_ *cobra.Command, args []string) error {
			result, err := input.CheckPolicy(console, args[0])
			if err != nil {
				return err
			}
			if asJSON {
				err = console.PrintJSON(input.ReportOf(args[0], result, strict))
			} else {
				input.PrintFindings(console, args[0], result, strict)
				printEffects(console, result)
			}
			if err == nil && !result.OK(strict) {
				return cli.ErrFound
			}
			return err
		}),
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "count warnings as errors")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
