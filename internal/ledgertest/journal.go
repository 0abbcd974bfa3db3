package ledgertest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
	"disputecloser/shared/policy"
)

var journal = []Check{
	{"an act is stored with its line, or neither is", actsWithLine},
	{"a pause and a resume leave their lines", pausesLeaveLines},
	{"a refused resume leaves no line", refusedResumeLeavesNone},
	{"a case that ended is a line while it has ended", endedIsALine},
	{"the journal lists one UTC day, the oldest first", listsOneDay},
	{"every field of a line is kept", keepsEveryFieldOfALine},
}

// lines lists a day in pages of different lengths, which must all show the same.
func lines(t testing.TB, s Store, day closing.Day) []closing.Line {
	t.Helper()
	whole := pagesOf(t, s, day, 1000)
	for _, limit := range []int{1, 3} {
		if diff := cmp.Diff(whole, pagesOf(t, s, day, limit)); diff != "" {
			t.Errorf("limit %d shows other lines:\n%s", limit, diff)
		}
	}
	return whole
}

func pagesOf(t testing.TB, s Store, day closing.Day, limit int) []closing.Line {
	t.Helper()
	var all []closing.Line
	cursor := ""
	for range 1000 {
		page, next, err := s.Lines(t.Context(), day, limit, cursor)
		if err != nil {
			t.Fatalf("Lines: %v", err)
		}
		if len(page) > limit {
			t.Errorf("a page of %d lines, limit %d", len(page), limit)
		}
		all = append(all, page...)
		if cursor = next; next == "" {
			return all
		}
	}
	t.Fatal("the journal does not end")
	return nil
}

func wantLines(t testing.TB, s Store, want ...closing.Line) {
	t.Helper()
	if diff := cmp.Diff(want, lines(t, s, closing.DayOf(noon))); diff != "" {
		t.Errorf("the journal differs (-want +got):\n%s", diff)
	}
}

func actsWithLine(t testing.TB, s Store) {
	line := closing.Line{At: noon, What: closing.ActKeep, Dispute: "dp_1", Who: "ada", Why: "a good customer"}
	stale := save(t, s, sample(t, "dp_1"))
	kept, err := s.Act(t.Context(), stale, line)
	if err != nil || kept.Version != stale.Version+1 {
		t.Fatalf("Act: version %d, %v", kept.Version, err)
	}
	WantCase(t, load(t, s, "dp_1"), kept)
	wantLines(t, s, line)
	if _, err := s.Act(t.Context(), stale, line); !errors.Is(err, closing.ErrConflict) {
		t.Errorf("an act on an older version: %v, want ErrConflict", err)
	}
	WantCase(t, load(t, s, "dp_1"), kept)
	wantLines(t, s, line)
	again, err := s.Act(t.Context(), kept, line)
	if err != nil {
		t.Fatalf("the same act once more: %v", err)
	}
	WantCase(t, load(t, s, "dp_1"), again)
	wantLines(t, s, line, line)
}

func pausesLeaveLines(t testing.TB, s Store) {
	set(t, s, closing.Paused)
	set(t, s, closing.Paused)
	set(t, s, closing.On)
	line := closing.Line{At: noon, What: closing.ActPause, Who: "ops", Why: "drill"}
	resumed := line
	resumed.What = closing.ActResume
	got := lines(t, s, closing.DayOf(noon))
	count := map[string]int{}
	for _, l := range got {
		count[l.What]++
		if l.What == closing.ActPause && l != line || l.What == closing.ActResume && l != resumed {
			t.Errorf("a line says %+v", l)
		}
	}
	if len(got) != 3 || count[closing.ActPause] != 2 {
		t.Errorf("the journal says %v, want two pauses and a resume", count)
	}
}

func refusedResumeLeavesNone(t testing.TB, s Store) {
	set(t, s, closing.Paused)
	before := lines(t, s, closing.DayOf(noon))
	late := closing.Control{Switch: closing.On, Who: "bob", Why: "late", At: noon.Add(-1)}
	if err := s.SetControl(t.Context(), late); !errors.Is(err, closing.ErrConflict) {
		t.Fatalf("a late resume: %v, want ErrConflict", err)
	}
	wantLines(t, s, before...)
}

// ended returns the case at its end.
func ended(c closing.Case, s closing.State, at time.Time) closing.Case {
	c.State, c.EndedAt, c.DueAt = s, at, time.Time{}
	return c
}

func endedIsALine(t testing.TB, s Store) {
	c := save(t, s, sample(t, "dp_1"))
	wantLines(t, s)
	c.Decision = &policy.Decision{Action: policy.Close, Rule: "small"}
	c.Proof, c.PostedAt = closing.Answered, noon.Add(-time.Second)
	c = save(t, s, ended(c, closing.Closed, noon))
	wantLines(t, s, closing.Line{
		At: noon, What: "closed", Dispute: "dp_1", Money: dispute.Money{Amount: 1500, Currency: "usd"},
		Ended: &closing.Ended{State: closing.Closed, Status: "needs_response", Proof: closing.Answered, Action: policy.Close, Rule: "small", PostedAt: noon.Add(-time.Second)},
	})
	c.State, c.EndedAt, c.DueAt = closing.Open, time.Time{}, noon
	c = save(t, s, c)
	wantLines(t, s)
	save(t, s, ended(c, closing.Resolved, noon.AddDate(0, 0, 1)))
	wantLines(t, s)
	if n := len(lines(t, s, closing.DayOf(noon.AddDate(0, 0, 1)))); n != 1 {
		t.Errorf("the next day has %d lines, want 1", n)
	}
}

func listsOneDay(t testing.TB, s Store) {
	var want []closing.Line
	midnight := closing.DayOf(noon).End()
	for i := range 25 {
		at := midnight.Add(time.Duration(i*7%25-30) * time.Minute)
		line := closing.Line{At: at, What: closing.ActRelease, Dispute: dispute.ID(fmt.Sprint("dp_", i)), Who: "ada", Why: "x"}
		if _, err := s.Act(t.Context(), sample(t, string(line.Dispute)), line); err != nil {
			t.Fatalf("Act: %v", err)
		}
		save(t, s, ended(sample(t, fmt.Sprint("dp_next_", i)), closing.Resolved, midnight.Add(time.Duration(i))))
	}
	for i := range 25 {
		at := midnight.Add(time.Duration(i-30) * time.Minute)
		want = append(want, closing.Line{At: at, What: closing.ActRelease, Dispute: dispute.ID(fmt.Sprint("dp_", i*18%25)), Who: "ada", Why: "x"})
	}
	wantLines(t, s, want...)
	if n := len(lines(t, s, closing.DayOf(midnight))); n != 25 {
		t.Errorf("the next day has %d lines, want 25", n)
	}
	if _, _, err := s.Lines(t.Context(), closing.DayOf(noon), 1, "rubbish"); err == nil {
		t.Error("rubbish is accepted as a cursor")
	}
	if _, _, err := s.Lines(t.Context(), closing.DayOf(noon), 0, ""); err == nil {
		t.Error("a page of no lines is accepted")
	}
}

func keepsEveryFieldOfALine(t testing.TB, s Store) {
	line := filled[closing.Line](t)
	line.At = noon
	if _, err := s.Act(t.Context(), sample(t, "dp_1"), line); err != nil {
		t.Fatalf("Act: %v", err)
	}
	wantLines(t, s, line)
}
