package local

import (
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/internal/eventfile"
	"disputecloser/shared/closing"
)

// TestRecordsLookLikeTheStreams compares a record with the event that the closer's own tests read.
func TestRecordsLookLikeTheStreams(t *testing.T) {
	want := eventfile.Read[events.DynamoDBEvent](t, "stream-armed").Records[0]
	armed, err := time.Parse(time.RFC3339, want.Change.NewImage["armed_at"].String())
	if err != nil {
		t.Fatal(err)
	}
	got := record(closing.Case{ID: "dp_1497123612345438208", Version: 2, ArmedAt: armed}, 1)
	if !reflect.DeepEqual(got.Change.Keys, want.Change.Keys) {
		t.Errorf("keys %v, want %v", got.Change.Keys, want.Change.Keys)
	}
	if got.EventName != want.EventName || got.EventSource != want.EventSource || got.Change.StreamViewType != want.Change.StreamViewType {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for name, value := range got.Change.NewImage {
		if value.DataType() != want.Change.NewImage[name].DataType() {
			t.Errorf("%s is of another type than in the stream", name)
		}
	}
}
