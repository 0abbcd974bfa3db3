package overview_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/overview"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func page(t *testing.T, o *overview.Overview) string {
	t.Helper()
	var b strings.Builder
	if err := o.Write(&b, 0, view.Paints{Alarm: func(text string) string { return "!" + text }}); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func decided(at time.Time, hash, operator string, shadow bool) closing.Case {
	return closing.Case{
		State: closing.Open, DueAt: noon.Add(time.Hour),
		Decision: &policy.Decision{Action: policy.Keep, Policy: hash, At: at, Operator: operator, Shadow: shadow},
	}
}

// TestTheNewestDecisionTellsThePolicy also where an operator's word, which has no mode, came after it.
func TestTheNewestDecisionTellsThePolicy(t *testing.T) {
	o := overview.New(noon, 0)
	o.Add(decided(noon.Add(-3*time.Hour), "old", "", false))
	o.Add(decided(noon.Add(-1*time.Hour), "new", "", true))
	o.Add(decided(noon.Add(-2*time.Hour), "old", "", false))
	o.Add(decided(noon, "new", "ada", false))
	o.Finish()
	if p := o.Policy; p.Hash != "new" || p.Mode != policy.Shadow || p.Others != 2 || !p.SeenAt.Equal(noon.Add(-time.Hour)) {
		t.Errorf("%+v", *p)
	}
	if text := page(t, o); !strings.Contains(text, "Policy    new, shadow, by the newest decision, today 11:00 UTC (1 h ago); 2 cases decided by another one\n") {
		t.Error(text)
	}
}

func TestWhatIsDueAndWhatCannotBeAsked(t *testing.T) {
	o := overview.New(noon, 0)
	o.Add(closing.Case{State: closing.Open, DueAt: noon.Add(-time.Hour), FailedLooks: 2})
	o.Add(closing.Case{State: closing.Failed, DueAt: noon})
	o.Add(closing.Case{State: closing.Open, DueAt: noon.Add(time.Second)})
	o.Cut = true
	o.Finish()
	text := page(t, o)
	for _, want := range []string{
		"Cases     more than 3 unfinished, of which these were read: 2 open, 1 failed\n",
		"Due       2 now, the oldest since today 11:00 UTC (1 h ago)\n",
		"Person    1 failed; ",
		"Looks     !WooshPay could not be asked about 1 case\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestWhatCannotBeReadIsNamed(t *testing.T) {
	for n, want := range map[int]string{
		0: "",
		1: "Unread    !dp_0 cannot be read, and nobody works it\n",
		5: "Unread    !5 cases cannot be read, and nobody works them: dp_0, dp_1, dp_2, dp_3, dp_4\n",
		7: "Unread    !7 cases cannot be read, and nobody works them: dp_0, dp_1, dp_2, dp_3, dp_4 and 2 more\n",
	} {
		o := overview.New(noon, 0)
		for i := range n {
			o.AddUnread(&closing.UnreadableError{ID: dispute.ID(fmt.Sprint("dp_", i)), Err: closing.ErrConflict})
		}
		text := page(t, o)
		if !strings.Contains(text, want) || strings.Contains(text, "Unread") != (n > 0) || strings.Contains(text, "Due       nothing\n") != (n == 0) {
			t.Errorf("%d cases: no %q in\n%s", n, want, text)
		}
		o.Add(closing.Case{State: closing.Open, DueAt: noon})
		if text := page(t, o); !strings.Contains(text, "Due       1 now") {
			t.Errorf("a case is due, and it says\n%s", text)
		}
	}
}

// TestLooksThatFail are told apart from disputes that WooshPay does not know, which are no outage.
func TestLooksThatFail(t *testing.T) {
	o := overview.New(noon, 0)
	o.Add(closing.Case{State: closing.Open, DueAt: noon, FailedLooks: 2, FailedSince: noon.Add(-time.Hour)})
	o.Add(closing.Case{State: closing.Open, DueAt: noon, FailedLooks: 1, FailedSince: noon.Add(-2 * time.Hour)})
	o.Add(closing.Case{State: closing.Open, DueAt: noon, FailedLooks: 9, FailedSince: noon.Add(-9 * time.Hour), UnknownSince: noon.Add(-9 * time.Hour)})
	o.Finish()
	text := page(t, o)
	for _, want := range []string{
		"Looks     !WooshPay could not be asked about 2 cases, the first since today 10:00 UTC (2 h ago)\n",
		"Unknown   WooshPay does not know the disputes of 1 case\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestClosesAfterTheDeadline(t *testing.T) {
	o := overview.New(noon, 0)
	for _, at := range []time.Duration{0, time.Second} {
		o.Add(closing.Case{State: closing.Scheduled, DueAt: noon, CloseAt: noon.Add(at), Dispute: dispute.Dispute{DueBy: noon}})
	}
	o.Add(closing.Case{State: closing.Failed, DueAt: noon, CloseAt: noon.Add(time.Second), Dispute: dispute.Dispute{DueBy: noon}})
	o.Finish()
	if text := page(t, o); !strings.Contains(text, "Late      !1 case planned to be closed after the deadline; a late close still concedes\n") {
		t.Error(text)
	}
}

// TestRefundsUnavailableIsSaid by the named policy, or else by the newest decision.
func TestRefundsUnavailableIsSaid(t *testing.T) {
	compiled := func(r policy.Refunds) *policy.Policy {
		p, err := policy.Compile(policy.Document{Mode: policy.Shadow, Refunds: r, Budget: policy.Budgets{Failures: 1},
			Rules: []policy.Rule{{Name: "late", Then: policy.Keep, If: policy.Conditions{Status: &policy.Words{In: []string{"lost"}}}}}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	decision := func(unavailable bool) closing.Case {
		c := decided(noon, "new", "", false)
		c.Decision.RefundsUnavailable = unavailable
		return c
	}
	for _, c := range []struct {
		named    *policy.Policy
		decision bool
		want     bool
	}{
		{nil, true, true}, {nil, false, false},
		{compiled(policy.RefundsUnavailable), false, true}, {compiled(policy.RefundsRequired), true, false},
	} {
		o := overview.New(noon, 0)
		if c.named != nil {
			o.Name("policy.yaml", c.named)
		}
		o.Add(decision(c.decision))
		o.Finish()
		if text := page(t, o); strings.Contains(text, "          !refunds: unavailable: ") != c.want || o.Policy.RefundsUnavailable != c.want {
			t.Errorf("named %v, decision %t:\n%s", c.named, c.decision, text)
		}
	}
}

func TestABudgetIsSpentByEachOfItsLimits(t *testing.T) {
	limit := policy.Budget{Closes: 2, Amount: 100, Failures: 3}
	for spent, want := range map[closing.Tally]bool{
		{Closes: 1, Amount: 99, Failures: 2}: false,
		{Closes: 2}:                          true,
		{Amount: 100}:                        true,
		{Failures: 3}:                        true,
	} {
		spent.Day, spent.Currency = "2026-03-02", "usd"
		o := overview.New(noon, 0)
		o.AddBudget(spent, limit, true)
		o.AddBudget(spent, policy.Budget{}, false)
		text := page(t, o)
		if o.Budgets[0].Spent != want || strings.Contains(text, "!spent until tomorrow 00:00 UTC (in 12 h)") != want || o.Budgets[1].Spent {
			t.Errorf("%+v: %+v\n%s", spent, o.Budgets, text)
		}
	}
}

func TestDeadlinesOfDisputesThatWaitForAnAnswer(t *testing.T) {
	o := overview.New(noon, 24*time.Hour)
	add := func(id string, status dispute.Status, due time.Time) {
		o.Add(closing.Case{ID: dispute.ID(id), State: closing.Open, DueAt: noon, Dispute: dispute.Dispute{Status: status, DueBy: due}})
	}
	for i := range 12 {
		add(fmt.Sprintf("dp_%02d", i), dispute.NeedsResponse, noon.Add(time.Duration(20-i)*time.Hour))
	}
	add("dp_past", dispute.NeedsResponse, noon.Add(-time.Hour))
	add("dp_late", dispute.NeedsResponse, noon.Add(25*time.Hour))
	add("dp_answered", dispute.UnderReview, noon.Add(time.Hour))
	add("dp_unknown", dispute.NeedsResponse, time.Time{})
	o.Finish()
	text := page(t, o)
	if len(o.Deadlines) != 13 || o.Deadlines[0].Dispute != "dp_past" || o.Deadlines[1].Dispute != "dp_11" ||
		!strings.Contains(text, "and 3 more: `disputectl list --deadline 1d`\n") || strings.Contains(text, "dp_late") || strings.Contains(text, "dp_answered") {
		t.Errorf("%d deadlines\n%s", len(o.Deadlines), text)
	}
}

func TestHowClosingStands(t *testing.T) {
	said := closing.Control{Who: "ada", Why: "month end", At: noon.Add(-time.Hour)}
	for position, want := range map[closing.Switch]struct {
		on, paused bool
		line       string
	}{
		closing.On:     {true, false, "Closing   on since today 11:00 UTC (1 h ago), by ada: month end\n"},
		closing.Paused: {false, true, "Closing   !paused since today 11:00 UTC (1 h ago) by ada: month end\n"},
		closing.Off:    {false, false, "Closing   !off: nobody has turned it on for this very table; `disputectl resume` does\n"},
	} {
		o := overview.New(noon, 0)
		said.Switch = position
		o.SetClosing(said)
		if got := (overview.Switch{On: want.on, Paused: want.paused, Who: "ada", Why: "month end", At: said.At}); o.Closing != got {
			t.Errorf("%q: %+v", position, o.Closing)
		}
		if text := page(t, o); !strings.Contains(text, want.line) {
			t.Errorf("%q: no %q in\n%s", position, want.line, text)
		}
	}
}
