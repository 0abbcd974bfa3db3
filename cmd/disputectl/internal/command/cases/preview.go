package cases

import (
	"context"
	"fmt"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/input"
	"disputecloser/cmd/disputectl/internal/operator"
	"disputecloser/cmd/disputectl/internal/rules/money"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// preview says what would happen to an operator's close, as far as the table and the named policy show. The closer
// decides on its own, on fresh facts.
type preview struct {
	// stops would prevent the close, waits would delay it.
	stops, waits, notes []string
}

func previewClose(ctx context.Context, op operator.Operator, c closing.Case, r *input.Policy) (preview, error) {
	var p preview
	decision := previewDecision(op, c, r)
	switch {
	case decision.Guard != "":
		p.stops = append(p.stops, view.Stopped(&decision))
	case refundStopped(c, r):
		p.stops = append(p.stops, "at the last look, "+view.Stopped(c.Decision))
	case c.Dispute.Charge == "" && (r == nil || !r.RefundsUnavailable()):
		p.notes = append(p.notes, "the dispute names no charge: unless the policy says refunds: unavailable, the closer stops there and calls a person")
	default:
		p.notes = append(p.notes, "the closer reads the charge first: a refund stops the close")
	}
	if odd := money.Oddity(c.Dispute.Currency); odd != "" {
		p.notes = append(p.notes, odd)
	}
	if op.Before.Unread != nil {
		return p, op.Before.Unread
	}
	if word, rest := view.Halted(op.Before.Control, op.Now()); word != "" {
		p.waits = append(p.waits, "closing is "+word+rest)
	}
	if c.State == closing.Closing {
		p.waits = append(p.waits, "a close of it is under way already, until "+view.When(c.ClaimUntil, op.Now()))
	}
	if r == nil {
		p.notes = append(p.notes, "ceiling and budget are not known here: name the deployed policy with --policy")
		return p, nil
	}
	spent, err := spentToday(ctx, op, c, r)
	if spent != "" {
		p.waits = append(p.waits, spent)
	}
	if !r.Live() {
		p.notes = append(p.notes, r.File+" is in shadow mode, which holds back the rules and not your order")
	}
	return p, err
}

// refundStopped reports whether the closer's last look found a refund, or an unknown one that the policy does not accept.
func refundStopped(c closing.Case, r *input.Policy) bool {
	d := c.Decision
	if d == nil || d.Guard != policy.GuardRefunded {
		return false
	}
	return len(d.Doubt) == 0 || r == nil || !r.RefundsUnavailable()
}

// previewDecision asks the closer's own judge about the snapshot. Without a policy it uses limits that the dispute
// satisfies.
func previewDecision(op operator.Operator, c closing.Case, r *input.Policy) policy.Decision {
	agreed, _ := c.Dispute.Money()
	c.Override = &closing.Override{Action: policy.Close, Who: "you", Agreed: agreed}
	judge := closing.Judge{Livemode: livemode(c)}
	if r != nil {
		judge.Policy = r.Policy
	} else {
		judge.Policy = limitless(c)
	}
	now := op.Now()
	look := closing.Look{SentAt: now, Dispute: c.Dispute, Refunded: dispute.Known(false)} // The closer reads the charge.
	return judge.Decide(c, look, now)
}

// livemode is the dispute's own mode. The closer takes it from its key, which is not known here.
func livemode(c closing.Case) bool {
	live, _ := c.Dispute.Livemode.Get()
	return live
}

// limitless returns a policy whose ceiling and budget are exactly what the dispute needs.
func limitless(c closing.Case) *policy.Policy {
	amount, _ := c.Dispute.Amount.Get()
	amount = max(amount, 0)
	p, err := policy.Compile(policy.Document{
		Mode:    policy.Live,
		Ceiling: map[string]int64{c.Dispute.Currency: amount},
		Budget: policy.Budgets{
			Spend: map[string]policy.Spend{c.Dispute.Currency: {Closes: 1, Amount: amount}}, Failures: 1,
		},
		Rules: []policy.Rule{{Name: "none", Then: policy.Keep, If: policy.Conditions{Status: &policy.Words{In: []string{"lost"}}}}},
	})
	if err != nil {
		panic(err) // The document above is well-formed.
	}
	return p
}

// spentToday says why today's budget has no room for the case; empty if it has. What the case has already reserved
// counts as room for exactly that amount.
func spentToday(ctx context.Context, op operator.Operator, c closing.Case, r *input.Policy) (string, error) {
	limit, ok := r.Budget(c.Dispute.Currency)
	if !ok {
		return "", nil // The guard says that.
	}
	today := closing.DayOf(op.Now())
	spent, err := op.Spent(ctx, today, c.Dispute.Currency)
	if err != nil {
		return "", access.TableError(op.Table, err)
	}
	amount, _ := c.Dispute.Amount.Get()
	fits := spent.Closes < limit.Closes && spent.Amount+amount <= limit.Amount
	if c.Spent.Day == today {
		fits = c.Spent == closing.Spend{Day: today, Currency: c.Dispute.Currency, Amount: amount}
	}
	if fits && spent.Failures < limit.Failures {
		return "", nil
	}
	return fmt.Sprintf("today's budget has no room for it: %s of %s, %d of %d closes, %d of %d failures; the next begins %s",
		currency.Text(spent.Amount, c.Dispute.Currency), currency.Text(limit.Amount, c.Dispute.Currency),
		spent.Closes, limit.Closes, spent.Failures, limit.Failures, view.When(today.End(), op.Now())), nil
}
