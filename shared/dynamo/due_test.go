package dynamo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// slowReader has items, of which a batch gets at most perBatch, and an index that lists ids.
type slowReader struct {
	Client
	index    []dispute.ID
	items    map[string]attributes
	dates    map[dispute.ID]types.AttributeValue // where the index does not say 1970
	perBatch int
	weak     int // reads that were not consistent
	longest  int // the most keys of a batch
}

func (s *slowReader) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	var out dynamodb.QueryOutput
	shard := in.ExpressionAttributeValues[":partition"].(*types.AttributeValueMemberS).Value
	for _, id := range s.index {
		if shardOf(id) == shard {
			date := cmp.Or(s.dates[id], textValue(formatInstant(time.Unix(0, 0))))
			out.Items = append(out.Items, attributes{"pk": textValue(KeyOf(id)), "due_at": date})
		}
	}
	return &out, nil
}

func (s *slowReader) BatchGetItem(_ context.Context, in *dynamodb.BatchGetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	asked := in.RequestItems["t"]
	s.count(asked.ConsistentRead)
	s.longest = max(s.longest, len(asked.Keys))
	out := &dynamodb.BatchGetItemOutput{Responses: map[string][]map[string]types.AttributeValue{}}
	read := min(s.perBatch, len(asked.Keys))
	for _, key := range asked.Keys[:read] {
		if item, ok := s.items[key["pk"].(*types.AttributeValueMemberS).Value]; ok {
			out.Responses["t"] = append(out.Responses["t"], item)
		}
	}
	if asked.Keys = asked.Keys[read:]; len(asked.Keys) > 0 {
		out.UnprocessedKeys = map[string]types.KeysAndAttributes{"t": asked}
	}
	return out, nil
}

func (s *slowReader) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	s.count(in.ConsistentRead)
	return &dynamodb.GetItemOutput{}, nil
}

func (s *slowReader) count(consistent *bool) {
	if !aws.ToBool(consistent) {
		s.weak++
	}
}

func slow(t *testing.T, perBatch int, cases ...closing.Case) *slowReader {
	t.Helper()
	s := &slowReader{items: map[string]attributes{}, perBatch: perBatch}
	for _, c := range cases {
		s.index = append(s.index, c.ID)
		s.items[KeyOf(c.ID)] = itemOf(t, c)
	}
	return s
}

func due(id dispute.ID) closing.Case { return closing.Case{ID: id, DueAt: time.Unix(0, 0)} }

func listed(t *testing.T, s *slowReader) []dispute.ID {
	t.Helper()
	cases, next, err := New(s, "t", mark).Cases(t.Context(), 100, "")
	if err != nil || next != "" {
		t.Fatalf("Cases: %q, %v", next, err)
	}
	var ids []dispute.ID
	for _, c := range cases {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	return ids
}

func TestWhatABatchLeftOutIsAskedForAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := slow(t, 2, due("a"), due("b"), due("c"), due("d"), due("e"))
		if got, want := listed(t, s), []dispute.ID{"a", "b", "c", "d", "e"}; !slices.Equal(got, want) {
			t.Errorf("listed %q, want %q", got, want)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		_, _, err := New(slow(t, 0, due("a")), "t", mark).Cases(t.Context(), 100, "")
		if !errors.Is(err, errUnread) || fault.Of(err) != fault.Retryable {
			t.Errorf("got %v (%v), want a retryable %v", err, fault.Of(err), errUnread)
		}
	})
}

func TestAStaleIndexListsNothingFinished(t *testing.T) {
	s := slow(t, 100, due("open"), closing.Case{ID: "finished"})
	s.index = append(s.index, "gone")
	if got := listed(t, s); !slices.Equal(got, []dispute.ID{"open"}) {
		t.Errorf("listed %q, want only the open case", got)
	}
}

// Somebody wrote a date by hand, as anybody would: the sweep has to find the other cases, and to name this one.
func TestADateThatCannotBeReadHidesNoOtherCase(t *testing.T) {
	s := slow(t, 100, due("a"), due("b"), due("c"))
	s.dates = map[dispute.ID]types.AttributeValue{"b": textValue("2026-11-27T00:00:00Z")}
	page, next, err := New(s, "t", mark).Due(t.Context(), time.Now(), 100, "")
	if err != nil || next != "" || len(page) != 3 || page[0].ID != "b" {
		t.Errorf("Due: got %v, %q, %v, want the unreadable date first of three", page, next, err)
	}
}

// entries answers every query of an index with these.
type entries struct {
	Client
	items []map[string]types.AttributeValue
	asked []*dynamodb.QueryInput
}

func (e *entries) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	e.asked = append(e.asked, in)
	return &dynamodb.QueryOutput{Items: e.items}, nil
}

// One line that cannot be read is named, and hides no other. A cursor of another day lists nothing.
func TestLinesNamesTheUnreadable(t *testing.T) {
	whole := lineItem(closing.Line{At: at(9, 0), What: closing.ActPause, Who: "ada"})
	hollow := attributes{"pk": textValue("dispute#dp_bad"), "journal_at": textValue(formatInstant(at(9, 1)))}
	undated := lineItem(closing.Line{What: closing.ActKeep})
	undated["pk"], undated["journal_at"] = textValue("journal#x#y"), textValue("yesterday")
	e := &entries{items: []map[string]types.AttributeValue{hollow, whole, undated}}
	l := New(e, "t", mark)
	page, next, err := l.Lines(t.Context(), "2026-03-02", 10, "")
	if len(page) != 1 || page[0].Who != "ada" || next != "" {
		t.Errorf("%+v, %q", page, next)
	}
	var named []dispute.ID
	for _, u := range closing.UnreadIn(err) {
		named = append(named, u.ID)
	}
	if !slices.Equal(named, []dispute.ID{"dp_bad", "journal#x#y"}) {
		t.Errorf("unreadable are %q: %v", named, err)
	}
	cursor := formatCursor([]place{{Partition: "2026-03-01", At: "x", Key: "y"}})
	if _, _, err := l.Lines(t.Context(), "2026-03-02", 10, cursor); !errors.Is(err, errCursor) || len(e.asked) != 1 {
		t.Errorf("a cursor of another day: %v after %d queries", err, len(e.asked))
	}
}

func TestReadsAreConsistent(t *testing.T) {
	s := slow(t, 100, due("a"))
	listed(t, s)
	l := New(s, "t", mark)
	_, loadErr := l.Load(t.Context(), "a")
	if !errors.Is(loadErr, closing.ErrNotFound) {
		t.Errorf("Load: %v", loadErr)
	}
	_, controlErr := l.Control(t.Context())
	_, spentErr := l.Spent(t.Context(), "2026-03-14", "usd")
	if err := errors.Join(controlErr, spentErr); err != nil {
		t.Error(err)
	}
	if s.weak != 0 {
		t.Errorf("%d reads were not consistent", s.weak)
	}
}

// One case that cannot be read is named, and keeps no other of its page from being listed.
func TestCasesNamesTheUnreadable(t *testing.T) {
	s := slow(t, 100, due("dp_1"), due("dp_2"), due("dp_3"))
	delete(s.items[KeyOf("dp_2")], "version")
	page, _, err := New(s, "t", mark).Cases(t.Context(), 100, "")
	if !errors.Is(err, closing.ErrUnreadable) || !strings.Contains(err.Error(), "case dp_2") || strings.Contains(err.Error(), "dp_1") {
		t.Errorf("%v, want that dp_2 cannot be read", err)
	}
	if len(page) != 2 {
		t.Errorf("%d cases are listed, want the two others", len(page))
	}
}

// A batch of more than a hundred, of which DynamoDB reads a part each time, comes back whole, with an error for those
// that cannot be read. An id that no key can hold is not stored, and spoils nothing.
func TestLoadAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cases []closing.Case
		for i := range 230 {
			cases = append(cases, due(dispute.ID(fmt.Sprint("dp_", i))))
		}
		s := slow(t, 40, cases...)
		delete(s.items[KeyOf("dp_7")], "version")
		s.items[KeyOf("dp_200")]["state"] = numberValue(1)
		longest := strings.Repeat("x", keyMax-len(KeyOf("")))
		s.items[KeyOf(dispute.ID(longest))] = itemOf(t, due(dispute.ID(longest)))
		ids := append(slices.Clone(s.index), "dp_unknown", "dp_1", dispute.ID(longest), dispute.ID(longest+"x"))
		found, err := New(s, "t", mark).LoadAll(t.Context(), ids)
		var unread []dispute.ID
		for _, u := range closing.UnreadIn(err) {
			unread = append(unread, u.ID)
		}
		if slices.Sort(unread); !slices.Equal(unread, []dispute.ID{"dp_200", "dp_7"}) || len(found) != 229 || found["dp_1"].ID != "dp_1" {
			t.Errorf("found %d, unread %q, %v", len(found), unread, err)
		}
		if s.weak != 0 || s.longest > batchMax {
			t.Errorf("%d weak reads, a batch of %d", s.weak, s.longest)
		}
	})
}

func TestLoadAllGivesUpOnWhatStaysUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if found, err := New(slow(t, 0, due("a")), "t", mark).LoadAll(t.Context(), []dispute.ID{"a"}); found != nil || !errors.Is(err, errUnread) || fault.Of(err) != fault.Retryable {
			t.Errorf("found %v, %v", found, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), batchPause/2)
		defer cancel()
		if _, err := New(slow(t, 0, due("a")), "t", mark).LoadAll(ctx, []dispute.ID{"a"}); !errors.Is(err, context.DeadlineExceeded) || fault.Of(err) != fault.Retryable {
			t.Errorf("%v, want that the time is over", err)
		}
	})
}

// markReader has one malformed mark.
type markReader struct {
	Client
	item attributes
}

func (m markReader) GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: m.item}, nil
}

func TestAMalformedMarkIsUnreadable(t *testing.T) {
	for _, item := range []attributes{{"cursor": numberValue(7)}, {"cursor": textValue("dp_1"), "at": textValue("yesterday")}} {
		if m, err := New(markReader{item: item}, "t", mark).Mark(t.Context()); !errors.Is(err, closing.ErrUnreadable) || m != (closing.Mark{}) {
			t.Errorf("%v: got %+v, %v", item, m, err)
		}
	}
}

// pagedReader has one entry a page.
type pagedReader struct {
	Client
	last   attributes
	starts []attributes
}

func (p *pagedReader) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	p.starts = append(p.starts, in.ExclusiveStartKey)
	return &dynamodb.QueryOutput{Items: []map[string]types.AttributeValue{p.last}, LastEvaluatedKey: p.last}, nil
}

func TestAListingGoesOnWhereItEnded(t *testing.T) {
	last := attributes{"pk": textValue("dispute#dp_1"), "due_shard": textValue("0"), "due_at": textValue(formatInstant(at(9, 0)))}
	r := &pagedReader{last: last}
	_, next, err := New(r, "t", mark).Due(t.Context(), time.Now(), shards, "")
	if err == nil {
		_, _, err = New(r, "t", mark).Due(t.Context(), time.Now(), 1, next)
	}
	if err != nil || r.starts[0] != nil || !reflect.DeepEqual(r.starts[shards], last) {
		t.Errorf("began at %v, went on at %v, %v; want %v", r.starts[0], r.starts[shards], err, last)
	}
	r.last["pk"] = numberValue(1)
	if _, _, err := New(r, "t", mark).Due(t.Context(), time.Now(), 1, ""); !errors.Is(err, errMalformed) {
		t.Errorf("a key that cannot be read: %v", err)
	}
}
