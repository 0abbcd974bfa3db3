package cases

import (
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/dispute"
)

// Show returns `disputectl show`.
func Show(env *access.Env) *cobra.Command {
	var site access.Site
	var asJSON, metadata bool
	cmd := &cobra.Command{
		Use:     "show DISPUTE",
		Short:   "Show the whole story of one case",
		GroupID: Group,
		Long: `Show the whole story of one case: the facts, the decision with every rule tried and what
each condition met, the plan, our own act, the budget held, the history and the next date.

Evidence is never shown, and the values of metadata only with --metadata.

Exit codes: 0 fine, 1 there is no such case, 2 usage, 3 the table did not answer.`,
		Example: `  disputectl show dp_1234 --stack test
  DISPUTECTL_STACK=dispute-closer-live disputectl show dp_1234 --json`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: access.CompleteOneID(env, &site),
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error {
			c, where, err := loadWhere(cmd.Context(), env, site, dispute.ID(args[0]))
			if err != nil {
				return err
			}
			story := view.StoryOf(c, metadata)
			if asJSON {
				return env.PrintJSON(struct {
					Site access.Where `json:"site"`
					view.Story
				}{where, story})
			}
			where.Print(&env.Console)
			return story.Write(env.Stdout, env.Now(), env.Width())
		}),
	}
	access.TableFlags(cmd, &site)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&metadata, "metadata", false, "show the values of metadata, too")
	return cmd
}
