package view_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

func TestAnEndSaysHowSureItIs(t *testing.T) {
	at := time.Date(2026, 3, 2, 13, 14, 15, 0, time.FixedZone("east", 3600))
	for want, l := range map[string]closing.Line{
		"2026-03-02 12:14 UTC dp_1 12.00 USD closed by small": {
			Money: dispute.Money{Amount: 1200, Currency: "usd"},
			Ended: &closing.Ended{State: closing.Closed, Status: dispute.Lost, Action: policy.Close, Rule: "small", Proof: closing.Answered, PostedAt: at},
		},
		"2026-03-02 12:14 UTC dp_1 12.00 USD closed WooshPay says otherwise; by ada": {
			Money: dispute.Money{Amount: 1200, Currency: "usd"},
			Ended: &closing.Ended{State: closing.Closed, Status: dispute.Won, Action: policy.Close, Operator: "ada", Proof: closing.Inferred, Contradicted: true},
		},
		"2026-03-02 12:14 UTC dp_1 unknown lost perhaps by our close; close, by small, in shadow": {
			Ended: &closing.Ended{State: closing.Resolved, Status: dispute.Lost, Action: policy.Close, Rule: "small", Shadow: true, PostedAt: at},
		},
		"2026-03-02 12:14 UTC dp_1 unknown warning_closed perhaps by our close; close, by small": {
			Ended: &closing.Ended{State: closing.Resolved, Status: dispute.WarningClosed, Action: policy.Close, Rule: "small", PostedAt: at},
		},
		"2026-03-02 12:14 UTC dp_1 unknown won close, by small": {
			Ended: &closing.Ended{State: closing.Resolved, Status: dispute.Won, Action: policy.Close, Rule: "small", PostedAt: at},
		},
		"2026-03-02 12:14 UTC dp_1 0.00 USD won keep, by small; its amount is above the ceiling, or its currency has none": {
			Money: dispute.Money{Currency: "usd"},
			Ended: &closing.Ended{State: closing.Resolved, Status: dispute.Won, Action: policy.Keep, Rule: "small", Guard: policy.GuardCeiling},
		},
		"2026-03-02 12:14 UTC dp_1 unknown unknown never decided":                       {Ended: &closing.Ended{State: closing.Resolved}},
		"2026-03-02 12:14 UTC dp_1 unknown missing perhaps by our close; never decided": {Ended: &closing.Ended{State: closing.Missing, Status: dispute.NeedsResponse, PostedAt: at}},
		"2026-03-02 12:14 UTC dp_1 unknown closed by “no evidence”, seen by a later look": {
			Ended: &closing.Ended{State: closing.Closed, Status: dispute.Lost, Action: policy.Close, Rule: "no evidence", Proof: closing.Inferred},
		},
	} {
		l.At, l.Dispute = at, "dp_1"
		var b strings.Builder
		if err := view.Ends([]view.End{view.EndOf(l)}, at.AddDate(0, 0, 9), view.Paints{}).Write(&b, 0); err != nil {
			t.Fatal(err)
		}
		_, row, _ := strings.Cut(b.String(), "\n")
		if got := strings.Join(strings.Fields(row), " "); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestTheNewestEndIsFirst(t *testing.T) {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	ends := []view.End{{Dispute: "dp_3", EndedAt: at}, {Dispute: "dp_1", EndedAt: at.Add(time.Second)}, {Dispute: "dp_2", EndedAt: at}}
	view.SortEnds(ends)
	if ends[0].Dispute != "dp_1" || ends[1].Dispute != "dp_2" || ends[2].Dispute != "dp_3" {
		t.Errorf("%+v", ends)
	}
}

// TestALogFitsAScreen and a long reason is wrapped behind an indent that no line of ours has.
func TestALogFitsAScreen(t *testing.T) {
	at := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	acts := []view.Act{
		view.ActOf(closing.Line{At: at, What: "close", Dispute: "dp_1", Who: "ada", Why: strings.Repeat("because ", 40), Money: dispute.Money{Amount: 1819, Currency: "usd"}}),
		view.ActOf(closing.Line{At: at.Add(time.Hour), What: "pause", Who: "bob", Why: "look"}),
	}
	var b strings.Builder
	if err := view.Log(&b, acts, at.Add(2*time.Hour), 80); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		if utf8.RuneCountInString(line) > 81 {
			t.Errorf("too long: %s", line)
		}
	}
	if !strings.HasPrefix(b.String(), "today 12:00 UTC (2 h ago)  close dp_1, 18.19 USD\n    by ada: because because ") ||
		!strings.HasSuffix(b.String(), "\ntoday 13:00 UTC (1 h ago)  pause\n    by bob: look\n") {
		t.Error(b.String())
	}
	if acts[1].Amount != nil || *acts[0].Amount != 1819 {
		t.Errorf("%+v", acts)
	}
}
