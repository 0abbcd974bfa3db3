// Package operator lets a person act: on a stack through its API, which knows who acts, and on the table of a local run
// directly.
package operator

import (
	"context"
	"errors"
	"time"

	"github.com/aws/smithy-go"
	"github.com/spf13/cobra"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/localapi"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/functions/operate"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// Flags are the flags of an operator's act.
type Flags struct {
	site     access.Site
	why, who string
	halts    bool
}

// Halting returns the flags of a pause, which nothing holds up that is merely not known.
func (f Flags) Halting() Flags {
	f.halts = true
	return f
}

// AddFlags adds the flags that every act of an operator takes.
func AddFlags(cmd *cobra.Command, f *Flags) {
	access.TableFlags(cmd, &f.site)
	cmd.Flags().StringVar(&f.why, "why", "", "the `REASON`, which is recorded with your AWS identity")
	cmd.Flags().StringVar(&f.who, "who", "", "your `NAME`, for the table of a local run, where AWS does not say who you are")
}

// CompleteIDs completes the ids of the cases that may be acted on.
func CompleteIDs(env *access.Env, f *Flags) access.Completion {
	return access.CompleteIDs(env, &f.site)
}

// CompleteOneID completes the id of an act on one case.
func CompleteOneID(env *access.Env, f *Flags) access.Completion {
	return access.CompleteOneID(env, &f.site)
}

// storeTimeout limits the storing of an act that has begun. API Gateway gives up after 30 s.
const storeTimeout = 35 * time.Second

// Operator is a person who acts on a stack or on the table of a local run, with the reason.
type Operator struct {
	Acts
	access.Desk
	// Before is where the act is to be carried out, and the switch as it was before it.
	Before access.Where
	Why    string
	Now    func() time.Time
	// Who returns the name under which the newest act was recorded.
	Who func() string
}

// FromFlags checks the flags, reaches the stack or the table, and prints where it is.
func FromFlags(ctx context.Context, env *access.Env, f Flags) (Operator, error) {
	why, faults := closing.CheckWhy(f.why)
	if len(faults) > 0 {
		return Operator{}, cli.Fail(cli.Misused, `say why: --why "…", in one line`, "%w", errors.Join(faults...))
	}
	desk, err := env.Open(ctx, f.site)
	if err != nil {
		return Operator{}, err
	}
	op := Operator{Desk: desk, Why: why, Now: env.Now}
	if op.Acts, op.Who, err = reach(ctx, env, desk, f); err != nil {
		return Operator{}, err
	}
	op.Before = desk.Where(ctx)
	op.Before.Print(&env.Console)
	return op, nil
}

// Order is the person's word about a case, as it was shown in this version; 0 is any.
func (op Operator) Order(id dispute.ID, shown int64) closing.Order {
	return closing.Order{ID: id, Why: op.Why, Shown: shown}
}

// reach returns the acts on a desk, and who acts: on a stack whom AWS names, on a local run its user,
// and on a table the given name.
func reach(ctx context.Context, env *access.Env, desk access.Desk, f Flags) (Acts, func() string, error) {
	if desk.Run != nil {
		return reachRun(desk.Run, env, f)
	}
	if desk.Stack == "" {
		who, err := localName(f.who)
		op := closing.Operator{Ledger: desk, Acts: desk, Now: env.Now, Who: who}
		return op, func() string { return who }, err
	}
	if f.who != "" {
		return nil, nil, cli.Fail(cli.Misused, "leave out --who, which is only for the table of a local run", "AWS says who acts on stack %s", desk.Stack)
	}
	url, err := desk.OperateURL(ctx, f.halts)
	r := &Remote{URL: url, Region: desk.Region(), Credentials: desk.Shell.Credentials, HTTP: env.HTTP, Now: env.Now}
	return r, r.Who, err
}

// reachRun returns the acts on a local run, which knows its user.
func reachRun(run *localapi.Client, env *access.Env, f Flags) (Acts, func() string, error) {
	if f.who != "" {
		return nil, nil, cli.Fail(cli.Misused, "leave out --who, which is only for a table", "a local run takes whoever started it for the person who acts")
	}
	r := &Remote{URL: run.OperateURL(), HTTP: env.HTTP, Now: env.Now, Authorize: run.Authorize}
	return r, r.Who, nil
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
	switch {
	case errors.Is(err, closing.ErrNotFound):
		return op.NoCase(id)
	case errors.Is(err, closing.ErrFinished):
		return cli.Fail(cli.Found, look, "%s has ended, it is %s: nothing was stored", id, c.State)
	case errors.Is(err, closing.ErrChanged):
		return cli.Fail(cli.Found, look+"; look at it again, then decide", "%s was changed since it was shown: nothing was stored", id)
	case errors.Is(err, closing.ErrManyActs):
		return cli.Fail(cli.Found, "`disputectl pause` stops every close", "%s holds too many acts for one more: nothing was stored", id)
	case errors.Is(err, closing.ErrUnknownDispute):
		return cli.Fail(cli.Found, "check the id in WooshPay's dashboard",
			"WooshPay does not know %s, so there is nothing to close: nothing was stored", id)
	case errors.Is(err, closing.ErrClosing):
		return cli.Fail(cli.Found, "wait until "+view.When(c.ClaimUntil, op.Now())+", then try again",
			"a close of %s is under way: nothing was stored", id)
	}
	return op.StoreError(look, err)
}

// StoreError says what a failed write means.
func (op Operator) StoreError(look string, err error) error {
	var f *cli.ExitError
	var api smithy.APIError
	var refused *refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return err
	case errors.As(err, &api) && api.ErrorCode() == "AccessDeniedException":
		return cli.Fail(cli.Unreachable, "the credentials of a local run must be able to write its table", "you may not act on table %s: nothing was stored: %w", op.Table, err)
	case errors.As(err, &refused) && !errors.Is(err, operate.ErrNotKnown):
		return cli.Fail(cli.Unreachable, refused.answer.Next, "nothing was stored: %w", err)
	case fault.Of(err) == fault.Ambiguous:
		return cli.Fail(cli.Unreachable, look, "whether it was stored is not known: %w", err)
	}
	return access.TableError(op.Table, err)
}
