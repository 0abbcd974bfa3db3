package view

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
)

// amountName is the condition on the amount. A decision's trace has it as the policy file states it: amounts in minor
// units, which this file turns into money.
const amountName = "amount"

// stated matches what policy.Bounds states of one currency.
var stated = regexp.MustCompile(`([a-z]+): \{(?:at_least: (-?\d+))?(?:, )?(?:at_most: (-?\d+))?\}`)

// wanted is what a condition wants, with money as people write it.
func wanted(c policy.Check) string {
	if c.Name != amountName {
		return c.Want
	}
	inMoney := stated.ReplaceAllStringFunc(c.Want, func(text string) string {
		found := stated.FindStringSubmatch(text)
		code, least, most := found[1], money(found[2], found[1]), money(found[3], found[1])
		switch {
		case least == "" && most == "":
			return "any amount of " + strings.ToUpper(code)
		case least == "":
			return "at most " + most
		case most == "":
			return "at least " + least
		}
		return least + " to " + most
	})
	return strings.Trim(inMoney, "{}")
}

// money is a whole number of minor units as money; empty for none.
func money(digits, code string) string {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return digits
	}
	return currency.Text(n, code)
}

// met is what a condition met, with money as people write it.
func met(c policy.Check) string {
	if words := strings.Fields(c.Seen); c.Name == amountName && len(words) == 2 {
		return money(words[0], words[1])
	} else if c.Name == amountName && len(words) == 1 {
		return money(words[0], "")
	}
	return orUnknown(c.Seen)
}

// missed says why a condition of a rule stops a close, such as "18.19 USD is above small's 15.00 USD".
func missed(rule string, c policy.Check) string {
	rule = owner(rule)
	if c.Name != amountName {
		return fmt.Sprintf("%s wants %s %s, it is %s", rule, strings.ReplaceAll(c.Name, "_", " "), plainly(c.Want), met(c))
	}
	words := strings.Fields(c.Seen)
	if len(words) != 2 {
		return fmt.Sprintf("%s wants another amount than %s", rule, met(c))
	}
	for _, found := range stated.FindAllStringSubmatch(c.Want, -1) {
		if found[1] != words[1] {
			continue
		}
		if least, err := strconv.ParseInt(found[2], 10, 64); err == nil && less(words[0], least) {
			return fmt.Sprintf("%s is below %s's %s", met(c), rule, money(found[2], found[1]))
		}
		return fmt.Sprintf("%s is above %s's %s", met(c), rule, money(found[3], found[1]))
	}
	return fmt.Sprintf("%s has no amount of %s, it is %s", rule, strings.ToUpper(words[1]), met(c))
}

func less(digits string, than int64) bool {
	n, err := strconv.ParseInt(digits, 10, 64)
	return err == nil && n < than
}

// owner is a rule's name within a sentence: quoted unless it is one word.
func owner(rule string) string {
	if strings.ContainsFunc(rule, func(r rune) bool { return r == ' ' || r == '\'' }) || rule == "" {
		return quoted(rule)
	}
	return rule
}

var listed = strings.NewReplacer("[", "", "]", "", `"`, "", "{", "", "}", "", "not:", "not", "at_least:", "at least", "at_most:", "at most")

// plainly is a condition's want in plain words, such as "13.1 or 10.4" for ["13.1", "10.4"].
func plainly(want string) string {
	text := listed.Replace(want)
	if strings.HasPrefix(want, "[") {
		text = strings.ReplaceAll(text, ", ", " or ")
	}
	return text
}
