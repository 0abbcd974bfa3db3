package closing_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
)

var (
	errUnavailable = errors.New("WooshPay answered 503")
	errNoCharge    = fault.Mark(fault.Permanent, errors.New("WooshPay answered 404"))
)

// A charge that could not be read this time is a failed look, whatever the policy says of refunds.
func TestReadCharge(t *testing.T) {
	for _, refunds := range []policy.Refunds{policy.RefundsRequired, policy.RefundsUnavailable} {
		for _, err := range []error{errUnavailable, errTimeout, errBusy, errNoAnswer} {
			t.Run(fmt.Sprint(refunds, " ", err), func(t *testing.T) {
				w := newWorld(t)
				w.closer.Judge.Policy = compiledWith(t, refunds, smallRule())
				w.small()
				decided := w.load().Decision
				w.provider.onChargeGet = func() error { return err }
				w.sweepAndWork()
				c := w.wantState(closing.Scheduled)
				w.wantPosts(0)
				if c.FailedLooks != 1 || c.LastError == "" || !c.DueAt.After(w.now) || !c.Decision.At.Equal(decided.At) {
					t.Fatalf("%d failed looks, last error %q, due at %s, decided at %s", c.FailedLooks, c.LastError, c.DueAt, c.Decision.At)
				}
				if w.noted(closing.NoteLookFailed, "") != 1 {
					t.Fatal("the failed look was not noted")
				}
				w.provider.onChargeGet = nil
				w.pass(time.Hour)
				w.sweepAndWork()
				w.wantState(closing.Closed)
				w.wantPosts(1)
			})
		}
	}
}

// What WooshPay lastingly does not say of a charge sends the dispute to a person, or stops nothing where the merchant
// accepted that.
func TestAChargeThatDoesNotSay(t *testing.T) {
	for _, tc := range []struct {
		name   string
		change func(w *world)
		reason string
	}{
		{"unknown", func(w *world) { w.provider.onChargeGet = func() error { return errNoCharge } }, "WooshPay answered 404"},
		{"silent", func(w *world) { w.provider.refunded = dispute.Maybe[bool]{} }, "the charge does not say whether it was refunded"},
		{"not named", func(w *world) { w.provider.the().charge = "" }, "the dispute names no charge"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.small()
			tc.change(w)
			w.sweepAndWork()
			c := w.wantState(closing.Open)
			w.wantPosts(0)
			d := c.Decision
			if d.Action != policy.Review || d.Guard != policy.GuardRefunded || d.GuardReason != tc.reason || fmt.Sprint(d.Doubt) != "[refunded]" {
				t.Fatalf("decided %s by guard %q (%s), in doubt %v", d.Action, d.Guard, d.GuardReason, d.Doubt)
			}
			if w.noted(closing.NotePerson, closing.ReasonReview) != 1 {
				t.Fatal("no person was told")
			}
		})
		t.Run(tc.name+", accepted", func(t *testing.T) {
			w := newWorld(t)
			w.closer.Judge.Policy = compiledWith(t, policy.RefundsUnavailable, smallRule())
			w.small()
			tc.change(w)
			w.sweepAndWork()
			w.wantState(closing.Closed)
			w.wantPosts(1)
		})
	}
}

// The charge inside a dispute can stop a close and never permit one.
func TestTheChargeInsideTheDispute(t *testing.T) {
	for _, tc := range []struct {
		name, charge string
		read         dispute.Maybe[bool]
		want         closing.State
	}{
		{"refunded, the read says not", `{"id":"ch_1","refunded":true}`, dispute.Known(false), closing.Open},
		{"refunded in part, the read says not", `{"id":"ch_1","refunded":false,"amount_refunded":1}`, dispute.Known(false), closing.Open},
		{"not refunded, the read says it is", `{"id":"ch_1","refunded":false}`, dispute.Known(true), closing.Open},
		{"not refunded, the read does not say", `{"id":"ch_1","refunded":false}`, dispute.Maybe[bool]{}, closing.Open},
		{"not refunded, nor by the read", `{"id":"ch_1","refunded":false}`, dispute.Known(false), closing.Closed},
		{"without an id", `{"refunded":false}`, dispute.Known(false), closing.Open},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.small()
			w.provider.the().expanded, w.provider.refunded = tc.charge, tc.read
			w.sweepAndWork()
			w.wantState(tc.want)
			if asked := w.provider.askedCharge; asked != "" && asked != "ch_1" {
				t.Fatalf("asked for charge %q", asked)
			}
		})
	}
}

func TestAChargeRefundedBetweenPlanAndCloseStopsIt(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.refunded = dispute.Known(true)
	w.sweepAndWork()
	if c := w.wantState(closing.Open); c.Decision.Action != policy.Review || c.Decision.GuardReason != "" {
		t.Fatalf("decided %s (%s)", c.Decision.Action, c.Decision.GuardReason)
	}
	w.wantPosts(0)
}

// A dispute that cannot be closed needs no charge.
func TestTheChargeIsReadOnlyWhereACloseDependsOnIt(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID).status = dispute.UnderReview
	w.event("evt_1")
	w.work()
	if w.wantState(closing.Open); w.provider.charges != 0 {
		t.Fatalf("%d reads of the charge", w.provider.charges)
	}
}

func TestNoRuleDecidesOnAChargeThatWasNotRead(t *testing.T) {
	w := newWorld(t)
	rule, without := smallRule(), false
	rule.If.Refunded = &without
	w.closer.Judge.Policy = compiled(t, policy.Live, rule)
	w.provider.add(theID)
	w.provider.onChargeGet = func() error { return errUnavailable }
	w.event("evt_1")
	w.work()
	if c := w.load(); c.Decision != nil || c.DueAt.Sub(w.now) > 2*time.Minute {
		t.Fatalf("decided %v, due in %s", c.Decision, c.DueAt.Sub(w.now))
	}
}

func compiledWith(t *testing.T, refunds policy.Refunds, rules ...policy.Rule) *policy.Policy {
	t.Helper()
	d := documentOf(policy.Live, rules...)
	d.Refunds = refunds
	p, err := policy.Compile(d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// An operator's close obeys the same guard.
func TestAnOperatorClosesNothingOnAChargeThatDoesNotSay(t *testing.T) {
	w := newWorld(t)
	w.provider.add(theID)
	w.provider.refunded = dispute.Maybe[bool]{}
	w.event("evt_1")
	w.operatorCloses()
	w.work()
	if c := w.wantState(closing.Open); c.Decision.Guard != policy.GuardRefunded {
		t.Fatalf("stopped by guard %q", c.Decision.Guard)
	}
	w.wantPosts(0)
}
