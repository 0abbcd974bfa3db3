//go:build parts

package stack

import (
	"errors"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
)

// caseOf returns a dispute's case as it is stored, or a case in no state.
func (s *stack) caseOf(t *testing.T, id dispute.ID) closing.Case {
	t.Helper()
	client := dynamodb.NewFromConfig(s.aws.Config(), func(o *dynamodb.Options) { o.DisableValidateResponseChecksum = true })
	c, err := dynamo.New(client, s.outputs["Table"]).Load(t.Context(), id)
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
