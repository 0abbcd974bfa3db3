package ledgertest_test

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/ledgertest"
	"disputecloser/shared/memory"
)

// recorder takes a check's complaints instead of failing the test that runs it.
type recorder struct {
	testing.TB
	mu         sync.Mutex
	complaints []string
}

func (r *recorder) Helper() {}

func (r *recorder) Errorf(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.complaints = append(r.complaints, fmt.Sprintf(format, args...))
}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// complaints returns what a check has to say about a store.
func complaints(t *testing.T, check ledgertest.Check, s ledgertest.Store) []string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		check.Run(r, s)
	}()
	<-done
	return r.complaints
}

func named(t *testing.T, name string) ledgertest.Check {
	t.Helper()
	all := ledgertest.Checks()
	i := slices.IndexFunc(all, func(c ledgertest.Check) bool { return c.Name == name })
	if i < 0 {
		t.Fatalf("there is no check %q", name)
	}
	return all[i]
}

func sound() ledgertest.Store { return memory.New() }

func TestASoundLedgerPasses(t *testing.T) {
	for _, check := range ledgertest.Checks() {
		if got := complaints(t, check, sound()); got != nil {
			t.Errorf("%s: %q", check.Name, got)
		}
	}
}

var brokenLedgers = []struct {
	name string
	open func() ledgertest.Store
	// caught are checks of which each must fail.
	caught []string
}{
	{"saves on any version", func() ledgertest.Store { return versionless{sound()} },
		[]string{"a save on a stale version conflicts", "a save on a version that never was conflicts", "one of many creates a case", "no update is lost"}},
	{"claims on any version", func() ledgertest.Store { return greedy{sound()} },
		[]string{"twenty claim and one wins", "a claim id that is used twice does not win twice", "a claim on a stale version conflicts", "a claim and news race and one of them conflicts"}},
	{"loses saves", func() ledgertest.Store { return &forgetful{Store: sound()} },
		[]string{"a save returns what is stored", "no update is lost", "pages hold every due case once"}},
	{"claims beyond the budget", func() ledgertest.Store {
		return bid{sound(), func(b *closing.Bid) { b.Limit.Closes, b.Limit.Amount = math.MaxInt64, math.MaxInt64 }}
	}, []string{"a budget allows nothing beyond a limit", "many race for the day's closes", "many race for the day's amount"}},
	{"checks the budget, then spends", func() ledgertest.Store { return checkThenAct{sound()} },
		[]string{"many race for the day's closes"}},
	{"ignores failures", func() ledgertest.Store {
		return bid{sound(), func(b *closing.Bid) { b.Limit.Failures = math.MaxInt64 }}
	}, []string{"failures stop the claims of their currency and day", "what a case holds is not spent again"}},
	{"claims without spending", func() ledgertest.Store { return bid{sound(), func(b *closing.Bid) { b.Held = true }} },
		[]string{"a claim stores the case and spends the budget", "many race for the day's amount"}},
	{"spends what is held", func() ledgertest.Store { return bid{sound(), func(b *closing.Bid) { b.Held = false }} },
		[]string{"what a case holds is not spent again"}},
	{"mixes the currencies", func() ledgertest.Store { return bid{sound(), func(b *closing.Bid) { b.Currency = "usd" }} },
		[]string{"days and currencies have budgets of their own"}},
	{"keeps returns", func() ledgertest.Store {
		return tally{sound(), func(t *closing.Tally) { t.Closes, t.Amount = 0, 0 }}
	}, []string{"a save returns a spend to its day", "many claim and return and nothing is left spent"}},
	{"counts no failures", func() ledgertest.Store { return tally{sound(), func(t *closing.Tally) { t.Failures = 0 }} },
		[]string{"failures stop the claims of their currency and day"}},
	{"returns before it stores", func() ledgertest.Store { return tallyFirst{sound()} },
		[]string{"a save that conflicts returns nothing"}},
	{"ignores the pause", func() ledgertest.Store { return restless{sound()} },
		[]string{"the switch is kept as it was set", "a pause refuses claims and allows saves", "no claim begun after the pause wins"}},
	{"pauses saves", func() ledgertest.Store { return strict{sound()} },
		[]string{"a pause refuses claims and allows saves"}},
	{"looks at the pause outside the transaction", func() ledgertest.Store { return hasty{restless{sound()}} },
		[]string{"no claim begun after the pause wins"}},
	{"names the pause first", func() ledgertest.Store { return hasty{sound()} },
		[]string{"a conflict outranks a pause and a pause the budget"}},
	{"drops a field", func() ledgertest.Store {
		return changed{sound(), func(c *closing.Case) { c.FailedLooks = 0 }}
	}, []string{"every field is kept by a save"}},
	{"rounds instants", func() ledgertest.Store {
		return changed{sound(), func(c *closing.Case) { c.DueAt = c.DueAt.Truncate(time.Microsecond) }}
	}, []string{"instants are kept to the nanosecond", "a case is due from its very nanosecond"}},
	{"tidies the dispute", func() ledgertest.Store { return changed{sound(), tidy} },
		[]string{"a dispute is kept byte for byte"}},
	{"cuts large disputes", func() ledgertest.Store { return changed{sound(), cut} },
		[]string{"a dispute of 300 KB that compresses is kept", "a dispute of 300 KB that does not compress is kept", "a large dispute can be claimed and listed"}},
	{"hands out its own copy", func() ledgertest.Store {
		return &shared{Store: sound(), copies: map[dispute.ID]closing.Case{}}
	}, []string{"what is stored is nobody's but the store's"}},
	{"leaves entries out", func() ledgertest.Store { return pages{sound(), leaveOut} },
		[]string{"pages hold every due case once", "many cases due at once are all listed"}},
	{"repeats entries", func() ledgertest.Store { return pages{sound(), repeat} },
		[]string{"pages hold every due case once"}},
	{"shuffles pages", func() ledgertest.Store { return pages{sound(), reverse} },
		[]string{"pages hold every due case once", "the case due first is on the first page"}},
	{"stops after a page", func() ledgertest.Store { return pages{sound(), stop} },
		[]string{"pages hold every due case once", "unusual ids survive the cursor"}},
	{"is late by a nanosecond", func() ledgertest.Store { return exclusive{sound()} },
		[]string{"a case is due from its very nanosecond"}},
	{"ignores the context", func() ledgertest.Store { return deaf{sound()} },
		[]string{"a done context stores nothing"}},
}

func TestBrokenLedgersFail(t *testing.T) {
	for _, broken := range brokenLedgers {
		t.Run(broken.name, func(t *testing.T) {
			for _, name := range broken.caught {
				if !catches(t, name, broken.open) {
					t.Errorf("%q does not catch it", name)
				}
			}
		})
	}
}

// raceTries is how often a check is tried on a broken ledger. A check that races needs an order of its workers that
// shows the fault, and the scheduler owes it none in a single try.
const raceTries = 200

func catches(t *testing.T, name string, open func() ledgertest.Store) bool {
	for range raceTries {
		if complaints(t, named(t, name), open()) != nil {
			return true
		}
	}
	return false
}

func tidy(c *closing.Case) {
	raw := strings.Join(strings.Fields(string(c.Dispute.Raw())), " ")
	if d, err := dispute.Parse([]byte(raw)); err == nil {
		c.Dispute = d
	}
}

func cut(c *closing.Case) {
	if c.Dispute.RawLen() > 100_000 {
		c.Dispute, _ = dispute.Parse([]byte(`{"id":"dp_1"}`))
	}
}

func leaveOut(page []closing.Due, next string) ([]closing.Due, string) {
	if next != "" && len(page) > 1 {
		page = page[1:]
	}
	return page, next
}

func repeat(page []closing.Due, next string) ([]closing.Due, string) {
	if len(page) > 0 {
		page[len(page)-1] = page[0]
	}
	return page, next
}

func reverse(page []closing.Due, next string) ([]closing.Due, string) {
	slices.Reverse(page)
	return page, next
}

func stop(page []closing.Due, _ string) ([]closing.Due, string) { return page, "" }
