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
	// ErrChanged means that the case is no longer as it was shown to the person.
	ErrChanged = errors.New("the case is not as it was shown")
	// ErrManyActs means that the case holds too many acts for one more. A pause stops it, too.
	ErrManyActs = errors.New("the case holds too many acts for one more")
)

// Operator carries out a person's acts on cases. It never calls WooshPay: it stores the order and arms the case.
type Operator struct {
	Ledger Ledger
	Acts   Acts
	Now    func() time.Time
	// Who names the person in histories.
	Who string
}

// Order is what a person says about one case.
type Order struct {
	ID  dispute.ID
	Why string
	// Shown is the version of the case that the person saw: an order about an older one is refused. Zero is any.
	Shown int64
}

// Keep stops any close of the case that has not been claimed yet, until it is released. It returns
// ErrNotFound, ErrChanged, ErrFinished, ErrManyActs or ErrNoReason, as the others do.
func (o Operator) Keep(ctx context.Context, order Order) (Case, error) {
	return o.change(ctx, order, ActKeep, dispute.Money{}, func(c Case, now time.Time) (Case, error) {
		return c.overridden(Override{Action: policy.Keep, Who: o.Who, Why: order.Why, At: now}), nil
	})
}

// Close has the case closed without grace, within the ceiling, the budget and the guards, as long as the dispute is
// about the money agreed to. It returns ErrUnknownDispute and ErrOtherAmount, too.
func (o Operator) Close(ctx context.Context, order Order, agreed dispute.Money) (Case, error) {
	return o.change(ctx, order, ActClose, agreed, func(c Case, now time.Time) (Case, error) {
		if !c.UnknownSince.IsZero() {
			return c, ErrUnknownDispute
		}
		if money, known := c.Dispute.Money(); !known || money != agreed {
			return c, ErrOtherAmount
		}
		return c.overridden(Override{Action: policy.Close, Who: o.Who, Why: order.Why, At: now, Agreed: agreed}), nil
	})
}

// Release gives the case back to the rules: without an override, and with its attempts begun anew. It is
// refused with ErrClosing while a close is under way, or may be that of a case that ended and opened again (ReleaseGuard).
func (o Operator) Release(ctx context.Context, order Order) (Case, error) {
	return o.change(ctx, order, ActRelease, dispute.Money{}, func(c Case, now time.Time) (Case, error) {
		if c.State == Closing || !c.Lapsed(now) {
			return c, ErrClosing
		}
		return c.released(), nil
	})
}

// change stores one act on a case: the case as the act leaves it, and the line of the journal.
func (o Operator) change(ctx context.Context, order Order, what string, agreed dispute.Money, act func(Case, time.Time) (Case, error)) (Case, error) {
	if o.Who == "" || order.Why == "" {
		return Case{}, ErrNoReason
	}
	for range maxConflicts {
		c, err := o.Ledger.Load(ctx, order.ID)
		if err != nil {
			return Case{}, fmt.Errorf("%s case %s: %w", what, order.ID, err)
		}
		now := o.Now()
		next, err := order.applied(c, now, act)
		if err != nil {
			return c, fmt.Errorf("%s case %s: %w", what, order.ID, err)
		}
		line := Line{At: now, What: what, Dispute: order.ID, Who: o.Who, Why: order.Why, Money: agreed}
		saved, err := o.Acts.Act(ctx, next.did(now, o.Who, what+": "+order.Why).arm(now), line)
		if err == nil {
			return saved, nil
		}
		if !errors.Is(err, ErrConflict) {
			return c, fmt.Errorf("%s case %s: %w", what, order.ID, err)
		}
	}
	return Case{}, fmt.Errorf("%s case %s: %w", what, order.ID, errBusy)
}

// applied returns the case as an act leaves it, or why the order cannot be stored on it.
func (o Order) applied(c Case, now time.Time, act func(Case, time.Time) (Case, error)) (Case, error) {
	if c.State.Finished() {
		return c, ErrFinished
	}
	next, err := act(c, now)
	switch {
	case err != nil:
		return c, err
	case o.Shown != 0 && o.Shown != c.Version:
		return c, ErrChanged
	case c.acts() >= maxActs:
		return c, ErrManyActs
	}
	return next, nil
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
	return o.Acts.SetControl(ctx, Control{Switch: s, Who: o.Who, Why: why, At: o.Now()})
}
