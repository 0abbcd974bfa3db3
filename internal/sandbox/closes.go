package sandbox

import (
	"maps"
	"slices"
	"time"

	"disputecloser/shared/dispute"
)

// Outcome is what became of a close that reached the books.
type Outcome string

// The outcomes.
const (
	// Executed closed the dispute.
	Executed Outcome = "executed"
	// Repeated was refused because an earlier close had ended the dispute.
	Repeated Outcome = "repeated"
	// Refused was refused because the dispute was not closable for another reason.
	Refused Outcome = "refused"
)

// CloseCall is one close that reached the books.
type CloseCall struct {
	At      time.Time `json:"at"`
	Outcome Outcome   `json:"outcome"`
}

// Close concedes a dispute: needs_response becomes lost (WooshPay's documented sample), warning_needs_response becomes
// warning_closed (a guess after Stripe). Another status is refused with 400, an unknown id with 404.
func (b *Books) Close(id dispute.ID, now time.Time) (Dispute, error) {
	d, err := b.Dispute(id)
	if err != nil {
		return Dispute{}, err
	}
	switch {
	case d.Status == dispute.NeedsResponse:
		return b.execute(d, dispute.Lost, now), nil
	case d.Status == dispute.WarningNeedsResponse:
		return b.execute(d, dispute.WarningClosed, now), nil
	case !b.closedByUs(id, d.Status):
		b.log(id, now, Refused)
	case b.RepeatExecutes:
		return b.execute(d, d.Status, now), nil
	default:
		b.log(id, now, Repeated)
	}
	return Dispute{}, invalid("dispute_not_closable", "dispute %s is %s", id, d.Status)
}

func (b *Books) execute(d Dispute, status dispute.Status, now time.Time) Dispute {
	b.log(d.ID, now, Executed)
	return b.move(d, status, now)
}

// closedByUs reports whether the dispute stands where a close has brought it.
func (b *Books) closedByUs(id dispute.ID, status dispute.Status) bool {
	return len(b.executed(id)) > 0 && (status == dispute.Lost || status == dispute.WarningClosed)
}

func (b *Books) log(id dispute.ID, now time.Time, outcome Outcome) {
	b.calls[id] = append(b.calls[id], CloseCall{At: now, Outcome: outcome})
}

func (b *Books) executed(id dispute.ID) []time.Time {
	var at []time.Time
	for _, call := range b.calls[id] {
		if call.Outcome == Executed {
			at = append(at, call.At)
		}
	}
	return at
}

// Closes returns when closes of each dispute were executed; a dispute that was never closed is not in it.
func (b *Books) Closes() map[dispute.ID][]time.Time {
	closes := map[dispute.ID][]time.Time{}
	for id := range b.calls {
		if at := b.executed(id); len(at) > 0 {
			closes[id] = at
		}
	}
	return closes
}

// CloseCalls returns every close that reached the books, executed or not.
func (b *Books) CloseCalls() map[dispute.ID][]CloseCall {
	calls := maps.Clone(b.calls)
	for id := range calls {
		calls[id] = slices.Clone(calls[id])
	}
	return calls
}
