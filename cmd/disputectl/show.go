package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

func (a *app) showCommand() *cobra.Command {
	var table string
	var asJSON, metadata bool
	cmd := &cobra.Command{
		Use:     "show DISPUTE",
		Short:   "Tell the whole story of one case",
		GroupID: groupCases,
		Long: `Tell the whole story of one case: the facts, the decision with every rule tried and what
each condition met, the plan, our own act, the budget held, the history and the next date.

Evidence is never shown, and the values of metadata only with --metadata.

Exit codes: 0 fine, 1 there is no such case, 2 usage, 3 the table did not answer.`,
		Example: `  disputectl show dp_1234 --table disputes-test
  TABLE=disputes-test disputectl show dp_1234 --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: act(func(cmd *cobra.Command, args []string) error {
			c, err := a.load(cmd.Context(), table, dispute.ID(args[0]))
			if err != nil {
				return err
			}
			story := view.StoryOf(c, metadata)
			if asJSON {
				return a.printJSON(story)
			}
			return story.Write(a.stdout, a.now(), a.width())
		}),
	}
	tableFlag(cmd, &table)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&metadata, "metadata", false, "show the values of metadata, too")
	return cmd
}

// load returns a case of the table that the flag or the environment names.
func (a *app) load(ctx context.Context, table string, id dispute.ID) (closing.Case, error) {
	l, name, err := a.table(ctx, table)
	if err != nil {
		return closing.Case{}, err
	}
	return loadFrom(ctx, l, name, id)
}

func loadFrom(ctx context.Context, l ledger, table string, id dispute.ID) (closing.Case, error) {
	if err := soundID(id); err != nil {
		return closing.Case{}, err
	}
	c, err := l.Load(ctx, id)
	if errors.Is(err, closing.ErrNotFound) {
		return c, noCase(id, table)
	}
	if err != nil {
		return c, tableError(table, err)
	}
	return c, nil
}

// soundID refuses what no table holds: DynamoDB would refuse it, too, as an error of its own.
func soundID(id dispute.ID) error {
	if err := dispute.CheckID(id); err != nil {
		return fail(misused, "check the id", "%.20s… is not the id of a dispute: %w", id, err)
	}
	return nil
}

func noCase(id dispute.ID, table string) error {
	return fail(found, "check the id; `disputectl list` shows the unfinished cases", "there is no case %s in table %s", id, table)
}
