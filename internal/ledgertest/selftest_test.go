package ledgertest_test

import (
	"cmp"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"disputecloser/internal/ledgertest"
	"disputecloser/internal/memory"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
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
		[]string{"a save on a stale version conflicts", "a save on a version that never was conflicts", "one of many creates a case", "no update is lost", "an event delivered to many is learned once"}},
	{"claims on any version", func() ledgertest.Store { return greedy{sound()} },
		[]string{"twenty claim and one wins", "a claim id that is used twice does not win twice", "a claim on a stale version conflicts", "a claim and news race and one of them conflicts", "a case that never was stored can be claimed once"}},
	{"loses saves", func() ledgertest.Store { return &forgetful{Store: sound()} },
		[]string{"a save returns what is stored", "no update is lost", "pages hold every due case once"}},
	{"claims beyond the budget", func() ledgertest.Store {
		return bid{sound(), func(b *closing.Bid) { b.Limit.Closes, b.Limit.Amount = math.MaxInt64, math.MaxInt64 }}
	}, []string{"a budget allows nothing beyond a limit", "many race for the day's closes", "many race for the day's amount", "many race for an amount that does not divide"}},
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
	{"lets any resume through", func() ledgertest.Store { return obliging{sound()} },
		[]string{"a resume lifts no newer pause"}},
	{"pauses saves", func() ledgertest.Store { return strict{sound()} },
		[]string{"a pause refuses claims and allows saves"}},
	{"looks at the pause outside the transaction", func() ledgertest.Store { return hasty{restless{sound()}} },
		[]string{"no claim begun after the pause wins"}},
	{"names the pause first", func() ledgertest.Store { return hasty{sound()} },
		[]string{"a closed switch refuses by what it is, after a conflict and before the budget"}},
	{"acts without a line", func() ledgertest.Store { return lineless{sound()} },
		[]string{"an act is stored with its line, or neither is", "every field of a line is kept"}},
	{"writes the line before the act", func() ledgertest.Store { return lineFirst{sound()} },
		[]string{"an act is stored with its line, or neither is"}},
	{"shows no pause", func() ledgertest.Store {
		return journals{sound(), func(l closing.Line) (closing.Line, bool) { return l, l.What != closing.ActPause }}
	}, []string{"a pause and a resume leave their lines"}},
	{"notes a refused resume", func() ledgertest.Store { return notedRefusal{sound()} },
		[]string{"a refused resume leaves no line"}},
	{"remembers ends", func() ledgertest.Store { return &remembering{Store: sound()} },
		[]string{"a case that ended is a line while it has ended"}},
	{"shows the newest day", func() ledgertest.Store { return today{sound()} },
		[]string{"the journal lists one UTC day, the oldest first"}},
	{"drops a field of a line", func() ledgertest.Store {
		return journals{sound(), func(l closing.Line) (closing.Line, bool) { l.Why = ""; return l, true }}
	}, []string{"every field of a line is kept"}},
	{"takes every table for the first", func() ledgertest.Store { return homely{sound()} },
		[]string{"closing that is on for another table is off"}},
	{"gives a table without a mark one", func() ledgertest.Store { return unmarked{sound()} },
		[]string{"a table without a mark is never on"}},
	{"claims unless it is paused", func() ledgertest.Store { return trusting{sound()} },
		[]string{"closing is off until a person turns it on", "closing that is on for another table is off", "closing is off when the switch is lost"}},
	{"calls a switch that is off a pause", func() ledgertest.Store { return mum{sound()} },
		[]string{"closing is off until a person turns it on", "a closed switch refuses by what it is, after a conflict and before the budget"}},
	{"keeps a switch that was lost", func() ledgertest.Store { return unlosable{sound()} },
		[]string{"closing is off when the switch is lost"}},
	{"takes anything for a resume", func() ledgertest.Store { return pliant{sound()} },
		[]string{"only a pause and a resume can be stored"}},
	{"takes less than nothing for nothing", func() ledgertest.Store { return forgiving{sound()} },
		[]string{"a budget that counts less than nothing refuses"}},
	{"loads a hundred at most", func() ledgertest.Store { return short{sound()} },
		[]string{"a batch of any size is read"}},
	{"loads nothing for one that is unknown", func() ledgertest.Store { return pedantic{sound()} },
		[]string{"a batch returns what is stored of it"}},
	{"loses the mark", func() ledgertest.Store { return markless{sound()} },
		[]string{"a mark is kept until the next"}},
	{"keeps the first mark", func() ledgertest.Store { return &faithful{Store: sound()} },
		[]string{"a mark is kept until the next"}},
	{"drops a field", func() ledgertest.Store {
		return changed{sound(), func(c *closing.Case) { c.FailedLooks = 0 }}
	}, []string{"every field is kept by a save"}},
	{"forgets when a dispute became unknown", func() ledgertest.Store {
		return changed{sound(), func(c *closing.Case) { c.UnknownSince = time.Time{} }}
	}, []string{"every field is kept by a save", "a case of every state is kept as valid as it was"}},
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
	{"knows every case", func() ledgertest.Store { return inventive{sound()} },
		[]string{"an unknown case is not found"}},
	{"says that more is spent", func() ledgertest.Store { return inflated{sound()} },
		[]string{"nothing spent is zero"}},
	{"drops a field of a claim", func() ledgertest.Store {
		return changedClaim{sound(), func(c *closing.Case) { c.FailedLooks = 0 }}
	}, []string{"every field is kept by a claim"}},
	{"clears no field", func() ledgertest.Store {
		return changed{sound(), func(c *closing.Case) { c.LastError = cmp.Or(c.LastError, "old") }}
	}, []string{"every field can be cleared again", "a case of zero values is kept"}},
	{"forgets a known zero", func() ledgertest.Store { return changed{sound(), unknowZero} },
		[]string{"known zero and unknown are kept apart"}},
	{"knows two outcomes", func() ledgertest.Store { return changed{sound(), twoOutcomes} },
		[]string{"every outcome of a condition is kept"}},
	{"tidies texts", func() ledgertest.Store {
		return changed{sound(), func(c *closing.Case) { c.LastError = strings.ReplaceAll(c.LastError, "\x00", "") }}
	}, []string{"any text is kept"}},
	{"lists what is finished", func() ledgertest.Store { return changed{sound(), neverFinished} },
		[]string{"a finished case is not listed"}},
	{"lists old dates", func() ledgertest.Store { return pages{sound(), firstDates()} },
		[]string{"a case is listed at its newest date only"}},
	{"moves dates before it stores", func() ledgertest.Store { return hurried{sound()} },
		[]string{"a refused save or claim moves no date"}},
	{"allows any limit", func() ledgertest.Store { return lenient{sound()} },
		[]string{"bad limits and cursors are refused"}},
	{"never ends its pages", func() ledgertest.Store { return pages{sound(), goOn[closing.Due]} },
		[]string{"an empty due index is one empty page"}},
	{"never ends its listing", func() ledgertest.Store { return lists{sound(), goOn[closing.Case]} },
		[]string{"an empty listing is one empty page"}},
	{"lists cases without their disputes", func() ledgertest.Store { return lists{sound(), hollow} },
		[]string{"the listing shows every unfinished case whole"}},
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

// A check that no broken ledger fails proves nothing about a sound one.
func TestEveryCheckCatchesABrokenLedger(t *testing.T) {
	for _, check := range ledgertest.Checks() {
		catches := false
		for _, broken := range brokenLedgers {
			catches = catches || slices.Contains(broken.caught, check.Name)
		}
		if !catches {
			t.Errorf("no broken ledger is caught by %q", check.Name)
		}
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

func unknowZero(c *closing.Case) {
	if c.Decision == nil {
		return
	}
	d := *c.Decision
	if after, known := d.Clock.After.Get(); known && after == 0 {
		d.Clock.After = dispute.Maybe[time.Duration]{}
	}
	c.Decision = &d
}

func twoOutcomes(c *closing.Case) {
	if c.Decision == nil || len(c.Decision.Tried) == 0 {
		return
	}
	d := *c.Decision
	tried := d.Tried[0]
	tried.Conditions = slices.Clone(tried.Conditions)
	for i := range tried.Conditions {
		if tried.Conditions[i].Outcome == policy.Unknown {
			tried.Conditions[i].Outcome = policy.No
		}
	}
	d.Tried = []policy.Tried{tried}
	c.Decision = &d
}

func neverFinished(c *closing.Case) {
	if c.DueAt.IsZero() {
		c.DueAt = time.Unix(0, 0)
	}
}

// firstDates keeps to the date at which it first saw a case.
func firstDates() func(page []closing.Due, next string) ([]closing.Due, string) {
	seen := map[dispute.ID]time.Time{}
	return func(page []closing.Due, next string) ([]closing.Due, string) {
		for i, due := range page {
			if at, known := seen[due.ID]; known {
				page[i].At = at
			}
			seen[due.ID] = page[i].At
		}
		return page, next
	}
}

func goOn[E any](page []E, next string) ([]E, string) { return page, cmp.Or(next, "more") }

func hollow(page []closing.Case, next string) ([]closing.Case, string) {
	for i := range page {
		page[i].Dispute = dispute.Dispute{}
	}
	return page, next
}

func cut(c *closing.Case) {
	if len(c.Dispute.Raw()) > 100_000 {
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
