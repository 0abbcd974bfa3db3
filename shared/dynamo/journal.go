package dynamo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
)

// summaryFields are the layout of a line's map "summary": all that the index shows of a line beside its instant.
var summaryFields = fields[closing.Line]{
	text("what", func(l *closing.Line) *string { return &l.What }),
	text("dispute", func(l *closing.Line) *dispute.ID { return &l.Dispute }),
	text("who", func(l *closing.Line) *string { return &l.Who }),
	text("why", func(l *closing.Line) *string { return &l.Why }),
	number("amount", func(l *closing.Line) *int64 { return &l.Money.Amount }),
	text("currency", func(l *closing.Line) *string { return &l.Money.Currency }),
	pointer("ended", func(l *closing.Line) **closing.Ended { return &l.Ended }, endedFields),
}

var endedFields = fields[closing.Ended]{
	text("state", func(e *closing.Ended) *closing.State { return &e.State }),
	text("status", func(e *closing.Ended) *dispute.Status { return &e.Status }),
	text("reason_code", func(e *closing.Ended) *string { return &e.ReasonCode }),
	text("proof", func(e *closing.Ended) *closing.Proof { return &e.Proof }),
	text("action", func(e *closing.Ended) *policy.Action { return &e.Action }),
	text("rule", func(e *closing.Ended) *string { return &e.Rule }),
	text("guard", func(e *closing.Ended) *policy.Guard { return &e.Guard }),
	flag("shadow", func(e *closing.Ended) *bool { return &e.Shadow }),
	text("operator", func(e *closing.Ended) *string { return &e.Operator }),
	instant("posted_at", func(e *closing.Ended) *time.Time { return &e.PostedAt }),
	instant("created_at", func(e *closing.Ended) *time.Time { return &e.CreatedAt }),
	flag("contradicted", func(e *closing.Ended) *bool { return &e.Contradicted }),
}

// lineItem returns what puts an item into the journal.
func lineItem(line closing.Line) attributes {
	return attributes{
		"journal_day": textValue(closing.DayOf(line.At)),
		"journal_at":  textValue(formatInstant(line.At)),
		"summary":     summaryFields.value(line),
	}
}

// lineOf reads an entry of the journal.
func lineOf(entry attributes) (line closing.Line, err error) {
	if line, err = summaryFields.from(entry["summary"]); err != nil {
		return line, malformed(fmt.Errorf("summary: %w", err))
	}
	if line.At, err = asInstant(entry["journal_at"]); err != nil {
		return line, malformed(fmt.Errorf("journal_at: %w", err))
	}
	return line, nil
}

var errLineExists = fault.Mark(fault.Permanent, errors.New("the journal holds this line already"))

// linePut is the part of a transaction that writes a line once: no code changes or deletes one.
func (l *Ledger) linePut(token string, line closing.Line) part {
	item := lineItem(line)
	item["pk"] = textValue(lineKey(line, token))
	return part{types.TransactWriteItem{Put: &types.Put{
		TableName: &l.table, Item: item, ConditionExpression: aws.String("attribute_not_exists(pk)"),
	}}, always(errLineExists)}
}

// Act stores the case and the line of an act in one transaction, or returns closing.ErrConflict.
func (l *Ledger) Act(ctx context.Context, c closing.Case, line closing.Line) (closing.Case, error) {
	w, err := l.caseWrite(c)
	if err == nil {
		err = l.transact(ctx, w, l.linePut(w.token, line))
	}
	if err != nil {
		return closing.Case{}, fmt.Errorf("store the act on case %s: %w", c.ID, err)
	}
	return l.stored(c, w), nil
}

// Lines lists at most limit lines of one UTC day, the oldest first, from where the cursor left off, with one query of the
// journal's index and no read of a case.
func (l *Ledger) Lines(ctx context.Context, day closing.Day, limit int, cursor string) ([]closing.Line, string, error) {
	places, err := parseCursor(cursor, []place{{Partition: string(day)}})
	switch {
	case limit < 1:
		err = errLimit
	case err == nil && places[0].Partition != string(day):
		err = fmt.Errorf("%w: it is of %s", errCursor, places[0].Partition)
	}
	if err != nil {
		return nil, "", fmt.Errorf("list the journal of %s: %w", day, fault.Mark(fault.Permanent, err))
	}
	items, next, err := l.entries(ctx, journalIndex, formatInstant(lastInstant), limit, places[0])
	if err != nil {
		return nil, "", fmt.Errorf("list the journal of %s: %w", day, err)
	}
	lines := make([]closing.Line, 0, len(items))
	var unread []error
	for _, item := range items {
		line, err := lineOf(item)
		if err != nil {
			unread = append(unread, &closing.UnreadableError{ID: namedBy(item), Err: err})
			continue
		}
		lines = append(lines, line)
	}
	if next == nil {
		return lines, "", errors.Join(unread...)
	}
	return lines, formatCursor([]place{*next}), errors.Join(unread...)
}

// namedBy returns the dispute of an entry that cannot be read, or else its key.
func namedBy(entry attributes) dispute.ID {
	key, _ := asText[string](entry["pk"]) // empty if even that cannot be read
	return dispute.ID(strings.TrimPrefix(key, casePrefix))
}
