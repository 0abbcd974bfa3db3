package sandbox

import (
	"maps"
	"time"

	"disputecloser/shared/dispute"
)

// SetStatus moves a dispute as a bank or a person at WooshPay would, and announces it. Any status is taken, an
// unknown one too.
func (b *Books) SetStatus(id dispute.ID, status dispute.Status, now time.Time) (Dispute, error) {
	d, err := b.Dispute(id)
	if err != nil {
		return Dispute{}, err
	}
	return b.move(d, status, now), nil
}

// move stores and announces: as charge.dispute.closed when the status is terminal, else as charge.dispute.updated.
func (b *Books) move(d Dispute, status dispute.Status, now time.Time) Dispute {
	d.Status = status
	b.disputes[d.ID] = d
	kind := typeUpdated
	if status.Class() == dispute.Terminal {
		kind = typeClosed
	}
	b.announce(kind, d.inEvent(b.MsEvents), now)
	return d
}

// SubmitEvidence answers a dispute as a person would: it goes under review, and is announced. It is refused with
// 400 if the dispute does not wait for an answer.
func (b *Books) SubmitEvidence(id dispute.ID, fields map[string]string, now time.Time) (Dispute, error) {
	d, err := b.Dispute(id)
	if err != nil {
		return Dispute{}, err
	}
	next, open := map[dispute.Status]dispute.Status{
		dispute.NeedsResponse:        dispute.UnderReview,
		dispute.WarningNeedsResponse: dispute.WarningUnderReview,
	}[d.Status]
	if !open {
		return Dispute{}, invalid("dispute_not_open", "dispute %s is %s", id, d.Status)
	}
	d.Evidence = maps.Clone(d.Evidence)
	for field, text := range fields {
		d.Evidence[field] = &text
	}
	dueBy := d.EvidenceDetails.DueBy
	d.EvidenceDetails.HasEvidence = true
	d.EvidenceDetails.SubmissionCount++
	d.EvidenceDetails.PastDue = dueBy != nil && now.Unix() > *dueBy
	return b.move(d, next, now), nil
}

// Refund gives back an amount of a charge in minor units, all that is left of it if zero, and announces it as
// charge.refunded. An early warning about the charge is resolved by it: a guess.
func (b *Books) Refund(chargeID string, amount int64, now time.Time) (Charge, error) {
	c, err := b.Charge(chargeID)
	if err != nil {
		return Charge{}, err
	}
	left := c.Amount - c.AmountRefunded
	if amount == 0 {
		amount = left
	}
	if amount < 0 || amount > left {
		return Charge{}, invalid("amount_too_large", "%d of charge %s are left to refund", left, chargeID)
	}
	c.AmountRefunded += amount
	c.Refunded = c.AmountRefunded == c.Amount
	b.charges[chargeID] = c
	b.announce("charge.refunded", c, now)
	for _, d := range b.newestFirst() {
		if d.Charge == chargeID && d.Status == dispute.EarlyDisputeWarning {
			b.move(d, dispute.EarlyDisputeResolved, now)
		}
	}
	return c, nil
}
