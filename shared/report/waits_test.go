package report_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"disputecloser/internal/reporttest"
	"disputecloser/shared/report"
)

func TestWhatWaitsIsCounted(t *testing.T) {
	n := func(cases int64) report.Count { return report.Count{Cases: cases, Amount: 100 * cases} }
	w := reporttest.Sum(nil, reporttest.OneOfEach()...).Waits
	want := []report.WaitRow{{Key: report.Key{Name: "usd", Currency: "usd"}, Waiting: report.Waiting{
		Unfinished: report.Count{Cases: 10, Amount: 900}, Planned: n(1), Closing: n(2), InDoubt: n(2), Failed: n(1), Person: report.Count{Cases: 2, Amount: 100},
	}}}
	if diff := cmp.Diff(want, w.Currencies); diff != "" {
		t.Error(diff)
	}
	var rules, reasons []report.Key
	for _, row := range w.Rules {
		rules = append(rules, row.Key)
	}
	for _, row := range w.Reasons {
		reasons = append(reasons, row.Key)
	}
	if diff := cmp.Diff([]report.Key{
		{By: report.ByNoRule, Currency: "usd"}, {By: report.ByNobody, Currency: "usd"}, {By: report.ByOperator, Currency: "usd"},
		{Name: "look", By: report.ByRule, Currency: "usd"}, {Name: "small", By: report.ByRule, Currency: "usd"},
	}, rules); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]report.Key{{Currency: "usd"}, {Name: "10.4", Currency: "usd"}}, reasons); diff != "" {
		t.Error(diff)
	}
}

// TestWhatWaitsIsListed without what is only kept, whose deadline is far or answered.
func TestWhatWaitsIsListed(t *testing.T) {
	type line struct {
		ID      string
		By      report.By
		CloseAt time.Time
		InDoubt bool
		Reason  string
	}
	var got []line
	for _, c := range reporttest.Sum(nil, reporttest.OneOfEach()...).Waits.Cases {
		got = append(got, line{string(c.Case.ID), c.By, c.Case.CloseAt, c.InDoubt, c.Case.Dispute.ReasonCode})
	}
	want := []line{
		{"dp_failed", report.ByOperator, time.Time{}, false, ""}, {"dp_review", report.ByRule, time.Time{}, false, ""},
		{"dp_ambiguous", report.ByNobody, time.Time{}, true, ""}, {"dp_closing", report.ByNobody, time.Time{}, false, ""},
		{"dp_planned", report.ByRule, reporttest.Noon.Add(2 * time.Hour), false, "10.4"},
		{"dp_doubt", report.ByNobody, time.Time{}, true, ""}, {"dp_urgent", report.ByNobody, time.Time{}, false, ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
