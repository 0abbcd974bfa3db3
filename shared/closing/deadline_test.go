package closing_test

import (
	"context"
	"testing"
	"time"

	"disputecloser/shared/closing"
)

func TestWithReserveEndsBeforeItsParent(t *testing.T) {
	parent, end := context.WithTimeout(t.Context(), time.Hour)
	defer end()
	ctx, cancel := closing.WithReserve(parent, time.Minute)
	ends, _ := parent.Deadline()
	if got, ok := ctx.Deadline(); !ok || !got.Equal(ends.Add(-time.Minute)) {
		t.Errorf("it ends at %s, its parent at %s", got, ends)
	}
	if cancel(); ctx.Err() == nil || parent.Err() != nil {
		t.Errorf("cancelled: %v, its parent: %v", ctx.Err(), parent.Err())
	}
	ctx, cancel = closing.WithReserve(t.Context(), time.Minute)
	if _, ok := ctx.Deadline(); ok || ctx.Err() != nil {
		t.Error("without a deadline it has one")
	}
	if cancel(); ctx.Err() == nil {
		t.Error("without a deadline it cannot be cancelled")
	}
}

func TestOutOfTime(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
	ends, _ := ctx.Deadline()
	for left, want := range map[time.Duration]bool{-time.Second: true, time.Minute - 1: true, time.Minute: false, time.Hour: false} {
		if got := closing.OutOfTime(ctx, ends.Add(-left), time.Minute); got != want {
			t.Errorf("with %s left of a minute needed: %v, want %v", left, got, want)
		}
	}
	if closing.OutOfTime(t.Context(), ends, time.Minute) {
		t.Error("out of time without a deadline")
	}
	if cancel(); !closing.OutOfTime(ctx, ends.Add(-time.Hour), time.Minute) {
		t.Error("in time after the end")
	}
}
