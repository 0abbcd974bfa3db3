package main

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/policy"
)

// TestCtrlCAtTheQuestion leaves a question unanswered.
func TestCtrlCAtTheQuestion(t *testing.T) {
	d := newDesk(t)
	ctx, cancel := context.WithCancel(t.Context())
	in, keyboard := io.Pipe()
	defer keyboard.Close()
	code, _, stderr := runIn(ctx, d.at(), &heard{in, cancel}, "close", "dp_1", "--why", "x", "--who", "ada")
	if code != cli.Interrupted || !strings.HasSuffix(stderr, "\ndisputectl: interrupted: nothing was stored\n") || d.overridden(t) {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}

// heard is a keyboard that tells when it is listened to.
type heard struct {
	io.Reader
	tell func()
}

func (h *heard) Read(p []byte) (int, error) {
	h.tell()
	return h.Reader.Read(p)
}

// TestOnlyWhatWasShownIsConceded has news come in between the question and the answer.
func TestOnlyWhatWasShownIsConceded(t *testing.T) {
	for text, want := range map[string]string{
		`{"id":"dp_1","amount":9000,"currency":"usd","status":"needs_response"}`: "not 10.00 USD: nothing was stored",
		`{"id":"dp_1","amount":1000,"currency":"kwd","status":"needs_response"}`: "not 10.00 USD: nothing was stored",
		`{"id":"dp_1","currency":"usd","status":"needs_response"}`:               "not 10.00 USD: nothing was stored",
		`{"id":"dp_1","amount":1000,"currency":"usd","status":"under_review"}`:   "dp_1 was changed since it was shown: nothing was stored",
	} {
		d := newDesk(t)
		d.before = func() {
			if d.loads == 2 {
				d.learn(t, text)
			}
		}
		code, _, stderr := runIn(t.Context(), d.at(), strings.NewReader("10.00 usd\n"), "close", "dp_1", "--why", "x", "--who", "ada")
		if code != cli.Found || d.overridden(t) || !strings.Contains(stderr, want) {
			t.Errorf("%s: exit code %d, %s", text, code, stderr)
		}
	}
}

func TestWhatIsNotKnownIsNotConceded(t *testing.T) {
	for _, text := range []string{`{"id":"dp_2","currency":"usd"}`, `{"id":"dp_2","amount":5}`} {
		d := newDesk(t)
		d.learn(t, text)
		code, _, stderr := invoke(t, d.at(), "close", "dp_2", "--why", "x", "--who", "ada", "--yes")
		if code != cli.Found || !strings.Contains(stderr, "no guard lets that be closed: nothing was stored") {
			t.Errorf("%s: exit code %d, %s", text, code, stderr)
		}
	}
}

// TestWhatACaseHoldsOfTodaysBudget is room for just that, as the claim sees it.
func TestWhatACaseHoldsOfTodaysBudget(t *testing.T) {
	rules := write(t, "policy.yaml", atOnce)
	today := closing.DayOf(time.Now())
	for _, c := range []struct {
		held  closing.Spend
		spent closing.Tally
		waits bool
	}{
		{closing.Spend{}, closing.Tally{Closes: 49, Amount: 49_000}, false},
		{closing.Spend{}, closing.Tally{Closes: 49, Amount: 49_001}, true},
		{closing.Spend{}, closing.Tally{Closes: 50}, true},
		{closing.Spend{Day: today, Currency: "usd", Amount: 1000}, closing.Tally{Closes: 50, Amount: 50_000}, false},
		{closing.Spend{Day: today, Currency: "usd", Amount: 1000}, closing.Tally{Failures: 5}, true},
		{closing.Spend{Day: today, Currency: "usd", Amount: 900}, closing.Tally{Closes: 1}, true},
		{closing.Spend{Day: "2026-03-01", Currency: "usd", Amount: 1000}, closing.Tally{Closes: 50}, true},
	} {
		d := newDesk(t)
		it, err := d.Ledger.Load(t.Context(), "dp_1")
		if err != nil {
			t.Fatal(err)
		}
		it.Spent, c.spent.Day, c.spent.Currency = c.held, today, "usd"
		if _, err := d.Ledger.Save(t.Context(), it, c.spent); err != nil {
			t.Fatal(err)
		}
		code, stdout, stderr := invoke(t, d.at(), "close", "dp_1", "--why", "x", "--who", "ada", "--yes", "--policy", rules)
		if code != cli.Fine || strings.Contains(stdout, "would wait: today's budget") != c.waits {
			t.Errorf("%+v, %+v: exit code %d, %s%s", c.held, c.spent, code, stdout, stderr)
		}
	}
}

// TestAnAnswerThatNeverComes is no answer, and what is said about it stands on a line of its own.
func TestAnAnswerThatNeverComes(t *testing.T) {
	d := newDesk(t)
	code, _, stderr := runIn(t.Context(), d.at(), strings.NewReader(""), "close", "dp_1", "--why", "x", "--who", "ada")
	if code != cli.Found || !strings.Contains(stderr, "to confirm: \ndisputectl: \"\" is not \"10.00 USD\": nothing was stored\n") || d.overridden(t) {
		t.Errorf("exit code %d, %q", code, stderr)
	}
}

// change stores dp_1 as a test wants it.
func (d *desk) change(t *testing.T, change func(*closing.Case)) {
	t.Helper()
	c, err := d.Ledger.Load(t.Context(), "dp_1")
	if err != nil {
		t.Fatal(err)
	}
	change(&c)
	if _, err := d.Ledger.Save(t.Context(), c, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
}

// TestADisputeThatWooshPayDoesNotKnowIsNotConceded, whether that is known before the question or turns out after it.
func TestADisputeThatWooshPayDoesNotKnowIsNotConceded(t *testing.T) {
	unknown := func(c *closing.Case) { c.UnknownSince = time.Now() }
	for _, loads := range []int{1, 2} {
		d := newDesk(t)
		d.before = func() {
			if d.loads == loads {
				d.change(t, unknown)
			}
		}
		code, stdout, stderr := runIn(t.Context(), d.at(), strings.NewReader("10.00 usd\n"), "close", "dp_1", "--why", "x", "--who", "ada")
		if code != cli.Found || d.overridden(t) || strings.Contains(stdout, "concedes") != (loads == 2) ||
			!strings.Contains(stderr, "WooshPay does not know dp_1, so there is nothing to close: nothing was stored\n  check the id") {
			t.Errorf("at load %d: exit code %d, %s%s", loads, code, stdout, stderr)
		}
	}
}

// TestARefundIsSaidBeforeAClose as far as the last look knows it: --yes does not order what would be stopped again.
func TestARefundIsSaidBeforeAClose(t *testing.T) {
	unavailable := write(t, "unavailable.yaml", strings.Replace(atOnce, "mode: live", "mode: live\nrefunds: unavailable", 1))
	required := write(t, "required.yaml", atOnce)
	named := `{"id":"dp_1","amount":1000,"currency":"usd","status":"needs_response","livemode":false,"charge":"ch_1"}`
	refunded := strings.Replace(named, `"ch_1"`, `{"id":"ch_1","object":"charge","refunded":true}`, 1)
	stopped := func(doubt ...string) *policy.Decision {
		return &policy.Decision{Action: policy.Review, Rule: "small", Guard: policy.GuardRefunded, Doubt: doubt, GuardReason: "answered 404"}
	}
	for _, c := range []struct {
		name, dispute, policy string
		decision              *policy.Decision
		code                  int
		want                  string
	}{
		{"nothing known", named, "", nil, cli.Fine, "note: the closer reads the charge first: a refund stops the close"},
		{"no charge", "", required, nil, cli.Fine, "note: the dispute names no charge"},
		{"no charge, and none needed", "", unavailable, nil, cli.Fine, "note: the closer reads the charge first"},
		{"refunded in the dispute's copy", refunded, required, nil, cli.Found, "would be stopped: the charge was refunded, which is a reason to defend"},
		{"refunded", named, "", stopped(), cli.Found, "would be stopped: at the last look, the charge was refunded"},
		{"refunded whatever is unavailable", named, unavailable, stopped(), cli.Found, "would be stopped: at the last look, the charge was refunded"},
		{"unknown", named, required, stopped("refunded"), cli.Found, "would be stopped: at the last look, WooshPay does not say whether the charge was refunded (answered 404)"},
		{"unknown, no policy named", named, "", stopped("refunded"), cli.Found, "would be stopped: at the last look"},
		{"unknown, which is accepted now", named, unavailable, stopped("refunded"), cli.Fine, "note: the closer reads the charge first"},
		{"another guard", named, required, &policy.Decision{Guard: policy.GuardBudget}, cli.Fine, "note: the closer reads the charge first"},
	} {
		d := newDesk(t)
		if c.dispute != "" {
			d.learn(t, c.dispute)
		}
		d.change(t, func(it *closing.Case) { it.Decision = c.decision })
		args := []string{"close", "dp_1", "--why", "x", "--who", "ada", "--yes"}
		if c.policy != "" {
			args = append(args, "--policy", c.policy)
		}
		code, stdout, stderr := invoke(t, d.at(), args...)
		if code != c.code || !strings.Contains(stdout, c.want) || d.overridden(t) != (c.code == cli.Fine) {
			t.Errorf("%s: exit code %d, %s%s", c.name, code, stdout, stderr)
		}
	}
}
