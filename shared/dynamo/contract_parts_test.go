//go:build parts

package dynamo_test

import (
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"disputecloser/internal/ledgertest"
	"disputecloser/internal/localaws"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/pause"
)

var local *localaws.DynamoDB

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	var err error
	if local, err = localaws.RunDynamoDB(""); err != nil {
		panic(err)
	}
	defer func() { _ = local.Stop() }()
	return m.Run()
}

func TestContract(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) ledgertest.Store {
		client := created(t)
		return &store{dynamo.New(client, table, mark), t, client}
	})
}

// store is a table to which the suite does what no ledger can.
type store struct {
	*dynamo.Ledger
	t      *testing.T
	client *dynamodb.Client
}

func (s *store) MoveTo(mark string) { s.Ledger = dynamo.New(s.client, table, mark) }

func (s *store) LoseControl() {
	s.t.Helper()
	if _, err := s.client.DeleteItem(s.t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(table), Key: item{"pk": text("control")}}); err != nil {
		s.t.Fatal(err)
	}
}

func TestManyEventsOfOneDisputeAtOnce(t *testing.T) {
	ledgertest.LearnsAtOnce(t, dynamo.New(created(t), table, mark), pause.Before)
}
