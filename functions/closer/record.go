package closer

import (
	"context"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/metrics"
)

// caseOf returns the case that a record is about. It returns false for a deleted item, for an item that is not a case (a
// budget, the pause switch), and for a record without a readable key. The last is logged; the sweep finds its case in the
// table.
func (h *Handler) caseOf(ctx context.Context, record events.DynamoDBEventRecord) (dispute.ID, bool) {
	if record.EventName == string(events.DynamoDBOperationTypeRemove) {
		return "", false
	}
	key, ok := record.Change.Keys["pk"]
	if ok && key.DataType() == events.DataTypeString {
		if id, isCase := dynamo.IDOf(key.String()); !isCase || id != "" {
			return id, isCase
		}
	}
	h.Meter.Count(metrics.Rejected)
	h.Log.ErrorContext(ctx, "record rejected", "event", record.EventID, "sequence", record.Change.SequenceNumber, "error", "it has no readable key")
	return "", false
}
