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

// TestRolesMayDoTheirOwnVerbsOnly tries every verb with every role: what is listed must be allowed, the rest denied.
func TestRolesMayDoTheirOwnVerbsOnly(t *testing.T) {
	for role, verbs := range map[string][]string{
		"WebhookRole":   {"GetItem", "UpdateItem", "read signing secret"},
		"CloserRole":    {"GetItem", "UpdateItem", "ConditionCheckItem", "read API key"},
		"SweepRole":     {"GetItem", "UpdateItem", "Query due"},
		"ReconcileRole": {"GetItem", "BatchGetItem", "UpdateItem", "read API key"},
	} {
		t.Run(role, func(t *testing.T) { deployed.wantOnly(t, deployed.as(t, role), verbs) })
	}
}

// TestPeopleMayDoTheirOwnVerbsOnly is the same for who has one of the policies for people.
func TestPeopleMayDoTheirOwnVerbsOnly(t *testing.T) {
	for policy, verbs := range map[string][]string{
		"OperatorPolicy":   {"GetItem", "BatchGetItem", "UpdateItem", "Query due"},
		"MaintainerPolicy": {"GetItem", "BatchGetItem", "Query due", "read signing secret", "read API key"},
	} {
		t.Run(policy, func(t *testing.T) { deployed.wantOnly(t, deployed.with(t, policy), verbs) })
	}
}

func (s *stack) wantOnly(t *testing.T, config aws.Config, verbs []string) {
	t.Helper()
	for name, try := range s.verbs(config) {
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

// verbs are what a function might want to do, on an item that no case has.
func (s *stack) verbs(config aws.Config) map[string]func(context.Context) error {
	secret := func(output string) func(context.Context) error {
		return func(ctx context.Context) error {
			_, err := secretsmanager.NewFromConfig(config).GetSecretValue(ctx,
				&secretsmanager.GetSecretValueInput{SecretId: aws.String(s.outputs[output])})
			return err
		}
	}
	verbs := s.tableVerbs(dynamodb.NewFromConfig(config))
	verbs["read signing secret"] = secret("SigningSecret")
	verbs["read API key"] = secret("ApiKeySecret")
	return verbs
}

func (s *stack) tableVerbs(db *dynamodb.Client) map[string]func(context.Context) error {
	table := aws.String(s.outputs["Table"])
	key := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "privilege#1"}}
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
		"ConditionCheckItem": func(ctx context.Context) error {
			_, err := db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
				{ConditionCheck: &types.ConditionCheck{TableName: table, Key: key, ConditionExpression: aws.String("attribute_not_exists(absent)")}},
			}})
			return err
		},
	}
}
