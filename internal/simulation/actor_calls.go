package simulation

import (
	"context"
	"errors"
	"time"

	"disputecloser/shared/fault"
	"disputecloser/shared/pause"
)

// Time passes before and after every call that an actor makes: always a little, sometimes much. Sometimes the actor
// never continues.

var (
	errThrottled = fault.Mark(fault.Retryable, errors.New("throttled"))
	errNoLedger  = errors.New("the ledger does not answer")
	errDeadline  = fault.Mark(fault.Retryable, context.DeadlineExceeded)
)

// halfCall lets the time of half a call pass, and returns the chance of this step.
func (a *actor) halfCall() chance {
	a.step++
	c := a.key.of(a.step)
	a.w.figures.Steps++
	a.w.mark(uint64(a.key), a.step)
	if _, yes := a.w.happens(c, machineStops); yes {
		if a.w.recording() {
			a.log("machine", "stops for ever")
		}
		a.stop()
	}
	wait := c.span(2*time.Millisecond, 40*time.Millisecond)
	if slow, yes := a.w.happens(c, networkSlow); yes {
		wait = slow.span(200*time.Millisecond, 6*time.Second)
	}
	a.pause(wait)
	if stall, yes := a.w.happens(c, machineStalls); yes {
		a.stall(stall)
	}
	return c
}

// ledgerRequest is the first half of a call to the ledger. An error means that the call did nothing.
func (a *actor) ledgerRequest(ctx context.Context) error {
	c := a.halfCall()
	if a.left(ctx, time.Hour) <= 0 {
		a.troubled = true
		return errDeadline
	}
	if _, yes := a.w.happens(c, ledgerThrottles); yes {
		a.troubled = true
		return errThrottled
	}
	if _, yes := a.w.happens(c, ledgerFails); yes {
		a.troubled = true
		return errNoLedger
	}
	return nil
}

// retryPause is closing.Pause.
func (a *actor) retryPause(ctx context.Context, n int) error {
	a.pause(a.halfCall().span(0, pause.Longest(n)))
	if a.left(ctx, time.Hour) <= 0 {
		return errDeadline
	}
	return nil
}

// ledgerResponse is the second half of a call to the ledger. An error means that the call was done and its answer is lost.
func (a *actor) ledgerResponse() error {
	if _, yes := a.w.happens(a.halfCall(), ledgerStoresAndFails); yes {
		a.troubled = true
		return errNoLedger
	}
	return nil
}
