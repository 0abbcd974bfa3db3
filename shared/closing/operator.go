package closing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Errors of an operator's acts; nothing was stored.
var (
	// ErrFinished means that the case has ended.
	ErrFinished = errors.New("the case has ended")
	// ErrClosing means that a close is under way; wait until its claim has ended.
	ErrClosing = errors.New("a close is under way")
	// ErrOtherAmount means that the dispute is not about the money that the operator agreed to concede.
	ErrOtherAmount = errors.New("the dispute is about another amount")
	// ErrUnknownDispute means that WooshPay does not know the dispute: there is nothing to close.
	ErrUnknownDispute = errors.New("WooshPay does not know the dispute")
	// ErrNoReason means that who or why is missing.
	ErrNoReason = errors.New("an operator's act needs who and why")
)

// Operator carries out a person's acts on cases. It never calls WooshPay: it stores the order and arms the case.
type Operator struct {
	Ledger   Ledger
	Controls Controls
	Now      func() time.Time
	// Who names the person in histories.
	Who string
}

// Keep stops any close of the case that has not been claimed yet, until it is released. It returns
// ErrNotFound, ErrFinished or ErrNoReason.
func (o Operator) Keep(ctx context.Context, id dispute.ID, why string) (Case, error) {
	return o.change(ctx, id, "keep", why, func(c Case, now time.Time) (Case, error) {
		return c.overridden(Override{Action: policy.Keep, Who: o.Who, Why: why, At: now}), nil
	})
}

// Close has the case closed without grace, within the ceiling, the budget and the guards, as long as the dispute is
// about the money agreed to. It returns ErrNotFound, ErrFinished,
// ErrUnknownDispute, ErrOtherAmount or ErrNoReason.
func (o Operator) Close(ctx context.Context, id dispute.ID, agreed dispute.Money, why string) (Case, error) {
	return o.change(ctx, id, "close", why, func(c Case, now time.Time) (Case, error) {
		if !c.UnknownSince.IsZero() {
			return c, ErrUnknownDispute
		}
		if money, known := c.Dispute.Money(); !known || money != agreed {
			return c, ErrOtherAmount
		}
		return c.overridden(Override{Action: policy.Close, Who: o.Who, Why: why, At: now, Agreed: agreed}), nil
	})
}

// Release gives the case back to the rules: without an override, and with its attempts begun anew. It is
// refused with ErrClosing while a close is under way, or may be that of a case that ended and opened again (ReleaseGuard).
func (o Operator) Release(ctx context.Context, id dispute.ID, why string) (Case, error) {
	return o.change(ctx, id, "release", why, func(c Case, now time.Time) (Case, error) {
		if c.State == Closing || !c.Lapsed(now) {
			return c, ErrClosing
		}
		return c.released(), nil
	})
}

func (o Operator) change(ctx context.Context, id dispute.ID, verb, why string, act func(Case, time.Time) (Case, error)) (Case, error) {
	if o.Who == "" || why == "" {
		return Case{}, ErrNoReason
	}
	for range maxConflicts {
		c, err := o.Ledger.Load(ctx, id)
		if err != nil {
			return Case{}, fmt.Errorf("%s case %s: %w", verb, id, err)
		}
		if c.State.Finished() {
			return c, fmt.Errorf("%s case %s: %w", verb, id, ErrFinished)
		}
		now := o.Now()
		next, err := act(c, now)
		if err != nil {
			return c, fmt.Errorf("%s case %s: %w", verb, id, err)
		}
		saved, err := o.Ledger.Save(ctx, next.said(now, o.Who, verb+": "+why).arm(now), Tally{})
		if err == nil {
			return saved, nil
		}
		if !errors.Is(err, ErrConflict) {
			return c, fmt.Errorf("%s case %s: %w", verb, id, err)
		}
	}
	return Case{}, fmt.Errorf("%s case %s: %w", verb, id, errBusy)
}

func (c Case) overridden(o Override) Case {
	if c.State == Failed {
		c = c.released()
	}
	c.Override = &o
	return c
}

// released returns the case as the rules may decide it again. What is in doubt about its POSTs stays in doubt.
func (c Case) released() Case {
	c.Override, c.Told = nil, nil
	c.Attempts, c.RetryAt = 0, time.Time{}
	if c.State == Failed {
		c.State = Open
	}
	return c
}

// Pause stops every claim until Resume.
func (o Operator) Pause(ctx context.Context, why string) error { return o.setControl(ctx, Paused, why) }

// Resume turns closing on for this very table: after a pause, or for the first time. It returns ErrConflict if closing was
// paused after the resume by the clocks of who did it, and ErrNoMark if the table has no mark.
func (o Operator) Resume(ctx context.Context, why string) error { return o.setControl(ctx, On, why) }

func (o Operator) setControl(ctx context.Context, s Switch, why string) error {
	if o.Who == "" || why == "" {
		return ErrNoReason
	}
	return o.Controls.SetControl(ctx, Control{Switch: s, Who: o.Who, Why: why, At: o.Now()})
}
