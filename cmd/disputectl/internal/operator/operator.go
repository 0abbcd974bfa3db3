// Package operator lets a person act on the table, and records who acts and why.
package operator

import (
	"context"
	"errors"
	"time"

	"github.com/aws/smithy-go"
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Flags are the flags of an operator's act.
type Flags struct{ table, why, who string }

// AddFlags adds the flags that every act of an operator takes.
func AddFlags(cmd *cobra.Command, f *Flags) {
	access.TableFlag(cmd, &f.table)
	cmd.Flags().StringVar(&f.why, "why", "", "the `REASON`, which is recorded with your AWS identity")
	cmd.Flags().StringVar(&f.who, "who", "", "your `NAME`, for a local table, where AWS does not say who you are")
}

// storeTimeout limits the storing of an act that has begun.
const storeTimeout = 30 * time.Second

// Operator is a person who acts on a table, with the reason.
type Operator struct {
	closing.Operator
	Ledger access.Ledger
	Table  string
	Why    string
}

// FromFlags checks the flags, opens the table and finds out who acts.
func FromFlags(ctx context.Context, env *access.Env, f Flags) (Operator, error) {
	why, faults := closing.CheckWhy(f.why)
	if len(faults) > 0 {
		return Operator{}, cli.Fail(cli.Misused, `say why: --why "…", in one line`, "%w", errors.Join(faults...))
	}
	l, name, err := env.Table(ctx, f.table)
	if err != nil {
		return Operator{}, err
	}
	who, err := whoActs(ctx, env, f.who)
	if err != nil {
		return Operator{}, err
	}
	return Operator{closing.Operator{Ledger: l, Acts: l, Now: env.Now, Who: who}, l, name, why}, nil
}

// Order is the person's word about a case, as it was shown in this version; 0 is any.
func (op Operator) Order(id dispute.ID, shown int64) closing.Order {
	return closing.Order{ID: id, Why: op.Why, Shown: shown}
}

// Store carries out an act that stores something. Once begun, it completes even if the command is interrupted, so that
// its result is known.
func Store[T any](ctx context.Context, act func(context.Context) (T, error)) (T, error) {
	if ctx.Err() != nil {
		var none T
		return none, cli.ErrNothingStored
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	return act(ctx)
}

// ActError says why an act on a case failed, whether anything was stored, and what to do next.
func (op Operator) ActError(id dispute.ID, c closing.Case, err error) error {
	look := "`disputectl show " + string(id) + "` shows how it stands"
	var f *cli.ExitError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return err
	case errors.Is(err, closing.ErrNotFound):
		return access.NoCase(id, op.Table)
	case errors.Is(err, closing.ErrFinished):
		return cli.Fail(cli.Found, look, "%s has ended, it is %s: nothing was stored", id, c.State)
	case errors.Is(err, closing.ErrChanged):
		return cli.Fail(cli.Found, look+"; then say it again", "%s has changed since it was shown: nothing was stored", id)
	case errors.Is(err, closing.ErrManyActs):
		return cli.Fail(cli.Found, "`disputectl pause` stops every close", "%s holds too many acts for one more: nothing was stored", id)
	case errors.Is(err, closing.ErrUnknownDispute):
		return cli.Fail(cli.Found, "check the id in WooshPay's dashboard; `disputectl why "+string(id)+"` says how long this lasts already",
			"WooshPay does not know %s, so there is nothing to close: nothing was stored", id)
	case errors.Is(err, closing.ErrClosing):
		return cli.Fail(cli.Found, "wait until "+c.ClaimUntil.UTC().Format(time.RFC3339)+", then try again",
			"a close of %s is under way: nothing was stored", id)
	}
	return op.StoreError(look, err)
}

// StoreError says what a failed write means.
func (op Operator) StoreError(look string, err error) error {
	var api smithy.APIError
	switch {
	case errors.As(err, &api) && api.ErrorCode() == "AccessDeniedException":
		return cli.Fail(cli.Unreachable, "have the stack's OperatorPolicy attached", "you may not act on table %s: nothing was stored: %w", op.Table, err)
	case fault.Of(err) == fault.Ambiguous:
		return cli.Fail(cli.Unreachable, look, "whether it was stored is not known: %w", err)
	}
	return access.TableError(op.Table, err)
}
