package view_test

import (
	"slices"
	"testing"
	"time"

	"disputecloser/cmd/disputectl/internal/view"
	"disputecloser/shared/closing"
	"disputecloser/shared/dispute"
)

func TestRowsThatNeedAPersonStandFirst(t *testing.T) {
	row := func(id dispute.ID, state closing.State, deadline, due int, person ...string) view.Row {
		r := view.Row{Dispute: id, State: state, Person: person, DueAt: noon.Add(time.Duration(due) * time.Hour)}
		if deadline > 0 {
			r.Deadline = noon.Add(time.Duration(deadline) * time.Hour)
		}
		return r
	}
	want := []view.Row{
		row("near", closing.Open, 1, 9, "review"),
		row("far", closing.Failed, 2, 1, "failed"),
		row("some day", closing.Open, 0, 0, "review"),
		row("on its way", closing.Closing, 1, 9),
		row("planned first", closing.Scheduled, 9, 1),
		row("planned next", closing.Scheduled, 1, 2),
		row("kept a", closing.Open, 1, 2),
		row("kept b", closing.Open, 1, 2),
	}
	got := slices.Clone(want)
	slices.Reverse(got)
	view.SortRows(got)
	for i := range want {
		if got[i].Dispute != want[i].Dispute {
			t.Errorf("place %d: %s, want %s", i, got[i].Dispute, want[i].Dispute)
		}
	}
}
