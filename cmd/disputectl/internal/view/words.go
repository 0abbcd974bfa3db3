package view

import (
	"fmt"
	"strconv"
	"time"

	"disputecloser/shared/dispute"
	"disputecloser/shared/moment"
)

// unknown stands for a fact that WooshPay did not tell.
const unknown = "unknown"

// Amount is an amount in the integer that WooshPay sends, such as "1500 usd": the currency's minor unit.
func Amount(d dispute.Dispute) string {
	if money, known := d.Money(); known {
		return money.String()
	}
	amount, known := d.Amount.Get()
	if !known {
		return unknown
	}
	return strconv.FormatInt(amount, 10)
}

// Instant is an instant in UTC, to the second; empty for none.
func Instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

// When is an instant with its distance from now, such as "2026-03-02 12:00:00Z (in 3h20m)".
func When(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Instant(t) + " (" + Distance(t, now) + ")"
}

// Distance is how far an instant is from now, such as "in 3h20m" or "2d4h ago".
func Distance(t, now time.Time) string { return moment.Distance(t, now) }

// Span is a length of time in its two largest units: days, hours, minutes, seconds.
func Span(d time.Duration) string { return moment.Span(d) }

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
