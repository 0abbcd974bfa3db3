package view

import (
	"fmt"
	"strings"
	"time"

	"disputecloser/cmd/disputectl/internal/rules/currency"
	"disputecloser/shared/dispute"
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
func Distance(t, now time.Time) string {
	switch d := t.Sub(now); {
	case d >= time.Second:
		return "in " + Length(d)
	case d <= -time.Second:
		return Length(-d) + " ago"
	default:
		return "now"
	}
}

// units are those of lengths of time, by the letter of flags and the symbol of texts.
var units = []struct {
	letter, symbol string
	length         int64 // seconds
}{{"d", "d", 86400}, {"h", "h", 3600}, {"m", "min", 60}, {"s", "s", 1}}

// fine is how many of a unit make the next smaller one not worth saying.
const fine = 10

// Length is a length of time for a person: in its largest unit, and in the next one below 10 of that, such as "1 d 12 h".
func Length(d time.Duration) string {
	seconds := int64(d / time.Second)
	for i, unit := range units {
		if seconds < unit.length {
			continue
		}
		n, rest := seconds/unit.length, seconds%unit.length
		text := fmt.Sprintf("%d %s", n, unit.symbol)
		if n < fine && i+1 < len(units) && rest/units[i+1].length > 0 {
			text += fmt.Sprintf(" %d %s", rest/units[i+1].length, units[i+1].symbol)
		}
		return text
	}
	return "0 s"
}

// Span is a length of time as flags take it, in its two largest units, such as 1d12h.
func Span(d time.Duration) string {
	seconds := int64(d / time.Second)
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
