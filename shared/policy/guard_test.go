package policy_test

import (
	"testing"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// guarded are facts that no guard of example() stops with a test key.
func guarded() policy.Facts {
	return policy.Facts{
		Status: "needs_response", Currency: "usd", Amount: dispute.Known[int64](1200),
		Livemode: dispute.Known(false), Refunded: dispute.Known(false),
	}
}

// TestEachGuardStopsAClose checks every guard at its boundary. A case breaks what the next guards ask for as well, so that
// the first in the order of Guards is named.
func TestEachGuardStopsAClose(t *testing.T) {
	type facts = policy.Facts
	agreed := dispute.Money{Amount: 1200, Currency: "usd"}
	for _, c := range []struct {
		name   string
		change func(*facts, *policy.Document)
		agreed *dispute.Money
		want   policy.Guard
	}{
		{"nothing", func(*facts, *policy.Document) {}, nil, ""},
		{"an operator", func(*facts, *policy.Document) {}, &agreed, ""},
		{"an inquiry that a rule names", func(f *facts, _ *policy.Document) { f.Status = "warning_needs_response" }, nil, ""},
		{"an operator and an inquiry", func(f *facts, _ *policy.Document) { f.Status = "warning_needs_response" }, &agreed, policy.GuardStatus},
		{"a status", func(f *facts, _ *policy.Document) { f.Status, f.Livemode = "under_review", dispute.Known(true) }, nil, policy.GuardStatus},
		{"an unknown mode", func(f *facts, _ *policy.Document) {
			f.Livemode, f.Amount = dispute.Maybe[bool]{}, dispute.Known[int64](0)
		}, nil, policy.GuardLivemode},
		{"an amount of nothing", func(f *facts, _ *policy.Document) { f.Amount, f.Currency = dispute.Known[int64](0), "" }, nil, policy.GuardAmount},
		{"an unknown amount", func(f *facts, _ *policy.Document) { f.Amount = dispute.Maybe[int64]{} }, nil, policy.GuardAmount},
		{"no currency", func(f *facts, _ *policy.Document) { f.Currency, f.Refunded = "", dispute.Known(true) }, nil, policy.GuardCurrency},
		{"a refund", func(f *facts, _ *policy.Document) {
			f.Refunded, f.Amount = dispute.Known(true), dispute.Known[int64](9999)
		}, &agreed, policy.GuardRefunded},
		{"an unknown refund", func(f *facts, _ *policy.Document) { f.Refunded = dispute.Maybe[bool]{} }, nil, policy.GuardRefunded},
		{"an unknown refund, required in words", func(f *facts, d *policy.Document) {
			f.Refunded, d.Refunds = dispute.Maybe[bool]{}, policy.RefundsRequired
		}, nil, policy.GuardRefunded},
		{"an unknown refund that is unavailable", func(f *facts, d *policy.Document) {
			f.Refunded, d.Refunds = dispute.Maybe[bool]{}, policy.RefundsUnavailable
		}, nil, ""},
		{"a refund where it is unavailable", func(f *facts, d *policy.Document) {
			f.Refunded, d.Refunds = dispute.Known(true), policy.RefundsUnavailable
		}, nil, policy.GuardRefunded},
		{"another amount than agreed", func(f *facts, _ *policy.Document) { f.Amount = dispute.Known[int64](9999) }, &agreed, policy.GuardAgreed},
		{"another currency than agreed", func(f *facts, _ *policy.Document) { f.Currency = "eur" }, &agreed, policy.GuardAgreed},
		{"above the ceiling", func(f *facts, _ *policy.Document) { f.Amount = dispute.Known[int64](5001) }, nil, policy.GuardCeiling},
		{"at the ceiling", func(f *facts, _ *policy.Document) { f.Amount = dispute.Known[int64](5000) }, nil, ""},
		{"no ceiling", func(f *facts, _ *policy.Document) { f.Currency = "jpy" }, nil, policy.GuardCeiling},
		{"a budget of no closes", func(_ *facts, d *policy.Document) { d.Budget.Spend["usd"] = policy.Spend{Amount: 50000} }, nil, policy.GuardBudget},
		{"a budget below the amount", func(_ *facts, d *policy.Document) { d.Budget.Spend["usd"] = policy.Spend{Closes: 5, Amount: 1199} }, nil, policy.GuardBudget},
		{"a budget of the amount", func(_ *facts, d *policy.Document) { d.Budget.Spend["usd"] = policy.Spend{Closes: 1, Amount: 1200} }, nil, ""},
		{"no budget", func(_ *facts, d *policy.Document) { delete(d.Budget.Spend, "usd") }, nil, policy.GuardBudget},
	} {
		f, d := guarded(), example()
		c.change(&f, &d)
		if got := compile(t, d).Guard(&f, false, c.agreed); got != c.want {
			t.Errorf("%s: guard %q, want %q", c.name, got, c.want)
		}
	}
}

func TestOnlyARefundAsksForAPerson(t *testing.T) {
	for _, g := range policy.Guards() {
		if want := map[bool]policy.Action{true: policy.Review, false: policy.Keep}[g == policy.GuardRefunded]; g.Action() != want {
			t.Errorf("guard %s ends in %s, want %s", g, g.Action(), want)
		}
	}
}

// TestADecisionSaysThatRefundsAreUnavailable so that whoever reads a case need not have its policy.
func TestADecisionSaysThatRefundsAreUnavailable(t *testing.T) {
	f := guarded()
	for _, refunds := range []policy.Refunds{"", policy.RefundsRequired, policy.RefundsUnavailable} {
		d := example()
		d.Refunds = refunds
		want := refunds == policy.RefundsUnavailable
		if got := compile(t, d).Explain(&f, time.Time{}).RefundsUnavailable; got != want {
			t.Errorf("refunds %q: the decision says %t, want %t", refunds, got, want)
		}
	}
}
