package schema

import (
	"math"

	"disputecloser/shared/currency"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

var largest int64 = math.MaxInt64

// The names of the schema's $defs.
const (
	currencyCode = "currency"
	clockText    = "duration"
	signedClock  = "signed_duration"
	action       = "action"
)

// Durations are whole hours, minutes and seconds in this order.
const (
	spanPattern = `([0-9]+h([0-9]+m)?([0-9]+s)?|[0-9]+m([0-9]+s)?|[0-9]+s)$`
	// oneLine is text that is not blank, with its line breaks, if any, around it.
	oneLine = `^\s*\S(.*\S)?\s*$`
	// codeCharacter is what a code must have one of.
	codeCharacter = `[\p{L}\p{Nd}]`
)

func policyFile() *shape {
	root := object("Which disputes are closed without a person.", map[string]*shape{
		"mode": {Type: aText, Enum: []string{string(policy.Shadow), string(policy.Live)},
			Description: "In shadow the rules only decide and record; in live they close."},
		"ceiling": byCurrency(atLeast(0, "The ceiling, in the currency's minor unit."),
			"The most that may ever be closed, by currency: no rule and no operator closes above it."),
		"refunds": {Type: aText, Enum: []string{string(policy.RefundsRequired), string(policy.RefundsUnavailable)},
			Description: "required, the default, closes nothing unless WooshPay says that the charge was not refunded. " +
				"unavailable is for accounts where WooshPay does not say: an unknown refund then stops nothing."},
		"budget": budget(),
		"rules":  {Type: aList, MinItems: 1, Items: rule(), Description: "The first rule that matches decides; if none does, the dispute is kept."},
		"tests":  {Type: aList, Items: test(), Description: "What the rules must decide. The file is refused if one of them fails."},
	}, "mode", "ceiling", "budget", "rules")
	root.Schema, root.Title = "https://json-schema.org/draft/2020-12/schema", "Dispute policy"
	root.Defs = map[string]*shape{
		currencyCode: {Enum: currency.Codes(), Description: "A currency of ISO 4217, lower case."},
		clockText:    {Type: aText, Pattern: "^" + spanPattern, Description: "Whole hours, minutes and seconds, such as 24h or 1h30m."},
		signedClock:  {Type: aText, Pattern: "^-?" + spanPattern, Description: "Whole hours, minutes and seconds; negative past the deadline."},
		action:       {Type: aText, Enum: []string{string(policy.Close), string(policy.Keep), string(policy.Review)}},
	}
	return root
}

func byCurrency(value *shape, description string) *shape {
	return &shape{Description: description, Type: aMapping, PropertyNames: defined(currencyCode, ""), AdditionalProperties: value}
}

func budget() *shape {
	spend := object("What one currency's closes may amount to in one day.", map[string]*shape{
		"closes": atLeast(0, "How many disputes may be closed."),
		"amount": atLeast(0, "What they may amount to, in the currency's minor unit."),
	}, "closes", "amount")
	return &shape{
		Description:          "What may be spent in one UTC day. A currency without a budget is never closed.",
		Type:                 aMapping,
		Required:             []string{"failures"},
		PropertyNames:        &shape{AnyOf: []*shape{{Const: "failures"}, defined(currencyCode, "")}},
		Properties:           map[string]*shape{"failures": atLeast(1, "So many closes refused for good in one currency stop its closes for the day.")},
		AdditionalProperties: spend,
	}
}

func rule() *shape {
	r := object("", map[string]*shape{
		"name":       {Type: aText, Pattern: oneLine, Description: "What the rule is about; unique."},
		"if":         conditions(),
		"then":       defined(action, "review keeps the dispute and calls a person."),
		"after":      defined(clockText, "Closes so long after the decision: time for a person to object. 0h to "+policy.MaxClock.String()+"."),
		"before_due": defined(clockText, "Closes so long before the dispute's deadline. 0h to "+policy.MaxClock.String()+"."),
		"shadow":     {Const: true, Description: "Recorded only: the rule decides nothing."},
	}, "name", "if", "then")
	has := func(name string) *shape { return &shape{Required: []string{name}} }
	r.If = thenIsClose()
	r.Then = &shape{Description: "A rule that closes has exactly one clock.", OneOf: []*shape{has("after"), has("before_due")}}
	r.Else = &shape{Description: "Only a rule that closes has a clock.", Not: &shape{AnyOf: []*shape{has("after"), has("before_due")}}}
	return r
}

func thenIsClose() *shape {
	return &shape{Properties: map[string]*shape{"then": {Const: string(policy.Close)}}, Required: []string{"then"}}
}

func conditions() *shape {
	code := &shape{Type: aText, Pattern: codeCharacter}
	c := object("All of these must hold. A rule that closes needs them to be surely true; in doubt, a dispute is not closed.", map[string]*shape{
		"status":           words("Where the dispute stands.", &shape{Enum: statuses()}),
		"currency":         words("The dispute's currency.", defined(currencyCode, "")),
		"reason_type":      words("The network's kind of reason. Case and punctuation do not count.", code),
		"reason_code":      words("The network's code, quoted. Case and punctuation do not count: 10.4 is 104.", code),
		"amount":           amounts(),
		"age":              span("The time since the dispute was created.", clockText),
		"time_left":        span("The time until the dispute's deadline, negative past it.", signedClock),
		"submission_count": bounds(atLeast(0, ""), "How often evidence was submitted."),
		"has_evidence":     flag("Whether evidence was given."),
		"past_due":         flag("Whether the deadline has passed."),
		"refunded":         flag("Whether the charge is refunded, in whole or in part. A dispute of a refunded charge is never closed, whatever the rules say."),
		"livemode":         flag("Whether the dispute is about real money."),
		"metadata": {
			Description: "The payment's own data, by key.", Type: aMapping, MinProperties: 1,
			AdditionalProperties: words("The key's value.", &shape{Type: aText}),
		},
	})
	c.MinProperties = 1
	return c
}

func statuses() []string {
	var all []string
	for _, s := range dispute.Statuses() {
		all = append(all, string(s))
	}
	return all
}

// words is [a, b] or {not: [a, b]}. A keyword of lists says nothing of mappings, and the other way round.
func words(description string, word *shape) *shape {
	w := object(description+" [a, b]: one of these. {not: [a, b]}: none of these.", map[string]*shape{"not": listOf("None of these.", word)}, "not")
	w.Type = []string{aList, aMapping}
	w.MinItems, w.UniqueItems, w.Items = 1, true, word
	return w
}

func amounts() *shape {
	amount := byCurrency(bounds(atLeast(1, "In the currency's minor unit."), ""),
		"The disputed amount, by currency. A currency that is not listed does not match.")
	amount.MinProperties = 1
	return amount
}

func bounds(bound *shape, description string) *shape {
	b := object(description, map[string]*shape{"at_least": bound, "at_most": bound})
	b.MinProperties = 1
	return b
}

func span(description, duration string) *shape { return bounds(defined(duration, ""), description) }

func test() *shape {
	expect := object("What the rules must decide, as if the mode were live.", map[string]*shape{
		"then": defined(action, "keep, too, if no rule matches."),
		"rule": {Type: aText, Pattern: `\S`, Description: "The rule that must decide. Required with close."},
	}, "then")
	expect.If, expect.Then = thenIsClose(), &shape{Required: []string{"rule"}}
	return object("", map[string]*shape{"dispute": facts(), "expect": expect}, "dispute", "expect")
}

// facts is a test's dispute. Its status may be one that nobody has seen before.
func facts() *shape {
	return object("The facts by the names of the conditions. What is left out is unknown.", map[string]*shape{
		"status":           {Type: aText, Examples: statuses()},
		"currency":         defined(currencyCode, ""),
		"reason_type":      text("The network's kind of reason."),
		"reason_code":      text("The network's code, quoted."),
		"amount":           atLeast(1, "In the currency's minor unit."),
		"age":              defined(clockText, "The time since the dispute was created."),
		"time_left":        defined(signedClock, "The time until the deadline, negative past it."),
		"submission_count": atLeast(0, "How often evidence was submitted."),
		"has_evidence":     flag(""),
		"past_due":         flag(""),
		"refunded":         flag(""),
		"livemode":         flag(""),
		"metadata": {
			Description: "The payment's own data, by key.", Type: aMapping,
			AdditionalProperties: &shape{Type: []string{aText, "number", aFlag, "null"}},
		},
	})
}
