package source

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"disputecloser/cmd/disputectl/internal/rules/analysis"
	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
)

var (
	plainDigits = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)
	daysOrWeeks = regexp.MustCompile(`^([0-9]{1,4})([dw])$`)
)

// integer reads a whole number of at least the given one.
func (r *reader) integer(n *node, path analysis.Path, what string, least int64) *int64 {
	if n.form == refused {
		r.breaks(path)
		return nil
	}
	if n.form != number {
		r.refuse(path, r.shownAt(n, path), fmt.Sprintf("%s must be a whole number, not %s", what, n.form), numberHint(n))
		return nil
	}
	if !plainDigits.MatchString(n.value) {
		r.refuse(path, n.at, fmt.Sprintf("%s must be plain digits, not %s", what, n.value), digitsHint(n.value))
		return nil
	}
	v, err := strconv.ParseInt(n.value, 10, 64)
	if err != nil {
		r.refuse(path, n.at, fmt.Sprintf("%s is larger than 9223372036854775807", what), "write a smaller one")
		return nil
	}
	if v < least {
		r.refuse(path, n.at, fmt.Sprintf("%s must be %d or more, not %d", what, least, v), "write a larger number")
		return nil
	}
	return &v
}

func numberHint(n *node) string {
	digits := strings.NewReplacer("_", "", ",", "", " ", "", "\t", "", "\u00a0", "", "'", "").Replace(n.value)
	switch {
	case n.form == text && plainDigits.MatchString(n.value):
		return fmt.Sprintf("write %s without quotes", n.value)
	case n.form == text && plainDigits.MatchString(digits):
		return fmt.Sprintf("write %s, digits without grouping or quotes", digits)
	default:
		return "write plain digits, such as 1500"
	}
}

func digitsHint(value string) string {
	whole, _, fraction := strings.Cut(value, ".")
	trimmed := strings.TrimLeft(strings.TrimPrefix(value, "+"), "0")
	switch {
	case fraction && plainDigits.MatchString(whole):
		return "write a whole number; amounts are in minor units, so 15.00 dollars are 1500"
	case strings.HasPrefix(value, "-"):
		return "it must not be negative"
	case plainDigits.MatchString(trimmed):
		return "write " + trimmed
	default:
		return "write it out in digits, such as 1500"
	}
}

// duration reads whole hours, minutes and seconds.
func (r *reader) duration(n *node, path analysis.Path, what string, negative bool) *policy.Duration {
	if n.form == refused {
		r.breaks(path)
		return nil
	}
	if n.form != text {
		hint := "write it with its unit, such as 24h"
		if n.form == number && plainDigits.MatchString(n.value) {
			hint = fmt.Sprintf("give the unit: %sh, %sm or %ss", n.value, n.value, n.value)
		}
		r.refuse(path, r.shownAt(n, path), fmt.Sprintf("%s must be a duration, not %s", what, n.form), hint)
		return nil
	}
	d, err := policy.ParseDuration(n.value)
	if err != nil {
		r.refuse(path, n.at, fmt.Sprintf("%s: %q is not a duration", what, n.value), durationHint(n.value))
		return nil
	}
	if d < 0 && !negative {
		r.refuse(path, n.at, fmt.Sprintf("%s can't be negative", what), "only time_left is negative, past the deadline")
		return nil
	}
	return &d
}

func durationHint(value string) string {
	if m := daysOrWeeks.FindStringSubmatch(value); m != nil {
		count, _ := strconv.Atoi(m[1])
		hours := 24 * count
		if m[2] == "w" {
			hours *= 7
		}
		return fmt.Sprintf("durations are in hours, minutes and seconds: %dh", hours)
	}
	return "write whole hours, minutes and seconds, such as 24h or 1h30m"
}

// flag reads true or false.
func (r *reader) flag(n *node, path analysis.Path, what string) *bool {
	if n.form == boolean && (n.value == "true" || n.value == "false") {
		b := n.value == "true"
		return &b
	}
	if n.form == refused {
		r.breaks(path)
		return nil
	}
	hint := "write true or false"
	switch strings.ToLower(n.value) {
	case "true", "yes", "on":
		hint = "write true, lower case and without quotes"
	case "false", "no", "off":
		hint = "write false, lower case and without quotes"
	}
	r.refuse(path, r.shownAt(n, path), fmt.Sprintf("%s must be true or false", what), hint)
	return nil
}

// word reads text that must be one of a few words.
func (r *reader) word(n *node, path analysis.Path, what string, words []string) string {
	hint := "write " + strings.Join(words, " or ")
	if n.form == refused {
		r.breaks(path)
		return ""
	}
	if n.form != text {
		r.refuse(path, r.shownAt(n, path), fmt.Sprintf("%s must be text, not %s", what, n.form), hint)
		return ""
	}
	if slices.Contains(words, n.value) {
		return n.value
	}
	if near := analysis.Nearest(n.value, words); near != "" {
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	r.refuse(path, n.at, fmt.Sprintf("%s can't be %q", what, n.value), hint)
	return ""
}

// knownCurrency reports a code that ISO 4217 does not list in lower case.
func (r *reader) knownCurrency(code string, at Position, path analysis.Path) bool {
	if _, known := currency.Lookup(code); known {
		return true
	}
	hint := "use a lower-case code of ISO 4217, such as usd"
	near := analysis.Nearest(code, currency.Codes())
	switch {
	case near != "" && near == strings.ToLower(code):
		hint = fmt.Sprintf("did you mean %s? currencies are lower case", near)
	case near != "":
		hint = fmt.Sprintf("did you mean %s?", near)
	}
	r.breaks(path.Parent().Key(near))
	r.refuse(path, at, fmt.Sprintf("%q is not a currency", code), hint)
	return false
}

// normalName is a rule's name as it is kept: trimmed, and composed as Unicode's NFC.
func normalName(name string) string { return norm.NFC.String(strings.TrimSpace(name)) }

// nameKey is the same for names that count as equal.
func nameKey(name string) string { return norm.NFC.String(cases.Fold().String(normalName(name))) }
