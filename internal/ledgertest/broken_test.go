package ledgertest_test

import (
	"cmp"
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"disputecloser/internal/ledgertest"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// Each of these breaks one promise of the ledger it wraps.

// versionless stores whatever it is given.
type versionless struct{ ledgertest.Store }

func (l versionless) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	return overwrite(ctx, l.Store, c, func(c closing.Case) (closing.Case, error) { return l.Store.Save(ctx, c, t) })
}

// greedy lets claims win on any version.
type greedy struct{ ledgertest.Store }

func (l greedy) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	return overwrite(ctx, l.Store, c, func(c closing.Case) (closing.Case, error) { return l.Store.Claim(ctx, c, b) })
}

// overwrite writes a case over whichever version is stored.
func overwrite(ctx context.Context, l ledgertest.Store, c closing.Case, write func(closing.Case) (closing.Case, error)) (closing.Case, error) {
	for {
		written, err := write(c)
		if !errors.Is(err, closing.ErrConflict) {
			return written, err
		}
		stored, _ := l.Load(ctx, c.ID)
		c.Version = stored.Version
	}
}

// checkThenAct checks and stores in two steps.
type checkThenAct struct{ ledgertest.Store }

func (l checkThenAct) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	spent, _ := l.Spent(ctx, b.Day, b.Currency)
	time.Sleep(time.Millisecond)
	if spent.Closes >= b.Limit.Closes {
		return closing.Case{}, closing.ErrBudget
	}
	b.Limit.Closes = math.MaxInt64
	return l.Store.Claim(ctx, c, b)
}

// forgetful says that it stored every third save, and does not.
type forgetful struct {
	ledgertest.Store
	mu    sync.Mutex
	saves int
}

func (l *forgetful) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.saves++; l.saves%3 != 0 {
		return l.Store.Save(ctx, c, t)
	}
	stored, err := l.Load(ctx, c.ID)
	if err == nil && stored.Version != c.Version {
		return closing.Case{}, closing.ErrConflict
	}
	c.Version++
	return c, nil
}

// bid changes what is asked of the budget.
type bid struct {
	ledgertest.Store
	change func(*closing.Bid)
}

func (l bid) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	l.change(&b)
	return l.Store.Claim(ctx, c, b)
}

// tally changes what a save counts.
type tally struct {
	ledgertest.Store
	change func(*closing.Tally)
}

func (l tally) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	l.change(&t)
	return l.Store.Save(ctx, c, t)
}

// tallyFirst counts before it knows whether it can store.
type tallyFirst struct{ ledgertest.Store }

func (l tallyFirst) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	if !t.IsZero() {
		_, _ = l.Store.Save(ctx, closing.Case{ID: dispute.ID("dp_aside_" + time.Now().String())}, t)
	}
	return l.Store.Save(ctx, c, closing.Tally{})
}

// restless never hears of a pause.
type restless struct{ ledgertest.Store }

func (l restless) SetControl(ctx context.Context, c closing.Control) error {
	c.Switch = closing.On
	return l.Store.SetControl(ctx, c)
}

// obliging lets any resume through.
type obliging struct{ ledgertest.Store }

func (l obliging) SetControl(ctx context.Context, c closing.Control) error {
	if c.Switch == closing.On {
		_ = l.Store.SetControl(ctx, closing.Control{Switch: closing.Paused, At: c.At})
	}
	return l.Store.SetControl(ctx, c)
}

// strict pauses everything.
type strict struct{ ledgertest.Store }

func (l strict) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	if control, _ := l.Control(ctx); control.Switch == closing.Paused {
		return closing.Case{}, closing.ErrPaused
	}
	return l.Store.Save(ctx, c, t)
}

// hasty looks at the switch before the version.
type hasty struct{ ledgertest.Store }

func (l hasty) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	if control, _ := l.Control(ctx); control.Switch == closing.Paused {
		return closing.Case{}, closing.ErrPaused
	}
	return l.Store.Claim(ctx, c, b)
}

// homely takes every table for the first one.
type homely struct{ ledgertest.Store }

func (homely) MoveTo(string) {}

// unmarked gives a table without a mark one.
type unmarked struct{ ledgertest.Store }

func (l unmarked) MoveTo(mark string) { l.Store.MoveTo(cmp.Or(mark, "memory")) }

// trusting turns closing on where it is off.
type trusting struct{ ledgertest.Store }

func (l trusting) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	control, _ := l.Control(ctx)
	if control.Switch == closing.Off {
		_ = l.SetControl(ctx, closing.Control{Switch: closing.On, Who: control.Who, Why: control.Why, At: control.At})
	}
	return l.Store.Claim(ctx, c, b)
}

// mum calls a switch that is off a pause.
type mum struct{ ledgertest.Store }

func (l mum) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	claimed, err := l.Store.Claim(ctx, c, b)
	if errors.Is(err, closing.ErrOff) {
		err = closing.ErrPaused
	}
	return claimed, err
}

// unlosable keeps the switch whatever happens to it.
type unlosable struct{ ledgertest.Store }

func (unlosable) LoseControl() {}

// pliant takes whatever it is set to for a resume.
type pliant struct{ ledgertest.Store }

func (l pliant) SetControl(ctx context.Context, c closing.Control) error {
	if c.Switch != closing.Paused {
		c.Switch = closing.On
	}
	return l.Store.SetControl(ctx, c)
}

// forgiving takes a number of a budget that is below zero for zero.
type forgiving struct{ ledgertest.Store }

func (l forgiving) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	spent, _ := l.Spent(ctx, b.Day, b.Currency)
	up := closing.Tally{Day: b.Day, Currency: b.Currency, Closes: -min(spent.Closes, 0), Amount: -min(spent.Amount, 0), Failures: -min(spent.Failures, 0)}
	if (up != closing.Tally{Day: b.Day, Currency: b.Currency}) {
		_, _ = l.Save(ctx, closing.Case{ID: dispute.ID("dp_aside_" + time.Now().String())}, up)
	}
	return l.Store.Claim(ctx, c, b)
}

// changed keeps another case than the one it was given.
type changed struct {
	ledgertest.Store
	change func(*closing.Case)
}

func (l changed) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	l.change(&c)
	return l.Store.Save(ctx, c, t)
}

// shared hands out one and the same copy of a case.
type shared struct {
	ledgertest.Store
	mu     sync.Mutex
	copies map[dispute.ID]closing.Case
}

func (l *shared) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	stored, err := l.Store.Load(ctx, id)
	if old, ok := l.copies[id]; ok && old.Version == stored.Version {
		return old, nil
	}
	if err == nil {
		l.copies[id] = stored
	}
	return stored, err
}

// pages changes what the due index answers.
type pages struct {
	ledgertest.Store
	change func(page []closing.Due, next string) ([]closing.Due, string)
}

func (l pages) Due(ctx context.Context, before time.Time, limit int, cursor string) ([]closing.Due, string, error) {
	page, next, err := l.Store.Due(ctx, before, limit, cursor)
	page, next = l.change(page, next)
	return page, next, err
}

// exclusive lists what is due before the instant, not at it.
type exclusive struct{ ledgertest.Store }

func (l exclusive) Due(ctx context.Context, before time.Time, limit int, cursor string) ([]closing.Due, string, error) {
	return l.Store.Due(ctx, before.Add(-1), limit, cursor)
}

// deaf does not heed its context.
type deaf struct{ ledgertest.Store }

func (l deaf) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	return l.Store.Save(context.WithoutCancel(ctx), c, t)
}

// inventive knows every case.
type inventive struct{ ledgertest.Store }

func (l inventive) Load(ctx context.Context, id dispute.ID) (closing.Case, error) {
	c, err := l.Store.Load(ctx, id)
	if errors.Is(err, closing.ErrNotFound) {
		return closing.Case{ID: id}, nil
	}
	return c, err
}

// inflated says that one close more was spent.
type inflated struct{ ledgertest.Store }

func (l inflated) Spent(ctx context.Context, day closing.Day, currency string) (closing.Tally, error) {
	t, err := l.Store.Spent(ctx, day, currency)
	t.Closes++
	return t, err
}

// changedClaim keeps another case than the one that was claimed.
type changedClaim struct {
	ledgertest.Store
	change func(*closing.Case)
}

func (l changedClaim) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	l.change(&c)
	return l.Store.Claim(ctx, c, b)
}

// hurried moves the date before it knows whether it can store.
type hurried struct{ ledgertest.Store }

func (l hurried) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	saved, err := l.Store.Save(ctx, c, t)
	if stored, loadErr := l.Load(ctx, c.ID); errors.Is(err, closing.ErrConflict) && loadErr == nil {
		stored.DueAt = c.DueAt
		_, _ = l.Store.Save(ctx, stored, closing.Tally{})
	}
	return saved, err
}

// lenient allows any limit.
type lenient struct{ ledgertest.Store }

func (l lenient) Due(ctx context.Context, before time.Time, limit int, cursor string) ([]closing.Due, string, error) {
	return l.Store.Due(ctx, before, max(limit, 1), cursor)
}

// lists changes what the listing answers.
type lists struct {
	ledgertest.Store
	change func(page []closing.Case, next string) ([]closing.Case, string)
}

func (l lists) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	page, next, err := l.Store.Cases(ctx, limit, cursor)
	page, next = l.change(page, next)
	return page, next, err
}

// short loads no more than a hundred cases.
type short struct{ ledgertest.Store }

func (l short) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	return l.Store.LoadAll(ctx, ids[:min(100, len(ids))])
}

// pedantic loads nothing if one case is missing.
type pedantic struct{ ledgertest.Store }

func (l pedantic) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	found, err := l.Store.LoadAll(ctx, ids)
	for _, id := range ids {
		if _, ok := found[id]; !ok {
			return nil, closing.ErrNotFound
		}
	}
	return found, err
}

// markless keeps no mark.
type markless struct{ ledgertest.Store }

func (markless) SetMark(context.Context, closing.Mark) error { return nil }

// faithful keeps the first mark.
type faithful struct {
	ledgertest.Store
	set bool
}

func (l *faithful) SetMark(ctx context.Context, m closing.Mark) error {
	if l.set {
		return nil
	}
	l.set = true
	return l.Store.SetMark(ctx, m)
}
