package cases

import (
	"cmp"
	"context"
	"slices"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

// listFlags are the flags of list.
type listFlags struct {
	filter
	site   access.Site
	period cli.PeriodFlags
	limit  int
	asJSON bool
}

// List returns `disputectl list`.
func List(env *access.Env) *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the unfinished cases, first those that wait for a person; or finished ones",
		GroupID: Group,
		Long: `List the unfinished cases: first those that wait for a person, by deadline; then those
being closed, those planned to be, and the rest, by the next date; and below them what they
are about in each currency. A narrow terminal shows fewer columns; --json has everything,
with amounts in the currency's minor unit, as WooshPay sends them.

A case must match every filter; a list such as --state open,failed matches any of its
values. --state closed, resolved or missing lists the cases that ended, the newest first:
those of the last 7 days, or of --since, or --from and --to. It reads the journal of these
days.

Exit codes: 0 fine, 2 usage, 3 the table did not answer, or holds a case that cannot be
read; the others are listed.`,
		Example: `  disputectl list --stack test
  disputectl list --person --deadline 3d
  disputectl list --state scheduled --rule small --currency usd --json
  disputectl list --state closed --since 30d`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error {
			return runList(cmd.Context(), env, cmd, f)
		}),
	}
	access.TableFlags(cmd, &f.site)
	filterFlags(cmd, &f.filter)
	cli.AddPeriodFlags(cmd, &f.period)
	_ = cmd.RegisterFlagCompletionFunc("rule", access.CompleteRules(env, &f.site)) // The flag is there.
	cmd.Flags().IntVar(&f.limit, "limit", 200, "list at most `N` cases")
	cmd.Flags().BoolVar(&f.asJSON, "json", false, "print JSON")
	return cmd
}

func runList(ctx context.Context, env *access.Env, cmd *cobra.Command, f listFlags) error {
	if err := f.check(cmd); err != nil {
		return err
	}
	desk, err := env.Open(ctx, f.site)
	if err != nil {
		return err
	}
	where := desk.Where(ctx)
	if f.finished() {
		return listEnded(ctx, env, desk, where, f)
	}
	rows, unread := selectRows(ctx, env, desk, f)
	if unread != nil && !access.OnlyUnreadable(unread) {
		return unread
	}
	if !f.asJSON {
		where.Print(&env.Console)
	}
	noteHalted(&env.Console, where, rows)
	return cmp.Or(printRows(&env.Console, rows, f), unread)
}

// check refuses flags that can choose no case.
func (f *listFlags) check(cmd *cobra.Command) error {
	switch {
	case f.limit < 1:
		return cli.Fail(cli.Misused, "use --limit 1 or more", "the limit is %d", f.limit)
	case !f.finished() && f.period.Given():
		return cli.Fail(cli.Misused, "add --state closed, resolved or missing", "--since, --from and --to are only for finished cases")
	}
	return f.filter.check(cmd)
}

// printRows prints as many rows as may be listed, and sums up all of them.
func printRows(console *cli.Console, rows []view.Row, f listFlags) error {
	shown := rows[:min(len(rows), f.limit)]
	if len(shown) < len(rows) {
		screen.Printf(console.Stderr, "more cases follow after these %d: raise --limit to see them\n", len(shown))
	}
	if f.asJSON {
		return console.PrintJSON(shown)
	}
	if err := view.List(shown, console.Now(), console.Paint().Paints()).Write(console.Stdout, console.Width()); err != nil {
		return err
	}
	printTotals(console, view.Totals(rows))
	return nil
}

// printTotals prints the sums below a list.
func printTotals(console *cli.Console, lines []string) {
	for i, line := range lines {
		if i == 0 {
			screen.Printf(console.Stdout, "\n")
		}
		console.Lines(view.Plain(line)...)
	}
}

// selectRows returns the unfinished cases that the filter chooses, and prints a note if there may be more. Rows come
// with an error if some cases cannot be read.
func selectRows(ctx context.Context, env *access.Env, desk access.Desk, f listFlags) ([]view.Row, error) {
	rows, read, now := []view.Row{}, 0, env.Now()
	cut, err := access.EachCase(ctx, desk, desk.Table, access.MaxListed, func(c closing.Case) error {
		read++
		if r := view.RowOf(c); f.chooses(r, now) {
			rows = append(rows, r)
		}
		return nil
	})
	if err != nil && !access.OnlyUnreadable(err) {
		return nil, err
	}
	if cut {
		screen.Printf(env.Stderr, "only the %d cases that are due first were read: `disputectl export` reads all\n", access.MaxListed)
	}
	switch {
	case read == 0 && err == nil:
		screen.Printf(env.Stderr, "there is no unfinished case\n")
	case read > 0 && len(rows) == 0:
		screen.Printf(env.Stderr, "none of %s is chosen\n", cli.Count(read, "unfinished case"))
	}
	view.SortRows(rows)
	return rows, err
}

// noteHalted says since when closing is paused or off, if a row waits for that.
func noteHalted(console *cli.Console, where access.Where, rows []view.Row) {
	waits := slices.ContainsFunc(rows, func(r view.Row) bool { return r.State == closing.Scheduled })
	if word, rest := view.Halted(where.Control, console.Now()); waits && where.Unread == nil && word != "" {
		screen.Printf(console.Stderr, "closing is %s%s\n", word, rest)
	}
}
