package main

import (
	"cmp"
	"context"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
)

// listing is what the flags of list say.
type listing struct {
	filter
	table string
	limit int
}

func (a *app) listCommand() *cobra.Command {
	var f listing
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the unfinished cases, what needs a person first ahead",
		GroupID: groupCases,
		Long: `List the unfinished cases: first what stands before a person, by deadline; then what is
being closed, what is planned to be, and the rest, by the next date. Amounts are in the
currency's minor unit, as WooshPay sends them.

Filters choose together; a list such as --state open,failed chooses any of its words.
Finished cases are not listed, for that would read the whole table: ` + "`disputectl show`" + `
finds them by their id.

Exit codes: 0 fine, 2 usage, 3 the table did not answer, or holds a case that cannot be
read; the others are listed.`,
		Example: `  disputectl list --table disputes-test
  disputectl list --person --deadline 3d
  disputectl list --state scheduled --rule small --currency usd --json`,
		Args: cobra.NoArgs,
		RunE: act(func(cmd *cobra.Command, _ []string) error {
			rows, unread := a.rows(cmd.Context(), f)
			if unread != nil && !partly(unread) {
				return unread
			}
			err := a.printRows(rows, asJSON)
			return cmp.Or(err, unread)
		}),
	}
	tableFlag(cmd, &f.table)
	filterFlags(cmd, &f.filter)
	cmd.Flags().IntVar(&f.limit, "limit", 200, "list at most `N` cases")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func (a *app) printRows(rows []view.Row, asJSON bool) error {
	if asJSON {
		return a.printJSON(rows)
	}
	return view.List(rows, a.now()).Write(a.stdout, a.width())
}

// rows returns what the filter chooses of the unfinished cases, and says where it is not all. With an error that is
// partly, they are all that can be read.
func (a *app) rows(ctx context.Context, f listing) ([]view.Row, error) {
	if f.limit < 1 {
		return nil, fail(misused, "use --limit 1 or more", "the limit is %d", f.limit)
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	l, name, err := a.table(ctx, f.table)
	if err != nil {
		return nil, err
	}
	rows, read, now := []view.Row{}, 0, a.now()
	cut, err := a.walk(ctx, l, name, walkMost, func(c closing.Case) error {
		read++
		if r := view.RowOf(c); f.chooses(r, now) {
			rows = append(rows, r)
		}
		return nil
	})
	if err != nil && !partly(err) {
		return nil, err
	}
	if cut {
		screen.Printf(a.stderr, "only the %d cases that are due first were read: `disputectl export` reads all\n", walkMost)
	}
	switch {
	case read == 0 && err == nil:
		screen.Printf(a.stderr, "there is no unfinished case\n")
	case read > 0 && len(rows) == 0:
		screen.Printf(a.stderr, "none of %s is chosen\n", count(read, "unfinished case"))
	}
	view.SortRows(rows)
	if len(rows) > f.limit {
		screen.Printf(a.stderr, "more cases follow after these %d: raise --limit to see them\n", f.limit)
		rows = rows[:f.limit]
	}
	return rows, err
}
