package closer

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// Each reason for which package closing calls a person has its sentence.
func TestEveryReasonHasASentence(t *testing.T) {
	var reasons [][]string
	for _, file := range []string{"../../shared/closing/schedule.go", "../../shared/closing/person.go"} {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		reasons = append(reasons, regexp.MustCompile(`(?m)^\tReason\w+ += "([^"]+)"`).FindAllStringSubmatch(string(source), -1)...)
	}
	if len(reasons) != len(calls) {
		t.Errorf("%d reasons, and %d sentences", len(reasons), len(calls))
	}
	for _, reason := range reasons {
		if calls[reason[1]] == "" {
			t.Errorf("%s has no sentence", reason[1])
		}
	}
}

// A refund is a reason to defend, and no rule asked for it.
func TestAReviewSaysWhatTheCaseKnows(t *testing.T) {
	refunded := closing.Case{ID: "dp_1", State: closing.Open, Decision: &policy.Decision{Action: policy.Review, Guard: policy.GuardRefunded}}
	stopped := closing.Case{ID: "dp_1", State: closing.Open, Decision: &policy.Decision{Action: policy.Review, Guard: policy.GuardCeiling, Operator: "ada"}}
	asked := closing.Case{ID: "dp_1", State: closing.Open, Decision: &policy.Decision{Action: policy.Review, Rule: "all"}}
	for want, c := range map[string]closing.Case{"such a dispute can be won": refunded, "A guard stopped the close": stopped, "Your rules ask": asked} {
		if got := letter(c, []string{closing.ReasonReview}, "s", noon); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

func TestLetters(t *testing.T) {
	parsed := func(body string) dispute.Dispute {
		d, err := dispute.Parse([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	yen := parsed(`{"id":"dp_1","amount":1510,"currency":"jpy","status":"needs_response"}`)
	private := parsed(`{"id":"dp_1","evidence":{"customer_name":"PRIVATE"},"metadata":{"card":"PRIVATE"},"reason_description":"PRIVATE"}`)
	due := func(after time.Duration) dispute.Dispute { return dispute.Dispute{DueBy: noon.Add(after)} }
	for name, c := range map[string]struct {
		c    closing.Case
		want []string
		not  []string
	}{
		"yen":               {closing.Case{ID: "dp_1", State: closing.Failed, Dispute: yen}, []string{"dp_1 about 1,510 JPY needs", "WooshPay refused the close", "keep dp_1 ", "close dp_1 "}, []string{"show"}},
		"unknown amount":    {closing.Case{ID: "dp_1", State: closing.Open}, []string{"Dispute dp_1, of an unknown amount, needs a person."}, nil},
		"finished":          {closing.Case{ID: "dp_1", State: closing.Missing}, []string{"disputectl show dp_1 --stack s\n"}, []string{"keep", "concede"}},
		"soon":              {closing.Case{ID: "dp_1", Dispute: due(23*time.Hour + time.Minute)}, []string{"Its deadline is 2026-03-03 11:01 UTC (in 23 h)."}, nil},
		"later":             {closing.Case{ID: "dp_1", Dispute: due(75 * time.Hour)}, []string{"Its deadline is 2026-03-05 15:00 UTC (in 3 d 3 h)."}, nil},
		"over":              {closing.Case{ID: "dp_1", Dispute: due(-time.Hour)}, []string{"Its deadline was 2026-03-02 11:00 UTC (1 h ago)."}, nil},
		"nothing private":   {closing.Case{ID: "dp_1", Dispute: private, LastError: "PRIVATE"}, nil, []string{"PRIVATE"}},
		"an id of no shell": {closing.Case{ID: "dp_1\n$(rm -r /) \x1b[2J"}, []string{"Dispute dp_1???rm?-r??????2J, of"}, []string{"\x1b", "dp_1\n", "$"}},
		"a long id":         {closing.Case{ID: dispute.ID(strings.Repeat("d", 255))}, []string{strings.Repeat("d", 80) + ", of"}, []string{strings.Repeat("d", 81)}},
	} {
		got := letter(c.c, []string{closing.ReasonFailed}, "s", noon)
		for _, want := range c.want {
			if !strings.Contains(got, want) {
				t.Errorf("%s: no %q in\n%s", name, want, got)
			}
		}
		for _, not := range c.not {
			if strings.Contains(got, not) {
				t.Errorf("%s: %q in\n%s", name, not, got)
			}
		}
	}
}
