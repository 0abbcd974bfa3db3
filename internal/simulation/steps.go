package simulation

import (
	"context"
	"errors"
	"time"

	"disputecloser/shared/fault"
	"disputecloser/shared/pause"
)

// Before and after every call that an actor makes, time passes: a little always, a lot sometimes, and
// sometimes it never goes on.

var (
	errThrottled = fault.Mark(fault.Retryable, errors.New("throttled"))
	errAway      = errors.New("the ledger does not answer")
	errDeadline  = fault.Mark(fault.Retryable, context.DeadlineExceeded)
)

// linger lets the time of half a call pass.
func (a *actor) linger() chance {
	a.step++
	c := a.key.of(a.step)
	a.w.figures.Steps++
	a.w.mark(uint64(a.key), a.step)
	if _, yes := a.w.strikes(c, machineStops); yes {
		if a.w.tells() {
			a.says("machine", "stops for ever")
		}
		a.stop()
	}
	wait := c.span(2*time.Millisecond, 40*time.Millisecond)
	if slow, yes := a.w.strikes(c, networkSlow); yes {
		wait = slow.span(200*time.Millisecond, 6*time.Second)
	}
	a.pause(wait)
	if stall, yes := a.w.strikes(c, machineStalls); yes {
		a.stall(stall)
	}
	return c
}

// reach is the way of a call to the ledger; an error means that the call did nothing.
func (a *actor) reach(ctx context.Context) error {
	c := a.linger()
	if a.left(ctx, time.Hour) <= 0 {
		a.troubled = true
		return errDeadline
	}
	if _, yes := a.w.strikes(c, ledgerThrottles); yes {
		a.troubled = true
		return errThrottled
	}
	if _, yes := a.w.strikes(c, ledgerFails); yes {
		a.troubled = true
		return errAway
	}
	return nil
}

// waits is closing.Pause.
func (a *actor) waits(ctx context.Context, n int) error {
	a.pause(a.linger().span(0, pause.Longest(n)))
	if a.left(ctx, time.Hour) <= 0 {
		return errDeadline
	}
	return nil
}

// bring is the way back of a ledger's answer; an error means that the call was done and its answer is lost.
func (a *actor) bring() error {
	if _, yes := a.w.strikes(a.linger(), ledgerStoresAndFails); yes {
		a.troubled = true
		return errAway
	}
	return nil
}
