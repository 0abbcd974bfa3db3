//go:build parts

package dynamo_test

import (
	"os"
	"testing"

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
	ledgertest.Run(t, func(t *testing.T) ledgertest.Store { return dynamo.New(created(t), table) })
}

func TestManyEventsOfOneDisputeAtOnce(t *testing.T) {
	ledgertest.LearnsAtOnce(t, dynamo.New(created(t), table), pause.Before)
}
