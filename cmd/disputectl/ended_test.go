package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/access"
	"disputecloser/cmd/disputectl/internal/cli"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

// store stores finished cases, whose lines say that they ended a minute ago.
func store(t *testing.T, j *journaled, n int) {
	t.Helper()
	for i := range n {
		id := fmt.Sprintf("dp_%03d", i)
		d, err := dispute.Parse([]byte(`{"id":"` + id + `","amount":1000,"currency":"usd","status":"lost"}`))
		if err != nil {
			t.Fatal(err)
		}
		c := closing.Case{ID: d.ID, State: closing.Closed, Dispute: d, Proof: closing.Answered, PostedAt: time.Now(), Spent: closing.Spend{Day: "2026-03-02"}, EndedAt: time.Now().Add(-time.Minute)}
		if _, err := j.Save(t.Context(), c, closing.Tally{}); err != nil {
			t.Fatal(err)
		}
	}
}

// batches counts how many cases are loaded at once, and may leave one out as unreadable.
type batches struct {
	*journaled
	sizes      []int
	unreadable dispute.ID
	fails      error
	// hides means that no case is listed as unfinished.
	hides bool
}

func (b *batches) Cases(ctx context.Context, limit int, cursor string) ([]closing.Case, string, error) {
	if b.hides {
		return nil, "", nil
	}
	return b.journaled.Cases(ctx, limit, cursor)
}

func (b *batches) LoadAll(ctx context.Context, ids []dispute.ID) (map[dispute.ID]closing.Case, error) {
	b.sizes = append(b.sizes, len(ids))
	found, err := b.Ledger.LoadAll(ctx, ids)
	if b.unreadable != "" {
		delete(found, b.unreadable)
		err = &closing.UnreadableError{ID: b.unreadable, Err: errors.New("version: it is none")}
	}
	if b.fails != nil {
		return nil, b.fails
	}
	return found, err
}

func newBatches(t *testing.T, n int) (*batches, *access.Env) {
	t.Helper()
	b := &batches{journaled: newJournaled()}
	store(t, b.journaled, n)
	a := (&desk{}).at()
	a.OpenTable = func(context.Context, string) (access.Ledger, error) { return b, nil }
	return b, a
}

// TestAnExportByTimeLoadsAHundredAtOnce and each case once.
func TestAnExportByTimeLoadsAHundredAtOnce(t *testing.T) {
	b, a := newBatches(t, 205)
	b.add(closing.Line{At: time.Now(), What: closing.ActPause, Who: "ada", Why: "an act is no end"})
	code, stdout, stderr := invoke(t, a, "export", "--since", "1h")
	if code != cli.Fine || strings.Count(stdout, `"ended_at"`) != 205 || stderr != "205 cases written\n" {
		t.Errorf("exit code %d, %d cases, %s", code, strings.Count(stdout, `"ended_at"`), stderr)
	}
	if len(b.sizes) != 3 || b.sizes[0] != 100 || b.sizes[2] > 7 {
		t.Errorf("batches of %v", b.sizes)
	}
}

// TestAnExportByTimeHidesNothing that is missing or cannot be read.
func TestAnExportByTimeHidesNothing(t *testing.T) {
	b, a := newBatches(t, 3)
	b.unreadable = "dp_001"
	code, stdout, stderr := invoke(t, a, "export", "--since", "1h")
	if code != cli.Unreachable || strings.Count(stdout, "\n") != 2 || !strings.Contains(stderr, "case dp_001: the stored case cannot be read") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
	b.unreadable = ""
	b.add(closing.Line{At: time.Now(), What: "closed", Dispute: "dp_gone", Ended: &closing.Ended{State: closing.Closed}})
	code, stdout, stderr = invoke(t, a, "export", "--since", "1h")
	if code != cli.Found || strings.Count(stdout, "\n") != 3 || !strings.Contains(stderr, "there is no case dp_gone in table disputes") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
	b.fails = errors.New("no route")
	code, _, stderr = invoke(t, a, "export", "--since", "1h")
	if code != cli.Unreachable || !strings.Contains(stderr, "no route") || !strings.Contains(stderr, "what was written is not complete") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
	b.fails, b.journaled.fails = nil, &closing.UnreadableError{ID: "dp_odd", Err: errors.New("summary: it is a number")}
	code, stdout, stderr = invoke(t, a, "export", "--since", "1h")
	if code != cli.Unreachable || strings.Count(stdout, "\n") != 3 || !strings.Contains(stderr, "dp_odd") {
		t.Errorf("exit code %d, %s%s", code, stdout, stderr)
	}
	b.journaled.fails = errors.New("no journal today")
	if code, _, stderr = invoke(t, a, "export", "--since", "1h"); code != cli.Unreachable || !strings.Contains(stderr, "no journal today") {
		t.Errorf("exit code %d, %s", code, stderr)
	}
}

// TestACaseThatOpenedAgainHasNotEnded although its line was read before.
func TestACaseThatOpenedAgainHasNotEnded(t *testing.T) {
	b, a := newBatches(t, 0)
	b.add(closing.Line{At: time.Now(), What: "closed", Dispute: "dp_1", Ended: &closing.Ended{State: closing.Closed}})
	d, err := dispute.Parse([]byte(`{"id":"dp_1"}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Save(t.Context(), closing.Case{ID: "dp_1", State: closing.Open, Dispute: d, DueAt: time.Now()}, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
	for _, b.hides = range []bool{false, true} { // It opens before and after the unfinished cases are read.
		code, stdout, stderr := invoke(t, a, "export", "--since", "1h")
		if code != cli.Fine || !strings.Contains(stdout, `"open"`) || strings.Contains(stdout, "ended_at") {
			t.Errorf("exit code %d, %s%s", code, stdout, stderr)
		}
	}
}

// TestAResolvedCaseWasNotClosed by us, and has no closed_at.
func TestAResolvedCaseWasNotClosed(t *testing.T) {
	b, a := newBatches(t, 0)
	if _, err := b.Save(t.Context(), closing.Case{ID: "dp_1", State: closing.Resolved, EndedAt: time.Now()}, closing.Tally{}); err != nil {
		t.Fatal(err)
	}
	_, stdout, _ := invoke(t, a, "export", "--since", "1h")
	if !strings.Contains(stdout, `"ended_at"`) || strings.Contains(stdout, "closed_at") {
		t.Error(stdout)
	}
}

// TestOtherLinesAreShownAllTheSame beside one that cannot be read.
func TestOtherLinesAreShownAllTheSame(t *testing.T) {
	for line, want := range map[string]string{
		"list --state closed": "dp_002", "list --state closed --json": "dp_002", "log": "looked", "log --json": "looked",
	} {
		b, a := newBatches(t, 3)
		b.add(closing.Line{At: time.Now(), What: "pause", Who: "ada", Why: "looked"})
		b.journaled.fails = &closing.UnreadableError{ID: "dp_odd", Err: errors.New("summary: it is a number")}
		code, stdout, stderr := invoke(t, a, strings.Fields(line)...)
		if code != cli.Unreachable || !strings.Contains(stdout, want) || !strings.Contains(stderr, "dp_odd") || strings.Contains(stderr, "nobody") {
			t.Errorf("%s: exit code %d, %s%s", line, code, stdout, stderr)
		}
		b.journaled.fails = errors.New("no route")
		if code, stdout, stderr := invoke(t, a, strings.Fields(line)...); code != cli.Unreachable || stdout != "" || !strings.Contains(stderr, "no route") {
			t.Errorf("%s: exit code %d, %s%s", line, code, stdout, stderr)
		}
	}
}

// TestAListOfFinishedCasesReadsOnlyItsDays and no case.
func TestAListOfFinishedCasesReadsOnlyItsDays(t *testing.T) {
	for line, days := range map[string]int{"list --state closed --since 30d": 31, "list --state closed": 8, "log --since 30d": 31, "log": 8} {
		c := year()
		if code, _, stderr := invoke(t, c.at(), strings.Fields(line)...); code != cli.Fine || len(c.queries) != days || c.loads != 0 || c.cases != 0 {
			t.Errorf("%s: exit code %d, %d days, %d loads, %d pages, %s", line, code, len(c.queries), c.loads, c.cases, stderr)
		}
	}
}
