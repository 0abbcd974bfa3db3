package dynamo

import (
	"context"
	"errors"
	"maps"
	"math"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"disputecloser/shared/closing"
	"disputecloser/shared/fault"
	"disputecloser/shared/policy"
)

// fake answers writes by functions, with the number of the call from 1.
type fake struct {
	Client
	calls    int
	tokens   map[string]bool
	update   func(call int, in *dynamodb.UpdateItemInput) error
	transact func(call int, in *dynamodb.TransactWriteItemsInput) error
}

func (f *fake) UpdateItem(_ context.Context, in *dynamodb.UpdateItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error) {
	f.calls++
	return &dynamodb.UpdateItemOutput{}, f.update(f.calls, in)
}

func (f *fake) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	f.calls++
	if f.tokens == nil {
		f.tokens = map[string]bool{}
	}
	f.tokens[aws.ToString(in.ClientRequestToken)] = true
	return &dynamodb.TransactWriteItemsOutput{}, f.transact(f.calls, in)
}

func reasons(codes ...string) *types.TransactionCanceledException {
	cancelled := &types.TransactionCanceledException{}
	for _, code := range codes {
		cancelled.CancellationReasons = append(cancelled.CancellationReasons, types.CancellationReason{Code: &code})
	}
	return cancelled
}

var (
	aCase = closing.Case{ID: "dp_1", State: closing.Closing, Version: 3, ClaimID: "claim"}
	aBid  = closing.Bid{Day: "2026-03-14", Currency: "usd", Amount: 5, Limit: policy.Budget{Closes: 9, Amount: 99, Failures: 9}}
)

func TestReasonsOfACancelledClaim(t *testing.T) {
	const none, failed, busy = "None", "ConditionalCheckFailed", "TransactionConflict"
	for _, c := range []struct {
		reasons []string
		want    error
	}{
		{[]string{failed, none, none}, closing.ErrConflict},
		{[]string{none, failed, none}, closing.ErrOff},
		{[]string{none, none, failed}, closing.ErrBudget},
		{[]string{failed, failed, failed}, closing.ErrConflict},
		{[]string{none, failed, failed}, closing.ErrOff},
		{[]string{failed, busy, busy}, closing.ErrConflict},
		{[]string{none, failed, busy}, closing.ErrOff},
		{[]string{busy, failed, failed}, errBusy},
		{[]string{none, busy, failed}, errBusy},
		{[]string{none, none, busy}, errBusy},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &fake{transact: func(int, *dynamodb.TransactWriteItemsInput) error { return reasons(c.reasons...) }}
			if _, got := New(f, "t", mark).Claim(t.Context(), aCase, aBid); !errors.Is(got, c.want) {
				t.Errorf("%q: got %v, want %v", c.reasons, got, c.want)
			}
		})
	}
	for name, c := range map[string]struct {
		found attributes
		want  error
	}{
		"nothing":                  {nil, closing.ErrOff},
		"a pause":                  {attributes{"paused": flagValue(true)}, closing.ErrPaused},
		"a pause of another table": {attributes{"paused": flagValue(true), "table": textValue("another")}, closing.ErrPaused},
		"on for another table":     {attributes{"paused": flagValue(false), "table": textValue("another")}, closing.ErrOff},
		"a resume of before":       {attributes{"paused": flagValue(false)}, closing.ErrOff},
		"a table without paused":   {attributes{"table": textValue(mark)}, closing.ErrOff},
		"a spoilt pause":           {attributes{"paused": textValue("true")}, closing.ErrOff},
	} {
		cancelled := reasons(none, failed, failed)
		cancelled.CancellationReasons[1].Item = c.found
		if got := refusalOf(cancelled, []part{{refusal: always(closing.ErrConflict)}, {refusal: notOn}, {refusal: always(closing.ErrBudget)}}); !errors.Is(got, c.want) {
			t.Errorf("%s: got %v, want %v", name, got, c.want)
		}
	}
	for _, c := range []struct {
		code string
		want fault.Class
	}{
		{"ThrottlingError", fault.Retryable}, {"ProvisionedThroughputExceeded", fault.Retryable},
		{"ValidationError", fault.Permanent}, {"ItemCollectionSizeLimitExceeded", fault.Permanent},
	} {
		f := &fake{transact: func(int, *dynamodb.TransactWriteItemsInput) error { return reasons("None", c.code, "None") }}
		_, err := New(f, "t", mark).Claim(t.Context(), aCase, aBid)
		if fault.Of(err) != c.want || err == nil || f.calls != 1 {
			t.Errorf("%s: got %v (%v) after %d calls, want %v after one", c.code, err, fault.Of(err), f.calls, c.want)
		}
	}
}

func TestABusyClaimIsTriedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{transact: func(call int, _ *dynamodb.TransactWriteItemsInput) error {
			if call < 4 {
				return reasons("None", "None", "TransactionConflict")
			}
			return nil
		}}
		won, err := New(f, "t", mark).Claim(t.Context(), aCase, aBid)
		if err != nil || won.Version != 4 || f.calls != 4 {
			t.Errorf("got version %d, %v after %d calls, want 4 after 4", won.Version, err, f.calls)
		}
		if len(f.tokens) != 4 {
			t.Errorf("4 tries had %d tokens, want one each", len(f.tokens))
		}
	})
}

func TestABusyWriteGivesUpInTime(t *testing.T) {
	busy := func(int, *dynamodb.UpdateItemInput) error {
		return &types.TransactionConflictException{}
	}
	synctest.Test(t, func(t *testing.T) {
		f, start := &fake{update: busy}, time.Now()
		_, err := New(f, "t", mark).Save(t.Context(), aCase, closing.Tally{})
		if fault.Of(err) != fault.Retryable || errors.Is(err, closing.ErrConflict) || f.calls != busyTries {
			t.Errorf("got %v (%v) after %d calls, want a retryable error after %d", err, fault.Of(err), f.calls, busyTries)
		}
		if took := time.Since(start); took < busyPause || took > time.Second {
			t.Errorf("it took %v, want less than a second", took)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Millisecond)
		defer cancel()
		f, start := &fake{update: busy}, time.Now()
		_, err := New(f, "t", mark).Save(ctx, aCase, closing.Tally{})
		if fault.Of(err) != fault.Retryable || time.Since(start) > 15*time.Millisecond {
			t.Errorf("got %v (%v) after %v, want a retryable error when the context ends", err, fault.Of(err), time.Since(start))
		}
	})
}

func TestAWriteRecognisesItself(t *testing.T) {
	for name, c := range map[string]struct {
		found func(in *dynamodb.UpdateItemInput) attributes
		want  error
	}{
		"its own": {func(in *dynamodb.UpdateItemInput) attributes {
			return attributes{"schema": numberValue(layout), "saved_by": in.ExpressionAttributeValues[":saved_by"]}
		}, nil},
		"another's": {func(*dynamodb.UpdateItemInput) attributes {
			return attributes{"schema": numberValue(layout), "saved_by": textValue("another")}
		}, closing.ErrConflict},
		"nobody's": {func(*dynamodb.UpdateItemInput) attributes { return nil }, closing.ErrConflict},
		"a spoilt": {func(in *dynamodb.UpdateItemInput) attributes {
			return attributes{"schema": textValue("2"), "saved_by": numberValue(1)}
		}, closing.ErrConflict},
		"a newer layout": {func(*dynamodb.UpdateItemInput) attributes {
			return attributes{"schema": numberValue(layout + 1), "saved_by": textValue("another")}
		}, ErrNewerLayout},
	} {
		f := &fake{update: func(_ int, in *dynamodb.UpdateItemInput) error {
			return &types.ConditionalCheckFailedException{Item: c.found(in)}
		}}
		saved, err := New(f, "t", mark).Save(t.Context(), aCase, closing.Tally{})
		if !errors.Is(err, c.want) || c.want == nil && saved.Version != 4 {
			t.Errorf("found %s item: got version %d, %v, want %v", name, saved.Version, err, c.want)
		}
	}
}

func TestTwoSavesHaveTwoTokens(t *testing.T) {
	l := New(nil, "t", mark)
	first, err1 := l.caseWrite(aCase)
	second, err2 := l.caseWrite(aCase)
	if err1 != nil || err2 != nil || first.token == second.token || len(first.token) < 20 {
		t.Errorf("tokens %q and %q, %v, %v", first.token, second.token, err1, err2)
	}
}

func TestABudgetOfNoDayIsRefused(t *testing.T) {
	bid := aBid
	bid.Day = "today"
	_, err := New(&fake{}, "t", mark).Claim(t.Context(), aCase, bid)
	if !errors.Is(err, errDay) || fault.Of(err) != fault.Permanent {
		t.Errorf("got %v, want a permanent %v", err, errDay)
	}
}

// The conditions of a claim, in DynamoDB's words. What they mean is shown by the contract suite on DynamoDB Local.
func TestPartsOfAClaim(t *testing.T) {
	upTo := func(name string) string { return "#" + name + " >= :zero AND #" + name + " <= :most_" + name }
	orNone := func(name string) string { return "(attribute_not_exists(#" + name + ") OR " + upTo(name) + ")" }
	room := orNone("failures") + " AND " + orNone("closes") + " AND " + orNone("amount")
	for name, c := range map[string]struct {
		change func(b *closing.Bid)
		spend  string
		values map[string]int64
	}{
		"a spend": {func(*closing.Bid) {}, room,
			map[string]int64{":zero": 0, ":most_failures": 8, ":most_closes": 8, ":most_amount": 94, ":closes": 1, ":amount": 5, ":failures": 0}},
		"the last of the budget": {func(b *closing.Bid) { b.Limit = policy.Budget{Closes: 1, Amount: 5, Failures: 1} }, room,
			map[string]int64{":most_failures": 0, ":most_closes": 0, ":most_amount": 0}},
		"more than the budget": {func(b *closing.Bid) { b.Limit = policy.Budget{Closes: 0, Amount: 4, Failures: 0} },
			upTo("failures") + " AND " + upTo("closes") + " AND " + upTo("amount"),
			map[string]int64{":most_failures": -1, ":most_closes": -1, ":most_amount": -1}},
		"a negative amount": {func(b *closing.Bid) { b.Amount = -5 }, room + " AND " + never, map[string]int64{":most_amount": 104}},
		"held": {func(b *closing.Bid) { b.Held, b.Limit.Closes, b.Limit.Amount = true, 0, 0 }, room,
			map[string]int64{":zero": 0, ":most_failures": 8, ":most_closes": math.MaxInt64, ":most_amount": math.MaxInt64}},
	} {
		bid := aBid
		c.change(&bid)
		parts := partsOf(t, mark, bid)
		if got := *parts[0].Update.ConditionExpression; got != "#version = :loaded AND (attribute_not_exists(#schema) OR #schema <= :schema)" {
			t.Errorf("%s: the case is stored on %s", name, got)
		}
		condition, names, values := spendOf(parts[2])
		if condition != c.spend {
			t.Errorf("%s: the budget is spent on\n%s, want\n%s", name, condition, c.spend)
		}
		for placeholder, want := range c.values {
			if got, err := asNumber[int64](values[placeholder]); err != nil || got != want {
				t.Errorf("%s: %s is %d, %v, want %d", name, placeholder, got, err, want)
			}
		}
		for placeholder := range strings.FieldsFuncSeq(condition, func(r rune) bool { return strings.ContainsRune(" ()", r) }) {
			if strings.HasPrefix(placeholder, "#") && names[placeholder] != placeholder[1:] {
				t.Errorf("%s: %s stands for %q", name, placeholder, names[placeholder])
			}
		}
	}
}

// The switch is checked in the claim's own transaction. What it holds instead is asked for.
func TestAClaimChecksTheSwitch(t *testing.T) {
	const isOn = "#paused = :no AND #table = :mark"
	for m, want := range map[string]string{mark: isOn, "": isOn + " AND " + never} {
		check := partsOf(t, m, aBid)[1].ConditionCheck
		values := attributes{":no": flagValue(false), ":mark": textValue(m)}
		if got := *check.ConditionExpression; got != want || !reflect.DeepEqual(attributes(check.ExpressionAttributeValues), values) ||
			!maps.Equal(check.ExpressionAttributeNames, map[string]string{"#paused": "paused", "#table": "table"}) {
			t.Errorf("for %q the switch is checked by %s, %v, %v", m, got, check.ExpressionAttributeNames, check.ExpressionAttributeValues)
		}
		if check.ReturnValuesOnConditionCheckFailure != types.ReturnValuesOnConditionCheckFailureAllOld {
			t.Errorf("the claim asks for %q of the switch", check.ReturnValuesOnConditionCheckFailure)
		}
	}
}

func partsOf(t *testing.T, m string, b closing.Bid) []types.TransactWriteItem {
	t.Helper()
	var parts []types.TransactWriteItem
	f := &fake{transact: func(_ int, in *dynamodb.TransactWriteItemsInput) error { parts = in.TransactItems; return nil }}
	if _, err := New(f, "t", m).Claim(t.Context(), aCase, b); err != nil || len(parts) != 3 {
		t.Fatalf("%d parts, %v, want 3", len(parts), err)
	}
	return parts
}

func spendOf(part types.TransactWriteItem) (string, map[string]string, attributes) {
	if check := part.ConditionCheck; check != nil {
		return *check.ConditionExpression, check.ExpressionAttributeNames, check.ExpressionAttributeValues
	}
	return *part.Update.ConditionExpression, part.Update.ExpressionAttributeNames, part.Update.ExpressionAttributeValues
}

// writeBy returns the first write of an act, alone or in a transaction.
func writeBy(t *testing.T, act func(*Ledger) error) types.Update {
	t.Helper()
	var in types.Update
	f := &fake{
		update: func(_ int, got *dynamodb.UpdateItemInput) error {
			in = types.Update{
				ConditionExpression: got.ConditionExpression, ExpressionAttributeValues: got.ExpressionAttributeValues,
				ReturnValuesOnConditionCheckFailure: got.ReturnValuesOnConditionCheckFailure,
			}
			return nil
		},
		transact: func(_ int, got *dynamodb.TransactWriteItemsInput) error {
			in = *got.TransactItems[0].Update
			return nil
		},
	}
	if err := act(New(f, "t", mark)); err != nil {
		t.Fatal(err)
	}
	return in
}

// The condition of each write, and that it asks for the item that it finds instead.
func TestWritesAreConditional(t *testing.T) {
	const newer = "#version = :loaded AND (attribute_not_exists(#schema) OR #schema <= :schema)"
	for name, c := range map[string]struct {
		act  func(l *Ledger) error
		want string
	}{
		"a first save": {func(l *Ledger) error {
			_, err := l.Save(t.Context(), closing.Case{ID: "dp_1"}, closing.Tally{})
			return err
		}, "attribute_not_exists(pk)"},
		"a later save": {func(l *Ledger) error { _, err := l.Save(t.Context(), aCase, closing.Tally{}); return err }, newer},
		"a pause":      {func(l *Ledger) error { return l.SetControl(t.Context(), closing.Control{Switch: closing.Paused}) }, ""},
		"a resume":     {func(l *Ledger) error { return l.SetControl(t.Context(), closing.Control{Switch: closing.On}) }, "attribute_not_exists(#at) OR #at <= :at"},
		"an act":       {func(l *Ledger) error { _, err := l.Act(t.Context(), aCase, closing.Line{}); return err }, newer},
		"a mark":       {func(l *Ledger) error { return l.SetMark(t.Context(), closing.Mark{}) }, ""},
	} {
		in := writeBy(t, c.act)
		if got := aws.ToString(in.ConditionExpression); got != c.want || in.ReturnValuesOnConditionCheckFailure != types.ReturnValuesOnConditionCheckFailureAllOld {
			t.Errorf("%s is written on %q and asks for %q, want %q and the old item", name, got, in.ReturnValuesOnConditionCheckFailure, c.want)
		}
		if loaded, ok := in.ExpressionAttributeValues[":loaded"]; c.want == newer && (!ok || !reflect.DeepEqual(loaded, numberValue(aCase.Version))) {
			t.Errorf("%s compares with version %v", name, loaded)
		}
	}
	first := partsOf(t, mark, aBid)[0].Update
	if first.ReturnValuesOnConditionCheckFailure != types.ReturnValuesOnConditionCheckFailureAllOld {
		t.Errorf("a claim asks for %q", first.ReturnValuesOnConditionCheckFailure)
	}
}

// A line of the journal is put beside the act, under a key of its own, and only where there is none.
func TestAnActPutsALineOnce(t *testing.T) {
	for name, act := range map[string]func(*Ledger) error{
		"keep": func(l *Ledger) error {
			_, err := l.Act(t.Context(), aCase, closing.Line{At: at(9, 0), Who: "ada"})
			return err
		},
		"pause": func(l *Ledger) error {
			return l.SetControl(t.Context(), closing.Control{Switch: closing.Paused, At: at(9, 0), Who: "ada"})
		},
	} {
		keys := map[string]bool{}
		for range 2 {
			var items []types.TransactWriteItem
			f := &fake{transact: func(_ int, in *dynamodb.TransactWriteItemsInput) error { items = in.TransactItems; return nil }}
			if err := act(New(f, "t", mark)); err != nil || len(items) != 2 {
				t.Fatalf("%s: %d items, %v", name, len(items), err)
			}
			put := items[1].Put
			if put == nil || aws.ToString(put.ConditionExpression) != "attribute_not_exists(pk)" {
				t.Fatalf("%s: the line is written by %+v", name, items[1])
			}
			key, _ := asText[string](put.Item["pk"])
			if !strings.HasPrefix(key, "journal#2026-03-02T09:00:00") || keys[key] {
				t.Errorf("%s: the line's key is %s", name, key)
			}
			keys[key] = true
		}
	}
	f := &fake{transact: func(int, *dynamodb.TransactWriteItemsInput) error { return reasons("None", "ConditionalCheckFailed") }}
	if _, err := New(f, "t", mark).Act(t.Context(), aCase, closing.Line{}); !errors.Is(err, errLineExists) || fault.Of(err) != fault.Permanent {
		t.Errorf("a line that exists: %v", err)
	}
}
