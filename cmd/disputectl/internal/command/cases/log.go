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
	var table string
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
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runLog(cmd.Context(), env, table, period, asJSON) }),
	}
	access.TableFlag(cmd, &table)
	cli.AddPeriodFlags(cmd, &period)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func runLog(ctx context.Context, env *access.Env, table string, f cli.PeriodFlags, asJSON bool) error {
	acts := []view.Act{}
	unread := eachLine(ctx, env, table, f, logDays, func(l closing.Line) {
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
	return cmp.Or(view.Log(env.Stdout, acts, env.Now(), env.Width()), unread)
}

// eachLine visits the lines of the period that the flags choose, the last days if they choose none.
func eachLine(ctx context.Context, env *access.Env, table string, f cli.PeriodFlags, days int, visit func(closing.Line)) error {
	p, err := f.Period(env.Now(), days)
	if err != nil {
		return err
	}
	l, name, err := env.Table(ctx, table)
	if err != nil {
		return err
	}
	return eachLineOf(ctx, l, name, p, visit)
}

// eachLineOf visits the lines of a period of an open table.
func eachLineOf(ctx context.Context, l access.Ledger, table string, p cli.Period, visit func(closing.Line)) error {
	j, err := access.Journal(l, table)
	if err != nil {
		return err
	}
	return access.EachLine(ctx, j, table, p.Days(), func(line closing.Line) {
		if !line.At.Before(p.From) {
			visit(line)
		}
	})
}
