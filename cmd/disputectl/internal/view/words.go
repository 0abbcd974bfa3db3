package view

import (
	"fmt"
	"strings"
	"time"

	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
	"disputecloser/shared/moment"
)

// unknown stands for a fact that WooshPay did not tell.
const unknown = "unknown"

// Amount is what a dispute is about, as people write money, such as "18.19 USD".
func Amount(d dispute.Dispute) string {
	amount, known := d.Amount.Get()
	if !known {
		return unknown
	}
	return currency.Text(amount, d.Currency)
}

// Money is an amount with its currency as people write it.
func Money(m dispute.Money) string { return currency.Text(m.Amount, m.Currency) }

// Instant is an instant in UTC, to the second, such as "2026-03-02 12:00:00 UTC"; empty for none.
func Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

// When is an instant with its distance from now, such as "tomorrow 10:27 UTC (in 23 h)"; empty for none.
func When(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return MomentFrom(t, now)
}

// Distance is how far an instant is from now, such as "in 3 h 20 min" or "12 d ago".
func Distance(t, now time.Time) string { return moment.Distance(t, now) }

// Length is a length of time for a person: in its largest unit, and in the next one below 10 of that, such as "1 d 12 h".
func Length(d time.Duration) string { return moment.Length(d) }

// Span is a length of time as flags take it, in its two largest units, such as 1d12h.
func Span(d time.Duration) string { return moment.Span(d) }

// Name is the short name of who acted: the last part of an ARN, and any other name as it is.
func Name(who string) string {
	if strings.HasPrefix(who, "arn:") {
		return who[strings.LastIndexByte(who, '/')+1:]
	}
	return who
}

func maybe[T any](m dispute.Maybe[T]) string {
	if v, known := m.Get(); known {
		return fmt.Sprint(v)
	}
	return unknown
}

func orUnknown(text string) string {
	if text == "" {
		return unknown
	}
	return text
}
