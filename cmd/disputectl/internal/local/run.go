package local

import (
	"context"
	"sync"
	"time"
)

// Pace says how often what a schedule starts is started.
type Pace struct {
	// Deliver is for WooshPay's deliveries, Sweep and Reconcile for the functions.
	Deliver, Sweep, Reconcile time.Duration
}

// Run lets the system work by itself until ctx ends, and returns when everything in it has ended.
func (s *System) Run(ctx context.Context, p Pace) {
	var running sync.WaitGroup
	running.Go(func() { s.Sandbox.Run(ctx, p.Deliver) })
	running.Go(func() { s.workOn(ctx) })
	running.Go(func() {
		every(ctx, p.Sweep, func() { _, _ = s.Sweep(ctx) }) // The function has logged its error.
	})
	running.Go(func() {
		every(ctx, p.Reconcile, func() { _, _ = s.Reconcile(ctx) }) // The function has logged its error.
	})
	running.Wait()
}

// workOn gives the closer whatever the stream comes to hold.
func (s *System) workOn(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.stream.arrived:
			_, _ = s.Work(context.WithoutCancel(ctx)) // A case that was begun is worked to its end; the closer has logged its errors.
		}
	}
}

func every(ctx context.Context, pause time.Duration, do func()) {
	ticker := time.NewTicker(pause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			do()
		}
	}
}
