package policy

import "disputecloser/shared/dispute"

// Guard names what stops a close whatever the rules or an operator say. The empty Guard means that nothing does.
type Guard string

// The guards, in the order in which they are tried; the first that stops a close is named.
const (
	GuardStatus   Guard = "status"
	GuardLivemode Guard = "livemode"
	GuardAmount   Guard = "amount"
	GuardCurrency Guard = "currency"
	GuardRefunded Guard = "refunded"
	GuardAgreed   Guard = "agreed"
	GuardCeiling  Guard = "ceiling"
	GuardBudget   Guard = "budget"
)

// Guards returns every guard in the order in which they are tried.
func Guards() []Guard {
	return []Guard{GuardStatus, GuardLivemode, GuardAmount, GuardCurrency, GuardRefunded, GuardAgreed, GuardCeiling, GuardBudget}
}

// Action is what becomes of a close that the guard stops: keep, or review where a refund is the reason, because a
// dispute about a refunded charge can be won.
func (g Guard) Action() Action {
	if g == GuardRefunded {
		return Review
	}
	return Keep
}

// Guard returns the first guard that stops a close of a dispute with these facts. Livemode is the mode of the
// WooshPay key. Agreed is what an operator agreed to concede, nil for a rule's close.
func (p *Policy) Guard(f *Facts, livemode bool, agreed *dispute.Money) Guard {
	amount, known := f.Amount.Get()
	ceiling, hasCeiling := p.Ceiling(f.Currency)
	budget, hasBudget := p.Budget(f.Currency)
	switch {
	case !closable(dispute.Status(f.Status), agreed != nil):
		return GuardStatus
	case !dispute.Is(f.Livemode, livemode):
		return GuardLivemode
	case !known || amount < 1:
		return GuardAmount
	case f.Currency == "":
		return GuardCurrency
	case p.refundStops(f.Refunded):
		return GuardRefunded
	case agreed != nil && *agreed != dispute.Money{Amount: amount, Currency: f.Currency}:
		return GuardAgreed
	case !hasCeiling || amount > ceiling:
		return GuardCeiling
	case !hasBudget || amount > budget.Amount || budget.Closes < 1:
		return GuardBudget
	}
	return ""
}

// closable reports whether a dispute of this status can be closed. An inquiry needs a rule that names its status; an
// operator's order does not name one.
func closable(s dispute.Status, byOperator bool) bool {
	if byOperator {
		return s == dispute.NeedsResponse
	}
	return s.Class() == dispute.Closable
}

// refundStops reports whether what is known of the charge stops a close. It does, unless the charge is known not to be
// refunded, or WooshPay does not say and the merchant accepted that.
func (p *Policy) refundStops(refunded dispute.Maybe[bool]) bool {
	if value, known := refunded.Get(); known {
		return value
	}
	return !p.RefundsUnavailable()
}
