package dynamo

import (
	"bytes"
	"maps"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// loadsMax is how many loads are remembered at once.
const loadsMax = 64

// load is a case's item as it was read, or as a write of ours left it, without what is never read. What is stored under a
// version never changes: every write of a case has the version as its condition and raises it. The zero load is none.
type load struct {
	version int64
	item    attributes
	dispute dispute.Dispute
	history []closing.Entry
}

// loadOf keeps nothing that the case's holder may change.
func loadOf(c closing.Case, item attributes) load {
	return load{version: c.Version, item: item, dispute: c.Dispute, history: slices.Clone(c.History)}
}

// historyOf returns a history as an attribute. The lines that were loaded are not written again: a history grows at its end.
func (l load) historyOf(entries []closing.Entry) types.AttributeValue {
	stored, ok := l.item["history"].(*types.AttributeValueMemberL)
	if !ok || len(entries) == 0 {
		return listOf(entryFields.value)(entries)
	}
	from := max(slices.Index(l.history, entries[0]), 0)
	values := make([]types.AttributeValue, len(entries))
	for i, e := range entries {
		if at := from + i; at < len(l.history) && l.history[at] == e {
			values[i] = stored.Value[at]
		} else {
			values[i] = entryFields.value(e)
		}
	}
	return &types.AttributeValueMemberL{Value: values}
}

// loads remembers the newest load of each case, so that its save writes only what differs. A forgotten one costs a save of
// everything. It may be used by several goroutines at once.
type loads struct {
	mu   sync.Mutex
	kept map[dispute.ID]load
}

// keep remembers a load in place of any other of the case.
func (l *loads) keep(id dispute.ID, newest load) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.kept == nil {
		l.kept = make(map[dispute.ID]load)
	}
	if len(l.kept) >= loadsMax {
		for other := range l.kept {
			delete(l.kept, other)
			break
		}
	}
	l.kept[id] = newest
}

// take returns the load of a case in this version, if it is remembered, and forgets it.
func (l *loads) take(id dispute.ID, version int64) load {
	l.mu.Lock()
	defer l.mu.Unlock()
	newest := l.kept[id]
	if newest.version != version {
		return load{}
	}
	delete(l.kept, id)
	return newest
}

// holds reports whether the exact bytes of a dispute are those that are stored.
func (l load) holds(d dispute.Dispute) bool {
	return l.item["dispute_exact"] != nil && l.dispute.SameBytes(d)
}

// same reports whether two attributes are equal. Sets and NULL, which this code does not store, never are.
func same(a, b types.AttributeValue) bool {
	if a == b {
		return true
	}
	switch a := a.(type) {
	case *types.AttributeValueMemberS:
		b, ok := b.(*types.AttributeValueMemberS)
		return ok && a.Value == b.Value
	case *types.AttributeValueMemberN:
		b, ok := b.(*types.AttributeValueMemberN)
		return ok && a.Value == b.Value
	case *types.AttributeValueMemberBOOL:
		b, ok := b.(*types.AttributeValueMemberBOOL)
		return ok && a.Value == b.Value
	case *types.AttributeValueMemberB:
		b, ok := b.(*types.AttributeValueMemberB)
		return ok && bytes.Equal(a.Value, b.Value)
	case *types.AttributeValueMemberL:
		b, ok := b.(*types.AttributeValueMemberL)
		return ok && slices.EqualFunc(a.Value, b.Value, same)
	case *types.AttributeValueMemberM:
		b, ok := b.(*types.AttributeValueMemberM)
		return ok && maps.EqualFunc(a.Value, b.Value, same)
	}
	return false
}
