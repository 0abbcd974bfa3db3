package simulation

import (
	"context"
	"strconv"
	"time"

	"disputecloser/shared/closing"
)

// The switch as it happens to a table: it is off at first, it is lost, and the table gets another mark, as one does that
// was restored from a backup, moved, or whose stream was made anew. Each time a person turns closing on again.

// beginSwitch gives the table its first mark. In most histories a person has turned closing on before they begin.
func (w *world) beginSwitch(c chance) {
	w.changeMark()
	w.tableBefore = w.table
	if !c.oneIn(4) {
		_ = w.ledger.SetControl(context.Background(), closing.Control{Switch: closing.On}) // The table is new: nothing refuses it.
		w.turnedOnFor = w.table
	} else {
		w.at(w.now+c.of(1).span(0, 12*time.Hour), func() { w.setSwitch(c.of(2), closing.On) })
	}
	for i := range uint64(2) {
		own := c.of(i + 10)
		w.at(own.span(w.now, w.calmAt), func() { w.disturbSwitch(own) })
	}
	backup := c.of(20)
	w.at(backup.span(w.now, w.calmAt), func() { w.backUp(backup) })
}

func (w *world) disturbSwitch(c chance) {
	lost, isLost := w.happens(c, switchLost)
	marked, isMarked := w.happens(c, tableMarked)
	if isLost {
		w.ledger.LoseControl()
		w.turnedOnFor = ""
		w.turnOnAfter(lost)
	}
	if isMarked {
		w.changeMark()
		w.turnOnAfter(marked)
	}
	if w.recording() && (isLost || isMarked) {
		w.log("table", "", map[bool]string{true: "the switch is lost; ", false: ""}[isLost]+"its mark is "+w.table)
	}
}

// turnOnAfter has a person notice after a while. The pass that finds closing off calls nobody: an alarm does.
func (w *world) turnOnAfter(c chance) {
	w.at(w.now+c.span(time.Second, 6*time.Hour), func() { w.setSwitch(c.of(1), closing.On) })
}

func (w *world) changeMark() {
	w.tables++
	w.table, w.tableBefore = "table "+strconv.Itoa(w.tables), w.table
	w.ledger, w.markedAt = w.ledger.Marked(w.table), w.now
}

// markFor returns the mark that an invocation is deployed with. For some minutes after a change, functions of before run
// beside the new ones.
func (w *world) markFor(c chance) string {
	if w.now < w.markedAt+20*time.Minute {
		if _, yes := w.happens(c, marksSideBySide); yes {
			return w.tableBefore
		}
	}
	return w.table
}
