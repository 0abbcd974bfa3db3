package ledgertest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/fault"
)

// workers is how many race in the checks that race.
const workers = 20

// noon has every one of its nine fractional digits set apart.
var noon = time.Date(2026, 3, 14, 12, 0, 0, 123456789, time.UTC)

// exactly compares unexported fields too.
var exactly = cmp.Options{
	cmp.Exporter(func(reflect.Type) bool { return true }),
	cmp.Comparer(func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }),
}

var noTally closing.Tally

// parsed returns the dispute that WooshPay would show by these bytes.
func parsed(t testing.TB, raw string) dispute.Dispute {
	t.Helper()
	d, err := dispute.Parse([]byte(raw))
	if err != nil {
		t.Fatalf("parse the check's own dispute: %v", err)
	}
	return d
}

// sample returns an open case that was never stored and is due at noon.
func sample(t testing.TB, id string) closing.Case {
	t.Helper()
	raw := fmt.Sprintf(`{"id":%q,"object":"dispute","amount":1500,"currency":"usd","status":"needs_response"}`, id)
	return closing.Case{
		ID: dispute.ID(id), State: closing.Open, Dispute: parsed(t, raw),
		ObservedAt: noon.Add(-time.Minute), DueAt: noon,
	}
}

// claimed returns the case as its claim would store it.
func claimed(c closing.Case, claimID string) closing.Case {
	c.State, c.ClaimID, c.ClaimUntil = closing.Closing, claimID, noon.Add(2*time.Minute)
	c.PostedAt, c.Attempts = noon, c.Attempts+1
	return c
}

func save(t testing.TB, s Store, c closing.Case) closing.Case {
	t.Helper()
	return saveWith(t, s, c, noTally)
}

func saveWith(t testing.TB, s Store, c closing.Case, tally closing.Tally) closing.Case {
	t.Helper()
	saved, err := s.Save(t.Context(), c, tally)
	if err != nil {
		t.Fatalf("Save: %v", err)
	}
	return saved
}

func load(t testing.TB, s Store, id dispute.ID) closing.Case {
	t.Helper()
	c, err := s.Load(t.Context(), id)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return c
}

func claim(t testing.TB, s Store, c closing.Case, b closing.Bid) closing.Case {
	t.Helper()
	won, err := s.Claim(t.Context(), c, b)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return won
}

// refused checks that a claim fails as it should and stores nothing.
func refused(t testing.TB, s Store, c closing.Case, b closing.Bid, want error) {
	t.Helper()
	before := load(t, s, c.ID)
	spent := spentOn(t, s, b)
	_, err := s.Claim(t.Context(), c, b)
	wantErr(t, err, want)
	WantCase(t, load(t, s, c.ID), before)
	wantSpent(t, s, b, spent)
}

func spentOn(t testing.TB, s Store, b closing.Bid) closing.Tally {
	t.Helper()
	spent, err := s.Spent(t.Context(), b.Day, b.Currency)
	if err != nil {
		t.Fatalf("Spent: %v", err)
	}
	return spent
}

func wantSpent(t testing.TB, s Store, b closing.Bid, want closing.Tally) {
	t.Helper()
	want.Day, want.Currency = b.Day, b.Currency
	if got := spentOn(t, s, b); got != want {
		t.Errorf("Spent: got %+v, want %+v", got, want)
	}
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got error %v, want %v", err, want)
	}
}

// WantCase checks that two cases are equal to the last byte; an empty list may come back as none.
func WantCase(t testing.TB, got, want closing.Case) {
	t.Helper()
	if diff := cmp.Diff(want, got, exactly, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("case differs (-want +got):\n%s", diff)
	}
}

// race has every worker begin at the same moment.
func race(count int, work func(worker int)) {
	var wg sync.WaitGroup
	begin := make(chan struct{})
	for worker := range count {
		wg.Go(func() {
			<-begin
			work(worker)
		})
	}
	close(begin)
	wg.Wait()
}

// insist repeats what the ledger calls Retryable, as its users would later.
func insist(act func() error) error {
	var err error
	for range 100 {
		if err = act(); err == nil || fault.Of(err) != fault.Retryable {
			return err
		}
		time.Sleep(5 * time.Millisecond)
	}
	return err
}
