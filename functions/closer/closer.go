// Package closer works the cases that the table's stream reports as armed.
package closer

import (
	"context"
	"errors"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
)

// Meter counts events, and records gauges.
type Meter interface {
	Count(name metrics.Name)
	Put(name metrics.Name, value int64, by metrics.Dimension)
}

// Handler works batches of the stream's records.
type Handler struct {
	Closer closing.Closer
	// Budgets is read after a close, for the gauge of what is spent; without it, there is no gauge.
	Budgets Budgets
	// Mail calls people to cases, naming the Stack; without it, only the log and the metrics do.
	Mail  Publisher
	Stack string
	Meter Meter
	Log   *slog.Logger
}

// Handle works the case of each record, and names as failures the records whose case could not be worked and those for
// which no time was left. The error is always nil.
//
// Lambda delivers again from the first failure. The records behind it are worked all the same, so that one failure does
// not hold them up; to work a case a second time costs one load.
func (h *Handler) Handle(ctx context.Context, batch events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	failures := []events.DynamoDBBatchItemFailure{}
	if len(batch.Records) == 0 { // never from the stream
		h.Log.WarnContext(ctx, "nothing to work", "reason", "the event holds no record of the table's stream")
	}
	for i, record := range batch.Records {
		id, armed := h.caseOf(ctx, record)
		if !armed {
			continue
		}
		// The first record is tried however little time is left: a function with a short timeout still does what needs
		// no claim, and no claim is made without time.
		if i > 0 && closing.OutOfTime(ctx, h.Closer.Now(), h.Closer.Terms.NeedsForClose()) {
			return events.DynamoDBEventResponse{BatchItemFailures: h.leaveUntried(ctx, failures, batch.Records[i:])}, nil
		}
		if !h.work(ctx, id, record.Change.SequenceNumber) {
			failures = append(failures, failure(record))
		}
	}
	return events.DynamoDBEventResponse{BatchItemFailures: failures}, nil
}

// leaveUntried adds the records that are not tried to the failures.
func (h *Handler) leaveUntried(ctx context.Context, failures []events.DynamoDBBatchItemFailure, rest []events.DynamoDBEventRecord) []events.DynamoDBBatchItemFailure {
	h.Log.WarnContext(ctx, "out of time", "records", len(rest))
	for _, record := range rest {
		failures = append(failures, failure(record))
	}
	return failures
}

func failure(record events.DynamoDBEventRecord) events.DynamoDBBatchItemFailure {
	return events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber}
}

// work works one case, and reports whether its record is done. A record whose case is missing or unreadable is done too:
// delivered again, it would only hold up the records behind it.
func (h *Handler) work(ctx context.Context, id dispute.ID, sequence string) bool {
	noted := &heard{Watcher: h.Closer.Watcher}
	worker := h.Closer
	worker.Watcher = noted
	err := worker.Work(ctx, id)
	h.report(ctx, noted)
	if errors.Is(err, closing.ErrUnreadable) {
		h.Closer.Watcher.Note(ctx, closing.Note{Kind: closing.NoteUnreadable, Case: closing.Case{ID: id}, Err: err})
		return true
	}
	if err != nil {
		h.Log.ErrorContext(ctx, "case not worked", "dispute", id, "sequence", sequence, "error", err)
	}
	return err == nil || errors.Is(err, closing.ErrNotFound)
}
