package backtest_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/backtest/replay"
	"disputecloser/shared/policy"
)

// Random disputes and policies, small enough that budgets, clocks and deadlines meet often.

func p[T any](v T) *T { return &v }

func span(hours int) *policy.Duration { return p(policy.Duration(time.Duration(hours) * time.Hour)) }

func oneOf[T any](rng *rand.Rand, all ...T) T { return all[rng.IntN(len(all))] }

// from is shortly before a month, a year and a leap day's month begin.
func from(rng *rand.Rand) time.Time {
	return oneOf(rng,
		time.Date(2024, 2, 27, 0, 0, 0, 0, time.UTC), time.Date(2025, 12, 30, 0, 0, 0, 0, time.UTC),
		time.Date(2026, 3, 30, 0, 0, 0, 0, time.UTC))
}

func randomDispute(rng *rand.Rand, start time.Time, i int) string {
	var fields, details []string
	add := func(to *[]string, oneIn int, format string, args ...any) {
		if rng.IntN(oneIn) > 0 {
			*to = append(*to, fmt.Sprintf(format, args...))
		}
	}
	created := start.Add(time.Duration(rng.IntN(4*24)) * time.Hour)
	if rng.IntN(2) == 0 {
		created = created.Add(time.Duration(rng.IntN(3_600_000)) * time.Millisecond)
	}
	due := created.Add(time.Duration(rng.IntN(9*24)-24) * time.Hour)
	add(&fields, 30, `"created":%d`, created.UnixMilli())
	add(&fields, 20, `"amount":%d`, rng.IntN(40)-1)
	add(&fields, 20, `"currency":"%s"`, oneOf(rng, "usd", "usd", "USD", "eur", "jpy"))
	add(&fields, 20, `"status":"%s"`, oneOf(rng, "lost", "lost", "won", "won", "needs_response", "under_review", "charge_refunded", "warning_closed",
		"warning_needs_response", "early_dispute_warning", "early_dispute_resolved", "new_word"))
	add(&fields, 10, `"livemode":%t`, rng.IntN(8) > 0)
	add(&fields, 15, `"charge":%s`, oneOf(rng, `"ch_1"`, `"ch_1"`, `"ch_1"`, `"ch_1"`, `7`, `""`, `null`, `{}`, `{"id":"ch_1"}`, `{"refunded":true}`,
		`{"id":"ch_1","refunded":false}`, `{"id":"ch_1","refunded":true}`, `{"id":"ch_1","refunded":false,"amount_refunded":1}`))
	add(&fields, 8, `"reason_code":"%s"`, oneOf(rng, "10.4", "104", "13.1", "C-08", "-"))
	add(&fields, 8, `"reason_type":"%s"`, oneOf(rng, "fraud", "Fraud", "other"))
	add(&fields, 6, `"metadata":{%s}`, oneOf(rng, ``, `"tier":"gold"`, `"tier":null`, `"tier":"silver","order":5`, `"order":null`))
	add(&details, 8, `"due_by":%d`, due.UnixMilli())
	add(&details, 8, `"has_evidence":%t`, rng.IntN(2) == 0)
	add(&details, 8, `"past_due":%t`, rng.IntN(2) == 0)
	add(&details, 8, `"submission_count":%d`, rng.IntN(3))
	add(&fields, 20, `"evidence_details":{%s}`, strings.Join(details, ","))
	text := fmt.Sprintf(`{"id":"dp_%03d",%s}`, i, strings.Join(append(fields, `"object":"dispute"`), ","))
	if rng.IntN(6) == 0 {
		text = fmt.Sprintf(`{"id":"dp_%03d","state":"%s","dispute":%s}`, i, oneOf(rng, "open", "closed", "resolved"), text)
	}
	return text
}

// randomCharge is what is assumed of the charges: mostly what lets disputes be closed.
func randomCharge(rng *rand.Rand) replay.Charge {
	return oneOf(rng, "", replay.NotRefunded, replay.NotRefunded, replay.RefundUnknown, replay.RefundUnknown, replay.Refunded)
}

func randomPolicy(rng *rand.Rand) policy.Document {
	d := policy.Document{
		Mode:    oneOf(rng, policy.Live, policy.Shadow),
		Refunds: oneOf(rng, "", policy.RefundsRequired, policy.RefundsUnavailable),
		Ceiling: map[string]int64{"usd": 10 + rng.Int64N(30), "eur": 35, "jpy": 20},
		Budget: policy.Budgets{Failures: 1, Spend: map[string]policy.Spend{
			"usd": {Closes: 1 + rng.Int64N(3), Amount: 20 + rng.Int64N(40)}, "eur": {Closes: rng.Int64N(3), Amount: 40},
		}},
	}
	for i := range 1 + rng.IntN(5) {
		r := policy.Rule{Name: fmt.Sprint("rule ", i), If: randomConditions(rng), Then: oneOf(rng, policy.Close, policy.Close, policy.Close, policy.Keep, policy.Review), Shadow: rng.IntN(10) == 0}
		if r.Then == policy.Close {
			if rng.IntN(2) == 0 {
				r.After = span(oneOf(rng, 0, 1, 24, 30, 72))
			} else {
				r.BeforeDue = span(oneOf(rng, 0, 1, 24, 36, 96))
			}
		}
		d.Rules = append(d.Rules, r)
	}
	return d
}

func randomConditions(rng *rand.Rand) policy.Conditions {
	var c policy.Conditions
	some := func(oneIn int) bool { return rng.IntN(oneIn) == 0 }
	words := func(all ...string) *policy.Words {
		if list := []string{oneOf(rng, all...)}; some(2) {
			return &policy.Words{In: list}
		}
		return &policy.Words{Not: []string{oneOf(rng, all...)}}
	}
	times := func() *policy.Span {
		low, high := rng.IntN(5*24)-12, rng.IntN(7*24)
		return oneOf(rng, &policy.Span{AtLeast: span(low)}, &policy.Span{AtMost: span(high)}, &policy.Span{AtLeast: span(low), AtMost: span(low + high)})
	}
	if c.Status = (&policy.Words{In: []string{"needs_response"}}); some(3) {
		c.Status = words("needs_response", "warning_needs_response", "early_dispute_warning")
	}
	if some(3) {
		c.Amount = map[string]policy.Bounds{"usd": {AtMost: p(rng.Int64N(35) + 1)}, "eur": {AtLeast: p(int64(3))}}
	}
	if some(4) {
		c.Age = times()
	}
	if some(4) {
		c.TimeLeft = times()
	}
	if some(8) {
		c.HasEvidence = p(some(3))
	}
	if some(8) {
		c.PastDue = p(some(3))
	}
	if some(10) {
		c.SubmissionCount = &policy.Bounds{AtMost: p(rng.Int64N(2))}
	}
	if some(15) {
		c.Refunded = p(some(2))
	}
	if some(8) {
		c.ReasonCode = words("10.4", "13.1")
	}
	if some(8) {
		c.Metadata = map[string]policy.Words{oneOf(rng, "tier", "order"): *words("gold", "5")}
	}
	if some(8) {
		c.Currency = words("usd", "eur")
	}
	return c
}

func randomHistory(rng *rand.Rand) []string {
	start, texts := from(rng), make([]string, 1+rng.IntN(40))
	for i := range texts {
		texts[i] = randomDispute(rng, start, i)
	}
	return texts
}
