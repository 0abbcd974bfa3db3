package samlocal

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// The disputes that everything starts with.
const (
	// Ordered is the dispute of events/. Its case is armed, with a person's order to close, so that the closer closes it
	// whatever the policy's mode. It has version 1, as events/operate-close.json says.
	Ordered dispute.ID = "dp_1497123612345438208"
	// Planned has a close whose grace is over, and Daily is due for its daily look: the sweep arms both.
	Planned dispute.ID = "dp_local_planned"
	Daily   dispute.ID = "dp_local_daily"
	// Unannounced is known to WooshPay only: reconcile learns of it.
	Unannounced dispute.ID = "dp_local_unannounced"
	// Ended was closed yesterday.
	Ended dispute.ID = "dp_local_closed"
)

// you is who said what was said before the first command.
const you = "make local-aws"

// seeds are the disputes as WooshPay knows them.
func seeds(now time.Time) []sandbox.Dispute {
	seed := func(id dispute.ID, amount int64, age time.Duration) sandbox.Dispute {
		return sandbox.Dispute{ID: id, Amount: amount, Currency: "usd", Status: dispute.NeedsResponse, ReasonCode: "13.1", Created: now.Add(-age).Unix()}
	}
	ordered, ended := seed(Ordered, 1200, time.Hour), seed(Ended, 900, 3*24*time.Hour)
	ordered.Charge, ended.Status = "ch_1497120012345438208", dispute.Lost
	return []sandbox.Dispute{
		ordered, ended, seed(Planned, 1000, 26*time.Hour), seed(Daily, 4200, 48*time.Hour), seed(Unannounced, 700, 6*time.Hour),
	}
}

// open opens the disputes at the sandbox, and returns them as it shows them.
func open(s *sandbox.Sandbox, now time.Time) ([]sandbox.Dispute, error) {
	var opened []sandbox.Dispute
	for _, d := range seeds(now) {
		shown, err := s.OpenSilently(d)
		if err != nil {
			return nil, fmt.Errorf("open dispute %s: %w", d.ID, err)
		}
		opened = append(opened, shown)
	}
	return opened, nil
}

// Store is the part of the ledger that is filled.
type Store interface {
	closing.Ledger
	closing.Acts
}

// store stores the cases of disputes, and turns closing on.
func store(ctx context.Context, ledger Store, opened []sandbox.Dispute, now time.Time) error {
	for _, d := range opened {
		if d.ID == Unannounced {
			continue
		}
		c, err := caseOf(d, now)
		if err != nil {
			return err
		}
		if _, err := ledger.Save(ctx, c, closing.Tally{}); err != nil {
			return err
		}
	}
	return ledger.SetControl(ctx, closing.Control{Switch: closing.On, Who: you, Why: "a table of this machine's own", At: now})
}

// caseOf returns the case of a dispute as the sandbox shows it.
func caseOf(seed sandbox.Dispute, now time.Time) (closing.Case, error) {
	text, err := json.Marshal(seed)
	if err != nil {
		return closing.Case{}, fmt.Errorf("dispute %s: %w", seed.ID, err)
	}
	d, err := dispute.Parse(text)
	if err != nil {
		return closing.Case{}, fmt.Errorf("dispute %s: %w", seed.ID, err)
	}
	since := time.Unix(seed.Created, 0).UTC()
	c := closing.Case{
		ID: seed.ID, State: closing.Open, Dispute: d, ObservedAt: since, DueAt: now,
		History: []closing.Entry{{At: since, Who: you, What: "made up for this machine"}},
	}
	money, _ := d.Money()
	switch seed.ID {
	case Ordered:
		c.ArmedAt = now
		c.Override = &closing.Override{Action: policy.Close, Who: you, Why: "to see a close", At: now, Agreed: money}
	case Planned:
		c.State, c.PlannedAt, c.CloseAt = closing.Scheduled, since, now
	case Ended:
		yesterday := now.Add(-24 * time.Hour)
		c.State, c.DueAt, c.ClosedFrom, c.Proof = closing.Closed, time.Time{}, dispute.NeedsResponse, closing.Answered
		c.PostedAt, c.EndedAt = yesterday, yesterday
		c.Spent = closing.Spend{Day: closing.DayOf(yesterday), Currency: money.Currency, Amount: money.Amount}
	}
	return c, nil
}
