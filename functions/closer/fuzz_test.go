package closer_test

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/internal/eventfile"
)

// Whatever a stream contains, no record of an unknown case is named as failed, so that no batch is stuck.
func FuzzStream(f *testing.F) {
	f.Add(eventfile.Text(f, "stream-armed"))
	f.Add([]byte(`{"Records":[{"eventName":"REMOVE","dynamodb":{"Keys":{"pk":{"S":"control"}},"SequenceNumber":"1"}}]}`))
	f.Add([]byte(`{"Records":[{"dynamodb":{"Keys":{"pk":{"B":"AA=="}}}},{"dynamodb":{"Keys":{"pk":{"NULL":true}}}},{}]}`))
	f.Fuzz(func(t *testing.T, event []byte) {
		var batch events.DynamoDBEvent
		if json.Unmarshal(event, &batch) != nil {
			t.Skip()
		}
		w := newWorld(t)
		w.wantFailures(t.Context(), t, batch)
		if w.provider.posts > 0 || w.ledger.saves > 0 {
			t.Error("a case that is not in the ledger was worked")
		}
	})
}
