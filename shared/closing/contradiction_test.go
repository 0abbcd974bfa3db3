package closing_test

import (
	"fmt"
	"testing"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// about is an answer of WooshPay about the dispute as it would not be expected.
func about(id string, amount int, currency string) string {
	return fmt.Sprintf(`{"id":%q,"amount":%d,"currency":%q,"status":"lost","charge":"ch_1","livemode":false}`, id, amount, currency)
}

// Where the answer to the close is about other money than was claimed, the dispute is closed all the same: its id and
// status say so. That we conceded something else is recorded, noted and told.
func TestTheAnswerIsAboutOtherMoney(t *testing.T) {
	for _, tc := range []struct {
		name, answer string
		told         bool
	}{
		{"as claimed", about("dp_1", amount, currency), false},
		{"another amount", about("dp_1", 8400, currency), true},
		{"another currency", about("dp_1", amount, "eur"), true},
		{"another amount, no currency", `{"id":"dp_1","amount":8400,"status":"lost"}`, true},
		{"another currency, no amount", `{"id":"dp_1","currency":"eur","status":"lost"}`, true},
		{"neither", `{"id":"dp_1","status":"lost"}`, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.small()
			w.provider.answer = tc.answer
			w.sweepAndWork()
			c := w.wantState(closing.Closed)
			if c.Proof != closing.Answered || told(c, closing.ReasonContradiction) != tc.told {
				t.Fatalf("proof %s, told %v", c.Proof, c.Told)
			}
			if n := w.noted(closing.NotePerson, closing.ReasonContradiction); (n == 1) != tc.told {
				t.Fatalf("noted %d times", n)
			}
			w.wantSpent(1, amount)
		})
	}
}

// An answer about another dispute proves nothing about this one.
func TestTheAnswerIsAboutAnotherDispute(t *testing.T) {
	w := newWorld(t)
	w.small()
	errOther := fault.Mark(fault.Ambiguous, fmt.Errorf("%w: %q", dispute.ErrOther, "dp_2"))
	w.provider.onClose = func(*remote) error { return errOther }
	w.sweepAndWork()
	c := w.wantState(closing.Closing)
	if !c.Ambiguous || !told(c, closing.ReasonContradiction) || w.noted(closing.NotePerson, closing.ReasonContradiction) != 1 {
		t.Fatalf("ambiguous %t, told %v", c.Ambiguous, c.Told)
	}
}

func TestTheLookAfterTheCloseIsAboutSomethingElse(t *testing.T) {
	errOther := fault.Mark(fault.Ambiguous, fmt.Errorf("%w: %q", dispute.ErrOther, "dp_2"))
	for _, tc := range []struct {
		name string
		// after is what happens to WooshPay once the POST has failed.
		after func(w *world)
		want  closing.State
		told  bool
	}{
		{"nothing else", func(w *world) { w.provider.the().execute() }, closing.Closed, false},
		{"another amount", func(w *world) { w.provider.the().execute(); w.provider.the().amount = 8400 }, closing.Closed, true},
		{"another amount, still open", func(w *world) { w.provider.the().amount = 8400 }, closing.Closing, true},
		{"another amount, won", func(w *world) { w.provider.the().amount = 8400; w.provider.the().status = dispute.Won }, closing.Closing, true},
		{"another dispute", func(w *world) { w.provider.onGet = func() error { return errOther } }, closing.Closing, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.small()
			w.provider.onClose = func(*remote) error { tc.after(w); return errTimeout }
			w.sweepAndWork()
			if c := w.wantState(tc.want); told(c, closing.ReasonContradiction) != tc.told {
				t.Fatalf("told %v, history %v", c.Told, c.History)
			}
		})
	}
}

// A look that comes later, while what the POST did is not known, is compared as well.
func TestALaterLookIsAboutSomethingElse(t *testing.T) {
	errOther := fault.Mark(fault.Ambiguous, fmt.Errorf("%w: %q", dispute.ErrOther, "dp_2"))
	for _, tc := range []struct {
		name string
		now  func(w *world)
		want closing.State
	}{
		{"another amount, lost", func(w *world) { w.provider.the().execute(); w.provider.the().amount = 8400 }, closing.Closed},
		{"another amount, won", func(w *world) { w.provider.the().status = dispute.Won; w.provider.the().amount = 8400 }, closing.Resolved},
		{"another dispute", func(w *world) { w.provider.onGet = func() error { return errOther } }, closing.Closing},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t)
			w.doubtful()
			w.pass(5 * 60e9)
			tc.now(w)
			w.sweepAndWork()
			if c := w.wantState(tc.want); !told(c, closing.ReasonContradiction) || w.noted(closing.NotePerson, closing.ReasonContradiction) != 1 {
				t.Fatalf("told %v, history %v", c.Told, c.History)
			}
		})
	}
}

// Before a claim, another amount is news like any other.
func TestNewsIsNoContradiction(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.the().amount = 900
	w.sweepAndWork()
	if c := w.wantState(closing.Closed); told(c, closing.ReasonContradiction) {
		t.Fatalf("told %v", c.Told)
	}
}
