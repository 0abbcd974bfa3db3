package cases

import (
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
	var table string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "why DISPUTE",
		Short:   "Say in one paragraph why a case stands where it stands",
		GroupID: Group,
		Long: `Say in one paragraph why a case stands where it stands, what holds it up, and what comes
next. ` + "`disputectl show`" + ` tells the whole story.

Exit codes: 0 fine, 1 there is no such case, 2 usage, 3 the table did not answer.`,
		Example:           `  disputectl why dp_1234 --table disputes-test`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: cli.RunE(func(cmd *cobra.Command, args []string) error {
			return runWhy(cmd.Context(), env, table, dispute.ID(args[0]), asJSON)
		}),
	}
	access.TableFlag(cmd, &table)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}

func runWhy(ctx context.Context, env *access.Env, table string, id dispute.ID, asJSON bool) error {
	l, name, err := env.Table(ctx, table)
	if err != nil {
		return err
	}
	c, err := access.LoadFrom(ctx, l, name, id)
	if err != nil {
		return err
	}
	control, err := l.Control(ctx)
	if err != nil {
		return access.TableError(name, err)
	}
	text := view.Paragraph(c, control, env.Now())
	if asJSON {
		return env.PrintJSON(map[string]any{
			"dispute": c.ID, "state": c.State, "person": view.Person(c), "paused": control.Switch == closing.Paused,
			"on": control.Switch == closing.On, "why": text,
		})
	}
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
