package local

import (
	"context"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"disputecloser/shared/closing"
	"disputecloser/shared/dynamo"
)

// table is what a stream shows the changes of.
type table interface {
	closing.Ledger
	closing.Acts
}

// stream is a ledger that hands on what was stored as the table's stream does: a record for each stored case that
// passes the filter of the closer's event source mapping, which lets armed cases through.
//
// It sees what this process stores. What another process stores, an operator's order for example, is armed and due,
// and reaches the closer with the next sweep.
type stream struct {
	table

	mu       sync.Mutex
	records  []events.DynamoDBEventRecord
	sequence int
	// arrived holds a token while there may be records to take.
	arrived chan struct{}
}

func newStream(t table) *stream {
	return &stream{table: t, arrived: make(chan struct{}, 1)}
}

// Save stores the case and hands it on.
func (s *stream) Save(ctx context.Context, c closing.Case, t closing.Tally) (closing.Case, error) {
	saved, err := s.table.Save(ctx, c, t)
	if err == nil {
		s.show(saved)
	}
	return saved, err
}

// Claim claims the case and hands it on.
func (s *stream) Claim(ctx context.Context, c closing.Case, b closing.Bid) (closing.Case, error) {
	claimed, err := s.table.Claim(ctx, c, b)
	if err == nil {
		s.show(claimed)
	}
	return claimed, err
}

// Act stores a person's act and hands the case on.
func (s *stream) Act(ctx context.Context, c closing.Case, line closing.Line) (closing.Case, error) {
	saved, err := s.table.Act(ctx, c, line)
	if err == nil {
		s.show(saved)
	}
	return saved, err
}

// show appends a record of the case if it is armed.
func (s *stream) show(c closing.Case) {
	if !c.Armed() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sequence++
	s.records = append(s.records, record(c, s.sequence))
	select {
	case s.arrived <- struct{}{}:
	default:
	}
}

func record(c closing.Case, sequence int) events.DynamoDBEventRecord {
	key := events.NewStringAttribute(dynamo.KeyOf(c.ID))
	name := events.DynamoDBOperationTypeModify
	if c.Version == 1 {
		name = events.DynamoDBOperationTypeInsert
	}
	return events.DynamoDBEventRecord{
		EventID:     strconv.Itoa(sequence),
		EventName:   string(name),
		EventSource: "aws:dynamodb",
		Change: events.DynamoDBStreamRecord{
			Keys: map[string]events.DynamoDBAttributeValue{"pk": key},
			NewImage: map[string]events.DynamoDBAttributeValue{
				"pk":       key,
				"armed_at": events.NewStringAttribute(c.ArmedAt.UTC().Format(time.RFC3339Nano)),
			},
			SequenceNumber: strconv.Itoa(sequence),
			StreamViewType: string(events.DynamoDBStreamViewTypeNewImage),
		},
	}
}

// maxBatch is the most records that the closer is given at once.
const maxBatch = 10

// take removes the oldest records and returns them.
func (s *stream) take() []events.DynamoDBEventRecord {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.records), maxBatch)
	batch := s.records[:n:n]
	s.records = s.records[n:]
	return batch
}
