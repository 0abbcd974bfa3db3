//go:build parts

package stack

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/internal/sandbox"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// fast is the time within which a delivered event has to lead to its end.
const fast = 10 * time.Second

// A table that lost its switch is as a new one. This test runs before the parallel ones, which need closing on.
func TestNothingIsClosedBeforeClosingIsTurnedOn(t *testing.T) {
	control := map[string]types.AttributeValue{"pk": &types.AttributeValueMemberS{Value: "control"}}
	_, err := deployed.table().DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: aws.String(deployed.outputs["Table"]), Key: control})
	if err != nil {
		t.Fatal(err)
	}
	id := dispute.ID("dp_off")
	deployed.wooshpay.open(t, sandbox.Dispute{ID: id, Amount: 1400, ReasonCode: "13.1"})
	deployed.awaitOff(t, id)
	if err := deployed.turnOn(t.Context()); err != nil {
		t.Fatal(err)
	}
	o, err := deployed.operator(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Release(t.Context(), closing.Order{ID: id, Why: "arms it at once, as the sweep does within fifteen minutes"}); err != nil {
		t.Fatal(err)
	}
	deployed.await(t, id, closing.Closed, fast)
	if got := deployed.wooshpay.Closes()[id]; len(got) != 1 {
		t.Errorf("closes executed: %v", got)
	}
}

func TestSmallDisputeIsClosedOnce(t *testing.T) {
	t.Parallel()
	id := dispute.ID("dp_small")
	deployed.wooshpay.open(t, sandbox.Dispute{ID: id, Amount: 1500, ReasonCode: "13.1"})
	c := deployed.await(t, id, closing.Closed, fast)
	if c.Proof != closing.Answered || c.Decision == nil || c.Decision.Rule != "small" {
		t.Errorf("the case does not say why and how it was closed: %+v", c)
	}
	if got := deployed.wooshpay.Closes()[id]; len(got) != 1 {
		t.Errorf("closes executed: %v", got)
	}
	storedAsAnswered(t, c)
}

// storedAsAnswered checks that the stored dispute is WooshPay's answer, byte for byte.
func storedAsAnswered(t *testing.T, c closing.Case) {
	t.Helper()
	d, err := deployed.wooshpay.Dispute(c.ID)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(c.Dispute.Raw()), want) {
		t.Errorf("stored dispute:\n%s\nWooshPay's:\n%s", c.Dispute.Raw(), want)
	}
}

func TestLargeDisputeIsKeptWithItsReason(t *testing.T) {
	t.Parallel()
	id := dispute.ID("dp_large")
	deployed.wooshpay.open(t, sandbox.Dispute{ID: id, Amount: 1501, ReasonCode: "13.1"})
	var c closing.Case
	for deadline := time.Now().Add(fast); time.Now().Before(deadline) && c.Decision == nil; time.Sleep(100 * time.Millisecond) {
		c = deployed.caseOf(t, id)
	}
	if c.State != closing.Open || c.Decision == nil || c.Decision.Action != policy.Keep || len(c.Decision.Tried) == 0 {
		t.Fatalf("not kept with its reason: %+v", c)
	}
	if got := deployed.wooshpay.CloseCalls()[id]; len(got) != 0 {
		t.Errorf("close calls: %v", got)
	}
}

func TestForgedDeliveryWritesNothing(t *testing.T) {
	t.Parallel()
	body := `{"id":"evt_forged","object":"event","type":"charge.dispute.created","livemode":false,` +
		`"data":{"object":{"id":"dp_forged","object":"dispute","amount":100,"currency":"usd","status":"needs_response"}}}`
	for _, signature := range []string{"", "t=1,v1=00", "t=1893456000,v1=" + string(bytes.Repeat([]byte("a"), 64))} {
		if status := deployed.post(t, body, signature); status != 401 {
			t.Errorf("signature %q: status %d", signature, status)
		}
	}
	if c := deployed.caseOf(t, "dp_forged"); c.State != "" {
		t.Errorf("stored: %+v", c)
	}
}

func TestReconcileFindsAnUnannouncedDispute(t *testing.T) {
	t.Parallel()
	id := dispute.ID("dp_unannounced")
	if _, err := deployed.wooshpay.OpenSilently(sandbox.Dispute{ID: id, Amount: 700}); err != nil {
		t.Fatal(err)
	}
	deployed.invoke(t, "ReconcileFunction", "{}")
	deployed.await(t, id, closing.Closed, fast)
}
