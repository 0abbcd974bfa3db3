// Package closer works the cases that the table's stream shows as armed.
package closer

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/metrics"
)

// Meter counts what happens.
type Meter interface {
	Count(name metrics.Name)
}

// Ports are what the function works with.
type Ports struct {
	Ledger   closing.Ledger
	Provider closing.Provider
	Judge    closing.Judge
	Watcher  closing.Watcher
	Terms    closing.Terms
	Meter    Meter
	Log      *slog.Logger
	Now      func() time.Time
	// NewID returns a random id that was never used before.
	NewID func() string
}

// Handler works batches of the stream's records.
type Handler struct {
	Ports
	closer closing.Closer
}

// New returns the function.
func New(p Ports) *Handler {
	return &Handler{Ports: p, closer: closing.Closer{
		Ledger: p.Ledger, Provider: p.Provider, Judge: p.Judge, Watcher: p.Watcher,
		Terms: p.Terms, Now: p.Now, NewID: p.NewID,
	}}
}

// Handle works each record's case and names those that could not be worked. Lambda delivers again from the first of
// them; the others are worked all the same, so that one that fails does not hold up those behind it: working a case
// again that was worked costs one load. What time does not suffice for is named untried. The error is always nil.
func (h *Handler) Handle(ctx context.Context, batch events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	failures := []events.DynamoDBBatchItemFailure{}
	for i, record := range batch.Records {
		id, armed := h.caseOf(ctx, record)
		if !armed {
			continue
		}
		if i > 0 && h.lacksTime(ctx) {
			return events.DynamoDBEventResponse{BatchItemFailures: h.leave(ctx, failures, batch.Records[i:])}, nil
		}
		if !h.work(ctx, id, record.Change.SequenceNumber) {
			failures = append(failures, failure(record))
		}
	}
	return events.DynamoDBEventResponse{BatchItemFailures: failures}, nil
}

// lacksTime tells whether too little time is left to close one more case. The first record of a batch is begun
// whatever is left, or a function with too short a timeout would never do anything: no claim is made without time.
func (h *Handler) lacksTime(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ctx.Err() != nil || ok && deadline.Sub(h.Now()) < h.Terms.NeedsForClose()
}

// leave names records as failures that were not begun.
func (h *Handler) leave(ctx context.Context, failures []events.DynamoDBBatchItemFailure, rest []events.DynamoDBEventRecord) []events.DynamoDBBatchItemFailure {
	h.Log.WarnContext(ctx, "out of time", "records", len(rest))
	for _, record := range rest {
		failures = append(failures, failure(record))
	}
	return failures
}

func failure(record events.DynamoDBEventRecord) events.DynamoDBBatchItemFailure {
	return events.DynamoDBBatchItemFailure{ItemIdentifier: record.Change.SequenceNumber}
}

// work works one case, and reports whether its record is done with. Nothing can be done for a case that is gone or cannot
// be read: delivered again, its record would hold up those behind it.
func (h *Handler) work(ctx context.Context, id dispute.ID, sequence string) bool {
	err := h.closer.Work(ctx, id)
	if errors.Is(err, closing.ErrUnreadable) {
		h.Watcher.Note(ctx, closing.Note{Kind: closing.NoteUnreadable, Case: closing.Case{ID: id}, Err: err})
		return true
	}
	if err != nil {
		h.Log.ErrorContext(ctx, "case not worked", "dispute", id, "sequence", sequence, "error", err)
	}
	return err == nil || errors.Is(err, closing.ErrNotFound)
}
