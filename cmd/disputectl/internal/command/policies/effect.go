package policies

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/cmd/disputectl/internal/rules/money"
	"disputecloser/cmd/disputectl/internal/rules/source"
	"disputecloser/cmd/disputectl/internal/screen"
	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
)

// printEffects says what a policy without errors does, in one sentence for each currency.
func printEffects(console *cli.Console, r source.Result) {
	if r.Findings.Errors() > 0 {
		return
	}
	width := console.Width()
	for _, sentence := range effects(r.Document) {
		if width == 0 {
			screen.Printf(console.Stdout, "%s\n", sentence)
			continue
		}
		for _, line := range view.Wrap(sentence, width) {
			screen.Printf(console.Stdout, "%s\n", line)
		}
	}
}

// effects says what the policy closes in each currency of its ceiling, and where a currency's minor unit is not sure.
func effects(d policy.Document) []string {
	verb := "closes"
	if d.Mode != policy.Live {
		verb = "would close"
	}
	var all []string
	for _, code := range slices.Sorted(maps.Keys(d.Ceiling)) {
		bound, sum := largestClosed(d, code), d.Budget.Spend[code]
		if bound == 0 {
			all = append(all, fmt.Sprintf("%s: no rule closes; a person may, up to %s.", strings.ToUpper(code), currency.Text(d.Ceiling[code], code)))
			continue
		}
		sentence := fmt.Sprintf("%s: it %s up to %s, at most %s and %s a day", strings.ToUpper(code), verb, currency.Text(bound, code),
			cli.Count(int(sum.Closes), "dispute"), currency.Text(sum.Amount, code))
		if most := d.Ceiling[code]; most > bound {
			sentence += fmt.Sprintf("; a person may close up to %s", currency.Text(most, code))
		}
		all = append(all, sentence+".")
		if odd := money.Oddity(code); odd != "" {
			all = append(all, "Mind that "+odd+". Compare with a dispute in WooshPay's dashboard.")
		}
	}
	if d.Mode != policy.Live {
		all = append(all, "In shadow mode the rules only record what they would do.")
	}
	return all
}

// largestClosed returns the largest amount that a live rule closes; 0 if none does.
func largestClosed(d policy.Document, code string) (most int64) {
	for i := range d.Rules {
		r := &d.Rules[i]
		if bound := r.If.Amount[code].AtMost; r.Then == policy.Close && !r.Shadow && bound != nil {
			most = max(most, *bound)
		}
	}
	return most
}
