package dynamo

import (
	"slices"
	"strings"
	"testing"

	"disputecloser/internal/template"
)

// kinds are the keys of every kind of item, and what no item has.
var kinds = map[string][]string{
	"case":    {KeyOf("dp_1")},
	"budget":  {budgetKey("2026-03-02", "usd")},
	"control": {controlKey},
	"mark":    {markKey},
	"journal": {"journal#2026-03-02#1"},
	"warm":    {"warm"},
	"other":   {"privilege#1"},
	// A batch is allowed only if every item of it is.
	"case and control": {KeyOf("dp_1"), controlKey},
	"two cases":        {KeyOf("dp_1"), KeyOf("dp_2")},
	"no key":           {},
}

// verbs are DynamoDB's on items of a table.
var verbs = []string{
	"GetItem", "BatchGetItem", "Query", "Scan", "PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "ConditionCheckItem",
	"PartiQLSelect", "PartiQLInsert", "PartiQLUpdate", "PartiQLDelete", "DeleteTable", "UpdateTable",
}

// MiniStack is taught these conditions by a script of ours; AWS has its own. What each function may do is compared here,
// both ways, with what it needs.
func TestRolesMayTouchTheirOwnKindsOfItemOnly(t *testing.T) {
	read, write := []string{"GetItem"}, []string{"GetItem", "UpdateItem"}
	for role, may := range map[string]map[string][]string{
		"WebhookRole": {"case": write, "two cases": write, "warm": read},
		"SweepRole":   {"case": write, "two cases": write, "control": read, "warm": read},
		"ReconcileRole": {
			"case": {"GetItem", "BatchGetItem", "UpdateItem"}, "two cases": {"GetItem", "BatchGetItem", "UpdateItem"}, "mark": write, "warm": read,
		},
		"CloserRole": {
			"case": write, "two cases": write, "budget": {"GetItem", "UpdateItem", "ConditionCheckItem"}, "control": {"ConditionCheckItem"}, "warm": read,
		},
		"DigestRole": {"case": {"BatchGetItem"}, "two cases": {"BatchGetItem"}, "control": read, "warm": read},
		"OperateRole": {
			"case": write, "two cases": write, "control": write, "journal": {"PutItem"}, "budget": read, "warm": read,
		},
	} {
		policy := template.Read(t).Policy(t, role)
		for kind, keys := range kinds {
			for _, verb := range verbs {
				if got, want := policy.Allows("dynamodb:"+verb, "Table.Arn", keys...), slices.Contains(may[kind], verb); got != want {
					t.Errorf("%s may %s of %s: %v, want %v", role, verb, kind, got, want)
				}
			}
		}
	}
}

// An index is a resource of its own, which a condition on the table's key does not reach.
func TestOnlyTheSweepAndTheDigestQueryTheDueIndex(t *testing.T) {
	for _, role := range []string{"WebhookRole", "CloserRole", "SweepRole", "ReconcileRole", "OperateRole", "DigestRole"} {
		policy := template.Read(t).Policy(t, role)
		for _, verb := range verbs {
			want := (role == "SweepRole" || role == "DigestRole") && verb == "Query"
			if got := policy.Allows("dynamodb:"+verb, "${Table.Arn}/index/"+dueIndex.name, "3"); got != want {
				t.Errorf("%s may %s the due index: %v, want %v", role, verb, got, want)
			}
		}
	}
}

// People read the table and its indexes, whole; whatever they change goes through operate.
func TestNobodyMayWriteTheTable(t *testing.T) {
	reads := []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"}
	for _, name := range []string{"Viewer", "Pauser", "Operator", "Maintainer"} {
		policy := template.Read(t).Policy(t, name)
		for _, s := range policy {
			for _, action := range s.Actions {
				verb, ours := strings.CutPrefix(action, "dynamodb:")
				if strings.Contains(action, "*") || ours && !slices.Contains(reads, action) && !strings.HasPrefix(verb, "Describe") {
					t.Errorf("%s allows %s", name, action)
				}
			}
		}
		for _, action := range reads[:2] {
			if !policy.Allows(action, "Table.Arn", KeyOf("dp_1"), controlKey) {
				t.Errorf("%s does not allow %s", name, action)
			}
		}
		if !policy.Allows("dynamodb:Query", "${Table.Arn}/index/"+dueIndex.name, "3") || policy.Allows("dynamodb:Query", "Table.Arn", "3") {
			t.Errorf("%s queries something else than the indexes", name)
		}
		if got, want := policy.Allows("dynamodb:Query", "${Table.Arn}/index/journal", "2026-03-02"), name != "Maintainer"; got != want {
			t.Errorf("%s queries the journal: %v, want %v", name, got, want)
		}
	}
}
