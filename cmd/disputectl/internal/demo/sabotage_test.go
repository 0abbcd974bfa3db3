package demo_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/demo"
	"disputecloser/cmd/disputectl/internal/local"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// TestSabotageIsNoticed puts one broken part in at a time. A day that goes as told with it would prove nothing.
func TestSabotageIsNoticed(t *testing.T) {
	for _, c := range []struct {
		name    string
		options demo.Options
		// want is part of what is printed under "Not as told".
		want string
	}{
		{"every close is sent twice", through(closesTwice{}), "dp_small: closes that WooshPay executed: got 2, the story says 1"},
		{"a close is claimed, but never sent", through(neverCloses{}), "dp_small: closes that WooshPay executed: got 0, the story says 1"},
		{"a lost answer is taken for a refusal", through(takesSilenceForNo{}), "dp_lost: "},
		{"the look cannot see a refund", through(seesNoRefund{}), "dp_refunded: "},
		{"the grace is skipped", on(skipsGrace{}), "dp_small: closed at: got Mon 06:"},
		{"the day's budget has no end", on(endlessBudget{}), "dp_budget: closed at: got Mon 18:00"},
		{"the pause is not heeded", on(deafToPause{}), "dp_paused: closed at: got Mon 14:30"},
		{"a claim is not counted", on(countsNothing{}), "closes on the budget of 2026-03-02 in eur: got 0, the story says 1"},
		{"an operator's word is forgotten", on(forgetsOverride{}), "dp_kept: "},
		{"the order of events is not known", on(forgetsEvents{}), "dp_order: the order in which events were learned"},
		{"what was seen is forgotten", on(forgetsEvents{}), "dp_twice: the case's version after the repeated webhooks"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := played(t, c.options, demo.ErrMismatch)
			_, differs, _ := strings.Cut(out, "Not as told:")
			if !strings.Contains(differs, c.want) {
				t.Errorf("not noticed: want %q in\n%s", c.want, differs)
			}
		})
	}
}

func TestASecondCloseIsInTheLastLine(t *testing.T) {
	out := played(t, through(closesTwice{}), demo.ErrMismatch)
	if last := lastLine(out); !strings.Contains(last, "dp_small (2 times)") {
		t.Errorf("last line: %s", last)
	}
}

// saboteur is a provider or ledger that gets the sound one to work on.
type saboteur[T any] interface{ on(sound T) T }

func through(s saboteur[closing.Provider]) demo.Options { return demo.Options{Through: s.on} }

func on(s saboteur[local.Ledger]) demo.Options { return demo.Options{Ledger: s.on} }

type closesTwice struct{ closing.Provider }

func (closesTwice) on(sound closing.Provider) closing.Provider { return closesTwice{sound} }

func (s closesTwice) Close(ctx context.Context, id dispute.ID, leaveBy time.Time) (dispute.Dispute, error) {
	if d, err := s.Provider.Close(ctx, id, leaveBy); err != nil {
		return d, err
	}
	return s.Provider.Close(ctx, id, leaveBy)
}

type neverCloses struct{ closing.Provider }

func (neverCloses) on(sound closing.Provider) closing.Provider { return neverCloses{sound} }

func (s neverCloses) Close(_ context.Context, id dispute.ID, _ time.Time) (dispute.Dispute, error) {
	return dispute.Parse(fmt.Appendf(nil, `{"id":%q,"status":"lost"}`, id))
}

type takesSilenceForNo struct{ closing.Provider }

func (takesSilenceForNo) on(sound closing.Provider) closing.Provider { return takesSilenceForNo{sound} }

func (s takesSilenceForNo) Close(ctx context.Context, id dispute.ID, leaveBy time.Time) (dispute.Dispute, error) {
	d, err := s.Provider.Close(ctx, id, leaveBy)
	if err != nil {
		err = fault.Mark(fault.Retryable, err)
	}
	return d, err
}

type seesNoRefund struct{ closing.Provider }

func (seesNoRefund) on(sound closing.Provider) closing.Provider { return seesNoRefund{sound} }

func (seesNoRefund) GetCharge(_ context.Context, id string) (dispute.Charge, error) {
	return dispute.Charge{ID: id, Refunded: dispute.Known(false)}, nil
}

type skipsGrace struct{ local.Ledger }

func (skipsGrace) on(sound local.Ledger) local.Ledger { return skipsGrace{sound} }

func (s skipsGrace) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	if c.State == closing.Scheduled {
		c.PlannedAt, c.DueAt = c.PlannedAt.Add(-24*time.Hour), c.ObservedAt
	}
	return s.Ledger.Save(ctx, c, t)
}

type endlessBudget struct{ local.Ledger }

func (endlessBudget) on(sound local.Ledger) local.Ledger { return endlessBudget{sound} }

func (s endlessBudget) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	b.Limit.Closes, b.Limit.Amount = 1000, 1_000_000
	return s.Ledger.Claim(ctx, c, b)
}

type deafToPause struct{ local.Ledger }

func (deafToPause) on(sound local.Ledger) local.Ledger { return deafToPause{sound} }

func (s deafToPause) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	return s.Save(ctx, c, closing.Tally{Day: b.Day, Currency: b.Currency, Closes: 1, Amount: b.Amount})
}

type countsNothing struct{ local.Ledger }

func (countsNothing) on(sound local.Ledger) local.Ledger { return countsNothing{sound} }

func (s countsNothing) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	b.Held = true
	return s.Ledger.Claim(ctx, c, b)
}

type forgetsOverride struct{ local.Ledger }

func (forgetsOverride) on(sound local.Ledger) local.Ledger { return forgetsOverride{sound} }

func (s forgetsOverride) Act(ctx context.Context, c closing.Case, line closing.Line) (closing.Case, error) {
	c.Override = nil
	return s.Ledger.Act(ctx, c, line)
}

type forgetsEvents struct{ local.Ledger }

func (forgetsEvents) on(sound local.Ledger) local.Ledger { return forgetsEvents{sound} }

func (s forgetsEvents) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	c.Seen = nil
	return s.Ledger.Save(ctx, c, t)
}
