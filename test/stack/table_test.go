//go:build parts

package stack

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// table returns a client on the stack's table, with every right.
func (s *stack) table() *dynamodb.Client {
	return dynamodb.NewFromConfig(s.aws.Config(), func(o *dynamodb.Options) { o.DisableValidateResponseChecksum = true })
}

// ledger returns the stack's ledger, with every right.
func (s *stack) ledger(ctx context.Context) (*dynamo.Ledger, error) {
	mark, err := dynamo.MarkOf(ctx, s.table(), s.outputs["Table"])
	return dynamo.New(s.table(), s.outputs["Table"], mark), err
}

// operator returns a person who acts on the table.
func (s *stack) operator(ctx context.Context) (closing.Operator, error) {
	l, err := s.ledger(ctx)
	return closing.Operator{Ledger: l, Acts: l, Now: time.Now, Who: "ops"}, err
}

// turnOn turns closing on. On a new stack it is off.
func (s *stack) turnOn(ctx context.Context) error {
	l, err := s.ledger(ctx)
	if err != nil {
		return err
	}
	c, err := l.Control(ctx)
	if err != nil {
		return err
	}
	if c.Switch != closing.Off {
		return fmt.Errorf("the switch is %q before anybody turned closing on", c.Switch)
	}
	o, err := s.operator(ctx)
	if err != nil {
		return err
	}
	return o.Resume(ctx, "the stack is checked")
}

// caseOf returns a dispute's case as it is stored, or a case in no state.
func (s *stack) caseOf(t *testing.T, id dispute.ID) closing.Case {
	t.Helper()
	c, err := dynamo.New(s.table(), s.outputs["Table"], "").Load(t.Context(), id)
	if err != nil && !errors.Is(err, closing.ErrNotFound) {
		t.Fatal(err)
	}
	return c
}

// await waits until a case stands in a state, and returns it.
func (s *stack) await(t *testing.T, id dispute.ID, state closing.State, limit time.Duration) closing.Case {
	t.Helper()
	var c closing.Case
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if c = s.caseOf(t, id); c.State == state {
			return c
		}
	}
	t.Fatalf("dispute %s is not %s within %s; its case: %+v", id, state, limit, c)
	return c
}
