//go:build parts

package dynamo_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/internal/dynamotest"
	"disputecloser/internal/ledgertest"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/dynamo"
	"disputecloser/shared/policy"
)

const (
	table = "disputes"
	mark  = "arn:aws:dynamodb:eu-west-1:123456789012:table/disputes/stream/2026-03-01T08:00:00.000"
)

type item = map[string]types.AttributeValue

func keyOf(c closing.Case) item {
	return item{"pk": &types.AttributeValueMemberS{Value: dynamo.KeyOf(c.ID)}}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// created returns a client on a table of the test's own.
func created(t *testing.T) *dynamodb.Client {
	t.Helper()
	client := local.Client(t)
	if err := dynamo.CreateTable(t.Context(), client, table); err != nil {
		t.Fatal(err)
	}
	return client
}

func stored(t *testing.T, client *dynamodb.Client, key item) item {
	t.Helper()
	out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: aws.String(table), Key: key})
	if err != nil {
		t.Fatal(err)
	}
	return out.Item
}

// edit sets one attribute of an item as newer code, or a person, would.
func edit(t *testing.T, client *dynamodb.Client, key item, name string, value types.AttributeValue) {
	t.Helper()
	_, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: aws.String(table), Key: key, UpdateExpression: aws.String("SET #name = :value"),
		ExpressionAttributeNames: map[string]string{"#name": name}, ExpressionAttributeValues: item{":value": value},
	})
	if err != nil {
		t.Fatal(err)
	}
}

var bid = closing.Bid{
	Day: "2026-03-14", Currency: "usd", Amount: 7, Limit: policy.Budget{Closes: 9, Amount: 99, Failures: 9},
}

// opened returns the ledger of a table on which closing is on.
func opened(t *testing.T, client dynamo.Client) *dynamo.Ledger {
	t.Helper()
	l := dynamo.New(client, table, mark)
	ledgertest.TurnOn(t, l)
	return l
}

func saved(t *testing.T, l *dynamo.Ledger, c closing.Case) closing.Case {
	t.Helper()
	c, err := l.Save(t.Context(), c, closing.Tally{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func claimed(t *testing.T, l *dynamo.Ledger, c closing.Case) closing.Case {
	t.Helper()
	c, err := l.Claim(t.Context(), c, bid)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAttributesOfNewerCodeSurvive(t *testing.T) {
	client := created(t)
	l := opened(t, client)
	c := saved(t, l, ledgertest.Filled(t))
	edit(t, client, keyOf(c), "from_tomorrow", text("kept"))
	c = claimed(t, l, saved(t, l, c))
	c, err := l.Save(t.Context(), closing.Case{ID: c.ID, Version: c.Version}, closing.Tally{Day: bid.Day, Currency: bid.Currency, Closes: -1})
	if err != nil {
		t.Fatal(err)
	}
	got := slices.Sorted(maps.Keys(stored(t, client, keyOf(c))))
	if want := []string{"from_tomorrow", "pk", "saved_by", "schema", "version"}; !slices.Equal(got, want) {
		t.Errorf("the item has %q, want %q", got, want)
	}
}

func TestANewerLayoutIsLeftAlone(t *testing.T) {
	client := created(t)
	l := opened(t, client)
	c := saved(t, l, ledgertest.Filled(t))
	edit(t, client, keyOf(c), "schema", &types.AttributeValueMemberN{Value: "99"})
	before := stored(t, client, keyOf(c))
	_, loadErr := l.Load(t.Context(), c.ID)
	_, _, listErr := l.Cases(t.Context(), 10, "")
	_, saveErr := l.Save(t.Context(), c, closing.Tally{})
	_, tallyErr := l.Save(t.Context(), c, closing.Tally{Day: bid.Day, Currency: bid.Currency, Closes: 1})
	_, claimErr := l.Claim(t.Context(), c, bid)
	for _, err := range []error{loadErr, listErr, saveErr, tallyErr, claimErr} {
		if !errors.Is(err, dynamo.ErrNewerLayout) {
			t.Errorf("got %v, want %v", err, dynamo.ErrNewerLayout)
		}
	}
	if after := stored(t, client, keyOf(c)); !reflect.DeepEqual(before, after) {
		t.Errorf("the item was changed")
	}
}

func TestTheDisputeCanBeQueried(t *testing.T) {
	client := created(t)
	c := saved(t, dynamo.New(client, table, mark), ledgertest.Filled(t))
	out, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{
		TableName: aws.String(table), Key: keyOf(c),
		ProjectionExpression: aws.String("dispute.amount, dispute.evidence_details.submission_count, dispute.metadata.big"),
	})
	if err != nil {
		t.Fatal(err)
	}
	number := func(n string) types.AttributeValue { return &types.AttributeValueMemberN{Value: n} }
	object := func(o item) types.AttributeValue { return &types.AttributeValueMemberM{Value: o} }
	want := item{"dispute": object(item{
		"amount":           number("1500"),
		"evidence_details": object(item{"submission_count": number("2")}),
		"metadata":         object(item{"big": number("12345678901234567890")}),
	})}
	if !reflect.DeepEqual(out.Item, want) {
		t.Errorf("got %v, want %v", out.Item, want)
	}
}

func TestBudgetsExpire(t *testing.T) {
	client := created(t)
	claimed(t, opened(t, client), closing.Case{ID: "dp_1"})
	budget := stored(t, client, item{"pk": text("budget#2026-03-14#usd")})
	want := &types.AttributeValueMemberN{Value: "1776988800"} // 2026-04-24T00:00:00Z
	if got := budget["expires_at_s"]; !reflect.DeepEqual(got, want) {
		t.Errorf("it expires at %v, want %v", got, want)
	}
	ttl, err := client.DescribeTimeToLive(t.Context(), &dynamodb.DescribeTimeToLiveInput{TableName: aws.String(table)})
	if err != nil || aws.ToString(ttl.TimeToLiveDescription.AttributeName) != "expires_at_s" {
		t.Errorf("the table's TTL is %v, %v", ttl, err)
	}
}

func TestCallsAreCounted(t *testing.T) {
	counter := dynamotest.Count(created(t))
	l := opened(t, counter)
	counter.Take()
	c := closing.Case{ID: "dp_1", DueAt: time.Now()}
	back := closing.Tally{Day: bid.Day, Currency: bid.Currency, Closes: -1, Amount: -bid.Amount}
	held := bid
	held.Held = true
	for _, step := range []struct {
		name string
		act  func() error
		want map[string]int
	}{
		{"Save", func() error { c = saved(t, l, c); return nil }, map[string]int{"UpdateItem": 1}},
		{"Load", func() error { _, err := l.Load(t.Context(), c.ID); return err }, map[string]int{"GetItem": 1}},
		{"Act", func() (err error) { c, err = l.Act(t.Context(), c, closing.Line{At: time.Now()}); return err }, map[string]int{"TransactWriteItems": 1}},
		{"Lines", func() error {
			_, _, err := l.Lines(t.Context(), closing.DayOf(time.Now()), 100, "")
			return err
		}, map[string]int{"Query": 1}},
		{"Claim", func() error { c = claimed(t, l, c); return nil }, map[string]int{"TransactWriteItems": 1}},
		{"Claim what is held", func() (err error) { c, err = l.Claim(t.Context(), c, held); return err }, map[string]int{"TransactWriteItems": 1}},
		{"Save with a tally", func() (err error) { c, err = l.Save(t.Context(), c, back); return err }, map[string]int{"TransactWriteItems": 1}},
		{"Control", func() error { _, err := l.Control(t.Context()); return err }, map[string]int{"GetItem": 1}},
		{"SetControl", func() error { return l.SetControl(t.Context(), closing.Control{Switch: closing.On}) }, map[string]int{"TransactWriteItems": 1}},
		{"Spent", func() error { _, err := l.Spent(t.Context(), bid.Day, bid.Currency); return err }, map[string]int{"GetItem": 1}},
		{"Warm", func() error { return l.Warm(t.Context()) }, map[string]int{"GetItem": 1}},
		{"Due", func() error { _, _, err := l.Due(t.Context(), time.Now(), 100, ""); return err }, map[string]int{"Query": 8}},
		{"Cases", func() error { _, _, err := l.Cases(t.Context(), 100, ""); return err }, map[string]int{"Query": 8, "BatchGetItem": 1}},
		{"LoadAll none", func() error { _, err := l.LoadAll(t.Context(), nil); return err }, map[string]int{}},
		{"LoadAll 250", func() error { _, err := l.LoadAll(t.Context(), many(250)); return err }, map[string]int{"BatchGetItem": 3}},
		{"Mark", func() error { _, err := l.Mark(t.Context()); return err }, map[string]int{"GetItem": 1}},
		{"SetMark", func() error { return l.SetMark(t.Context(), closing.Mark{Cursor: "dp_1"}) }, map[string]int{"UpdateItem": 1}},
	} {
		if err := step.act(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		if got := counter.Take(); !maps.Equal(got, step.want) {
			t.Errorf("%s: %v calls, want %v", step.name, got, step.want)
		}
	}
}

// lossy carries every request out and loses the answer to the first of each operation in ops.
type lossy struct {
	op   string
	lost atomic.Int64
}

func (l *lossy) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err == nil && strings.HasSuffix(r.Header.Get("X-Amz-Target"), "."+l.op) && l.lost.Add(1) == 1 {
		_ = answer.Body.Close()
		return nil, io.ErrUnexpectedEOF
	}
	return answer, err
}

func TestALostAnswerIsNoConflict(t *testing.T) {
	tally := closing.Tally{Day: bid.Day, Currency: bid.Currency, Closes: 1, Amount: bid.Amount}
	for _, c := range []struct {
		name, op string
		act      func(l *dynamo.Ledger, c closing.Case) (closing.Case, error)
		spent    closing.Tally
	}{
		{"save", "UpdateItem", func(l *dynamo.Ledger, c closing.Case) (closing.Case, error) {
			return l.Save(t.Context(), c, closing.Tally{})
		}, closing.Tally{Day: bid.Day, Currency: bid.Currency}},
		{"save with a tally", "TransactWriteItems", func(l *dynamo.Ledger, c closing.Case) (closing.Case, error) {
			return l.Save(t.Context(), c, tally)
		}, tally},
		{"claim", "TransactWriteItems", func(l *dynamo.Ledger, c closing.Case) (closing.Case, error) {
			return l.Claim(t.Context(), c, bid)
		}, tally},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := created(t)
			start := saved(t, opened(t, client), ledgertest.Filled(t))
			transport := &lossy{op: c.op}
			l := dynamo.New(dynamodb.New(client.Options(), func(o *dynamodb.Options) {
				o.HTTPClient = &http.Client{Transport: transport}
			}), table, mark)

			got, err := c.act(l, start)
			if err != nil || got.Version != 2 || transport.lost.Load() < 2 {
				t.Fatalf("got version %d, %v after %d requests, want 2 after 2", got.Version, err, transport.lost.Load())
			}
			if now, err := l.Load(t.Context(), start.ID); err != nil || now.Version != 2 {
				t.Errorf("stored is version %d, %v, want 2", now.Version, err)
			}
			if spent, err := l.Spent(t.Context(), bid.Day, bid.Currency); err != nil || spent != c.spent {
				t.Errorf("spent is %+v, %v, want %+v", spent, err, c.spent)
			}
		})
	}
}

func TestALostAnswerDoesNotHideAConflict(t *testing.T) {
	client := created(t)
	stale := saved(t, dynamo.New(client, table, mark), ledgertest.Filled(t))
	saved(t, dynamo.New(client, table, mark), stale)
	l := dynamo.New(dynamodb.New(client.Options(), func(o *dynamodb.Options) {
		o.HTTPClient = &http.Client{Transport: &lossy{op: "UpdateItem"}}
	}), table, mark)
	if _, err := l.Save(t.Context(), stale, closing.Tally{}); !errors.Is(err, closing.ErrConflict) {
		t.Errorf("got %v, want %v", err, closing.ErrConflict)
	}
}

func many(n int) []dispute.ID {
	var ids []dispute.ID
	for i := range n {
		ids = append(ids, dispute.ID(fmt.Sprint("dp_", i)))
	}
	return ids
}

// One item that a person or a fault has spoilt holds up no other: not in a sweep, not in a batch, not in the listing.
func TestAnUnreadableItemHoldsUpNobody(t *testing.T) {
	client := created(t)
	l := dynamo.New(client, table, mark)
	now := time.Now().UTC()
	for _, id := range []dispute.ID{"dp_good", "dp_bad"} {
		saved(t, l, closing.Case{ID: id, State: closing.Open, DueAt: now.Add(-time.Hour)})
	}
	edit(t, client, keyOf(closing.Case{ID: "dp_bad"}), "version", text("many"))
	var notes watcher
	sweeper := closing.Sweeper{Ledger: l, DueIndex: l, Watcher: &notes, Terms: closing.DefaultTerms(), Now: func() time.Time { return now }}
	swept, err := sweeper.Sweep(t.Context())
	if want := (closing.Swept{Due: 2, Armed: 1, Unread: 1, Oldest: time.Hour}); err != nil || swept != want {
		t.Errorf("swept %+v, %v; want %+v", swept, err, want)
	}
	if !slices.Equal(notes, watcher{"unreadable dp_bad", "armed dp_good"}) && !slices.Equal(notes, watcher{"armed dp_good", "unreadable dp_bad"}) {
		t.Errorf("noted %q", notes)
	}
	found, err := l.LoadAll(t.Context(), []dispute.ID{"dp_bad", "dp_good"})
	wantUnread(t, err, "dp_bad")
	if len(found) != 1 || found["dp_good"].ID != "dp_good" {
		t.Errorf("LoadAll found %v", found)
	}
	page, _, err := l.Cases(t.Context(), 10, "")
	wantUnread(t, err, "dp_bad")
	if len(page) != 1 || page[0].ID != "dp_good" {
		t.Errorf("Cases lists %v", page)
	}
	_, err = l.Load(t.Context(), "dp_bad")
	wantUnread(t, err, "dp_bad")
}

func wantUnread(t *testing.T, err error, id dispute.ID) {
	t.Helper()
	if unread := closing.UnreadIn(err); len(unread) != 1 || unread[0].ID != id || !errors.Is(err, closing.ErrUnreadable) {
		t.Errorf("got %v, want that %s cannot be read", err, id)
	}
}

// watcher keeps "kind id" of each note.
type watcher []string

func (w *watcher) Note(_ context.Context, n closing.Note) {
	*w = append(*w, string(n.Kind)+" "+string(n.Case.ID))
}
