//go:build parts

package stack

import (
	"context"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// kinds are keys of each kind of item in the table.
var kinds = map[string]string{
	"case": "dispute#privilege", "budget": "budget#2000-01-01#usd", "control": "control", "mark": "reconcile", "warm": "warm",
	"journal": "journal#privilege", "other": "privilege#1",
}

// TestRolesMayDoTheirOwnVerbsOnly tries every verb with every role: what is listed must be allowed, the rest denied.
func TestRolesMayDoTheirOwnVerbsOnly(t *testing.T) {
	for role, verbs := range map[string][]string{
		"WebhookRole":   {"read signing secret"},
		"CloserRole":    {"read API key"},
		"SweepRole":     {"Query due"},
		"ReconcileRole": {"read API key"},
		"OperateRole":   {},
		"DigestRole":    {"Query due"},
	} {
		t.Run(role, func(t *testing.T) {
			config := deployed.as(t, role)
			wantOnly(t, deployed.verbs(config), verbs)
		})
	}
}

// TestRolesMayTouchTheirOwnKindsOfItemOnly is the same for the verbs that are about an item, with each kind of item.
func TestRolesMayTouchTheirOwnKindsOfItemOnly(t *testing.T) {
	read, write := []string{"GetItem"}, []string{"GetItem", "UpdateItem", "Update in a transaction"}
	for role, may := range map[string]map[string][]string{
		"WebhookRole":   {"case": write, "warm": read},
		"SweepRole":     {"case": write, "control": read, "warm": read},
		"ReconcileRole": {"case": append([]string{"BatchGetItem"}, write...), "mark": write, "warm": read},
		"CloserRole": {
			"case": write, "budget": {"GetItem", "UpdateItem", "Update in a transaction", "ConditionCheckItem"}, "control": {"ConditionCheckItem"}, "warm": read,
		},
		"DigestRole": {"case": {"BatchGetItem"}, "control": read, "warm": read},
		"OperateRole": {
			"case": write, "control": write, "journal": {"PutItem"}, "budget": read, "warm": read,
		},
	} {
		db := dynamodb.NewFromConfig(deployed.as(t, role))
		for kind, key := range kinds {
			t.Run(role+" "+kind, func(t *testing.T) { wantOnly(t, deployed.itemVerbs(db, key), may[kind]) })
		}
	}
}

// TestATransactionIsJudgedPartByPart tries a claim's three items, which only the closer may write or check together.
func TestATransactionIsJudgedPartByPart(t *testing.T) {
	for _, role := range []string{"WebhookRole", "CloserRole", "SweepRole", "ReconcileRole", "OperateRole", "DigestRole"} {
		err := deployed.transact(dynamodb.NewFromConfig(deployed.as(t, role)),
			deployed.update(kinds["case"]), deployed.check(kinds["control"]), deployed.update(kinds["budget"]))(t.Context())
		if role == "CloserRole" && err != nil || role != "CloserRole" && !denied(err) {
			t.Errorf("%s: %v", role, err)
		}
	}
}

func wantOnly(t *testing.T, all map[string]func(context.Context) error, verbs []string) {
	t.Helper()
	for name, try := range all {
		err := try(t.Context())
		if slices.Contains(verbs, name) {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else if !denied(err) {
			t.Errorf("%s is not denied: %v", name, err)
		}
	}
}

// verbs are what a function might want to do besides reading and writing items.
func (s *stack) verbs(config aws.Config) map[string]func(context.Context) error {
	secret := func(output string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := secretsmanager.NewFromConfig(config).GetSecretValue(ctx,
				&secretsmanager.GetSecretValueInput{SecretId: aws.String(s.outputs[output])})
			return err
		}
	}
	db, table := dynamodb.NewFromConfig(config), aws.String(s.outputs["Table"])
	return map[string]func(context.Context) error{
		"read signing secret": secret("SigningSecret"),
		"read API key":        secret("ApiKeySecret"),
		"Scan": func(ctx context.Context) error {
			_, err := db.Scan(ctx, &dynamodb.ScanInput{TableName: table})
			return err
		},
		"Query due": func(ctx context.Context) error {
			_, err := db.Query(ctx, &dynamodb.QueryInput{
				TableName: table, IndexName: aws.String("due"), KeyConditionExpression: aws.String("due_shard = :s"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: "none"}},
			})
			return err
		},
	}
}

func keyed(key string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: key}}
}

// itemVerbs are what one might want to do with one item. What is written has no attribute but its key.
func (s *stack) itemVerbs(db *dynamodb.Client, pk string) map[string]func(context.Context) error {
	table, key := aws.String(s.outputs["Table"]), keyed(pk)
	return map[string]func(context.Context) error{
		"GetItem": func(ctx context.Context) error {
			_, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key})
			return err
		},
		"BatchGetItem": func(ctx context.Context) error {
			_, err := db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{
				*table: {Keys: []map[string]types.AttributeValue{key}},
			}})
			return err
		},
		"PutItem": func(ctx context.Context) error {
			_, err := db.PutItem(ctx, &dynamodb.PutItemInput{TableName: table, Item: key})
			return err
		},
		"UpdateItem": func(ctx context.Context) error {
			_, err := db.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: table, Key: key})
			return err
		},
		"DeleteItem": func(ctx context.Context) error {
			_, err := db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: table, Key: key})
			return err
		},
		"ConditionCheckItem":      s.transact(db, s.check(pk)),
		"Update in a transaction": s.transact(db, s.update(pk)),
	}
}

func (s *stack) transact(db *dynamodb.Client, parts ...types.TransactWriteItem) func(context.Context) error {
	return func(ctx context.Context) error {
		_, err := db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: parts})
		return err
	}
}

func (s *stack) check(key string) types.TransactWriteItem {
	return types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
		TableName: aws.String(s.outputs["Table"]), Key: keyed(key), ConditionExpression: aws.String("attribute_not_exists(absent)"),
	}}
}

func (s *stack) update(key string) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName: aws.String(s.outputs["Table"]), Key: keyed(key), UpdateExpression: aws.String("REMOVE absent"),
	}}
}
