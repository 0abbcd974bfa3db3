package cases

import (
	"cmp"
	"context"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Why returns `disputectl why`.
func Why(env *access.Env) *cobra.Command {
	var site access.Site
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "why DISPUTE",
		Short:   "Say in one paragraph why a case stands where it stands",
		GroupID: Group,
		Long: `Say in one paragraph why a case stands where it stands, what holds it up, and what comes
next. ` + "`disputectl show`" + ` tells the whole story.

Exit codes: 0 fine, 1 there is no such case, 2 usage, 3 the table did not answer.`,
		Example:           `  disputectl why dp_1234 --stack test`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: access.CompleteOneID(env, &site),
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error {
			return runWhy(cmd.Context(), env, site, dispute.ID(args[0]), asJSON)
		}),
	}
	access.TableFlags(cmd, &site)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func runWhy(ctx context.Context, env *access.Env, site access.Site, id dispute.ID, asJSON bool) error {
	c, where, err := loadWhere(ctx, env, site, id)
	if err = cmp.Or(err, where.Unread); err != nil {
		return err
	}
	text := view.Paragraph(c, where.Control, env.Now())
	if asJSON {
		return env.PrintJSON(map[string]any{
			"site": where, "dispute": c.ID, "state": c.State, "person": view.Person(c),
			"paused": where.Control.Switch == closing.Paused, "on": where.Control.Switch == closing.On, "why": text,
		})
	}
	where.Print(&env.Console)
	width := env.Width()
	if width == 0 {
		width = len(text)
	}
	var b strings.Builder
	for _, line := range view.Wrap(text, width) {
		screen.Printf(&b, "%s\n", line)
	}
	_, err = io.WriteString(env.Stdout, b.String())
	return err
}

// loadWhere returns a case, and says where it is.
func loadWhere(ctx context.Context, env *access.Env, site access.Site, id dispute.ID) (closing.Case, access.Where, error) {
	desk, err := env.Open(ctx, site)
	if err != nil {
		return closing.Case{}, access.Where{}, err
	}
	where := desk.Where(ctx)
	c, err := desk.LoadCase(ctx, id)
	return c, where, err
}
