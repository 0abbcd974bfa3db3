package dynamo

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/internal/ledgertest"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// itemOf returns the item as a save of the case stores it.
func itemOf(t testing.TB, c closing.Case) attributes {
	t.Helper()
	c.Version++
	item, err := caseItem(c, load{})
	if err != nil {
		t.Fatal(err)
	}
	maps.Copy(item, keyed(KeyOf(c.ID)))
	return item
}

func TestEveryFieldGoesThereAndBack(t *testing.T) {
	want := ledgertest.Filled(t)
	got, err := caseOf(itemOf(t, want))
	if err != nil {
		t.Fatal(err)
	}
	want.Version++
	ledgertest.WantCase(t, got, want)
}

func TestAFullItemHasExactlyTheKnownAttributes(t *testing.T) {
	c := ledgertest.Filled(t)
	c.State = closing.Resolved
	item := itemOf(t, c)
	want := append(slices.Clone(caseKnown), "pk")
	item["saved_by"] = nil // set by the write
	slices.Sort(want)
	if got := slices.Sorted(maps.Keys(item)); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestAFinishedCaseIsNotInTheIndex(t *testing.T) {
	item := itemOf(t, closing.Case{ID: "dp_1", State: closing.Closed})
	for _, name := range []string{"due_at", "due_shard"} {
		if _, ok := item[name]; ok {
			t.Errorf("it has %s", name)
		}
	}
}

func TestItemsThatCannotBeRead(t *testing.T) {
	for name, spoil := range map[string]func(a attributes){
		"a date that is not one":  func(a attributes) { a["due_at"] = textValue("tomorrow") },
		"a date of another type":  func(a attributes) { a["armed_at"] = numberValue(1) },
		"a fraction of a version": func(a attributes) { a["version"] = &types.AttributeValueMemberN{Value: "1.5"} },
		"no version":              func(a attributes) { delete(a, "version") },
		"a list of another type": func(a attributes) {
			a["seen"] = &types.AttributeValueMemberL{Value: []types.AttributeValue{numberValue(1)}}
		},
		"a key of something else":    func(a attributes) { a["pk"] = textValue("control") },
		"an unknown outcome":         func(a attributes) { spoilOutcome(a) },
		"a duration that is not one": func(a attributes) { decisionIn(a)["after"] = textValue("soon") },
		"bytes that are not gzip":    func(a attributes) { a["dispute_exact"] = &types.AttributeValueMemberB{Value: []byte("{}")} },
		"a cut dispute":              cutDispute,
		"bytes that are no dispute":  func(a attributes) { a["dispute_exact"] = &types.AttributeValueMemberB{Value: compress([]byte("[]"))} },
	} {
		item := itemOf(t, ledgertest.Filled(t))
		spoil(item)
		_, err := caseOf(item)
		if !errors.Is(err, errMalformed) || fault.Of(err) != fault.Permanent {
			t.Errorf("%s: got %v (%v), want a permanent errMalformed", name, err, fault.Of(err))
		}
	}
}

func decisionIn(a attributes) attributes {
	return a["decision"].(*types.AttributeValueMemberM).Value
}

func spoilOutcome(a attributes) {
	tried := decisionIn(a)["tried"].(*types.AttributeValueMemberL).Value[0].(*types.AttributeValueMemberM).Value
	condition := tried["conditions"].(*types.AttributeValueMemberL).Value[0].(*types.AttributeValueMemberM).Value
	condition["outcome"] = textValue("perhaps")
}

func cutDispute(a attributes) {
	packed := a["dispute_exact"].(*types.AttributeValueMemberB)
	packed.Value = packed.Value[:len(packed.Value)/2]
}

func TestANewerLayoutIsNotRead(t *testing.T) {
	item := itemOf(t, closing.Case{ID: "dp_1"})
	item["schema"] = numberValue(layout + 1)
	_, err := caseOf(item)
	if !errors.Is(err, ErrNewerLayout) || fault.Of(err) != fault.Retryable {
		t.Errorf("got %v (%v), want a retryable ErrNewerLayout", err, fault.Of(err))
	}
}

func TestDisputesThatCannotBeStored(t *testing.T) {
	large, err := dispute.Parse([]byte(`{"id":"dp_1","a":"` + strings.Repeat("a", exactMax) + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	for want, d := range map[error]dispute.Dispute{errTooLarge: large, errNoBytes: {ID: "dp_1"}} {
		_, err := caseItem(closing.Case{Dispute: d}, load{})
		if !errors.Is(err, want) || fault.Of(err) != fault.Permanent {
			t.Errorf("got %v (%v), want a permanent %v", err, fault.Of(err), want)
		}
	}
}

func TestAPackedBombIsNotUnpacked(t *testing.T) {
	if _, err := decompress(compress(make([]byte, exactMax+1))); !errors.Is(err, errTooLarge) {
		t.Errorf("got %v, want %v", err, errTooLarge)
	}
}

func TestInstantsSortAsText(t *testing.T) {
	base := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	instants := []time.Time{
		{}, base.Add(-1), base, base.Add(1), base.Add(100 * time.Millisecond), base.Add(time.Second),
		base.In(time.FixedZone("west", -8*3600)).Add(time.Hour), lastInstant, lastInstant.Add(time.Hour),
	}
	for i, at := range instants {
		text := formatInstant(at)
		if len(text) != len("2026-01-01T00:00:00.000000000Z") {
			t.Errorf("%v is written as %q", at, text)
		}
		if i > 0 && text < formatInstant(instants[i-1]) {
			t.Errorf("%q sorts before %v", text, instants[i-1])
		}
		if back, err := asInstant(textValue(text)); err != nil || !back.Equal(at) && !at.After(lastInstant) {
			t.Errorf("%v comes back as %v, %v", at, back, err)
		}
	}
}

func TestKeys(t *testing.T) {
	for _, id := range []dispute.ID{"dp_1", "dispute#1", ""} {
		if got, ok := IDOf(KeyOf(id)); got != id || !ok {
			t.Errorf("IDOf(KeyOf(%q)): got %q, %v", id, got, ok)
		}
	}
	for _, key := range []string{"control", budgetKey("2026-01-01", "usd"), "warm", ""} {
		if id, ok := IDOf(key); ok {
			t.Errorf("IDOf(%q): got %q, want none", key, id)
		}
	}
	if got := budgetKey("2026-01-01", "usd"); got != "budget#2026-01-01#usd" {
		t.Errorf("a budget has key %q", got)
	}
}

func TestShardsAreUsedEvenly(t *testing.T) {
	count := map[string]int{}
	for i := range 8000 {
		count[shardOf(dispute.ID("dp_"+time.Duration(i).String()))]++
	}
	for _, p := range beginning() {
		if n := count[p.Partition]; n < 800 || n > 1200 {
			t.Errorf("shard %s has %d of 8000 cases", p.Partition, n)
		}
	}
	if len(count) != shards {
		t.Errorf("%d shards are used, want %d", len(count), shards)
	}
}

func BenchmarkItem(b *testing.B) {
	c := ledgertest.Filled(b)
	item := itemOf(b, c)
	b.Run("marshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := caseItem(c, load{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := caseOf(item); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := new(Ledger).caseWrite(c); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// Whoever repairs an item is led to the attribute.
func TestAnErrorLeadsToTheAttribute(t *testing.T) {
	for want, spoil := range map[string]func(a attributes){
		`pk: "control" is not the key of a case`:     func(a attributes) { a["pk"] = textValue("control") },
		`pk: it is missing`:                          func(a attributes) { delete(a, "pk") },
		`version: it is 0, and a stored case has on`: func(a attributes) { delete(a, "version") },
		`attempts: strconv.ParseInt: parsing "1.5"`:  func(a attributes) { a["attempts"] = numeral("1.5") },
		`posted_at: its type is NULL, not S`: func(a attributes) {
			a["posted_at"] = &types.AttributeValueMemberNULL{Value: true}
		},
		`decision: tried: 0: conditions: 0: outcome: "perhaps" is not one of [yes no unknown]`: spoilOutcome,
		`decision: tried: 1: conditions: 0: outcome: it is missing`:                            loseOutcome,
		`decision: after: time: invalid duration "soon"`:                                       func(a attributes) { decisionIn(a)["after"] = textValue("soon") },
		`history: 1: its type is S, not M`: func(a attributes) {
			a["history"].(*types.AttributeValueMemberL).Value[1] = textValue("")
		},
		`dispute_exact: unexpected EOF`: cutDispute,
	} {
		item := storedFile(t, "every-field")
		spoil(item)
		if _, err := caseOf(item); err == nil || !strings.HasPrefix(err.Error(), "the stored item is malformed: "+want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func loseOutcome(a attributes) {
	tried := decisionIn(a)["tried"].(*types.AttributeValueMemberL).Value[1].(*types.AttributeValueMemberM).Value
	delete(tried["conditions"].(*types.AttributeValueMemberL).Value[0].(*types.AttributeValueMemberM).Value, "outcome")
}

// Of several faults the first in the layout's order is named, every time.
func TestTheFirstOfSeveralFaultsIsNamed(t *testing.T) {
	item := storedFile(t, "every-field")
	for _, name := range []string{"history", "state", "due_at", "told"} {
		item[name] = &types.AttributeValueMemberNULL{Value: true}
	}
	for range 10 {
		if _, err := caseOf(item); err == nil || !strings.Contains(err.Error(), "malformed: state: ") {
			t.Fatalf("got %v, want that it names state", err)
		}
	}
}

// What is written for others, for queries, the index and the writes themselves, is not read.
func TestWhatIsNotReadSpoilsNothing(t *testing.T) {
	item := storedFile(t, "every-field")
	for _, name := range []string{"saved_by", "due_shard", "dispute"} {
		item[name] = &types.AttributeValueMemberNULL{Value: true}
	}
	got, err := caseOf(item)
	if err != nil {
		t.Fatal(err)
	}
	ledgertest.WantCase(t, got, everyField(t))
}
