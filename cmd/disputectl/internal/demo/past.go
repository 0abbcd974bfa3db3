package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"disputecloser/cmd/disputectl/internal/local"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
)

// Past says which system is to look back on the day. All of it is needed.
type Past struct {
	// Addr, Watcher, Log, Now and NewID are those of local.Parts. The watcher hears only what comes after the day.
	Addr    string
	Watcher closing.Watcher
	Log     *slog.Logger
	Now     func() time.Time
	NewID   func() string
}

// Remember plays the day as the newest that ended before now, lets the time since then pass, and returns the system and its
// ledger as they stand now. It returns ErrMismatch if anything did not become what the story says.
func Remember(ctx context.Context, p Past) (*local.System, *memory.Ledger, error) {
	_, rules, err := compiled()
	if err != nil {
		return nil, nil, err
	}
	now := p.Now()
	turn := new(handover)
	d, err := newDay(ctx, Options{Out: io.Discard}, rules, lastBefore(now), turn, &p)
	if err != nil {
		return nil, nil, err
	}
	if err := d.remember(ctx, now); err != nil {
		return nil, nil, errors.Join(err, d.system.Stop(context.WithoutCancel(ctx)))
	}
	d.clock.release(p.Now)
	turn.to(p.Watcher)
	return d.system, d.ledger, nil
}

// remember plays the day, compares it with the story, and lets the rest of the time pass.
func (d *day) remember(ctx context.Context, now time.Time) error {
	if err := d.turnOn(ctx); err != nil {
		return err
	}
	if err := d.play(ctx, script(d.calendar), d.end()); err != nil {
		return err
	}
	if err := d.judge(ctx); err != nil {
		return err
	}
	if len(d.mismatches) > 0 {
		return fmt.Errorf("%w: %s", ErrMismatch, strings.Join(d.mismatches, "; "))
	}
	return d.play(ctx, nil, now)
}

// handover is a watcher whose place another takes.
type handover struct {
	mu      sync.Mutex
	watcher closing.Watcher
}

func (h *handover) to(w closing.Watcher) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.watcher = w
}

// Note hands on what happened to a case.
func (h *handover) Note(ctx context.Context, n closing.Note) {
	h.mu.Lock()
	w := h.watcher
	h.mu.Unlock()
	w.Note(ctx, n)
}
