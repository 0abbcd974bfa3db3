//go:build parts

package localaws

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func TestEachClientHasItsOwnDatabase(t *testing.T) {
	db := SharedDynamoDB(t)
	createTable(t, db.Client(t))
	if got := tables(t, db.Client(t)); len(got) != 0 {
		t.Fatalf("a fresh client sees %v", got)
	}
}

func TestDiskSurvivesAKill(t *testing.T) {
	db := StartDynamoDBOnDisk(t)
	client := db.Client(t)
	createTable(t, client)
	if err := db.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := db.Restart(); err != nil {
		t.Fatal(err)
	}
	if got := tables(t, client); len(got) != 1 {
		t.Fatalf("tables after the restart: %v", got)
	}
}

func TestStopEndsTheProcess(t *testing.T) {
	db, err := RunDynamoDB("")
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Stop(); err != nil {
		t.Fatal(err)
	}
	if !db.child.ended() {
		t.Fatal("still running")
	}
}

func createTable(t *testing.T, client *dynamodb.Client) {
	t.Helper()
	_, err := client.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName:            aws.String("cases"),
		BillingMode:          types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func tables(t *testing.T, client *dynamodb.Client) []string {
	t.Helper()
	out, err := client.ListTables(t.Context(), &dynamodb.ListTablesInput{})
	if err != nil {
		t.Fatal(err)
	}
	return out.TableNames
}
