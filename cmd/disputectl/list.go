package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/view"
)

// listPage is how many cases the table is asked for at once.
const listPage = 100

func (a *app) listCommand() *cobra.Command {
	var table string
	var asJSON bool
	var limit int
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "List the unfinished cases, those due first ahead",
		GroupID: groupCases,
		Long: `List the unfinished cases, those due first ahead. Finished cases are not listed, for that
would read the whole table: ` + "`disputectl show`" + ` finds them by their id. Amounts are in the
currency's minor unit, as WooshPay sends them.

Exit codes: 0 fine, 2 usage, 3 the table did not answer.`,
		Example: `  disputectl list --table disputes-test
  disputectl list --table disputes-test --limit 1000 --json`,
		Args: cobra.NoArgs,
		RunE: act(func(cmd *cobra.Command, _ []string) error {
			if limit < 1 {
				return fail(misused, "use --limit 1 or more", "the limit is %d", limit)
			}
			rows, more, err := a.rows(cmd.Context(), table, limit)
			if err != nil {
				return err
			}
			if more {
				fmt.Fprintf(a.stderr, "more cases follow after these %d: raise --limit to see them\n", len(rows))
			}
			if asJSON {
				return a.printJSON(rows)
			}
			return view.List(rows, a.now()).Write(a.stdout, a.width())
		}),
	}
	tableFlag(cmd, &table)
	cmd.Flags().IntVar(&limit, "limit", 200, "list at most `N` cases")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

// rows reads the table page by page, and tells whether more follow after the limit.
func (a *app) rows(ctx context.Context, table string, limit int) (rows []view.Row, more bool, err error) {
	l, name, err := a.table(ctx, table)
	if err != nil {
		return nil, false, err
	}
	rows = []view.Row{}
	cursor := ""
	for len(rows) < limit {
		page, next, err := l.Cases(ctx, min(listPage, limit-len(rows)), cursor)
		if err != nil {
			return nil, false, tableError(name, err)
		}
		for _, c := range page {
			rows = append(rows, view.RowOf(c))
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	return rows, cursor != "", nil
}
