package dynamo

import (
	"context"
	"errors"
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
		{[]string{none, failed, none}, closing.ErrPaused},
		{[]string{none, none, failed}, closing.ErrBudget},
		{[]string{failed, failed, failed}, closing.ErrConflict},
		{[]string{none, failed, failed}, closing.ErrPaused},
		{[]string{failed, busy, busy}, closing.ErrConflict},
		{[]string{none, failed, busy}, closing.ErrPaused},
		{[]string{busy, failed, failed}, errBusy},
		{[]string{none, busy, failed}, errBusy},
		{[]string{none, none, busy}, errBusy},
	} {
		w := write{token: "mine"}
		if got := w.cancelled(reasons(c.reasons...)); !errors.Is(got, c.want) {
			t.Errorf("%q: got %v, want %v", c.reasons, got, c.want)
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
		_, err := New(f, "t").Claim(t.Context(), aCase, aBid)
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
		won, err := New(f, "t").Claim(t.Context(), aCase, aBid)
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
		_, err := New(f, "t").Save(t.Context(), aCase, closing.Tally{})
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
		_, err := New(f, "t").Save(ctx, aCase, closing.Tally{})
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
		"a newer layout": {func(*dynamodb.UpdateItemInput) attributes {
			return attributes{"schema": numberValue(layout + 1), "saved_by": textValue("another")}
		}, ErrNewerLayout},
	} {
		f := &fake{update: func(_ int, in *dynamodb.UpdateItemInput) error {
			return &types.ConditionalCheckFailedException{Item: c.found(in)}
		}}
		saved, err := New(f, "t").Save(t.Context(), aCase, closing.Tally{})
		if !errors.Is(err, c.want) || c.want == nil && saved.Version != 4 {
			t.Errorf("found %s item: got version %d, %v, want %v", name, saved.Version, err, c.want)
		}
	}
}

func TestTwoSavesHaveTwoTokens(t *testing.T) {
	l := New(nil, "t")
	first, err1 := l.writeOf(aCase)
	second, err2 := l.writeOf(aCase)
	if err1 != nil || err2 != nil || first.token == second.token || len(first.token) < 20 {
		t.Errorf("tokens %q and %q, %v, %v", first.token, second.token, err1, err2)
	}
}

func TestABudgetOfNoDayIsRefused(t *testing.T) {
	bid := aBid
	bid.Day = "today"
	_, err := New(&fake{}, "t").Claim(t.Context(), aCase, bid)
	if !errors.Is(err, errDay) || fault.Of(err) != fault.Permanent {
		t.Errorf("got %v, want a permanent %v", err, errDay)
	}
}
