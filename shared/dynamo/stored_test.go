package dynamo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"disputecloser/internal/ledgertest"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
)

// The files of testdata/stored are items of layout 1, in DynamoDB's JSON. Tables hold such items: the files are read
// and written for as long as the layout is 1. Add files; change none.

// oneItem is a table with room for one item. It applies updates as DynamoDB does, but judges no condition.
type oneItem struct {
	Client
	item attributes
}

func (o *oneItem) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	item := maps.Clone(o.item)
	if in.ProjectionExpression != nil {
		asked := slices.Collect(maps.Values(in.ExpressionAttributeNames))
		maps.DeleteFunc(item, func(name string, _ types.AttributeValue) bool { return !slices.Contains(asked, name) })
	}
	return &dynamodb.GetItemOutput{Item: item}, nil
}

func (o *oneItem) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	after := maps.Clone(o.item)
	if after == nil {
		after = maps.Clone(in.Key)
	}
	set, remove, _ := strings.Cut(strings.TrimPrefix(*in.UpdateExpression, "SET "), " REMOVE ")
	for assignment := range strings.SplitSeq(set, ",") {
		name, value, _ := strings.Cut(assignment, "=")
		after[in.ExpressionAttributeNames[name]] = in.ExpressionAttributeValues[value]
	}
	for name := range strings.SplitSeq(remove, ",") {
		delete(after, in.ExpressionAttributeNames[name])
	}
	o.item = after
	return &dynamodb.UpdateItemOutput{}, nil
}

// TransactWriteItems applies the first item's update. What is put beside it goes to no room here.
func (o *oneItem) TransactWriteItems(ctx context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	first := in.TransactItems[0].Update
	_, err := o.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		Key: first.Key, UpdateExpression: first.UpdateExpression,
		ExpressionAttributeNames: first.ExpressionAttributeNames, ExpressionAttributeValues: first.ExpressionAttributeValues,
	})
	return &dynamodb.TransactWriteItemsOutput{}, err
}

// readable returns an item as indented JSON, with the token of its write left out and the dispute unpacked: the token
// is random, and compress/gzip may pack the same bytes differently in another version of Go.
func readable(t *testing.T, item attributes) string {
	t.Helper()
	item = maps.Clone(item)
	delete(item, "saved_by")
	if packed, ok := item["dispute_exact"].(*types.AttributeValueMemberB); ok {
		raw, err := decompress(packed.Value)
		if err != nil {
			t.Fatal(err)
		}
		item["dispute_exact"] = &types.AttributeValueMemberB{Value: raw}
	}
	data, err := attributevalue.MarshalMapJSON(item)
	if err != nil {
		t.Fatal(err)
	}
	return indented(t, data)
}

// indented sorts the names, for MarshalMapJSON does not.
func indented(t *testing.T, data []byte) string {
	t.Helper()
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(tree); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func storedFile(t *testing.T, name string) attributes {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "stored", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	item, err := attributevalue.UnmarshalMapJSON(data)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return item
}

func wantItem(t *testing.T, name string, got attributes) {
	t.Helper()
	if diff := cmp.Diff(readable(t, storedFile(t, name)), readable(t, got)); diff != "" {
		t.Errorf("%s differs from what is stored (-file +got):\n%s", name, diff)
	}
}

func TestCasesAreStoredAsBefore(t *testing.T) {
	for name, c := range storedCases(t) {
		table := &oneItem{}
		if c.Version > 1 { // the item that it replaces has every attribute
			table.item = storedFile(t, "ended")
		}
		c.Version--
		if _, err := New(table, "t", mark).Save(t.Context(), c, closing.Tally{}); err != nil {
			t.Fatal(err)
		}
		table.item["pk"] = textValue(KeyOf(c.ID))
		if name == "closed" { // stored before the journal was, and in it from its next write on
			wantLine(t, table.item, at(12, 0))
		}
		wantItem(t, name, table.item)
	}
}

// wantLine takes from an item what puts it into the journal.
func wantLine(t *testing.T, item attributes, ended time.Time) {
	t.Helper()
	if item["summary"] == nil || !reflect.DeepEqual(item["journal_at"], textValue(formatInstant(ended))) {
		t.Errorf("the journal has it at %v with %v, want %s", item["journal_at"], item["summary"], ended)
	}
	for _, name := range []string{"journal_day", "journal_at", "summary"} {
		delete(item, name)
	}
}

func TestStoredCasesAreRead(t *testing.T) {
	cases := storedCases(t)
	for name, c := range writtenElsewhere(t) {
		cases[name] = c
	}
	for name, want := range cases {
		got, err := New(&oneItem{item: storedFile(t, name)}, "t", mark).Load(t.Context(), want.ID)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		ledgertest.WantCase(t, got, want)
	}
}

// A save touches no attribute that this code does not know, whatever its name resembles.
func TestASaveKeepsUnknownAttributes(t *testing.T) {
	table := &oneItem{item: storedFile(t, "unknown-attributes")}
	l := New(table, "t", mark)
	c, err := l.Load(t.Context(), "dp_unknown")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Save(t.Context(), closing.Case{ID: c.ID, Version: c.Version}, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
	wantItem(t, "unknown-attributes-cleared", table.item)
}

// mark is the ARN of the stream of the tests' table.
const mark = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2026-03-01T08:00:00.000"

func TestTheOtherItemsAreStoredAsBefore(t *testing.T) {
	paused := closing.Control{Switch: closing.Paused, Who: "ops@example.com", Why: "doubtful refunds", At: at(9, 1)}
	on := closing.Control{Switch: closing.On, Who: "ops@example.com", Why: "looked through", At: at(10, 0)}
	list := closing.Mark{Cursor: "dp_9", From: at(0, 0), Newest: at(8, 30), At: at(9, 2)}
	for name, c := range map[string]struct {
		over  string // the file with the item that is there before
		store func(l *Ledger) error
	}{
		"control-paused":    {"", func(l *Ledger) error { return l.SetControl(t.Context(), paused) }},
		"control-on":        {"control-on-paused", func(l *Ledger) error { return l.SetControl(t.Context(), on) }},
		"control-on-paused": {"control-on", func(l *Ledger) error { return l.SetControl(t.Context(), paused) }},
		"reconcile":         {"", func(l *Ledger) error { return l.SetMark(t.Context(), list) }},
		"reconcile-zero":    {"reconcile", func(l *Ledger) error { return l.SetMark(t.Context(), closing.Mark{}) }},
	} {
		table := &oneItem{}
		if c.over != "" {
			table.item = storedFile(t, c.over)
		}
		if err := c.store(New(table, "t", mark)); err != nil {
			t.Fatal(err)
		}
		wantItem(t, name, table.item)
	}
	for name, want := range map[string]closing.Mark{"reconcile": list, "reconcile-zero": {}} {
		if got, err := New(&oneItem{item: storedFile(t, name)}, "t", mark).Mark(t.Context()); err != nil || got != want {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
		}
	}
}

// The file control-resumed is a resume by code that knew no marks: for which table it was said is not known.
func TestTheSwitchIsRead(t *testing.T) {
	const another = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream/2026-03-05T08:00:00.000"
	for _, c := range []struct {
		file, mark string
		want       closing.Switch
	}{
		{"control-paused", mark, closing.Paused}, {"control-resumed", mark, closing.Off},
		{"control-on", mark, closing.On}, {"control-on", another, closing.Off}, {"control-on", "", closing.Off},
		{"control-on-paused", mark, closing.Paused}, {"control-on-paused", another, closing.Paused}, {"control-on-paused", "", closing.Paused},
		{"control-resumed", "", closing.Off},
	} {
		item := storedFile(t, c.file)
		got, err := New(&oneItem{item: item}, "t", c.mark).Control(t.Context())
		who, _ := asText[string](item["who"]) // nobody is named in the file of before
		if err != nil || got.Switch != c.want || got.Who != who || got.At.IsZero() {
			t.Errorf("%s for %q: got %+v, %v, want %q", c.file, c.mark, got, err, c.want)
		}
	}
}

// Lines of the journal are never written again, so that what one version stored every later one must read.
func TestLinesAreStoredAndReadAsBefore(t *testing.T) {
	want := closing.Line{
		At: stamp(9, 1, 5), What: closing.ActClose, Dispute: "dp_1", Who: "arn:aws:iam::123456789012:user/ada", Why: "agreed by phone",
		Money: dispute.Money{Amount: 1200, Currency: "usd"},
	}
	var put *types.Put
	f := &fake{transact: func(_ int, in *dynamodb.TransactWriteItemsInput) error { put = in.TransactItems[1].Put; return nil }}
	if _, err := New(f, "t", mark).Act(t.Context(), aCase, want); err != nil {
		t.Fatal(err)
	}
	item := attributes(maps.Clone(put.Item))
	key, _ := asText[string](item["pk"])
	item["pk"] = textValue(key[:strings.LastIndex(key, "#")+1] + "TOKEN")
	wantItem(t, "journal-close", item)
	for name, want := range map[string]closing.Line{"journal-close": want, "ended": lineOfEnded(t)} {
		if got, err := lineOf(storedFile(t, name)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
		}
	}
}

func lineOfEnded(t *testing.T) closing.Line {
	t.Helper()
	line, ended := endedCase(t).Line()
	if !ended {
		t.Fatal("it has not ended")
	}
	return line
}

// The case with every field set is what the others replace: with an attribute that no file has, nothing here would
// notice that it is no longer removed.
func TestEveryKnownAttributeIsInAFile(t *testing.T) {
	want := slices.Sorted(slices.Values(append(slices.Clone(caseKnown), "pk")))
	if got := slices.Sorted(maps.Keys(storedFile(t, "ended"))); !slices.Equal(got, want) {
		t.Errorf("ended.json has  %q\nknown are %q", got, want)
	}
}

func at(hour, minute int) time.Time { return time.Date(2026, 3, 2, hour, minute, 0, 0, time.UTC) }

func stamp(hour, minute, nanosecond int) time.Time {
	return at(hour, minute).Add(time.Duration(nanosecond))
}

const sampleDispute = `{"id": %q, "object": "dispute", "amount": 1200, "currency": "usd", "created": 1772448000, ` +
	`"charge": "ch_1", "evidence": null, "evidence_details": {"due_by": 1774051199000, "has_evidence": false, ` +
	`"submission_count": 0}, "livemode": true, "metadata": {"order": "6735", "rate": 1.50, "争议": "<ok> & 🙂"}, ` +
	`"payment_intent": "pi_1", "reason_code": "13.1", "list": [1, [], {}], "status": "needs_response"}`

func storedOne(t testing.TB, id dispute.ID) dispute.Dispute {
	t.Helper()
	d, err := dispute.Parse(fmt.Appendf(nil, sampleDispute, string(id)))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// storedCases are the cases of the files that this code writes as well as reads.
func storedCases(t testing.TB) map[string]closing.Case {
	t.Helper()
	return map[string]closing.Case{
		"every-field":     everyField(t),
		"zero":            {ID: "dp_zero", Version: 1},
		"zero-inside":     zeroInside(),
		"learned":         learned(t),
		"packed-fast":     packedFast(t),
		"shadow-decision": shadowDecision(t),
		"claimed":         claimedCase(t),
		"closed":          closedCase(t),
		"ended":           endedCase(t),
		"odd-values":      oddValues(t),
	}
}

func everyField(t testing.TB) closing.Case {
	t.Helper()
	return closing.Case{
		ID: "dp_every", State: closing.Closing, Version: 1,
		Dispute: storedOne(t, "dp_every"), ObservedAt: stamp(9, 0, 1),
		Decision: aDecision(),
		Override: &closing.Override{
			Action: policy.Close, Who: "ops@example.com", Why: "agreed by phone", At: stamp(9, 1, 20),
			Agreed: dispute.Money{Amount: 1200, Currency: "usd"},
		},
		DueAt: stamp(9, 2, 300), ArmedAt: stamp(9, 3, 4_000), PlannedAt: stamp(9, 4, 50_000), CloseAt: stamp(9, 5, 600_000),
		RetryAt: stamp(9, 6, 7_000_000),
		ClaimID: "claim-1", ClaimUntil: stamp(9, 7, 80_000_000), ClosedFrom: "needs_response", Ambiguous: true, Attempts: 2,
		PostedAt: stamp(9, 8, 900_000_000), Doubt: true,
		Spent: closing.Spend{Day: "2026-03-02", Currency: "usd", Amount: 1200}, Proof: closing.Inferred,
		LastError: "the answer was lost", FailedLooks: 3, FailedSince: at(9, 9), UnknownSince: at(9, 10),
		Told: []string{"failed", "missing"}, Seen: []string{"evt_1", "evt_2"},
		History: []closing.Entry{{At: at(9, 11), Who: "webhook", What: "learned"}, {At: at(9, 12), Who: "closer", What: "planned"}},
	}
}

func aDecision() *policy.Decision {
	return &policy.Decision{
		Action: policy.Close, Rule: "small", Shadow: true, Policy: "sha256:abc", At: stamp(9, 0, 123_456_789),
		Clock: policy.Clock{After: dispute.Known(24 * time.Hour), BeforeDue: dispute.Known(90*time.Minute + time.Nanosecond)},
		Guard: policy.GuardCeiling, GuardReason: "above 10.00 USD", RefundsUnavailable: true,
		Doubt: []string{"refunded", "livemode"}, Operator: "ops@example.com",
		Tried: []policy.Tried{
			{Rule: "large", Then: policy.Keep, Shadow: true, Conditions: []policy.Check{
				{Name: "amount", Want: "at least 5000", Seen: "1200", Outcome: policy.No},
			}},
			{Rule: "small", Then: policy.Close, Matched: true, Conditions: []policy.Check{
				{Name: "amount", Want: "at most 1500", Seen: "1200", Outcome: policy.Yes},
				{Name: "metadata.order", Want: "present", Outcome: policy.Unknown},
			}},
		},
	}
}

func zeroInside() closing.Case {
	return closing.Case{
		ID: "dp_zero_inside", Version: 2,
		Decision: &policy.Decision{
			Clock: policy.Clock{After: dispute.Known(time.Duration(0))}, Doubt: []string{""},
			Tried: []policy.Tried{{}, {Conditions: []policy.Check{{}}}},
		},
		Override: &closing.Override{}, Spent: closing.Spend{Amount: -1},
		Told: []string{""}, Seen: []string{"", "evt_1"}, History: make([]closing.Entry, 1),
	}
}

func learned(t testing.TB) closing.Case {
	t.Helper()
	return closing.Case{
		ID: "dp_learned", State: closing.Open, Version: 1, Dispute: storedOne(t, "dp_learned"), ObservedAt: at(12, 0),
		DueAt: at(12, 0), ArmedAt: at(12, 0), Seen: []string{"evt_1"},
		History: []closing.Entry{{At: at(12, 0), Who: "webhook", What: "learned"}},
	}
}

// packedFast is stored with gzip's fastest level; the files before it with the default one.
func packedFast(t testing.TB) closing.Case {
	t.Helper()
	c := learned(t)
	c.ID, c.Dispute = "dp_packed_fast", storedOne(t, "dp_packed_fast")
	return c
}

func shadowDecision(t testing.TB) closing.Case {
	t.Helper()
	c := learned(t)
	c.ID, c.Dispute, c.Version = "dp_shadow", storedOne(t, "dp_shadow"), 2
	c.ArmedAt, c.DueAt = time.Time{}, at(18, 0)
	c.Decision = &policy.Decision{
		Action: policy.Close, Rule: "small", Shadow: true, Policy: "sha256:abc", At: at(12, 1),
		Clock: policy.Clock{BeforeDue: dispute.Known(48 * time.Hour)}, Tried: aDecision().Tried,
	}
	return c
}

func claimedCase(t testing.TB) closing.Case {
	t.Helper()
	c := shadowDecision(t)
	c.ID, c.Dispute, c.Version, c.State = "dp_claimed", storedOne(t, "dp_claimed"), 4, closing.Closing
	c.Decision.Shadow = false
	c.PlannedAt, c.CloseAt, c.DueAt = at(12, 1), at(18, 0), at(18, 5)
	c.ClaimID, c.ClaimUntil, c.ClosedFrom, c.Attempts, c.PostedAt = "claim-1", at(18, 5), "needs_response", 1, at(18, 0)
	c.Spent = closing.Spend{Day: "2026-03-02", Currency: "usd", Amount: 1200}
	return c
}

func closedCase(t testing.TB) closing.Case {
	t.Helper()
	c := claimedCase(t)
	c.ID, c.Dispute, c.Version, c.State = "dp_closed", storedOne(t, "dp_closed"), 5, closing.Closed
	c.Proof, c.DueAt, c.ClaimID = closing.Answered, time.Time{}, ""
	return c
}

// endedCase has every field set, and has ended.
func endedCase(t testing.TB) closing.Case {
	t.Helper()
	c := everyField(t)
	c.ID, c.Dispute, c.State, c.EndedAt = "dp_ended", storedOne(t, "dp_ended"), closing.Resolved, stamp(9, 13, 5)
	c.Told = append(c.Told, closing.ReasonContradiction)
	c.History = append(c.History, closing.Entry{At: at(9, 13), Who: "closer", What: "ended", Act: true})
	return c
}

// oddValues holds what a person or a strange answer may bring in.
func oddValues(t testing.TB) closing.Case {
	t.Helper()
	c := learned(t)
	c.ID, c.Version, c.Dispute = "dp_odd", 1<<62, dispute.Dispute{}
	c.State, c.ClosedFrom = "争议", "<new status>"
	c.LastError = "争议 \x00 \u2028 \"quoted\" \\ 🙂 \n"
	c.DueAt, c.ArmedAt = time.Date(9999, 12, 31, 23, 59, 59, 999999999, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC)
	c.Spent.Amount, c.Attempts = -1<<63, -1
	return c
}

// writtenElsewhere are cases of files that this code reads only: of older code, of newer code, by hand.
func writtenElsewhere(t testing.TB) map[string]closing.Case {
	t.Helper()
	old := learned(t)
	old.ID, old.Dispute = "dp_old", storedOne(t, "dp_old")
	old.Decision = &policy.Decision{Action: policy.Keep, Policy: "sha256:abc", At: at(12, 1)}
	unknown := claimedCase(t)
	unknown.ID, unknown.Dispute = "dp_unknown", storedOne(t, "dp_unknown")
	byHand := learned(t)
	byHand.ID, byHand.Dispute = "dp_by_hand", storedOne(t, "dp_by_hand")
	byHand.Told, byHand.History, byHand.Seen = []string{}, []closing.Entry{}, []string{}
	byHand.Decision, byHand.Override = &policy.Decision{Clock: policy.Clock{After: dispute.Known(36 * time.Hour)}}, &closing.Override{}
	return map[string]closing.Case{"old": old, "unknown-attributes": unknown, "by-hand": byHand}
}

// ofEveryType are values of the types that DynamoDB knows; NULL is one of them.
func ofEveryType() []types.AttributeValue {
	return []types.AttributeValue{
		textValue("1"), numberValue(1),
		&types.AttributeValueMemberB{Value: []byte("1")}, &types.AttributeValueMemberBOOL{}, &types.AttributeValueMemberNULL{Value: true},
		&types.AttributeValueMemberL{}, &types.AttributeValueMemberM{}, &types.AttributeValueMemberSS{Value: []string{"1"}},
		&types.AttributeValueMemberNS{Value: []string{"1"}}, &types.AttributeValueMemberBS{Value: [][]byte{{1}}},
	}
}

// A field is read from one type of attribute only. A number is not a text, a set is not a list, and NULL is not zero: a
// posted_at of NULL does not say that nothing was posted. The error names the attribute.
func TestAnAttributeOfAnotherTypeIsMalformed(t *testing.T) {
	whole := storedFile(t, "ended")
	for _, name := range []string{"dispute", "journal_day", "journal_at", "summary"} { // views, never read
		delete(whole, name)
	}
	delete(whole, "saved_by")
	delete(whole, "due_shard")
	spoilEach(whole, "", func(name string) {
		_, err := caseOf(whole)
		if !errors.Is(err, errMalformed) || fault.Of(err) != fault.Permanent || !strings.Contains(err.Error(), name+": ") {
			t.Errorf("%s: got %v (%v), want a permanent errMalformed that names it", name, err, fault.Of(err))
		}
	})
	if _, err := caseOf(whole); err != nil {
		t.Errorf("the unspoilt item: %v", err)
	}
}

// spoilEach replaces each value in a map, at every depth, by one of each other type in turn, and calls check meanwhile.
func spoilEach(in attributes, within string, check func(name string)) {
	for name, value := range in {
		spoilOne(value, within+name, check, func(v types.AttributeValue) { in[name] = v })
	}
}

func spoilOne(value types.AttributeValue, name string, check func(name string), set func(types.AttributeValue)) {
	for _, other := range ofEveryType() {
		if reflect.TypeOf(other) != reflect.TypeOf(value) {
			set(other)
			check(name)
		}
	}
	set(value)
	switch v := value.(type) {
	case *types.AttributeValueMemberM:
		spoilEach(v.Value, "", check)
	case *types.AttributeValueMemberL:
		for i, element := range v.Value {
			spoilOne(element, name, check, func(e types.AttributeValue) { v.Value[i] = e })
		}
	}
}

// DynamoDB holds valid UTF-8 only.
func TestTextIsStoredAsUTF8(t *testing.T) {
	item := itemOf(t, closing.Case{ID: "dp_1", LastError: "a\xff\xfeb", Told: []string{"\xffc"}})
	want := attributes{"last_error": textValue("a\uFFFDb"), "told": &types.AttributeValueMemberL{Value: []types.AttributeValue{textValue("\uFFFDc")}}}
	for name, value := range want {
		if !reflect.DeepEqual(item[name], value) {
			t.Errorf("%s is stored as %#v", name, item[name])
		}
	}
}

// BenchmarkWebhook is a webhook's part in this package: a Load and a Save of a case that was looked at and decided once.
// The client's part is measured with the SDK's client on answers from memory.
func BenchmarkWebhook(b *testing.B) {
	c := shadowDecision(b)
	item := itemOf(b, c)
	b.Run("marshalling", func(b *testing.B) {
		b.ReportAllocs()
		l := New(nil, "t", mark)
		for b.Loop() {
			loaded, err := caseOf(item)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := l.caseWrite(loaded); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("client", func(b *testing.B) {
		data, err := attributevalue.MarshalMapJSON(item)
		if err != nil {
			b.Fatal(err)
		}
		stored := answering(http.StatusOK, `{"Item":`+string(data)+`}`)
		l, s := scripted(stored, ok)
		b.ReportAllocs()
		for b.Loop() {
			s.calls = 0
			loaded, err := l.Load(b.Context(), c.ID)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := l.Save(b.Context(), loaded, closing.Tally{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// A switch that cannot be read is an error, not "on"; a budget that cannot be read is an error, not unspent.
func TestAMalformedSwitchOrBudgetIsAnError(t *testing.T) {
	for _, name := range []string{"paused", "table", "who", "why", "at", "closes", "amount", "failures"} {
		item := storedFile(t, "control-on")
		item[name] = &types.AttributeValueMemberNULL{Value: true}
		l := New(&oneItem{item: item}, "t", mark)
		var err error
		if slices.Contains(controlKnown, name) {
			_, err = l.Control(t.Context())
		} else {
			_, err = l.Spent(t.Context(), "2026-03-02", "usd")
		}
		if !errors.Is(err, errMalformed) || fault.Of(err) != fault.Permanent || !strings.Contains(err.Error(), name+": ") {
			t.Errorf("%s: got %v (%v), want a permanent errMalformed that names it", name, err, fault.Of(err))
		}
	}
	item := storedFile(t, "control-on")
	delete(item, "paused")
	if c, err := New(&oneItem{item: item}, "t", mark).Control(t.Context()); !errors.Is(err, errMalformed) || c != (closing.Control{}) {
		t.Errorf("without paused: got %+v, %v", c, err)
	}
}

func TestAnEmptyListIsLeftOut(t *testing.T) {
	item := itemOf(t, closing.Case{ID: "dp_1", Told: []string{}, History: []closing.Entry{}})
	if item["told"] != nil || item["history"] != nil {
		t.Errorf("told is stored as %v, history as %v", item["told"], item["history"])
	}
}
