package closer_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
	"disputecloser/shared/policy"
)

// mailbox keeps what is published, or fails.
type mailbox struct {
	sent []letter
	err  error
	// before is called ahead of each mail.
	before func()
}

type letter struct{ subject, text string }

func (m *mailbox) Publish(_ context.Context, subject, text string) error {
	if m.before != nil {
		m.before()
	}
	m.sent = append(m.sent, letter{subject, text})
	return m.err
}

// reviewing is a world whose rules ask a person about everything.
func reviewing(t *testing.T) (*world, *mailbox) {
	t.Helper()
	w, box := newWorld(t), &mailbox{}
	rules, err := policy.Compile(policy.Document{
		Mode: policy.Live, Ceiling: map[string]int64{"usd": 5000},
		Budget: policy.Budgets{Spend: map[string]policy.Spend{"usd": {Closes: 1, Amount: 5000}}, Failures: 5},
		Rules:  []policy.Rule{{Name: "all", Then: policy.Review, If: policy.Conditions{Currency: &policy.Words{In: []string{"usd"}}}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.Closer.Judge.Policy = rules
	w.Mail, w.Stack = box, "disputes-live"
	return w, box
}

func TestEachCaseThatNeedsAPersonIsMailedOnce(t *testing.T) {
	w, box := reviewing(t)
	for _, id := range []dispute.ID{"dp_1", "dp_2"} {
		w.learn(t, id)
	}
	w.wantFailures(t.Context(), t, casesOf("dp_1", "dp_2"))
	w.wantFailures(t.Context(), t, casesOf("dp_1", "dp_2"))
	if len(box.sent) != 2 || box.sent[0].subject != "dispute-closer: dp_1 needs a person" || box.sent[1].subject != "dispute-closer: dp_2 needs a person" {
		t.Fatalf("sent %v", box.sent)
	}
	const want = `Dispute dp_1 about 12.00 USD needs a person.

Your rules ask a person to look at it.

The case is open; at WooshPay it is "needs_response". Its deadline is unknown.

See why:
  disputectl why dp_1 --stack disputes-live

To defend it:
  disputectl keep dp_1 --stack disputes-live --why "..."

To concede it, which cannot be undone:
  disputectl close dp_1 --stack disputes-live --why "..."

This is sent once for each reason. What still waits: disputectl list --person --stack disputes-live
docs/runbook.md#a-case-needs-a-person
`
	if got := box.sent[0].text; got != want {
		t.Errorf("sent\n%s\nwant\n%s", got, want)
	}
}

// The case is stored with its reason before the mail: a mail that fails is no failed record, but it is seen.
func TestAMailThatFailsIsLoggedAndCounted(t *testing.T) {
	w, box := reviewing(t)
	box.err = errors.New("SNS is throttled")
	w.learn(t, theID)
	w.wantFailures(t.Context(), t, fromFile(t))
	if !slices.Equal(w.meter.counted, []metrics.Name{metrics.MailFailed}) {
		t.Errorf("counted %v", w.meter.counted)
	}
	if log := w.log.String(); !strings.Contains(log, `level=ERROR msg="mail not sent" dispute=dp_1497123612345438208 reasons=[review]`) {
		t.Errorf("the log says %s", log)
	}
	c, err := w.ledger.Ledger.Load(t.Context(), theID)
	if err != nil || !slices.Contains(c.Told, closing.ReasonReview) {
		t.Errorf("told %v, %v", c.Told, err)
	}
}

// Between a claim and its POST, there is no time for a mail.
func TestAMailComesAfterThePOST(t *testing.T) {
	w, box := newWorld(t), &mailbox{}
	w.Mail = box
	box.before = func() {
		if w.provider.posts != 1 {
			t.Errorf("mailed after %d POSTs", w.provider.posts)
		}
	}
	w.provider.dueBy = noon.Add(-time.Hour)
	w.learn(t, theID)
	w.wantFailures(t.Context(), t, fromFile(t))
	if len(box.sent) != 1 || !strings.Contains(box.sent[0].text, "It is to be closed only after its deadline.") ||
		!strings.Contains(box.sent[0].text, "The case is closed;") || !strings.Contains(box.sent[0].text, "  disputectl show dp_1497123612345438208 ") {
		t.Errorf("sent %v", box.sent)
	}
}

func TestACloseThatNeedsNobodyIsNotMailed(t *testing.T) {
	w, box := newWorld(t), &mailbox{}
	w.Mail = box
	w.learn(t, theID)
	w.wantFailures(t.Context(), t, fromFile(t))
	if len(box.sent) != 0 {
		t.Errorf("sent %v", box.sent)
	}
}

// budgets counts for every day the same, or fails.
type budgets struct {
	closing.Tally
	err error
}

func (b budgets) Spent(_ context.Context, day closing.Day, currency string) (closing.Tally, error) {
	if day != "2026-03-02" || currency != "usd" {
		return closing.Tally{}, fmt.Errorf("nobody spends on %s in %s", day, currency)
	}
	return b.Tally, b.err
}

// The budget is 1000 closes and 50,000.00 USD a day.
func TestAfterACloseTheGaugeShowsWhatIsSpent(t *testing.T) {
	for name, c := range map[string]struct {
		budgets budgets
		want    string
	}{
		"by amount":           {budgets{Tally: closing.Tally{Closes: 2, Amount: 4_000_000}}, "80"},
		"by number":           {budgets{Tally: closing.Tally{Closes: 995, Amount: 4_000_000}}, "99"},
		"rounded down":        {budgets{Tally: closing.Tally{Closes: 1, Amount: 49_999}}, "0"},
		"more than there was": {budgets{Tally: closing.Tally{Closes: 2000}}, "200"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.Budgets = c.budgets
			w.learn(t, theID)
			w.wantFailures(t.Context(), t, fromFile(t))
			if want := []string{"BudgetUsed{}=" + c.want, "BudgetUsed{usd}=" + c.want}; !slices.Equal(w.meter.gauges, want) {
				t.Errorf("gauges %v, want %v; log %s", w.meter.gauges, want, w.log.String())
			}
		})
	}
}

func TestABudgetThatCannotBeReadIsOnlyLogged(t *testing.T) {
	w := newWorld(t)
	w.Budgets = budgets{err: errDown}
	w.learn(t, theID)
	w.wantFailures(t.Context(), t, fromFile(t))
	if len(w.meter.gauges) != 0 || !strings.Contains(w.log.String(), `level=WARN msg="budget not read" day=2026-03-02 currency=usd`) {
		t.Errorf("gauges %v; log %s", w.meter.gauges, w.log.String())
	}
}
