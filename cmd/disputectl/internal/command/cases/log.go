package cases

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

// logDays is how many days the log goes back if none are named.
const logDays = 7

// Log returns `disputectl log`.
func Log(env *access.Env) *cobra.Command {
	var period cli.PeriodFlags
	var site access.Site
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "log",
		Short:   "List what people did: who kept, closed, released, paused or resumed what, when and why",
		GroupID: Group,
		Long: `List what people did, the oldest first: who kept, closed or released which dispute, and who
paused or resumed closing, when and why. A line of the journal is stored with the act and
never changed. Without flags it lists the last 7 days.

A close is the order that a person gave, with the amount that they agreed to concede;
` + "`disputectl why`" + ` says what became of it.

Exit codes: 0 fine, 2 usage, 3 the table did not answer, or holds a line that cannot be
read; the others are listed.`,
		Example: `  disputectl log --since 30d
  disputectl log --from 2026-03-01 --to 2026-03-31 --json`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runLog(cmd.Context(), env, site, period, asJSON) }),
	}
	access.TableFlags(cmd, &site)
	cli.AddPeriodFlags(cmd, &period)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func runLog(ctx context.Context, env *access.Env, site access.Site, f cli.PeriodFlags, asJSON bool) error {
	p, err := f.Period(env.Now(), logDays)
	if err != nil {
		return err
	}
	desk, err := env.Open(ctx, site)
	if err != nil {
		return err
	}
	acts := []view.Act{}
	unread := eachLineOf(ctx, desk, p, func(l closing.Line) {
		if l.Ended == nil {
			acts = append(acts, view.ActOf(l))
		}
	})
	if unread != nil && !access.OnlyUnreadable(unread) {
		return unread
	}
	if len(acts) == 0 && unread == nil {
		screen.Printf(env.Stderr, "nobody did anything in this time\n")
	}
	if asJSON {
		return cmp.Or(env.PrintJSON(acts), unread)
	}
	desk.Where(ctx).Print(&env.Console)
	return cmp.Or(view.Log(env.Stdout, acts, env.Now(), env.Width()), unread)
}

// eachLineOf visits the lines of a period.
func eachLineOf(ctx context.Context, desk access.Desk, p cli.Period, visit func(closing.Line)) error {
	return access.EachLine(ctx, desk, desk.Table, p.Days(), func(line closing.Line) {
		if !line.At.Before(p.From) {
			visit(line)
		}
	})
}
