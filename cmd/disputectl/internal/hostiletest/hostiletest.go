// Package hostiletest holds disputes and cases that attack the terminal on which they are shown.
package hostiletest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// Evil is what a signed event, an answer of WooshPay or an item of the table may hold in any text: it clears the screen,
// sets the title, colours, rings, goes back to the line's beginning, turns the direction of writing, hides, and forges a
// line of ours.
const Evil = "dp\x1b[2J\x1b]0;owned\a\x1b[32m\u009b2J\b\x7f\u202e\u2066\u200b\ufeff\u2028FORGED\u0085FORGED\rFORGED\nFORGED: nothing is wrong"

// Harmless reports whether a text only holds what a terminal shows, and no line that is forged.
func Harmless(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("it is not UTF-8")
	}
	if i := strings.IndexFunc(text, screen.Harmful); i >= 0 {
		return fmt.Errorf("it holds %+.20q", text[i:])
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "FORGED") {
			return fmt.Errorf("a line is forged: %q", line)
		}
	}
	return nil
}

// hostileDispute is a dispute whose every text is evil.
func hostileDispute(t *testing.T, id string) dispute.Dispute {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"id": id, "object": "dispute", "amount": 1000, "currency": Evil, "status": Evil, "reason_type": Evil, "reason_code": Evil,
		"reason_description": Evil, "charge": Evil, "payment_intent": Evil, "livemode": false,
		"metadata": map[string]any{Evil: Evil, "order": Evil}, "unknown" + Evil: Evil,
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := dispute.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Cases are one case of each state, in which whatever is a text is evil. The first is dp_1.
func Cases(t *testing.T) []closing.Case {
	t.Helper()
	at := time.Now().Add(-time.Hour)
	var cases []closing.Case
	for i, state := range []closing.State{closing.Open, closing.Scheduled, closing.Closing, closing.Failed, closing.Closed, closing.Resolved} {
		id := Evil + string(state)
		if i == 0 {
			id = "dp_1"
		}
		c := closing.Case{
			ID: dispute.ID(id), State: state, Dispute: hostileDispute(t, id), ObservedAt: at, DueAt: at, CloseAt: at, PlannedAt: at,
			ClaimID: Evil, ClaimUntil: at, Attempts: 2, Proof: closing.Proof(Evil), LastError: Evil[:30], Told: []string{Evil, closing.ReasonDeadline},
			Seen: []string{Evil}, History: []closing.Entry{{At: at, Who: Evil, What: Evil}},
			Decision: &policy.Decision{
				Action: policy.Close, Rule: Evil, Guard: Evil, Policy: Evil, At: at, Doubt: []string{Evil},
				Tried: []policy.Tried{{Rule: Evil, Then: policy.Action(Evil), Conditions: []policy.Check{{Name: Evil, Want: Evil, Seen: Evil}}}},
			},
			Override: &closing.Override{Action: policy.Close, Who: Evil, Why: Evil, At: at},
		}
		if state.Finished() {
			c.DueAt = time.Time{}
		}
		cases = append(cases, c)
	}
	return cases
}
