// Package backtest reports what a policy would have done with past disputes: what it would have closed, conceded and saved,
// on which days a budget would have been spent, and which closes would have been late or wrong.
//
// Memory: 56 bytes for each dispute that would be closed, 56 more while they are sorted, about 150 more for
// each whose verdict may change with time while it waits for a budget, and 300 for each distinct reason code
// in each currency: for a million disputes that would all be closed about 120 MB, or 270 MB if their rules
// look at the time left.
package backtest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"sync"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/cmd/disputectl/internal/rules/history"
	"disputecloser/shared/policy"
)

// Options say what is assumed. The zero Options means a test account, in which fighting costs nothing.
type Options struct {
	Replay replay.Options
	// Fees are what fighting costs, by currency in lower case.
	Fees map[string]Fees
	// History says how the file is read.
	History history.Options
}

// Fees is what it costs to fight one dispute, in minor units of its currency.
type Fees struct {
	// Fought is charged for each dispute that is fought, Refunded given back for each that is won.
	Fought   int64 `json:"fought"`
	Refunded int64 `json:"refunded_if_won"`
	// Work is what fighting one dispute costs besides fees.
	Work int64 `json:"work"`
}

// ErrFees means that a fee is negative.
var ErrFees = errors.New("a fee is negative")

// Run replays every dispute of the file. It returns policy.Compile's error for a document that does not
// compile, ErrFees, and history.Read's, with which the report covers what could be read.
func Run(ctx context.Context, d policy.Document, r io.Reader, o Options) (Report, error) {
	for currency, f := range o.Fees {
		if min(f.Fought, f.Refunded, f.Work) < 0 {
			return Report{}, fmt.Errorf("backtest: %s: %w", currency, ErrFees)
		}
	}
	engine, err := replay.New(d, o.Replay)
	if err != nil {
		return Report{}, fmt.Errorf("backtest: %w", err)
	}
	names := newNames()
	workers := make([]*worker, min(runtime.GOMAXPROCS(0), maxWorkers))
	visitors := make([]history.Visitor, len(workers))
	for i := range workers {
		workers[i] = newWorker(i, engine, names)
		visitors[i] = workers[i]
	}
	read, err := history.Read(ctx, r, o.History, visitors...)
	if ctx.Err() != nil {
		return Report{History: read}, fmt.Errorf("backtest: %w", err)
	}
	settled, stopped := settle(ctx, engine, workers)
	if stopped != nil {
		return Report{History: read}, fmt.Errorf("backtest: %w", stopped)
	}
	if err != nil {
		err = fmt.Errorf("backtest: %w", err)
	}
	return report(engine, o, names, read, workers, settled), err
}

// maxWorkers keeps a worker's number within a byte.
const maxWorkers = 64

// settle spends each currency's budget on what the workers found.
func settle(ctx context.Context, e *replay.Engine, workers []*worker) ([]*settler, error) {
	piles := map[int32][]*pile{}
	for _, w := range workers {
		for currency, p := range w.piles {
			piles[currency] = append(piles[currency], p)
		}
		w.piles = nil
	}
	var (
		settlers []*settler
		running  sync.WaitGroup
		slots    = make(chan struct{}, len(workers))
	)
	for _, currency := range slices.Sorted(maps.Keys(piles)) {
		s := newSettler(e, currency, piles[currency], workers)
		settlers = append(settlers, s)
		running.Go(func() {
			slots <- struct{}{}
			s.run(ctx)
			<-slots
		})
	}
	running.Wait()
	if err := ctx.Err(); err != nil {
		return nil, context.Cause(ctx)
	}
	slices.SortFunc(settlers, func(a, b *settler) int { return cmp.Compare(a.name, b.name) })
	return settlers, nil
}
