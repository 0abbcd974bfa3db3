package main

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/aws/smithy-go"
	"github.com/spf13/cobra"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// acting is what the flags of an operator's act say.
type acting struct{ table, why, who string }

func actingFlags(cmd *cobra.Command, f *acting) {
	tableFlag(cmd, &f.table)
	cmd.Flags().StringVar(&f.why, "why", "", "the `REASON`, which is recorded with your AWS identity")
	cmd.Flags().StringVar(&f.who, "who", "", "your `NAME`, for a local table, beside which AWS does not vouch for you")
}

const (
	// maxWhy bounds a reason in bytes: it is stored with every line of history that repeats it.
	maxWhy = 500
	// storeTimeout bounds the storing of an act that has begun.
	storeTimeout = 30 * time.Second
)

func hasControl(text string) bool { return strings.ContainsFunc(text, unicode.IsControl) }

// hand is an operator at a table.
type hand struct {
	closing.Operator
	ledger ledger
	table  string
	why    string
}

// hand checks what the flags say before anybody is asked, and then asks who acts.
func (a *app) hand(ctx context.Context, f acting) (hand, error) {
	why := strings.TrimSpace(f.why)
	switch {
	case why == "":
		return hand{}, fail(misused, `say why: --why "…"`, "an operator's act needs a reason, and none is given")
	case len(why) > maxWhy || hasControl(why):
		return hand{}, fail(misused, "say it in one line", "the reason is longer than %d bytes, or has line breaks", maxWhy)
	}
	l, name, err := a.table(ctx, f.table)
	if err != nil {
		return hand{}, err
	}
	who, err := a.whoActs(ctx, f.who)
	if err != nil {
		return hand{}, err
	}
	return hand{closing.Operator{Ledger: l, Desk: l, Now: a.now, Who: who}, l, name, why}, nil
}

// store carries out an act that stores something. It runs to its end even if the command is interrupted, so that what
// became of it is known.
func store[T any](ctx context.Context, act func(context.Context) (T, error)) (T, error) {
	if ctx.Err() != nil {
		var none T
		return none, errNothingStored
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	return act(ctx)
}

var errNothingStored = &failure{code: unreachable, what: "interrupted: nothing was stored"}

// actError says what became of an act on a case that failed, and what to do about it.
func (h hand) actError(id dispute.ID, c closing.Case, err error) error {
	look := "`disputectl show " + string(id) + "` tells how it stands"
	var f *failure
	switch {
	case err == nil:
		return nil
	case errors.As(err, &f):
		return err
	case errors.Is(err, closing.ErrNotFound):
		return noCase(id, h.table)
	case errors.Is(err, closing.ErrFinished):
		return fail(found, look, "%s has ended, it is %s: nothing was stored", id, c.State)
	case errors.Is(err, closing.ErrUnknownDispute):
		return fail(found, "check the id in WooshPay's dashboard; `disputectl why "+string(id)+"` says how long this lasts already",
			"WooshPay does not know %s, so there is nothing to close: nothing was stored", id)
	case errors.Is(err, closing.ErrClosing):
		return fail(found, "wait until "+c.ClaimUntil.UTC().Format(time.RFC3339)+", then try again",
			"a close of %s is under way: nothing was stored", id)
	}
	return h.storeError(look, err)
}

// storeError says what a failed write means.
func (h hand) storeError(look string, err error) error {
	var api smithy.APIError
	switch {
	case errors.As(err, &api) && api.ErrorCode() == "AccessDeniedException":
		return fail(unreachable, "have the stack's OperatorPolicy attached", "you may not act on table %s: nothing was stored: %w", h.table, err)
	case fault.Of(err) == fault.Ambiguous:
		return fail(unreachable, look, "whether it was stored is not known: %w", err)
	}
	return tableError(h.table, err)
}
