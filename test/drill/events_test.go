//go:build parts

package drill

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/wooshpay"
)

// encoded returns an event as Lambda hands it over.
func (w *world) encoded(event any) []byte {
	w.t.Helper()
	b, err := json.Marshal(event)
	if err != nil {
		w.t.Fatal(err)
	}
	return b
}

// request is a webhook, signed now, as API Gateway hands it over.
func (w *world) request(body []byte) []byte {
	w.t.Helper()
	return w.encoded(events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: "POST /webhook", RawPath: "/webhook", Body: string(body),
		Headers: map[string]string{
			"content-type": "application/json",
			strings.ToLower(wooshpay.SignatureHeader): wooshpay.Sign(w.secret, w.clock.now(), body),
		},
	})
}

// acknowledged reports whether the webhook function answered 200.
func (w *world) acknowledged(a answer) bool {
	w.t.Helper()
	var got events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(a.body, &got); err != nil || a.failed {
		w.t.Fatalf("the webhook answered %q, failed %v: %v", a.body, a.failed, err)
	}
	return got.StatusCode == http.StatusOK
}

// record is what the table's stream shows of an armed case, with the attributes that the closer's filter looks at.
func (w *world) record(c closing.Case) []byte {
	w.t.Helper()
	key := events.NewStringAttribute(dynamo.KeyOf(c.ID))
	return w.encoded(events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{{
		EventID: "1", EventName: string(events.DynamoDBOperationTypeModify), EventSource: "aws:dynamodb",
		Change: events.DynamoDBStreamRecord{
			Keys: map[string]events.DynamoDBAttributeValue{"pk": key},
			NewImage: map[string]events.DynamoDBAttributeValue{
				"pk": key, "armed_at": events.NewStringAttribute(c.ArmedAt.Format(time.RFC3339Nano)),
			},
			SequenceNumber: "1", StreamViewType: string(events.DynamoDBStreamViewTypeNewImage),
		},
	}}})
}

// schedule is what starts sweep and reconcile.
func (w *world) schedule() []byte {
	w.t.Helper()
	return w.encoded(events.EventBridgeEvent{DetailType: "Scheduled Event", Source: "aws.scheduler", Detail: json.RawMessage(`"{}"`)})
}
