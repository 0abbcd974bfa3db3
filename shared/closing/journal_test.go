package closing_test

import (
	"context"
	"errors"
	"strconv"
	"testing"
	"time"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

// lines returns the journal of the day on which the world stands.
func (w *world) lines() []closing.Line {
	w.t.Helper()
	lines, next, err := w.ledger.Lines(context.Background(), closing.DayOf(w.now), 1000, "")
	if err != nil || next != "" {
		w.t.Fatalf("lines: next %q, %v", next, err)
	}
	return lines
}

// Everything that people do on a case and with the switch, in its order, with what was agreed.
func TestTheJournalOfADay(t *testing.T) {
	w := newWorld(t)
	w.small()
	began := w.now
	agreed := dispute.Money{Amount: amount, Currency: currency}
	order := closing.Order{ID: theID, Why: "because"}
	acts := []func() error{
		func() error { _, err := w.operator().Keep(context.Background(), order); return err },
		func() error { return w.operator().Pause(context.Background(), "because") },
		func() error { _, err := w.operator().Release(context.Background(), order); return err },
		func() error { return w.operator().Resume(context.Background(), "because") },
		func() error { _, err := w.operator().Close(context.Background(), order, agreed); return err },
		func() error { w.work(); return nil },
	}
	for _, act := range acts {
		w.pass(time.Minute)
		if err := act(); err != nil {
			t.Fatal(err)
		}
	}
	wanted := []string{closing.ActKeep, closing.ActPause, closing.ActRelease, closing.ActResume, closing.ActClose, "closed"}
	lines := w.lines()
	if len(lines) != len(wanted) {
		t.Fatalf("%d lines: %+v", len(lines), lines)
	}
	for i, l := range lines[:5] {
		want := closing.Line{At: began.Add(time.Duration(i+1) * time.Minute), What: wanted[i], Who: "ada", Why: "because"}
		if i%2 == 0 {
			want.Dispute = theID
		}
		if l.What == closing.ActClose {
			want.Money = agreed
		}
		if l != want {
			t.Errorf("line %d is %+v, want %+v", i, l, want)
		}
	}
	end := lines[5]
	if end.What != "closed" || end.Dispute != theID || end.Money != agreed || end.Who != "" || end.At != w.now {
		t.Errorf("the end is %+v", end)
	}
	if e := end.Ended; e.State != closing.Closed || e.Status != dispute.Lost || e.Proof != closing.Answered ||
		e.Action != policy.Close || e.Operator != "ada" || e.PostedAt.IsZero() || e.Contradicted {
		t.Errorf("it ended %+v", e)
	}
}

// A case that has ended keeps the date of its end, through looks that confirm it and a contradiction; one that opens again
// is no longer in the journal, and has a new date when it ends again.
func TestWhenACaseEnded(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.provider.the().status = dispute.Won
	w.event("evt_end")
	w.work()
	first := w.wantState(closing.Resolved).EndedAt
	if first != w.now {
		t.Fatalf("it ended at %s, want %s", first, w.now)
	}
	w.pass(time.Hour)
	w.provider.the().status = dispute.NeedsResponse
	w.event("evt_open")
	w.work()
	if c := w.wantState(closing.Scheduled); !c.EndedAt.IsZero() || len(w.lines()) != 0 {
		t.Fatalf("an open case ended at %s; the journal has %+v", c.EndedAt, w.lines())
	}
	w.pass(time.Hour)
	w.provider.the().status = dispute.Won
	w.event("evt_won")
	w.work()
	second := w.wantState(closing.Resolved).EndedAt
	w.pass(time.Hour)
	w.provider.the().status = dispute.NeedsResponse
	w.event("evt_false")
	w.provider.the().status = dispute.Won
	w.work()
	if c := w.wantState(closing.Resolved); second != first.Add(2*time.Hour) || c.EndedAt != second {
		t.Fatalf("it ended at %s and, confirmed, at %s", second, c.EndedAt)
	}
}

// A contradicted close keeps its end, and its line says that it is contradicted.
func TestAContradictedEndKeepsItsDate(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.operatorCloses()
	w.work()
	closedAt := w.wantState(closing.Closed).EndedAt
	w.pass(time.Hour)
	w.provider.the().status = dispute.Won
	w.event("evt_won")
	w.work()
	c := w.wantState(closing.Closed)
	line, ended := c.Line()
	if c.EndedAt != closedAt || !ended || !line.Ended.Contradicted || line.At != closedAt {
		t.Fatalf("it ended at %s, first %s: %+v", c.EndedAt, closedAt, line.Ended)
	}
}

// What ended before ends were stored is in the journal from its newest line of history.
func TestTheEndOfAnOldCase(t *testing.T) {
	old := closing.Case{ID: theID, State: closing.Closed, History: []closing.Entry{{At: noon}, {At: noon.Add(time.Hour)}}}
	if line, ended := old.Line(); !ended || line.At != noon.Add(time.Hour) {
		t.Errorf("line %+v, %t", line, ended)
	}
	old.History = nil
	if line, ended := old.Line(); ended {
		t.Errorf("no date is known, and its line is %+v", line)
	}
	open := closing.Case{ID: theID, State: closing.Open, History: []closing.Entry{{At: noon}}}
	if line, ended := open.Line(); ended {
		t.Errorf("an open case has the line %+v", line)
	}
}

// News and decisions are dropped when there are too many; what a person said and what we did is not.
func TestHistoryKeepsEveryAct(t *testing.T) {
	w := newWorld(t)
	w.small()
	acts := 0
	for i := range 70 {
		w.pass(time.Minute)
		w.event("evt_more_" + strconv.Itoa(i))
		if i%7 == 0 {
			acts++
			if _, err := w.operator().Keep(context.Background(), closing.Order{ID: theID, Why: strconv.Itoa(i)}); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := w.load()
	kept := 0
	for _, e := range c.History {
		if e.Act {
			kept++
		}
	}
	if kept != acts || len(c.History) != 60+acts {
		t.Fatalf("%d of %d acts in %d lines", kept, acts, len(c.History))
	}
	if first := c.History[0]; !first.Act || first.What != "keep: 0" {
		t.Errorf("the first line is %+v", first)
	}
	w.pass(time.Hour)
	w.operatorCloses()
	w.work()
	var did []string
	for _, e := range w.load().History {
		if e.Act && e.Who == "closer" {
			did = append(did, e.What)
		}
	}
	if len(did) != 2 || did[0] != "claimed for closing, attempt 1" || did[1] != "closed (answered)" {
		t.Errorf("our acts are %q", did)
	}
}

// An order is about the case that was shown. Nothing of a refused one is stored.
func TestAnOrderAboutAnOlderCaseIsRefused(t *testing.T) {
	w := newWorld(t)
	w.small()
	shown := w.load()
	w.event("evt_2")
	now := w.load()
	agreed, _ := now.Dispute.Money()
	order := closing.Order{ID: theID, Why: "a test", Shown: shown.Version}
	for name, give := range map[string]func(closing.Operator) (closing.Case, error){
		"keep":    func(o closing.Operator) (closing.Case, error) { return o.Keep(context.Background(), order) },
		"close":   func(o closing.Operator) (closing.Case, error) { return o.Close(context.Background(), order, agreed) },
		"release": func(o closing.Operator) (closing.Case, error) { return o.Release(context.Background(), order) },
	} {
		if c, err := give(w.operator()); !errors.Is(err, closing.ErrChanged) || c.Version != now.Version {
			t.Errorf("%s: version %d, %v, want ErrChanged and the case as it is", name, c.Version, err)
		}
	}
	if c := w.load(); c.Version != now.Version || len(w.lines()) != 0 {
		t.Fatalf("version %d was stored, and %+v", c.Version, w.lines())
	}
	order.Shown = now.Version
	if _, err := w.operator().Keep(context.Background(), order); err != nil {
		t.Fatal(err)
	}
}

// A case takes no order beyond two hundred acts: an item has room for so many.
func TestACaseTakesSoManyActs(t *testing.T) {
	w := newWorld(t)
	w.small()
	keep := func() error {
		_, err := w.operator().Keep(context.Background(), closing.Order{ID: theID, Why: "again"})
		return err
	}
	for i := range 200 {
		if err := keep(); err != nil {
			t.Fatalf("act %d: %v", i, err)
		}
	}
	if err := keep(); !errors.Is(err, closing.ErrManyActs) {
		t.Fatalf("act 201: %v, want ErrManyActs", err)
	}
}

// What WooshPay says is news, however often it contradicts us: only what people and we did is kept, so that the history of a
// contradicted case does not grow for ever.
func TestContradictionsDoNotFillTheHistory(t *testing.T) {
	w := newWorld(t)
	w.small()
	w.operatorCloses()
	w.work()
	w.wantState(closing.Closed)
	w.provider.the().status = dispute.Won
	for i := range 100 {
		w.pass(time.Minute)
		w.event("evt_won_" + strconv.Itoa(i))
		w.work()
	}
	c := w.wantState(closing.Closed)
	if len(c.History) > 70 {
		t.Errorf("the history has %d lines", len(c.History))
	}
	if last := c.History[len(c.History)-1]; last.What != "WooshPay now says won" {
		t.Errorf("its last line is %+v", last)
	}
	kept := 0
	for _, e := range c.History {
		if e.Act {
			kept++
		}
	}
	if kept != 3 { // the order, the claim and the close
		t.Errorf("%d acts are kept: %+v", kept, c.History[:5])
	}
}
