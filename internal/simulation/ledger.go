package simulation

import (
	"context"
	"errors"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// shelf is the ledger as one actor reaches it. The witness sees what is on the real shelf afterwards, whatever
// the actor is told.
type shelf struct{ a *actor }

var (
	_ closing.Ledger = shelf{}
	_ closing.Desk   = shelf{}
	_ closing.Books  = shelf{}
)

// Load returns the case, unless something fails.
func (s shelf) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	a := s.a
	if err := a.reach(ctx); err != nil {
		return closing.Case{}, err
	}
	c, err := a.w.ledger.Load(context.Background(), id)
	a.w.seesLoad(a, c)
	if lost := a.bring(); lost != nil {
		return closing.Case{}, lost
	}
	return c, err
}

// Save stores the case, unless something fails first; what fails afterwards hides it.
func (s shelf) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	return s.store(ctx, c.ID, "save", func() (closing.Case, error) {
		saved, err := s.a.w.ledger.Save(context.Background(), c, t)
		s.a.w.seesStore(s.a, c.ID, stored{tally: t, err: err})
		return saved, err
	})
}

// Claim stores the claim and spends the bid, with Save's faults. Only who is told that it succeeded holds it.
func (s shelf) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	own := &claim{id: c.ClaimID, by: s.a}
	claimed, err := s.store(ctx, c.ID, "claim", func() (closing.Case, error) {
		claimed, err := s.a.w.ledger.Claim(context.Background(), c, b)
		s.a.w.seesStore(s.a, c.ID, stored{bid: &b, claim: own, err: err})
		return claimed, err
	})
	if err == nil {
		s.a.claim = own
	}
	return claimed, err
}

func (s shelf) store(ctx context.Context, id dispute.ID, verb string, act func() (closing.Case, error)) (closing.Case, error) {
	a := s.a
	if err := a.reach(ctx); err != nil {
		return s.told(id, verb, err)
	}
	c, err := act()
	if lost := a.bring(); lost != nil {
		return s.told(id, verb+" (done)", lost)
	}
	if _, yes := a.w.strikes(a.key.of(a.step), ledgerStoresAndConflicts); yes && err == nil {
		a.troubled = true
		return s.told(id, verb+" (done)", closing.ErrConflict)
	}
	if err != nil {
		if errors.Is(err, closing.ErrConflict) {
			a.troubled = true
			a.w.figures.saw(sawArmBumps)
		}
		return s.told(id, verb, err)
	}
	if a.w.tells() {
		a.saysOf(id, verb, sketch(a.w.byID[id], c))
	}
	return c, nil
}

func (s shelf) told(id dispute.ID, verb string, err error) (closing.Case, error) {
	if s.a.w.tells() {
		s.a.saysOf(id, verb, err.Error())
	}
	return closing.Case{}, err
}

// Control returns the switch.
func (s shelf) Control(ctx context.Context) (closing.Control, error) {
	if err := s.a.reach(ctx); err != nil {
		return closing.Control{}, err
	}
	return s.a.w.ledger.Control(context.Background())
}

// SetControl stores the switch.
func (s shelf) SetControl(ctx context.Context, c closing.Control) error {
	if err := s.a.reach(ctx); err != nil {
		return err
	}
	if err := s.a.w.ledger.SetControl(context.Background(), c); err != nil {
		return err
	}
	return s.a.bring()
}

// Spent returns what a day's budget counts.
func (s shelf) Spent(ctx context.Context, day closing.Day, currency string) (closing.Tally, error) {
	if err := s.a.reach(ctx); err != nil {
		return closing.Tally{}, err
	}
	return s.a.w.ledger.Spent(context.Background(), day, currency)
}

// LoadAll returns those of the cases that are stored, unless something fails.
func (s shelf) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	a := s.a
	if err := a.reach(ctx); err != nil {
		return nil, err
	}
	found, err := a.w.ledger.LoadAll(context.Background(), ids)
	if lost := a.bring(); lost != nil {
		return nil, lost
	}
	return found, err
}

// Mark returns where the last reconciliation was cut.
func (s shelf) Mark(ctx context.Context) (closing.Mark, error) {
	if err := s.a.reach(ctx); err != nil {
		return closing.Mark{}, err
	}
	return s.a.w.ledger.Mark(context.Background())
}

// SetMark stores where a reconciliation was cut.
func (s shelf) SetMark(ctx context.Context, m closing.Mark) error {
	if err := s.a.reach(ctx); err != nil {
		return err
	}
	if err := s.a.w.ledger.SetMark(context.Background(), m); err != nil {
		return err
	}
	return s.a.bring()
}

// agenda is the due index as one actor reaches it.
type agenda struct{ a *actor }

var _ closing.Agenda = agenda{}

// Due lists what is due, or what was due by an index that lags behind.
func (g agenda) Due(ctx context.Context, before time.Time, _ int, cursor string) ([]closing.Due, string, error) {
	a := g.a
	if err := a.reach(ctx); err != nil {
		return nil, "", err
	}
	c := a.key.of(a.step)
	if _, yes := a.w.strikes(c, indexFails); yes {
		return nil, "", errThrottled
	}
	if lag, yes := a.w.strikes(c, indexIsStale); yes {
		return g.stale(before, lag.span(100*time.Millisecond, time.Hour)), "", a.bring()
	}
	page, next, err := a.w.ledger.Due(context.Background(), before, sweepPage, cursor)
	if lost := a.bring(); lost != nil {
		return nil, "", lost
	}
	return page, next, err
}

// sweepPage makes a sweep of many cases turn pages.
const sweepPage = 7

// stale lists what was due some time ago: changes of that time are not seen yet.
func (g agenda) stale(before time.Time, lag time.Duration) []closing.Due {
	var page []closing.Due
	for _, m := range g.a.w.matters {
		c := m.stored
		if c != nil && m.storedAt > g.a.w.now-lag {
			c = m.was
		}
		if c != nil && !c.DueAt.IsZero() && !c.DueAt.After(before) {
			page = append(page, closing.Due{ID: c.ID, At: c.DueAt})
		}
	}
	return page
}
