package view

import (
	"fmt"
	"strconv"
	"time"

	"disputecloser/shared/dispute"
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
func Distance(t, now time.Time) string {
	switch d := t.Sub(now); {
	case d >= time.Second:
		return "in " + Span(d)
	case d <= -time.Second:
		return Span(-d) + " ago"
	default:
		return "now"
	}
}

// Span is a length of time in its two largest units: days, hours, minutes, seconds.
func Span(d time.Duration) string {
	seconds := int64(d / time.Second)
	units := []struct {
		letter string
		length int64
	}{{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}}
	for i, unit := range units {
		if seconds < unit.length {
			continue
		}
		text := fmt.Sprintf("%d%s", seconds/unit.length, unit.letter)
		if rest := seconds % unit.length; i+1 < len(units) && rest/units[i+1].length > 0 {
			text += fmt.Sprintf("%d%s", rest/units[i+1].length, units[i+1].letter)
		}
		return text
	}
	return "0s"
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
