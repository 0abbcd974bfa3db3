package report

import (
	"math"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Count is a number of cases and the sum of what they are about, in minor units; unknown amounts count as nothing.
type Count struct {
	Cases  int64 `json:"cases"`
	Amount int64 `json:"amount"`
}

func (c *Count) add(amount int64) {
	c.Cases++
	c.Amount = plus(c.Amount, amount)
}

// plus adds two amounts. A sum that does not fit stays at the limit: what WooshPay sends may be anything.
func plus(a, b int64) int64 {
	switch sum := a + b; {
	case a > 0 && b > 0 && sum < 0:
		return math.MaxInt64
	case a < 0 && b < 0 && sum >= 0:
		return math.MinInt64
	default:
		return sum
	}
}

// Tally is what became of the cases of one currency that ended.
type Tally struct {
	Ended Count `json:"ended"`

	// Closed, Won, Lost and Otherwise cover each case once, by how it ended. Closed is what we conceded: WooshPay answered
	// the close, or a later look showed it (inferred).
	Closed    Count `json:"closed"`
	Answered  Count `json:"closed_answered"`
	Inferred  Count `json:"closed_inferred"`
	Won       Count `json:"won"`
	Lost      Count `json:"lost"`
	Otherwise Count `json:"ended_otherwise"`
	// InDoubt is among those not closed: a close of ours may have ended them.
	InDoubt Count `json:"ended_in_doubt"`
	// Contradicted is among all: WooshPay said something else than our record.
	Contradicted Count `json:"contradicted"`

	// Kept, Reviewed, Trial, Overtaken and Undecided cover each case once that we did not close, by the last decision. Trial
	// is a close decided in shadow, Overtaken a live one that its dispute's end came before.
	Kept      Count `json:"kept"`
	Reviewed  Count `json:"reviewed"`
	Trial     Count `json:"close_in_shadow"`
	Overtaken Count `json:"close_overtaken"`
	Undecided Count `json:"undecided"`

	// Regrets are the part of Trial that was won: live, it would have been conceded. Spared is the part that was lost.
	Regrets Count `json:"regrets"`
	Spared  Count `json:"lost_anyway"`
}

// add takes in a case that ended.
func (t *Tally) add(l closing.Line) {
	amount, e := l.Money.Amount, l.Ended
	t.Ended.add(amount)
	if e.Contradicted {
		t.Contradicted.add(amount)
	}
	if e.State == closing.Closed {
		t.Closed.add(amount)
		t.proof(e.Proof).add(amount)
		return
	}
	t.outcome(e).add(amount)
	if e.PerhapsOurs() {
		t.InDoubt.add(amount)
	}
	t.decision(e).add(amount)
	switch trial := e.Action == policy.Close && e.Shadow; {
	case trial && won(e):
		t.Regrets.add(amount)
	case trial && lost(e):
		t.Spared.add(amount)
	}
}

func (t *Tally) proof(p closing.Proof) *Count {
	if p == closing.Answered {
		return &t.Answered
	}
	return &t.Inferred
}

func won(e *closing.Ended) bool  { return e.State == closing.Resolved && e.Status == dispute.Won }
func lost(e *closing.Ended) bool { return e.State == closing.Resolved && e.Status == dispute.Lost }

func (t *Tally) outcome(e *closing.Ended) *Count {
	switch {
	case won(e):
		return &t.Won
	case lost(e):
		return &t.Lost
	}
	return &t.Otherwise
}

func (t *Tally) decision(e *closing.Ended) *Count {
	switch {
	case e.Action == policy.Keep:
		return &t.Kept
	case e.Action == policy.Review:
		return &t.Reviewed
	case e.Action == policy.Close && e.Shadow:
		return &t.Trial
	case e.Action == policy.Close:
		return &t.Overtaken
	}
	return &t.Undecided
}
