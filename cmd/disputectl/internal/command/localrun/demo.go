package localrun

import (
	"errors"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/demo"
	"disputecloser/cmd/disputectl/internal/screen"
)

// Demo returns `disputectl demo`.
func Demo(console *cli.Console, options demo.Options) *cobra.Command {
	return &cobra.Command{
		Use:     "demo",
		Short:   "Play a day of disputes on this machine, and print what became of each and why",
		GroupID: Group,
		Long: `Play a day of disputes in this process: a WooshPay that breaks on demand, the functions as
they are deployed, and a ledger in memory, on a clock that lets the day pass in seconds. It
prints what happened, what became of each dispute and why, and how many closes WooshPay
executed by its own log. It ends by itself, with what to try next.

Exit codes: 0 everything became what the story says, 1 something did not.`,
		Example: `  disputectl demo`,
		Args:    cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error {
			options.Out, options.Columns = console.Stdout, console.Width()
			err := demo.Run(cmd.Context(), options)
			if errors.Is(err, demo.ErrMismatch) {
				return cli.Fail(cli.Found, "the lines under “Not as told” say what differs", "%w", err)
			}
			if err == nil {
				screen.Printf(console.Stdout, afterDemo)
			}
			return err
		}),
	}
}

// afterDemo is what to try next.
const afterDemo = `
Three commands to try next, from the project's folder:
  disputectl local               # this day behind a running system
  disputectl policy new my.yaml  # your own rules, by a few questions
  disputectl policy backtest --policy my.yaml --cases examples/past.jsonl
` + "`go install ./cmd/disputectl`" + ` installs disputectl in $(go env GOPATH)/bin; have it in PATH.
`
