// Package deployplan says in one screen what a deployment is about to do: where, with which policy, and what it changes.
package deployplan

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"disputecloser/cmd/disputectl/internal/rules/policydiff"
	"disputecloser/shared/currency"
	"disputecloser/shared/policy"
)

// Plan is what is about to be deployed.
type Plan struct {
	Stack, Account, Who, Region string
	// ShellRegion is where the shell's other commands would work; Endpoint is set if it is not AWS that deploys.
	ShellRegion, Endpoint string
	// Status is CloudFormation's word for the stack as it is; empty if there is none yet.
	Status string
	// Parameters are those of the deployment.
	Parameters map[string]string
	// File is the policy's, Document what it says and Hash what it is known by.
	File, Hash string
	Document   policy.Document
	// Deployed is the policy that the closer carries now, with its hash; Unread says why it is not known.
	Deployed     *policy.Document
	DeployedHash string
	Unread       error
}

// Line is one of the screen: what it is about, and the text. Alarm is set for what costs money or warns.
type Line struct {
	What, Text string
	Alarm      bool
}

// Live reports whether the stack moves live money.
func (p Plan) Live() bool { return p.Parameters["Environment"] == policy.EnvironmentLive }

// Closes reports whether the rules close disputes about live money.
func (p Plan) Closes() bool { return p.Live() && p.Document.Mode == policy.Live }

// Lines returns the screen.
func (p Plan) Lines() []Line {
	lines := []Line{
		{"stack", p.stack(), false},
		{"account", p.Account + ", as " + p.Who, false},
		{"region", p.region(), p.Endpoint != ""},
		p.wooshpay(),
		{"policy", fmt.Sprintf("%s, hash %s, %s", p.File, p.Hash, modes[p.Document.Mode]), p.Closes()},
		{"ceiling", orNothing(amounts(p.Document.Ceiling)) + ": nobody closes a larger dispute", false},
	}
	for i := range p.Document.Rules {
		if r := &p.Document.Rules[i]; r.Then == policy.Close {
			lines = append(lines, Line{"rule " + r.Name, closes(r), false})
		}
	}
	lines = append(lines, Line{"a UTC day", budget(p.Document.Budget), false})
	for i, change := range p.changes() {
		lines = append(lines, Line{map[bool]string{true: "changes"}[i == 0], change, false})
	}
	return append(lines, p.told(), Line{"if deleted", data[cmp.Or(p.Parameters["DataPolicy"], "Retain")], false})
}

var modes = map[policy.Mode]string{
	policy.Shadow: "shadow: its rules decide and record, and close nothing",
	policy.Live:   "live: its rules close disputes",
}

var data = map[string]string{
	"Retain": "table, secrets and logs stay (DataPolicy=Retain)",
	"Delete": "table, secrets and logs are deleted, too (DataPolicy=Delete)",
}

func (p Plan) stack() string {
	if p.Status == "" {
		return p.Stack + ", new"
	}
	return p.Stack + ", which is there: " + p.Status
}

func (p Plan) region() string {
	text := p.Region
	if p.ShellRegion != "" && p.ShellRegion != p.Region {
		text += ", as samconfig.toml says; your shell points to " + p.ShellRegion
	}
	if p.Endpoint != "" {
		text += ", by " + p.Endpoint + ", which is not AWS"
	}
	return text
}

func (p Plan) wooshpay() Line {
	url := cmp.Or(p.Parameters["WooshpayUrl"], "https://apitest.wooshpay.com")
	if p.Live() {
		return Line{"WooshPay", url + ": LIVE MONEY", true}
	}
	return Line{"WooshPay", url + ": test", false}
}

func (p Plan) told() Line {
	told := p.Parameters["AlarmEmail"]
	if topic := p.Parameters["AlarmTopicArn"]; told != "" && topic != "" {
		told += " and " + topic
	} else {
		told += topic
	}
	if told == "" {
		return Line{"alarms", "nobody is told: set AlarmEmail in samconfig.toml", true}
	}
	return Line{"alarms", "to " + told, false}
}

func amounts(of map[string]int64) string {
	var all []string
	for _, code := range slices.Sorted(maps.Keys(of)) {
		all = append(all, currency.Text(of[code], code))
	}
	return strings.Join(all, ", ")
}

func orNothing(text string) string { return cmp.Or(text, "none") }

// closes says what a rule closes, and when.
func closes(r *policy.Rule) string {
	var bounds []string
	for _, code := range slices.Sorted(maps.Keys(r.If.Amount)) {
		b := r.If.Amount[code]
		text := code
		if b.AtLeast != nil {
			text = "from " + currency.Text(*b.AtLeast, code)
		}
		if b.AtMost != nil {
			text = strings.TrimSuffix(text, code) + " up to " + currency.Text(*b.AtMost, code)
		}
		bounds = append(bounds, strings.TrimSpace(text))
	}
	text := "closes " + cmp.Or(strings.Join(bounds, ", "), "up to the ceiling")
	switch {
	case r.After != nil:
		text += ", " + r.After.String() + " after it was decided"
	case r.BeforeDue != nil:
		text += ", " + r.BeforeDue.String() + " before the deadline"
	}
	if r.Shadow {
		text += " (in shadow: it closes nothing)"
	}
	return text
}

func budget(b policy.Budgets) string {
	var all []string
	for _, code := range slices.Sorted(maps.Keys(b.Spend)) {
		all = append(all, fmt.Sprintf("at most %d closes and %s", b.Spend[code].Closes, currency.Text(b.Spend[code].Amount, code)))
	}
	if len(all) == 0 {
		return "no budget: nothing is closed"
	}
	return strings.Join(all, "; ")
}

// changes says what differs from the policy that is deployed.
func (p Plan) changes() []string {
	switch {
	case p.Status == "":
		return []string{"nothing is deployed yet; closing is off until somebody says disputectl resume"}
	case p.Unread != nil:
		return []string{"the deployed policy cannot be read: " + p.Unread.Error()}
	case p.Deployed == nil:
		return []string{"no policy is deployed yet"}
	case p.DeployedHash == p.Hash:
		return []string{"the rules are those that are deployed, " + p.Hash}
	}
	all := []string{fmt.Sprintf("%s is deployed; %s follows", p.DeployedHash, p.Hash)}
	settings, rules := policydiff.Written(*p.Deployed, p.Document)
	for _, s := range settings {
		all = append(all, fmt.Sprintf("%s: %s → %s", s.Name, money(s.Name, s.Old), money(s.Name, s.New)))
	}
	for _, r := range rules {
		all = append(all, fmt.Sprintf("rule %s: %s", r.Rule, r.Change))
	}
	return all
}

// money writes a setting's value, which is an amount if the setting is a ceiling or the amount of a budget.
func money(setting, value string) string {
	part := strings.Split(setting, ".")
	isAmount := len(part) == 2 && part[0] == "ceiling" || len(part) == 3 && part[2] == "amount"
	amount, err := strconv.ParseInt(value, 10, 64)
	if !isAmount || err != nil {
		return orNothing(value)
	}
	return currency.Text(amount, part[1])
}

// Next returns the three commands to type after the deployment.
func (p Plan) Next() []string {
	prefix := ""
	if p.ShellRegion != p.Region {
		prefix = "AWS_REGION=" + p.Region + " "
	}
	words := []string{"doctor", "status", "list"}
	if p.Status == "" {
		words = []string{"secret set api-key", "webhook create", "doctor"}
	}
	for i := range words {
		words[i] = prefix + "disputectl " + words[i] + " --stack " + p.Stack
	}
	return words
}

// busy is how the words end that CloudFormation has for a stack that is being changed.
const busy = "_IN_PROGRESS"

// Refusal says why this cannot be deployed, and what to do, in the words of the template's rules; empty if it can.
func (p Plan) Refusal() (why, next string) {
	switch {
	case p.Live() && p.Parameters["AlarmEmail"] == "" && p.Parameters["AlarmTopicArn"] == "":
		return "a live stack needs somebody who is told when a case needs a person", "set AlarmEmail or AlarmTopicArn in samconfig.toml"
	case p.Live() && cmp.Or(p.Parameters["DataPolicy"], "Retain") != "Retain":
		return "a live stack keeps its table, secrets and logs when it is deleted", "set DataPolicy=Retain in samconfig.toml"
	case strings.HasSuffix(p.Status, busy) && p.Status != "REVIEW_IN_PROGRESS":
		return "the stack is being changed: " + p.Status, "wait until that has ended"
	case p.Status == "ROLLBACK_COMPLETE" || p.Status == "ROLLBACK_FAILED":
		return "its first deployment failed (" + p.Status + "), and such a stack can only be deleted",
			"look at its events, then: aws cloudformation delete-stack --region " + p.Region + " --stack-name " + p.Stack
	}
	return "", ""
}
