package simulation

import (
	"context"
	"errors"
	"time"

	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// ledgerPort is the ledger as one actor reaches it. The watchers read what the real ledger holds afterwards, whatever
// the actor is told.
type ledgerPort struct{ a *actor }

var (
	_ closing.Ledger         = ledgerPort{}
	_ closing.Acts           = ledgerPort{}
	_ closing.Controls       = ledgerPort{}
	_ closing.ReconcileStore = ledgerPort{}
)

// Load returns the case, unless something fails.
func (port ledgerPort) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	a := port.a
	if err := a.ledgerRequest(ctx); err != nil {
		return closing.Case{}, err
	}
	c, err := a.w.ledger.Load(context.Background(), id)
	a.w.onLoad(a, c)
	if lost := a.ledgerResponse(); lost != nil {
		return closing.Case{}, lost
	}
	return c, err
}

// Save stores the case, unless something fails first; what fails afterwards hides it.
func (port ledgerPort) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	return port.store(ctx, c.ID, "save", func() (closing.Case, error) {
		saved, err := port.a.w.ledger.Save(context.Background(), c, t)
		port.a.w.onStore(port.a, c.ID, storeCall{tally: t, err: err})
		return saved, err
	})
}

// Act stores a person's act, with Save's faults.
func (port ledgerPort) Act(ctx context.Context, c closing.Case, line closing.Line) (closing.Case, error) {
	return port.store(ctx, c.ID, "act", func() (closing.Case, error) {
		saved, err := port.a.w.ledger.Act(context.Background(), c, line)
		port.a.w.onStore(port.a, c.ID, storeCall{err: err})
		return saved, err
	})
}

// Claim stores the claim and spends the bid, with Save's faults. The actor holds the claim only if it is told so.
func (port ledgerPort) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	own := &claim{id: c.ClaimID, by: port.a}
	claimed, err := port.store(ctx, c.ID, "claim", func() (closing.Case, error) {
		claimed, err := port.ledger().Claim(context.Background(), c, b)
		if errors.Is(err, closing.ErrOff) {
			port.a.w.countRefusedClaim(port.a)
		}
		port.a.w.onStore(port.a, c.ID, storeCall{bid: &b, claim: own, err: err})
		return claimed, err
	})
	if err == nil {
		port.a.claim = own
	}
	return claimed, err
}

func (port ledgerPort) store(ctx context.Context, id dispute.ID, verb string, act func() (closing.Case, error)) (closing.Case, error) {
	a := port.a
	if err := a.ledgerRequest(ctx); err != nil {
		return port.logFailure(id, verb, err)
	}
	c, err := act()
	if lost := a.ledgerResponse(); lost != nil {
		return port.logFailure(id, verb+" (done)", lost)
	}
	if _, yes := a.w.happens(a.key.of(a.step), ledgerStoresAndConflicts); yes && err == nil {
		a.troubled = true
		return port.logFailure(id, verb+" (done)", closing.ErrConflict)
	}
	if err != nil {
		if errors.Is(err, closing.ErrConflict) {
			a.troubled = true
			a.w.figures.saw(sawArmBumps)
		}
		return port.logFailure(id, verb, err)
	}
	if a.w.recording() {
		a.logAbout(id, verb, summarize(a.w.byID[id], c))
	}
	return c, nil
}

func (port ledgerPort) logFailure(id dispute.ID, verb string, err error) (closing.Case, error) {
	if port.a.w.recording() {
		port.a.logAbout(id, verb, err.Error())
	}
	return closing.Case{}, err
}

// ledger is the ledger by the mark that the actor knows.
func (port ledgerPort) ledger() *memory.Ledger { return port.a.w.ledger.Marked(port.a.mark) }

// Control returns the switch.
func (port ledgerPort) Control(ctx context.Context) (closing.Control, error) {
	if err := port.a.ledgerRequest(ctx); err != nil {
		return closing.Control{}, err
	}
	return port.ledger().Control(context.Background())
}

// SetControl stores the switch.
func (port ledgerPort) SetControl(ctx context.Context, c closing.Control) error {
	if err := port.a.ledgerRequest(ctx); err != nil {
		return err
	}
	if err := port.ledger().SetControl(context.Background(), c); err != nil {
		return err
	}
	if c.Switch == closing.On {
		port.a.w.turnedOnFor = port.a.mark
	}
	return port.a.ledgerResponse()
}

// Spent returns what a day's budget counts.
func (port ledgerPort) Spent(ctx context.Context, day closing.Day, currency string) (closing.Tally, error) {
	if err := port.a.ledgerRequest(ctx); err != nil {
		return closing.Tally{}, err
	}
	return port.a.w.ledger.Spent(context.Background(), day, currency)
}

// LoadAll returns the cases that are stored, unless something fails.
func (port ledgerPort) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	a := port.a
	if err := a.ledgerRequest(ctx); err != nil {
		return nil, err
	}
	found, err := a.w.ledger.LoadAll(context.Background(), ids)
	if lost := a.ledgerResponse(); lost != nil {
		return nil, lost
	}
	return found, err
}

// Mark returns where the last reconciliation was cut.
func (port ledgerPort) Mark(ctx context.Context) (closing.Mark, error) {
	if err := port.a.ledgerRequest(ctx); err != nil {
		return closing.Mark{}, err
	}
	return port.a.w.ledger.Mark(context.Background())
}

// SetMark stores where a reconciliation was cut.
func (port ledgerPort) SetMark(ctx context.Context, m closing.Mark) error {
	if err := port.a.ledgerRequest(ctx); err != nil {
		return err
	}
	if err := port.a.w.ledger.SetMark(context.Background(), m); err != nil {
		return err
	}
	return port.a.ledgerResponse()
}

// duePort is the due index as one actor reaches it.
type duePort struct{ a *actor }

var _ closing.DueIndex = duePort{}

// Due lists what is due, or what was due by an index that lags behind.
func (port duePort) Due(ctx context.Context, before time.Time, _ int, cursor string) ([]closing.Due, string, error) {
	a := port.a
	if err := a.ledgerRequest(ctx); err != nil {
		return nil, "", err
	}
	c := a.key.of(a.step)
	if _, yes := a.w.happens(c, indexFails); yes {
		return nil, "", errThrottled
	}
	if lag, yes := a.w.happens(c, indexIsStale); yes {
		return port.stale(before, lag.span(100*time.Millisecond, time.Hour)), "", a.ledgerResponse()
	}
	page, next, err := a.w.ledger.Due(context.Background(), before, sweepPage, cursor)
	if lost := a.ledgerResponse(); lost != nil {
		return nil, "", lost
	}
	return page, next, err
}

// sweepPage is so small that a sweep of many cases needs several pages.
const sweepPage = 7

// stale lists what was due some time ago, without the changes made since.
func (port duePort) stale(before time.Time, lag time.Duration) []closing.Due {
	var page []closing.Due
	for _, subj := range port.a.w.subjects {
		c := subj.stored
		if c != nil && subj.storedAt > port.a.w.now-lag {
			c = subj.was
		}
		if c != nil && !c.DueAt.IsZero() && !c.DueAt.After(before) {
			page = append(page, closing.Due{ID: c.ID, At: c.DueAt})
		}
	}
	return page
}
