package webhook_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/metrics"
	"disputecloser/shared/wooshpay"
)

// Whatever API Gateway sends, a request that WooshPay did not sign neither reads nor writes the ledger.
func FuzzRequest(f *testing.F) {
	files, err := filepath.Glob("../../events/*.json")
	if err != nil || len(files) < 8 {
		f.Fatalf("found %v, %v", files, err)
	}
	for _, name := range files {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, event []byte) {
		var req events.APIGatewayV2HTTPRequest
		if json.Unmarshal(event, &req) != nil {
			t.Skip()
		}
		w := newWorld()
		status := w.send(t, req)
		if status != http.StatusUnauthorized && status != http.StatusRequestEntityTooLarge {
			t.Errorf("an unsigned request is answered %d", status)
		}
		if w.ledger.loads+w.ledger.saves > 0 {
			t.Error("an unsigned request reaches the ledger")
		}
	})
}

// Whatever WooshPay signs, the answer is 200, 400 or 413, and 200 means stored or ignored.
func FuzzSignedBody(f *testing.F) {
	for _, name := range []string{"dispute-created", "other-kind"} {
		f.Add(fromFile(f, name).Body)
	}
	f.Add(`{"id":1,"type":"charge.dispute.created","livemode":true,"data":{"object":{"id":"dp_1"}}}`)
	f.Fuzz(func(t *testing.T, body string) {
		w := newWorld()
		req := withSignature(events.APIGatewayV2HTTPRequest{Body: body}, wooshpay.Sign(secret, noon, []byte(body)))
		status := w.send(t, req)
		answers := []int{http.StatusOK, http.StatusBadRequest, http.StatusRequestEntityTooLarge}
		if !slices.Contains(answers, status) {
			t.Errorf("answered %d", status)
		}
		if stored := w.ledger.saves > 0 || w.meter[metrics.Ignored] > 0; stored != (status == http.StatusOK) {
			t.Errorf("answered %d after %d writes, counted %v", status, w.ledger.saves, w.meter)
		}
	})
}
