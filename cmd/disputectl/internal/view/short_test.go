package view_test

import (
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// bounds are a rule's, as a decision's trace has them.
const bounds = "{eur: {at_least: 100, at_most: 1400}, jpy: {at_least: 500}, kwd: {at_most: 5206}, usd: {at_most: 1500}}"

// misses are rules that did not match, and what is said of the nearest one.
func TestShortSaysWhatMissed(t *testing.T) {
	no := func(name, want, seen string) policy.Check {
		return policy.Check{Name: name, Want: want, Seen: seen, Outcome: policy.No}
	}
	amount := func(seen string) policy.Check { return no("amount", bounds, seen) }
	fits := policy.Check{Name: "status", Outcome: policy.Yes}
	for _, c := range []struct {
		conditions []policy.Check
		want       string
	}{
		{[]policy.Check{fits, amount("1819 usd")}, "18.19 USD is above small's 15.00 USD"},
		{[]policy.Check{fits, amount("5207 kwd")}, "5.207 KWD is above small's 5.206 KWD"},
		{[]policy.Check{fits, amount("99 eur")}, "0.99 EUR is below small's 1.00 EUR"},
		{[]policy.Check{fits, amount("1401 eur")}, "14.01 EUR is above small's 14.00 EUR"},
		{[]policy.Check{fits, amount("499 jpy")}, "499 JPY is below small's 500 JPY"},
		{[]policy.Check{fits, amount("700 gbp")}, "small has no amount of GBP, it is 7.00 GBP"},
		{[]policy.Check{fits, amount("700 zzz")}, "small has no amount of ZZZ, it is 700 minor units of ZZZ"},
		{[]policy.Check{{Name: "amount", Want: bounds, Seen: "", Outcome: policy.Unknown}}, "small wants another amount than unknown"},
		{[]policy.Check{{Name: "amount", Want: bounds, Seen: "usd", Outcome: policy.Unknown}}, "small wants another amount than usd"},
		{[]policy.Check{{Name: "amount", Want: bounds, Seen: "1500", Outcome: policy.Unknown}}, "small wants another amount than 1500 of an unknown currency"},
		{[]policy.Check{no("reason_code", `["13.1", "10.4"]`, "4853")}, "small wants reason code 13.1 or 10.4, it is 4853"},
		{[]policy.Check{no("reason_code", `{not: ["13.1"]}`, "13.1")}, "small wants reason code not 13.1, it is 13.1"},
		{[]policy.Check{no("age", "{at_least: 24h}", "3h")}, "small wants age at least 24h, it is 3h"},
		{[]policy.Check{no("has_evidence", "false", "true")}, "small wants has evidence false, it is true"},
		{[]policy.Check{no("metadata.order", "[b]", "secret")}, "small wants metadata.order b, it is (hidden)"},
	} {
		d := policy.Decision{Action: policy.Keep, Tried: []policy.Tried{
			{Rule: "far away", Then: policy.Close, Conditions: []policy.Check{no("status", "[x]", "y"), no("currency", "[x]", "y")}},
			{Rule: "small", Then: policy.Close, Conditions: c.conditions},
			{Rule: "tried", Then: policy.Close, Shadow: true, Conditions: []policy.Check{no("status", "[x]", "y")}},
			{Rule: "kept", Then: policy.Keep, Conditions: []policy.Check{no("status", "[x]", "y")}},
		}}
		if got := view.Short(closing.Case{State: closing.Open, Decision: &d}, noon); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestShortSaysWhatWaits(t *testing.T) {
	small := &policy.Decision{Action: policy.Close, Rule: "small"}
	arn := "arn:aws:sts::123456789012:assumed-role/operators/ada"
	for want, c := range map[string]closing.Case{
		"not looked at yet":                           {State: closing.Open},
		"WooshPay does not know it":                   {State: closing.Open, UnknownSince: noon, Decision: small},
		"closed by small in 23 h":                     {State: closing.Scheduled, Decision: small, CloseAt: noon.Add(23*time.Hour + 58*time.Minute)},
		"closed by small at the next look":            {State: closing.Scheduled, Decision: small, CloseAt: noon},
		"closed by small in 3 h; last: paused":        {State: closing.Scheduled, Decision: small, CloseAt: noon.Add(3 * time.Hour), LastError: "paused"},
		"closed by small in 3 h, after its deadline":  {State: closing.Scheduled, Decision: small, CloseAt: noon.Add(3 * time.Hour), Dispute: dispute.Dispute{DueBy: noon}},
		"being closed, by ada":                        {State: closing.Closing, Decision: &policy.Decision{Action: policy.Close, Operator: arn}},
		"being closed, by nobody":                     {State: closing.Closing},
		"refused for good: WooshPay answered 422":     {ID: "dp_1", State: closing.Failed, History: []closing.Entry{{What: "refused for good: close dispute dp_1: WooshPay answered 422"}}},
		"kept by ada: a friend":                       {State: closing.Open, Decision: &policy.Decision{Operator: arn}, Override: &closing.Override{Action: policy.Keep, Who: arn, Why: "a friend"}},
		"ada said close":                              {State: closing.Open, Decision: &policy.Decision{Action: policy.Close, Operator: "ada"}},
		"“no evidence” asks for a person":             {State: closing.Open, Decision: &policy.Decision{Action: policy.Review, Rule: "no evidence"}},
		"small keeps it, in doubt: amount unknown":    {State: closing.Open, Decision: &policy.Decision{Action: policy.Keep, Rule: "small", Doubt: []string{"amount"}}},
		"small would close it; shadow mode":           {State: closing.Open, Decision: &policy.Decision{Action: policy.Close, Rule: "small", Shadow: true}},
		"not closed for small: its amount is unknown": {State: closing.Open, Decision: &policy.Decision{Action: policy.Keep, Rule: "small", Guard: policy.GuardAmount}},
		"no rule matches":                             {State: closing.Open, Decision: &policy.Decision{Action: policy.Keep}},
		"WooshPay has not known the dispute since 2026-03-02 12:00 UTC, so the case has ended": {State: closing.Missing, UnknownSince: noon},
	} {
		if got := view.Short(c, noon); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestWhenHasDateZoneAndDistance(t *testing.T) {
	for want, at := range map[string]time.Time{
		"today 12:00 UTC (now)":               noon,
		"today 23:59 UTC (in 11 h)":           noon.Add(11*time.Hour + 59*time.Minute),
		"today 12:00 UTC (in 30 s)":           noon.Add(30 * time.Second),
		"tomorrow 10:27 UTC (in 22 h)":        noon.Add(22*time.Hour + 27*time.Minute),
		"yesterday 11:00 UTC (1 d 1 h ago)":   noon.Add(-25 * time.Hour),
		"2026-03-04 12:00 UTC (in 2 d)":       noon.AddDate(0, 0, 2),
		"2026-02-28 23:59 UTC (1 d 12 h ago)": noon.Add(-36*time.Hour - time.Minute),
		"2026-03-21 12:00 UTC (in 19 d)":      noon.AddDate(0, 0, 19).In(time.FixedZone("east", 9*3600)),
		"":                                    {},
	} {
		if got := view.When(at, noon); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestLength(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 59 * time.Second: "59 s", 90 * time.Second: "1 min 30 s", time.Hour: "1 h", 3*time.Hour + 20*time.Minute: "3 h 20 min",
		9*time.Hour + 59*time.Minute: "9 h 59 min", 23*time.Hour + 59*time.Minute: "23 h", 36 * time.Hour: "1 d 12 h", 24*time.Hour + time.Minute: "1 d",
		10*24*time.Hour + 23*time.Hour: "10 d",
	} {
		if got := view.Length(d); got != want {
			t.Errorf("%v: %s, want %s", d, got, want)
		}
	}
}

func TestNameOfWhoActed(t *testing.T) {
	for who, want := range map[string]string{
		"arn:aws:iam::123456789012:user/ada": "ada", "arn:aws:sts::123456789012:assumed-role/operators/ada": "ada",
		"arn:aws:iam::123456789012:root": "arn:aws:iam::123456789012:root", "ada (not verified)": "ada (not verified)", "a/b": "a/b",
	} {
		if got := view.Name(who); got != want {
			t.Errorf("%s: %s, want %s", who, got, want)
		}
	}
}
