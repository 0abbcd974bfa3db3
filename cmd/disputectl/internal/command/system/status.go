package system

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/overview"
	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
)

// statusFlags are the flags of status.
type statusFlags struct {
	site       access.Site
	policy     string
	currencies []string
	ahead      cli.Span
	json       bool
}

// Status returns `disputectl status`.
func Status(env *access.Env) *cobra.Command {
	f := statusFlags{ahead: cli.Span(3 * 24 * time.Hour)}
	cmd := &cobra.Command{
		Use:     "status",
		Short:   "Say how the system stands: whether closing is on, policy, budgets, what is due, deadlines",
		GroupID: Group,
		Long: `Say how the system stands: whether closing is on for this table, paused or off, by whom and why;
which policy decides; how many cases are unfinished, due or waiting for a person; what
today's budgets count; and which answers are due in the next days.

Hash, mode and limits are those of --policy. Without it, hash and mode are those of the
newest decision of an unfinished case; limits are not stored in the table, and budgets
are shown for the currencies of unfinished cases and of --currency.

Exit codes: 0 fine, 2 usage, 3 the table did not answer, or holds a case that cannot be
read; it is named, and the others are counted.`,
		Example: `  disputectl status --policy policy.yaml
  disputectl status --stack test --ahead 7d --json`,
		Args: cobra.NoArgs,
		RunE: cli.RunE(func(cmd *cobra.Command, _ []string) error { return runStatus(cmd.Context(), env, f) }),
	}
	access.TableFlags(cmd, &f.site)
	input.PolicyFlag(cmd, &f.policy)
	cmd.Flags().StringSliceVar(&f.currencies, "currency", nil, "show the budget of this `CURRENCY`, too")
	cmd.Flags().Var(&f.ahead, "ahead", "show deadlines within this `TIME`")
	cmd.Flags().BoolVar(&f.json, "json", false, "print JSON")
	return cmd
}

func runStatus(ctx context.Context, env *access.Env, f statusFlags) error {
	if err := soundCodes(f.currencies); err != nil {
		return err
	}
	r, err := input.ReadPolicy(&env.Console, f.policy)
	if err != nil {
		return err
	}
	desk, err := env.Open(ctx, f.site)
	if err != nil {
		return err
	}
	where := desk.Where(ctx)
	if where.Unread != nil {
		return where.Unread
	}
	o := overview.New(env.Now().UTC(), time.Duration(f.ahead))
	if r != nil {
		o.Name(r.File, r.Policy)
	}
	o.SetClosing(where.Control)
	unread := survey(ctx, desk, o)
	if unread != nil && !access.OnlyUnreadable(unread) {
		return unread
	}
	if err := addBudgets(ctx, desk, o, r, f.currencies); err != nil {
		return access.TableError(desk.Table, err)
	}
	if f.json {
		err = env.PrintJSON(struct {
			Site access.Where `json:"site"`
			*overview.Overview
		}{where, o})
	} else {
		where.Print(&env.Console)
		err = o.Write(env.Stdout, env.Width(), env.Paint().Paints())
	}
	return cmp.Or(err, unread)
}

// soundCodes puts currency codes in lower case and refuses unknown ones: their budgets would look untouched.
func soundCodes(codes []string) error {
	for i, code := range codes {
		codes[i] = strings.ToLower(code)
		if _, known := currency.Lookup(codes[i]); !known {
			return cli.Fail(cli.Misused, "use a code of ISO 4217, such as usd", "there is no currency %q", code)
		}
	}
	return nil
}

func survey(ctx context.Context, desk access.Desk, o *overview.Overview) (err error) {
	o.Cut, err = access.EachCase(ctx, desk, desk.Table, access.MaxListed, func(c closing.Case) error {
		o.Add(c)
		return nil
	})
	for _, u := range closing.UnreadIn(err) {
		o.AddUnread(u)
	}
	o.Finish()
	return err
}

// addBudgets reads today's budget of every known currency.
func addBudgets(ctx context.Context, l access.Ledger, o *overview.Overview, r *input.Policy, named []string) error {
	currencies := slices.Clone(o.Currencies())
	currencies = append(currencies, named...)
	if r != nil {
		currencies = slices.AppendSeq(currencies, maps.Keys(r.Document.Budget.Spend))
	}
	slices.Sort(currencies)
	for _, code := range slices.Compact(currencies) {
		tally, err := l.Spent(ctx, closing.DayOf(o.At), code)
		if err != nil {
			return err
		}
		var limit policy.Budget
		known := false
		if r != nil {
			limit, known = r.Budget(code)
		}
		o.AddBudget(tally, limit, known)
	}
	return nil
}
