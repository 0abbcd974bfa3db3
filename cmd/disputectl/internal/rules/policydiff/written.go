package policydiff

import "disputecloser/shared/policy"

// Written returns what two policies state differently, without a history of disputes.
func Written(before, after policy.Document) ([]Setting, []Rule) {
	return settings(before, after), rules(before, after)
}
